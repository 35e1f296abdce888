"""Frames of a spool segment: u32 LE length, u32 LE CRC-32 of the body, the body (one wire record as UTF-8 JSON)."""

from __future__ import annotations

import struct
import zlib
from typing import Iterator, Tuple

from ._limits import FRAME_BYTES

_HEAD = struct.Struct("<II")
_pack = _HEAD.pack

#: Bytes that stand before a body.
HEAD_BYTES = _HEAD.size


def frame(body: bytes) -> bytes:
    """The body as a frame."""
    return _pack(len(body), zlib.crc32(body)) + body


def read_frames(content: bytes) -> Iterator[Tuple[int, bytes, bool]]:
    """Each complete frame as (offset behind it, body, whether the checksum holds); a torn tail is not one."""
    offset = 0
    while offset + HEAD_BYTES <= len(content):
        length, checksum = _HEAD.unpack_from(content, offset)
        end = offset + HEAD_BYTES + length
        if length > FRAME_BYTES or end > len(content):
            return
        body = content[offset + HEAD_BYTES : end]
        yield end, body, zlib.crc32(body) == checksum
        offset = end
