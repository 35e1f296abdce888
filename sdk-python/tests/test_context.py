"""Which session the running code belongs to, and sessions of other processes."""

import asyncio
import gc
import contextvars
import os
import threading
import unittest
import uuid
from concurrent.futures import ThreadPoolExecutor
from unittest import mock
import niitaka
from niitaka._warn import forget_warnings
from niitaka.testing import capture


def of_kind(captured, kind):
    return [each for each in captured.records if each["kind"] == kind]


class Context(unittest.TestCase):
    def test_decorator_on_every_kind(self):
        """start_session() decorates functions, coroutines and generators of both kinds: one session per call"""
        with capture() as captured:

            @niitaka.start_session("f")
            def function(n):
                return niitaka.current_session().session_id, n

            @niitaka.start_session("c")
            async def coroutine():
                await asyncio.sleep(0)
                return niitaka.current_session().session_id

            @niitaka.start_session("g")
            def generator():
                got = yield niitaka.current_session().session_id
                return got

            @niitaka.start_session("a")
            async def async_generator():
                yield niitaka.current_session().session_id

            async def run_async():
                return [await coroutine()] + [each async for each in async_generator()]

            ids = [function(1)[0], function(n=2)[0]] + asyncio.run(run_async())
            steps = generator()
            ids.append(next(steps))
            self.assertIsNone(niitaka.current_session())
            with self.assertRaises(StopIteration) as stop:
                steps.send("value")
            self.assertEqual(stop.exception.value, "value")
            self.assertEqual({each["session_id"] for each in captured.sessions}, set(ids))
            self.assertEqual(len(of_kind(captured, "session.end")), 5)
        self.assertEqual(function.__name__, "function")

    def test_failures_of_every_kind(self):
        """A failing function, coroutine or generator leaves one error event and an ended session (S2, E1)"""

        @niitaka.start_session("function")
        def function():
            raise ValueError("function")

        @niitaka.start_session("coroutine")
        async def coroutine():
            await asyncio.sleep(0)
            raise ValueError("coroutine")

        @niitaka.start_session("generator")
        def generator():
            yield 1
            raise ValueError("generator")

        @niitaka.start_session("async generator")
        async def async_generator():
            yield 1
            raise ValueError("async generator")

        async def drain():
            return [each async for each in async_generator()]

        calls = {
            "function": function,
            "coroutine": lambda: asyncio.run(coroutine()),
            "generator": lambda: list(generator()),
            "async generator": lambda: asyncio.run(drain()),
        }
        for name, call in calls.items():
            with capture() as captured:
                with self.assertRaisesRegex(ValueError, name):
                    call()
                (event,) = captured.events
                self.assertEqual((event["type"], event["data"]["message"]), ("error", name))
                self.assertEqual(captured.sessions[0]["goal"], name)
                self.assertEqual([each["last_seq"] for each in of_kind(captured, "session.end")], [1])
            self.assertIsNone(niitaka.current_session())

    def test_cancelled_task(self):
        """A cancelled task ends its session, with an error of kind cancelled (E1)"""

        @niitaka.start_session("cancelled")
        async def forever():
            await asyncio.sleep(60)

        async def run():
            task = asyncio.create_task(forever())
            await asyncio.sleep(0.01)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task

        with capture() as captured:
            asyncio.run(run())
            (event,) = captured.events
            self.assertEqual(event["data"]["kind"], "cancelled")
            self.assertEqual(len(of_kind(captured, "session.end")), 1)

    def test_sessions_of_a_failing_tree(self):
        """An exception that leaves child and parent is one error event, where it came up (E1, S9)"""
        with capture() as captured:
            with self.assertRaises(KeyError):
                with niitaka.start_session("parent") as parent:
                    with niitaka.start_session("child") as child:
                        raise KeyError("through both")
            found = [each["session_id"] for each in captured.events]
            self.assertEqual(found, [child.session_id])
            ends = [each["session_id"] for each in of_kind(captured, "session.end")]
            self.assertEqual(ends, [child.session_id, parent.session_id])

    def test_one_exception_object_in_two_runs(self):
        """An exception object that is raised again in another run is an error of that run too (S2)"""
        trouble = RuntimeError("made once")
        with capture() as captured:
            for name in ("one", "two"):
                with self.assertRaises(RuntimeError):
                    with niitaka.start_session(name):
                        raise trouble
            starts = [each["session_id"] for each in captured.sessions]
            self.assertEqual([each["session_id"] for each in captured.events], starts)

    def test_generator_closed_early(self):
        """A generator that is closed early ends its session without an error (E1)"""
        with capture() as captured:

            @niitaka.start_session("g")
            def numbers():
                try:
                    yield 1
                    yield 2
                finally:
                    niitaka.decision("cleaned")

            for _ in numbers():
                break
            self.assertEqual([each["type"] for each in captured.events], ["decision"])
            self.assertEqual(len(of_kind(captured, "session.end")), 1)

    def test_async_generator_left_early(self):
        """A session in an async generator that is dropped half-way is current for nobody afterwards"""

        async def pages():
            async with niitaka.start_session("pages"):
                for page in range(3):
                    yield page

        async def main():
            async with niitaka.start_session("outer") as outer:
                async for _ in pages():
                    break
                gc.collect()
                for _ in range(5):
                    await asyncio.sleep(0)
                current = niitaka.current_session()
                niitaka.decision("next")
                return outer, current

        with capture() as captured:
            outer, current = asyncio.run(main())
            (event,) = captured.events
        self.assertIs(current, outer)
        self.assertEqual(event["session_id"], outer.session_id)

    def test_two_generators_interleaved(self):
        """Interleaved generators keep their own sessions and leak into nobody"""
        with capture() as captured:

            @niitaka.start_session()
            def pair(name):
                yield niitaka.current_session().session_id
                yield niitaka.current_session().session_id

            one, two = pair("1"), pair("2")
            seen = [next(one), next(two), next(one), next(two)]
            self.assertEqual(seen[:2], seen[2:])
            self.assertNotEqual(seen[0], seen[1])
            self.assertEqual([each.get("parent_session_id") for each in captured.sessions], [None, None])
            list(one), list(two)

    def test_async(self):
        """async with works, and concurrent tasks keep their own sessions"""

        async def task(n):
            async with niitaka.start_session(f"task {n}") as session:
                await asyncio.sleep(0.001 * (n % 3))
                niitaka.decision(n)
                return session.session_id

        async def run():
            return await asyncio.gather(*(task(n) for n in range(20)))

        with capture() as captured:
            ids = asyncio.run(run())
            found = {each["session_id"]: each["data"]["choice"] for each in captured.events}
            self.assertEqual(found, {each: n for n, each in enumerate(ids)})
            self.assertTrue(all("parent_session_id" not in each for each in captured.sessions))

    def test_tasks_inherit(self):
        """A task started in a session records to it"""

        async def inner():
            niitaka.decision("inner")

        async def run():
            with niitaka.start_session() as session:
                await asyncio.gather(asyncio.create_task(inner()), asyncio.to_thread(niitaka.decision, "thread"))
            return session.session_id

        with capture() as captured:
            session_id = asyncio.run(run())
            self.assertEqual({each["session_id"] for each in captured.events}, {session_id})
            self.assertEqual(len(captured.events), 2)

    def test_threads_and_executors(self):
        """copy_context carries the session into threads and executors; a bare thread has none"""
        seen = []

        def look():
            session = niitaka.current_session()
            seen.append(session and session.session_id)

        with capture(), niitaka.start_session() as session:
            for target in (look, lambda context=contextvars.copy_context(): context.run(look)):
                thread = threading.Thread(target=target)
                thread.start()
                thread.join()
            with ThreadPoolExecutor(1) as pool:
                pool.submit(contextvars.copy_context().run, look).result()
        self.assertEqual(seen, [None, session.session_id, session.session_id])

    def test_left_in_another_context(self):
        """A session left in another context than it was entered in is closed all the same"""
        with capture() as captured:
            manager = niitaka.start_session()
            contextvars.copy_context().run(manager.__enter__)
            contextvars.copy_context().run(manager.__exit__, None, None, None)
            self.assertEqual(len(of_kind(captured, "session.end")), 1)
            self.assertIsNone(niitaka.current_session())


