"""Wrapped functions behave as the functions themselves, and what stands around them sees each call once."""

import asyncio
import functools
import inspect
import unittest

from niitaka._context import Scope, scope
from niitaka._wrap import wrap


class Log:
    """Makes what stands around calls, and keeps what it saw."""

    def __init__(self):
        self.seen = []

    def make(self, args, kwargs):
        return Around(self.seen, args, kwargs)


class Around:
    def __init__(self, seen, args, kwargs):
        self._seen = seen
        self._seen.append(("made", args, kwargs))

    async def ready(self):
        self._seen.append("ready")

    def begin(self):
        self._seen.append("begin")

    def end(self, trouble, result):
        self._seen.append(("end", type(trouble).__name__ if trouble is not None else None, result))


class WrapCase(unittest.TestCase):
    def setUp(self):
        self.log = Log()

    def wrap(self, function):
        return wrap(function, self.log.make)


class Functions(WrapCase):
    def test_result(self):
        """Arguments go in and the very result comes out"""
        result = object()

        @self.wrap
        def function(*args, **kwargs):
            self.log.seen.append("inside")
            return result

        self.assertIs(function(1, key=2), result)
        self.assertEqual(
            self.log.seen,
            [
                ("made", (1,), {"key": 2}),
                "begin",
                "inside",
                ("end", None, result),
            ],
        )

    def test_exception(self):
        """The very exception comes out, with its traceback into the function"""
        trouble = ValueError("no")

        @self.wrap
        def function():
            raise trouble

        try:
            function()
        except ValueError as raised:
            self.assertIs(raised, trouble)
        names = []
        trace = trouble.__traceback__
        while trace is not None:
            names.append(trace.tb_frame.f_code.co_name)
            trace = trace.tb_next
        self.assertEqual(names[-1], "function")
        self.assertEqual(self.log.seen[-1], ("end", "ValueError", None))

    def test_every_exit_is_seen(self):
        """Interrupts and exits are seen too"""
        for kind in (KeyboardInterrupt, SystemExit, GeneratorExit):

            @self.wrap
            def function(kind=kind):
                raise kind()

            with self.assertRaises(kind):
                function()
            self.assertEqual(self.log.seen[-1], ("end", kind.__name__, None))

    def test_recursion(self):
        """Each call of a recursion is one of its own"""

        @self.wrap
        def countdown(n):
            return n if n == 0 else countdown(n - 1)

        self.assertEqual(countdown(3), 0)
        self.assertEqual(self.log.seen.count("begin"), 4)
        self.assertEqual(self.log.seen.count(("end", None, 0)), 4)

    def test_metadata(self):
        """Name, module, documentation, defaults and the function itself stay reachable"""

        def function(a, *, b: int = 3) -> str:
            """What it does."""

        wrapped = self.wrap(function)
        self.assertEqual(
            (wrapped.__name__, wrapped.__doc__, wrapped.__module__, wrapped.__qualname__),
            (function.__name__, function.__doc__, function.__module__, function.__qualname__),
        )
        self.assertIs(wrapped.__wrapped__, function)
        self.assertEqual(inspect.signature(wrapped), inspect.signature(function))

    def test_callables_of_other_kinds(self):
        """Partials, classes and objects that can be called are wrapped as plain functions"""

        class Callable:
            def __call__(self, n):
                return n + 1

        for function, expected in ((functools.partial(pow, 2), 8), (Callable(), 4), (str, "3")):
            self.assertEqual(self.wrap(function)(3), expected)
        self.assertEqual(self.log.seen.count("begin"), 3)


