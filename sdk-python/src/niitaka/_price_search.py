"""When the server is to be asked for prices: it has those of models that it has heard of."""

from __future__ import annotations

from typing import FrozenSet, Optional

from ._limits import PRICE_LOOK_MOST_SECONDS, PRICE_LOOK_SECONDS


class PriceSearch:
    """Callers hold a lock of their own."""

    def __init__(self) -> None:
        self._sought: FrozenSet[Optional[str]] = frozenset()
        self._pause = 0.0
        self._due_at = 0.0

    def is_due(self, models: FrozenSet[Optional[str]], now: float) -> bool:
        """Whether it is to be asked now, calls of these models having no price: at once for one that is new."""
        is_new = not models <= self._sought
        if not models or not (is_new or now >= self._due_at):
            return False
        self._sought = self._sought | models if is_new else models
        self._pause = PRICE_LOOK_SECONDS if is_new else min(2 * self._pause, PRICE_LOOK_MOST_SECONDS)
        self._due_at = now + self._pause
        return True
