"""The real server, in a process of its own, on a port and a data folder of its own."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from client_case import KEY, ClientCase

ROOT = Path(__file__).resolve().parents[2]
#: Seconds that the server may take to be ready on a busy machine.
START_SECONDS = 40


class RealServer:
    def __init__(self, **environ):
        self.data = tempfile.mkdtemp(prefix="niitaka-server-")
        self._environ = environ
        self.port = 0
        self.start()

    def start(self):
        given = {
            **{name: value for name, value in os.environ.items() if not name.startswith("NIITAKA_")},
            "NIITAKA_PORT": str(self.port),
            "NIITAKA_DATA": self.data,
            "NIITAKA_INITIAL_KEY": KEY,
            **self._environ,
        }
        node = ROOT / "node_modules" / ".bin" / "node"
        self.program = subprocess.Popen(
            [str(node), "server/niitaka.mjs"], cwd=ROOT, env=given, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        said = []
        watchdog = threading.Timer(START_SECONDS, self.program.kill)
        watchdog.start()
        for line in self.program.stdout:
            said.append(line)
            found = re.search(r"Niitaka is ready at (http://127\.0\.0\.1:(\d+))", line)
            if found:
                break
        else:
            watchdog.cancel()
            raise AssertionError("the server did not start: " + "".join(said[-20:]))
        watchdog.cancel()
        self.url, self.port = found.group(1), int(found.group(2))
        self._reader = threading.Thread(target=self.program.stdout.read, daemon=True)
        self._reader.start()

    def kill(self):
        self.program.kill()
        self._wait()

    def stop(self):
        if self.program.poll() is None:
            self.program.send_signal(signal.SIGTERM)
            try:
                self.program.wait(15)
            except subprocess.TimeoutExpired:
                self.program.kill()
        self._wait()
        shutil.rmtree(self.data, True)

    def _wait(self):
        self.program.wait()
        self._reader.join()
        self.program.stdout.close()

    def get(self, path):
        request = urllib.request.Request(self.url + "/api/v1" + path, headers={"X-API-Key": KEY})
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    def session(self, session_id):
        return self.get(f"/sessions/{session_id}")

    def wait_for(self, what, seconds=15.0):
        deadline = time.monotonic() + seconds
        while True:
            found = what()
            if found:
                return found
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds} s")
            time.sleep(0.05)


class ServerCase(ClientCase):
    """One server for all tests of a class."""

    environ = {}

    @classmethod
    def setUpClass(cls):
        cls.server = RealServer(**cls.environ)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
