"""Calls of tools: as a `with` block, or around functions of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, Optional

from ._arguments import refused
from ._call import Call
from ._context import Scope, scope, session_or_warn
from ._failure import is_failure
from ._wrap import wrap

if TYPE_CHECKING:
    from ._session import Session

_NOTHING: Any = object()


class ToolCall(Call):
    """One call of a tool under way; `str(call)` is its event's id."""

    def __init__(self, name: str, session: Optional[Session]) -> None:
        super().__init__(name, session)
        #: What the tool was given; sent when assigned.
        self.input: Any = _NOTHING
        #: What the tool answered; sent when assigned.
        self.output: Any = _NOTHING
        self._is_interrupted = False

    def begin(self) -> None:
        session = self._session
        if session is not None:
            scope.set(Scope(session, self.event_id))
            if session.client is not None:
                session.client.add_call(self)

    def end(self, trouble: Optional[BaseException]) -> None:
        """Records the call: as a tool event when it returned, as an error event when it failed."""
        session = self._session
        if session is None:
            return
        if session.control is not None:
            session.control.end_step(is_finished=trouble is None)
        found = scope.get()
        if found is not None and found.event_id == self.event_id:
            scope.set(self._outer)
        if session.client is None:
            return
        if trouble is None or not is_failure(trouble):
            self._is_interrupted = trouble is not None
            self._close("tool", self._content())
        else:
            self._close_failed(trouble, {})

    def _content(self) -> Dict[str, Any]:
        told = {"input": self.input, "output": self.output}
        data = {key: each for key, each in told.items() if each is not _NOTHING}
        return {**data, "interrupted": True} if self._is_interrupted else data


class Tool:
    """Context manager, async context manager and decorator; each use is one call."""

    def __init__(self, name: Optional[str], session: Optional[Session] = None) -> None:
        self._name = name
        self._bound = session
        self._calls: list[ToolCall] = []

    def _session(self, name: str) -> Optional[Session]:
        return self._bound if self._bound is not None else session_or_warn(f"tool {name!r}")

    def _begin(self, name: str, is_held: bool = True) -> ToolCall:
        session = self._session(name)
        if is_held and session is not None and session.control is not None:
            session.control.pass_gate()
        call = ToolCall(name, session)
        call.begin()
        return call

    async def _ready(self, name: str) -> None:
        session = self._session(name)
        if session is not None and session.control is not None:
            await session.control.pass_gate_async()

    def __enter__(self) -> ToolCall:
        return self._enter(is_held=True)

    def _enter(self, is_held: bool) -> ToolCall:
        call = self._begin(self._name or "tool", is_held)
        self._calls.append(call)
        return call

    def __exit__(self, kind: Any, trouble: Optional[BaseException], trace: Any) -> None:
        self._leave().end(trouble)

    async def __aenter__(self) -> ToolCall:
        await self._ready(self._name or "tool")
        return self._enter(is_held=False)

    async def __aexit__(self, kind: Any, trouble: Optional[BaseException], trace: Any) -> None:
        self._leave().end(trouble)

    def _leave(self) -> ToolCall:
        found = scope.get()
        for call in reversed(self._calls):
            if found is not None and call.event_id == found.event_id:
                self._calls.remove(call)
                return call
        return self._calls.pop()

    def __call__(self, function: Callable[..., Any]) -> Any:
        return wrap(function, lambda args, kwargs: _Around(self, function, args, kwargs))


def tool_of(name: Any, session: Optional[Session]) -> Any:
    """The tool of that name, or the wrapped function where one was given in its place."""
    if name is None or isinstance(name, str):
        return Tool(name, session)
    if not callable(name):
        raise refused("name", "text", name)
    return Tool(None, session)(name)


class _Around:
    """One call of a wrapped function."""

    def __init__(self, tool: Tool, function: Callable[..., Any], args: Any, kwargs: Any) -> None:
        self._tool = tool
        self._name = tool._name or getattr(function, "__name__", "tool")
        self._given = (args, kwargs)
        self._call: Optional[ToolCall] = None
        #: Whether the gate was passed already, as coroutines do.
        self._is_ready = False

    async def ready(self) -> None:
        self._is_ready = True
        await self._tool._ready(self._name)

    def begin(self) -> None:
        call = self._call = self._tool._begin(self._name, is_held=not self._is_ready)
        if self._captures():
            args, kwargs = self._given
            call.input = kwargs if not args else list(args) if not kwargs else {"args": args, "kwargs": kwargs}

    def end(self, trouble: Optional[BaseException], result: Any) -> None:
        assert self._call is not None
        if trouble is None and self._captures():
            self._call.output = result
        self._call.end(trouble)

    def _captures(self) -> bool:
        session = self._call and self._call._session
        return session is not None and session.options.capture_content


def tool(name: Any = None) -> Any:
    """Records calls of a tool: `@tool`, `@tool("name")`, or `with tool("name") as call:`.

    Works on functions, coroutine functions and generators of both kinds, and never changes what they return or
    raise. Arguments and results are sent only with `capture_content`.
    """
    return tool_of(name, None)
