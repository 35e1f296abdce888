"""A decision in one sentence: exact in every case, and the same in TypeScript (P6, P7)."""

import random
import unittest
from decimal import Decimal

from both_languages import ask_core
from niitaka._policy.check_case import check_policy_case
from niitaka._policy.decision import EvaluationEvent, EvaluationState
from niitaka._policy.describe_decision import describe_decision, describe_limit, usd_text
from niitaka._policy.parse_policy import read_policy

SEED = 20261128
STATE = EvaluationState(512_000_000, 40, 900_000_000, 71, 1_500_000_000, 90, 3 * 10**9, 120)
STEP = EvaluationEvent("step")
FAILED = EvaluationEvent("error", "rate_limit", 2, "big")

STEPS = {"id": "s", "name": "loop guard", "revision": 3, "type": "step_limit", "condition": {"steps_exceeded": 40},
         "action": {"type": "abort"}}
COST = {**STEPS, "type": "cost_limit", "condition": {"cost_exceeded": "0.50"}}
RETRY = {"id": "r", "type": "retry", "condition": {}, "action": {"max_retries": 3}}
FALLBACK = {"id": "f", "type": "fallback", "condition": {}, "action": {"fallback_model": "small"}}
WHO = "policy loop guard rev 3"


class Sentences(unittest.TestCase):
    def check(self, policy, expected, event=STEP, state=STATE):
        self.assertEqual(describe_decision(read_policy(policy), state, event), expected)

    def test_limits(self):
        """Deed, number, sign, limit, policy and revision (P2, P6)"""
        warn = {"type": "warn"}
        self.check(STEPS, f"aborted before call 41: steps 40 ≥ 40, {WHO}")
        self.check({**STEPS, "action": warn}, f"warned at step 40: steps 40 ≥ 40, {WHO}")
        self.check(COST, f"aborted before call 41: cost $0.512 > $0.5, {WHO}")
        self.check({**COST, "action": warn}, f"warned at step 40: cost $0.512 > $0.5, {WHO}")
        self.check({**COST, "mode": "shadow"}, f"would have aborted before call 41: cost $0.512 > $0.5, {WHO}")
        self.check({**COST, "mode": "shadow", "action": warn},
                   f"would have warned at step 40: cost $0.512 > $0.5, {WHO}")

    def test_scopes(self):
        """A limit says whose total it looks at (P1)"""
        for scope, agent_id, cost, steps in (
            ("session", None, "cost $0.512 > $0.5", "steps 40 ≥ 40"),
            ("tree", None, "tree cost $0.9 > $0.5", "tree steps 71 ≥ 40"),
            ("day", None, "the day's cost $3 > $0.5", "the day's steps 120 ≥ 40"),
            ("day", "alpha", "the day's cost $1.5 > $0.5", "the day's steps 90 ≥ 40"),
        ):
            own = {"scope": scope, "agent_id": agent_id}
            self.assertEqual(describe_limit(read_policy({**COST, **own}), STATE), cost)
            self.assertEqual(describe_limit(read_policy({**STEPS, **own}), STATE), steps)

    def test_blind(self):
        """A cost that leaves calls out says so; steps leave none out (P2)"""
        blind = STATE._replace(has_unpriced=True)
        self.assertEqual(describe_limit(read_policy(COST), blind),
                         "cost $0.512 > $0.5 (calls without a price not counted)")
        self.assertEqual(describe_limit(read_policy(STEPS), blind), "steps 40 ≥ 40")

    def test_retries(self):
        """A retry tells what failed and how often; a used up one gave up (P4)"""
        tail = "policy r rev 1"
        self.check(RETRY, f"retried: rate limit in attempt 2, retries 3, {tail}", FAILED)
        self.check(RETRY, f"retried: rate limit in attempt 3, retries 3, {tail}", FAILED._replace(attempt=3))
        self.check(RETRY, f"gave up retrying: rate limit in attempt 4, retries 3, {tail}", FAILED._replace(attempt=4))
        self.check(RETRY, f"retried: error in attempt 0, retries 3, {tail}", EvaluationEvent("error"))
        self.check({**RETRY, "mode": "shadow"}, f"would have retried: rate limit in attempt 2, retries 3, {tail}", FAILED)

    def test_fallbacks(self):
        """A fallback names both models (P4)"""
        tail = "policy f rev 1"
        self.check(FALLBACK, f"fell back to small: rate limit from big, {tail}", FAILED)
        self.check(FALLBACK, f"fell back to small: context length from an unnamed model, {tail}",
                   EvaluationEvent("error", "context_length", 1))

    def test_broken(self):
        """A broken policy says where and why, shadow or not (P3)"""
        expected = f'could not be evaluated: action.type must be "warn" or "abort": got "stop", {WHO}'
        for mode in ("enforce", "shadow"):
            self.check({**STEPS, "mode": mode, "action": {"type": "stop"}}, expected)


