"""The policy engine: the shared cases, random ones against a slow reference, and what must always hold."""

import json
import random
import subprocess
import tempfile
import unittest
from pathlib import Path

from niitaka._policy.back_off import back_off_seconds
from niitaka._policy.compile_policies import compile_policies
from niitaka._policy.decision import EvaluationEvent, EvaluationState
from niitaka._policy.decision_rows import NIL_UUID, DecisionContext, decision_signals, decision_traces
from niitaka._policy.describe_decision import describe_decision, usd_text
from niitaka._policy.evaluate import evaluate
from niitaka._policy.parse_policy import parse_policy, read_policy
from niitaka.vectors import check_case

ROOT = Path(__file__).resolve().parents[2]
SEED = 20261124

LIMIT = {"id": "p1", "type": "step_limit", "condition": {"steps_exceeded": 40}, "action": {"type": "abort"}}
COST = {**LIMIT, "type": "cost_limit", "condition": {"cost_exceeded": 0.1}}
RETRY = {"id": "p2", "type": "retry", "condition": {}, "action": {"max_retries": 3}}
FALLBACK = {"id": "p3", "type": "fallback", "condition": {}, "action": {"fallback_model": "small"}}
CALL = EvaluationEvent("llm")
FAILED = EvaluationEvent("error", "rate_limit", 2, "big")


def decide(policies, state=EvaluationState(), event=CALL):
    return evaluate(compile_policies(map(read_policy, policies), "alpha", "production"), state, event)


class Shared(unittest.TestCase):
    def check(self, path, count):
        cases = json.loads(Path(path).read_text("utf-8"))["cases"]
        self.assertEqual(len(cases), count)
        for case in cases:
            self.assertEqual(check_case(case), [], case["name"])

    def test_every_case(self):
        """Every policy vector is exact (P1, P2, P3, P4, P7)"""
        self.check(ROOT / "vectors" / "policy.json", 300)
        self.check(ROOT / "vectors" / "policy-random.json", 125)

    def test_both_languages(self):
        """2,000 random cases come out as in TypeScript, ids and messages included (P3, P7)"""
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "cases.json")
            node = str(ROOT / "node_modules" / ".bin" / "node")
            script = str(ROOT / "tools" / "make-policy-vectors.ts")
            subprocess.run([node, script, path, "2000", str(SEED + 1)], check=True, timeout=60)
            self.check(path, 2000)

    def test_differences(self):
        """A case that differs, or that makes no sense, says so"""
        case = {"policies": [LIMIT], "session": {"environment": "production", "steps": 40}, "event": {"type": "llm"}}
        self.assertEqual(check_case({**case, "expect": {"action": "abort"}}), [])
        self.assertEqual(
            check_case({**case, "expect": {"action": "warn", "errors": []}}),
            ['action: expected "warn", found "abort"'],
        )
        self.assertEqual(check_case(case), ["expected an object `expect`, found null"])
        self.assertIn("cannot be run", check_case({**case, "session": {}, "expect": {}})[0])


