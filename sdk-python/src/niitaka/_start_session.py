"""Starting a session."""

from __future__ import annotations

import re
from typing import Any, Dict, Mapping, Optional, Union

from ._arguments import check_agent_id, check_object, check_text, check_uuid, show
from ._clock import now_ms, rfc3339
from ._context import current_session
from ._json import Record, dict_of
from ._ledger import Ledger
from ._limits import TAGS
from ._privacy import redacted
from ._runtime import active_client, current
from ._session import Session
from ._session_entry import SessionEntry
from ._snapshot import SnapshotKey
from ._uuid7 import uuid7
from ._warn import warn_once

_TAG = re.compile(r"[a-zA-Z0-9_.-]{1,64}")

#: Stands for an argument that was left out, where None has a meaning of its own.
LEFT_OUT: Any = type("LeftOut", (), {"__repr__": lambda self: "<the current session>"})()


def start_session(
    goal: Optional[str] = None,
    agent_id: Optional[str] = None,
    *,
    session_id: Optional[str] = None,
    parent_session_id: Union[str, Session, None] = LEFT_OUT,
    experiment_id: Optional[str] = None,
    variant: Optional[str] = None,
    environment: Optional[str] = None,
    agent_version: Optional[str] = None,
    user_id: Optional[str] = None,
    conversation_id: Optional[str] = None,
    tags: Optional[Mapping[str, str]] = None,
    metadata: Optional[Mapping[str, Any]] = None,
) -> SessionEntry:
    """A session around a block or a function: `with`, `async with`, or a decorator (one session per call).

    Leaving closes it whatever happens; an exception is recorded as one error event and goes on unchanged. Without
    `parent_session_id` the parent is the session of the running code; None makes a root. Ids must be UUIDs; an
    `agent_id` has 1 to 128 characters, no control characters, and is not `.` or `..`: ValueError otherwise, and
    TypeError for what is not of the kind that is written here.
    """
    fields: Record = {
        "agent_id": check_agent_id(agent_id),
        "goal": goal,
        "environment": environment,
        "experiment_id": experiment_id,
        "variant": variant,
        "agent_version": agent_version,
        "user_id": user_id,
        "conversation_id": conversation_id,
    }
    fields = {name: check_text(each, name) for name, each in fields.items() if each is not None}
    if check_object(tags, "tags"):
        fields["tags"] = _tags(tags)
    if check_object(metadata, "metadata"):
        fields["metadata"] = dict_of(metadata)
    given_id = None if session_id is None else check_uuid(session_id, "session_id")
    if parent_session_id is not LEFT_OUT and parent_session_id is not None:
        fields["parent_session_id"] = check_uuid(parent_session_id, "parent_session_id")
    is_child = parent_session_id is LEFT_OUT
    return SessionEntry(lambda: _start(fields, given_id, is_child))


def _start(fields: Dict[str, Any], given_id: Optional[str], is_child: bool) -> Session:
    options = current().options
    client = active_client()
    now = now_ms()
    session_id = given_id or uuid7(now)
    parent = current_session() if is_child else None
    if client is None:
        return Session(session_id, Ledger(session_id, session_id, True), None, options)
    record: Record = {"kind": "session.start", "session_id": session_id, "started_at": rfc3339(now)}
    record["environment"] = options.environment
    for name, value in fields.items():
        seen = name in ("goal", "tags", "metadata", "user_id", "conversation_id")
        record[name] = redacted(options.redact, name, value) if seen else value
    if parent is not None and parent.session_id != session_id:
        record["parent_session_id"] = parent.session_id
    file = options.policy_file
    if file is not None and file.names(fields.get("agent_id")):
        record.update(policy_source="file", policy_hash=file.hash)
    with client.lock:
        ledger = client.ledger_of(session_id, started_here=True)
        session = Session(session_id, ledger, client, options)
        client.sessions.add(session)
        client.record(record)
    above = record.get("parent_session_id")
    if above is not None:
        session.root_session_id = parent.root_session_id if parent is not None else above
    session.guard_by(
        SnapshotKey(record.get("agent_id"), record["environment"], record.get("experiment_id"), record.get("variant"))
    )
    return session


def _tags(tags: Mapping[Any, Any]) -> Dict[str, str]:
    good: Dict[str, str] = {}
    for key, value in dict_of(tags).items():
        if value is None:
            continue
        text = _tag_text(value)
        if len(good) < TAGS and isinstance(key, str) and _TAG.fullmatch(key):
            good[key] = text
        else:
            warn_once("tags", f"left out tag {show(key)}: at most {TAGS}, keys of 1 to 64 of a-z A-Z 0-9 _ . -")
    return good


def _tag_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int, float)):
        return show(value)
    raise TypeError(f"tags must hold text, numbers, true or false: got {show(value)}")
