"""Segments that dead processes of the same address and key left behind: found, taken over, and closed for them."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from ._limits import ORPHAN_SECONDS
from ._process_identity import ProcessIdentity, has_ended, own_identity
from ._segment import Segment
from ._spool_folder import owner_of, segment_id_of, segment_name

#: A session and one sender in it.
SenderKey = Tuple[str, str]


def adopt_segments(folder: Path, seconds_now: Optional[float] = None) -> List[Segment]:
    """Takes over every segment whose writer is gone, oldest first. Of two adopters one gets each."""
    identity = own_identity()
    now = time.time() if seconds_now is None else seconds_now
    adopted: List[Segment] = []
    for name in sorted(_names(folder), key=segment_id_of):
        segment = _adopt(folder, name, identity, now)
        if segment is not None:
            adopted.append(segment)
    return adopted


def is_left_behind(path: Path, identity: ProcessIdentity, now: float) -> bool:
    """Whether the writer is gone; where that cannot be known, whether it has not touched the file for long."""
    owner = owner_of(path.name)
    if owner is None:
        return False
    ended = has_ended(owner, identity)
    if ended is not None:
        return ended
    try:
        return now - os.stat(path).st_mtime >= ORPHAN_SECONDS
    except OSError:
        return False


def _names(folder: Path) -> List[str]:
    try:
        return [name for name in os.listdir(folder) if owner_of(name) is not None]
    except OSError:
        return []


def _adopt(folder: Path, name: str, identity: ProcessIdentity, now: float) -> Optional[Segment]:
    path = folder / name
    if not is_left_behind(path, identity, now):
        return None
    own = folder / segment_name(identity, segment_id_of(name))
    try:
        # INVARIANT: one rename decides between two adopters; the loser finds no file and goes on.
        os.rename(path, own)
        os.utime(own)
        return Segment.adopt(own)
    except OSError:
        return None


class DeadSenders:
    """The numbers found in adopted records, so that their senders can be closed at the highest."""

    def __init__(self) -> None:
        self._highest: Dict[SenderKey, int] = {}
        self._dropped: Dict[SenderKey, Dict[str, int]] = {}
        self._closed: Dict[SenderKey, int] = {}

    def see(self, record: Dict[str, Any]) -> None:
        """Notes the numbers of a record that another process wrote."""
        key = (record.get("session_id"), record.get("sender"))
        if not (isinstance(key[0], str) and isinstance(key[1], str)):
            return
        seq, last = record.get("seq"), record.get("last_seq")
        if isinstance(seq, int):
            self._highest[key] = max(seq, self._highest.get(key, 0))
        if isinstance(last, int):
            self._closed[key] = max(last, self._closed.get(key, 0))

    def drop(self, record: Dict[str, Any], reason: str) -> None:
        """A record of another process was lost here."""
        self.see(record)
        key = (str(record.get("session_id")), str(record.get("sender")))
        counts = self._dropped.setdefault(key, {})
        counts[reason] = counts.get(reason, 0) + 1
        self._closed.pop(key, None)

    def close_dropped(self) -> List[Dict[str, Any]]:
        """A close for every sender of whom records were lost here since the last one."""
        return self._close([key for key in self._dropped if key not in self._closed])

    def close(self) -> List[Dict[str, Any]]:
        """A close for every sender that did not tell its own end, at the highest number found."""
        return self._close([key for key, seq in self._highest.items() if self._closed.get(key, -1) < seq])

    def _close(self, keys: List[SenderKey]) -> List[Dict[str, Any]]:
        closes = []
        for session_id, sender in keys:
            highest = self._highest.get((session_id, sender), 0)
            self._closed[(session_id, sender)] = highest
            dropped = dict(self._dropped.get((session_id, sender), {}))
            closes.append(
                {
                    "kind": "sender.close",
                    "session_id": session_id,
                    "sender": sender,
                    "last_seq": highest,
                    "dropped": dropped,
                }
            )
        return closes
