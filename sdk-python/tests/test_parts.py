"""The small parts under the client: ids, times, numbers, bells, bounds, waiting records."""

import os
import re
import threading
import time
import unittest
import uuid
from datetime import datetime, timedelta, timezone
from unittest import mock

from niitaka import _warn
from niitaka._clock import moment_ms, now_ms, rfc3339
from niitaka._ledger import Ledger, close_record
from niitaka._metrics import read_metrics
from niitaka._arguments import check_uuid, show
from niitaka._uuid7 import draw_anew, uuid7
from niitaka._wake import Wake
from niitaka._warn import forget_warnings, warn_once


class Ids(unittest.TestCase):
    def test_uuid7(self):
        """Ids are UUIDs of version 7, hold their time, and do not repeat (S1)"""
        now = 0x0198C7A01234
        ids = [uuid7(now) for _ in range(5000)]
        self.assertEqual(len(set(ids)), 5000)
        for each in ids[:200]:
            found = uuid.UUID(each)
            self.assertEqual(str(found), each)
            self.assertEqual((found.version, found.variant), (7, uuid.RFC_4122))
            self.assertEqual(found.int >> 80, now)

    def test_order(self):
        """Ids of later milliseconds sort later"""
        ids = [uuid7(ms) for ms in (1, 2, 3, 1_700_000_000_000, 1_700_000_000_001)]
        self.assertEqual(ids, sorted(ids))

    def test_seeded_host(self):
        """A host that seeds `random` does not make ids repeat"""
        import random

        random.seed(1)
        first = uuid7(5)
        random.seed(1)
        self.assertNotEqual(uuid7(5), first)

    def test_draw_anew(self):
        """After draw_anew() nothing drawn before is used"""
        from niitaka import _uuid7

        before = list(_uuid7._draw())
        _uuid7._drawn = iter(before)
        draw_anew()
        self.assertNotIn(uuid7(1)[15:], before)

    def test_threads(self):
        """Threads never mint the same id"""
        ids = []

        def mint():
            ids.extend([uuid7(7) for _ in range(2000)])

        threads = [threading.Thread(target=mint) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(set(ids)), 16_000)

    def test_check_uuid(self):
        """Any spelling of a UUID is taken, in lower case; anything else is an argument error"""
        wanted = "0198c7a0-0000-7000-8000-00000000000a"
        for given in (wanted, wanted.upper(), uuid.UUID(wanted), f"{{{wanted}}}", wanted.replace("-", "")):
            self.assertEqual(check_uuid(given, "session_id"), wanted)
        for bad in ("", "x", None, 5, wanted[:-1]):
            with self.assertRaisesRegex((ValueError, TypeError), "parent must be a UUID: got "):
                check_uuid(bad, "parent")


