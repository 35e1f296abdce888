"""Leases of a process: it may fork with calls under way, have several trees, and end (P10)."""

import contextvars
import json
import unittest

import niitaka
from client_case import ClientCase
from niitaka import AgentExecutionStopped
from niitaka._cost.token_usage import TokenUsage
from scripted_server import accept, scripted_server
from test_leases import granted

PRICES = [{"provider": "openai", "model": "gpt-5", "input": "1.25", "output": "10"}]
BUDGET = {
    "id": "p1", "type": "cost_limit", "scope": "tree",
    "condition": {"cost_exceeded": 1}, "action": {"type": "abort"},
}
#: A call of one million tokens out, which is estimated at ten dollars; and of a thousand, at a cent.
LARGE, SMALL = TokenUsage(output_tokens=1_000_000), TokenUsage(output_tokens=1_000)
CENT = 10_000_000
CALL = {"provider": "openai", "model": "gpt-5", "input_tokens": 0, "output_tokens": 500}

PRELUDE = """
import json, os, sys, time
import niitaka
from niitaka._cost.token_usage import TokenUsage

SMALL = TokenUsage(output_tokens=1_000)
CALL = {"provider": "openai", "model": "gpt-5", "input_tokens": 0, "output_tokens": 500}

def begin(session):
    guard = session.control.guard
    while guard._snapshots.of(guard._key) is None:
        time.sleep(0.01)
    session.control.pass_gate()
    booking = guard.book(guard.wanted("openai", "gpt-5", SMALL), True)
    session.control.end_step(True)
    return booking

session = niitaka.start_session("goal", "agent").__enter__()
"""


class ProcessCase(ClientCase):
    def setUp(self):
        super().setUp()
        context = scripted_server()
        self.server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        self.asked = []
        self.grant = lambda asked: granted(int(asked["want_nano_usd"]))
        self.server.rule = self.rule
        body = {"revision": 1, "policies": [BUDGET], "prices": PRICES, "config": {"llm": {}, "sources": {}}}
        self.server.gets["/api/v1/snapshot"] = (200, body, {})

    def rule(self, batch):
        if "want_nano_usd" not in batch:
            return accept(batch, sessions=[])
        self.asked.append(batch)
        return self.grant(batch)

    def by_sender(self):
        found = {}
        for each in self.asked:
            told = tuple(int(each[f"{name}_nano_usd"]) for name in ("spent", "want", "booked"))
            found.setdefault(each["sender"], []).append(told)
        return found

    def run_to_end(self, code):
        program = self.python(PRELUDE + code, self.server)
        out, err = program.communicate(timeout=20)
        self.assertEqual((program.returncode, err), (0, ""))
        return [json.loads(line) for line in out.splitlines()]


