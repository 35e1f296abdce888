"""What a backlog is made of: runs of records in order, on disk or in memory."""

from __future__ import annotations

from typing import List, NamedTuple, Optional, Tuple

#: Kinds that are never dropped: without them the server cannot tell what it misses.
_KEPT_PREFIXES = (b'{"kind":"session.start"', b'{"kind":"sender.close"', b'{"kind":"session.end"')
KEPT_KINDS = ("session.start", "sender.close", "session.end")


class Taken(NamedTuple):
    """One record on its way to the server, and where it stands."""

    chunk: Chunk
    start: int
    end: int
    body: bytes


class Chunk:
    """A run of records. Callers hold the client's lock, but for `take` and `load`, which the sender alone calls."""

    #: Records deferred to another try; they keep the chunk from being removed.
    held = 0
    #: Whether a batch taken from it is under way.
    in_flight = False
    #: Whether nothing is appended any more.
    sealed = False
    #: Bytes of its records.
    size = 0

    def append(self, body: bytes) -> None:
        """Adds one record; OSError when it cannot, and then nothing of it is left behind."""
        raise NotImplementedError

    def take(self, records: int, size: int) -> List[Taken]:
        """The next records within both limits, at least one where there is one; they stay until `advance`."""
        raise NotImplementedError

    def advance(self, taken: List[Taken]) -> None:
        """What was taken is settled."""
        raise NotImplementedError

    def load(self, taken: Taken) -> Optional[bytes]:
        """The body of a record that was taken before; None when it is gone."""
        raise NotImplementedError

    def is_drained(self) -> bool:
        """Whether every record was settled or deferred."""
        raise NotImplementedError

    def shed(self) -> Tuple[List[bytes], bool]:
        """Drops what may be dropped from the oldest part: the bodies dropped, and whether anything was gained."""
        raise NotImplementedError

    def remove(self) -> None:
        """Gives up the records and what holds them."""

    def abandon(self) -> None:
        """Leaves the records to whoever finds them."""


def may_be_dropped(body: bytes) -> bool:
    """Whether a record of this client (its `kind` stands first) may be dropped when space is short."""
    return not body.startswith(_KEPT_PREFIXES)
