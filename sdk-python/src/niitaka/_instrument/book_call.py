"""Books a call of a model on its tree's budget before it is made, by what it may cost at most (P10)."""

from __future__ import annotations

from typing import Mapping, Optional

from .._control import Control
from .._cost.estimate_tokens import estimate_tokens
from .._cost.token_usage import TokenUsage, read_token_count
from .._guard import Booking, Guard
from .._leases import Wanted
from .._limits import ESTIMATED_OUTPUT_TOKENS
from .._warn import warn_once
from .harmless import harmless
from .library import Dialect
from .model_call import Asked, body_of

#: Members by which a request names the most tokens of its answer.
_MOST_TOKENS = ("max_completion_tokens", "max_output_tokens", "max_tokens")


def book_call(asked: Asked, guard: Guard) -> Optional[Booking]:
    """Waits on the caller's own thread; AgentExecutionStopped where the budget does not do for the call."""
    control, wanted = asked.session.control, _wanted(asked, guard)
    if wanted is None or control is None:
        return None
    try:
        booking = guard.book(wanted, control.may_wait)
    except BaseException as trouble:
        return _unbooked(control, trouble)
    return booking if booking is not None else control.refuse(wanted)


async def book_call_async(asked: Asked, guard: Guard) -> Optional[Booking]:
    """The same for coroutines: other tasks go on meanwhile."""
    control, wanted = asked.session.control, _wanted(asked, guard)
    if wanted is None or control is None:
        return None
    try:
        booking = await guard.book_async(wanted)
    except BaseException as trouble:
        return _unbooked(control, trouble)
    return booking if booking is not None else control.refuse(wanted)


def estimate_usage(dialect: Dialect, body: Mapping[str, Any]) -> TokenUsage:
    """What goes in by its characters, and the most that may come out."""
    content = {name: body[name] for name in dialect.content if body.get(name) is not None}
    counts = [read_token_count(body.get(name)) for name in _MOST_TOKENS]
    most = next((each for each in counts if each), ESTIMATED_OUTPUT_TOKENS)
    return TokenUsage(input_tokens=estimate_tokens(content), output_tokens=most)


@harmless
def _wanted(asked: Asked, guard: Guard) -> Optional[Wanted]:
    body, control = body_of(asked.options), asked.session.control
    swapped = control.model_for(asked.library.takes_model) if control is not None and asked.dialect.swaps_model else None
    provider = asked.library.provider_of(asked.host)
    return guard.wanted(provider, swapped or body.get("model"), estimate_usage(asked.dialect, body))


def _unbooked(control: Control, trouble: BaseException) -> None:
    if isinstance(trouble, Exception):  # a fault of ours: the call is made all the same
        warn_once("lease", f"a model call is not booked: {type(trouble).__name__}: {trouble}")
        return
    control.end_step(is_finished=False)
    raise trouble
