"""What is wrong in a policy: where, what was wanted there, and what was found (P3)."""

import copy
import math
import random
import unittest

from both_languages import ask_core
from niitaka._policy.compile_policies import compile_policies
from niitaka._policy.decision import EvaluationEvent, EvaluationState
from niitaka._policy.evaluate import evaluate
from niitaka._policy.parse_policy import parse_policy, read_policy
from niitaka._policy.trouble import trouble

SEED = 20261126

STEPS = {"id": "s", "type": "step_limit", "condition": {"steps_exceeded": 40}, "action": {"type": "abort"}}
COST = {"id": "c", "type": "cost_limit", "condition": {"cost_exceeded": 0.5}, "action": {"type": "warn"}}
RETRY = {
    "id": "r",
    "type": "retry",
    "condition": {"on_errors": ["timeout", "of the future"]},
    "action": {"max_retries": 3, "backoff": "linear", "base_seconds": 0.5, "max_seconds": 30},
}
FALLBACK = {"id": "f", "type": "fallback", "condition": {}, "action": {"fallback_model": "small"}}
ALL = (STEPS, COST, RETRY, FALLBACK)

NAME = "text of 1 to 200 characters"
DELAY = "a number of seconds of 0 to 86400"
#: Path, what is wanted there, a policy that has it, values that are wrong and values at the bounds that are right.
PLACES = [
    ("id", NAME, STEPS, ["", 7, None, [], "x" * 201], ["x", "x" * 200]),
    ("name", NAME, COST, ["", 7, "x" * 201], ["東京", None]),
    ("revision", "a whole number >= 0", RETRY, [-1, 1.5, "1", True, 2**53], [0, 2**53 - 1, 2.0, None]),
    ("agent_id", "an agent's id or null", STEPS, ["", 7, []], ["alpha", None]),
    ("environment", "a name or null", STEPS, ["", False, {}], ["production", None]),
    ("priority", "a whole number within ±1000000", COST, [1_000_001, -1_000_001, 0.5, "1"], [10**6, -(10**6), None]),
    ("scope", '"session", "tree" or "day"', STEPS, ["week", 1, ["day"]], ["session", "tree", "day", None]),
    ("mode", '"enforce", "shadow" or "off"', FALLBACK, ["on", True, {}], ["enforce", "shadow", "off", None]),
    ("created_at", "a time", RETRY, ["yesterday", 1.5, {}], [0, "2026-11-24T10:00:00Z", None]),
    ("condition", "an object", STEPS, [None, [], "x", 7], []),
    ("action", "an object", FALLBACK, [None, [], "x", 7], []),
    ("type", 'one of "cost_limit", "step_limit", "retry", "fallback"', STEPS, ["broken", "", None, 7, ["retry"]], []),
    ("condition.steps_exceeded", "a whole number >= 0", STEPS, [-1, 0.5, "4", None, 10**9 + 1, True], [0, 10**9, 4.0]),
    ("condition.cost_exceeded", "an amount in USD >= 0", COST, [-1, "x", None, True, 10**9 + 1], [0, 10**9, "0.1"]),
    ("condition.on_errors", "a list of error kinds", RETRY, [[], "timeout", [""], [7], ["k"] * 51], [["k"] * 50, None]),
    ("action.type", '"warn" or "abort"', COST, ["stop", None, True, ["warn"]], ["warn", "abort"]),
    ("action.max_retries", "a whole number of 1 to 10", RETRY, [0, 11, 1.5, None, "3", True], [1, 10, 2.0]),
    ("action.backoff", '"exponential", "linear" or "constant"', RETRY, ["fast", 1, ["linear"]], ["constant", None]),
    ("action.base_seconds", DELAY, RETRY, [-0.1, 86_400.5, "1", True], [0, 86_400, None]),
    ("action.max_seconds", DELAY, RETRY, [-1, 86_401, [], False], [0, 86_400, None]),
    ("action.fallback_model", "a model's name", FALLBACK, ["", None, 7, "x" * 201], ["x" * 200]),
]


def with_value(policy, path, value):
    """The policy with another value at one path."""
    changed = copy.deepcopy(policy)
    *outer, last = path.split(".")
    place = changed
    for key in outer:
        place = place[key]
    place[last] = value
    return changed


