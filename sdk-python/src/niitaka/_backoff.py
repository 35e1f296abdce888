"""How long to wait between attempts."""

from __future__ import annotations

import random

from ._limits import BACKOFF_FIRST_SECONDS, BACKOFF_SECONDS, DEFERRED_PAUSE_SECONDS

# An instance of its own: drawing from `random` itself would change what a seeded host draws.
_draw = random.SystemRandom().random


def backoff_seconds(attempt: int) -> float:
    """Full jitter under 0.5, 1, 2 ... 30 s; `attempt` counts from 1."""
    return _draw() * min(BACKOFF_SECONDS, BACKOFF_FIRST_SECONDS * 2 ** min(attempt - 1, 16))


def deferred_seconds(attempt: int) -> float:
    """1, 2, 4 ... 60 s; `attempt` counts from 1."""
    return float(min(DEFERRED_PAUSE_SECONDS, 2 ** min(attempt - 1, 16)))
