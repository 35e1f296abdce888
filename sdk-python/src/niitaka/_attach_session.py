"""Joining a session that another process started."""

from __future__ import annotations

from typing import Union

from ._arguments import check_uuid
from ._ledger import Ledger
from ._runtime import active_client, current
from ._session import Session
from ._session_entry import SessionEntry


def attach_session(session_id: Union[str, Session]) -> SessionEntry:
    """Joins a session that another process started: no start, no end; leaving closes this process' part of it.

    Raises ValueError or TypeError when `session_id` is no UUID.
    """
    wanted = check_uuid(session_id, "session_id")
    return SessionEntry(lambda: _attach(wanted))


def _attach(session_id: str) -> Session:
    options = current().options
    client = active_client()
    if client is None:
        return Session(session_id, Ledger(session_id, session_id, False), None, options)
    with client.lock:
        session = Session(session_id, client.ledger_of(session_id, started_here=False), client, options)
        client.sessions.add(session)
    return session
