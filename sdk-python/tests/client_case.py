"""A test with a home of its own: no spool, key or address of the machine reaches it."""

import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
from pathlib import Path
from unittest import mock

import niitaka
from niitaka import _runtime
from niitaka._context import scope
from niitaka._spool_folder import folder_name
from niitaka._warn import forget_warnings

SOURCE = Path(__file__).resolve().parents[1] / "src"
KEY = "nk_test_0123456789abcdef0123456789abcdef"


class ClientCase(unittest.TestCase):
    def setUp(self):
        self.home = Path(tempfile.mkdtemp(prefix="niitaka-"))
        self.addCleanup(shutil.rmtree, self.home, True)
        environ = {name: value for name, value in os.environ.items() if not name.startswith("NIITAKA_")}
        environ.update(XDG_STATE_HOME=str(self.home), HOME=str(self.home))
        patched = mock.patch.dict(os.environ, environ, clear=True)
        patched.start()
        self.addCleanup(patched.stop)
        former = _runtime.swap(None)
        self.addCleanup(_runtime.swap, former)
        self.addCleanup(niitaka.shutdown, 0.0)
        forget_warnings()
        # A test may leave a session open on purpose; the next one starts outside of any.
        self.addCleanup(scope.set, None)

    def configure(self, server, **more):
        niitaka.configure(**{"api_key": KEY, "api_url": server if isinstance(server, str) else server.url, **more})
        return _runtime.current().client

    def folder(self, server, key=KEY):
        url = server if isinstance(server, str) else server.url
        return self.home / "niitaka" / "spool" / "v1" / folder_name(url, key)

    def segments(self, server):
        folder = self.folder(server)
        return sorted(folder.glob("*.seg")) if folder.is_dir() else []

    def until_refused(self, server):
        """Sends until the server was asked twice: then the first refusal has been seen and told."""
        deadline = time.monotonic() + 30
        while len(server.headers) < 2:
            niitaka.flush(0.1)
            self.assertLess(time.monotonic(), deadline)

    def python(self, code, server=None, **environ):
        """Starts another Python with the client on its path; the code is dedented."""
        url = server if isinstance(server, str) else server.url if server else "http://127.0.0.1:9"
        given = {**os.environ, "PYTHONPATH": str(SOURCE), "NIITAKA_API_KEY": KEY, "NIITAKA_URL": url, **environ}
        program = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code)],
            env=given,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(end_program, program)
        return program


def end_program(program):
    if program.poll() is None:
        program.kill()
    program.wait()
    for stream in (program.stdin, program.stdout, program.stderr):
        stream.close()
