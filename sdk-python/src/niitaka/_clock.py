"""Times: integer milliseconds since 1970 inside, RFC 3339 in UTC on the wire."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Union

from ._arguments import refused

#: A moment as callers give it: an aware datetime or seconds since 1970.
Moment = Union[datetime, float, int]

_WANTED = "an aware datetime or seconds since 1970"

_MIN_MS = 0
_MAX_MS = 253_402_300_799_999  # 9999-12-31T23:59:59.999Z

# Arithmetic, not strftime: the C library's calendar takes a lock that a forked child may inherit locked.
_EPOCH = datetime(1970, 1, 1)

# INVARIANT: tuples, swapped whole, so that no thread pairs a time with the text of another.
_second = (-1, "")
_moment = (-1, "")


def now_ms() -> int:
    """Milliseconds since 1970, now."""
    return time.time_ns() // 1_000_000


def rfc3339(ms: int) -> str:
    """`ms` as `2026-01-02T03:04:05.678Z`."""
    global _second, _moment
    moment = _moment
    if moment[0] == ms:
        return moment[1]
    seconds, rest = divmod(ms, 1000)
    second = _second
    if second[0] != seconds:
        second = _second = (seconds, (_EPOCH + timedelta(seconds=seconds)).isoformat())
    text = f"{second[1]}.{rest:03d}Z"
    _moment = (ms, text)
    return text


def moment_ms(moment: Moment, name: str) -> int:
    """The milliseconds of an aware datetime or of seconds since 1970; an argument error names `name`."""
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise ValueError(f"{name} must be {_WANTED}: got {moment.isoformat()} without a time zone")
        ms = int(moment.astimezone(timezone.utc).timestamp() * 1000 + 0.5)
    elif isinstance(moment, (int, float)) and not isinstance(moment, bool):
        if not _MIN_MS / 1000 <= moment <= _MAX_MS / 1000:
            raise refused(name, _WANTED, moment, ValueError)
        ms = int(moment * 1000 + 0.5)
    else:
        raise refused(name, _WANTED, moment)
    return min(max(ms, _MIN_MS), _MAX_MS)
