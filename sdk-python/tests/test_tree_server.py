"""A tree's budget, shared by two processes that call at once, against the real server (P10)."""

import json
import subprocess
import sys
import urllib.request
import uuid
from pathlib import Path

from client_case import KEY, SOURCE, ClientCase, end_program
from library_case import unittest
from provider_server import ProviderServer
from real_server import RealServer
from test_openai_chat import answer

#: What a call costs, and what it is estimated at, in nano-USD: 4 tokens in, 80 out of at most 100.
COST, ESTIMATE = 4 * 2_500 + 80 * 10_000, 4 * 2_500 + 100 * 10_000
PROGRAM = Path(__file__).with_name("tree_program.py")


class TwoProcesses(ClientCase):
    @classmethod
    def setUpClass(cls):
        cls.server = RealServer()
        cls.addClassCleanup(cls.server.stop)
        cls.provider = ProviderServer(answer(usage={"prompt_tokens": 4, "completion_tokens": 80, "total_tokens": 84}))
        cls.addClassCleanup(cls.provider.close)
        cls.provider.delay = 0.1

    def setUp(self):
        super().setUp()
        # A snapshot has the prices of the models that were used.
        self.go(self.start([[str(uuid.uuid4()), None]], 1))

    def limit(self, nano_usd):
        body = {"name": "tree budget", "agent_id": "caller", "type": "cost_limit", "scope": "tree",
                "condition": {"cost_exceeded": nano_usd / 10**9}, "action": {"type": "abort"}}
        headers = {"X-API-Key": KEY, "Content-Type": "application/json"}
        url = f"{self.server.url}/api/v1/policies"
        request = urllib.request.Request(url, data=json.dumps(body).encode(), headers=headers)
        with urllib.request.urlopen(request, timeout=10) as reply:
            policy = json.load(reply)["id"]
        request = urllib.request.Request(f"{url}/{policy}", headers=headers, method="DELETE")
        self.addCleanup(lambda: urllib.request.urlopen(request, timeout=10).close())

    def start(self, sessions, calls):
        environ = {"PYTHONPATH": str(SOURCE), "PATH": "/usr/bin:/bin", "HOME": str(self.home)}
        program = subprocess.Popen([sys.executable, str(PROGRAM)], env=environ, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(end_program, program)
        given = {"server": self.server.url, "provider": self.provider.url, "sessions": sessions, "calls": calls}
        program.stdin.write(json.dumps(given) + "\n")
        program.stdin.flush()
        line = program.stdout.readline()
        self.assertEqual(line, "ready\n", program.stderr.read() if not line else None)
        return program

    def go(self, *programs):
        for each in programs:
            each.stdin.write("\n")
            each.stdin.flush()
        return [json.loads(each.stdout.readline()) for each in programs]

    def run_tree(self):
        """100 calls at once over 1 + 3 + 9 sessions: the root and 3 in one process, 9 in another."""
        root, *rest = (str(uuid.uuid4()) for _ in range(13))
        upper = [[root, None], *([each, root] for each in rest[:3])]
        lower = [[each, rest[at // 3]] for at, each in enumerate(rest[3:])]
        programs = [self.start(upper, 50), self.start(lower, 50)]
        told = self.go(*programs)
        outcomes = [each for one in told for each in one["outcomes"]]
        total = round(self.server.session(root)["tree"]["total_cost"] * 10**9)
        return total, outcomes, [one["requests"] for one in told], root

    def test_stays_within(self):
        """100 calls at once end at the limit, none refused while an estimate is left, with the sentence of the limit"""
        limit = 60 * COST
        self.limit(limit)
        total, outcomes, requests, root = self.run_tree()
        stopped = [each for each in outcomes if each is not None]
        self.assertEqual(total, (100 - len(stopped)) * COST)
        self.assertLessEqual(total, limit + 2 * ESTIMATE)
        self.assertGreater(total, limit - ESTIMATE)
        for each in stopped:
            sentence = r"aborted before call \d+: tree cost \$0\.0\d+ > \$0\.0486, policy tree budget rev 1"
            self.assertRegex(each, f"^AgentExecutionStopped: {sentence}$")

    def test_enough(self):
        """Where all the estimates are more than the limit but all the costs are not, no call is refused"""
        self.limit(100 * COST)
        total, outcomes, requests, root = self.run_tree()
        self.assertEqual(set(outcomes), {None})
        self.assertEqual(total, 100 * COST)

    def test_plenty(self):
        """Where there is plenty, most calls need no round trip"""
        self.limit(10**12)
        _, outcomes, requests, _ = self.run_tree()
        self.assertEqual(set(outcomes), {None})
        self.assertLess(sum(map(len, requests)), 20)


if __name__ == "__main__":
    unittest.main()
