"""Records in memory: where there is no spool, or the disk failed."""

from __future__ import annotations

from collections import deque
from typing import Deque, List, Optional, Tuple

from ._chunk import Chunk, Taken, may_be_dropped
from ._limits import MEMORY_BYTES, MEMORY_RECORDS, MEMORY_RECORDS_HARD


class MemoryChunk(Chunk):
    """Lost with the process; bounded in records and bytes."""

    def __init__(self) -> None:
        #: Older records that are never dropped; they go first.
        self._kept: Deque[bytes] = deque()
        self._entries: Deque[bytes] = deque()
        self._taken: List[bytes] = []

    def __len__(self) -> int:
        return len(self._kept) + len(self._entries) + len(self._taken)

    def append(self, body: bytes) -> None:
        if len(self) >= MEMORY_RECORDS_HARD:
            raise OSError("the queue in memory is full")
        self._entries.append(body)
        self.size += len(body)

    @property
    def is_over(self) -> bool:
        return len(self) > MEMORY_RECORDS or self.size > MEMORY_BYTES

    def take(self, records: int, size: int) -> List[Taken]:
        while len(self._taken) < records and (self._kept or self._entries):
            source = self._kept or self._entries
            if self._taken and size < len(source[0]):
                break
            size -= len(source[0])
            self._taken.append(source.popleft())
        return [Taken(self, 0, 0, body) for body in self._taken]

    def advance(self, taken: List[Taken]) -> None:
        self.size -= sum(map(len, self._taken))
        self._taken = []

    def load(self, taken: Taken) -> Optional[bytes]:
        return taken.body

    def is_drained(self) -> bool:
        return len(self) == 0

    def shed(self) -> Tuple[List[bytes], bool]:
        while self._entries:
            body = self._entries.popleft()
            if may_be_dropped(body):
                self.size -= len(body)
                return [body], True
            self._kept.append(body)
        return [], False
