"""`python -m niitaka doctor`: what stands between a program and its server."""

import os
import time
import types
import unittest
import uuid
from unittest import mock

from client_case import KEY, ClientCase
from niitaka import _doctor
from niitaka._doctor import delete_orphans, examine, orphan_folders
from niitaka._options import read_options
from niitaka._process_identity import ProcessIdentity, own_identity
from niitaka._spool_folder import segment_name
from scripted_server import problem, scripted_server


class Doctor(ClientCase):
    def findings(self, server, **more):
        url = server if isinstance(server, str) else server.url
        return {each.name: each for each in examine(read_options(**{"api_key": KEY, "api_url": url, **more}))}

    def healthy(self, server):
        server.gets["/readyz"] = (200, {"status": "ready"}, {})
        server.gets["/healthz"] = (200, {"status": "ok"}, {})

    def leave(self, server, key, owner=None, size=10):
        folder = self.folder(server, key)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / segment_name(owner or ProcessIdentity("d" * 32, 1, 1, 1), str(uuid.uuid4()))
        path.write_bytes(b"x" * size)
        os.utime(path, (1, 1))
        return folder

    def test_all_good(self):
        """A healthy set-up is good at every check, and nothing is recorded by asking"""
        with scripted_server() as server:
            self.healthy(server)
            found = self.findings(server)
            self.assertEqual(
                list(found), ["key", "address", "clock", "round trip", "context", "spool"]
            )
            self.assertTrue(all(each.is_good for each in found.values()), found)
            self.assertEqual(found["key"].text, "nk_test_012... (environment production)")
            self.assertNotIn(KEY, str(found))
            self.assertEqual(server.records, [])
            self.assertIn("0 segments, 0 bytes wait", found["spool"].text)
            self.assertEqual(os.listdir(self.folder(server)), [])

    def test_no_key(self):
        """A missing key and NIITAKA_DISABLED are told"""
        self.assertEqual(self.findings("http://127.0.0.1:9", api_key="")["key"].text, "no API key: set NIITAKA_API_KEY")
        with mock.patch.dict(os.environ, {"NIITAKA_DISABLED": "1"}):
            found = self.findings("http://127.0.0.1:9")["key"]
        self.assertEqual((found.is_good, found.text), (False, "NIITAKA_DISABLED=1: nothing is recorded"))

    def test_server_away(self):
        """A server that is away fails address, clock and round trip alone"""
        found = self.findings("http://127.0.0.1:9")
        bad = [name for name, each in found.items() if not each.is_good]
        self.assertEqual(bad, ["address", "clock", "round trip"])
        self.assertIn("http://127.0.0.1:9 cannot be reached", found["address"].text)

    def test_refused_key(self):
        """A key that is refused fails the round trip, with the server's words"""
        with scripted_server() as server:
            self.healthy(server)
            server.rule = lambda batch: problem(401, "unauthenticated")
            found = self.findings(server)["round trip"]
            self.assertEqual((found.is_good, found.text), (False, "it is unauthenticated (status 401)"))

    def test_clock(self):
        """A clock that is off is told with its sign"""
        with scripted_server() as server:
            self.healthy(server)
            fast = types.SimpleNamespace(time=lambda: time.time() + 120, monotonic=time.monotonic)
            with mock.patch.object(_doctor, "time", fast):
                found = self.findings(server)["clock"]
            self.assertFalse(found.is_good)
            self.assertRegex(found.text, r"^\+1(19|20|21)\.\d s against the server's$")

    def test_spool_that_cannot_be_written(self):
        """A spool that cannot be written is told"""
        (self.home / "niitaka").write_text("in the way")
        found = self.findings("http://127.0.0.1:9")["spool"]
        self.assertFalse(found.is_good)
        self.assertIn("cannot be written", found.text)

    def test_orphans(self):
        """Spools of other keys that nobody writes to are listed, and deleted on demand"""
        with scripted_server() as server:
            own = self.leave(server, KEY)
            dead = self.leave(server, "nk_old", size=1000)
            alive = self.leave(server, "nk_other", owner=own_identity())
            options = read_options(KEY, server.url)
            self.assertEqual(orphan_folders(options), [dead])
            text = self.findings(server)["spool"].text
            self.assertIn("1 segments, 10 bytes wait; 1000 bytes of other keys were left behind", text)
            self.assertEqual(delete_orphans(options), 1000)
            self.assertFalse(dead.exists())
            self.assertTrue(own.exists() and alive.exists())
            self.assertEqual(orphan_folders(options), [])

    def test_command(self):
        """The command prints a line per check, and its exit code tells"""
        with scripted_server() as server:
            self.healthy(server)
            for arguments, code, line in (
                ("'doctor'", 0, "ok    round trip"),
                ("'doctor', '--delete-orphans'", 0, "0 bytes deleted"),
                ("'other'", 2, "usage: python -m niitaka doctor"),
                ("", 2, "usage: python -m niitaka doctor"),
            ):
                program = self.python(f"import sys; from niitaka.__main__ import main; sys.exit(main([{arguments}]))",
                                      server)
                out, err = program.communicate(timeout=20)
                self.assertEqual(program.returncode, code, out + err)
                self.assertIn(line, out + err)
        program = self.python("import sys; from niitaka.__main__ import main; sys.exit(main(['doctor']))", server)
        out, _ = program.communicate(timeout=20)
        self.assertEqual((program.returncode, out.count("FAIL")), (1, 3), out)
        program = self.python("import sys; from niitaka.__main__ import main; sys.exit(main(['doctor']))", "ftp://x")
        self.assertIn("NIITAKA_URL: api_url must be an http or https address", program.communicate(timeout=20)[1])


if __name__ == "__main__":
    unittest.main()
