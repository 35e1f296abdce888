"""Arguments of the public calls: what is refused, in the same words in every language."""

from __future__ import annotations

import json
import math
import re
import uuid
from typing import Any, Mapping, Optional, Type

from ._limits import AGENT_ID_CHARACTERS, SHOWN_CHARACTERS

_CONTROL = re.compile("[\u0000-\u001f\u007f-\u009f]")


def refused(name: str, wanted: str, found: Any, kind: Type[Exception] = TypeError) -> Exception:
    """The error that says which argument was refused, what was wanted, and what was found."""
    return kind(f"{name} must be {wanted}: got {show(found)}")


def show(value: Any) -> str:
    """A value in an error message: texts, numbers and words as they are, anything else by its kind."""
    if value is None or isinstance(value, (bool, str)):
        return _cut(json.dumps(value, ensure_ascii=False))
    if isinstance(value, (int, float)):
        return _show_number(value)
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, Mapping):
        return "an object"
    return "a function" if callable(value) and not isinstance(value, type) else f"a {_cut(type(value).__name__)}"


def check_text(value: Any, name: str) -> Optional[str]:
    """`value`, which is text or None."""
    if value is not None and not isinstance(value, str):
        raise refused(name, "text", value)
    return value


def check_bool(value: Any, name: str) -> bool:
    """`value`, which is True or False."""
    if not isinstance(value, bool):
        raise refused(name, "true or false", value)
    return value


def check_object(value: Any, name: str) -> Optional[Mapping[Any, Any]]:
    """`value`, which is a mapping or None."""
    if value is not None and not isinstance(value, Mapping):
        raise refused(name, "an object", value)
    return value


def check_choice(value: Any, name: str, choices: "tuple[str, ...]") -> str:
    """`value`, which is one of `choices`."""
    if not isinstance(value, str) or value not in choices:
        raise refused(name, f"one of {', '.join(choices)}", value, ValueError)
    return value


def check_seconds(value: Any) -> float:
    """`value`, which is a number from 0."""
    wanted = "a number of seconds from 0"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise refused("seconds", wanted, value)
    if not value >= 0:
        raise refused("seconds", wanted, value, ValueError)
    return value


def check_uuid(value: Any, name: str) -> str:
    """`value` as lower-case UUID text; text, a UUID, or what stands for one (a session, a call)."""
    if not isinstance(value, (str, uuid.UUID)) and not _stands_for_id(value):
        raise refused(name, "a UUID", value)
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        raise refused(name, "a UUID", value, ValueError) from None


def check_agent_id(value: Any) -> Optional[str]:
    """`value`, which is the id of an agent or None."""
    text = check_text(value, "agent_id")
    if text is None:
        return None
    if not 1 <= len(text) <= AGENT_ID_CHARACTERS:
        raise refused("agent_id", f"1 to {AGENT_ID_CHARACTERS} characters", text, ValueError)
    if _CONTROL.search(text) or text in (".", ".."):
        wanted = 'agent_id must hold no control characters and not be "." or ".."'
        raise ValueError(f"{wanted}: got {show(text)}")
    return text


def _stands_for_id(value: Any) -> bool:
    try:
        return hasattr(value, "session_id") or hasattr(value, "event_id")
    except Exception:  # an object whose own methods fail
        return False


def _show_number(value: Any) -> str:
    try:
        if not math.isfinite(value):
            return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    except OverflowError:
        return "a number beyond all bounds"
    return _cut(repr(int(value) if isinstance(value, int) else float(value)))


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 3] + "..."
