"""How policies are read, ordered and put into words: what both languages must agree on to the letter."""

import json
import math
import unittest

from niitaka._policy.compile_policies import compile_policies
from niitaka._policy.decision import EvaluationEvent, EvaluationState
from niitaka._policy.decision_rows import NIL_UUID, DecisionContext, decision_signals, engine_id
from niitaka._policy.evaluate import evaluate, limit_total
from niitaka._policy.parse_policy import parse_policy, read_policy
from niitaka._policy.read_time import read_time
from niitaka._policy.trouble import trouble

LIMIT = {"id": "p1", "type": "step_limit", "condition": {"steps_exceeded": 40}, "action": {"type": "abort"}}
COST = {**LIMIT, "type": "cost_limit", "condition": {"cost_exceeded": 0.1}}
RETRY = {"id": "p2", "type": "retry", "condition": {}, "action": {"max_retries": 3}}


class Times(unittest.TestCase):
    def test_read(self):
        """RFC 3339 text and whole numbers are times"""
        for value, expected in (
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.001Z", 1),
            ("1970-01-01t01:00:00.5+01:00", 500),
            ("1969-12-31T23:00:00-02:00", 3_600_000),
            ("2026-11-24T10:00:00.123456z", 1_795_514_400_123),
            (4, 4),
            (4.0, 4),
        ):
            self.assertEqual(read_time(value), expected, value)

    def test_refused(self):
        """Everything else is none"""
        for value in (
            4.5,
            True,
            None,
            "4",
            "",
            "2026-11-24",
            "2026-11-24T10:00:00",
            "2026-13-01T00:00:00Z",
            "2026-11-24T24:00:00Z",
            "0001-01-01T00:00:00Z",
            "٢٠٢٦-11-24T10:00:00Z",
            math.inf,
            math.nan,
        ):
            self.assertIsNone(read_time(value), value)


class Order(unittest.TestCase):
    def ids(self, policies, agent_id="alpha", environment="production"):
        compiled = compile_policies(map(read_policy, policies), agent_id, environment)
        return [limit.policy.id for limit in compiled.step_limits]

    def test_standing(self):
        """Priority, agent before organisation, age, id (P3)"""
        policies = [
            {**LIMIT, "id": "b"},
            {**LIMIT, "id": "a"},
            {**LIMIT, "id": "young", "created_at": 5},
            {**LIMIT, "id": "own", "agent_id": "alpha", "created_at": 9},
            {**LIMIT, "id": "low", "agent_id": "alpha", "priority": -1},
            {**LIMIT, "id": "high", "priority": 1, "created_at": 9},
        ]
        self.assertEqual(self.ids(policies), ["high", "own", "a", "b", "young", "low"])

    def test_code_points(self):
        """Ids are ordered by their characters, as the server orders them (P3)"""
        names = ["\U0001f600", "\uff5e", "z", "za", "\U0001f601"]
        found = self.ids([{**LIMIT, "id": name} for name in names])
        self.assertEqual(found, ["z", "za", "\uff5e", "\U0001f600", "\U0001f601"])

    def test_applicable(self):
        """What is off or for others is left out (P1)"""
        policies = [
            {**LIMIT, "id": "off", "mode": "off"},
            {**LIMIT, "id": "other", "agent_id": "beta"},
            {**LIMIT, "id": "staging", "environment": "staging"},
            {**LIMIT, "id": "shadow", "mode": "shadow"},
            {**LIMIT, "id": "here", "agent_id": "alpha", "environment": "production"},
        ]
        self.assertEqual(self.ids(policies), ["here", "shadow"])
        self.assertEqual(self.ids(policies, None), ["shadow"])
        self.assertEqual(self.ids(policies, "beta", "staging"), ["other", "shadow", "staging"])

    def test_stages(self):
        """Each policy stands in the stage of its type, a broken one in none (P3)"""
        broken = {**LIMIT, "id": "broken", "action": {}}
        compiled = compile_policies(map(read_policy, [LIMIT, COST, RETRY, broken]), None, "production")
        self.assertEqual([len(stage) for stage in (compiled.cost_limits, compiled.step_limits)], [1, 1])
        self.assertEqual([limit.most for limit in compiled.cost_limits + compiled.step_limits], [100_000_000, 39])
        self.assertEqual([len(stage) for stage in (compiled.retries, compiled.fallbacks)], [1, 0])
        self.assertEqual([policy.at for policy in compiled.broken], ["action.type"])


