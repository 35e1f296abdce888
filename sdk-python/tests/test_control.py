"""Commands of operators: what a session's next step does about them (G3, P6)."""

import asyncio
import json
import threading
import time
import unittest
import urllib.request
import uuid
from unittest import mock

import niitaka
from client_case import KEY
from control_case import SESSION, ControlCase
from niitaka import AgentExecutionStopped, _control
from niitaka._control import Control, Controls
from niitaka._context import scope
from niitaka.testing import capture
from real_server import ServerCase


class Orders(ControlCase):
    def test_acknowledgement(self):
        """take() tells that a command was delivered, with the session, the command and the time (wire)"""
        order_id = self.order("abort", reason="loops")
        (ack,) = self.records
        self.assertRegex(ack.pop("at"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual(
            ack, {"kind": "command.ack", "session_id": SESSION, "command_id": order_id, "state": "delivered"}
        )

    def test_each_once(self):
        """take() obeys each command once, however often it is told (G3)"""
        order = {"session_id": SESSION, "command_id": SESSION, "command": "resume", "args": {}}
        for _ in range(3):
            self.control.take(order)
        self.assertEqual(self.states(SESSION), ["delivered", "obeyed"])

    def test_abort(self):
        """pass_gate() raises before every step after an abort; it is obeyed when the first is stopped (P6)"""
        order_id = self.order("abort", reason="it loops")
        self.assertEqual(self.states(order_id), ["delivered"])
        for _ in range(2):
            with self.assertRaises(AgentExecutionStopped) as caught:
                self.control.pass_gate()
        self.assertEqual(str(caught.exception), "an operator stopped this session: it loops")
        self.assertEqual((caught.exception.session_id, caught.exception.policy), (SESSION, "operator"))
        self.assertEqual(self.states(order_id), ["delivered", "obeyed"])

    def test_limit_of_steps(self):
        """pass_gate() lets n steps begin under a limit of n, those under way and the server's counted (E3)"""
        self.control.read_answer({"step_count": 1})
        order_id = self.order("limit", steps=3)
        self.assertEqual(self.states(order_id), ["delivered", "obeyed"])
        self.control.pass_gate()
        self.control.pass_gate()
        with self.assertRaisesRegex(AgentExecutionStopped, "steps 3, limit 3") as caught:
            self.control.pass_gate()
        self.assertEqual((caught.exception.threshold, caught.exception.found), (3.0, 3))
        self.control.end_step(is_finished=False)
        self.control.pass_gate()

    def test_told_limit(self):
        """pass_gate() tells once that a limit stopped it, the limit and what was found (G1, P6)"""
        order_id = self.order("limit", steps=2)
        self.order("limit", steps=5)
        self.control.read_answer({"step_count": 2})
        for _ in range(2):
            with self.assertRaises(AgentExecutionStopped):
                self.control.pass_gate()
        (told,) = [each for each in self.records if each["kind"] == "signal"]
        self.assertEqual((told["type"], told["subtype"], told["action"]), ("control", "operator", "abort"))
        self.assertEqual(told["message"], "an operator limited this session: steps 2, limit 2")
        data = {"command": "limit", "command_id": order_id, "threshold": 2, "found": 2}
        self.assertEqual((told["session_id"], told["severity"], told["data"]), (SESSION, "critical", data))
        self.assertEqual(uuid.UUID(told["signal_id"]).version, 5)

    def test_limit_of_cost(self):
        """pass_gate() stops when the cost is above the limit, not when it is equal; limits only fall (P2, G3)"""
        self.order("limit", cost_usd=0.5)
        self.order("limit", cost_usd=9)
        self.control.read_answer({"total_cost": 0.5})
        self.control.pass_gate()
        self.control.read_answer({"total_cost": 0.500001})
        with self.assertRaisesRegex(AgentExecutionStopped, r"cost \$0.500001, limit \$0.5"):
            self.control.pass_gate()

    def test_many_threads(self):
        """pass_gate() lets no more threads through than the limit says, whatever the timing (E3)"""
        self.order("limit", steps=10)
        passed = []

        def run():
            for _ in range(5):
                try:
                    self.control.pass_gate()
                except AgentExecutionStopped:
                    return
                passed.append(1)
                self.control.end_step(is_finished=True)

        threads = [threading.Thread(target=run) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        self.assertEqual(len(passed), 10)

    def test_what_cannot_be_obeyed(self):
        """take() refuses what this process cannot do, and says why (G3)"""
        self.assertEqual(self.states(self.order("model", model="small")), ["delivered", "refused"])
        order_id = self.order("dance")
        self.assertEqual(self.reason(order_id), "this version knows no command dance")

    def test_damage(self):
        """take() passes over what is no command"""
        for damage in ({}, {"command_id": 1, "command": "abort", "args": {}}, {"command_id": "x", "args": None}):
            self.control.take(damage)
        self.control.pass_gate()
        self.assertEqual(self.records, [])

    def test_end_before_the_next_step(self):
        """close() refuses what was never obeyed (G3)"""
        abort, pause = self.order("abort"), self.order("pause", max_seconds=60)
        self.control.close()
        for order_id in (abort, pause):
            self.assertEqual(self.states(order_id), ["delivered", "refused"])
            self.assertEqual(self.reason(order_id), "the session ended before its next step")


class Pauses(ControlCase):
    def passing(self):
        """A thread at the gate, and an event that is set once it has passed."""
        passed = threading.Event()

        def run():
            self.control.pass_gate()
            passed.set()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        self.addCleanup(thread.join, 10)
        return passed

    def test_pause_and_resume(self):
        """pass_gate() holds a step until it is resumed; the pause is obeyed once a step is held (G3)"""
        pause = self.order("pause", max_seconds=60)
        self.assertTrue(self.control.is_paused)
        self.assertEqual(self.states(pause), ["delivered"])
        passed = self.passing()
        self.assertFalse(passed.wait(0.2))
        self.assertEqual(self.states(pause), ["delivered", "obeyed"])
        resume = self.order("resume")
        self.assertTrue(passed.wait(10))
        self.assertEqual(self.states(resume), ["delivered", "obeyed"])
        self.assertFalse(self.control.is_paused)

    def test_abort_of_a_held_step(self):
        """An abort ends the pause of a step that is held (G3)"""
        self.order("pause", max_seconds=60)
        stopped = threading.Event()

        def run():
            try:
                self.control.pass_gate()
            except AgentExecutionStopped:
                stopped.set()

        threading.Thread(target=run, daemon=True).start()
        self.assertFalse(stopped.wait(0.1))
        self.order("abort")
        self.assertTrue(stopped.wait(10))

    def test_end_of_time(self):
        """A pause ends when its time is over (G3)"""
        self.order("pause", max_seconds=0.1)
        self.assertTrue(self.passing().wait(10))

    def test_server_away(self):
        """A pause ends after five minutes without an answer of the server (G3)"""
        self.order("pause", max_seconds=86_400)
        self.assertTrue(self.control.is_paused)
        late = time.monotonic() + 301
        with mock.patch.object(_control.time, "monotonic", lambda: late):
            self.assertFalse(self.control.is_paused)

    def test_never_held(self):
        """A pause that was resumed before any step is told as refused, not as obeyed (G3)"""
        pause = self.order("pause", max_seconds=60)
        self.order("resume")
        self.assertEqual(self.states(pause), ["delivered", "refused"])
        self.control.pass_gate()

    def test_other_tasks_go_on(self):
        """pass_gate_async() holds its task alone; a synchronous step in a loop is not held (G3)"""
        self.order("pause", max_seconds=60)
        seen = []

        async def held():
            await self.control.pass_gate_async()
            seen.append("passed")

        async def run():
            task = asyncio.ensure_future(held())
            await asyncio.sleep(0.2)
            seen.append("other")
            self.control.pass_gate()
            self.order("resume")
            await asyncio.wait_for(task, 10)

        asyncio.run(run())
        self.assertEqual(seen, ["other", "passed"])


class Steps(unittest.TestCase):
    def stop(self, session):
        session.control.take(
            {"session_id": session.session_id, "command_id": SESSION, "command": "abort", "args": {"reason": ""}}
        )

    def test_step(self):
        """session.step() is recorded as a call of a tool, with or without its function"""
        with capture() as captured:
            with niitaka.start_session() as session:
                self.assertEqual(session.step("add", lambda: 2 + 3), 5)
                with session.step("look"):
                    pass
        self.assertEqual([(each["type"], each["name"]) for each in captured.events], [("tool", "add"), ("tool", "look")])

    def test_stopped_before_the_call(self):
        """A stopped session raises before a step's function is called, and ends without an error event (P6, E1)"""
        called = []
        with capture() as captured:
            with self.assertRaises(AgentExecutionStopped):
                with niitaka.start_session() as session:
                    self.stop(session)
                    session.step("pay", lambda: called.append(1))
        self.assertEqual(called, [])
        self.assertEqual(captured.events, [])
        self.assertEqual(captured.records[-1]["kind"], "session.end")

    def test_every_kind_of_function(self):
        """Tools of every kind are stopped before they begin: functions, coroutines, generators of both kinds (P6)"""
        called = []

        @niitaka.tool
        def function():
            called.append("function")

        @niitaka.tool
        async def coroutine():
            called.append("coroutine")

        @niitaka.tool
        def generator():
            called.append("generator")
            yield 1

        @niitaka.tool
        async def async_generator():
            called.append("async generator")
            yield 1

        async def consume():
            async for _ in async_generator():
                pass

        async def block():
            async with niitaka.tool("block"):
                called.append("block")

        uses = [function, lambda: asyncio.run(coroutine()), lambda: list(generator()), lambda: asyncio.run(consume()),
                lambda: asyncio.run(block())]
        with capture():
            for use in uses:
                with self.assertRaises(AgentExecutionStopped):
                    with niitaka.start_session() as session:
                        self.stop(session)
                        use()
        self.assertEqual(called, [])

    def test_swallowed(self):
        """A host that swallows the stop is stopped again at its next step (P6)"""
        with capture():
            with niitaka.start_session() as session:
                self.stop(session)
                for _ in range(3):
                    with self.assertRaises(AgentExecutionStopped):
                        session.step("try again", lambda: None)

    def test_other_sessions(self):
        """A command concerns its own session alone (G3)"""
        controls = Controls(lambda record: None)
        one, other = controls.of(SESSION), controls.of("other")
        controls.read_answer(
            {"control": [{"session_id": SESSION, "command_id": "c", "command": "abort", "args": {}}, None, "x"]}
        )
        other.pass_gate()
        with self.assertRaises(AgentExecutionStopped):
            one.pass_gate()
        controls.forget(SESSION)
        controls.of(SESSION).pass_gate()

    def test_end_during_a_step(self):
        """A session that ends while a step looks at its control holds up nobody who records"""
        with capture():
            session = niitaka.start_session().__enter__()
            leaving = threading.Thread(target=session.leave, args=(None,))
            with session.control._changed:
                leaving.start()
                leaving.join(0.2)
                self.assertTrue(session.client.lock.acquire(timeout=5))
                session.client.lock.release()
            leaving.join(10)
            self.assertFalse(leaving.is_alive())


class WithServer(ServerCase):
    def setUp(self):
        super().setUp()
        self.configure(self.server)
        self.addCleanup(scope.set, None)

    def test_limit_without_answers(self):
        """A limit of cost holds by what was spent here, while the server has yet to tell of it (G3, P5)"""
        with self.assertRaises(AgentExecutionStopped) as caught:
            with niitaka.start_session(agent_id="spender") as session:
                order = {"session_id": session.session_id, "command_id": "c", "command": "limit"}
                session.control.take({**order, "args": {"cost_usd": 0.5}})
                for calls in range(9):
                    session.event("llm", data={"cost_usd": 0.25})
                    session.step("think", lambda: None)
        stop = caught.exception
        self.assertEqual((calls, stop.found, stop.threshold), (2, 0.75, 0.5))
        self.assertIn("cost $0.75, limit $0.5", str(stop))

    def give(self, session, command, **args):
        body = json.dumps({"command": command, "args": args}).encode()
        request = urllib.request.Request(
            f"{self.server.url}/api/v1/sessions/{session.session_id}/commands",
            data=body, headers={"X-API-Key": KEY, "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)["command"]["id"]

    def command(self, session, command_id):
        items = self.server.get(f"/sessions/{session.session_id}/commands")["items"]
        return next(each for each in items if each["id"] == command_id)

    def test_abort(self):
        """An agent that goes on and on is stopped at a step; the page sees asked, delivered, obeyed (G3, P6)"""
        with self.assertRaises(AgentExecutionStopped):
            with niitaka.start_session(goal="Loop", agent_id="looper") as session:
                for step in range(2_000):
                    session.step("think", lambda: time.sleep(0.01))
                    if step == 20:
                        niitaka.flush(10)
                        order_id = self.give(session, "abort", reason="it loops")
        self.assertTrue(niitaka.flush(10))
        told = self.command(session, order_id)
        self.assertTrue(told["requested_at"] <= told["delivered_at"] <= told["obeyed_at"])
        stored = self.server.session(session.session_id)
        self.assertEqual((stored["status"], stored["error_count"]), ("done", 0))

    def test_pause_of_an_idle_agent(self):
        """A paused agent that sends nothing hears of its resumption, within the poll (G3)"""
        with niitaka.start_session(goal="Wait", agent_id="waiter") as session:
            niitaka.flush(10)
            pause = self.give(session, "pause", max_seconds=60)
            session.event("log", data={"message": "something to carry the answer"})
            niitaka.flush(10)
            self.assertTrue(session.control.is_paused)
            passed = threading.Event()
            threading.Thread(target=lambda: session.step("go", passed.set), daemon=True).start()
            self.assertFalse(passed.wait(0.3))
            asked_at = time.monotonic()
            resume = self.give(session, "resume")
            self.assertTrue(passed.wait(15))
            took = time.monotonic() - asked_at
        self.assertTrue(niitaka.flush(10))
        self.assertIsNotNone(self.command(session, pause)["obeyed_at"])
        self.assertIsNotNone(self.command(session, resume)["obeyed_at"])
        self.assertLess(took, 10)


if __name__ == "__main__":
    unittest.main()
