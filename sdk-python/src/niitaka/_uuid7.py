"""Ids: UUID version 7, so that ids of later things sort later."""

from __future__ import annotations

import os
import uuid


def uuid7(now_ms: int) -> str:
    """A new UUIDv7 for the moment `now_ms`, as lower-case text."""
    # os.urandom and not `random`: a host that seeds `random` would mint the same ids twice.
    chance = int.from_bytes(os.urandom(10), "big")
    high = (now_ms & 0xFFFF_FFFF_FFFF) << 16 | 0x7000 | (chance >> 68) & 0x0FFF
    low = 0x8000_0000_0000_0000 | chance & 0x3FFF_FFFF_FFFF_FFFF
    text = f"{high:016x}{low:016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def session_uuid(value: object, name: str) -> str:
    """`value` as lower-case UUID text; an argument error names `name`."""
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        raise ValueError(f"{name} must be a UUID: got {str(value)!r}") from None
