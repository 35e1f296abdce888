"""Asks for commands while somebody watches, or while a session is paused: an idle agent sends nothing by itself."""

from __future__ import annotations

import threading
import time
from typing import Any, Callable, Dict, List

from ._control import Controls
from ._http import Connection, Unreachable
from ._json import parse_object
from ._limits import CONTROL_RETRY_SECONDS, CONTROL_SESSIONS, CONTROL_WAIT_SECONDS, CONTROL_WATCHED_SECONDS


class ControlPoll:
    """One thread while it is wanted, none else."""

    def __init__(self, connection: Connection, controls: Controls, session_ids: Callable[[], List[str]]) -> None:
        self._connection = connection
        self._controls = controls
        self._session_ids = session_ids
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._wanted_until = 0.0
        self._is_running = False

    def note_answer(self, answer: Dict[str, Any]) -> None:
        """Begins to poll where an answer asks for it, or a session is paused."""
        if answer.get("control_poll_ms") is not None:
            self._wanted_until = time.monotonic() + CONTROL_WATCHED_SECONDS
        if not self._is_wanted():
            return
        with self._lock:
            if self._is_running or self._stopped.is_set():
                return
            self._is_running = True
        try:
            threading.Thread(target=self._run, name="niitaka-control", daemon=True).start()
        except RuntimeError:
            self._is_running = False  # the interpreter is ending

    def stop(self) -> None:
        """Asks no more; the thread, which may be waiting for an answer, ends by itself."""
        self._stopped.set()

    def leave_to_parent(self) -> None:
        """In a forked child: lets go of the parent's connection."""
        self._connection.leave_to_parent()

    def _is_wanted(self) -> bool:
        return time.monotonic() < self._wanted_until or self._controls.any_paused()

    def _run(self) -> None:
        try:
            while self._is_wanted() and not self._stopped.is_set():
                ids = self._session_ids()[:CONTROL_SESSIONS]
                if not ids or not self._ask(ids):
                    self._stopped.wait(CONTROL_RETRY_SECONDS)
        finally:
            self._connection.close()
            with self._lock:
                self._is_running = False

    def _ask(self, ids: List[str]) -> bool:
        path = f"/api/v1/control?session_id={','.join(ids)}&wait={CONTROL_WAIT_SECONDS}"
        try:
            answer = self._connection.request("GET", path, seconds=CONTROL_WAIT_SECONDS + 10.0)
        except Unreachable:
            return False
        fields = parse_object(answer.body) if answer.status == 200 else None
        if fields is None:
            return False
        if fields.get("control_poll_ms") is not None:
            self._wanted_until = time.monotonic() + CONTROL_WATCHED_SECONDS
        heard: Dict[str, Any] = {"control": fields.get("control"), "sessions": [{"session_id": each} for each in ids]}
        self._controls.read_answer(heard)
        # Commands that wait for a step stand in every answer: asked again at once they would be answered at once.
        if fields.get("control"):
            self._stopped.wait(CONTROL_RETRY_SECONDS)
        return True
