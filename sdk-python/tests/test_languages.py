"""The spool is one: what the TypeScript client left behind is brought by this one, and the other way round."""

import json
import os
import signal
import subprocess
import unittest
from pathlib import Path

import niitaka
from client_case import KEY, ClientCase, end_program
from niitaka._framing import read_frames
from scripted_server import problem, scripted_server

ROOT = Path(__file__).resolve().parents[2]
NODE = ROOT / "node_modules" / ".bin" / "node"

#: Records five events and is killed before anything could be sent.
LEAVE = """
import {{ configure, startSession }} from '{sdk}';
configure({{ apiKey: '{key}', apiUrl: '{url}' }});
await startSession({{ goal: 'left by node', agentId: 'a' }}, async (session) => {{
  for (let n = 0; n < 5; n += 1) session.event('log', {{ data: {{ n, text: 'naïve – 東京' }} }});
  process.kill(process.pid, 'SIGKILL');
}});
"""

#: Brings what others left.
BRING = """
import {{ configure, flush }} from '{sdk}';
configure({{ apiKey: '{key}', apiUrl: '{url}' }});
console.log(await flush(20));
process.exit(0);
"""


class Languages(ClientCase):
    def node(self, program, server):
        """Runs a program of the TypeScript client to its end."""
        path = self.home / "program.mjs"
        sdk = (ROOT / "sdk-typescript" / "src" / "index.ts").as_uri()
        path.write_text(program.format(sdk=sdk, key=KEY, url=server.url), "utf-8")
        started = subprocess.Popen(
            [str(NODE), str(path)],
            env=dict(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(end_program, started)
        out, err = started.communicate(timeout=60)
        return started.returncode, out.strip(), err

    def test_from_typescript(self):
        """What a killed Node process left is sent from here, unchanged, and its sender closed (D1)"""
        with scripted_server() as server:
            server.rule = lambda batch: problem(503)
            code, _, err = self.node(LEAVE, server)
            self.assertEqual(code, -signal.SIGKILL, err)
            (path,) = self.segments(server)
            left = [json.loads(body) for _, body, holds in read_frames(path.read_bytes()) if holds]
            self.assertEqual([each["kind"] for each in left], ["session.start"] + ["event"] * 5)
            server.rule = None
            self.configure(server)
            self.assertTrue(niitaka.flush(20))
            self.assertEqual(server.records[:6], left)
            (close,) = server.of_kind("sender.close")
            self.assertEqual((close["sender"], close["last_seq"]), (left[1]["sender"], 5))
            self.assertEqual(self.segments(server), [])

    def test_to_typescript(self):
        """What a killed Python process left is sent by Node, unchanged, and its sender closed (D1)"""
        with scripted_server() as server:
            server.rule = lambda batch: problem(503)
            program = self.python(
                """
                import niitaka, os, signal
                session = niitaka.start_session("left by python", "a").__enter__()
                for n in range(5):
                    session.event("log", data={"n": n, "text": "naïve – 東京"})
                os.kill(os.getpid(), signal.SIGKILL)
                """,
                server,
            )
            program.communicate(timeout=30)
            (path,) = self.segments(server)
            left = [json.loads(body) for _, body, holds in read_frames(path.read_bytes()) if holds]
            server.rule = None
            code, out, err = self.node(BRING, server)
            self.assertEqual((code, out), (0, "true"), err)
            records = {json.dumps(each, sort_keys=True) for each in server.records}
            self.assertTrue({json.dumps(each, sort_keys=True) for each in left} <= records)
            closes = [each for each in server.of_kind("sender.close") if each["sender"] == left[1]["sender"]]
            self.assertEqual([each["last_seq"] for each in closes], [5])
            self.assertEqual(self.segments(server), [])


if __name__ == "__main__":
    unittest.main()
