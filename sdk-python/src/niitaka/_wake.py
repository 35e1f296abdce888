"""A bell for one sleeper. Ringing takes no Python lock, so it is safe in signal handlers and finalisers."""

from __future__ import annotations

import threading


class Wake:
    """Rings are not counted: many before a sleep wake it once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()

    def ring(self) -> None:
        """Wakes the sleeper, now or at its next sleep."""
        try:
            self._lock.release()
        except RuntimeError:
            pass  # rung already

    def sleep(self, seconds: float) -> None:
        """Sleeps until rung, for at most `seconds`."""
        self._lock.acquire(timeout=min(max(seconds, 0.0), threading.TIMEOUT_MAX))
