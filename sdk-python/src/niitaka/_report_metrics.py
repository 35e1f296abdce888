"""Metrics of a session by its id, also long after it ended."""

from __future__ import annotations

from typing import Any, Mapping, Union

from ._arguments import check_uuid
from ._clock import now_ms, rfc3339
from ._metrics import read_metrics
from ._runtime import active_client
from ._session import Session


def report_metrics(session_id: Union[str, Session], metrics: Mapping[str, Any]) -> None:
    """Reports outcome metrics of any session, running or ended up to 7 days ago.

    Raises ValueError for a bad name or value, naming it; then nothing is sent.
    """
    wanted = check_uuid(session_id, "session_id")
    good, problems = read_metrics(metrics, set())
    if problems:
        raise ValueError("; ".join(dict.fromkeys(problems)))
    client = active_client()
    if client is not None and good:
        client.record(
            {"kind": "session.metrics", "session_id": wanted, "metrics": good, "recorded_at": rfc3339(now_ms())}
        )
