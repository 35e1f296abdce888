"""The body of an answer that the host reads by itself."""

from __future__ import annotations

import json
import zlib
from typing import Any, List, Optional

from .._limits import RAW_BODY_BYTES
from .reader import Reader


class RawBody:
    """Keeps what went by, and reads it once the body is over."""

    def __init__(self, content_type: str, encoding: str) -> None:
        self._is_stream = "text/event-stream" in content_type
        self._encoding = encoding
        self._parts: List[bytes] = []
        self._size = 0

    @property
    def is_empty(self) -> bool:
        return self._size == 0

    def add(self, part: bytes) -> None:
        """Takes the next bytes; a body over the limit is not read."""
        self._size += len(part)
        if self._size <= RAW_BODY_BYTES:
            self._parts.append(part)
        else:
            self._parts.clear()

    def read_into(self, reader: Reader) -> None:
        """Hands over the answer, or its pieces as far as they came."""
        text = _decode(b"".join(self._parts), self._encoding)
        if not self._is_stream:
            answer = _parse(text)
            if answer is not None:
                reader.take_answer(answer)
            return
        for block in text.replace("\r\n", "\n").split("\n\n"):
            lines = [line[5:].lstrip(" ") for line in block.split("\n") if line.startswith("data:")]
            chunk = _parse("\n".join(lines))
            if chunk is not None:
                reader.take_chunk(chunk)


def _decode(body: bytes, encoding: str) -> str:
    if encoding in ("gzip", "deflate"):
        # 32: whichever of the two headers it has. A cut body gives what it holds.
        body = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(body)
    return body.decode("utf-8", "replace")


def _parse(text: str) -> Optional[Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
