"""The traces and signals of a decision as rows, with ids that server and SDK mint alike (P7, G1)."""

from __future__ import annotations

import re
import uuid
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from .decision import Decision, DecisionSignal, EvaluationEvent, EvaluationState
from .describe_decision import describe_decision
from .evaluate import limit_numbers
from .policy import Policy

#: The namespace of what belongs to no session.
NIL_UUID = "00000000-0000-0000-0000-000000000000"

_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


class DecisionContext(NamedTuple):
    """Where a decision was made, and on what."""

    session_id: str
    #: The root of its tree; its own id where it stands alone.
    root_session_id: str
    #: The event that led to the decision; None before a session's first.
    event_id: Optional[str]
    #: The day of day totals, `YYYY-MM-DD` in UTC.
    day: str
    state: EvaluationState
    event: EvaluationEvent


def decision_traces(decision: Decision, context: DecisionContext) -> List[Dict[str, Any]]:
    """One trace, as the wire names its fields, for each policy that acted, would have in shadow, or is broken;
    without `seq`, times, latency, `decided_by` and `enforced`."""
    considered = [
        {"policy_id": policy.id, "revision": policy.revision, "result": result, "mode": policy.mode}
        for policy, result in decision.considered
    ]
    rows = []
    for policy, action, key in _applied(decision, context):
        row = {
            "trace_id": engine_id(context.session_id, "trace", policy, key),
            "session_id": context.session_id,
            "event_id": context.event_id,
            "policy_id": policy.id,
            "policy_revision": policy.revision,
            "action": action,
            "inputs": _inputs(decision, context),
            "considered": considered,
            "errors": [{"policy_id": policy.id, "at": policy.at}] if policy.type == "broken" else [],
        }
        rows.append(row)
    return rows


def decision_signals(decision: Decision, context: DecisionContext) -> List[Dict[str, Any]]:
    """The signals, as the wire names their fields, without `seq`, agent and times. What is of a tree or a day names
    the session that caused it."""
    return [_signal(signal, context) for signal in decision.signals]


def engine_id(namespace: str, kind: str, policy: Policy, key: str) -> str:
    """The id of a trace or signal: the same for the same namespace, kind, policy, revision and key (P7)."""
    name = _LONE_SURROGATES.sub("\ufffd", f"{kind}:{policy.id}:{policy.revision}:{key}")
    return str(uuid.uuid5(uuid.UUID(namespace), name))


def _applied(decision: Decision, context: DecisionContext) -> List[Tuple[Policy, str, str]]:
    applied: List[Tuple[Policy, str, str]] = []
    for policy, result in decision.considered:
        if result == "shadow":
            applied.append((policy, policy.action, "shadow"))
        elif result == "exhausted":
            applied.append((policy, "retry_exhausted", _key(policy, context)))
        elif result == "matched" and (policy.is_limit or policy is decision.policy):
            applied.append((policy, policy.action, _key(policy, context)))
    return applied + [(policy, "continue", "error") for policy in decision.errors]


def _signal(signal: DecisionSignal, context: DecisionContext) -> Dict[str, Any]:
    policy = signal.policy
    key = "error" if policy.type == "broken" else _key(policy, context)
    namespace = context.session_id
    if signal.action == "warn" and policy.scope == "tree":
        namespace = context.root_session_id
    elif signal.action == "warn" and policy.scope == "day":
        namespace, key = NIL_UUID, f"{key}:{context.day}"
    return {
        "signal_id": engine_id(namespace, f"{signal.type}/{signal.subtype}", policy, key),
        "session_id": context.session_id,
        "type": signal.type,
        "subtype": signal.subtype,
        "action": signal.action,
        "severity": _severity(signal),
        "event_id": context.event_id,
        "policy_id": policy.id,
        "message": describe_decision(policy, context.state, context.event),
        "data": _data(policy, context),
    }


def _severity(signal: DecisionSignal) -> str:
    if signal.action == "abort":
        return "critical"
    return "warning" if signal.action == "warn" or signal.subtype in ("retry_exhausted", "policy_error") else "info"


def _data(policy: Policy, context: DecisionContext) -> Dict[str, Any]:
    revision = {"revision": policy.revision}
    if policy.is_limit:
        threshold, found = limit_numbers(policy, context.state)
        return {**revision, "scope": policy.scope, "threshold": threshold, "found": found}
    if policy.type == "retry":
        return {**revision, "attempt": context.event.attempt or 0, "max_retries": policy.max_retries}
    if policy.type == "fallback":
        return {**revision, "fallback_model": policy.fallback_model}
    return {**revision, "at": policy.at}


def _inputs(decision: Decision, context: DecisionContext) -> Dict[str, Any]:
    state, event = context.state, context.event
    inputs = {
        "cost": state.cost_nano_usd / 10**9,
        "steps": state.steps,
        "tree_cost": state.tree_cost_nano_usd / 10**9,
        "tree_steps": state.tree_steps,
        "day_cost": state.day_cost_nano_usd / 10**9,
        "day_steps": state.day_steps,
        "org_day_cost": state.org_day_cost_nano_usd / 10**9,
        "org_day_steps": state.org_day_steps,
        "kind": event.kind,
        "attempt": event.attempt,
        "model": event.model,
    }
    return {**inputs, "blind": True} if decision.is_blind else inputs


def _key(policy: Policy, context: DecisionContext) -> str:
    return "limit" if policy.is_limit else (context.event_id or context.session_id)
