"""The guard of one session by itself: what it counts, what it decides before a step, and what it tells (P5 to P7)."""

import unittest
from unittest import mock

from client_case import KEY, ClientCase
from niitaka import AgentExecutionStopped, _guard
from niitaka._guard import Guard
from niitaka._http import Connection
from niitaka._leases import Leases
from niitaka._snapshot import SnapshotKey, Snapshots
from scripted_server import scripted_server

SESSION, ROOT = (f"019a3c7e-52f1-7c3a-8000-00000000000{n}" for n in (1, 2))
PRICES = [{"provider": "openai", "model": "gpt-5", "input": "1.25", "output": "10"}]
CALL = {"provider": "openai", "model": "gpt-5", "input_tokens": 0, "output_tokens": 1}


def limit(number=1, **more):
    return {"id": f"p{number}", "type": "step_limit", "condition": {"steps_exceeded": 3}, "action": {"type": "abort"}, **more}


def cost(usd, **more):
    return limit(type="cost_limit", condition={"cost_exceeded": usd}, **more)


class GuardCase(ClientCase):
    def setUp(self):
        super().setUp()
        context = scripted_server()
        self.server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        self.records = []
        self.leases = None

    def guard(self, *policies, agent_id="looper"):
        """A guard that holds these policies."""
        body = {"revision": 1, "policies": list(policies), "prices": PRICES}
        self.server.gets["/api/v1/snapshot"] = (200, body, {})
        key = SnapshotKey(agent_id, "production")
        self.snapshots = Snapshots(Connection(self.server.url, KEY), self.server.url, KEY, False)
        guard = Guard(SESSION, ROOT, key, self.snapshots, self.records.append, leases=self.leases)
        self.server.wait_for(lambda: self.snapshots.of(key) is not None)
        return guard

    def serve(self, *policies, revision=2, prices=PRICES):
        """From here on the server tells these."""
        body = {"revision": revision, "policies": list(policies), "prices": prices}
        self.server.gets["/api/v1/snapshot"] = (200, body, {})

    def stopped(self, guard, steps=0):
        with self.assertRaises(AgentExecutionStopped) as caught:
            guard.check(steps)
        return caught.exception

    def of_kind(self, kind):
        return [each for each in self.records if each["kind"] == kind]


class Steps(GuardCase):
    def test_at_the_limit(self):
        """The step after n is stopped, with what was found against what (P2, P6)"""
        guard = self.guard(limit())
        for steps in (0, 1, 2):
            guard.check(steps)
        stop = self.stopped(guard, 3)
        self.assertEqual((stop.session_id, stop.policy, stop.threshold, stop.found), (SESSION, "p1", 3, 3))
        self.assertEqual(str(stop), "aborted before call 4: steps 3 ≥ 3, policy p1 rev 1")

    def test_told_once(self):
        """Each further step is stopped again, and nothing is recorded twice (P6, P7)"""
        guard = self.guard(limit())
        for steps in (3, 3, 4, 9):
            self.stopped(guard, steps)
        kinds = [(each["kind"], each.get("subtype")) for each in self.records]
        self.assertEqual(kinds, [("trace", None), ("signal", "step_limit"), ("signal", "policy_triggered")])

    def test_without_policies(self):
        """Where no policy is known, and where none is for this agent, nothing is stopped or told (P5)"""
        self.guard().check(10**6)
        self.guard(limit(agent_id="another"), limit(2, mode="off")).check(10**6)
        self.server.gets["/api/v1/snapshot"] = (404, {}, {})
        snapshots = Snapshots(Connection(self.server.url, KEY), self.server.url, KEY, False)
        Guard(SESSION, ROOT, SnapshotKey("looper", "production"), snapshots, self.records.append).check(10**6)
        self.assertEqual(self.records, [])

    def test_tree(self):
        """A tree's steps are those that the server tells of, and those begun here since (P1)"""
        guard = self.guard(limit(scope="tree", condition={"steps_exceeded": 12}))
        guard.read_answer({"total_cost": 0, "step_count": 2, "tree_step_count": 9})
        guard.check(4)
        stop = self.stopped(guard, 5)
        self.assertEqual((stop.found, stop.threshold), (12, 12))

    def test_days(self):
        """A day's limit of an agent looks at the agent's day, one of everybody at the organisation's (P1)"""
        guard = self.guard(
            limit(1, scope="day", agent_id="looper", condition={"steps_exceeded": 10}),
            limit(2, scope="day", condition={"steps_exceeded": 100}),
        )
        told = {"total_cost": 0, "step_count": 0, "day_steps": 9, "org_day_steps": 99}
        guard.read_answer(told)
        guard.check(0)
        guard.read_answer({**told, "day_steps": 8})
        self.assertEqual(self.stopped(guard, 1).policy, "p2")
        guard.read_answer({**told, "org_day_steps": 0})
        self.assertEqual(self.stopped(guard, 1).policy, "p1")


