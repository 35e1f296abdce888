"""Commands in any order: what is acknowledged, what holds, and what becomes of it at the end (G3)."""

import asyncio
import random
import threading
import time
import unittest
from unittest import mock

from control_case import SESSION, ControlCase
from niitaka import AgentExecutionStopped, _control
from niitaka._clock import now_ms
from niitaka._control import Control, Controls

SEED = 20261129
OTHER = "01990000-0000-7000-8000-000000000002"


class OrderCase(ControlCase):
    def setUp(self):
        self.chance = random.Random(f"{SEED} {self.id()}")
        self.renew()

    def with_models(self):
        patched = mock.patch.object(_control, "MODEL_LIBRARIES", {"openai"})
        patched.start()
        self.addCleanup(patched.stop)

    def passes(self):
        try:
            self.control.pass_gate()
        except AgentExecutionStopped:
            return False
        return True


class Sequences(OrderCase):
    def drawn(self):
        """One more command of any kind, seldom one that holds the step."""
        pick = self.chance.choice
        command, args = pick(
            [
                ("pause", {"max_seconds": pick([0, -1, "x", None])}),
                ("pause", {"max_seconds": 60}),
                ("resume", {}),
                ("abort", {"reason": pick(["", None, "it loops"])}),
                ("limit", {"cost_usd": self.chance.uniform(0, 2)}),
                ("limit", {"steps": self.chance.randint(0, 20), "cost_usd": 1}),
                ("model", {"model": pick(["small", "big"])}),
                ("end", {}),
                ("dance", {"steps": 3}),
            ]
        )
        return self.order(command, **args)

    def test_acknowledged(self):
        """Every command is delivered once and first, and by the end of the session obeyed or refused once (G3)"""
        self.with_models()
        for _ in range(300):
            self.renew()
            orders = []
            for _ in range(self.chance.randint(1, 12)):
                orders.append(self.drawn())
                if self.chance.random() < 0.5 and not self.control.is_paused and self.passes():
                    self.control.end_step(self.chance.random() < 0.5)
                if self.chance.random() < 0.3:
                    self.control.model_for(lambda name: name == "small")
            self.control.close()
            self.control.close()
            for order_id in orders:
                found = self.states(order_id)
                self.assertIn(found, (["delivered", "obeyed"], ["delivered", "refused"]))
                self.assertEqual(self.reason(order_id) is None, found[1] == "obeyed")
            told = [each["data"]["command_id"] for each in self.records if each["kind"] == "signal"]
            self.assertEqual(len(told), len(set(told)))
            self.assertLessEqual(set(told), set(orders))

    def test_limits_only_fall(self):
        """Of any limits the lowest holds, for steps and cost apart (G3)"""
        for _ in range(100):
            self.renew()
            given = [{self.chance.choice(["cost_usd", "steps"]): self.chance.randint(1, 9)} for _ in range(5)]
            for args in given:
                self.order("limit", **args)
            steps = min([each["steps"] for each in given if "steps" in each], default=99)
            cost = min([each["cost_usd"] for each in given if "cost_usd" in each], default=99)
            self.control.read_answer({"total_cost": cost, "step_count": steps - 1})
            self.assertTrue(self.passes())
            self.control.end_step(False)
            for over in ({"total_cost": cost + 0.001}, {"step_count": steps}):
                control = Control(SESSION, self.records.append)
                control.take({"command_id": "l", "command": "limit", "args": {"cost_usd": cost, "steps": steps}})
                control.read_answer(over)
                with self.assertRaises(AgentExecutionStopped):
                    control.pass_gate()

    def test_too_many(self):
        """Of more commands than the limit the first are obeyed, the others passed over (E7)"""
        with mock.patch.object(_control, "CONTROL_ORDERS", 3):
            orders = [self.order("limit", steps=9 - number) for number in range(5)]
        self.assertEqual([self.states(each) for each in orders], [["delivered", "obeyed"]] * 3 + [[]] * 2)
        self.control.read_answer({"step_count": 6})
        self.assertTrue(self.passes())


