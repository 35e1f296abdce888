"""Records as JSON text: whatever a host hands over becomes valid JSON within the limits, and cuts are marked."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Callable, Dict, List, Mapping, Optional
from uuid import UUID

from ._limits import JSON_DEPTH, JSON_KEYS, JSON_VALUES, RECORD_BYTES, TEXT_BYTES, TRUNCATED_ENTRIES

Record = Dict[str, Any]

#: Room is left for the sender and the number that are added behind.
_BODY_BYTES = RECORD_BYTES - 256
#: The least that more than `JSON_KEYS` keys take.
_KEYS_BYTES = 5 * JSON_KEYS

def _encoder() -> Callable[[Any], str]:
    """The encoder of the standard library, made once rather than at every call where it is written in C."""
    plain = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False)
    make, escape = getattr(json.encoder, "c_make_encoder", None), getattr(json.encoder, "c_encode_basestring", None)
    if make is None or escape is None:
        return plain.encode
    encode = make(None, plain.default, escape, None, ":", ",", False, False, False)
    return lambda value: "".join(encode(value, 0))


_encode = _encoder()


def encode_record(record: Record) -> bytes:
    """The record as UTF-8 JSON of at most `RECORD_BYTES`. Never fails on content."""
    try:
        body = _encode(record).encode("utf-8")
    except Exception:  # not JSON, not finite, circular, too deep, lone surrogates
        return _encode_cut(record)
    # Cheap bounds: only a longer or richer body can hold a text, depth or object over its limit.
    size = len(body)
    if size > TEXT_BYTES or size > _KEYS_BYTES and body.count(b'":') > JSON_KEYS:
        return _encode_cut(record)
    return body if body.count(b"{") + body.count(b"[") <= JSON_DEPTH else _encode_cut(record)


def parse_object(body: bytes) -> Optional[Record]:
    """The object in a JSON text from outside; None when it is none."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _encode_cut(record: Record) -> bytes:
    cuts = list(record.get("truncated") or ())
    # The head of a record is ours and well-formed; content stands in these fields only.
    held = {key: Cutter(key, cuts).cut(value) for key, value in record.items() if key != "truncated"}
    body = _with_cuts(held, cuts)
    if len(body) <= _BODY_BYTES:
        return body
    for key in ("data", "metadata"):
        if isinstance(held.get(key), dict):
            cuts = [{"path": key, "bytes": len(_bytes_of(held[key]))}]
            held[key] = {name: value for name, value in held[key].items() if _is_small(name) and _is_small(value)}
    return _with_cuts(held, cuts)


def _with_cuts(held: Record, cuts: List[Record]) -> bytes:
    # A start has no `truncated`: the server marks what it cuts itself.
    marked = cuts and held.get("kind") in ("event", "event.update")
    return _bytes_of({**held, "truncated": cuts[:TRUNCATED_ENTRIES]} if marked else held)


def _bytes_of(value: Any) -> bytes:
    return _encode(value).encode("utf-8")


def _is_small(value: Any) -> bool:
    return value is None or isinstance(value, (bool, int, float)) or isinstance(value, str) and len(value) <= 200


#: Stands for values after `JSON_VALUES` of them.
LEFT_OUT = "[left out: too many values]"


class Cutter:
    """Makes one value JSON within the limits; what was cut is added to `cuts`."""

    def __init__(self, path: str, cuts: List[Record]) -> None:
        self._path = path
        self._cuts = cuts
        self._above: List[int] = []
        self._left = JSON_VALUES

    def cut(self, value: Any) -> Any:
        try:
            return self._any(value, self._path, 1)
        except Exception:  # an object whose own methods fail
            return "[not readable]"

    def _any(self, value: Any, path: str, depth: int) -> Any:
        self._left -= 1
        if self._left < 0:
            return LEFT_OUT
        plain = plain_value(value)
        if isinstance(plain, str):
            return self._text(plain, path)
        if isinstance(plain, dict):
            return self._nested(value, path, depth, lambda: self._object(plain, path, depth))
        if isinstance(plain, (list, tuple, set, frozenset)):
            return self._nested(value, path, depth, lambda: self._list(plain, path, depth))
        return plain

    def _nested(self, value: Any, path: str, depth: int, walk: Callable[[], Any]) -> Any:
        # By the host's own object: what stands for it is made anew at each sight.
        if id(value) in self._above:
            return "[circular]"
        if depth >= JSON_DEPTH - 1:
            self._mark(path, _length_of(value))
            return self._text(_shown(value), path)
        self._above.append(id(value))
        try:
            return walk()
        finally:
            self._above.pop()

    def _object(self, value: Dict[Any, Any], path: str, depth: int) -> Record:
        entries = list(value.items())
        if len(entries) > JSON_KEYS:
            self._mark(path, _length_of(value))
        return {
            self._text(key_text(key), path): self._any(each, f"{path}.{key_text(key)}", depth + 1)
            for key, each in entries[:JSON_KEYS]
        }

    def _list(self, value: Any, path: str, depth: int) -> List[Any]:
        items: List[Any] = []
        for index, each in enumerate(list(value)):
            if self._left <= 0:
                self._mark(path, _length_of(value))
                items.append(LEFT_OUT)
                break
            items.append(self._any(each, f"{path}.{index}", depth + 1))
        return items

    def _text(self, text: str, path: str) -> str:
        body = text.encode("utf-8", "replace") if len(text) * 4 > TEXT_BYTES else b""
        if len(body) > TEXT_BYTES:
            self._mark(path, len(body))
            return body[:TEXT_BYTES].decode("utf-8", "ignore")
        # Lone surrogates are no Unicode and cannot be UTF-8: they become question marks.
        return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")

    def _mark(self, path: str, size: int) -> None:
        self._cuts.append({"path": path[:_PATH_CHARACTERS], "bytes": size})


_PATH_CHARACTERS = 200


def plain_value(value: Any) -> Any:
    """The nearest thing that JSON has: numbers that are not finite become text, objects their fields or `repr`."""
    if value is None or isinstance(value, (bool, str)) and not isinstance(value, Enum):
        return value
    if isinstance(value, Enum):
        return plain_value(value.value)
    if isinstance(value, int):
        return int(value) if -(2**63) <= value < 2**64 else str(value)
    if isinstance(value, float):
        return float(value) if value - value == 0 else str(float(value))
    if isinstance(value, (dict, list, tuple, set, frozenset)):
        return value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"[{len(value)} bytes]"
    return _fields_of(value)


def dict_of(mapping: Mapping[Any, Any]) -> Dict[Any, Any]:
    """A copy of the host's mapping; one that cannot be read is told as such."""
    try:
        return dict(mapping)
    except Exception:
        return {"value": "[not readable]"}


def _fields_of(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        # One level: what is inside comes by this way too, and neither its size nor its cycles are copied.
        return {each.name: getattr(value, each.name, None) for each in fields(value)}
    for method in ("model_dump", "_asdict", "item"):
        found = _called(value, method)
        if isinstance(found, (dict, bool, int, float, str)):
            return found
    return _shown(value)


def _called(value: Any, method: str) -> Optional[Any]:
    if isinstance(value, type):
        return None
    try:
        return getattr(value, method)()
    except Exception:  # no such method, or another meaning of the name
        return None


def _shown(value: Any) -> str:
    try:
        return repr(value)
    except Exception:  # recursion included
        return f"[{type(value).__name__}]"


def key_text(key: Any) -> str:
    """The name of a member in JSON."""
    return key if isinstance(key, str) else str(plain_value(key))


def _length_of(value: Any) -> int:
    return len(_shown(value).encode("utf-8", "replace"))
