"""What a decision goes by, and what it says."""

from __future__ import annotations

from typing import AbstractSet, NamedTuple, Optional, Tuple

from .policy import Policy


class EvaluationState(NamedTuple):
    """Totals as they stand before the next call. Money is nano-USD."""

    cost_nano_usd: int = 0
    steps: int = 0
    tree_cost_nano_usd: int = 0
    tree_steps: int = 0
    #: The agent's, then the organisation's, since 00:00 UTC in the session's environment.
    day_cost_nano_usd: int = 0
    day_steps: int = 0
    org_day_cost_nano_usd: int = 0
    org_day_steps: int = 0
    #: Ids of policies that have warned in the session, its tree or on this day.
    warned: AbstractSet[str] = frozenset()
    #: Whether calls without a price are in the totals, counted as 0: cost limits are then "blind" (P2).
    has_unpriced: bool = False


_COSTS = {"session": 0, "tree": 2, "day": 4}
_ORGANISATION_DAY = 6


def total_index(policy: Policy) -> int:
    """Where the total that a limit looks at stands in an `EvaluationState`: nano-USD or steps (P1)."""
    is_organisations = policy.scope == "day" and policy.agent_id is None
    at = _ORGANISATION_DAY if is_organisations else _COSTS[policy.scope]
    return at if policy.type == "cost_limit" else at + 1


class EvaluationEvent(NamedTuple):
    """What has just happened. Only an `error` with an `attempt` is a failed call, which may be repeated."""

    type: str
    kind: Optional[str] = None
    #: Number of the attempt that has failed, from 1.
    attempt: Optional[int] = None
    model: Optional[str] = None


class Considered(NamedTuple):
    """A policy, and why it did or did not apply."""

    policy: Policy
    result: str


class DecisionSignal(NamedTuple):
    """A signal as a decision wants it, without id, time and session (G1)."""

    type: str
    subtype: str
    policy: Policy
    action: Optional[str]


class Decision(NamedTuple):
    """What the policies say about one event."""

    #: `abort`, `retry`, `fallback`, `warn` or `continue`.
    action: str
    #: The policy behind the action; None for `continue`.
    policy: Optional[Policy]
    #: Ids of policies that warn now, in the order in which they were asked.
    warned_now: Tuple[str, ...]
    signals: Tuple[DecisionSignal, ...]
    #: Policies that could not be evaluated.
    errors: Tuple[Policy, ...]
    considered: Tuple[Considered, ...]
    #: Upper bound, in seconds, of the delay before the retry; only with `retry`.
    max_delay_seconds: Optional[float]
    #: The model to go on with; only with `fallback`.
    fallback_model: Optional[str]
    #: Whether a cost limit was asked that counts calls without a price as 0.
    is_blind: bool
