"""Calls of tools, as blocks and around functions of every kind."""

import asyncio
import inspect
import time
import unittest

import niitaka
from niitaka.testing import capture


def tools(captured):
    return {each.get("name"): each for each in captured.events}


class Blocks(unittest.TestCase):
    def test_block(self):
        """A block leaves one tool event with its latency, input and output"""
        with capture() as captured:
            with niitaka.start_session() as session, session.tool("search") as call:
                call.input = {"q": "hotel"}
                time.sleep(0.02)
                call.output = ["a", "b"]
            (event,) = captured.events
        self.assertEqual((event["type"], event["name"], event["event_id"]), ("tool", "search", str(call)))
        self.assertEqual(event["data"], {"input": {"q": "hotel"}, "output": ["a", "b"]})
        self.assertGreaterEqual(event["latency_ms"], 19)
        self.assertNotIn("level", event)

    def test_handed_over_content_is_sent(self):
        """What is assigned by name is sent, also without capture_content"""
        with capture(capture_content=False) as captured:
            with niitaka.start_session() as session, session.tool("t") as call:
                call.output = None
            self.assertEqual(captured.events[0]["data"], {"output": None})

    def test_nested(self):
        """Events inside a call belong under it, those behind it do not"""
        with capture() as captured:
            with niitaka.start_session() as session:
                with session.tool("outer") as outer:
                    with niitaka.tool("inner") as inner:
                        session.event("log", "deep")
                    session.event("log", "shallow")
                session.event("log", "behind")
                session.event("log", "given", parent=outer)
            found = {name: each.get("parent_event_id") for name, each in tools(captured).items()}
        self.assertEqual(
            found,
            {
                "outer": None,
                "inner": outer.event_id,
                "deep": inner.event_id,
                "shallow": outer.event_id,
                "behind": None,
                "given": outer.event_id,
            },
        )

    def test_child_session_inside(self):
        """A child session inside a call starts with no enclosing call of its own"""
        with capture() as captured:
            with niitaka.start_session() as session, session.tool("delegate"):
                with niitaka.start_session() as child:
                    child.event("log", "inside")
            self.assertNotIn("parent_event_id", tools(captured)["inside"])
            self.assertEqual(captured.sessions[1]["parent_session_id"], session.session_id)

    def test_failure(self):
        """A failing call leaves one error event and no step, and the exception goes on unchanged (E1)"""
        trouble = TimeoutError("slow")
        with capture() as captured:
            with niitaka.start_session() as session:
                with self.assertRaises(TimeoutError) as raised:
                    with session.tool("call"):
                        raise trouble
            self.assertIs(raised.exception, trouble)
            (event,) = captured.events
        self.assertEqual((event["type"], event["name"], event["level"]), ("error", "call", "error"))
        self.assertEqual((event["data"]["kind"], event["data"]["message"]), ("timeout", "slow"))
        self.assertIn("latency_ms", event)

    def test_clean_exit(self):
        """A call left by SystemExit(0) is a tool event, marked as interrupted (E1)"""
        with capture() as captured:
            with self.assertRaises(SystemExit):
                with niitaka.start_session() as session, session.tool("t"):
                    raise SystemExit(0)
            (event,) = captured.events
        self.assertEqual((event["type"], event["data"]), ("tool", {"interrupted": True}))

    def test_async_block(self):
        """async with works, and concurrent calls of one tool object keep apart"""

        async def call(tool, n):
            async with tool as one:
                await asyncio.sleep(0.001 * (3 - n))
                one.output = n

        async def run():
            tool = niitaka.tool("shared")
            await asyncio.gather(*(call(tool, n) for n in range(4)))

        with capture() as captured:
            with niitaka.start_session():
                asyncio.run(run())
            self.assertEqual(sorted(each["data"]["output"] for each in captured.events), [0, 1, 2, 3])

    def test_another_session_than_the_current(self):
        """session.tool() belongs to its session, whatever the current one is"""
        with capture() as captured:
            with niitaka.start_session() as one:
                with niitaka.start_session():
                    with one.tool("mine"):
                        niitaka.decision("x")
            found = {each["type"]: each["session_id"] for each in captured.events}
            self.assertEqual(found, {"tool": one.session_id, "decision": one.session_id})


