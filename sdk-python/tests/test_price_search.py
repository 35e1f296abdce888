"""Prices of models that a snapshot does not have yet (C1, P5)."""

import json
import time
import unittest
import urllib.request

import niitaka
from client_case import KEY
from niitaka import AgentExecutionStopped
from niitaka._price_search import PriceSearch
from real_server import ServerCase

CALL = {"provider": "openai", "model": "gpt-4o-mini", "input_tokens": 1_000_000, "output_tokens": 0}


class Search(unittest.TestCase):
    def test_pauses(self):
        """A new model is asked for at once, then in growing pauses (P5)"""
        search, models = PriceSearch(), frozenset({"unheard-of"})
        asked = [at / 20 for at in range(4_000) if search.is_due(models, at / 20)]
        pauses = [later - former for former, later in zip(asked, asked[1:])]
        self.assertEqual(pauses, [0.25, 0.5, 1, 2, 4, 8, 16, 32, 60, 60])
        more = models | {"another"}
        told = search.is_due(more, 200.0), search.is_due(more, 200.2), search.is_due(frozenset(), 300.0)
        self.assertEqual(told, (True, False, False))


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
