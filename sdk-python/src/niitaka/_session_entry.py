"""How a session is entered and left: `with`, `async with`, or around a function."""

from __future__ import annotations

from typing import Any, Callable, List, Optional

from ._context import Scope, current_scope, scope
from ._session import Session
from ._wrap import Around, wrap


class SessionEntry:
    """Each entering gives a session of its own; leaving it closes that one whatever happens."""

    def __init__(self, enter: Callable[[], Session]) -> None:
        self._enter = enter
        self._open: List[Session] = []

    def __enter__(self) -> Session:
        session = self._enter()
        self._open.append(session)
        session._outer = current_scope()
        scope.set(Scope(session, None))
        return session

    def __exit__(self, kind: Any, trouble: Optional[BaseException], trace: Any) -> None:
        session = self._entered()
        if session is None:
            return
        found = scope.get()
        if found is not None and found.session is session:
            scope.set(session._outer)
        session.leave(trouble)

    async def __aenter__(self) -> Session:
        return self.__enter__()

    async def __aexit__(self, kind: Any, trouble: Optional[BaseException], trace: Any) -> None:
        self.__exit__(kind, trouble, trace)

    def _entered(self) -> Optional[Session]:
        """The session to leave: the one of this context, else the newest (left in another context)."""
        found = scope.get()
        while found is not None and found.session not in self._open:
            found = found.session._outer
        if found is not None:
            self._open.remove(found.session)
            return found.session
        return self._open.pop() if self._open else None

    def __call__(self, function: Callable[..., Any]) -> Any:
        return wrap(function, lambda args, kwargs: _Around(SessionEntry(self._enter)))


class _Around(Around):
    """A session around one call of a function."""

    def __init__(self, entry: SessionEntry) -> None:
        self._entry = entry

    def begin(self) -> None:
        self._entry.__enter__()

    def end(self, trouble: Optional[BaseException], result: Any) -> None:
        self._entry.__exit__(type(trouble), trouble, None)
