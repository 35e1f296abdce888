"""Which policies have warned: each does so once in its session, its tree or on its day (P2)."""

from __future__ import annotations

from typing import AbstractSet, FrozenSet, List, Set

from ._day_steps import utc_day
from ._policy.decision import Decision


class WarnedPolicies:
    """Nobody has warned yet. Used under its guard's lock."""

    def __init__(self) -> None:
        self._here: Set[str] = set()
        self._today: Set[str] = set()
        self._told: FrozenSet[str] = frozenset()
        self._all: FrozenSet[str] = frozenset()
        self._day = 0

    def at(self, ms: int) -> AbstractSet[str]:
        """As of a moment: what was warned of here on an earlier day may be warned of again."""
        day = utc_day(ms)
        if day != self._day:
            self._day = day
            self._today.clear()
            self._join()
        return self._all

    def tell(self, ids: List[str]) -> None:
        """Takes over who has warned by the server's last word."""
        if ids or self._told:
            self._told = frozenset(ids)
            self._join()

    def note(self, decision: Decision) -> None:
        """A decision was made here, on what `at` answered last."""
        if not decision.warned_now:
            return
        for policy, result in decision.considered:
            if result == "matched" and policy.id in decision.warned_now:
                (self._today if policy.scope == "day" else self._here).add(policy.id)
        self._join()

    def _join(self) -> None:
        self._all = self._told.union(self._here, self._today)
