"""The host's redactor sees every text before it is kept or sent."""

from __future__ import annotations

from typing import Any, List, Optional

from ._json import LEFT_OUT, key_text, plain_value
from ._limits import JSON_DEPTH, JSON_VALUES
from ._options import Redact
from ._warn import warn_once

#: Stands where a redactor failed: the content is dropped, not the event.
DROPPED = "[dropped: the redactor failed]"


def redacted(redact: Optional[Redact], path: str, value: Any) -> Any:
    """`value` with every text in it as the redactor wants it; unchanged without one."""
    return value if redact is None else _Walk(redact).any(path, value, 0)


class _Walk:
    """Through one value, however it is tied together: what is not looked at is not sent."""

    def __init__(self, redact: Redact) -> None:
        self._redact = redact
        self._left = JSON_VALUES
        self._above: List[int] = []

    def any(self, path: str, value: Any, depth: int) -> Any:
        self._left -= 1
        if depth > JSON_DEPTH or self._left < 0:
            return LEFT_OUT
        plain = plain_value(value)
        if isinstance(plain, str):
            return self._ask(path, plain)
        if isinstance(plain, (dict, list, tuple, set, frozenset)):
            return self._nested(path, value, plain, depth)
        return plain

    def _nested(self, path: str, owner: Any, value: Any, depth: int) -> Any:
        if id(owner) in self._above:
            return "[circular]"
        self._above.append(id(owner))
        try:
            if isinstance(value, dict):
                pairs = list(value.items())[: max(0, self._left)]
                return {key: self.any(f"{path}.{key_text(key)}", each, depth + 1) for key, each in pairs}
            items = list(value)[: max(0, self._left)]
            return [self.any(f"{path}.{index}", each, depth + 1) for index, each in enumerate(items)]
        finally:
            self._above.pop()

    def _ask(self, path: str, text: str) -> Any:
        try:
            return self._redact(path, text)
        except Exception as trouble:
            warn_once("redact", f"the redactor failed on {path}: {type(trouble).__name__}; that content is left out")
            return DROPPED
