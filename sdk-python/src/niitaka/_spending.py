"""What one session's calls of models have cost here, from its start, by the prices that are known by now (C1)."""

from __future__ import annotations

from typing import Any, List, Mapping, Tuple

from ._cost.event_cost import PRICED_BY, PriceList, event_cost, tells_tokens
from ._json import Record
from ._limits import UNPRICED_CALLS


class Spending:
    """Callers hold a lock of their own."""

    def __init__(self) -> None:
        #: Nano-USD of the calls that have a price.
        self.cost = 0
        #: The newest day of a call, and what the calls of that day have cost.
        self._day = -1
        self._day_cost = 0
        #: What is to be priced of the calls that have none yet, with their days.
        self._unpriced: List[Tuple[Record, int]] = []
        #: Whether there are calls whose cost will never be known here.
        self._is_blind = False

    @property
    def has_unpriced(self) -> bool:
        """Whether calls count nothing for want of a price (P2)."""
        return self._is_blind or bool(self._unpriced)

    def on_day(self, day: int) -> int:
        """What the calls that began on a UTC day have cost, that day being today."""
        return self._day_cost if day == self._day else 0

    def add(self, data: Mapping[str, Any], prices: PriceList, day: int) -> None:
        """A call of a day was recorded; one that has no price waits for it."""
        cost = event_cost(data, prices)
        if cost is not None:
            self.cost += cost
            if day > self._day:
                self._day, self._day_cost = day, 0
            if day == self._day:
                self._day_cost += cost
            return
        has_room = len(self._unpriced) < UNPRICED_CALLS
        if tells_tokens(data) and has_room:
            self._unpriced.append(({name: data[name] for name in PRICED_BY if name in data}, day))
        else:
            self._is_blind = True

    def price_anew(self, prices: PriceList) -> None:
        """Other prices are known: calls that waited for theirs count from here on."""
        waiting, self._unpriced = self._unpriced, []
        for call, day in waiting:
            self.add(call, prices, day)
