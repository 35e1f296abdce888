"""Delays before a retry, and times and names as policies spell them: in tables, at random, and beside TypeScript."""

import random
import unittest
from datetime import datetime, timedelta, timezone

from both_languages import ask_core
from niitaka._policy.back_off import back_off_seconds, max_delay_seconds
from niitaka._policy.compile_policies import compile_policies
from niitaka._policy.decision import EvaluationEvent, EvaluationState
from niitaka._policy.evaluate import evaluate
from niitaka._policy.parse_policy import parse_policy
from niitaka._policy.read_time import read_time
from niitaka._policy.trouble import is_name, is_whole

SEED = 20261125
BACKOFFS = ("constant", "linear", "exponential")


def retry(**action):
    action = {"max_retries": 10, **action}
    return parse_policy({"id": "r", "type": "retry", "condition": {}, "action": action})


class RandomCase(unittest.TestCase):
    def setUp(self):
        self.chance = random.Random(f"{SEED} {self.id()}")

    def rule(self):
        """A way to back off, as the wire spells it."""
        pick = self.chance.choice
        return {
            "backoff": pick(BACKOFFS),
            "base_seconds": pick([0, 0.1, 0.5, 1, 1.5, 7, 3600, self.chance.uniform(0, 86_400)]),
            "max_seconds": pick([0, 0.25, 1, 60, 86_400, self.chance.uniform(0, 86_400)]),
        }


class BackOff(RandomCase):
    def delays(self, attempts=6, **action):
        return [max_delay_seconds(retry(**action), attempt) for attempt in range(1, attempts + 1)]

    def test_shapes(self):
        """Constant stays at base, linear is base x n, exponential base x 2^(n-1) (P4)"""
        common = {"base_seconds": 1.5, "max_seconds": 1000}
        self.assertEqual(self.delays(backoff="constant", **common), [1.5] * 6)
        self.assertEqual(self.delays(backoff="linear", **common), [1.5, 3, 4.5, 6, 7.5, 9])
        self.assertEqual(self.delays(backoff="exponential", **common), [1.5, 3, 6, 12, 24, 48])

    def test_defaults(self):
        """Without a word it doubles from one second and stops at a minute (P4)"""
        self.assertEqual(self.delays(8), [1, 2, 4, 8, 16, 32, 60, 60])

    def test_cap(self):
        """No delay is longer than max_seconds, though base_seconds may be (P4)"""
        for backoff in BACKOFFS:
            self.assertEqual(self.delays(3, backoff=backoff, base_seconds=100, max_seconds=0.5), [0.5] * 3)
            self.assertEqual(self.delays(3, backoff=backoff, base_seconds=0), [0] * 3)

    def test_bounds(self):
        """Full jitter lies in [0, longest), and a later attempt never has a shorter longest delay (P4)"""
        for _ in range(500):
            policy = retry(**self.rule())
            longest = [max_delay_seconds(policy, attempt) for attempt in range(1, 11)]
            self.assertEqual(longest, sorted(longest))
            self.assertLessEqual(longest[-1], policy.max_seconds)
            for attempt, most in enumerate(longest, 1):
                draw = self.chance.random()
                delay = back_off_seconds(policy, attempt, draw)
                self.assertEqual(delay, most * draw)
                self.assertTrue(0 <= delay < most or most == delay == 0)
            self.assertEqual(back_off_seconds(policy, 3, 0.0), 0)

    def test_decision(self):
        """A decision to retry carries the longest delay of the attempt that failed (P4)"""
        policy = retry(backoff="linear", base_seconds=2, max_seconds=9, max_retries=5)
        compiled = compile_policies([policy], None, "production")
        found = [
            evaluate(compiled, EvaluationState(), EvaluationEvent("error", "timeout", attempt)).max_delay_seconds
            for attempt in range(1, 7)
        ]
        self.assertEqual(found, [2, 4, 6, 8, 9, None])

    def test_both_languages(self):
        """Every delay is the same number in TypeScript (P4)"""
        rules = [self.rule() for _ in range(300)]
        attempts = [self.chance.randint(1, 10) for _ in rules]
        draws = [self.chance.random() for _ in rules]
        questions = [
            ({"backoff": each["backoff"], "baseSeconds": each["base_seconds"], "maxSeconds": each["max_seconds"]}, n, d)
            for each, n, d in zip(rules, attempts, draws)
        ]
        found = [back_off_seconds(retry(**each), n, d) for each, n, d in zip(rules, attempts, draws)]
        self.assertEqual(ask_core("policy/back-off.ts", "backOffSeconds", questions), found)


class Times(RandomCase):
    def moment(self):
        """A moment with whole milliseconds, and an offset that a clock may have."""
        ms = self.chance.randint(-2_208_988_799_999, 4_102_444_800_000)
        at = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=ms)
        zone = timezone(timedelta(minutes=self.chance.randint(-23 * 60, 23 * 60)))
        return ms, at, zone

    def test_any_zone(self):
        """A moment is the same in any zone (E6)"""
        for _ in range(500):
            ms, at, zone = self.moment()
            if at.astimezone(zone).year < 1900:
                continue
            self.assertEqual(read_time(at.astimezone(zone).isoformat(timespec="milliseconds")), ms)
            self.assertEqual(read_time(at.strftime("%Y-%m-%dT%H:%M:%S") + f".{at.microsecond:06d}999Z"), ms)

    def test_both_languages(self):
        """What looks like a time is one in both languages or in neither, days and leap seconds included"""
        texts = ["2026-02-31T00:00:00Z", "2024-02-29T23:59:60Z", "2026-11-24T10:00:00.1234567891Z", "1900-01-01T00:00:00Z"]
        texts += ["1899-12-31T23:59:59Z", "2026-11-24 10:00:00Z", "2026-11-24T10:00Z", "2026-11-24T10:00:00+99:99", " "]
        for _ in range(500):
            text = list("2026-11-24T10:00:00.123+01:30")
            for _ in range(self.chance.randint(1, 3)):
                text[self.chance.randrange(len(text))] = self.chance.choice("0123456789:-+.TZtz ")
            texts.append("".join(text))
        answers = ask_core("policy/read-time.ts", "readTime", [(text,) for text in texts])
        self.assertEqual([read_time(text) for text in texts], answers)
        self.assertGreater(len(answers) - answers.count(None), 50)
        self.assertGreater(answers.count(None), 100)


class Names(RandomCase):
    def test_both_languages(self):
        """A name is 1 to 200 characters, by code points in both languages (P7)"""
        names = ["", "x", "x" * 200, "x" * 201, "😀" * 200, "😀" * 201, "é" * 200, "\u0000", " "]
        names += ["x" * self.chance.randint(190, 210) + "😀" * self.chance.randint(0, 10) for _ in range(200)]
        answers = ask_core("policy/trouble.ts", "isName", [(name,) for name in names])
        self.assertEqual([is_name(name) for name in names], answers)
        self.assertEqual(answers[:7], [False, True, True, False, True, False, True])

    def test_whole(self):
        """Whole numbers lie within their bounds, and are neither truths nor texts"""
        for value, expected in ((0, True), (10, True), (3.0, True), (-0.0, True), (11, False), (-1, False), (2.5, False)):
            self.assertIs(is_whole(value, 0, 10), expected, value)
        for value in (True, False, None, "3", [], float("nan"), float("inf"), -float("inf"), 10**400):
            self.assertFalse(is_whole(value, 0, 10), repr(value)[:20])


if __name__ == "__main__":
    unittest.main()
