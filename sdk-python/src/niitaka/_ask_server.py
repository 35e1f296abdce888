"""What the doctor learns from the server by some empty batches."""

from __future__ import annotations

import time
import uuid
from typing import NamedTuple, Optional, Tuple

from ._clock_bounds import ClockBounds, narrow
from ._http import Answer, Connection, Unreachable
from ._ingest import Accepted, batch_body, read_outcome
from ._version import VERSION

#: Answers over which the clocks are compared: spread over a second, they tell its parts.
SAMPLES = 6
SAMPLE_PAUSE_SECONDS = 0.17
#: Seconds that one answer may take.
ANSWER_SECONDS = 5.0


class ServerAnswer(NamedTuple):
    """How the batches fared."""

    #: None when the server took the first; else what went wrong, and what to do.
    trouble: Optional[str]
    #: Milliseconds of the first round trip.
    took_ms: float
    #: None when no answer was dated.
    clock: Optional[ClockBounds]


def ask_server(api_url: str, api_key: str) -> ServerAnswer:
    """Sends empty batches: address, key and scope are right when the server takes them."""
    connection = Connection(api_url, api_key)
    began = time.monotonic()
    try:
        answer, clock = _post(connection, None)
        took_ms = (time.monotonic() - began) * 1000
        trouble = None if isinstance(read_outcome(answer), Accepted) else _advice(answer.status)
        return ServerAnswer(trouble, took_ms, _compare_clocks(connection, clock))
    except Unreachable as trouble:
        text = f"no connection: {trouble}. Is the server running there?"
        return ServerAnswer(text, (time.monotonic() - began) * 1000, None)
    finally:
        connection.close()


def _post(connection: Connection, known: Optional[ClockBounds]) -> Tuple[Answer, Optional[ClockBounds]]:
    sdk = {"name": "niitaka", "version": VERSION, "language": "python", "instance_id": str(uuid.uuid4())}
    headers = {"Content-Type": "application/json"}
    sent_ms = time.time() * 1000
    answer = connection.request("POST", "/api/v1/ingest", batch_body([], sdk), headers, ANSWER_SECONDS)
    return answer, narrow(known, answer.headers.get("date"), sent_ms, time.time() * 1000)


def _compare_clocks(connection: Connection, first: Optional[ClockBounds]) -> Optional[ClockBounds]:
    clock = first
    try:
        for _ in range(1, SAMPLES if first is not None else 1):
            time.sleep(SAMPLE_PAUSE_SECONDS)
            clock = _post(connection, clock)[1]
    except Unreachable:
        pass  # what is known so far holds, within wider bounds
    return clock


def _advice(status: int) -> str:
    if status == 401:
        return "the server does not know this key (401). Was it revoked?"
    if status == 403:
        return 'this key may not ingest (403). Make one with the scope "ingest".'
    if status == 200:
        return "something answers there, but it is not a Niitaka server."
    return f"the server answered {status}."