class Cost(GuardCase):
    def test_own_calls(self):
        """What calls cost by the snapshot's prices counts at once, to the nano-dollar (C1, P2)"""
        guard = self.guard(cost("0.00002"))
        guard.count(CALL)
        guard.check(0)
        guard.count(CALL)
        guard.check(0)
        guard.count({"cost_usd": 1e-9})
        stop = self.stopped(guard)
        self.assertEqual((stop.found, stop.threshold), (0.000020001, 0.00002))

    def test_greater_of_both(self):
        """What the server says and what was counted here are the same calls: the greater holds, not the sum (P5)"""
        guard = self.guard(cost(1))
        guard.count({"cost_usd": 0.75})
        guard.read_answer({"total_cost": 0.5, "step_count": 1})
        guard.check(0)
        guard.read_answer({"total_cost": 1, "step_count": 1})
        guard.check(0)
        guard.read_answer({"total_cost": 1.000000001, "step_count": 1})
        self.stopped(guard)

    def test_wider_totals(self):
        """A tree, a day and an organisation's day have what the server told, and what is fresh besides (P1)"""
        for scope, name, agent_id in (("tree", "tree_cost", None), ("day", "day_cost", "looper"), ("day", "org_day_cost", None)):
            guard = self.guard(cost(5, scope=scope, agent_id=agent_id))
            guard.read_answer({"total_cost": 0.5, "step_count": 1, name: 4.5})
            guard.check(1)
            guard.count({"cost_usd": 1})
            guard.check(1)  # 0.5 of it is new: 4.5 + 0.5 is the limit itself
            guard.count({"cost_usd": 1e-9})
            self.assertEqual(self.stopped(guard).found, 5.000000001, name)
            guard = self.guard(cost(5, scope=scope, agent_id=agent_id))
            guard.count({"cost_usd": 6})
            self.assertEqual(self.stopped(guard).found, 6, name)

    def test_tree_and_day_of_a_session(self):
        """A tree has at least what the session has; a day that the server told of lacks what it had before (P1)"""
        guard = self.guard(cost(5, scope="tree"))
        guard.read_answer({"total_cost": 6, "step_count": 1, "tree_cost": 0})
        self.assertEqual(self.stopped(guard, 1).found, 6)
        guard = self.guard(cost(5, scope="day"))
        guard.read_answer({"total_cost": 6, "step_count": 1, "org_day_cost": 0})
        guard.check(1)

    def test_blind(self):
        """A call without a price counts 0 and makes cost limits blind (P2)"""
        guard = self.guard(cost(1, action={"type": "warn"}))
        guard.count({"model": "unheard-of", "input_tokens": 10**6, "output_tokens": 1})
        guard.count({"cost_usd": 2})
        guard.check(0)
        (trace,) = self.of_kind("trace")
        self.assertEqual((trace["inputs"]["cost"], trace["inputs"]["blind"]), (2, True))
        self.assertIn("(calls without a price not counted)", self.of_kind("signal")[0]["message"])

    def test_damage(self):
        """Totals that are none count as 0 and raise nothing in the host"""
        guard = self.guard(cost(1), limit(2))
        for damage in (None, "much", [], {}, True, -1, float("nan")):
            guard.read_answer({"total_cost": damage, "step_count": damage, "tree_cost": damage, "warned": damage})
            guard.check(2)
        self.assertEqual(self.records, [])


