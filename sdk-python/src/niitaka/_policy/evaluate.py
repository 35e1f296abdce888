"""What the policies say about an event and the totals with it (P2, P3)."""

from __future__ import annotations

from typing import AbstractSet, Any, List, Optional, Sequence, Tuple

from .back_off import max_delay_seconds
from .compile_policies import CompiledLimit, CompiledPolicies
from .decision import Considered, Decision, DecisionSignal, EvaluationEvent, EvaluationState, total_index
from .policy import Policy


def evaluate(policies: CompiledPolicies, state: EvaluationState, event: EvaluationEvent) -> Decision:
    """The stages cost, step, retry, fallback in turn; abort over retry over fallback, every new warning beside them."""
    considered: List[Considered] = []
    fired: List[Policy] = []
    abort: Optional[Policy] = None
    for stage in (policies.cost_limits, policies.step_limits):
        candidate = _ask_limits(stage, state, considered, fired)
        abort = abort or candidate
    attempt = event.attempt if event.type == "error" else None
    retry = fallback = exhausted = None
    if attempt is not None:
        retry = _ask_failures(policies.retries, event, considered)
        if retry is not None and attempt > retry.max_retries:
            retry, exhausted = None, retry
        if retry is None:
            fallback = _ask_failures(policies.fallbacks, event, considered)
    chosen = abort or retry or fallback
    warned = tuple([policy for policy in fired if policy.action == "warn"])
    policy = chosen or (warned[0] if warned else None)
    is_retry = attempt is not None and policy is not None and policy.type == "retry"
    return Decision(
        "continue" if policy is None else policy.action,
        policy,
        tuple([policy.id for policy in warned]),
        _signals(policies, fired, exhausted, chosen),
        policies.broken,
        tuple(considered),
        max_delay_seconds(policy, attempt) if is_retry and policy is not None and attempt is not None else None,
        policy.fallback_model if policy is not None and policy.type == "fallback" else None,
        state.has_unpriced and bool(policies.cost_limits),
    )


def limit_total(policy: Policy, state: EvaluationState) -> int:
    """The total a limit looks at: nano-USD of a cost limit, steps of a step limit (P1)."""
    totals: Tuple[Any, ...] = state
    return int(totals[total_index(policy)])


def limit_numbers(policy: Policy, state: EvaluationState) -> Tuple[float, float]:
    """What a limit is held at and what it found, in USD or steps."""
    found = limit_total(policy, state)
    if policy.type == "cost_limit":
        return float(policy.cost_exceeded_usd), found / 10**9
    return policy.steps_exceeded, found


def _ask_limits(
    stage: Sequence[CompiledLimit], state: EvaluationState, considered: List[Considered], fired: List[Policy]
) -> Optional[Policy]:
    abort: Optional[Policy] = None
    totals: Tuple[Any, ...] = state
    for policy, at, most in stage:
        if totals[at] <= most:
            considered.append(Considered(policy, "below_threshold"))
            continue
        result = _passed_result(policy, state.warned, abort is not None)
        considered.append(Considered(policy, result))
        if result == "matched":
            fired.append(policy)
            abort = policy if policy.action == "abort" else abort
    return abort


def _passed_result(policy: Policy, warned: AbstractSet[str], has_abort: bool) -> str:
    if policy.action == "warn" and policy.id in warned:
        return "already_warned"
    if policy.mode == "shadow":
        return "shadow"
    return "outranked" if policy.action == "abort" and has_abort else "matched"


def _ask_failures(
    stage: Sequence[Policy], event: EvaluationEvent, considered: List[Considered]
) -> Optional[Policy]:
    """The candidate may be a retry that is used up: it then still stands before the other retries."""
    candidate: Optional[Policy] = None
    for policy in stage:
        result = _failure_result(policy, event, candidate is not None)
        considered.append(Considered(policy, result))
        if result in ("matched", "exhausted"):
            candidate = policy
    return candidate


def _failure_result(policy: Policy, event: EvaluationEvent, has_candidate: bool) -> str:
    if policy.on_errors is not None and event.kind not in policy.on_errors:
        return "other_error"
    if policy.type == "fallback" and event.model == policy.fallback_model:
        return "already_on_fallback"
    if policy.mode == "shadow":
        return "shadow"
    if has_candidate:
        return "outranked"
    is_used_up = policy.type == "retry" and (event.attempt or 0) > policy.max_retries
    return "exhausted" if is_used_up else "matched"


def _signals(
    policies: CompiledPolicies, fired: Sequence[Policy], exhausted: Optional[Policy], chosen: Optional[Policy]
) -> Tuple[DecisionSignal, ...]:
    """Broken policies, limits, what became of the failed call; then once more each policy that acted."""
    signals = [DecisionSignal("policy", "policy_error", policy, None) for policy in policies.broken]
    acted = sorted(fired, key=lambda policy: policies.rank[id(policy)])
    signals += [DecisionSignal("guardrail", policy.type, policy, policy.action) for policy in acted]
    if exhausted is not None:
        signals.append(DecisionSignal("control", "retry_exhausted", exhausted, None))
    if chosen is not None and not chosen.is_limit:
        signals.append(DecisionSignal("control", chosen.type, chosen, chosen.action))
        acted.append(chosen)
    signals += [DecisionSignal("policy", "policy_triggered", policy, policy.action) for policy in acted]
    return tuple(signals)
