"""Streams of parsed pieces: every piece is seen on its way to the host."""

from __future__ import annotations

from typing import Any, AsyncIterator, Iterator, Protocol


class StreamListener(Protocol):
    """What hears of a stream."""

    #: Whether the next piece is being fetched.
    is_stepping: bool

    def hides(self, chunk: Any) -> bool: ...

    def end_stream(self) -> None: ...

    def cut(self, trouble: BaseException) -> None: ...


def observe(iterator: Any, listener: StreamListener) -> Iterator[Any]:
    """The same pieces; the listener may keep one back, and hears how the stream ends."""
    try:
        while True:
            listener.is_stepping = True
            try:
                chunk = next(iterator)
            except StopIteration:
                break
            finally:
                listener.is_stepping = False
            if not listener.hides(chunk):
                yield chunk
    except BaseException as trouble:
        listener.cut(trouble)
        raise
    else:
        listener.end_stream()
    finally:
        iterator.close()


async def observe_async(iterator: Any, listener: StreamListener) -> AsyncIterator[Any]:
    """The same for asynchronous streams; the event loop closes the iterator of one that is left, as it does without us."""
    try:
        while True:
            listener.is_stepping = True
            try:
                chunk = await iterator.__anext__()
            except StopAsyncIteration:
                break
            finally:
                listener.is_stepping = False
            if not listener.hides(chunk):
                yield chunk
    except BaseException as trouble:
        listener.cut(trouble)
        raise
    else:
        listener.end_stream()
