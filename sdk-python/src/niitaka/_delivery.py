"""A batch on its way: tried until answered, halved where it is refused whole, each refused record seen to."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional

from ._backoff import backoff_seconds
from ._chunk import Taken
from ._client import Client
from ._deferred import Deferred
from ._ingest import Accepted, Failed, Outcome, Push, RefusedKey, RefusedWhole
from ._json import parse_object
from ._limits import REFUSED_KEY_SECONDS
from ._warn import warn_once

#: Codes of refusals that go away by themselves, however long it takes.
_ENDLESS_CODES = ("unavailable",)


class Delivery:
    """Used by the sender's thread alone; `pause(seconds, may_hurry)` answers False when it is told to stop."""

    def __init__(self, client: Client, push: Push, pause: Callable[[float, bool], bool],
                 on_answer: Callable[[Dict[str, Any]], None]) -> None:
        self._client = client
        self._push = push
        self._pause = pause
        self._on_answer = on_answer
        self.deferred = Deferred()
        #: Attempts so far that failed.
        self.failures = 0
        #: Whether nothing is sent until the key is accepted.
        self.is_key_refused = False

    def deliver(self, batch: List[Taken], unspooled: List[bytes]) -> bool:
        """Settles every record of the batch; False when told to stop before that. `unspooled` ride along once."""
        parts: List[List[Taken]] = [batch]
        while parts:
            part = parts.pop(0)
            outcome = self._try([each.body for each in part] + unspooled)
            if outcome is None:
                return False
            if isinstance(outcome, Accepted):
                self._settle(part, outcome.answer)
                self._on_answer(outcome.answer)
            elif len(part) > 1:
                middle = len(part) // 2
                parts[:0] = [part[:middle], part[middle:]]
            elif part and not unspooled:
                self._lose(part[0], outcome)
            elif part:
                parts.insert(0, part)
            unspooled = []
        return True

    def _try(self, bodies: List[bytes]) -> Optional[Any]:
        attempt = 0
        while True:
            outcome = self._push(bodies)
            self.is_key_refused = isinstance(outcome, RefusedKey)
            if isinstance(outcome, (Accepted, RefusedWhole)):
                return outcome
            attempt += 1
            self.failures += 1
            if not self._wait(outcome, attempt):
                return None

    def _wait(self, outcome: Outcome, attempt: int) -> bool:
        options = self._client.options
        if isinstance(outcome, RefusedKey):
            warn_once(
                "key",
                f"the server at {options.api_url} refuses the key {options.api_key[:11]}...: {outcome.reason};"
                " nothing is sent until it is accepted" + (", records are kept in the spool" if options.spool else ""),
            )
            return self._pause(REFUSED_KEY_SECONDS, True)
        assert isinstance(outcome, Failed)
        if outcome.is_strange:
            warn_once("address", f"no Niitaka server answers at {options.api_url}: {outcome.reason}")
        elif attempt == 1:
            warn_once("away", f"cannot reach the server at {options.api_url}: {outcome.reason}; it is tried again")
        wait = backoff_seconds(attempt) if outcome.retry_after is None else outcome.retry_after
        return self._pause(wait, outcome.retry_after is None)

    def _settle(self, part: List[Taken], answer: Dict[str, Any]) -> None:
        rejected = {each.get("index"): each for each in answer.get("rejected") or () if isinstance(each, dict)}
        with self._client.lock:
            for index, taken in enumerate(part):
                refusal = rejected.get(index)
                if refusal is None:
                    self.deferred.settle(taken)
                elif refusal.get("retryable") is True:
                    self._defer(taken, str(refusal.get("code")))
                else:
                    self._refused(taken, refusal)

    def _defer(self, taken: Taken, code: str) -> None:
        if not self.deferred.defer(taken, code in _ENDLESS_CODES):
            self.deferred.settle(taken)
            self._client.drop(taken.body, code)

    def _refused(self, taken: Taken, refusal: Dict[str, Any]) -> None:
        """Final, and counted by the server itself."""
        self.deferred.settle(taken)
        record = parse_object(taken.body) or {}
        kind = record.get("kind")
        warn_once(f"refused {kind}", f"the server refused a record {kind}: {refusal.get('message')}")
        if kind == "session.start":
            self._client.refused_sessions.add(str(record.get("session_id")))

    def _lose(self, taken: Taken, outcome: RefusedWhole) -> None:
        """Refused with the whole of its batch, which the server does not count."""
        warn_once("refused batch", f"the server refused a record: {outcome.reason}")
        with self._client.lock:
            self.deferred.settle(taken)
            self._client.drop(taken.body, "refused")
