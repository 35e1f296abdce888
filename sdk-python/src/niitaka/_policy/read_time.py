"""Times as the wire carries them."""

from __future__ import annotations

import calendar
import re
from typing import Any, Optional

from .trouble import SAFE_INTEGER, is_whole

_FORM = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII
)


def read_time(value: Any) -> Optional[int]:
    """Milliseconds since the epoch of RFC 3339 text, or of a whole number that is them already; None for the rest."""
    if not isinstance(value, str):
        return int(value) if is_whole(value, -SAFE_INTEGER, SAFE_INTEGER) else None
    parts = _FORM.fullmatch(value)
    if parts is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in parts.groups()[:6])
    if year < 1900 or not 1 <= month <= 12 or not 1 <= day <= 31 or hour > 23 or minute > 59 or second > 60:
        return None
    first = calendar.timegm((year, month, 1, 0, 0, 0))
    at = first + (day - 1) * 86_400 + hour * 3600 + minute * 60 + second
    offset = int(parts[9] or 0) * 3600 + int(parts[10] or 0) * 60
    milliseconds = int((parts[7] or "").ljust(3, "0")[:3])
    return (at + (offset if parts[8] == "-" else -offset)) * 1000 + milliseconds
