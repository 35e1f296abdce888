"""Two clocks compared by `Date` headers, which are cut to the second."""

from __future__ import annotations

import math
from email.utils import parsedate_to_datetime
from typing import NamedTuple, Optional

#: Milliseconds; the server corrects clocks that are off by more.
TOLERANCE_MS = 2000


class ClockBounds(NamedTuple):
    """Between what the server's clock is ahead of this one, in milliseconds."""

    low_ms: float
    high_ms: float


def narrow(known: Optional[ClockBounds], date: Optional[str], sent_ms: float,
           received_ms: float) -> Optional[ClockBounds]:
    """What one more answer says: `date` was written between the two moments of this clock. None before the first."""
    try:
        dated_ms = parsedate_to_datetime(date or "").timestamp() * 1000
    except (TypeError, ValueError):
        return known
    found = ClockBounds(dated_ms - received_ms, dated_ms + 1000 - sent_ms)
    if known is None:
        return found
    both = ClockBounds(max(found.low_ms, known.low_ms), min(found.high_ms, known.high_ms))
    # A clock that was set meanwhile makes the earlier answers worthless.
    return both if both.low_ms <= both.high_ms else found


def describe_clock(bounds: ClockBounds) -> str:
    """The finding in words, as far as it is known and no further."""
    low_ms, high_ms = bounds
    ahead_ms = (low_ms + high_ms) / 2
    within = f"within {math.ceil((high_ms - low_ms) / 200) / 10:.1f} s"
    if low_ms <= 0 <= high_ms:
        return f"as the server's, {within}"
    side = "behind" if ahead_ms > 0 else "ahead of"
    remedy = "; the server corrects it" if abs(ahead_ms) > TOLERANCE_MS else ""
    return f"{abs(ahead_ms) / 1000:.1f} s {side} the server's, {within}{remedy}"
