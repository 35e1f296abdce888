"""Makes a call of a model as the host asked for it, and again as the policies have it."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Optional

from .._errors import AgentExecutionStopped
from .._guard import Booking
from .book_call import book_call, book_call_async
from .harmless import harmless
from .model_call import Asked, ModelCall
from .try_again import try_again

#: The call whose request is under way in this context.
under_way: ContextVar[Optional[ModelCall]] = ContextVar("niitaka_model_call", default=None)


def make_call(asked: Asked) -> Any:
    """What the last attempt came to: its result, or its exception as it is. Each attempt is one event (E1)."""
    while True:
        control = asked.session.control
        assert control is not None
        control.pass_gate()
        guard = control.guard
        booking = None if guard is None or guard.tree_limit is None else book_call(asked, guard)
        call = _begin(asked, booking)
        if call is None:
            return asked.send(asked.options)
        token = under_way.set(call)
        try:
            result = asked.send(call.options)
        except BaseException as trouble:
            call.fail(trouble)
            again = try_again(call, trouble)
            if again is None:
                raise
        else:
            call.answered(result)
            return result
        finally:
            under_way.reset(token)
        # Behind the handler, so that the next exception has no context that it would not have without us.
        control.wait(again.seconds)
        asked = again.asked


async def make_call_async(asked: Asked) -> Any:
    """The same for asynchronous clients."""
    while True:
        control = asked.session.control
        assert control is not None
        await control.pass_gate_async()
        guard = control.guard
        booking = None if guard is None or guard.tree_limit is None else await book_call_async(asked, guard)
        call = _begin(asked, booking)
        if call is None:
            return await asked.send(asked.options)
        token = under_way.set(call)
        try:
            result = await asked.send(call.options)
        except BaseException as trouble:
            call.fail(trouble)
            again = try_again(call, trouble)
            if again is None:
                raise
        else:
            call.answered(result)
            return result
        finally:
            under_way.reset(token)
        await control.wait_async(again.seconds)
        asked = again.asked


def _begin(asked: Asked, booking: Optional[Booking]) -> Optional[ModelCall]:
    try:
        asked.session.fix_config()
        call = ModelCall(asked, booking)
        call.begin()
        return call
    except AgentExecutionStopped:
        raise
    except Exception as trouble:
        _give_up(asked, booking, trouble)
        return None


@harmless
def _give_up(asked: Asked, booking: Optional[Booking], trouble: Exception) -> None:
    if asked.session.control is not None:
        asked.session.control.end_step(is_finished=False)
        if booking is not None and asked.session.control.guard is not None:
            asked.session.control.guard.settle({}, booking)
    raise trouble
