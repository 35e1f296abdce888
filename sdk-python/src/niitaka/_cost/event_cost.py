"""The cost of an `llm` event as the server will find it: reported, else by the snapshot's prices, else unknown (C1)."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterable, Mapping, Optional, Tuple

from .price import Price, parse_decimal, parse_price
from .price_call import price_call
from .token_usage import TokenUsage, read_token_count

_COUNTS = TokenUsage._fields

#: Every field of `data` that the cost depends on.
PRICED_BY = ("provider", "model", "response_model", "cost_usd", *_COUNTS)


class PriceList:
    """Prices by provider and model; one without a provider is for every provider."""

    def __init__(self, rows: Iterable[Any] = ()) -> None:
        self._prices: Dict[Tuple[Optional[str], str], Tuple[Price, bool]] = {}
        self._likely: Dict[Tuple[Any, str], Optional[Price]] = {}
        for row in rows:
            if not isinstance(row, Mapping) or not isinstance(row.get("model"), str):
                continue
            try:
                price = parse_price(row)
            except ValueError:
                continue  # a price that cannot be read leaves its model without one
            provider = row.get("provider")
            key = (provider if isinstance(provider, str) else None, row["model"])
            self._prices[key] = (price, row.get("over_report") is True)

    def find(self, provider: Any, model: Any) -> Tuple[Optional[Price], bool]:
        """The price of a model, and whether it stands before a reported cost."""
        if not isinstance(model, str):
            return None, False
        own = self._prices.get((provider, model)) if isinstance(provider, str) else None
        return own or self._prices.get((None, model), (None, False))

    def find_likely(self, provider: Any, model: Any) -> Optional[Price]:
        """The price of a model as a request names it: answers, and so prices, often name a dated version of it."""
        price = self.find(provider, model)[0]
        if price is not None or not isinstance(model, str):
            return price
        key = (provider, model)
        if key not in self._likely:
            dated = re.compile(re.escape(model) + r"-(?:\d|latest)")
            same = [each for each in self._prices if each[0] in (provider, None) and dated.match(each[1])]
            self._likely[key] = self._prices[max(same, key=lambda each: each[1])][0] if same else None
        return self._likely[key]


def priced_model(data: Mapping[str, Any]) -> Optional[str]:
    """The model that a call is priced by: the one that answered, else the one that was asked."""
    for name in ("response_model", "model"):
        model = data.get(name)
        if isinstance(model, str) and model:
            return model
    return None


def tells_tokens(data: Mapping[str, Any]) -> bool:
    """Whether there is anything that a price could be put on."""
    return read_token_count(data.get("input_tokens")) is not None or read_token_count(data.get("output_tokens")) is not None


def event_cost(data: Mapping[str, Any], prices: PriceList) -> Optional[int]:
    """Whole nano-USD; None for a call whose cost is unknown."""
    price, is_over_report = prices.find(data.get("provider"), priced_model(data))
    has_tokens, told = tells_tokens(data), data.get("cost_usd")
    reported = None if told is None else parse_decimal(told)
    if reported is not None and reported >= 0 and not (is_over_report and has_tokens):
        return round(reported * 10**9)
    if not has_tokens:
        return None
    if price is None:
        return None
    found = map(data.get, _COUNTS)
    usage = TokenUsage(*[0 if each is None else read_token_count(each) or 0 for each in found])
    cost = price_call(usage, price)
    return None if cost is None else cost.cost_nano_usd
