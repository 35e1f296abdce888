"""Which session, and which call in it, the running code belongs to; follows contextvars."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple, Optional

from ._limits import ENCLOSING_SESSIONS
from ._warn import warn_once

if TYPE_CHECKING:
    from ._session import Session


class Scope(NamedTuple):
    """Where the running code stands."""

    session: Session
    #: Id of the call that encloses the running code.
    event_id: Optional[str]


scope: ContextVar[Optional[Scope]] = ContextVar("niitaka_scope", default=None)


def current_session() -> Optional[Session]:
    """The session that the running code belongs to."""
    found = current_scope()
    return None if found is None else found.session


def current_scope() -> Optional[Scope]:
    """Where the running code stands: a block that was left from another context is behind it."""
    found = scope.get()
    for _ in range(ENCLOSING_SESSIONS):
        if found is None or not found.session.is_left:
            break
        found = found.session.outer
    return found


def session_or_warn(what: str) -> Optional[Session]:
    """The current session; without one the call goes nowhere, which is told once."""
    session = current_session()
    if session is None:
        warn_once("outside", f"{what} was called outside any session and is not recorded; use niitaka.start_session")
    return session
