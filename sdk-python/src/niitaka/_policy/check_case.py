"""A case of a policy file, run through the shipped engine."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, Dict, List, Mapping, Optional

from .._cost.price import parse_decimal
from .compile_policies import compile_policies
from .decision import Decision, EvaluationEvent, EvaluationState
from .decision_rows import NIL_UUID, DecisionContext, decision_signals, decision_traces
from .evaluate import evaluate
from .parse_policy import read_policy

# Digits enough for every amount that a decimal of the wire can spell.
_EXACT = Context(prec=1000, rounding=ROUND_HALF_EVEN)


def check_policy_case(case: Mapping[str, Any]) -> List[str]:
    """One line per difference; only keys that `expect` has are compared, lists in order."""
    for key, kind, name in (
        ("policies", list, "a list"),
        ("session", dict, "an object"),
        ("event", dict, "an object"),
        ("expect", dict, "an object"),
    ):
        if not isinstance(case.get(key), kind):
            return [f"expected {name} `{key}`, found {_shown(case.get(key))}"]
    found = _decide(case["policies"], case["session"], case["event"])
    return [
        f"{key}: expected {_shown(value)}, found {_shown(found.get(key))}"
        for key, value in case["expect"].items()
        if key not in found or found[key] != value
    ]


def _decide(policies: List[Any], session: Mapping[str, Any], given: Mapping[str, Any]) -> Dict[str, Any]:
    compiled = compile_policies(map(read_policy, policies), session.get("agent_id"), session["environment"])
    state = _state(session)
    event = EvaluationEvent(given["type"], given.get("kind"), given.get("attempt"), given.get("model"))
    decision = evaluate(compiled, state, event)
    own = session.get("id", NIL_UUID)
    root, day = session.get("root_id", own), session.get("day", "1970-01-01")
    context = DecisionContext(own, root, given.get("id"), day, state, event)
    signals = decision_signals(decision, context)
    return {
        **_fields(decision),
        "trace_ids": [row["trace_id"] for row in decision_traces(decision, context)],
        "signal_ids": [row["signal_id"] for row in signals],
        "messages": [row["message"] for row in signals],
    }


def _fields(decision: Decision) -> Dict[str, Any]:
    fields: Dict[str, Any] = {
        "action": decision.action,
        "policy_id": None if decision.policy is None else decision.policy.id,
        "warned_now": list(decision.warned_now),
        "signals": [
            {"type": kind, "subtype": subtype, "policy_id": policy.id, "action": action}
            for kind, subtype, policy, action in decision.signals
        ],
        "errors": [{"policy_id": policy.id, "at": policy.at} for policy in decision.errors],
        "considered": [{"policy_id": policy.id, "result": result} for policy, result in decision.considered],
    }
    if decision.max_delay_seconds is not None:
        fields["max_delay_seconds"] = decision.max_delay_seconds
    if decision.fallback_model is not None:
        fields["fallback_model"] = decision.fallback_model
    return fields


def _state(session: Mapping[str, Any]) -> EvaluationState:
    return EvaluationState(
        _nano_usd(session.get("cost", 0)),
        session.get("steps", 0),
        _nano_usd(session.get("tree_cost", 0)),
        session.get("tree_steps", 0),
        _nano_usd(session.get("day_cost", 0)),
        session.get("day_steps", 0),
        _nano_usd(session.get("org_day_cost", 0)),
        session.get("org_day_steps", 0),
        frozenset(session.get("warned", ())),
        session.get("has_unpriced") is True,
    )


def _nano_usd(usd: Any) -> int:
    amount: Optional[Decimal] = parse_decimal(usd)
    if amount is None:
        raise ValueError(f"expected an amount in USD, found {_shown(usd)}")
    return int(amount.scaleb(9, _EXACT).to_integral_value(ROUND_HALF_EVEN, _EXACT))


def _shown(value: Any) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)