class Forked(ProcessCase):
    def test_child_leases_itself(self):
        """A child neither spends its parent's lease nor settles its calls: it asks as a sender of its own (D1)"""
        ((parent, left), (child, childs, others)) = self.run_to_end("""
booking = begin(session)
pid = os.fork()
leases = session.client.leases
tree = leases._tree(session.session_id)
if pid == 0:
    session.control.guard.settle(CALL, booking)
    former = booking.leases._tree(session.session_id)
    others = [tree.spent, tree.booked, former.spent, former.booked]
    mine = begin(session)
    session.control.guard.settle(CALL, mine)
    session.event("log")
    child = [session.client.sender_id, [tree.spent, tree.booked], others]
    niitaka.shutdown(5)
    with open(os.environ["HOME"] + "/child", "w") as file:
        json.dump(child, file)
    os._exit(0)
os.waitpid(pid, 0)
print(json.dumps([session.client.sender_id, [tree.spent, tree.booked]]))
print(open(os.environ["HOME"] + "/child").read())
session.control.guard.settle(CALL, booking)
session.leave(None)
niitaka.shutdown(5)
""")
        self.assertNotEqual(parent, child)
        self.assertEqual((left, others, childs), ([0, CENT], [0, 0, 0, CENT], [CENT // 2, 0]))
        told = self.by_sender()
        self.assertEqual(set(told), {parent, child})
        self.assertEqual((told[parent][0], told[child][0]), ((0, 9 * CENT, 0), (0, 9 * CENT, 0)))
        self.assertEqual((told[parent][-1], told[child][-1]), ((CENT // 2, 0, 0), (CENT // 2, 0, 0)))

    def test_parent_goes_on(self):
        """A parent that forked spends its lease as before: the child took nothing of it"""
        (counts,) = self.run_to_end("""
bookings = [begin(session)]
pid = os.fork()
if pid == 0:
    os._exit(0)
os.waitpid(pid, 0)
bookings += [begin(session) for _ in range(8)]
for each in bookings:
    session.control.guard.settle(CALL, each)
tree = session.client.leases._tree(session.session_id)
print(json.dumps([tree.spent, tree.booked]), flush=True)
os._exit(0)
""")
        self.assertEqual(counts, [9 * CENT // 2, 0])
        self.assertEqual(list(self.by_sender().values())[0][0], (0, 9 * CENT, 0))


class Ended(ProcessCase):
    def test_end_of_the_process(self):
        """A program that just ends gives back what it holds, and tells what it spent"""
        self.run_to_end("""
booking = begin(session)
session.control.guard.settle(CALL, booking)
""")
        ((first, *_, last),) = self.by_sender().values()
        self.assertEqual((first, last), ((0, 9 * CENT, 0), (CENT // 2, 0, 0)))

    def test_nobody_asked(self):
        """A program whose sessions book nothing asks for nothing, at its end neither"""
        self.run_to_end("""
session.event("log")
""")
        self.assertEqual(self.asked, [])


class TwoRootsCase(ProcessCase):
    def setUp(self):
        super().setUp()
        self.configure(self.server)
        self.one, self.two = self.started(), self.started()

    def started(self):
        """A session of a tree of its own: it stands in none that was entered before."""
        context = contextvars.Context()
        session = context.run(niitaka.start_session(agent_id="caller").__enter__)
        self.addCleanup(context.run, session.leave, None)
        guard = session.control.guard
        self.server.wait_for(lambda: guard._snapshots.of(guard._key) is not None)
        return session

    def book(self, session, usage=SMALL):
        session.control.pass_gate()
        try:
            guard = session.control.guard
            return guard.book(guard.wanted("openai", "gpt-5", usage), True)
        finally:
            session.control.end_step(True)

    def left(self, session):
        tree = session.client.leases._tree(session.session_id)
        return tree.spent, tree.booked


class TwoRoots(TwoRootsCase):
    def test_apart(self):
        """Each tree has a lease of its own, and what one spends is not told of the other"""
        first, second = self.book(self.one), self.book(self.two)
        self.assertEqual([each["session_id"] for each in self.asked], [self.one.session_id, self.two.session_id])
        self.one.control.guard.settle(CALL, first)
        self.assertEqual((self.left(self.one), self.left(self.two)), ((CENT // 2, 0), (0, CENT)))
        self.two.control.guard.settle({**CALL, "output_tokens": 100}, second)
        self.assertEqual((self.left(self.one), self.left(self.two)), ((CENT // 2, 0), (CENT // 10, 0)))
        self.server.wait_for(lambda: len(self.asked) == 4)
        given_back = {each["session_id"]: (each["spent_nano_usd"], each["want_nano_usd"]) for each in self.asked[2:]}
        one, two = self.one.session_id, self.two.session_id
        self.assertEqual(given_back, {one: (str(CENT // 2), "0"), two: (str(CENT // 10), "0")})

    def test_one_exhausted(self):
        """Where the money of one tree is gone the other goes on"""
        gone = self.one.session_id
        nothing = granted(0, exhausted=True)
        self.grant = lambda asked: nothing if asked["session_id"] == gone else granted(int(asked["want_nano_usd"]))
        self.assertIsNone(self.book(self.one))
        self.assertIsNotNone(self.book(self.two))
        self.assertEqual((self.left(self.one), self.left(self.two)), ((0, 0), (0, CENT)))

    def test_one_ends(self):
        """The end of one gives back its lease alone"""
        first = self.book(self.one)
        self.book(self.two)
        self.one.control.guard.settle(CALL, first)
        self.one.leave(None)
        self.server.wait_for(lambda: len(self.asked) == 3)
        told = (self.asked[2]["session_id"], self.asked[2]["spent_nano_usd"], self.asked[2]["want_nano_usd"])
        self.assertEqual(told, (self.one.session_id, str(CENT // 2), "0"))

    def test_larger_than_the_limit(self):
        """A call that is estimated at more than the whole budget is made while something is left, and is the last"""
        self.grant = lambda asked: granted(min(int(asked["want_nano_usd"]), 10**9 - int(asked["spent_nano_usd"])))
        booking = self.book(self.one, LARGE)
        self.assertIsNotNone(booking)
        self.one.control.guard.settle({**CALL, "output_tokens": 99_000}, booking)
        self.assertEqual(self.left(self.one), (99 * CENT, 0))
        booking = self.book(self.one, LARGE)
        self.one.control.guard.settle({**CALL, "output_tokens": 2_000}, booking)
        self.grant = lambda asked: granted(0, exhausted=True)
        self.assertIsNone(self.book(self.one, LARGE))


class Refused(TwoRootsCase):
    def test_sentence(self):
        """Control says what was found against which limit, and the step counts as none"""
        self.grant = lambda asked: granted(0, exhausted=True)
        guard, control = self.one.control.guard, self.one.control
        control.pass_gate()
        wanted = guard.wanted("openai", "gpt-5", SMALL)
        self.assertIsNone(guard.book(wanted, True))
        with self.assertRaises(AgentExecutionStopped) as caught:
            control.refuse(wanted)
        self.assertEqual(str(caught.exception), "aborted before call 1: tree cost $1.01 > $1, policy p1 rev 1")
        self.assertEqual((caught.exception.policy, caught.exception.threshold), ("p1", 1))
        self.two.control.pass_gate()
        self.two.control.end_step(True)

    def test_unknown_price(self):
        """A model without a price is not booked, whatever its calls are estimated at"""
        guard = self.one.control.guard
        self.assertIsNone(guard.wanted("openai", "gpt-5", SMALL))
        self.one.control.pass_gate()
        self.one.control.end_step(True)
        self.assertEqual(guard.wanted("openai", "gpt-5", SMALL).estimate, CENT)
        self.assertIsNone(guard.wanted("openai", "unheard-of", SMALL))
        self.assertIsNone(guard.wanted("openai", "gpt-5", TokenUsage()))


if __name__ == "__main__":
    unittest.main()