class Reference:
    """The rules P1 to P4 read aloud, without any thought for speed."""

    def __init__(self, policies, state, event):
        self.state, self.event = state, event
        mine = [
            policy
            for policy in policies
            if policy["mode"] != "off"
            and policy["agent_id"] in (None, "alpha")
            and policy["environment"] in (None, "production")
        ]
        mine.sort(
            key=lambda each: (-each["priority"], each["agent_id"] is None, each["created_at"], each["id"])
        )
        self.errors = [policy["id"] for policy in mine if self.is_broken(policy)]
        whole = [policy for policy in mine if not self.is_broken(policy)]
        self.considered = []
        for kind in ("cost_limit", "step_limit"):
            self.ask([policy for policy in whole if policy["type"] == kind], self.limit)
        if event.type == "error" and event.attempt is not None:
            self.ask([policy for policy in whole if policy["type"] == "retry"], self.failure)
            if not self.chosen("retry"):
                self.ask([policy for policy in whole if policy["type"] == "fallback"], self.failure)
        row = [found for action in ("abort", "retry", "fallback", "warn") for found in self.chosen(action)]
        self.action = self.action_of(row[0]) if row else "continue"
        self.policy_id = row[0]["id"] if row else None

    @staticmethod
    def action_of(policy):
        return policy["action"].get("type", policy["type"])

    def is_broken(self, policy):
        wanted = {"retry": "max_retries", "fallback": "fallback_model"}.get(policy["type"])
        return wanted not in policy["action"] if wanted else policy["action"]["type"] == "explode"

    def ask(self, stage, judge):
        for policy in stage:
            self.considered.append((policy, judge(policy)))

    def chosen(self, action):
        return [each for each, result in self.considered if result == "matched" and self.action_of(each) == action]

    def has_candidate(self, policy):
        return any(
            each["type"] == policy["type"] and self.action_of(each) != "warn" and result in ("matched", "exhausted")
            for each, result in self.considered
        )

    def limit(self, policy):
        state, scope = self.state, policy["scope"]
        total = {
            "session": (state.cost_nano_usd, state.steps),
            "tree": (state.tree_cost_nano_usd, state.tree_steps),
            "day": (state.day_cost_nano_usd, state.day_steps)
            if policy["agent_id"]
            else (state.org_day_cost_nano_usd, state.org_day_steps),
        }[scope]
        if policy["type"] == "cost_limit":
            passed = total[0] > round(policy["condition"]["cost_exceeded"] * 1000) * 1_000_000
        else:
            passed = total[1] >= policy["condition"]["steps_exceeded"]
        if not passed:
            return "below_threshold"
        if self.action_of(policy) == "warn" and policy["id"] in state.warned:
            return "already_warned"
        if policy["mode"] == "shadow":
            return "shadow"
        return "outranked" if self.action_of(policy) == "abort" and self.has_candidate(policy) else "matched"

    def failure(self, policy):
        if self.event.kind not in policy["condition"].get("on_errors", [self.event.kind]):
            return "other_error"
        if policy["action"].get("fallback_model") == self.event.model:
            return "already_on_fallback"
        if policy["mode"] == "shadow":
            return "shadow"
        if self.has_candidate(policy):
            return "outranked"
        return "exhausted" if self.event.attempt > policy["action"].get("max_retries", 99) else "matched"


class Random(unittest.TestCase):
    def setUp(self):
        self.chance = random.Random(f"{SEED} {self.id()}")

    def policy(self, name):
        pick = self.chance.choice
        kind = pick(["cost_limit", "step_limit", "retry", "fallback"])
        errors = pick([{}, {"on_errors": self.chance.sample(["rate_limit", "timeout", "server_error"], 2)}])
        condition, action = {
            "cost_limit": ({"cost_exceeded": self.chance.randint(0, 6) / 1000}, self.limit_action()),
            "step_limit": ({"steps_exceeded": self.chance.randint(0, 6)}, self.limit_action()),
            "retry": (errors, pick([{"max_retries": 1}, {"max_retries": 3}, {}])),
            "fallback": (errors, pick([{"fallback_model": "small"}, {"fallback_model": "big"}, {}])),
        }[kind]
        return {
            "id": name,
            "type": kind,
            "agent_id": pick([None, "alpha", "alpha", "beta"]),
            "environment": pick([None, "production", "staging"]),
            "priority": pick([0, 0, 5]),
            "mode": pick(["enforce", "enforce", "shadow", "off"]),
            "scope": pick(["session", "tree", "day"]),
            "created_at": self.chance.randint(0, 3),
            "condition": condition,
            "action": action,
        }

    def limit_action(self):
        return {"type": self.chance.choice(["warn", "warn", "abort", "abort", "explode"])}

    def case(self):
        policies = [self.policy(f"p{n}") for n in range(self.chance.randint(0, 8))]
        totals = [self.chance.randint(0, 7) * (1 if at % 2 else 1_000_000) for at in range(8)]
        state = EvaluationState(*totals, frozenset(self.chance.sample(["p0", "p1", "p2", "p3"], 2)))
        attempt = self.chance.choice([None, 1, 2, 4])
        kind = self.chance.choice(["rate_limit", "timeout", "server_error"])
        failed = EvaluationEvent("error", kind, attempt, self.chance.choice(["small", "big"]))
        return policies, state, self.chance.choice([CALL, failed, failed])

    def test_reference(self):
        """The engine says what the slow reference says (P1, P2, P3, P4)"""
        for _ in range(3000):
            policies, state, event = self.case()
            found, expected = decide(policies, state, event), Reference(policies, state, event)
            self.assertEqual((found.action, found.policy and found.policy.id), (expected.action, expected.policy_id))
            self.assertEqual([each.id for each in found.errors], expected.errors)
            self.assertEqual(
                [(policy.id, result) for policy, result in found.considered],
                [(policy["id"], result) for policy, result in expected.considered],
            )

    def test_order(self):
        """The order of the policies in the list does not matter (P3)"""
        for _ in range(500):
            policies, state, event = self.case()
            shuffled = self.chance.sample(policies, len(policies))
            self.assertEqual(decide(shuffled, state, event), decide(policies, state, event))

    def test_abort_stays(self):
        """One more policy never weakens an abort (P3)"""
        aborts = 0
        while aborts < 200:
            policies, state, event = self.case()
            if decide(policies, state, event).action == "abort":
                aborts += 1
                more = policies + [self.policy("more")]
                self.assertEqual(decide(more, state, event).action, "abort")

    def test_broken_stays(self):
        """A broken policy never vanishes (P3)"""
        for _ in range(300):
            policies, state, event = self.case()
            broken = {**self.policy("broken"), "agent_id": None, "environment": None, "mode": "shadow", "scope": "week"}
            found = decide(policies + [broken], state, event)
            self.assertIn("broken", [policy.id for policy in found.errors])
            told = [signal.subtype for signal in found.signals if signal.policy.id == "broken"]
            self.assertEqual(told, ["policy_error"])

    def test_warns_once(self):
        """A policy that has warned does not warn again (P2)"""
        for _ in range(500):
            policies, state, event = self.case()
            first = decide(policies, state, event).warned_now
            warned = state.warned | frozenset(first)
            self.assertEqual(decide(policies, state._replace(warned=warned), event).warned_now, ())

    def test_never_raises(self):
        """Whatever stands in a policy, reading it raises nothing"""
        values = [None, True, -1, 1.5, 1e400, "", "x" * 300, [], {}, [[]], "2026-13-01T00:00:00Z", "retry", "\ud800"]
        keys = ["id", "type", "agent_id", "priority", "mode", "scope", "created_at", "condition", "action", "revision"]
        for _ in range(2000):
            value = {**self.policy("p"), self.chance.choice(keys): self.chance.choice(values)}
            self.assertIsInstance(read_policy(value).id, str)
        for value in values:
            self.assertEqual(read_policy(value).type, "broken")


