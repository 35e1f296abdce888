"""The condition and action of a policy, by its type."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, Dict, Mapping, Optional, Tuple, Union

from .._cost.price import parse_decimal
from .policy import POLICY_TYPES
from .trouble import ABSENT, COST_USD, DELAY_SECONDS, ERROR_KINDS, RETRIES, STEPS, Trouble
from .trouble import is_name, is_number, is_whole, trouble

Fields = Mapping[str, Any]
Content = Union[Dict[str, Any], Trouble]

_NANO_USD = 10**9
_DELAY = "a number of seconds of 0 to 86400"
_BACKOFFS = ("exponential", "linear", "constant")
_TYPES = ", ".join(f'"{name}"' for name in POLICY_TYPES)


def read_content(fields: Fields) -> Content:
    """What a policy's type adds to its common fields, or the first value there that is wrong."""
    condition, action = fields.get("condition", {}), fields.get("action", {})
    if not isinstance(condition, Mapping):
        return trouble("condition", "an object", condition)
    if not isinstance(action, Mapping):
        return trouble("action", "an object", action)
    kind = fields.get("type", ABSENT)
    readers = {"cost_limit": _cost_limit, "step_limit": _step_limit, "retry": _retry, "fallback": _fallback}
    read = readers.get(kind) if isinstance(kind, str) else None
    return trouble("type", f"one of {_TYPES}", kind) if read is None else read(condition, action)


def _cost_limit(condition: Fields, action: Fields) -> Content:
    found = condition.get("cost_exceeded", ABSENT)
    amount = parse_decimal(found)
    threshold = None if amount is None else Fraction(amount) * _NANO_USD
    if amount is None or threshold is None or not 0 <= threshold // 1 <= COST_USD * _NANO_USD or threshold < 0:
        return trouble("condition.cost_exceeded", "an amount in USD >= 0", found)
    content = {"type": "cost_limit", "cost_exceeded_usd": _plain(amount), "cost_exceeded_nano_usd": threshold // 1}
    return _limit("cost_exceeded", content, condition, action)


def _step_limit(condition: Fields, action: Fields) -> Content:
    found = condition.get("steps_exceeded", ABSENT)
    if not is_whole(found, 0, STEPS):
        return trouble("condition.steps_exceeded", "a whole number >= 0", found)
    return _limit("steps_exceeded", {"type": "step_limit", "steps_exceeded": int(found)}, condition, action)


def _limit(known: str, content: Dict[str, Any], condition: Fields, action: Fields) -> Content:
    extra = _unknown_key(condition, known)
    if extra is not None:
        return extra
    kind = action.get("type", ABSENT)
    if not isinstance(kind, str) or kind not in ("warn", "abort"):
        return trouble("action.type", '"warn" or "abort"', kind)
    return {**content, "action": kind}


def _retry(condition: Fields, action: Fields) -> Content:
    on_errors = _on_errors(condition)
    if isinstance(on_errors, Trouble):
        return on_errors
    max_retries = action.get("max_retries", ABSENT)
    if not is_whole(max_retries, 1, RETRIES):
        return trouble("action.max_retries", "a whole number of 1 to 10", max_retries)
    backoff = _given(action, "backoff", "exponential")
    if not isinstance(backoff, str) or backoff not in _BACKOFFS:
        return trouble("action.backoff", '"exponential", "linear" or "constant"', backoff)
    delays = {"base_seconds": _given(action, "base_seconds", 1), "max_seconds": _given(action, "max_seconds", 60)}
    for name, seconds in delays.items():
        if not is_number(seconds) or not 0 <= seconds <= DELAY_SECONDS:
            return trouble(f"action.{name}", _DELAY, seconds)
    own = {"on_errors": on_errors, "max_retries": int(max_retries), "backoff": backoff}
    return {"type": "retry", "action": "retry", **own, **delays}


def _fallback(condition: Fields, action: Fields) -> Content:
    on_errors = _on_errors(condition)
    if isinstance(on_errors, Trouble):
        return on_errors
    model = action.get("fallback_model", ABSENT)
    if not is_name(model):
        return trouble("action.fallback_model", "a model's name", model)
    return {"type": "fallback", "action": "fallback", "on_errors": on_errors, "fallback_model": model}


def _on_errors(condition: Fields) -> Union[Tuple[str, ...], None, Trouble]:
    """A kind that is not known here never comes up, so it is no trouble: a newer server may know it."""
    extra = _unknown_key(condition, "on_errors")
    if extra is not None:
        return extra
    kinds = condition.get("on_errors")
    if kinds is None:
        return None
    if isinstance(kinds, list) and 0 < len(kinds) <= ERROR_KINDS and all(is_name(kind) for kind in kinds):
        return tuple(kinds)
    return trouble("condition.on_errors", "a list of error kinds", kinds)


def _unknown_key(condition: Fields, known: str) -> Optional[Trouble]:
    """A condition that is not understood is never ignored, or the policy would fire too often."""
    key = next((key for key in condition if key != known), None)
    return None if key is None else trouble(f"condition.{key}", "absent", condition[key])


def _given(action: Fields, key: str, default: Any) -> Any:
    value = action.get(key)
    return default if value is None else value


def _plain(amount: Decimal) -> str:
    text = f"{amount:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.lstrip("+-") or "0"
