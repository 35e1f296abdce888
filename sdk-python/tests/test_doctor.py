"""`python -m niitaka doctor`: what stands between a program and its server."""

import io
import json
import os
import re
import unittest
from contextlib import redirect_stdout
from email.utils import formatdate
from pathlib import Path
from unittest import mock

from client_case import ClientCase
from niitaka.__main__ import main
from niitaka._clock_bounds import ClockBounds, describe_clock, narrow
from niitaka._spool_folder import folder_name
from scripted_server import scripted_server

FILE = json.loads((Path(__file__).resolve().parents[2] / "vectors" / "doctor.json").read_text(encoding="utf-8"))
KEY = FILE["key"]
SEGMENT = "0_0_1_1_0_55555555-5555-4555-8555-555555555555.seg"
HOLES = {
    "n": r"[0-9]+(?:\.[0-9])?",
    "reason": ".+",
    "folder": "/.+/niitaka/spool/v1/[0-9a-f]{16}",
    "path": r"/.+\.seg",
}


def pattern(line, url):
    """A line of the table as a regular expression."""
    parts = re.split(r"\{(\w+)\}", line.replace("{url}", url))
    return "".join(HOLES[part] if at % 2 else re.escape(part) for at, part in enumerate(parts)) + r"\Z"


class Doctor(ClientCase):
    def leave(self, url, key):
        """A segment of a process that is long gone."""
        folder = self.home / "niitaka" / "spool" / "v1" / folder_name(url, key)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / SEGMENT).write_bytes(b"x" * 2048)
        os.utime(folder / SEGMENT, (1, 1))

    def check(self, case, url):
        for whose in case.get("left", ()):
            self.leave(url, KEY if whose == "own" else "nk_other")
        printed = io.StringIO()
        environ = {"NIITAKA_URL": url, "NIITAKA_API_KEY": KEY, **case.get("env", {})}
        with mock.patch.dict(os.environ, environ), redirect_stdout(printed):
            code = main(["doctor", *case.get("flags", ())])
        lines = printed.getvalue().splitlines()
        self.assertEqual((code, len(lines)), (case["exit"], len(case["lines"])), lines)
        for line, wanted in zip(lines, case["lines"]):
            self.assertRegex(line, pattern(wanted, url))
        self.assertNotIn(KEY, printed.getvalue())
        stays = [whose for whose in case.get("left", ()) if whose == "own" or "flags" not in case]
        left = list(self.home.rglob("*.seg"))
        self.assertEqual(len(left), len(stays))
        for each in left:
            each.unlink()

    def test_shared_cases(self):
        """Each shared case prints its lines, as the other SDK does"""
        for case in FILE["cases"]:
            with self.subTest(case["name"]), scripted_server() as server:
                server.ahead_seconds = case.get("server_ahead_s", 0)
                status = case.get("server")
                if isinstance(status, int):
                    server.rule = lambda batch, status=status: (status, b"hello", {})
                self.check(case, "http://127.0.0.1:1" if status == "down" else server.url)
                self.assertEqual(server.records, [])

    def test_command(self):
        """A wrong call shows the usage, and its exit code tells"""
        for arguments, code in (([], 0), (["--help"], 0), (["dance"], 2), (["doctor", "--now"], 2)):
            printed = io.StringIO()
            with redirect_stdout(printed):
                self.assertEqual(main(arguments), code)
            self.assertIn("Usage: niitaka doctor [--delete-orphans]", printed.getvalue())

    def test_ascii_terminal(self):
        """A folder with a name that the terminal cannot print is shown all the same"""
        state = self.home / "caf\u00e9"
        program = self.python("import sys; from niitaka.__main__ import main; sys.exit(main(['doctor']))", None,
                              XDG_STATE_HOME=str(state), PYTHONIOENCODING="ascii", LC_ALL="C")
        out, err = program.communicate(timeout=20)
        self.assertEqual((program.returncode, err), (1, ""))
        self.assertIn("caf\\xe9", out)


class Clock(unittest.TestCase):
    SPREAD = [1_764_000_000_000 + each for each in (0, 170, 340, 510, 680, 850)]

    def compare(self, ahead_ms, sent_at):
        """What some answers of a server tell whose clock is ahead; each takes 10 ms both ways."""
        known = None
        for sent_ms in sent_at:
            date = formatdate((sent_ms + 10 + ahead_ms) // 1000, usegmt=True)
            known = narrow(known, date, sent_ms, sent_ms + 20)
        return known

    def test_narrow(self):
        """Answers over a second close in on the difference"""
        self.assertEqual(self.compare(0, self.SPREAD[:1]), (-20, 1000))
        for ahead_ms in (0, 123, -456, 60_000, -3_600_000, 999):
            low, high = self.compare(ahead_ms, self.SPREAD)
            self.assertTrue(low <= ahead_ms <= high and high - low <= 190, (ahead_ms, low, high))

    def test_no_date(self):
        """An answer without a date changes nothing"""
        known = ClockBounds(-5, 5)
        self.assertIs(narrow(known, None, 0, 0), known)
        self.assertIsNone(narrow(None, "soon", 0, 0))

    def test_clock_that_was_set(self):
        """A clock that was set meanwhile begins anew"""
        at = self.SPREAD[0]
        date = formatdate(at // 1000 + 60, usegmt=True)
        self.assertEqual(narrow(self.compare(0, self.SPREAD), date, at, at + 20), (59_980, 61_000))

    def test_words(self):
        """The finding is told as far as it is known"""
        for low, high, text in (
            (-20, 1000, "as the server's, within 0.6 s"),
            (-90, 90, "as the server's, within 0.1 s"),
            (300, 500, "0.4 s behind the server's, within 0.1 s"),
            (-500, -300, "0.4 s ahead of the server's, within 0.1 s"),
            (119_900, 120_090, "120.0 s behind the server's, within 0.1 s; the server corrects it"),
        ):
            self.assertEqual(describe_clock(ClockBounds(low, high)), text)


if __name__ == "__main__":
    unittest.main()
