"""Streams of parsed pieces: every piece is seen on its way to the host."""

from __future__ import annotations

from typing import Any, AsyncIterator, Iterator

from .harmless import harmless
from .make_call import make_call, make_call_async
from .model_call import ModelCall
from .try_again import Again, try_again


def observe(iterator: Any, call: ModelCall, response: Any) -> Iterator[Any]:
    """The same pieces; the call may keep one back, and hears how the stream ends.

    A stream that fails before its first piece was handed out is opened again where the policies say so; `response` is
    the one that the host holds.
    """
    is_untouched = True
    try:
        while True:
            call.is_stepping = True
            try:
                chunk = next(iterator)
            except StopIteration:
                break
            finally:
                call.is_stepping = False
            if not call.hides(chunk):
                is_untouched = False
                yield chunk
    except BaseException as trouble:
        call.cut(trouble)
        again = try_again(call, trouble) if is_untouched else None
        if again is None:
            raise
    else:
        call.end_stream()
        return
    finally:
        iterator.close()
    yield from _open_again(again, response)


async def observe_async(iterator: Any, call: ModelCall, response: Any) -> AsyncIterator[Any]:
    """The same for asynchronous streams; the event loop closes the iterator of one that is left, as it does without us."""
    is_untouched = True
    try:
        while True:
            call.is_stepping = True
            try:
                chunk = await iterator.__anext__()
            except StopAsyncIteration:
                break
            finally:
                call.is_stepping = False
            if not call.hides(chunk):
                is_untouched = False
                yield chunk
    except BaseException as trouble:
        call.cut(trouble)
        again = try_again(call, trouble) if is_untouched else None
        if again is None:
            raise
    else:
        call.end_stream()
        return
    async for chunk in await _open_again_async(again, response):
        yield chunk


def _open_again(again: Again, response: Any) -> Iterator[Any]:
    control = again.asked.session.control
    assert control is not None
    control.wait(again.seconds)
    return _pieces(make_call(again.asked), response)


async def _open_again_async(again: Again, response: Any) -> AsyncIterator[Any]:
    control = again.asked.session.control
    assert control is not None
    await control.wait_async(again.seconds)
    pieces: AsyncIterator[Any] = _pieces(await make_call_async(again.asked), response)
    return pieces


def _pieces(stream: Any, response: Any) -> Any:
    _become(response, stream.response)
    # Not what `iter` gives: around that the library counts, as it does around the stream which the host holds.
    return getattr(stream, "_iterator", stream)


@harmless
def _become(response: Any, fresh: Any) -> None:
    """The response that the host holds is from here on the one that is read: closing it closes that."""
    vars(response).update(vars(fresh))
