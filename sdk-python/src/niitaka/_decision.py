"""Decisions of the session that the running code belongs to."""

from __future__ import annotations

from typing import Any, Optional, Sequence

from ._context import session_or_warn
from ._session import Parent


def decision(
    choice: Any,
    *,
    kind: Optional[str] = None,
    options: Optional[Sequence[Any]] = None,
    reason: Optional[str] = None,
    parent: Optional[Parent] = None,
) -> Optional[str]:
    """Records a choice the agent made in the current session, and answers the event's id; None outside of any."""
    session = session_or_warn("decision()")
    if session is None:
        return None
    return session.decision(choice, kind=kind, options=options, reason=reason, parent=parent)
