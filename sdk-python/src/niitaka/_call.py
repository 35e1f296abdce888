"""A call under way: begun at the gate, recorded once when it ends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Dict, Optional

from ._clock import now_ms, rfc3339
from ._context import current_scope
from ._failure import failure_data, see_once
from ._json import Record
from ._ledger import Ledger
from ._uuid7 import uuid7

if TYPE_CHECKING:
    from ._session import Session


class Call:
    """What calls of tools and of models have in common; `str(call)` is its event's id."""

    #: Type of its event when it returned.
    event_type = "tool"

    def __init__(self, name: Any, session: Optional[Session]) -> None:
        self.name = name
        now = now_ms()
        self.event_id = uuid7(now)
        #: Whether its opening record was sent.
        self.is_announced = False
        self._session = session
        self._outer = current_scope()
        self._started_ms = now
        self._started = time.perf_counter()

    def __str__(self) -> str:
        return self.event_id

    @property
    def ledger(self) -> Ledger:
        assert self._session is not None
        return self._session.ledger

    def age_seconds(self) -> float:
        return time.perf_counter() - self._started

    def opening(self) -> Record:
        return self._record(self.event_type, self._opening_data())

    def leave_session(self) -> None:
        """Its session ends: what can still be told of the call is told now."""

    def _opening_data(self) -> Dict[str, Any]:
        return {}

    def _close_failed(self, trouble: BaseException, more: Dict[str, Any]) -> bool:
        """Records the exception as the call's error event; False where the session has one for it already."""
        session = self._session
        assert session is not None and session.client is not None
        if see_once(trouble, session.enclosing_ids()):
            self._close("error", {**failure_data(trouble), **more}, "error")
            return True
        if not session.client.forget_call(self):
            # The exception has its error event already, and a failed call is no step: the row is closed as a log.
            self._close("log", {"message": f"failed: {type(trouble).__name__}"}, "error")
        return False

    def _close(
        self, type: str, data: Dict[str, Any], level: Optional[str] = None, *, seconds: Optional[float] = None
    ) -> None:
        """Records the call's end, `seconds` after its start where it is not ending now."""
        session = self._session
        assert session is not None and session.client is not None
        record = self._record(type, session._redacted("data", data))
        took_ms = (self.age_seconds() if seconds is None else seconds) * 1000
        record["ended_at"] = rfc3339(now_ms() if seconds is None else self._started_ms + round(took_ms))
        record["latency_ms"] = round(took_ms, 3)
        if level is not None:
            record["level"] = level
        session.client.record_call(self, record)

    def _record(self, type: str, data: Dict[str, Any]) -> Record:
        assert self._session is not None
        record: Record = {
            "kind": "event",
            "session_id": self._session.session_id,
            "event_id": self.event_id,
            "type": type,
            "name": self._session._redacted("name", self.name),
            "started_at": rfc3339(self._started_ms),
            "data": data,
        }
        if self._outer is not None and self._outer.event_id and self._outer.session is self._session:
            record["parent_event_id"] = self._outer.event_id
        return record