class Functions(unittest.TestCase):
    def test_forms(self):
        """@tool, @tool("name"), @session.tool and @session.tool("name") name the call"""
        with capture() as captured:
            with niitaka.start_session() as session:

                @niitaka.tool
                def plain():
                    return 1

                @niitaka.tool("named")
                def other():
                    return 2

                @session.tool
                def bound():
                    return 3

                @session.tool("bound by name")
                def last():
                    return 4

                self.assertEqual([plain(), other(), bound(), last()], [1, 2, 3, 4])
            self.assertEqual(list(tools(captured)), ["plain", "named", "bound", "bound by name"])

    def test_content_is_captured_when_asked(self):
        """Arguments and results are sent only with capture_content"""

        @niitaka.tool
        def work(a, b=2):
            return {"sum": a + b}

        expected = [
            (lambda: work(1), [1]),
            (lambda: work(a=1), {"a": 1}),
            (lambda: work(1, b=3), {"args": [1], "kwargs": {"b": 3}}),
        ]
        for call, given in expected:
            with capture(capture_content=True) as captured:
                with niitaka.start_session():
                    result = call()
                self.assertEqual(captured.events[0]["data"], {"input": given, "output": result})
            with capture(capture_content=False) as captured:
                with niitaka.start_session():
                    call()
                self.assertEqual(captured.events[0]["data"], {})

    def test_kinds_are_kept(self):
        """A wrapped function is of the kind it was, with its name, documentation and signature"""

        @niitaka.tool
        def function(a, b=1):
            """Documented."""

        @niitaka.tool
        async def coroutine():
            pass

        @niitaka.tool
        def generator():
            yield

        @niitaka.tool
        async def async_generator():
            yield

        self.assertEqual((function.__name__, function.__doc__), ("function", "Documented."))
        self.assertEqual(str(inspect.signature(function)), "(a, b=1)")
        self.assertTrue(inspect.iscoroutinefunction(coroutine))
        self.assertTrue(inspect.isgeneratorfunction(generator))
        self.assertTrue(inspect.isasyncgenfunction(async_generator))

    def test_coroutine(self):
        """A coroutine is one call from start to return; cancellation is of kind cancelled (E1)"""

        @niitaka.tool
        async def work(seconds):
            await asyncio.sleep(seconds)
            return "done"

        async def run():
            self.assertEqual(await work(0.01), "done")
            task = asyncio.create_task(work(60))
            await asyncio.sleep(0.01)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task

        with capture() as captured:
            with niitaka.start_session():
                asyncio.run(run())
            one, two = captured.events
        self.assertEqual((one["type"], one["data"]["output"]), ("tool", "done"))
        self.assertGreaterEqual(one["latency_ms"], 9)
        self.assertEqual((two["type"], two["data"]["kind"]), ("error", "cancelled"))

    def test_generator(self):
        """A generator is one call from first step to last; send, throw, return and close reach it"""
        seen = []

        @niitaka.tool
        def work():
            try:
                seen.append((yield "first"))
                try:
                    yield "second"
                except KeyError as thrown:
                    seen.append(thrown)
                yield "third"
            finally:
                niitaka.decision("cleaned up")
            return "result"

        trouble = KeyError("in")
        with capture() as captured:
            with niitaka.start_session():
                steps = work()
                self.assertEqual(next(steps), "first")
                self.assertEqual(steps.send("sent"), "second")
                self.assertEqual(steps.throw(trouble), "third")
                with self.assertRaises(StopIteration) as stop:
                    next(steps)
                self.assertEqual(stop.exception.value, "result")
                self.assertEqual(seen, ["sent", trouble])
            found = tools(captured)
            self.assertEqual(found["work"]["data"]["output"], "result")
            self.assertEqual([each["parent_event_id"] for each in captured.events if each["type"] == "decision"],
                             [found["work"]["event_id"]])

    def test_generator_left_early(self):
        """A generator that is closed early is a tool event, marked as interrupted (E1)"""

        @niitaka.tool
        def work():
            yield 1
            yield 2

        with capture() as captured:
            with niitaka.start_session():
                for _ in work():
                    break
            (event,) = captured.events
        self.assertEqual((event["type"], event["data"]["interrupted"]), ("tool", True))

    def test_generator_that_fails(self):
        """A generator that raises leaves one error event"""

        @niitaka.tool
        def work():
            yield 1
            raise ValueError("half way")

        with capture() as captured:
            with niitaka.start_session():
                with self.assertRaises(ValueError):
                    list(work())
            self.assertEqual([each["type"] for each in captured.events], ["error"])

    def test_async_generator(self):
        """The same for asynchronous generators"""
        seen = []

        @niitaka.tool
        async def work():
            seen.append((yield 1))
            try:
                yield 2
            except KeyError:
                yield 3

        async def run():
            steps = work()
            values = [await steps.__anext__(), await steps.asend("sent"), await steps.athrow(KeyError())]
            self.assertEqual(values, [1, 2, 3])
            self.assertEqual([each async for each in steps], [])
            self.assertEqual([each async for each in work()], [1, 2])
            early = work()
            await early.__anext__()
            await early.aclose()

        with capture() as captured:
            with niitaka.start_session():
                asyncio.run(run())
            self.assertEqual(seen, ["sent", None])
            self.assertEqual([each["type"] for each in captured.events], ["tool"] * 3)
            self.assertEqual([each["data"].get("interrupted") for each in captured.events], [None, None, True])

    def test_scope_does_not_leak(self):
        """The consumer of a generator is not inside of the call"""

        @niitaka.tool
        def work():
            niitaka.decision("inside")
            yield

        with capture() as captured:
            with niitaka.start_session():
                for _ in work():
                    niitaka.decision("outside")
            found = {each["data"].get("choice"): each.get("parent_event_id") for each in captured.events}
        self.assertIsNone(found["outside"])
        self.assertIsNotNone(found["inside"])

    def test_methods(self):
        """Methods, class methods and static methods can be wrapped"""

        class Agent:
            @niitaka.tool
            def method(self):
                return "method"

            @classmethod
            @niitaka.tool
            def of_class(cls):
                return cls.__name__

            @staticmethod
            @niitaka.tool
            def static():
                return "static"

        with capture() as captured:
            with niitaka.start_session():
                self.assertEqual([Agent().method(), Agent.of_class(), Agent.static()], ["method", "Agent", "static"])
            self.assertEqual(list(tools(captured)), ["method", "of_class", "static"])


if __name__ == "__main__":
    unittest.main()
