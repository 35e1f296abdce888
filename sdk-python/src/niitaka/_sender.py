"""The background threads: one sends, in order and one batch at a time; one keeps the spool on the disk."""

from __future__ import annotations

import json
import threading
import time
from typing import Any, Dict, List, Optional, Tuple

from ._backlog import Backlog
from ._chunk import Chunk, Taken
from ._client import Client
from ._control_poll import ControlPoll
from ._delivery import Delivery
from ._ingest import Push
from ._json import parse_object
from ._limits import (
    BATCH_BYTES,
    BATCH_RECORDS,
    FLUSH_BYTES,
    FLUSH_RECORDS,
    FLUSH_SECONDS,
    FSYNC_SECONDS,
    HEARTBEAT_SECONDS,
    HEARTBEAT_SESSIONS,
    OPEN_CALL_SECONDS,
    TOUCH_SECONDS,
    WATCHED_FLUSH_SECONDS,
)
from ._wake import Wake
from ._warn import warn_once

#: A chunk and what was taken from it.
Part = Tuple[Chunk, List[Taken]]


class Sender:
    """Must be stopped. In a forked child it is dropped and a new one is made."""

    def __init__(self, client: Client, push: Push, wake: Wake, poll: Optional[ControlPoll] = None) -> None:
        self._client = client
        self._poll = poll
        self._wake = wake
        self._keep_wake = Wake()
        self._delivery = Delivery(client, push, self._pause, self._read_answer)
        self._settled = threading.Condition()
        self._threads: List[threading.Thread] = []
        self._is_stopping = False
        self._is_hurried = False
        self._flush_seconds = FLUSH_SECONDS
        self._next_heartbeat = time.monotonic() + HEARTBEAT_SECONDS
        self._takes_adopted = False

    def start(self) -> None:
        """Starts the threads; RuntimeError when the interpreter is already ending."""
        bodies = [("niitaka-sender", self._run)]
        if self._client.has_spool:
            bodies.append(("niitaka-spool", self._keep))
        for name, body in bodies:
            thread = threading.Thread(target=body, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def flush(self, seconds: float, gives_up: bool = False) -> bool:
        """Waits until the server has everything; False when that took longer than `seconds`.

        With `gives_up` it also ends at the first attempt that fails, and at once while the key is refused.
        """
        failures = self._delivery.failures
        deadline = time.monotonic() + seconds
        with self._settled:
            while not self._is_settled():
                rest = deadline - time.monotonic()
                if rest <= 0 or self._is_stopping:
                    return False
                if gives_up and (self._delivery.is_key_refused or self._delivery.failures > failures):
                    return False
                self._is_hurried = True
                self._wake.ring()
                # Rung again now and then: what is recorded meanwhile shall hurry too.
                self._settled.wait(min(rest, 0.5))
        return True

    def hurry(self) -> None:
        """Has what was recorded so far sent without waiting for company; this waits for nothing."""
        self._is_hurried = True
        self._wake.ring()

    def stop(self, seconds: float) -> None:
        """Ends the threads, which takes at most `seconds`; what was not sent stays in the spool."""
        self._is_stopping = True
        if self._poll is not None:
            self._poll.stop()
        self._wake.ring()
        self._keep_wake.ring()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))

    def _is_settled(self) -> bool:
        return self._client.is_settled and len(self._delivery.deferred) == 0

    def _run(self) -> None:
        self._guard(self._client.adopt)
        while not self._is_stopping:
            self._guard(self._round)
            self._tell_settled()
            self._wake.sleep(self._seconds_to_next())

    def _keep(self) -> None:
        touched_at = time.monotonic()
        while not self._is_stopping:
            self._keep_wake.sleep(FSYNC_SECONDS)
            touch = time.monotonic() - touched_at >= TOUCH_SECONDS
            if touch:
                touched_at = time.monotonic()
            self._guard(lambda touch=touch: self._client.maintain(touch))

    def _guard(self, work: Any) -> None:
        try:
            work()
        except Exception as trouble:  # a defect of this client must neither end the thread nor reach the host
            warn_once("internal", f"cannot send: {type(trouble).__name__}: {trouble}")
            time.sleep(0.1)

    def _tell_settled(self) -> None:
        with self._settled:
            if self._is_settled():
                self._is_hurried = False
            self._settled.notify_all()

    def _pause(self, seconds: float, may_hurry: bool) -> bool:
        """Waits between two attempts; a flush asks for one attempt at once."""
        end = time.monotonic() + seconds
        with self._settled:
            self._settled.notify_all()
        if may_hurry and self._is_hurried:
            end = min(end, time.monotonic() + WATCHED_FLUSH_SECONDS)
        while not self._is_stopping and time.monotonic() < end:
            was_hurried = self._is_hurried
            self._wake.sleep(end - time.monotonic())
            if may_hurry and self._is_hurried and not was_hurried:
                break
        return not self._is_stopping

    def _round(self) -> None:
        """Sends batches until nothing is due."""
        while not self._is_stopping:
            self._client.tell_left()
            self._client.announce_open_calls()
            self._client.close_stale_ledgers()
            parts = self._take()
            batch = [each for chunk, taken in parts for each in self._sift(chunk, taken)]
            with self._client.lock:
                due = self._delivery.deferred.take_due(BATCH_RECORDS - len(batch), self._is_hurried)
                batch += [each for each in due if not self._is_given_up(each)]
            beats = self._heartbeats()
            if (batch or beats) and not self._delivery.deliver(batch, beats):
                return
            self._settle(parts)
            if not parts and (self._is_hurried or not batch):
                return

    def _take(self) -> List[Part]:
        """The next records, of one chunk of our own or of as many adopted ones as fit into a batch."""
        parts: List[Part] = []
        records, size = BATCH_RECORDS, BATCH_BYTES
        for chunk in self._next_chunks():
            taken = chunk.take(records, size)
            parts.append((chunk, taken))
            records -= len(taken)
            size -= sum(len(each.body) for each in taken)
            if records <= 0 or size <= 0:
                break
        return parts

    def _next_chunks(self) -> List[Chunk]:
        client = self._client
        with client.lock:
            adopted = [each for each in client.adopted if not each.is_drained()]
            is_due = self._is_due(client.backlog)
            # Own and adopted records take turns: neither an old backlog nor a busy host starves the other.
            if adopted and (self._takes_adopted or not is_due):
                self._takes_adopted = False
                return adopted
            self._takes_adopted = True
            own = client.backlog.next_chunk() if is_due else None
            return adopted if own is None else [own]

    def _is_due(self, backlog: Backlog) -> bool:
        if self._is_hurried or backlog.waiting_records >= FLUSH_RECORDS or backlog.waiting_bytes >= FLUSH_BYTES:
            return True
        return time.monotonic() - backlog.waiting_since >= self._flush_seconds

    def _sift(self, chunk: Chunk, taken: List[Taken]) -> List[Taken]:
        """What of it is to be sent: not damage, and nothing of a session whose start was refused."""
        client = self._client
        is_adopted = chunk in client.adopted
        if not is_adopted:
            with client.lock:
                client.backlog.count_taken(taken)
            if not client.refused_sessions and all(each.body for each in taken):
                return taken
        return [each for each in taken if self._is_wanted(each, is_adopted)]

    def _is_given_up(self, taken: Taken) -> bool:
        """Whether a deferred record belongs to a session whose start was refused meanwhile."""
        if not self._client.refused_sessions or self._is_wanted(taken, False):
            return False
        self._delivery.deferred.settle(taken)
        return True

    def _is_wanted(self, taken: Taken, is_adopted: bool) -> bool:
        record = parse_object(taken.body)
        if record is None:
            warn_once("damage", "a spool segment holds records that cannot be read; they are left out")
            return False
        if is_adopted:
            self._client.dead_senders.see(record)
        if record.get("session_id") in self._client.refused_sessions:
            self._client.drop(taken.body, "start_refused")
            return False
        return True

    def _settle(self, parts: List[Part]) -> None:
        client = self._client
        with client.lock:
            for chunk, taken in parts:
                if chunk in client.backlog.chunks:
                    client.backlog.settle(chunk, taken)
                elif taken:
                    chunk.advance(taken)
            for each in [each for each in client.adopted if each.is_drained() and each.held == 0]:
                # INVARIANT: the closes are in our own spool before the segment that tells of them is gone.
                for record in client.dead_senders.close():
                    client.record(record)
                client.adopted.remove(each)
                each.remove()
            # The newest segment stays while a sender is open here: it tells an adopter whom to close.
            client.backlog.remove_spent(with_tail=not client.ledgers)

    def _heartbeats(self) -> List[bytes]:
        if time.monotonic() < self._next_heartbeat:
            return []
        self._next_heartbeat = time.monotonic() + HEARTBEAT_SECONDS
        if self._client.leases is not None:
            self._client.leases.renew()
        ids = self._client.live_session_ids()
        return [
            json.dumps({"kind": "session.heartbeat", "session_ids": ids[at : at + HEARTBEAT_SESSIONS]}).encode()
            for at in range(0, len(ids), HEARTBEAT_SESSIONS)
        ]

    def _read_answer(self, answer: Dict[str, Any]) -> None:
        polled = answer.get("control_poll_ms")
        self._flush_seconds = FLUSH_SECONDS if polled is None else WATCHED_FLUSH_SECONDS
        totals = {each.get("session_id"): each for each in answer.get("sessions") or () if isinstance(each, dict)}
        with self._client.lock:
            for session in list(self._client.sessions):
                if session.session_id in totals:
                    session.read_totals(totals[session.session_id])
        self._client.controls.read_answer(answer)
        if self._client.leases is not None:
            self._client.leases.read_answer(answer)
        if self._poll is not None:
            self._poll.note_answer(answer)

    def _seconds_to_next(self) -> float:
        now = time.monotonic()
        with self._client.lock:
            backlog = self._client.backlog
            dues = [self._next_heartbeat]
            if backlog.waiting_records > 0:
                dues.append(now if self._is_due(backlog) else backlog.waiting_since + self._flush_seconds)
            if self._client.open_calls:
                dues.append(now + OPEN_CALL_SECONDS / 2)
            deferred = self._delivery.deferred.next_due_at()
        if deferred is not None:
            dues.append(deferred)
        # Rounded up a little, so that the sleeper finds its time come when it wakes.
        return max(0.0, min(dues) - now) + 0.002
