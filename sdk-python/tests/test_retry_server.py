"""Retries and fallbacks against the real server: SDK and server write one row for one decision (P5, P7)."""

import json
import urllib.request

import niitaka
from client_case import KEY
from library_case import LibraryCase, unittest
from real_server import RealServer
from retry_case import RetryCase
from test_openai_chat import answer, error


class WithServer(RetryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.real = RealServer()
        cls.addClassCleanup(cls.real.stop)

    def setUp(self):
        LibraryCase.setUp(self)
        niitaka.instrument()

    def create_policy(self, **content):
        body = json.dumps({"agent_id": "caller", **content}).encode()
        headers = {"X-API-Key": KEY, "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.real.url}/api/v1/policies", data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)["id"]

    def test_one_row(self):
        """Each decision is one trace and one signal of each kind, told by the SDK, which acted, and by the server"""
        retry = self.create_policy(name="again", type="retry", action={"max_retries": 1, "base_seconds": 0})
        other = self.create_policy(name="other", type="fallback", action={"fallback_model": "gpt-4o-mini"})
        self.configure(self.real)
        with niitaka.start_session("Call", "caller") as session:
            guard = session.control.guard
            self.real.wait_for(lambda: guard._snapshots.of(guard._key) is not None)
            self.answers(error(500), error(500), answer())
            self.create()
        self.assertTrue(niitaka.flush(15))
        path = f"/sessions/{session.session_id}"
        traces = self.real.get(f"{path}/traces")["items"]
        found = sorted((each["policy_id"], each["action"], sorted(each["decided_by"]), each["enforced"]) for each in traces)
        acted = [(retry, "retry"), (retry, "retry_exhausted"), (other, "fallback")]
        self.assertEqual(found, sorted((*each, ["sdk", "server"], True) for each in acted))
        signals = self.real.get(f"{path}/signals")["items"]
        kinds = sorted((each["policy_id"], each["subtype"]) for each in signals)
        told = [(retry, "retry"), (retry, "policy_triggered"), (retry, "retry_exhausted")]
        self.assertEqual(kinds, sorted([*told, (other, "fallback"), (other, "policy_triggered")]))
        row = self.real.session(session.session_id)
        self.assertEqual((row["error_count"], row["llm_count"], row["step_count"]), (2, 1, 1))


if __name__ == "__main__":
    unittest.main()
