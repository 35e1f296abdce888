"""The host's redactor sees every text before it is kept or sent."""

from __future__ import annotations

from typing import Any, Optional

from ._json import plain_value
from ._limits import JSON_DEPTH
from ._options import Redact
from ._warn import warn_once

#: Stands where a redactor failed: the content is dropped, not the event.
DROPPED = "[dropped: the redactor failed]"


def redacted(redact: Optional[Redact], path: str, value: Any) -> Any:
    """`value` with every text in it as the redactor wants it; unchanged without one."""
    return value if redact is None else _walk(redact, path, value, 0)


def _walk(redact: Redact, path: str, value: Any, depth: int) -> Any:
    if depth > JSON_DEPTH:
        return DROPPED
    plain = plain_value(value)
    if isinstance(plain, str):
        return _ask(redact, path, plain)
    if isinstance(plain, dict):
        return {key: _walk(redact, f"{path}.{key}", each, depth + 1) for key, each in plain.items()}
    if isinstance(plain, (list, tuple, set, frozenset)):
        return [_walk(redact, f"{path}.{index}", each, depth + 1) for index, each in enumerate(plain)]
    return plain


def _ask(redact: Redact, path: str, text: str) -> Any:
    try:
        return redact(path, text)
    except Exception as trouble:
        warn_once("redact", f"the redactor failed on {path}: {type(trouble).__name__}; that content is left out")
        return DROPPED
