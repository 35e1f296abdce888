"""A price row made ready for `price_call` (C1, C2)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Dict, Mapping, Optional, Union

#: Every token class, in the order of a break-down.
TOKEN_CLASSES = (
    "input",
    "cache_read",
    "cache_write_5m",
    "cache_write_1h",
    "input_audio",
    "input_image",
    "output",
    "reasoning",
    "output_audio",
    "output_image",
)

#: Longest text and greatest exponent of a decimal.
MAX_DECIMAL_CHARACTERS = 400
MAX_DECIMAL_EXPONENT = 400

_FORM = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?", re.ASCII)

#: Nano-USD per token of each class that is charged, exact.
Rates = Dict[str, Fraction]


@dataclass(frozen=True)
class Price:
    """Made once, used for many calls."""

    rates: Rates
    #: Input tokens above which the whole request is charged by `tier_rates`; infinite without a tier.
    tier_above: float
    tier_rates: Rates


def parse_price(row: Mapping[str, Any]) -> Price:
    """A row made ready: USD per million tokens as JSON number or decimal text; `input` and `output` are needed.

    A class without a price takes the input or output price; without a tier price of its own it keeps its normal
    one. ValueError says which field is wrong.
    """
    for name in ("input", "output"):
        if row.get(name) is None:
            raise ValueError(f"Cannot read price: {name} must be a decimal >= 0, USD per million tokens: got nothing")
    above = row.get("tier_above")
    if above is not None and (not isinstance(above, (int, float)) or isinstance(above, bool) or not _is_whole(above)):
        raise ValueError(f"Cannot read price: tier_above must be a whole number of tokens >= 0: got {above!r}")
    rates = _rates({name: row.get(name) for name in TOKEN_CLASSES})
    tier = {name: row[f"tier_{name}"] if row.get(f"tier_{name}") is not None else row.get(name)
            for name in TOKEN_CLASSES}
    return Price(rates, math.inf if above is None else above, _rates(tier))


def parse_decimal(value: Any) -> Optional[Decimal]:
    """The decimal that a JSON number or a text means; a number counts as its shortest decimal text. None when it is
    not finite, not a number, or over a limit."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return None
    text = value.strip() if isinstance(value, str) else repr(value) if isinstance(value, float) else str(value)
    parts = _FORM.fullmatch(text) if len(text) <= MAX_DECIMAL_CHARACTERS else None
    if parts is None or not (parts.group(2) or parts.group(3)):
        return None
    return None if abs(int(parts.group(4) or 0)) > MAX_DECIMAL_EXPONENT else Decimal(text)


def _is_whole(value: Union[int, float]) -> bool:
    return value >= 0 and value == value // 1 and value <= 2**53


def _rates(prices: Mapping[str, Any]) -> Rates:
    own = {name: _rate(name, price) for name, price in prices.items() if price is not None}
    # A class that is always charged takes the input price where it has none of its own.
    return {**dict.fromkeys(("cache_read", "cache_write_5m", "cache_write_1h"), own["input"]), **own}


def _rate(name: str, price: Any) -> Fraction:
    decimal = parse_decimal(price)
    if decimal is None or decimal < 0:
        raise ValueError(
            f"Cannot read price: {name} must be a decimal >= 0, USD per million tokens: got {price!r}"
        )
    # One USD per million tokens is 1,000 nano-USD a token.
    return Fraction(decimal) * 1000
