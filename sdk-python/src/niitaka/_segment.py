"""A spool segment: a file of frames. Written before the call returns, so it outlives the process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import List, Optional, Tuple

from ._chunk import KEPT_KINDS, Chunk, Taken
from ._framing import HEAD_BYTES, frame, read_frames
from ._json import parse_object
from ._limits import FRAME_BYTES

_BINARY = getattr(os, "O_BINARY", 0)
_CREATE = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND | _BINARY


class Segment(Chunk):
    """Must be closed, removed or abandoned."""

    def __init__(self, path: Path, fd: int, size: int) -> None:
        self.path = path
        self.size = size
        #: Written to since the last fsync.
        self.dirty = False
        #: Frames whose checksum failed, seen while reading.
        self.damaged = 0
        self._read_at = 0
        self._fd: Optional[int] = fd

    @classmethod
    def create(cls, path: Path) -> Segment:
        """A new, empty segment for its owner alone; OSError when it cannot be."""
        return cls(path, os.open(path, _CREATE, 0o600), 0)

    @classmethod
    def adopt(cls, path: Path) -> Segment:
        """A segment that another process left behind, from its first record on."""
        fd = os.open(path, os.O_RDONLY | _BINARY)
        segment = cls(path, fd, os.fstat(fd).st_size)
        segment.sealed = True
        return segment

    def append(self, body: bytes) -> None:
        fd = self._fd
        if fd is None or self.sealed:
            raise OSError(f"{self.path} is not open for writing")
        framed = frame(body)
        try:
            written = os.write(fd, framed)
            if written != len(framed):
                raise OSError(f"no space for {len(framed)} bytes in {self.path}")
        except OSError:
            self._cut_torn_tail(fd)
            raise
        self.size += written
        self.dirty = True

    def _cut_torn_tail(self, fd: int) -> None:
        try:
            os.ftruncate(fd, self.size)
        except OSError:
            pass  # a reader stops at a torn tail anyway; nothing is appended behind it

    def take(self, records: int, size: int) -> List[Taken]:
        content = self._read(self._read_at, min(self.size - self._read_at, size + HEAD_BYTES))
        taken = self._taken_from(content, records)
        if not taken and self._read_at < self.size:
            # The first record alone is over the limit, or what follows is a torn tail.
            taken = self._taken_from(self._read(self._read_at, FRAME_BYTES + HEAD_BYTES), 1)
            if not taken:
                self.size = self._read_at
        return taken

    def _taken_from(self, content: bytes, records: int) -> List[Taken]:
        taken: List[Taken] = []
        start = 0
        for end, body, holds in read_frames(content[: self.size - self._read_at]):
            if len(taken) == records:
                break
            if not holds:
                self.damaged += 1
            # INVARIANT: a damaged frame is taken too, with an empty body, so that `advance` goes beyond it.
            taken.append(Taken(self, self._read_at + start, self._read_at + end, body if holds else b""))
            start = end
        return taken

    def advance(self, taken: List[Taken]) -> None:
        self._read_at = taken[-1].end

    def load(self, taken: Taken) -> Optional[bytes]:
        frames = list(read_frames(self._read(taken.start, taken.end - taken.start)))
        return frames[0][1] if frames and frames[0][2] else None

    def is_drained(self) -> bool:
        return self._read_at >= self.size

    def _read(self, start: int, length: int) -> bytes:
        if self._fd is None:
            return b""
        if hasattr(os, "pread"):
            return os.pread(self._fd, length, start)
        with open(self.path, "rb") as file:
            file.seek(start)
            return file.read(length)

    def shed(self) -> Tuple[List[bytes], bool]:
        """Replaces the file, in one step, by one that holds only the records that are never dropped."""
        kept: List[bytes] = []
        dropped: List[bytes] = []
        for _, body, holds in read_frames(self._read(self._read_at, self.size - self._read_at)):
            if holds:
                (kept if _kind_of(body) in KEPT_KINDS else dropped).append(body)
        if not dropped:
            return [], False
        self._replace(b"".join(map(frame, kept)))
        return dropped, True

    def _replace(self, content: bytes) -> None:
        other = self.path.with_suffix(".tmp")
        fd = os.open(other, os.O_CREAT | os.O_TRUNC | os.O_RDWR | _BINARY, 0o600)
        try:
            if os.write(fd, content) != len(content):
                raise OSError(f"no space for {len(content)} bytes in {other}")
            os.replace(other, self.path)
        except OSError:
            os.close(fd)
            raise
        self.close()
        self._fd = fd
        self.size = len(content)
        self._read_at = 0

    def file_for_sync(self) -> Optional[int]:
        """A descriptor of the file for one fsync, to be closed by the caller; None when all is on disk."""
        if not self.dirty or self._fd is None:
            return None
        self.dirty = False
        return os.dup(self._fd)

    def touch(self) -> bool:
        """Shows that the writer lives; False when another process took the file."""
        try:
            os.utime(self.path)
            return True
        except FileNotFoundError:
            return False
        except OSError:
            return True

    def seal(self) -> None:
        self.sealed = True

    def close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
        self._fd = None
        self.sealed = True

    def remove(self) -> None:
        self.close()
        try:
            self.path.unlink()
        except OSError:
            pass  # taken by another process, or a disk that is read-only now: then it is sent again, harmlessly

    def abandon(self) -> None:
        self.close()


def _kind_of(body: bytes) -> object:
    return (parse_object(body) or {}).get("kind")
