"""Which policies are asked, and in which order: by tables, at random, and beside TypeScript (P1, P3)."""

import itertools
import random
import unittest

from both_languages import run_core
from niitaka._policy.compile_policies import compile_policies
from niitaka._policy.decision import EvaluationState, total_index
from niitaka._policy.parse_policy import read_policy

SEED = 20261204
CONTENT = {
    "cost_limit": ({"cost_exceeded": "0.1000000005"}, {"type": "warn"}),
    "step_limit": ({"steps_exceeded": 3}, {"type": "abort"}),
    "retry": ({}, {"max_retries": 2}),
    "fallback": ({}, {"fallback_model": "small"}),
    "broken": ({"steps_exceeded": "x"}, {"type": "abort"}),
}


def policy(name, kind="step_limit", **more):
    condition, action = CONTENT[kind]
    return {"id": name, "type": "step_limit" if kind == "broken" else kind, "condition": condition, "action": action, **more}


def compiled(policies, agent_id="alpha", environment="production"):
    return compile_policies(map(read_policy, policies), agent_id, environment)


def stages(policies, *whom):
    """Ids by stage, in order."""
    found = compiled(policies, *whom)
    return [
        [limit.policy.id for limit in found.cost_limits],
        [limit.policy.id for limit in found.step_limits],
        [each.id for each in found.retries],
        [each.id for each in found.fallbacks],
        [each.id for each in found.broken],
    ]


class Order(unittest.TestCase):
    def setUp(self):
        self.chance = random.Random(f"{SEED} {self.id()}")

    def policies(self):
        """Policies of every kind, many of them equal in all but their ids."""
        pick = self.chance.choice
        names = ["a", "b", "aa", "ab", "Z", "é", "ｚ", "東", "😀", "😀a", "😁", "\uffff", "0", "10", "9"]
        return [
            policy(
                name,
                pick(list(CONTENT)),
                agent_id=pick([None, "alpha", "beta"]),
                environment=pick([None, "production", "staging"]),
                priority=pick([-1, 0, 0, 5]),
                created_at=pick([0, 1, "1970-01-01T00:00:00.001Z", "2026-11-24T10:00:00Z"]),
                mode=pick(["enforce", "enforce", "shadow", "off"]),
                scope=pick(["session", "tree", "day"]),
            )
            for name in self.chance.sample(names, self.chance.randint(0, len(names)))
        ]

    def test_both_languages(self):
        """Any policies stand in the same order in both languages, for any agent and environment (P3)"""
        questions = [
            (self.policies(), self.chance.choice([None, "alpha", "beta"]), self.chance.choice(["production", "staging"]))
            for _ in range(400)
        ]
        answers = run_core(
            {"policy/compile-policies.ts": ["compilePolicies"], "policy/parse-policy.ts": ["readPolicy"]},
            "Object.values(compilePolicies(args[0].map(readPolicy), args[1], args[2]))"
            ".map((stage) => stage.map((each) => (each.policy ?? each).id))",
            questions,
        )
        self.assertEqual([stages(*question) for question in questions], answers)

    def test_one_order(self):
        """The order is one over all stages, and the same however the policies came (P3)"""
        for _ in range(300):
            policies = self.policies()
            found = compiled(policies)
            shuffled = self.chance.sample(policies, len(policies))
            self.assertEqual(stages(shuffled), stages(policies))
            limits = found.cost_limits + found.step_limits
            rows = [limit.policy for limit in limits] + list(found.retries + found.fallbacks + found.broken)
            self.assertEqual(sorted(found.rank[id(each)] for each in rows), list(range(len(rows))))
            by_rank = sorted(rows, key=lambda each: found.rank[id(each)])
            for one, other in zip(by_rank, by_rank[1:]):
                keys = [(-each.priority, each.agent_id is None, each.created_at_ms, each.id) for each in (one, other)]
                self.assertLess(*keys)

    def test_who_is_asked(self):
        """Exactly those are asked that are on, for the agent or all, and for the environment or all (P1)"""
        every = itertools.product([None, "alpha", "beta"], [None, "production", "staging"], ["enforce", "shadow", "off"])
        policies = [
            policy(f"{agent} {environment} {mode}", agent_id=agent, environment=environment, mode=mode)
            for agent, environment, mode in every
        ]
        for whom, count in ((("alpha", "production"), 8), ((None, "staging"), 4), (("nobody", "test"), 2)):
            found = stages(policies, *whom)[1]
            self.assertEqual(len(found), count)
            for name in found:
                agent, environment, mode = name.split(" ")
                self.assertIn(agent, ("None", whom[0]))
                self.assertIn(environment, ("None", whom[1]))
                self.assertNotEqual(mode, "off")


class Totals(unittest.TestCase):
    def test_thresholds(self):
        """A cost passes above its threshold, steps at theirs: each limit knows the most that does not pass (P2)"""
        found = compiled([policy("c", "cost_limit"), policy("s")])
        self.assertEqual([limit.most for limit in found.cost_limits + found.step_limits], [100_000_000, 2])

    def test_places(self):
        """Each limit knows where its own total stands: of session, tree, the agent's day or the organisation's (P1)"""
        names = EvaluationState._fields
        for scope, agent_id, name in (
            ("session", None, ""),
            ("tree", "alpha", "tree_"),
            ("day", "alpha", "day_"),
            ("day", None, "org_day_"),
        ):
            for kind, unit in (("cost_limit", "cost_nano_usd"), ("step_limit", "steps")):
                own = read_policy(policy("p", kind, scope=scope, agent_id=agent_id))
                self.assertEqual(names[total_index(own)], name + unit)


if __name__ == "__main__":
    unittest.main()
