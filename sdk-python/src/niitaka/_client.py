"""The one place of a process where records are numbered, kept and handed to the sender."""

from __future__ import annotations

import threading
import uuid
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Deque, Dict, List, Optional, Protocol, Set
from weakref import WeakSet

from ._adoption import DeadSenders, adopt_segments
from ._backlog import Backlog, sync_files
from ._chunk import KEPT_KINDS, Chunk
from ._clock import now_ms, rfc3339
from ._control import Controls
from ._json import Record, encode_record, parse_object
from ._leases import Leases
from ._ledger import Counts, Ledger, close_record
from ._limits import FLUSH_BYTES, FLUSH_RECORDS, OPEN_CALL_SECONDS
from ._options import Options
from ._snapshot import Snapshots
from ._version import VERSION
from ._warn import warn_once

if TYPE_CHECKING:
    from ._session import Session


class OpenCall(Protocol):
    """A call that has not returned yet."""

    #: Whether its opening record was sent.
    is_announced: bool

    def age_seconds(self) -> float: ...

    def opening(self) -> Record: ...

    def leave_session(self) -> None: ...

    @property
    def ledger(self) -> Ledger: ...


class Client:
    """Callers on any thread; nothing here waits for the network."""

    def __init__(self, options: Options, folder: Optional[Path], ring: Callable[[], None]) -> None:
        self.options = options
        self._folder = folder
        self._ring = ring
        self._begin()

    def _begin(self) -> None:
        # Re-entrant: a signal handler or finaliser may record while its own thread is recording.
        self.lock = threading.RLock()
        #: This process as a sender.
        self.sender_id = str(uuid.uuid4())
        self.backlog = Backlog(self._folder, self._on_drop)
        self.adopted: List[Chunk] = []
        self.dead_senders = DeadSenders()
        self.is_adoption_done = self._folder is None
        #: Sessions in which this process has something to close.
        self.ledgers: Dict[str, Ledger] = {}
        #: Ledgers with losses, kept to the end: a later close must tell the sum.
        self.lossy: Dict[str, Ledger] = {}
        self.sessions: WeakSet[Session] = WeakSet()
        #: What operators ask of sessions here.
        self.controls = Controls(self.record)
        #: Policies by agent; None where nothing leaves the process.
        self.snapshots: Optional[Snapshots] = None
        #: Parts of trees' budgets; None where nothing leaves the process.
        self.leases: Optional[Leases] = None
        self.open_calls: Set[OpenCall] = set()
        #: Ends of calls that the garbage collector found, to be told where no lock is held.
        self.left: Deque[Callable[[], None]] = deque()
        #: Sessions whose start was refused for good: their records are not sent.
        self.refused_sessions: Set[str] = set()
        #: Records lost of sessions that the server never got, by reason.
        self.lost: Counts = {}

    def renew_after_fork(self, ring: Callable[[], None]) -> None:
        """Makes the copy in a forked child a sender of its own; what the parent queued stays the parent's."""
        sessions = list(self.sessions)
        self.backlog.abandon()
        for chunk in self.adopted:
            chunk.abandon()
        self._ring = ring
        self._begin()
        for session in sessions:
            session.ledger.begin(self.sender_id, started_here=False)
            session.control = self.controls.of(session.session_id)
            self.sessions.add(session)

    @property
    def has_spool(self) -> bool:
        return self._folder is not None

    @property
    def is_on_disk(self) -> bool:
        """Whether the spool holds all that was not sent, so that the process may end without losing it."""
        with self.lock:
            return self.has_spool and self.backlog.is_on_disk

    # Recording: on the caller's thread.

    def record_numbered(self, ledger: Ledger, record: Record) -> None:
        """Queues a record that the ledger counts. Never raises."""
        try:
            self._append_numbered(ledger, encode_record(record))
        except Exception as trouble:  # a defect of this client must not reach the host
            self._tell_defect(trouble)

    def _append_numbered(self, ledger: Ledger, body: bytes) -> None:
        with self.lock:
            if not ledger.is_open:
                self._open(ledger)
            numbered = ledger.number(body)
            if not self.backlog.append(numbered):
                self._drop_numbered(ledger, "queue_full")
            self._ring_if_due(len(numbered))

    def record(self, record: Record) -> None:
        """Queues a record outside the ledger. Never raises."""
        try:
            body = encode_record(record)
            with self.lock:
                if not self.backlog.append(body):
                    self._lose("queue_full")
                self._ring_if_due(len(body))
        except Exception as trouble:  # a defect of this client must not reach the host
            self._tell_defect(trouble)

    def _tell_defect(self, trouble: Exception) -> None:
        warn_once("internal", f"cannot record: {type(trouble).__name__}: {trouble}")
        with self.lock:
            self.lost["internal"] = self.lost.get("internal", 0) + 1

    def record_call(self, call: OpenCall, closing: Record) -> None:
        """Queues the closing record of a call: an update when its opening was sent, else all of it at once."""
        with self.lock:
            self.open_calls.discard(call)
            if call.is_announced:
                closing["kind"] = "event.update"
        self.record_numbered(call.ledger, closing)

    def forget_call(self, call: OpenCall) -> bool:
        """The call ends without an event of its own; False when its opening was sent and must be closed."""
        with self.lock:
            self.open_calls.discard(call)
            return not call.is_announced

    def add_call(self, call: OpenCall) -> None:
        with self.lock:
            self.open_calls.add(call)

    def tell_left(self) -> None:
        """Tells the ends of calls that the garbage collector found."""
        while self.left:
            try:
                self.left.popleft()()
            except IndexError:
                return  # another thread was quicker
            except Exception as trouble:  # a defect of this client must not reach the host
                self._tell_defect(trouble)

    def _ring_if_due(self, added: int) -> None:
        backlog = self.backlog
        records = backlog.waiting_records
        # Only where a bound is crossed: while the server is away, every further ring would be for nothing.
        if records == 1 or records == FLUSH_RECORDS or 0 <= backlog.waiting_bytes - FLUSH_BYTES < added:
            self._ring()

    def ledger_of(self, session_id: str, started_here: bool) -> Ledger:
        """The ledger of this process for the session: one, however many objects stand for it."""
        with self.lock:
            ledger = self.ledgers.get(session_id)
            if ledger is None:
                ledger = Ledger(session_id, self.sender_id, started_here)
                self._open(ledger)
            return ledger

    def _open(self, ledger: Ledger) -> None:
        ledger.is_open = True
        self.ledgers[ledger.session_id] = ledger

    def end_session(self, session: Session) -> None:
        """Ends the session where it was started here, else closes this process as one of its senders."""
        self.tell_left()
        for call in [each for each in list(self.open_calls) if each.ledger is session.ledger]:
            call.leave_session()
        # INVARIANT: not under the lock. A step at the gate holds the control while it records, and would wait for us.
        self.controls.forget(session.session_id)
        with self.lock:
            ledger = session.ledger
            ended = ledger.started_here
            if ended:
                ledger.started_here = False
                self.record(
                    {
                        "kind": "session.end",
                        "session_id": ledger.session_id,
                        "ended_at": rfc3339(now_ms()),
                        **ledger.close(),
                    }
                )
            elif ledger.needs_close:
                self.record(close_record(ledger))
            ledger.is_open = False
            self.ledgers.pop(ledger.session_id, None)
        if self.leases is not None:
            self.leases.leave(session.session_id)

    def end_all(self) -> None:
        """The process ends: sessions still held end, everything else is closed."""
        with self.lock:
            sessions = [each for each in self.sessions if each.ledger.started_here]
        for session in sessions:
            self.end_session(session)
        with self.lock:
            closed = list(self.ledgers.values())
            for ledger in closed:
                if ledger.needs_close:
                    self.record(close_record(ledger))
                ledger.is_open = False
            self.ledgers.clear()
        if self.leases is not None:
            for ledger in closed:
                self.leases.leave(ledger.session_id)

    # Keeping: on the sender's threads.

    def adopt(self) -> None:
        """Takes over what dead processes left; once."""
        if self.is_adoption_done or self._folder is None:
            return
        adopted = adopt_segments(self._folder)
        with self.lock:
            self.adopted = list(adopted)
            self.is_adoption_done = True

    def announce_open_calls(self) -> None:
        """Queues the opening of every call that has not returned for a while."""
        with self.lock:
            for call in list(self.open_calls):
                if not call.is_announced and call.age_seconds() >= OPEN_CALL_SECONDS:
                    call.is_announced = True
                    self.record_numbered(call.ledger, call.opening())

    def close_stale_ledgers(self) -> None:
        """Tells of losses that no close has told yet."""
        with self.lock:
            for ledger in [each for each in self.lossy.values() if each.is_stale]:
                self.record(close_record(ledger))
            for record in self.dead_senders.close_dropped():
                self.record(record)

    def maintain(self, touch: bool) -> None:
        """Puts written segments on the disk; with `touch` also shows that this process lives."""
        with self.lock:
            files = self.backlog.files_for_sync()
            if touch:
                self.backlog.touch()
                for chunk in self.adopted:
                    chunk.touch()
        sync_files(files)

    def is_open(self, session_id: str) -> bool:
        """Whether the session was neither ended nor closed here."""
        return session_id in self.ledgers

    def live_session_ids(self) -> List[str]:
        """Sessions that this process keeps alive."""
        with self.lock:
            return sorted({each.session_id for each in self.sessions if each.ledger.is_open and not each.is_over})

    def describe_sdk(self) -> Dict[str, Any]:
        with self.lock:
            sdk: Dict[str, Any] = {
                "name": "niitaka",
                "version": VERSION,
                "language": "python",
                "instance_id": self.sender_id,
            }
            if self.lost:
                sdk["dropped"] = dict(self.lost)
            return sdk

    # Losing: what could not be kept or sent is counted.

    def drop(self, body: bytes, reason: str) -> None:
        """A record will not reach the server."""
        with self.lock:
            record = parse_object(body) or {}
            if reason == "start_refused" and record.get("kind") in KEPT_KINDS:
                return  # tells of nothing that anybody waits for
            if not isinstance(record.get("seq"), int):
                self._lose(reason)
            elif record.get("session_id") in self.refused_sessions:
                self._lose(reason)
            elif record.get("sender") == self.sender_id:
                self._drop_numbered(self._ledger_of_lost(record), reason)
            else:
                self.dead_senders.drop(record, reason)

    def _ledger_of_lost(self, record: Record) -> Ledger:
        session_id = str(record["session_id"])
        ledger = self.ledgers.get(session_id) or self.lossy.get(session_id)
        if ledger is None:
            ledger = Ledger(session_id, self.sender_id, started_here=False)
        ledger.seq = max(ledger.seq, record["seq"])
        return ledger

    def _drop_numbered(self, ledger: Ledger, reason: str) -> None:
        _tell_loss(reason)
        ledger.drop(reason)
        self.lossy[ledger.session_id] = ledger

    def _on_drop(self, bodies: List[bytes], reason: str) -> None:
        for body in bodies:
            self.drop(body, reason)

    def _lose(self, reason: str) -> None:
        _tell_loss(reason)
        self.lost[reason] = self.lost.get(reason, 0) + 1

    @property
    def is_settled(self) -> bool:
        """Whether the server has everything, adopted segments included."""
        with self.lock:
            return (
                self.is_adoption_done
                and not self.left
                and self.backlog.is_empty
                and not self.adopted
                and not any(each.is_stale for each in self.lossy.values())
            )


def _tell_loss(reason: str) -> None:
    warn_once(f"loss {reason}", f"records are lost ({reason}); they are counted, and shown with the session")
