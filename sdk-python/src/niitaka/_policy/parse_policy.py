"""A policy from the wire's plain data (P1, P3)."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Tuple, Union

from .policy import Policy
from .read_content import read_content
from .read_time import read_time
from .trouble import ABSENT, PRIORITY, SAFE_INTEGER, Trouble, is_name, is_whole, trouble

_SCOPES = ("session", "tree", "day")
_MODES = ("enforce", "shadow", "off")

_NAME = "text of 1 to 200 characters"


def parse_policy(value: Any) -> Policy:
    """The policy; absent common fields take their defaults. ValueError names the first value that is wrong."""
    policy = read_policy(value)
    if policy.type == "broken":
        raise ValueError(f'Cannot read policy "{policy.id}": {policy.at} {policy.reason}')
    return policy


def read_policy(value: Any) -> Policy:
    """Like `parse_policy`, but what cannot be evaluated stays: as a broken policy that says where and why (P3)."""
    head, found = _read_head(value)
    content: Union[Dict[str, Any], Trouble] = read_content(value) if found is None else found
    if isinstance(content, Trouble):
        return Policy(**head, at=content.at, reason=content.reason)
    return Policy(**head, **content)


def _read_head(value: Any) -> Tuple[Dict[str, Any], Optional[Trouble]]:
    """The common fields, what is wrong at its default, so that a broken policy still stands among the others."""
    fields: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    get = fields.get
    identity, name, revision, agent_id = get("id"), get("name"), get("revision"), get("agent_id")
    environment, priority, scope, mode = get("environment"), get("priority"), get("scope"), get("mode")
    created_at = get("created_at")
    created_at_ms = 0 if created_at is None else read_time(created_at)
    checks = (
        (isinstance(value, Mapping), "", "an object", value),
        (is_name(identity), "id", _NAME, fields.get("id", ABSENT)),
        (name is None or is_name(name), "name", _NAME, name),
        (revision is None or is_whole(revision, 0, SAFE_INTEGER), "revision", "a whole number >= 0", revision),
        (agent_id is None or is_name(agent_id), "agent_id", "an agent's id or null", agent_id),
        (environment is None or is_name(environment), "environment", "a name or null", environment),
        (
            priority is None or is_whole(priority, -PRIORITY, PRIORITY),
            "priority",
            "a whole number within ±1000000",
            priority,
        ),
        (scope is None or _is_one(scope, _SCOPES), "scope", '"session", "tree" or "day"', scope),
        (mode is None or _is_one(mode, _MODES), "mode", '"enforce", "shadow" or "off"', mode),
        (created_at_ms is not None, "created_at", "a time", created_at),
    )
    wrong = next((trouble(at, wanted, found) for right, at, wanted, found in checks if not right), None)
    head = {
        "id": identity if is_name(identity) else "(no id)",
        "name": name if is_name(name) else identity if is_name(identity) else "(no id)",
        "revision": int(revision) if is_whole(revision, 0, SAFE_INTEGER) else 1,
        "agent_id": agent_id if is_name(agent_id) else None,
        "environment": environment if is_name(environment) else None,
        "priority": int(priority) if is_whole(priority, -PRIORITY, PRIORITY) else 0,
        "scope": scope if _is_one(scope, _SCOPES) else "session",
        "mode": mode if _is_one(mode, _MODES) else "enforce",
        "created_at_ms": created_at_ms or 0,
    }
    return head, wrong


def _is_one(value: Any, known: Tuple[str, ...]) -> bool:
    return isinstance(value, str) and value in known
