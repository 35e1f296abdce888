"""Wraps functions of every kind so that something begins before and ends behind each call of them."""

from __future__ import annotations

import functools
import inspect
from typing import Any, Callable, Optional, Protocol

from ._context import Scope, scope


class Around(Protocol):
    """What stands around one call."""

    async def ready(self) -> None:
        """For coroutines, before `begin`: waits without holding up other tasks."""

    def begin(self) -> None: ...

    def end(self, trouble: Optional[BaseException], result: Any) -> None: ...


#: Makes what stands around a call with these arguments.
MakeAround = Callable[[Any, Any], Around]


def wrap(function: Callable[..., Any], make: MakeAround) -> Any:
    """`function` with `make(args, kwargs)` around each call; generators count as one call from first step to last."""
    if inspect.isasyncgenfunction(function):
        wrapped = _wrap_async_generator(function, make)
    elif inspect.isgeneratorfunction(function):
        wrapped = _wrap_generator(function, make)
    elif inspect.iscoroutinefunction(function):
        wrapped = _wrap_coroutine(function, make)
    else:
        wrapped = _wrap_function(function, make)
    return functools.wraps(function)(wrapped)


def _wrap_function(function: Callable[..., Any], make: MakeAround) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        around = make(args, kwargs)
        around.begin()
        try:
            result = function(*args, **kwargs)
        except BaseException as trouble:
            around.end(trouble, None)
            raise
        around.end(None, result)
        return result

    return call


def _wrap_coroutine(function: Callable[..., Any], make: MakeAround) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        around = make(args, kwargs)
        await around.ready()
        around.begin()
        try:
            result = await function(*args, **kwargs)
        except BaseException as trouble:
            around.end(trouble, None)
            raise
        around.end(None, result)
        return result

    return call


class _Inside:
    """The scope inside a generator: in force while it runs, put away while its consumer does."""

    def __init__(self, around: Around) -> None:
        self._outside: Optional[Scope] = scope.get()
        around.begin()
        self._inside: Optional[Scope] = scope.get()
        self.leave()

    def enter(self) -> None:
        self._outside = scope.get()
        scope.set(self._inside)

    def leave(self) -> None:
        self._inside = scope.get()
        scope.set(self._outside)


def _wrap_generator(function: Callable[..., Any], make: MakeAround) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        around = make(args, kwargs)
        inside = _Inside(around)
        generator = function(*args, **kwargs)
        step: Callable[[], Any] = lambda: next(generator)
        while True:
            inside.enter()
            try:
                value = step()
            except StopIteration as stop:
                around.end(None, stop.value)
                return stop.value
            except BaseException as trouble:
                around.end(trouble, None)
                raise
            finally:
                inside.leave()
            try:
                sent = yield value
                step = functools.partial(generator.send, sent)
            except GeneratorExit as stop:
                step = functools.partial(_close, generator, stop)
            except BaseException as thrown:
                step = functools.partial(generator.throw, thrown)

    return call


def _close(generator: Any, stop: GeneratorExit) -> Any:
    generator.close()
    raise stop


def _wrap_async_generator(function: Callable[..., Any], make: MakeAround) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        around = make(args, kwargs)
        await around.ready()
        inside = _Inside(around)
        generator = function(*args, **kwargs)
        step: Callable[[], Any] = generator.__anext__
        while True:
            inside.enter()
            try:
                value = await step()
            except StopAsyncIteration:
                around.end(None, None)
                return
            except BaseException as trouble:
                around.end(trouble, None)
                raise
            finally:
                inside.leave()
            try:
                sent = yield value
                step = functools.partial(generator.asend, sent)
            except GeneratorExit as stop:
                step = functools.partial(_aclose, generator, stop)
            except BaseException as thrown:
                step = functools.partial(generator.athrow, thrown)

    return call


async def _aclose(generator: Any, stop: GeneratorExit) -> Any:
    await generator.aclose()
    raise stop
