"""Calls of a genuine client are booked on their tree's budget before they are made (P10)."""

from library_case import unittest
from niitaka import AgentExecutionStopped
from niitaka._cost.event_cost import PriceList
from niitaka._instrument.book_call import estimate_usage
from niitaka.integrations.openai import LIBRARY
from retry_case import RetryCase, limit, retry
from scripted_server import accept, problem
from test_leases import granted
from test_openai_chat import REQUEST, answer, as_asked, error

#: Of a call of `REQUEST`: 19 characters in, at most 10 tokens out; and of what `answer` says it used.
ESTIMATE, COST = 5 * 1_250 + 10 * 10_000, 1_200 * 1_250 + 80 * 10_000


class Booked(RetryCase):
    def setUp(self):
        super().setUp()
        self.asked = []
        self.grant = lambda asked: granted(int(asked["want_nano_usd"]))
        self.niitaka.rule = self.rule
        self.answers(answer(model="gpt-5"))

    def rule(self, batch):
        if "want_nano_usd" not in batch:
            return accept(batch, sessions=[])
        self.asked.append(batch)
        return self.grant(batch)

    def started(self, *more, scope="tree", usd=1, **options):
        budget = {**limit(1, "cost_limit", cost_exceeded=usd), "scope": scope}
        return super().started(budget, *more, **options)

    def call(self, **more):
        return self.create(**{"model": "gpt-5", "max_tokens": 10, **more})

    def tree(self, session):
        return session.client.leases._tree(session.session_id)

    def test_replaced(self):
        """The estimate is booked before the call, and its cost stands in its place after it"""
        session = self.started()
        self.call()
        (asked,) = self.asked
        self.assertEqual(asked["want_nano_usd"], str(9 * ESTIMATE))
        self.assertEqual((asked["session_id"], asked["sender"]), (session.session_id, session.client.sender_id))
        self.assertEqual((self.tree(session).booked, self.tree(session).spent), (0, COST))

    def test_refused(self):
        """A call that the budget does not do for is not made; exception and trace say what was found"""
        session = self.started(usd=0.5)
        self.grant = lambda asked: granted(0, exhausted=True)
        for _ in range(2):
            with self.assertRaises(AgentExecutionStopped) as caught:
                self.call()
        stop = caught.exception
        self.assertEqual((stop.threshold, round(stop.found * 10**9)), (0.5, 5 * 10**8 + ESTIMATE))
        self.assertEqual(str(stop), "aborted before call 1: tree cost $0.50010625 > $0.5, policy p1 rev 1")
        self.assertEqual((self.server.requests, self.tree(session).booked), ([], 0))
        self.assertEqual(self.traces(), [("p1", "abort", True)])

    def test_unreachable(self):
        """Without the server the totals that are known decide, or the call is stopped, which the exception says (P10)"""
        self.grant = lambda asked: problem(503, "unavailable")
        self.started()
        self.call()
        self.started(on_unreachable="stop")
        with self.assertRaises(AgentExecutionStopped) as caught:
            self.call()
        words = "aborted before call 1: tree cost $1.00010625 > $1, policy p1 rev 1 (the server cannot be reached)"
        self.assertEqual((str(caught.exception), len(self.server.requests)), (words, 1))
        self.assertEqual(self.traces(), [("p1", "abort", True)])

    def test_failed(self):
        """A call that failed gives its estimate back, and each attempt is booked"""
        session = self.started(retry(2))
        self.answers(error(500), answer(model="gpt-5"))
        self.call()
        self.assertEqual((self.tree(session).booked, self.tree(session).spent, len(self.asked)), (0, COST, 1))

    def test_stream(self):
        """A stream holds its estimate until it is read to its end"""
        session = self.started()
        self.answers(as_asked)
        stream = self.call(stream=True)
        self.assertEqual(self.tree(session).booked, ESTIMATE)
        self.assertGreater(len(self.pieces(stream)), 1)
        self.assertEqual(self.tree(session).booked, 0)

    def test_other_scopes(self):
        """Where no limit on the tree is enforced nothing is booked and nobody is asked"""
        session = self.started(scope="session")
        self.call()
        self.assertEqual((self.asked, session.client.leases._trees), ([], {}))

    def test_recorded_by_hand(self):
        """Calls that a program records by itself are spent too"""
        session = self.started()
        with session.step("gate"):
            session.event("llm", data={"cost_usd": 0.25})
        self.assertEqual(self.tree(session).spent, 250_000_000)


class BookedAsync(Booked):
    is_async = True


class Estimates(unittest.TestCase):
    def test_usage(self):
        """Characters / 4 go in; the most that is asked for, else 4,096 tokens, may come out"""
        dialect = LIBRARY.dialects["/chat/completions"]
        for given, most in (({}, 4_096), ({"max_tokens": 7}, 7), ({"max_completion_tokens": 8}, 8), ({"max_tokens": "?"}, 4_096)):
            usage = estimate_usage(dialect, {**REQUEST, **given})
            self.assertEqual((usage.input_tokens, usage.output_tokens), (5, most))

    def test_likely_price(self):
        """A request often names a model whose price is known by a dated name; other models' names are no such"""
        names = ("gpt-4o-2024-05-13", "gpt-4o-2024-08-06", "gpt-4o-mini-2024-07-18", "gpt-5")
        prices = PriceList([{"provider": "openai", "model": each, "input": at, "output": 1} for at, each in enumerate(names)])
        found = {name: prices.find_likely("openai", name) for name in ("gpt-4o", "gpt-4o-mini", "gpt-5", "gpt-4", "o")}
        self.assertEqual({name: each and each.rates["input"] for name, each in found.items()},
                         {"gpt-4o": 1000, "gpt-4o-mini": 2000, "gpt-5": 3000, "gpt-4": None, "o": None})
        self.assertIsNone(prices.find_likely("openai", None))


if __name__ == "__main__":
    unittest.main()