class FromTheStart(GuardCase):
    """What was spent before a limit came, or before a price was known, counts once they are there (P2, P5)."""

    def answered(self, guard, revision=1, **more):
        """An answer came that had nothing of the calls in it yet."""
        guard.read_answer({"total_cost": 0, "step_count": 0, "policy_revision": revision, **more})

    def until_known(self, guard, revision):
        self.server.wait_for(lambda: self.snapshots.of(guard._key).revision == revision)

    def test_before_the_limit(self):
        """Calls made while no policy held count under one that came later, with the server away from then on (P5)"""
        guard = self.guard()
        for _ in range(3):
            guard.count(CALL)
        guard.check(3)
        self.serve(cost("0.00002"))
        self.answered(guard, revision=2)
        self.until_known(guard, 2)
        self.server.gets.clear()
        self.assertEqual(self.stopped(guard, 3).found, 0.00003)

    def test_before_the_snapshot(self):
        """Calls made before anything was known of policies and prices count as well (P5, C1)"""
        key = SnapshotKey("looper", "production")
        self.snapshots = Snapshots(Connection(self.server.url, KEY), self.server.url, KEY, False)
        guard = Guard(SESSION, ROOT, key, self.snapshots, self.records.append)
        guard.count(CALL)
        guard.count({"cost_usd": 0.25})
        guard.check(2)
        self.serve(cost("0.25"))
        self.answered(guard, revision=2)
        self.server.wait_for(lambda: self.snapshots.of(key) is not None)
        self.assertEqual(self.stopped(guard, 2).found, 0.25001)

    def test_before_the_price(self):
        """The first call of a model is counted when its price is known (C1, P2)"""
        guard = self.guard(cost("0.00001"))
        self.serve(cost("0.00001"), revision=1, prices=[])
        self.snapshots.request(guard._key)
        self.server.wait_for(lambda: not self.snapshots.of(guard._key).prices.find("openai", "gpt-5")[0])
        for _ in range(2):
            guard.count(CALL)
        guard.check(2)
        self.serve(cost("0.00001"))
        self.answered(guard, revision=2)
        self.server.wait_for(lambda: self.snapshots.of(guard._key).prices.find("openai", "gpt-5")[0])
        self.assertEqual(self.stopped(guard, 2).found, 0.00002)
        self.assertNotIn("blind", self.of_kind("trace")[0]["inputs"])

    def test_nothing_to_price(self):
        """Calls that tell no tokens leave limits blind (P2)"""
        guard = self.guard(cost("0.00001"))
        guard.count({"model": "gpt-5"})
        guard.count({**CALL, "output_tokens": 2})
        self.stopped(guard, 2)
        self.assertIs(self.of_kind("trace")[0]["inputs"]["blind"], True)

    def test_no_price_is_no_harm(self):
        """Whatever a program calls a model, its call is recorded and raises nothing"""
        guard = self.guard(cost(1))
        for damage in ([], {}, 7, None, b"gpt"):
            guard.count({"provider": damage, "model": damage, "response_model": damage, "input_tokens": 1})
            self.answered(guard)
        guard.check(5)

    def test_tells_the_lease(self):
        """A tree's lease is told what the session had spent before its tree was limited, and what the server said (P10)"""
        self.leases = Leases(Connection(self.server.url, KEY), ROOT, lambda each: True, lambda: None)
        guard = self.guard()
        guard.count(CALL)
        guard.count(CALL)
        self.assertEqual(self.leases._trees, {})
        self.serve(cost(1, scope="tree"))
        self.answered(guard, revision=2, total_cost=0.00001, tree_cost=0.5)
        self.until_known(guard, 2)
        guard.check(2)
        tree = self.leases._trees[ROOT]
        self.assertEqual((tree.spent, tree.known_total), (20_000, 500_010_000))
        guard.count(CALL)
        self.assertEqual((tree.spent, tree.known_total), (30_000, 500_020_000))


