"""A policy file against the real server: it leaves the session to its SDK (P8)."""

import json
import unittest
import urllib.request

import niitaka
from client_case import KEY
from niitaka import AgentExecutionStopped
from real_server import ServerCase

FILE = "policies: [{id: mine, type: step_limit, condition: {steps_exceeded: 3}, action: {type: abort}}]\n"


class WithServer(ServerCase):
    def test_server_evaluates_nothing(self):
        """The server's own policies neither stop such a session nor leave a trace of it; the file's do both (P5, P8)"""
        content = {"type": "step_limit", "condition": {"steps_exceeded": 1}, "action": {"type": "abort"}}
        request = urllib.request.Request(
            f"{self.server.url}/api/v1/policies",
            data=json.dumps(content).encode(),
            headers={"X-API-Key": KEY, "Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=10).close()
        path = self.home / "policies.yaml"
        path.write_text(FILE)
        self.configure(self.server, policy_file=path)
        with self.assertRaises(AgentExecutionStopped):
            with niitaka.start_session("Loop", "looper") as session:
                for _ in range(9):
                    session.step("think", lambda: None)
                    self.assertTrue(niitaka.flush(15))
        self.assertTrue(niitaka.flush(15))
        self.assertEqual(self.server.session(session.session_id)["step_count"], 3)
        traces = self.server.get(f"/sessions/{session.session_id}/traces")["items"]
        self.assertEqual([(each["policy_id"], each["decided_by"]) for each in traces], [("mine", ["sdk"])])


if __name__ == "__main__":
    unittest.main()