class Places(unittest.TestCase):
    def test_wrong_values(self):
        """Each wrong value breaks the policy at its own path, and says what was wanted (P3)"""
        for path, wanted, policy, wrong, _ in PLACES:
            for value in wrong:
                with self.subTest(path=path, value=str(value)[:20]):
                    found = read_policy(with_value(policy, path, value))
                    self.assertEqual((found.type, found.at), ("broken", path))
                    self.assertEqual(found.reason, trouble(path, wanted, value).reason)

    def test_right_values(self):
        """Values at their bounds are right (P1)"""
        for path, _, policy, _, right in PLACES:
            for value in right:
                with self.subTest(path=path, value=str(value)[:20]):
                    self.assertEqual(parse_policy(with_value(policy, path, value)).type, policy["type"])

    def test_absent(self):
        """What has no default and is not there is said to be nothing (P3)"""
        for path, _, policy, _, _ in PLACES:
            if "." not in path and path not in ("id", "type"):
                continue
            absent = copy.deepcopy(policy)
            place = absent[path.split(".")[0]] if "." in path else absent
            del place[path.split(".")[-1]]
            found = read_policy(absent)
            if found.type == "broken":
                self.assertEqual(found.at, path)
                self.assertTrue(found.reason.endswith(": got nothing"), found.reason)
            else:
                self.assertIn(path, ("condition.on_errors", "action.backoff", "action.base_seconds", "action.max_seconds"))

    def test_unknown_conditions(self):
        """A condition that is not understood is never ignored; other fields may come from a newer server (P3)"""
        for policy in ALL:
            more = {**policy, "condition": {**policy["condition"], "hour": 3}}
            found = read_policy(more)
            self.assertEqual((found.at, found.reason), ("condition.hour", "must be absent: got 3"))
            later = {**policy, "colour": "red", "action": {**policy["action"], "colour": "red"}}
            self.assertEqual(read_policy(later), read_policy(policy))

    def test_first_of_two(self):
        """Of two wrong values the first is named: common fields, then condition and action"""
        both = with_value(with_value(STEPS, "condition.steps_exceeded", -1), "action.type", "stop")
        self.assertEqual(read_policy(both).at, "condition.steps_exceeded")
        self.assertEqual(read_policy({**both, "mode": "on"}).at, "mode")
        self.assertEqual(read_policy({**both, "mode": "on", "priority": "high"}).at, "priority")

    def test_failure(self):
        """parse_policy() names the policy, the path, what was wanted and found, in one line"""
        for path, wanted, policy, wrong, _ in PLACES[1:]:
            with self.assertRaises(ValueError) as raised:
                parse_policy(with_value(policy, path, wrong[0]))
            start = f'Cannot read policy "{policy["id"]}": {path} must be {wanted}: got '
            self.assertTrue(str(raised.exception).startswith(start), str(raised.exception))


class Broken(unittest.TestCase):
    def test_stays_in_sight(self):
        """Whatever is wrong, the policy is told of as an error and fires nothing (P3)"""
        state = EvaluationState(10**18, 10**9, 10**18, 10**9, 10**18, 10**9, 10**18, 10**9)
        failed = EvaluationEvent("error", "timeout", 1, "big")
        for path, _, policy, wrong, _ in PLACES:
            broken = [read_policy(with_value(policy, path, value)) for value in wrong]
            decision = evaluate(compile_policies(broken, "alpha", "production"), state, failed)
            self.assertEqual((decision.action, decision.considered), ("continue", ()))
            self.assertEqual([each.at for each in decision.errors], [path] * len(wrong))
            told = [(signal.type, signal.subtype, signal.action) for signal in decision.signals]
            self.assertEqual(told, [("policy", "policy_error", None)] * len(wrong))

    def test_its_own_place(self):
        """A broken policy is still for its agent and environment, and may be off (P1, P3)"""
        own = {**STEPS, "agent_id": "alpha", "environment": "staging", "action": {}}
        broken = [read_policy(own), read_policy({**own, "id": "off", "mode": "off"})]

        def errors(agent_id, environment):
            return [policy.id for policy in compile_policies(broken, agent_id, environment).broken]

        self.assertEqual(errors("alpha", "staging"), ["s"])
        self.assertEqual([errors("beta", "staging"), errors("alpha", "production"), errors(None, "staging")], [[], [], []])


class Shown(unittest.TestCase):
    def setUp(self):
        self.chance = random.Random(f"{SEED} {self.id()}")

    def value(self, depth=0):
        pick = self.chance.randint(0, 8 if depth < 3 else 6)
        if pick == 7:
            return [self.value(depth + 1) for _ in range(self.chance.randint(0, 3))]
        if pick == 8:
            return {"k" + self.text(): self.value(depth + 1) for _ in range(self.chance.randint(0, 3))}
        power = self.chance.randint(-30, 30)
        number = self.chance.choice([1, -1]) * self.chance.randint(0, 10**6) * 10.0**power
        whole = self.chance.randint(-(10 ** self.chance.randint(1, 400)), 10**9)
        return [None, True, self.text(), number, whole, self.chance.uniform(-1, 1), math.ldexp(1, 3 * power)][pick]

    def text(self):
        alphabet = "aZ09 \"\\/\n\t\x00\x1f\x7fäß東\u2028é😀"
        return "".join(self.chance.choice(alphabet) for _ in range(self.chance.randint(0, 6)))

    def test_both_languages(self):
        """What was found is shown as TypeScript shows it, to the character: both mint one message (P7)"""
        # JavaScript puts keys that are whole numbers first: objects here have none.
        values = [self.value() for _ in range(1500)]
        answers = ask_core("policy/trouble.ts", "trouble", [("at", "else", value) for value in values])
        for value, answer in zip(values, answers):
            found = trouble("at", "else", value)
            self.assertEqual({"at": found.at, "reason": found.reason}, answer)


if __name__ == "__main__":
    unittest.main()
