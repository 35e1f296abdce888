"""Traces and signals of a decision: what stands in each row, and ids that whoever decides mints alike (P7, G1)."""

import json
import random
import unittest
import uuid

from niitaka._policy.compile_policies import compile_policies
from niitaka._policy.decision import EvaluationEvent, EvaluationState
from niitaka._policy.decision_rows import NIL_UUID, DecisionContext, decision_signals, decision_traces
from niitaka._policy.describe_decision import describe_decision
from niitaka._policy.evaluate import evaluate
from niitaka._policy.parse_policy import read_policy

SEED = 20261127
SESSION, OTHER, ROOT, EVENT = (f"019a3c7e-52f1-7c3a-8000-00000000000{n}" for n in range(1, 5))
DAY = "2026-11-24"
STATE = EvaluationState(512_000_000, 40, 900_000_000, 71, 2_000_000_001, 90, 3 * 10**9, 120)
STEP = EvaluationEvent("llm")
FAILED = EvaluationEvent("error", "rate_limit", 4, "big")

LIMIT = {"id": "p1", "type": "step_limit", "condition": {"steps_exceeded": 40}, "action": {"type": "abort"}}
COST = {"id": "c1", "type": "cost_limit", "condition": {"cost_exceeded": "0.25"}, "action": {"type": "warn"}}
RETRY = {"id": "r1", "type": "retry", "condition": {}, "action": {"max_retries": 5}}
FALLBACK = {"id": "f1", "type": "fallback", "condition": {}, "action": {"fallback_model": "small"}}
BROKEN = {"id": "b1", "type": "step_limit", "condition": {"steps_exceeded": "x"}, "action": {"type": "abort"}}


def rows(policies, event=STEP, state=STATE, session=SESSION, root=ROOT, event_id=EVENT, day=DAY):
    compiled = compile_policies(map(read_policy, policies), "alpha", "production")
    decision = evaluate(compiled, state, event)
    context = DecisionContext(session, root, event_id, day, state, event)
    return decision_traces(decision, context), decision_signals(decision, context)


def v5(namespace, name):
    return str(uuid.uuid5(uuid.UUID(namespace), name))


class Ids(unittest.TestCase):
    def test_names(self):
        """An id is UUIDv5 of KIND:policy_id:revision:KEY under its session (P7)"""
        for policy, event, key, kinds in (
            (LIMIT, STEP, "limit", ["guardrail/step_limit", "policy/policy_triggered"]),
            (RETRY, FAILED, EVENT, ["control/retry", "policy/policy_triggered"]),
            (FALLBACK, FAILED, EVENT, ["control/fallback", "policy/policy_triggered"]),
            (BROKEN, STEP, "error", ["policy/policy_error"]),
        ):
            traces, signals = rows([{**policy, "revision": 7}], event)
            name = f"{policy['id']}:7:{key}"
            self.assertEqual([row["trace_id"] for row in traces], [v5(SESSION, f"trace:{name}")])
            self.assertEqual([row["signal_id"] for row in signals], [v5(SESSION, f"{kind}:{name}") for kind in kinds])

    def test_shadow(self):
        """What a policy in shadow would have done is a trace with the key `shadow`, and no signal (P1, P7)"""
        for policy, event in ((LIMIT, STEP), (COST, STEP), (RETRY, FAILED), (FALLBACK, FAILED)):
            traces, signals = rows([{**policy, "mode": "shadow"}], event)
            self.assertEqual([row["trace_id"] for row in traces], [v5(SESSION, f"trace:{policy['id']}:1:shadow")])
            self.assertEqual(signals, [])

    def test_subjects(self):
        """A warning of a tree is one for the tree, of a day one for the day; traces are always of the session (P7)"""
        for scope, namespace, key in (
            ("session", SESSION, "limit"),
            ("tree", ROOT, "limit"),
            ("day", NIL_UUID, f"limit:{DAY}"),
        ):
            traces, signals = rows([{**COST, "scope": scope}])
            kinds = ("guardrail/cost_limit", "policy/policy_triggered")
            self.assertEqual(
                [row["signal_id"] for row in signals], [v5(namespace, f"{kind}:c1:1:{key}") for kind in kinds]
            )
            self.assertEqual(traces[0]["trace_id"], v5(SESSION, "trace:c1:1:limit"))
            self.assertEqual([row["session_id"] for row in traces + signals], [SESSION] * 3)

    def test_who_shares(self):
        """Two sessions share the warnings of their tree and their day, nothing else (P7)"""
        for scope, day, is_shared in (
            ("session", DAY, False),
            ("tree", DAY, True),
            ("day", DAY, True),
            ("day", "2026-11-25", False),
        ):
            for action, shares in (("warn", is_shared), ("abort", False)):
                policy = {**COST, "scope": scope, "action": {"type": action}}
                one, other = rows([policy])[1], rows([policy], session=OTHER, day=day)[1]
                same = [a["signal_id"] == b["signal_id"] for a, b in zip(one, other)]
                self.assertEqual(same, [shares, shares], f"{scope} {action} {day}")

    def test_first_event(self):
        """A failed call without an event goes by its session's id (P7)"""
        traces, signals = rows([RETRY], FAILED, event_id=None)
        self.assertEqual(traces[0]["trace_id"], v5(SESSION, f"trace:r1:1:{SESSION}"))
        self.assertEqual([row["event_id"] for row in traces + signals], [None] * 3)

    def test_every_failure_anew(self):
        """Each failed call has rows of its own; a limit has one for the session, whatever event led to it (P7)"""
        retried = {rows([RETRY], FAILED, event_id=each)[0][0]["trace_id"] for each in (EVENT, OTHER, ROOT)}
        limited = {rows([LIMIT], event_id=each)[0][0]["trace_id"] for each in (EVENT, OTHER, None)}
        self.assertEqual((len(retried), len(limited)), (3, 1))


