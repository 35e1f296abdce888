"""For tests of programs that use Niitaka: records stay in memory and nothing leaves the process."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Optional

from ._ingest import Accepted, Outcome
from ._options import Options, Redact
from ._runtime import Runtime, swap
from ._warn import forget_warnings


class Captured:
    """Everything that was recorded, as it would have been sent."""

    def __init__(self) -> None:
        self._records: List[Dict[str, Any]] = []
        self._runtime: Optional[Runtime] = None

    @property
    def records(self) -> List[Dict[str, Any]]:
        """Every record so far, in order."""
        if self._runtime is not None:
            self._runtime.flush(10.0)
        return list(self._records)

    @property
    def events(self) -> List[Dict[str, Any]]:
        """Records of events, opened or closed."""
        return [each for each in self.records if each["kind"] in ("event", "event.update")]

    @property
    def sessions(self) -> List[Dict[str, Any]]:
        """Records of sessions that were started."""
        return [each for each in self.records if each["kind"] == "session.start"]

    @property
    def metrics(self) -> Dict[str, Any]:
        """Metrics of all sessions, the newest value of each."""
        merged: Dict[str, Any] = {}
        for each in self.records:
            if each["kind"] == "session.metrics":
                merged.update(each["metrics"])
        return merged

    def push(self, bodies: List[bytes]) -> Outcome:
        """Stands where the server would."""
        records = [json.loads(body) for body in bodies]
        self._records += [each for each in records if each["kind"] != "session.heartbeat"]
        return Accepted({"accepted": len(bodies), "rejected": [], "sessions": []})


@contextmanager
def capture(
    *,
    environment: str = "test",
    capture_content: bool = True,
    redact: Optional[Redact] = None,
    is_strict: bool = True,
) -> Iterator[Captured]:
    """Captures what is recorded inside; bad metrics raise, as with `NIITAKA_STRICT=1`.

    >>> import niitaka
    >>> with capture() as captured:
    ...     with niitaka.start_session(agent_id="greeter") as session:
    ...         session.set_metrics({"score": 0.5})
    ...     captured.metrics
    {'score': 0.5}
    """
    captured = Captured()
    options = Options(
        api_key="nk_capture",
        api_url="http://127.0.0.1:9",
        environment=environment,
        spool=False,
        capture_content=capture_content,
        redact=redact,
        policy_file=None,
        stops_unreachable=False,
        is_strict=is_strict,
        is_disabled=False,
    )
    runtime = captured._runtime = Runtime(options, captured.push)
    former = swap(runtime)
    forget_warnings()
    try:
        yield captured
    finally:
        runtime.close(10.0)
        captured._runtime = None
        swap(former)