class Generators(WrapCase):
    def setUp(self):
        super().setUp()

        @self.wrap
        def numbers(count):
            received = []
            for n in range(count):
                try:
                    received.append((yield n))
                except LookupError as thrown:
                    received.append(thrown)
            return received

        self.numbers = numbers

    def ends(self):
        return [each for each in self.log.seen if each[0] == "end"]

    def test_nothing_before_the_first_step(self):
        """A generator that is never begun is no call"""
        steps = self.numbers(3)
        self.assertTrue(inspect.isgenerator(steps))
        self.assertEqual(self.log.seen, [])
        steps.close()
        self.assertEqual(self.log.seen, [])

    def test_whole(self):
        """From the first step to the last it is one call, whose result is what was returned"""
        self.assertEqual(list(self.numbers(3)), [0, 1, 2])
        self.assertEqual(self.log.seen[0], ("made", (3,), {}))
        self.assertEqual(self.ends(), [("end", None, [None, None, None])])

    def test_send_and_throw(self):
        """send() and throw() reach the generator"""
        steps = self.numbers(3)
        trouble = KeyError("x")
        self.assertEqual([next(steps), steps.send("a"), steps.throw(trouble)], [0, 1, 2])
        with self.assertRaises(StopIteration) as stop:
            steps.send("b")
        self.assertEqual(stop.exception.value, ["a", trouble, "b"])
        self.assertEqual(len(self.ends()), 1)

    def test_throw_that_is_not_caught(self):
        """An exception thrown in comes out again, and ends the call"""
        steps = self.numbers(3)
        next(steps)
        trouble = ValueError("in and out")
        with self.assertRaises(ValueError) as raised:
            steps.throw(trouble)
        self.assertIs(raised.exception, trouble)
        self.assertEqual(self.ends(), [("end", "ValueError", None)])
        self.assertEqual(list(steps), [])

    def test_close(self):
        """close() runs the generator's own cleaning up, and ends the call once"""
        cleaned = []

        @self.wrap
        def careful():
            try:
                yield 1
            finally:
                cleaned.append("yes")

        steps = careful()
        next(steps)
        steps.close()
        steps.close()
        self.assertEqual(cleaned, ["yes"])
        self.assertEqual(self.ends(), [("end", "GeneratorExit", None)])

    def test_collected(self):
        """A generator that is thrown away ends its call"""
        steps = self.numbers(3)
        next(steps)
        del steps
        self.assertEqual(len(self.ends()), 1)

    def test_yield_from(self):
        """`yield from` passes values and the result on"""

        def outer():
            return (yield from self.numbers(2))

        steps = outer()
        self.assertEqual([next(steps), steps.send("a")], [0, 1])
        with self.assertRaises(StopIteration) as stop:
            steps.send("b")
        self.assertEqual(stop.exception.value, ["a", "b"])


class Scopes(WrapCase):
    def test_inside_and_outside(self):
        """What a call sets is in force inside of the generator and nowhere else"""
        inside, seen = Scope("inside", None), []

        class Sets(Around):
            def begin(self):
                scope.set(inside)

        def steps():
            seen.append(scope.get())
            yield
            seen.append(scope.get())
            yield

        wrapped = wrap(steps, lambda args, kwargs: Sets([], args, kwargs))
        before = scope.get()
        for _ in wrapped():
            self.assertIs(scope.get(), before)
        self.assertIs(scope.get(), before)
        self.assertEqual(seen, [inside, inside])


class Asynchronous(WrapCase):
    def run_async(self, coroutine):
        return asyncio.run(coroutine)

    def test_coroutine(self):
        """A coroutine's result and exceptions come out; nothing happens before it is awaited"""

        @self.wrap
        async def work(n):
            await asyncio.sleep(0)
            if n < 0:
                raise ValueError("negative")
            return n

        async def run():
            pending = work(5)
            self.assertEqual([each for each in self.log.seen if each == "begin"], [])
            self.assertEqual(await pending, 5)
            with self.assertRaisesRegex(ValueError, "negative"):
                await work(-1)

        self.run_async(run())
        ends = [each for each in self.log.seen if each[0] == "end"]
        self.assertEqual(ends, [("end", None, 5), ("end", "ValueError", None)])

    def test_async_generator(self):
        """asend(), athrow() and aclose() reach an asynchronous generator"""

        @self.wrap
        async def work():
            got = yield 1
            try:
                yield got
            except KeyError:
                yield "caught"

        async def run():
            steps = work()
            values = [await steps.__anext__(), await steps.asend("sent"), await steps.athrow(KeyError())]
            self.assertEqual(values, [1, "sent", "caught"])
            with self.assertRaises(StopAsyncIteration):
                await steps.__anext__()
            early = work()
            await early.__anext__()
            await early.aclose()
            failing = work()
            await failing.__anext__()
            with self.assertRaises(ValueError):
                await failing.athrow(ValueError())

        self.run_async(run())
        ends = [each[1] for each in self.log.seen if each[0] == "end"]
        self.assertEqual(ends, [None, "GeneratorExit", "ValueError"])


if __name__ == "__main__":
    unittest.main()