class Engine(unittest.TestCase):
    def test_limit_of_n(self):
        """A limit of n lets n calls begin (E3, P2)"""
        for limit in (1, 2, 40):
            policies = [{**LIMIT, "condition": {"steps_exceeded": limit}}]
            begun = 0
            while decide(policies, EvaluationState(steps=begun)).action != "abort":
                begun += 1
            self.assertEqual(begun, limit)

    def test_exact_money(self):
        """A cost fires above its value, to the last nano-USD (P2)"""
        at = [decide([COST], EvaluationState(cost_nano_usd=nano)).action for nano in (100_000_000, 100_000_001)]
        self.assertEqual(at, ["continue", "abort"])
        half = {**COST, "condition": {"cost_exceeded": "1.5e-9"}}
        self.assertEqual([decide([half], EvaluationState(nano)).action for nano in (1, 2)], ["continue", "abort"])

    def test_exhausted(self):
        """A used up retry tells of it and leaves the call to the fallback (P4)"""
        retry = {**RETRY, "action": {"max_retries": 1}}
        found = decide([retry, FALLBACK], event=FAILED)
        self.assertEqual((found.action, found.fallback_model), ("fallback", "small"))
        self.assertEqual(
            [signal.subtype for signal in found.signals], ["retry_exhausted", "fallback", "policy_triggered"]
        )

    def test_blind(self):
        """A cost limit is blind where calls without a price are in the totals (P2)"""
        state = EvaluationState(has_unpriced=True)
        self.assertEqual([decide([one], state).is_blind for one in (COST, LIMIT)], [True, False])

    def test_back_off(self):
        """Full jitter below constant, linear or doubling delays with a cap (P4)"""
        for backoff, expected in (("constant", [2, 2, 2]), ("linear", [2, 4, 5]), ("exponential", [2, 4, 5])):
            action = {"max_retries": 3, "backoff": backoff, "base_seconds": 2, "max_seconds": 5}
            policy = parse_policy({**RETRY, "action": action})
            self.assertEqual([back_off_seconds(policy, attempt, 1) for attempt in (1, 2, 3)], expected)
            self.assertEqual(back_off_seconds(policy, 3, 0.5), expected[2] / 2)


