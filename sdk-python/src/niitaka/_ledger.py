"""Numbers of what one sender recorded in one session, so that the server can tell what is missing (D1)."""

from __future__ import annotations

import itertools
from typing import Any, Callable, Dict

Counts = Dict[str, int]


class Ledger:
    """One per session and process; callers hold the client's lock."""

    def __init__(self, session_id: str, sender: str, started_here: bool) -> None:
        self.session_id = session_id
        self.begin(sender, started_here)

    def begin(self, sender: str, started_here: bool) -> None:
        """Numbers from 1 for `sender`: at the start, and again in a forked process."""
        #: UUID of the process that numbers.
        self.sender = sender
        #: Only the process that started a session ends it.
        self.started_here = started_here
        #: Whether this process has something to close here.
        self.is_open = False
        #: Number of the newest record; the first is 1.
        self.seq = 0
        #: Number that the newest close or end told.
        self.closed_seq = 0
        self.dropped: Counts = {}
        self.omitted: Counts = {}
        #: Losses that no close has told yet.
        self.is_stale = False
        self._has_omitted_more = False
        # A counter and not `seq + 1`: a signal handler that records between two steps cannot draw the same number.
        self._next: Callable[[], int] = itertools.count(1).__next__
        self._tail = f',"sender":"{sender}","seq":'.encode("ascii")

    def number(self, body: bytes) -> bytes:
        """The JSON object `body` with the next number in it."""
        seq = self._next()
        if seq > self.seq:
            self.seq = seq
        return b"%b%b%d}" % (body[:-1], self._tail, seq)

    def drop(self, reason: str, count: int = 1) -> None:
        """Numbered records were lost."""
        self.dropped[reason] = self.dropped.get(reason, 0) + count
        self.is_stale = True

    def omit(self, reason: str, count: int = 1) -> None:
        """Values were left out that never had a number."""
        self.omitted[reason] = self.omitted.get(reason, 0) + count
        self._has_omitted_more = True

    @property
    def needs_close(self) -> bool:
        return self.is_stale or self._has_omitted_more or self.seq > self.closed_seq

    def close(self) -> Dict[str, Any]:
        """What a close or an end tells: figures so far, also those told before."""
        self.closed_seq = self.seq
        self.is_stale = self._has_omitted_more = False
        told: Dict[str, Any] = {"sender": self.sender, "last_seq": self.seq, "dropped": dict(self.dropped)}
        if self.omitted:
            told["omitted"] = dict(self.omitted)
        return told


def close_record(ledger: Ledger) -> Dict[str, Any]:
    """The record by which a sender says that it has nothing more."""
    return {"kind": "sender.close", "session_id": ledger.session_id, **ledger.close()}
