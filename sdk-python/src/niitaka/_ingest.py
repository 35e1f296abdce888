"""One attempt to hand a batch to the server, and what its answer means."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional, Union

from ._clock import now_ms, rfc3339
from ._http import Answer, Connection, Unreachable
from ._json import parse_object
from ._limits import GZIP_BYTES, RETRY_AFTER_SECONDS

#: Sends the bodies of records as one batch.
Push = Callable[[List[bytes]], "Outcome"]


@dataclass
class Accepted:
    """The batch is on the server's disk, but for the records in `rejected`."""

    answer: Dict[str, Any] = field(default_factory=dict)


@dataclass
class RefusedWhole:
    """The server wants nothing of this batch as it is (400, 413, 422)."""

    reason: str


@dataclass
class RefusedKey:
    """The key is not good (401, 403)."""

    reason: str


@dataclass
class Failed:
    """Try again, after `retry_after` seconds where the server named them."""

    reason: str
    retry_after: Optional[float] = None
    #: An answer that no Niitaka server gives: a wrong address, most likely.
    is_strange: bool = False


Outcome = Union[Accepted, RefusedWhole, RefusedKey, Failed]


def pusher(connection: Connection, describe_sdk: Callable[[], Dict[str, Any]]) -> Push:
    """Pushes over HTTP; `describe_sdk` gives the `sdk` of each batch."""

    def push(bodies: List[bytes]) -> Outcome:
        content = batch_body(bodies, describe_sdk())
        headers = {"Content-Type": "application/json"}
        if len(content) > GZIP_BYTES:
            content = gzip.compress(content, 3)
            headers["Content-Encoding"] = "gzip"
        try:
            return read_outcome(connection.request("POST", "/api/v1/ingest", content, headers))
        except Unreachable as trouble:
            return Failed(str(trouble))

    return push


def batch_body(bodies: List[bytes], sdk: Dict[str, Any]) -> bytes:
    """The body of one request, with the time of this attempt."""
    # `sent_at` is stamped anew at every attempt: the server reads the age of each record from it.
    head = f'{{"sdk":{json.dumps(sdk)},"sent_at":"{rfc3339(now_ms())}","records":['
    return head.encode() + b",".join(bodies) + b"]}"


def read_outcome(answer: Answer) -> Outcome:
    """What an answer means for the batch."""
    fields = parse_object(answer.body) or {}
    said = f"{fields.get('detail') or fields.get('title') or ''} (status {answer.status})".strip()
    if answer.status == 200 and "accepted" in fields:
        return Accepted(fields)
    if answer.status in (400, 413, 422):
        return RefusedWhole(said)
    if answer.status in (401, 403):
        return RefusedKey(said)
    usual = answer.status in (408, 425, 429) or answer.status >= 500
    return Failed(said, _retry_after(answer.headers.get("retry-after")), is_strange=not usual)


def _retry_after(text: Optional[str]) -> Optional[float]:
    try:
        seconds = float(text or "")
    except ValueError:
        return None
    return min(seconds, RETRY_AFTER_SECONDS) if seconds >= 0 else None
