"""A decision in one sentence, for exceptions, logs and signals (P6, P7)."""

from __future__ import annotations

from .decision import EvaluationEvent, EvaluationState
from .evaluate import limit_total
from .policy import Policy

_SCOPE_WORDS = {"session": "", "tree": "tree ", "day": "the day's "}


def describe_decision(policy: Policy, state: EvaluationState, event: EvaluationEvent) -> str:
    """What a policy did, or in shadow would have done, without full stop: "aborted before call 41: steps 40 ≥ 40,
    policy loop guard rev 3"."""
    subject = f"policy {policy.name} rev {policy.revision}"
    if policy.type == "broken":
        return f"could not be evaluated: {policy.at} {policy.reason}, {subject}"
    deed = _deed(policy, state, event)
    if policy.mode == "shadow":
        deed = f"would have {deed}"
    return f"{deed}: {_reason(policy, state, event)}, {subject}"


def describe_limit(policy: Policy, state: EvaluationState) -> str:
    """The number that decided, the sign, and the one it is held against: "tree cost $0.51 > $0.5"."""
    whose = _SCOPE_WORDS[policy.scope]
    total = limit_total(policy, state)
    if policy.type == "step_limit":
        return f"{whose}steps {total} ≥ {policy.steps_exceeded}"
    blind = " (calls without a price not counted)" if state.has_unpriced else ""
    return f"{whose}cost ${usd_text(total)} > ${policy.cost_exceeded_usd}{blind}"


def usd_text(nano_usd: int) -> str:
    """An amount as decimal USD text: up to 9 places, no trailing zeros, no exponent, `0` for nothing."""
    whole, fraction = divmod(abs(nano_usd), 10**9)
    digits = f"{fraction:09d}".rstrip("0")
    return f"{'-' if nano_usd < 0 else ''}{whole}{'.' if digits else ''}{digits}"


def _deed(policy: Policy, state: EvaluationState, event: EvaluationEvent) -> str:
    if policy.is_limit:
        call = f"aborted before call {state.steps + 1}"
        return call if policy.action == "abort" else f"warned at step {state.steps}"
    if policy.type == "retry":
        return "gave up retrying" if (event.attempt or 0) > policy.max_retries else "retried"
    return f"fell back to {policy.fallback_model}"


def _reason(policy: Policy, state: EvaluationState, event: EvaluationEvent) -> str:
    if policy.is_limit:
        return describe_limit(policy, state)
    kind = ("error" if event.kind is None else event.kind).replace("_", " ")
    if policy.type == "retry":
        return f"{kind} in attempt {event.attempt or 0}, retries {policy.max_retries}"
    return f"{kind} from {'an unnamed model' if event.model is None else event.model}"
