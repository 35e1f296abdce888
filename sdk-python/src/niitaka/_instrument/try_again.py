"""What becomes of a call that failed: the policies may have it made again, later or with another model (P3, P4)."""

from __future__ import annotations

import random
import time
from email.utils import parsedate_to_datetime
from typing import Any, Mapping, NamedTuple, Optional

from .._errors import AgentExecutionStopped
from .._failure import error_kind
from .._guard import FailedCall
from .._limits import CALL_ATTEMPTS
from .._policy.back_off import back_off_seconds
from .._policy.policy import Policy
from .._warn import warn_once
from .model_call import Asked, ModelCall
from .reader import field

# An instance of its own: drawing from `random` itself would change what a seeded host draws.
_draw = random.SystemRandom().random


class Again(NamedTuple):
    """The same call, once more."""

    asked: Asked
    #: To wait before it.
    seconds: float


def try_again(call: ModelCall, trouble: BaseException) -> Optional[Again]:
    """Asks the policies about a call that has been recorded; None where the failure is the host's to deal with.

    AgentExecutionStopped where a limit stops the session.
    """
    control = call.asked.session.control
    if not call.is_repeatable or not isinstance(trouble, Exception) or control is None:
        return None
    if control.guard is None or not control.guard.minds_failures:
        return None
    try:
        return _ask(call, trouble)
    except AgentExecutionStopped:
        raise
    except Exception as own:  # a fault of ours never reaches the host
        warn_once("retry", f"a failed call is not made again: {type(own).__name__}: {own}")
        return None


def _ask(call: ModelCall, trouble: Exception) -> Optional[Again]:
    asked, kind = call.asked, error_kind(trouble)
    control = asked.session.control
    if control is None or asked.attempt >= CALL_ATTEMPTS:
        return None
    tried = (*asked.tried, call.name)

    def may_use(model: str) -> bool:
        return asked.dialect.swaps_model and asked.library.takes_model(model) and model not in tried

    model = call.name if isinstance(call.name, str) else None
    decision = control.judge(FailedCall(call.event_id, kind, asked.attempt, model), may_use)
    if decision is None or decision.policy is None:
        return None
    again = asked._replace(attempt=asked.attempt + 1, tried=tried)
    seconds = _delay_seconds(decision.policy, asked.attempt, trouble) if decision.action == "retry" else 0.0
    return Again(again, seconds)


def _delay_seconds(policy: Policy, attempt: int, trouble: Exception) -> float:
    """With full jitter; longer where the provider asks for it, but never longer than the policy's longest."""
    drawn = back_off_seconds(policy, attempt, _draw())
    asked_for = _retry_after_seconds(field(field(trouble, "response"), "headers"))
    return max(drawn, min(asked_for, policy.max_seconds))


def _retry_after_seconds(headers: Any) -> float:
    if not isinstance(headers, Mapping):
        return 0.0
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers.get(name) or "") / unit)
        except ValueError:
            continue  # absent, or a date
    try:
        return max(0.0, parsedate_to_datetime(str(headers.get("retry-after"))).timestamp() - time.time())
    except (TypeError, ValueError, IndexError):
        return 0.0