class Times(unittest.TestCase):
    def test_rfc3339(self):
        """Milliseconds become RFC 3339 in UTC, with milliseconds"""
        cases = [
            (0, "1970-01-01T00:00:00.000Z"),
            (1, "1970-01-01T00:00:00.001Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_700_000_000_123, "2023-11-14T22:13:20.123Z"),
            (1_700_000_000_124, "2023-11-14T22:13:20.124Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ]
        for ms, expected in cases + cases[::-1]:
            self.assertEqual(rfc3339(ms), expected)

    def test_moment(self):
        """Aware datetimes and seconds since 1970 are moments"""
        aware = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=timezone.utc)
        self.assertEqual(rfc3339(moment_ms(aware, "at")), "2026-01-02T03:04:05.678Z")
        tokyo = aware.astimezone(timezone(timedelta(hours=9)))
        self.assertEqual(moment_ms(tokyo, "at"), moment_ms(aware, "at"))
        self.assertEqual(moment_ms(1.5, "at"), 1500)
        self.assertEqual(moment_ms(1_700_000_000, "at"), 1_700_000_000_000)
        self.assertEqual(moment_ms(datetime(1960, 1, 1, tzinfo=timezone.utc), "at"), 0)

    def test_no_moments(self):
        """Other things are argument errors that name the argument"""
        for bad in (-1, 1e12, float("inf"), float("nan"), datetime(2026, 1, 1)):
            with self.assertRaisesRegex(ValueError, "^at must be "):
                moment_ms(bad, "at")
        for bad in ("2026", None, True, []):
            with self.assertRaisesRegex(TypeError, "^at must be "):
                moment_ms(bad, "at")

    def test_now(self):
        """now_ms() is the wall clock"""
        self.assertLess(abs(now_ms() - time.time() * 1000), 1000)


class Numbers(unittest.TestCase):
    def test_numbers(self):
        """Records are numbered 1, 2, 3 behind their other fields (D1)"""
        ledger = Ledger("s", "me", True)
        self.assertEqual(ledger.number(b'{"a":1}'), b'{"a":1,"sender":"me","seq":1}')
        self.assertEqual(ledger.number(b'{"b":{}}'), b'{"b":{},"sender":"me","seq":2}')
        self.assertEqual(ledger.seq, 2)

    def test_close(self):
        """A close tells last number, losses and omissions so far; needed once there is news (D1)"""
        ledger = Ledger("s", "me", False)
        self.assertFalse(ledger.needs_close)
        ledger.number(b"{}")
        self.assertTrue(ledger.needs_close)
        self.assertEqual(
            close_record(ledger),
            {"kind": "sender.close", "session_id": "s", "sender": "me", "last_seq": 1, "dropped": {}},
        )
        self.assertFalse(ledger.needs_close)
        ledger.drop("queue_full", 2)
        ledger.drop("queue_full")
        ledger.omit("metrics_refused")
        self.assertTrue(ledger.needs_close)
        told = ledger.close()
        self.assertEqual((told["dropped"], told["omitted"]), ({"queue_full": 3}, {"metrics_refused": 1}))
        self.assertFalse(ledger.needs_close)

    def test_begin(self):
        """A forked process numbers from 1 again, as another sender (D1)"""
        ledger = Ledger("s", "parent", True)
        ledger.number(b"{}")
        ledger.drop("x")
        ledger.begin("child", False)
        self.assertEqual((ledger.seq, ledger.dropped, ledger.started_here, ledger.needs_close), (0, {}, False, False))
        self.assertIn(b'"sender":"child","seq":1', ledger.number(b'{"a":1}'))


class Bell(unittest.TestCase):
    def test_ring(self):
        """A ring wakes the sleeper, also one before it slept; many are one"""
        wake = Wake()
        wake.ring()
        wake.ring()
        began = time.monotonic()
        wake.sleep(10)
        self.assertLess(time.monotonic() - began, 5)
        began = time.monotonic()
        wake.sleep(0.05)
        self.assertGreater(time.monotonic() - began, 0.04)
        threading.Timer(0.05, wake.ring).start()
        began = time.monotonic()
        wake.sleep(10)
        self.assertLess(time.monotonic() - began, 5)
        wake.sleep(-1)


class Warnings(unittest.TestCase):
    def test_once(self):
        """Each kind of trouble is told once, in ASCII"""
        forget_warnings()
        with self.assertLogs("niitaka", "WARNING") as logs:
            warn_once("kind", "first é")
            warn_once("kind", "second")
            warn_once("other", "third")
        self.assertEqual(logs.output, ["WARNING:niitaka:niitaka: first \\xe9", "WARNING:niitaka:niitaka: third"])

    def test_handler_that_raises(self):
        """A host's log handler that raises breaks nothing"""
        forget_warnings()
        with mock.patch.object(_warn.logger, "warning", side_effect=RuntimeError("no")):
            warn_once("kind", "text")


class Metrics(unittest.TestCase):
    def test_values(self):
        """Good values pass, numbers of other libraries by their value, bad ones are named (S7)"""
        from decimal import Decimal
        from fractions import Fraction

        class Scalar:
            def __init__(self, value):
                self.value = value

            def item(self):
                return self.value

        good = [
            ("score", 0, 0),
            ("score", 1.0, 1.0),
            ("score", Decimal("0.5"), 0.5),
            ("score", Fraction(1, 4), 0.25),
            ("score", Scalar(0.75), 0.75),
            ("goal_completed", False, False),
            ("goal_completed", Scalar(True), True),
            ("custom", -1e300, -1e300),
            ("a.b-c_D9", True, True),
            ("x" * 64, 5, 5),
        ]
        for name, value, expected in good:
            self.assertEqual(read_metrics({name: value}, set()), ({name: expected}, []), name)
        bad = [
            ("score", True, "score must be a number from 0 to 1: got true"),
            ("score", -0.1, "score must be a number from 0 to 1: got -0.1"),
            ("score", 1.0001, "score must be a number from 0 to 1: got 1.0001"),
            ("score", "0.5", "score must be a number from 0 to 1: got \"0.5\""),
            ("score", None, "score must be a number from 0 to 1: got null"),
            ("goal_completed", 1, "goal_completed must be true or false: got 1"),
            ("goal_completed", None, "goal_completed must be true or false: got null"),
            ("custom", float("inf"), "custom must be a finite number, true or false: got Infinity"),
            ("custom", "text", "custom must be a finite number, true or false: got \"text\""),
            ("custom", 10**400, "custom must be a finite number, true or false: got a number beyond"),
            ("", 1, "a metric's name must be 1 to 64 of a-z A-Z 0-9 _ . -: got \"\""),
            ("x" * 65, 1, "a metric's name must be 1 to 64"),
            ("é", 1, "a metric's name must be 1 to 64"),
            (5, 1, "a metric's name must be 1 to 64 of a-z A-Z 0-9 _ . -: got 5"),
        ]
        for name, value, problem in bad:
            good_part, problems = read_metrics({name: value}, set())
            self.assertEqual((good_part, len(problems)), ({}, 1), name)
            self.assertTrue(problems[0].startswith(problem[:60]), problems[0])

    def test_no_dict(self):
        """Anything but a dict is one bad value (S7)"""
        for value in (None, 5, "x", [1]):
            good, problems = read_metrics(value, set())
            self.assertEqual((good, problems), ({}, [f"metrics must be an object: got {show(value)}"]))

    def test_too_many(self):
        """The eleventh custom name refuses the whole call and is named (S7)"""
        known = {f"k{n}" for n in range(9)}
        self.assertEqual(read_metrics({"tenth": 1, "score": 1}, known), ({"tenth": 1, "score": 1}, []))
        good, problems = read_metrics({"tenth": 1, "eleventh": 2, "score": 1}, known)
        self.assertEqual(good, {})
        self.assertEqual(problems, ["at most 10 custom metrics: \"eleventh\" would be one more"] * 3)
        self.assertEqual(read_metrics({"k0": 1, "tenth": 1}, known | {"tenth"})[1], [])


class Package(unittest.TestCase):
    def test_no_dependencies(self):
        """The package needs the standard library alone, and every limit has a name and a reason"""
        root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        with open(os.path.join(root, "pyproject.toml"), encoding="utf-8") as file:
            text = file.read()
        self.assertIn("dependencies = []", text)
        self.assertIn('requires-python = ">=3.9"', text)
        with open(os.path.join(root, "src", "niitaka", "_limits.py"), encoding="utf-8") as file:
            lines = file.read().splitlines()
        for before, line in zip(lines, lines[1:]):
            if re.match(r"[A-Z]", line):
                self.assertTrue(before.startswith("#:") or re.match(r"[A-Z]", before), line)

    def test_typed(self):
        """The package says that it is typed, and exports what it names"""
        import niitaka

        folder = os.path.dirname(niitaka.__file__)
        self.assertTrue(os.path.exists(os.path.join(folder, "py.typed")))
        for name in niitaka.__all__:
            self.assertTrue(hasattr(niitaka, name), name)


if __name__ == "__main__":
    unittest.main()