class AttachSession(unittest.TestCase):
    def test_attach(self):
        """attach_session() neither starts nor ends; leaving closes the sender (D1)"""
        wanted = str(uuid.uuid4())
        with capture() as captured:
            with niitaka.attach_session(wanted) as session:
                session.event("log")
                session.set_metrics({"score": 1})
            *events, close = captured.records
        self.assertEqual([(each["kind"], each["seq"]) for each in events], [("event", 1), ("session.metrics", 2)])
        self.assertEqual(
            close,
            {"kind": "sender.close", "session_id": wanted, "sender": events[0]["sender"], "last_seq": 2, "dropped": {}},
        )

    def test_attach_without_events(self):
        """An attached process that recorded nothing closes nothing"""
        with capture() as captured:
            with niitaka.attach_session(str(uuid.uuid4())):
                pass
            self.assertEqual(captured.records, [])


class WithoutKey(unittest.TestCase):
    def test_does_nothing_and_says_so_once(self):
        """Without a key everything works, nothing is recorded, and one warning tells"""
        from niitaka import _runtime

        former = _runtime.swap(None)
        forget_warnings()
        try:
            with mock.patch.dict(os.environ, {"HOME": "/nonexistent"}, clear=True):
                with self.assertLogs("niitaka", "WARNING") as logs:
                    for _ in range(2):
                        with niitaka.start_session("x") as session:
                            session.event("log")
                            with session.tool("t") as call:
                                call.output = 1
                            session.set_metrics({"score": 1, "bad": "x"})
                            self.assertEqual(session.total_cost, 0.0)
                self.assertTrue(niitaka.flush(0))
        finally:
            _runtime.swap(former)
        self.assertEqual([each for each in logs.output if "key" in each][0].count("nothing is recorded"), 1)
        self.assertEqual(len(logs.output), 2)


if __name__ == "__main__":
    unittest.main()
