"""Sees the body of an answer go by and be closed, whoever reads it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, AsyncIterator, Iterator, Protocol


class BodyListener(Protocol):
    """What hears of a body."""

    def hear_bytes(self, part: bytes) -> None: ...

    def cut(self, trouble: BaseException) -> None: ...

    def closed(self) -> None: ...


def watch_body(response: Any, listener: BodyListener, is_heard: bool) -> None:
    """Has the listener told when the body of the response is closed, and with `is_heard` of its bytes and failures."""
    inner = response.stream
    base = next(each for each in type(inner).__mro__ if each.__name__ in ("SyncByteStream", "AsyncByteStream"))
    watched = _class_of(base)(inner, listener, is_heard)
    response.stream = watched


class _Watched:
    """Stands in front of the body; what it does not know itself it answers with the body's own."""

    def __init__(self, inner: Any, listener: BodyListener, is_heard: bool) -> None:
        self._inner = inner
        self._listener = listener
        self._is_heard = is_heard

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __iter__(self) -> Iterator[bytes]:
        if not self._is_heard:
            yield from self._inner
            return
        try:
            for part in self._inner:
                self._listener.hear_bytes(part)
                yield part
        except Exception as trouble:
            self._listener.cut(trouble)
            raise

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._inner:
                if self._is_heard:
                    self._listener.hear_bytes(part)
                yield part
        except Exception as trouble:
            if self._is_heard:
                self._listener.cut(trouble)
            raise

    def close(self) -> None:
        try:
            self._inner.close()
        finally:
            self._listener.closed()

    async def aclose(self) -> None:
        try:
            await self._inner.aclose()
        finally:
            self._listener.closed()


@lru_cache(maxsize=None)
def _class_of(base: type) -> Any:
    # httpx asks for an instance of its own class before it reads.
    return type("WatchedBody", (_Watched, base), {})
