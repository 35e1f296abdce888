"""All records of one address and key that the server has not acknowledged, in order, within bounds."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Callable, List, Optional

from ._chunk import Chunk, Taken
from ._clock import now_ms
from ._limits import DISK_RETRY_SECONDS, SEGMENT_BYTES, SPOOL_BYTES
from ._memory_chunk import MemoryChunk
from ._process_identity import own_identity
from ._segment import Segment
from ._spool_folder import make_folder, segment_name
from ._uuid7 import uuid7
from ._warn import warn_once

#: Told of records that were lost: their bodies and the reason.
OnDrop = Callable[[List[bytes], str], None]


class Backlog:
    """Callers hold the client's lock."""

    def __init__(self, folder: Optional[Path], on_drop: OnDrop, spool_bytes: int = SPOOL_BYTES) -> None:
        self._folder = folder
        self._on_drop = on_drop
        self._spool_bytes = spool_bytes
        self._identity = own_identity()
        self._disk_retry_at = 0.0
        self._tail: Optional[Chunk] = None
        self.chunks: List[Chunk] = []
        #: Records appended since the last that was taken, and their bytes: what makes a batch due.
        self.waiting_records = 0
        self.waiting_bytes = 0
        self.waiting_since = 0.0

    def append(self, body: bytes) -> bool:
        """Keeps one record; False when there is no room left for it anywhere."""
        if self.waiting_records == 0:
            self.waiting_since = time.monotonic()
        if not (self._append_to_tail(body) or self._append_to_tail(body)):
            return False
        self.waiting_records += 1
        self.waiting_bytes += len(body)
        return True

    def _append_to_tail(self, body: bytes) -> bool:
        tail = self._tail
        if tail is None or tail.sealed or self._is_full(tail):
            tail = self._begin()
        try:
            tail.append(body)
        except OSError as trouble:
            return self._failed(tail, trouble)
        if isinstance(tail, MemoryChunk):
            self._shed_memory(tail)
        return True

    def _is_full(self, tail: Chunk) -> bool:
        if isinstance(tail, MemoryChunk):
            return self._is_disk_due()
        return tail.size >= SEGMENT_BYTES

    def _is_disk_due(self) -> bool:
        return self._folder is not None and time.monotonic() >= self._disk_retry_at

    def _failed(self, tail: Chunk, trouble: OSError) -> bool:
        if isinstance(tail, Segment):
            tail.seal()
            self._blame_disk(trouble)
        return False

    def _begin(self) -> Chunk:
        if self._tail is not None:
            self._tail.sealed = True
        self._tail = self._begin_segment() or MemoryChunk()
        self.chunks.append(self._tail)
        return self._tail

    def _begin_segment(self) -> Optional[Segment]:
        if self._folder is None or not self._is_disk_due():
            return None
        if not self._make_room():
            self._disk_retry_at = time.monotonic() + DISK_RETRY_SECONDS
            return None
        try:
            make_folder(self._folder)
            return Segment.create(self._folder / segment_name(self._identity, uuid7(now_ms())))
        except OSError as trouble:
            self._blame_disk(trouble)
            return None

    def _blame_disk(self, trouble: OSError) -> None:
        self._disk_retry_at = time.monotonic() + DISK_RETRY_SECONDS
        warn_once(
            "spool",
            f"cannot write the spool in {self._folder}: {trouble}; records are kept in memory until it can be"
            " written again, and are lost if the process is killed",
        )

    def _make_room(self) -> bool:
        """Drops from the oldest segments until the next one fits; False when nothing more may be dropped."""
        for chunk in list(self.chunks):
            if self.size + SEGMENT_BYTES <= self._spool_bytes:
                return True
            if isinstance(chunk, Segment) and not chunk.in_flight and chunk.held == 0:
                self._shed(chunk, "spool_full")
        return self.size + SEGMENT_BYTES <= self._spool_bytes

    def _shed(self, chunk: Chunk, reason: str) -> bool:
        try:
            dropped, gained = chunk.shed()
        except OSError:
            return False
        if dropped:
            self._on_drop(dropped, reason)
        return gained

    def _shed_memory(self, chunk: MemoryChunk) -> None:
        while chunk.is_over and self._shed(chunk, "queue_full"):
            pass

    @property
    def size(self) -> int:
        return sum(chunk.size for chunk in self.chunks)

    @property
    def is_empty(self) -> bool:
        return all(chunk.held == 0 and chunk.is_drained() for chunk in self.chunks)

    @property
    def is_on_disk(self) -> bool:
        """Whether no record is in memory alone."""
        return not any(isinstance(each, MemoryChunk) for each in self.chunks)

    def next_chunk(self) -> Optional[Chunk]:
        """The first chunk that holds something not taken yet; marked as in flight until it is settled."""
        for chunk in self.chunks:
            if not chunk.is_drained():
                chunk.in_flight = True
                return chunk
        return None

    def settle(self, chunk: Chunk, taken: List[Taken]) -> None:
        """What was taken from `chunk` is settled: acknowledged, refused, or deferred."""
        chunk.in_flight = False
        if taken:
            chunk.advance(taken)

    def count_taken(self, taken: List[Taken]) -> None:
        """Starts the wait for company anew."""
        self.waiting_records = max(0, self.waiting_records - len(taken))
        self.waiting_bytes = max(0, self.waiting_bytes - sum(len(each.body) for each in taken))
        self.waiting_since = time.monotonic()

    def remove_spent(self, with_tail: bool) -> None:
        """Deletes what was acknowledged; the newest chunk only when asked to."""
        for chunk in list(self.chunks):
            if chunk is self._tail and not (with_tail or chunk.sealed):
                continue
            if chunk.held == 0 and not chunk.in_flight and chunk.is_drained():
                self._forget(chunk)
                chunk.remove()

    def _forget(self, chunk: Chunk) -> None:
        self.chunks.remove(chunk)
        if chunk is self._tail:
            self._tail = None
            self.waiting_records = self.waiting_bytes = 0

    def touch(self) -> None:
        """Shows that this process lives; a segment that was taken all the same is not written to any more."""
        for chunk in self.chunks:
            if isinstance(chunk, Segment) and not chunk.touch():
                chunk.seal()

    def files_for_sync(self) -> List[int]:
        found = [chunk.file_for_sync() for chunk in self.chunks if isinstance(chunk, Segment)]
        return [fd for fd in found if fd is not None]

    def abandon(self) -> None:
        """Closes every file and leaves it where it is."""
        for chunk in self.chunks:
            chunk.abandon()
        self.chunks = []
        self._tail = None


def sync_files(files: List[int]) -> None:
    """Puts the files on the disk and closes them."""
    for fd in files:
        try:
            os.fsync(fd)
        except OSError:
            pass  # told by the next write
        finally:
            os.close(fd)