class Reading(unittest.TestCase):
    def test_defaults(self):
        """Absent common fields take their defaults (P1)"""
        policy = parse_policy(LIMIT)
        self.assertEqual((policy.name, policy.revision, policy.agent_id, policy.environment), ("p1", 1, None, None))
        self.assertEqual((policy.priority, policy.scope, policy.mode, policy.created_at_ms), (0, "session", "enforce", 0))
        retry = parse_policy(RETRY)
        self.assertEqual((retry.on_errors, retry.backoff), (None, "exponential"))
        self.assertEqual((retry.base_seconds, retry.max_seconds), (1, 60))

    def test_nulls(self):
        """null is absent, as the server writes it"""
        nulls = dict.fromkeys(["name", "revision", "agent_id", "environment", "priority", "scope", "mode", "created_at"])
        self.assertEqual(read_policy({**nulls, **LIMIT}), read_policy(LIMIT))
        self.assertIsNone(parse_policy({**RETRY, "condition": {"on_errors": None}}).on_errors)

    def test_thresholds(self):
        """A threshold is a decimal, and its nano-USD are rounded down (S6, P2)"""
        for given, text, nano in (
            (0.1, "0.1", 100_000_000),
            ("0.10", "0.1", 100_000_000),
            ("25e-2", "0.25", 250_000_000),
            (1e-9, "0.000000001", 1),
            (1.5e-9, "0.0000000015", 1),
            ("1.9e-10", "0.00000000019", 0),
            (0, "0", 0),
            ("-0", "0", 0),
            ("007.50", "7.5", 7_500_000_000),
            (1_000_000_000, "1000000000", 10**18),
        ):
            policy = parse_policy({**COST, "condition": {"cost_exceeded": given}})
            self.assertEqual((policy.cost_exceeded_usd, policy.cost_exceeded_nano_usd), (text, nano), given)

    def test_refused_thresholds(self):
        """What is no amount is broken"""
        for given in (-0.1, "-1e-12", "much", "", None, True, [], 1e10, 1e400, "1" * 500):
            self.assertEqual(read_policy({**COST, "condition": {"cost_exceeded": given}}).at, "condition.cost_exceeded")

    def test_place(self):
        """What is broken keeps its place among the others (P3)"""
        broken = read_policy({**LIMIT, "agent_id": "alpha", "priority": 7, "mode": "off", "type": "x"})
        self.assertEqual((broken.type, broken.agent_id, broken.priority, broken.mode), ("broken", "alpha", 7, "off"))
        self.assertEqual(read_policy([]).id, "(no id)")


class Words(unittest.TestCase):
    def test_found(self):
        """What was found is written as JavaScript writes it"""
        for found, text in (
            (1.0, "1"),
            (1e-9, "1e-9"),
            (1.5e-9, "1.5e-9"),
            (1e-05, "0.00001"),
            (-2.5e-06, "-0.0000025"),
            (0.30000000000000004, "0.30000000000000004"),
            (1e21, "1e+21"),
            (1e22, "1e+22"),
            (math.inf, "null"),
            (True, "true"),
            (None, "null"),
            ("ä\n", '"ä\\n"'),
            ("\ud800", '"\\ud800"'),
            ({"a": [1, 2.0]}, '{"a":[1,2]}'),
        ):
            self.assertEqual(trouble("at", "else", found).reason, f"must be else: got {text}")
        self.assertEqual(trouble("at", "else").reason, "must be else: got nothing")
        self.assertEqual(len(trouble("at", "", "x" * 500).reason), len("must be : got ") + 100)

    def test_ids(self):
        """A lone surrogate in an id is as the server spells it (P7)"""
        policy = read_policy({**LIMIT, "id": "\ud800"})
        self.assertEqual(
            engine_id(NIL_UUID, "trace", policy, "limit"),
            engine_id(NIL_UUID, "trace", read_policy({**LIMIT, "id": "\ufffd"}), "limit"),
        )


class Totals(unittest.TestCase):
    STATE = EvaluationState(1, 2, 3, 4, 5, 6, 7, 8)

    def test_scopes(self):
        """Each scope looks at its own total; a day at the agent's or the organisation's (P1)"""
        for scope, agent_id, expected in (
            ("session", None, (1, 2)),
            ("tree", None, (3, 4)),
            ("day", "alpha", (5, 6)),
            ("day", None, (7, 8)),
        ):
            own = {"scope": scope, "agent_id": agent_id}
            found = tuple(limit_total(parse_policy({**policy, **own}), self.STATE) for policy in (COST, LIMIT))
            self.assertEqual(found, expected)

    def test_rows_are_json(self):
        """Signals can be sent as they are, with the severity of their action (G1)"""
        severities = {}
        event = EvaluationEvent("error", "timeout", 9, "big")
        fallback = {"id": "f", "type": "fallback", "action": {"fallback_model": "small"}}
        warn = {**LIMIT, "id": "w", "condition": {"steps_exceeded": 0}, "action": {"type": "warn"}}
        broken = {**LIMIT, "id": "b", "action": {}}
        compiled = compile_policies(map(read_policy, [RETRY, fallback, warn, broken]), None, "production")
        found = evaluate(compiled, self.STATE, event)
        context = DecisionContext(NIL_UUID, NIL_UUID, None, "2026-11-24", self.STATE, event)
        for row in decision_signals(found, context):
            self.assertEqual(json.loads(json.dumps(row)), row)
            severities[f"{row['subtype']} {row['policy_id']}"] = row["severity"]
        self.assertEqual(
            severities,
            {
                "policy_error b": "warning",
                "step_limit w": "warning",
                "retry_exhausted p2": "warning",
                "fallback f": "info",
                "policy_triggered w": "warning",
                "policy_triggered f": "info",
            },
        )


if __name__ == "__main__":
    unittest.main()
