"""Which of a session's steps are of the day that is now: those that began since 00:00 UTC (P1)."""

from __future__ import annotations

_DAY_MS = 86_400_000


def utc_day(ms: int) -> int:
    """Number of the UTC day of a moment."""
    return ms // _DAY_MS


class DaySteps:
    """Used under its guard's lock."""

    def __init__(self, now: int) -> None:
        self._day = utc_day(now)
        #: Of all the session's steps, those of earlier days.
        self._before = 0

    def of(self, day: int, steps: int) -> int:
        """Of `steps` in all, the next one being about to begin."""
        self._turn_to(day, steps)
        return max(0, steps - self._before)

    def note(self, now: int, started_ms: int, steps: int) -> None:
        """A further one is recorded afterwards, `steps` having begun before."""
        day = utc_day(now)
        self._turn_to(day, steps)
        if utc_day(started_ms) < day:
            self._before += 1

    def _turn_to(self, day: int, steps: int) -> None:
        if day != self._day:
            self._day, self._before = day, steps