class Parsing(unittest.TestCase):
    def test_failure(self):
        """The failure names the policy, the path, what was wanted and found"""
        with self.assertRaises(ValueError) as raised:
            parse_policy({**LIMIT, "action": {"type": "explode"}})
        self.assertEqual(
            str(raised.exception), 'Cannot read policy "p1": action.type must be "warn" or "abort": got "explode"'
        )

    def test_paths(self):
        """What is broken is broken at its path"""
        for at, value in (
            ("", 7),
            ("id", {**LIMIT, "id": 3}),
            ("priority", {**LIMIT, "priority": 1.5}),
            ("priority", {**LIMIT, "priority": True}),
            ("created_at", {**LIMIT, "created_at": "2026-11-24"}),
            ("type", {**LIMIT, "type": ["retry"]}),
            ("condition", {**LIMIT, "condition": None}),
            ("condition.hour", {**COST, "condition": {"cost_exceeded": 1, "hour": 3}}),
            ("condition.cost_exceeded", {**COST, "condition": {"cost_exceeded": float("nan")}}),
            ("condition.on_errors", {**RETRY, "condition": {"on_errors": []}}),
            ("action.max_retries", {**RETRY, "action": {"max_retries": 11}}),
            ("action.base_seconds", {**RETRY, "action": {"max_retries": 1, "base_seconds": float("inf")}}),
            ("action.fallback_model", {**FALLBACK, "action": {}}),
        ):
            self.assertEqual((read_policy(value).type, read_policy(value).at), ("broken", at))

    def test_whole_floats(self):
        """3.0 is a whole number, as in JavaScript"""
        self.assertEqual(parse_policy({**RETRY, "action": {"max_retries": 3.0}}).max_retries, 3)


class Rows(unittest.TestCase):
    SESSION, ROOT, EVENT = (f"019a3c7e-52f1-7c3a-8000-00000000000{n}" for n in (1, 2, 4))

    def rows(self, policies, state=EvaluationState(512_000_000, 40, 900_000_000, 71), event=CALL):
        found = decide(policies, state, event)
        context = DecisionContext(self.SESSION, self.ROOT, self.EVENT, "2026-11-24", state, event)
        return decision_traces(found, context), decision_signals(found, context)

    def test_abort(self):
        """An abort leaves a trace and two signals, with the ids of the server (P7, G1)"""
        guard = {**LIMIT, "id": "loop", "name": "loop guard", "revision": 3}
        traces, signals = self.rows([guard])
        # The same literals stand in the tests of the server's rules.
        self.assertEqual([row["trace_id"] for row in traces], ["ab66c056-58d8-5290-b221-4b5eb938f611"])
        self.assertEqual([row["signal_id"] for row in signals], ["86b263e6-da96-534c-8caf-f44fbbb98d49", "b8aab254-247e-5deb-9a8e-37c0123e35c0"])
        self.assertEqual(signals[0]["message"], "aborted before call 41: steps 40 ≥ 40, policy loop guard rev 3")
        self.assertEqual(signals[0]["data"], {"revision": 3, "scope": "session", "threshold": 40, "found": 40})
        self.assertEqual(
            traces[0]["considered"], [{"policy_id": "loop", "revision": 3, "result": "matched", "mode": "enforce"}]
        )
        self.assertEqual((traces[0]["inputs"]["cost"], traces[0]["inputs"]["tree_steps"]), (0.512, 71))

    def test_subjects(self):
        """A warning of a tree or a day has a namespace of its own (P7)"""
        ids = {}
        for scope in ("session", "tree", "day"):
            warn = {**LIMIT, "condition": {"steps_exceeded": 0}, "scope": scope, "action": {"type": "warn"}}
            ids[scope] = self.rows([warn])[1][0]["signal_id"]
        self.assertEqual(len(set(ids.values())), 3)
        self.assertEqual(NIL_UUID.count("0"), 32)

    def test_one_each(self):
        """One trace per applied, shadowed or broken policy (P7)"""
        policies = [LIMIT, {**LIMIT, "id": "s", "mode": "shadow"}, {**LIMIT, "id": "b", "action": {}}, RETRY]
        traces, _ = self.rows(policies, event=FAILED)
        self.assertEqual(
            [(row["policy_id"], row["action"], row["errors"]) for row in traces],
            [("p1", "abort", []), ("s", "abort", []), ("b", "continue", [{"policy_id": "b", "at": "action.type"}])],
        )

    def test_sentences(self):
        """A decision in words (P6, P7)"""
        state = EvaluationState(512_000_000, 40, has_unpriced=True)
        for policy, expected in (
            (COST, "aborted before call 41: cost $0.512 > $0.1 (calls without a price not counted), policy p1 rev 1"),
            (RETRY, "retried: rate limit in attempt 2, retries 3, policy p2 rev 1"),
            (FALLBACK, "fell back to small: rate limit from big, policy p3 rev 1"),
            ({**LIMIT, "mode": "shadow"}, "would have aborted before call 41: steps 40 ≥ 40, policy p1 rev 1"),
        ):
            self.assertEqual(describe_decision(parse_policy(policy), state, FAILED), expected)
        self.assertEqual([usd_text(nano) for nano in (0, 1, -1_500_000_000)], ["0", "0.000000001", "-1.5"])


if __name__ == "__main__":
    unittest.main()