class Telling(GuardCase):
    def test_rows(self):
        """A trace says who decided, that it was enforced, and how long it took; nothing in it is null (wire)"""
        guard = self.guard(limit(revision=4))
        self.stopped(guard, 3)
        (trace,) = self.of_kind("trace")
        self.assertEqual((trace["decided_by"], trace["enforced"], trace["policy_revision"]), ("sdk", True, 4))
        self.assertRegex(trace["occurred_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertGreater(trace["latency_us"], 0)
        self.assertNotIn("event_id", trace)
        for row in self.records:
            self.assertNotIn(None, list(row.values()))
            self.assertEqual(row["session_id"], SESSION)

    def test_cost_beside_a_step_limit(self):
        """A trace tells what was spent also where no policy limits it and the server is away (P7)"""
        guard = self.guard(limit())
        guard.count({"cost_usd": 0.25})
        self.stopped(guard, 3)
        (trace,) = self.of_kind("trace")
        self.assertEqual([trace["inputs"][name] for name in ("cost", "tree_cost", "day_cost")], [0.25] * 3)

    def test_agent(self):
        """A signal names the agent, where there is one (G1)"""
        for agent_id, expected in (("looper", ["looper"] * 2), (None, [None] * 2)):
            self.records.clear()
            guard = self.guard(limit(), agent_id=agent_id)
            self.stopped(guard, 3)
            self.assertEqual([each.get("agent_id") for each in self.of_kind("signal")], expected)

    def test_warned_elsewhere(self):
        """Who has warned in the tree or on this day, as the server tells, does not warn again here (P2)"""
        guard = self.guard(limit(action={"type": "warn"}, scope="tree"))
        guard.read_answer({"total_cost": 0, "step_count": 0, "warned": ["p1", 7]})
        guard.check(5)
        self.assertEqual(self.records, [])
        guard.read_answer({"total_cost": 0, "step_count": 0, "warned": []})
        guard.check(5)
        guard.read_answer({"total_cost": 0, "step_count": 0, "warned": []})
        guard.check(6)
        self.assertEqual(len(self.of_kind("trace")), 1)

    def test_warned_on_another_day(self):
        """What it warned of on one day it warns of on the next (P2)"""
        warn = {"type": "warn"}
        midnight = 1_781_568_000_000
        with mock.patch.object(_guard, "now_ms", return_value=midnight - 3):
            guard = self.guard(limit(action=warn, scope="day"), limit(2, action=warn, scope="tree"))
        for now, steps in ((midnight - 2, 3), (midnight - 1, 4), (midnight, 5), (midnight + 1, 8)):
            with mock.patch.object(_guard, "now_ms", return_value=now):
                guard.check(steps)
        told = [each for each in self.of_kind("signal") if each["type"] == "guardrail"]
        days = [(each["policy_id"], each["occurred_at"][:10]) for each in told]
        self.assertEqual(days, [("p1", "2026-06-15"), ("p2", "2026-06-15"), ("p1", "2026-06-16")])

    def test_warning_beside_an_abort(self):
        """A warning joins an abort of the same step, and is told once like it (P3)"""
        guard = self.guard(limit(), limit(2, action={"type": "warn"}), limit(3, mode="shadow"))
        for _ in range(2):
            self.assertEqual(self.stopped(guard, 3).policy, "p1")
        told = [(each["policy_id"], each["action"]) for each in self.of_kind("trace")]
        self.assertEqual(told, [("p1", "abort"), ("p2", "warn"), ("p3", "abort")])

    def test_shadow_alone(self):
        """A policy in shadow is not enforced, and does not raise (P1)"""
        guard = self.guard(limit(mode="shadow"))
        for steps in (3, 4):
            guard.check(steps)
        self.assertEqual([each["enforced"] for each in self.of_kind("trace")], [False])
        self.assertEqual(self.of_kind("signal"), [])


if __name__ == "__main__":
    unittest.main()