class Amounts(unittest.TestCase):
    def amounts(self):
        chance = random.Random(f"{SEED} {self.id()}")
        return [chance.choice([1, -1]) * chance.randint(0, 10 ** chance.randint(0, 18)) for _ in range(1000)]

    def test_exact(self):
        """usd_text() is the amount to the last digit, without exponent, point or zeros too many (S6)"""
        for nano in self.amounts():
            text = usd_text(nano)
            self.assertEqual(Decimal(text) * 10**9, nano)
            self.assertRegex(text, r"^-?(0|[1-9]\d*)(\.\d{0,8}[1-9])?$")

    def test_known(self):
        """Amounts that look odd are written plainly"""
        for nano, text in ((0, "0"), (10**9, "1"), (10**10, "10"), (10**8, "0.1"), (10, "0.00000001"),
                           (-1, "-0.000000001"), (2**63 - 1, "9223372036.854775807"), (10**9 + 1, "1.000000001")):
            self.assertEqual(usd_text(nano), text)

    def test_both_languages(self):
        """A policy's own threshold reads alike in both languages, whatever its spelling (C1, S6)"""
        chance = random.Random(f"{SEED} {self.id()}")
        spellings = ["0.10", "1e-3", "1E+2", "+5", ".5", "5.", "007", "1e-12", "0.0", "-0", 0.1, 1e-7, 123456.75, 1e9, "1e9"]
        spellings += ["".join(chance.choice("0123456789.e-+") for _ in range(chance.randint(1, 6))) for _ in range(500)]
        spellings += [chance.uniform(0, 10) ** chance.randint(-12, 9) for _ in range(300)]
        policies = [{**COST, "condition": {"cost_exceeded": each}} for each in spellings]
        answers = ask_core("policy/parse-policy.ts", "readPolicy", [(each,) for each in policies])
        for policy, answer in zip(map(read_policy, policies), answers):
            if policy.type == "broken":
                self.assertEqual((policy.type, policy.at, policy.reason), (answer["type"], answer["at"], answer["reason"]))
            else:
                found = (policy.cost_exceeded_usd, str(policy.cost_exceeded_nano_usd))
                self.assertEqual(found, (answer["costExceededUsd"], answer["costExceededNanoUsd"]))
        self.assertEqual([read_policy(each).cost_exceeded_usd for each in policies[:4]], ["0.1", "0.001", "100", "5"])


class Cases(unittest.TestCase):
    CASE = {"policies": [STEPS], "session": {"environment": "production", "steps": 40}, "event": {"type": "llm"}}

    def test_only_what_is_expected(self):
        """A case compares the keys that it names, in order, and each on a line (P7)"""
        wrong = {"action": "abort", "warned_now": ["s"], "policy_id": None, "colour": "red"}
        self.assertEqual(
            check_policy_case({**self.CASE, "expect": wrong}),
            ['warned_now: expected ["s"], found []', 'policy_id: expected null, found "s"',
             'colour: expected "red", found null'],
        )
        self.assertEqual(check_policy_case({**self.CASE, "expect": {}}), [])

    def test_messages(self):
        """A case may expect the very words (P6)"""
        words = f"aborted before call 41: steps 40 ≥ 40, {WHO}"
        self.assertEqual(check_policy_case({**self.CASE, "expect": {"messages": [words, words]}}), [])

    def test_shapes(self):
        """What is no case says what is wrong with it"""
        for key, kind in (("policies", "a list"), ("session", "an object"), ("event", "an object"), ("expect", "an object")):
            case = {**self.CASE, "expect": {}, key: 7}
            self.assertEqual(check_policy_case(case), [f"expected {kind} `{key}`, found 7"])

    def test_money(self):
        """Totals of a case are USD, exact to the nano-dollar; what is none is an error (S6)"""
        case = {**self.CASE, "policies": [COST]}
        for cost, action in (("0.5", "continue"), ("0.500000001", "abort"), (0.1, "continue"), (0.6, "abort")):
            session = {"environment": "production", "cost": cost}
            self.assertEqual(check_policy_case({**case, "session": session, "expect": {"action": action}}), [])
        with self.assertRaisesRegex(ValueError, 'expected an amount in USD, found "much"'):
            check_policy_case({**case, "session": {"environment": "x", "cost": "much"}, "expect": {"action": "abort"}})


if __name__ == "__main__":
    unittest.main()