class Totals(OrderCase):
    def test_never_less(self):
        """Answers that cross on their way never take back what was known (P5)"""
        for totals in ({"total_cost": 0.5, "step_count": 7}, {"total_cost": 0.25, "step_count": 3}, {}):
            self.control.read_answer(totals)
        self.assertEqual((self.control.cost, self.control.steps), (0.5, 7))
        for damage in (None, "9", [], True):
            self.control.read_answer({"total_cost": damage, "step_count": damage})
        self.assertEqual((self.control.cost, self.control.steps), (0.5, 7))

    def test_steps(self):
        """Finished model calls and tools are steps, other events and failed calls are none (E3)"""
        self.order("limit", steps=4)
        for kind in ("llm", "tool", "decision", "error", "log"):
            self.control.note_event(kind, {}, now_ms())
        for is_finished in (True, False):
            self.assertTrue(self.passes())
            self.control.end_step(is_finished)
        self.assertTrue(self.passes())  # three are finished: the fourth begins
        self.assertFalse(self.passes())

    def test_server_knows_more(self):
        """What other processes have done counts by the server's word; those under way here come on top (E3)"""
        self.order("limit", steps=10)
        self.control.read_answer({"step_count": 8})
        self.assertEqual([self.passes() for _ in range(3)], [True, True, False])

    def test_abort_before_limit(self):
        """A stopped session says that it was stopped, whatever limits it passed as well (P6)"""
        self.order("limit", steps=0)
        self.order("abort", reason="enough")
        with self.assertRaisesRegex(AgentExecutionStopped, "an operator stopped this session: enough"):
            self.control.pass_gate()


    def test_the_later_abort(self):
        """A second abort takes the place of the first, which is refused where no step had met it (G3)"""
        first, second = self.order("abort", reason="slow"), self.order("abort", reason="wrong")
        self.assertEqual(self.reason(first), "another abort came before its next step")
        with self.assertRaisesRegex(AgentExecutionStopped, "stopped this session: wrong"):
            self.control.pass_gate()
        third = self.order("abort")
        self.assertFalse(self.passes())
        self.assertEqual([self.states(each)[-1] for each in (first, second, third)], ["refused", "obeyed", "obeyed"])


class Pauses(OrderCase):
    def test_the_later_pause(self):
        """A second pause takes the place of the first, which was never obeyed (G3)"""
        first, second = self.order("pause", max_seconds=60), self.order("pause", max_seconds=0.05)
        self.assertEqual(self.states(first), ["delivered", "refused"])
        self.assertEqual(self.reason(first), "another pause came before its next step")
        self.assertTrue(self.passes())
        self.assertEqual(self.states(second), ["delivered", "obeyed"])

    def test_over_before_a_step(self):
        """A pause that nobody ran into is refused once its time is over (G3)"""
        order_id = self.order("pause", max_seconds=0)
        self.assertFalse(self.control.is_paused)
        self.assertEqual(self.reason(order_id), "its time was over before its next step")

    def test_answers_keep_it(self):
        """Each answer of the server lets a pause last for five more minutes, never beyond its own time (G3)"""
        self.order("pause", max_seconds=700)
        start = time.monotonic()
        for passed, is_paused in ((299, True), (598, True), (699, True), (701, False)):
            with mock.patch.object(_control.time, "monotonic", lambda passed=passed: start + passed):
                self.assertIs(self.control.is_paused, is_paused, passed)
                self.control.read_answer({})

    def test_many_held(self):
        """One resume lets every held step go, and the pause was obeyed once (G3)"""
        pause = self.order("pause", max_seconds=60)
        threads = [threading.Thread(target=self.control.pass_gate, daemon=True) for _ in range(5)]
        for each in threads:
            each.start()
        time.sleep(0.05)
        self.assertTrue(all(each.is_alive() for each in threads))
        self.order("resume")
        for each in threads:
            each.join(10)
        self.assertFalse(any(each.is_alive() for each in threads))
        self.assertEqual(self.states(pause), ["delivered", "obeyed"])

    def test_end_of_the_session(self):
        """A task that is held goes on when its session is over (G3)"""
        self.order("pause", max_seconds=60)

        async def run():
            task = asyncio.ensure_future(self.control.pass_gate_async())
            await asyncio.sleep(0.05)
            self.assertFalse(task.done())
            self.control.close()
            await asyncio.wait_for(task, 10)

        asyncio.run(run())


