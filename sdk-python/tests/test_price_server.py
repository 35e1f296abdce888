"""The price of a model that is called for the first time, against the real server (C1, P5)."""

import json
import time
import unittest
import urllib.request

import niitaka
from client_case import KEY
from niitaka import AgentExecutionStopped
from real_server import ServerCase

CALL = {"provider": "openai", "model": "gpt-4o-mini", "input_tokens": 1_000_000, "output_tokens": 0}


class WithServer(ServerCase):
    def limit(self, usd):
        content = {"type": "cost_limit", "condition": {"cost_exceeded": usd}, "action": {"type": "abort"}}
        request = urllib.request.Request(
            f"{self.server.url}/api/v1/policies",
            data=json.dumps(content).encode(),
            headers={"X-API-Key": KEY, "Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=10).close()

    def test_first_call(self):
        """What a model's first call costs is known here soon after it was sent, and limits what is called then (C1, P5)"""
        self.limit(0.2)
        self.configure(self.server)
        with self.assertRaises(AgentExecutionStopped) as caught:
            with niitaka.start_session("Spend", "spender") as session:
                guard = session.control.guard
                session.event("llm", data=CALL)
                deadline = time.monotonic() + 30
                while guard._spending.cost == 0:
                    self.assertLess(time.monotonic(), deadline)
                    self.assertTrue(niitaka.flush(15))
                    session.step("think", lambda: None)
                self.server.kill()
                session.event("llm", data=CALL)
                session.step("think", lambda: None)
        self.assertEqual(caught.exception.found, 0.3)
        self.assertFalse(guard._spending.has_unpriced)


if __name__ == "__main__":
    unittest.main()