class Content(unittest.TestCase):
    def test_inputs(self):
        """A trace holds every total in USD and steps, and what failed (P7)"""
        expected = {
            "cost": 0.512, "steps": 40, "tree_cost": 0.9, "tree_steps": 71, "day_cost": 2.000000001, "day_steps": 90,
            "org_day_cost": 3, "org_day_steps": 120, "kind": "rate_limit", "attempt": 4, "model": "big",
        }
        (trace,), _ = rows([RETRY], FAILED)
        self.assertEqual(trace["inputs"], expected)
        blind = STATE._replace(has_unpriced=True)
        self.assertEqual(rows([COST], state=blind)[0][0]["inputs"]["blind"], True)
        self.assertNotIn("blind", rows([LIMIT], state=blind)[0][0]["inputs"])

    def test_considered(self):
        """Every policy that was asked stands in each trace with why or why not (P7)"""
        others = {**LIMIT, "id": "p2", "condition": {"steps_exceeded": 41}, "revision": 9}
        (trace, second), _ = rows([LIMIT, others, {**COST, "mode": "shadow"}])
        considered = [(each["policy_id"], each["revision"], each["result"], each["mode"]) for each in trace["considered"]]
        self.assertEqual(
            considered,
            [("c1", 1, "shadow", "shadow"), ("p1", 1, "matched", "enforce"), ("p2", 9, "below_threshold", "enforce")],
        )
        self.assertEqual(trace["considered"], second["considered"])

    def test_exhausted(self):
        """A retry that is used up leaves a trace and a warning of its own beside the fallback's (P4)"""
        traces, signals = rows([{**RETRY, "action": {"max_retries": 3}}, FALLBACK], FAILED)
        self.assertEqual([(row["policy_id"], row["action"]) for row in traces],
                         [("r1", "retry_exhausted"), ("f1", "fallback")])
        self.assertEqual(
            [(row["subtype"], row["action"], row["severity"]) for row in signals],
            [("retry_exhausted", None, "warning"), ("fallback", "fallback", "info"),
             ("policy_triggered", "fallback", "info")],
        )

    def test_not_chosen(self):
        """A retry beside an abort leaves no row: it did nothing (P3, P7)"""
        traces, signals = rows([LIMIT, RETRY], FAILED)
        self.assertEqual([row["policy_id"] for row in traces], ["p1"])
        self.assertEqual({row["policy_id"] for row in signals}, {"p1"})

    def test_data(self):
        """A signal carries the numbers behind it (G1)"""
        for policy, event, expected in (
            (LIMIT, STEP, {"revision": 1, "scope": "session", "threshold": 40, "found": 40}),
            ({**COST, "scope": "tree"}, STEP, {"revision": 1, "scope": "tree", "threshold": 0.25, "found": 0.9}),
            ({**COST, "scope": "day"}, STEP, {"revision": 1, "scope": "day", "threshold": 0.25, "found": 3}),
            ({**COST, "scope": "day", "agent_id": "alpha"}, STEP,
             {"revision": 1, "scope": "day", "threshold": 0.25, "found": 2.000000001}),
            (RETRY, FAILED, {"revision": 1, "attempt": 4, "max_retries": 5}),
            (FALLBACK, FAILED, {"revision": 1, "fallback_model": "small"}),
            (BROKEN, STEP, {"revision": 1, "at": "condition.steps_exceeded"}),
        ):
            self.assertEqual(rows([policy], event)[1][0]["data"], expected)

    def test_severities(self):
        """An abort is critical, a warning a warning (G1)"""
        self.assertEqual([row["severity"] for row in rows([LIMIT, COST])[1]],
                         ["warning", "critical", "warning", "critical"])


class Random(unittest.TestCase):
    def setUp(self):
        self.chance = random.Random(f"{SEED} {self.id()}")

    def policies(self):
        def more(n, policy):
            pick = self.chance.choice
            return {**policy, "id": f"p{n}", "scope": pick(["session", "tree", "day"]), "revision": pick([1, 2]),
                    "mode": pick(["enforce", "enforce", "shadow"]), "priority": pick([0, 0, 1])}

        kinds = (LIMIT, COST, RETRY, FALLBACK, BROKEN)
        return [more(n, self.chance.choice(kinds)) for n in range(self.chance.randint(1, 7))]

    def test_rows(self):
        """Rows are JSON, none twice, the same in any order of the policies, each in its policy's own words (P7)"""
        for _ in range(400):
            policies = self.policies()
            event = self.chance.choice([STEP, FAILED])
            traces, signals = rows(policies, event)
            self.assertEqual(json.loads(json.dumps([traces, signals])), [traces, signals])
            ids = [row["trace_id"] for row in traces] + [row["signal_id"] for row in signals]
            self.assertEqual(len(set(ids)), len(ids))
            self.assertEqual({uuid.UUID(each).version for each in ids} - {5}, set())
            self.assertEqual(rows(self.chance.sample(policies, len(policies)), event), (traces, signals))
            known = {policy["id"]: read_policy(policy) for policy in policies}
            for row in signals:
                self.assertEqual(row["message"], describe_decision(known[row["policy_id"]], STATE, event))
            for row in traces:
                self.assertEqual(row["policy_revision"], known[row["policy_id"]].revision)
                self.assertEqual([each["policy_id"] for each in row["errors"]],
                                 [row["policy_id"]] if known[row["policy_id"]].type == "broken" else [])


if __name__ == "__main__":
    unittest.main()