class Models(OrderCase):
    def test_next_call(self):
        """Another model is obeyed by the first call that takes one of that name, and stays (G3)"""
        self.with_models()
        order_id = self.order("model", model="small")
        self.assertIsNone(self.control.model_for(lambda name: name == "big"))
        self.assertEqual(self.states(order_id), ["delivered"])
        for _ in range(2):
            self.assertEqual(self.control.model_for(lambda name: True), "small")
        self.assertEqual(self.states(order_id), ["delivered", "obeyed"])

    def test_the_later_model(self):
        """A second one takes the place of the first; what was never obeyed is refused (G3)"""
        self.with_models()
        first, second = self.order("model", model="small"), self.order("model", model="big")
        self.assertEqual(self.reason(first), "another model came before its next call of one")
        self.assertEqual(self.control.model_for(lambda name: True), "big")
        self.control.close()
        self.assertEqual(self.states(second), ["delivered", "obeyed"])
        self.assertIsNone(self.control.model_for(lambda name: True))


class Sessions(unittest.TestCase):
    def setUp(self):
        self.records = []
        self.controls = Controls(self.records.append)

    def test_one_each(self):
        """A session has one control until it is forgotten; forgetting refuses what waits (G3)"""
        control = self.controls.of(SESSION)
        self.assertIs(self.controls.of(SESSION), control)
        order = {"session_id": SESSION, "command_id": "c", "command": "abort", "args": {}}
        self.controls.read_answer({"control": [order, order]})
        self.controls.forget(SESSION)
        self.controls.forget(SESSION)
        self.assertEqual([each["state"] for each in self.records], ["delivered", "refused"])
        self.assertIsNot(self.controls.of(SESSION), control)

    def test_strangers(self):
        """What concerns no session of this process, or is no answer, is passed over (O1)"""
        for answer in ({}, {"control": None}, {"control": "x", "sessions": 7}, {"control": [None, 7, {}], "sessions": [[]]}):
            self.controls.read_answer(answer)
        self.controls.read_answer({"control": [{"session_id": OTHER, "command_id": "c", "command": "abort", "args": {}}]})
        self.controls.of(OTHER).pass_gate()
        self.assertEqual(self.records, [])

    def test_totals_reach_their_session(self):
        """Totals of an answer are of the session that they name (P5)"""
        one, other = self.controls.of(SESSION), self.controls.of(OTHER)
        self.controls.read_answer({"sessions": [{"session_id": SESSION, "total_cost": 2, "step_count": 5}]})
        self.assertEqual([(each.cost, each.steps) for each in (one, other)], [(2, 5), (0, 0)])

    def test_any_paused(self):
        """any_paused() looks at every session of the process (G3)"""
        self.assertFalse(self.controls.any_paused())
        pause = {"session_id": OTHER, "command_id": "c", "command": "pause", "args": {"max_seconds": 60}}
        for session_id in (SESSION, OTHER):
            self.controls.of(session_id)
        self.controls.read_answer({"control": [pause]})
        self.assertTrue(self.controls.any_paused())
        self.controls.forget(OTHER)
        self.assertFalse(self.controls.any_paused())


if __name__ == "__main__":
    unittest.main()
