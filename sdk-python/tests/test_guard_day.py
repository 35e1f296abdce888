"""What a guard counts of a day: what began since 00:00 UTC (P1)."""

import unittest
from unittest import mock

from niitaka import _guard
from test_guard import CALL, GuardCase, cost, limit


class Midnight(GuardCase):
    """A day counts what began since 00:00 UTC, of a session that is older too (P1)."""

    MIDNIGHT = 1_781_568_000_000
    DAYS = (("day_cost", "day_steps", "looper"), ("org_day_cost", "org_day_steps", None))

    def setUp(self):
        super().setUp()
        clock = mock.patch.object(_guard, "now_ms")
        self.clock = clock.start()
        self.addCleanup(clock.stop)
        self.at(-1)

    def at(self, ms):
        self.clock.return_value = self.MIDNIGHT + ms

    def test_before_and_after(self):
        """What was spent before midnight is not the next day's, be it told or not (P1)"""
        for name, _, agent_id in self.DAYS:
            self.at(-1)
            guard = self.guard(cost(10, scope="day", agent_id=agent_id))
            guard.count({"cost_usd": 9.5})
            guard.check(1)
            self.at(0)
            guard.count({"cost_usd": 0.6})
            guard.check(2)
            guard.read_answer({"total_cost": 10.1, "step_count": 2, name: 0.6})
            guard.check(2)
            guard.count({"cost_usd": 9.5})
            self.assertEqual(self.stopped(guard, 3).found, 10.1, name)

    def test_told_before(self):
        """Yesterday's told totals end with their day, also while the server is away (P1)"""
        for name, steps, agent_id in self.DAYS:
            self.at(-1)
            guard = self.guard(
                cost(10, scope="day", agent_id=agent_id),
                limit(2, scope="day", agent_id=agent_id, condition={"steps_exceeded": 4}),
            )
            guard.read_answer({"total_cost": 1, "step_count": 1, name: 11, steps: 9})
            self.stopped(guard, 1)
            self.at(0)
            for begun in (1, 2, 3, 4):
                guard.check(begun)
            stop = self.stopped(guard, 5)
            self.assertEqual((stop.policy, stop.found), ("p2", 4))

    def test_dated(self):
        """An event counts on the day on which it began, whenever it is recorded and priced (P1, C1)"""
        guard = self.guard(cost("0.00001", scope="day"), limit(2, scope="day", condition={"steps_exceeded": 2}))
        self.at(1)
        for begun in range(3):
            guard.note_step(self.MIDNIGHT - 1, begun)
            guard.count(CALL, None, self.MIDNIGHT - 1)
        guard.read_answer({"total_cost": 0.00003, "step_count": 3, "org_day_cost": 0, "org_day_steps": 0})
        guard.check(3)
        guard.note_step(self.MIDNIGHT, 3)
        guard.count(CALL, None, self.MIDNIGHT)
        guard.check(4)
        guard.count(CALL, None, self.MIDNIGHT + 10**9)
        self.assertEqual(self.stopped(guard, 4).found, 0.00002)
        self.assertEqual(self.of_kind("trace")[0]["inputs"]["cost"], 0.00005)

    def test_priced_later(self):
        """A call that waits for its price keeps its day (P1, C1)"""
        guard = self.guard(cost("0.00001", scope="day"))
        self.serve(cost("0.00001", scope="day"), revision=1, prices=[])
        self.snapshots.request(guard._key)
        self.server.wait_for(lambda: not self.snapshots.of(guard._key).prices.find("openai", "gpt-5")[0])
        guard.count(CALL)
        guard.count(CALL)
        self.at(0)
        guard.count(CALL)
        self.serve(cost("0.00001", scope="day"))
        guard.read_answer({"total_cost": 0, "step_count": 0, "policy_revision": 2})
        self.server.wait_for(lambda: self.snapshots.of(guard._key).prices.find("openai", "gpt-5")[0])
        guard.check(3)
        guard.count(CALL)
        self.assertEqual(self.stopped(guard, 3).found, 0.00002)


if __name__ == "__main__":
    unittest.main()
