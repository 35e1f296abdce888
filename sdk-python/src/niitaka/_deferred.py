"""Records that the server could not take yet; they wait behind everything else."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Dict, List, Optional, Tuple

from ._backoff import deferred_seconds
from ._chunk import Chunk, Taken
from ._limits import DEFERRED_RECORDS, DEFERRED_SECONDS

#: Where a record stands; memory has one place for all, told apart by the body.
Place = Tuple[int, int, bytes]


@dataclass
class _Wait:
    taken: Taken
    first_at: float
    attempt: int
    due_at: float


class Deferred:
    """Callers hold the client's lock."""

    def __init__(self) -> None:
        self._waiting: Dict[Place, _Wait] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def defer(self, taken: Taken, is_endless: bool) -> bool:
        """Another try later; False when its time is over or too many wait."""
        now = time.monotonic()
        place = _place(taken)
        wait = self._waiting.get(place)
        if wait is None:
            if len(self._waiting) >= DEFERRED_RECORDS:
                return False
            # A body on disk is read again when it is due, so that waiting costs little memory.
            kept = taken if taken.end == 0 else taken._replace(body=b"")
            wait = self._waiting[place] = _Wait(kept, now, 0, now)
            taken.chunk.held += 1
        elif not is_endless and now - wait.first_at >= DEFERRED_SECONDS:
            return False
        wait.attempt += 1
        wait.due_at = now + deferred_seconds(wait.attempt)
        return True

    def settle(self, taken: Taken) -> None:
        """The record waits no longer."""
        if self._waiting.pop(_place(taken), None) is not None:
            taken.chunk.held -= 1

    def take_due(self, records: int, is_hurried: bool) -> List[Taken]:
        """The records whose time has come, with their bodies; all of them when hurried."""
        now = time.monotonic()
        due: List[Taken] = []
        for wait in list(self._waiting.values()):
            if len(due) < records and (is_hurried or wait.due_at <= now):
                body = wait.taken.chunk.load(wait.taken)
                if body is None:
                    self.settle(wait.taken)
                else:
                    wait.due_at = now + deferred_seconds(wait.attempt)
                    due.append(wait.taken._replace(body=body))
        return due

    def next_due_at(self) -> Optional[float]:
        return min((wait.due_at for wait in self._waiting.values()), default=None)

    def forget(self, chunk: Chunk) -> None:
        for wait in list(self._waiting.values()):
            if wait.taken.chunk is chunk:
                self.settle(wait.taken)


def _place(taken: Taken) -> Place:
    return (id(taken.chunk), taken.start, b"") if taken.end else (id(taken.chunk), 0, taken.body)
