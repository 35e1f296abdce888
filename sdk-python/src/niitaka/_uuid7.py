"""Ids: UUID version 7, so that ids of later things sort later."""

from __future__ import annotations

import os
from typing import Iterator


#: Ids whose random part is drawn at once.
_BATCH = 64


def _draw() -> Iterator[str]:
    # os.urandom and not `random`: a host that seeds `random` would mint the same ids twice.
    text = os.urandom(9 * _BATCH).hex()
    parts = (text[at : at + 18] for at in range(0, len(text), 18))
    return iter([f"{each[:3]}-8{each[3:6]}-{each[6:]}" for each in parts])


_drawn = _draw()
# INVARIANT: one tuple, swapped whole, so that no thread pairs a time with the text of another.
_cached = (-1, "")


def uuid7(now_ms: int) -> str:
    """A new UUIDv7 for the moment `now_ms`, as lower-case text; 72 of its bits are random."""
    global _drawn, _cached
    cached = _cached
    if cached[0] != now_ms:
        text = f"{now_ms & 0xFFFF_FFFF_FFFF:012x}"
        cached = _cached = (now_ms, f"{text[:8]}-{text[8:]}-7")
    chance = next(_drawn, None)
    if chance is None:
        _drawn = _draw()
        return uuid7(now_ms)
    return cached[1] + chance


def draw_anew() -> None:
    """After a fork: the child must not mint the ids that its parent will."""
    global _drawn
    _drawn = _draw()
