"""Exceptions as `error` events: of which kind (E2), and which of them are none (E1)."""

from __future__ import annotations

import errno
import json
import pkgutil
import socket
import traceback
from functools import lru_cache
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence

from ._errors import AgentExecutionStopped

#: Attribute by which an exception object knows the sessions that have its event, or are around one that has.
_SEEN = "_niitaka_sessions"


def is_failure(trouble: BaseException) -> bool:
    """Whether it tells of trouble: a clean exit, a closed generator and a deliberate stop do not (E1)."""
    if isinstance(trouble, SystemExit):
        return trouble.code not in (None, 0)
    return not isinstance(trouble, (GeneratorExit, AgentExecutionStopped))


def see_once(trouble: BaseException, session_ids: Sequence[str]) -> bool:
    """True when the first of the sessions meets this exception object for the first time.

    `session_ids` are that session and those around it: on its way out they will meet the object again.
    """
    seen = getattr(trouble, _SEEN, frozenset())
    if session_ids[0] in seen:
        return False
    try:
        setattr(trouble, _SEEN, seen.union(session_ids))
    except Exception:  # an exception class without room for attributes
        pass
    return True


def failure_data(trouble: BaseException) -> Dict[str, Any]:
    """`data` of the error event for an exception."""
    return {
        "kind": error_kind(trouble),
        "message": _text_of(trouble),
        "exception_type": type(trouble).__name__,
        "stack": _stack_of(trouble),
    }


def error_kind(trouble: BaseException) -> str:
    """The kind of an exception: by its code, exact status, class name, status family, in this order."""
    table = _table()
    status = _status_of(trouble)
    # Before Python 3.10 a socket's time-out is a class of its own, called `timeout`.
    names = ["TimeoutError" if each is socket.timeout else each.__name__ for each in type(trouble).__mro__]
    kind = (
        _first_in(table["codes"], _codes_of(trouble))
        or _first_in(table["statuses"], [str(status)])
        or _first_in(table["class_names"], names)
        or _first_in(table["status_families"], [str(status // 100) if status else ""])
        or "exception"
    )
    if kind == "invalid_request":
        message = _text_of(trouble).lower()
        if any(phrase in message for phrase in table["context_length_phrases"]):
            return "context_length"
    return kind


@lru_cache(maxsize=None)
def _table() -> Dict[str, Any]:
    table: Dict[str, Any] = json.loads(pkgutil.get_data("niitaka", "error_kinds.json") or b"{}")
    return table


def _first_in(entries: Dict[str, str], names: Iterable[str]) -> Optional[str]:
    return next((entries[name] for name in names if name in entries), None)


def _status_of(trouble: BaseException) -> Optional[int]:
    response = _field(trouble, "response")
    for value in (
        _field(trouble, "status_code"),
        _field(trouble, "status"),
        _field(response, "status_code"),
        _field(response, "status"),
        _field(trouble, "code"),
    ):
        if isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599:
            return value
    return None


def _codes_of(trouble: BaseException) -> List[str]:
    codes = [_field(trouble, "code"), _field(trouble, "type")]
    body = _field(trouble, "body")
    if isinstance(body, Mapping):
        # What a provider sent, where its library tells no more than the status of the answer it came in.
        told = body.get("error") if isinstance(body.get("error"), Mapping) else body
        codes += [told.get("code"), told.get("type")]
    number = _field(trouble, "errno")
    if isinstance(number, int):
        codes.append(errno.errorcode.get(number))
    return [code for code in codes if isinstance(code, str)]


def _field(owner: Any, name: str) -> Any:
    try:
        return getattr(owner, name, None)
    except Exception:  # a property of the host's that fails
        return None


def _text_of(trouble: BaseException) -> str:
    try:
        return str(trouble)
    except Exception:
        return f"[{type(trouble).__name__} without a readable message]"


def _stack_of(trouble: BaseException) -> str:
    try:
        # Frames alone: the message has a field of its own, where a redactor looks for it.
        return "".join(["Traceback (most recent call last):\n", *traceback.format_tb(trouble.__traceback__)])
    except Exception:
        return ""
