"""How long to wait before a failed call is repeated (P4)."""

from __future__ import annotations

from .policy import Policy


def max_delay_seconds(policy: Policy, attempt: int) -> float:
    """The longest delay, in seconds, after attempt `attempt` (from 1) has failed."""
    growth = 1 if policy.backoff == "constant" else attempt if policy.backoff == "linear" else 2 ** (attempt - 1)
    return min(policy.max_seconds, policy.base_seconds * growth)


def back_off_seconds(policy: Policy, attempt: int, draw: float) -> float:
    """The delay, in seconds, with full jitter: `draw` is the caller's random number of [0, 1)."""
    return max_delay_seconds(policy, attempt) * draw
