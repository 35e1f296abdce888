"""The cost of a call, taken apart by token class (C1, C2)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Dict, List, Optional, Tuple

from .price import Price, Rates
from .token_usage import TokenUsage


@dataclass(frozen=True)
class CallCost:
    """Whole nano-USD; `cost_nano_usd` is the sum of `classes`."""

    cost_nano_usd: int
    classes: Dict[str, int]
    #: Whether the whole request was charged at the tier's prices.
    is_tier: bool


def price_call(usage: TokenUsage, price: Optional[Price]) -> Optional[CallCost]:
    """The cost of a call: each class is tokens x price, rounded half to even to whole nano-USD, the total their sum.

    Cached tokens are taken out of the input, never added; reasoning, audio and image tokens are charged apart only
    where they have a price of their own. None without a price: the call is unpriced, not free.
    """
    if price is None:
        return None
    is_tier = usage.input_tokens > price.tier_above
    rates = price.tier_rates if is_tier else price.rates
    charged = [*_input(usage, rates), *_output(usage, rates)]
    classes = {name: _charge(tokens, rates[name]) for name, tokens in charged if tokens}
    return CallCost(sum(classes.values()), classes, is_tier)


def _input(usage: TokenUsage, rates: Rates) -> List[Tuple[str, int]]:
    # Providers do not say how many audio and image tokens were cached: they count as far as the uncached reach.
    rest = usage.uncached_tokens
    audio = min(usage.input_audio_tokens, rest) if "input_audio" in rates else 0
    image = min(usage.input_image_tokens, rest - audio) if "input_image" in rates else 0
    return [
        ("input", rest - audio - image),
        ("cache_read", usage.cache_read_tokens),
        ("cache_write_5m", usage.cache_write_5m_tokens),
        ("cache_write_1h", usage.cache_write_1h_tokens),
        ("input_audio", audio),
        ("input_image", image),
    ]


def _output(usage: TokenUsage, rates: Rates) -> List[Tuple[str, int]]:
    rest = usage.output_tokens
    reasoning = min(usage.reasoning_tokens, rest) if "reasoning" in rates else 0
    audio = min(usage.output_audio_tokens, rest - reasoning) if "output_audio" in rates else 0
    image = min(usage.output_image_tokens, rest - reasoning - audio) if "output_image" in rates else 0
    return [
        ("output", rest - reasoning - audio - image),
        ("reasoning", reasoning),
        ("output_audio", audio),
        ("output_image", image),
    ]


def _charge(tokens: int, rate: Fraction) -> int:
    """Rounded half to even, as `round` of the exact fraction would at ten times the time."""
    below, parts = rate.numerator, rate.denominator
    whole, rest = divmod(tokens * below, parts)
    return whole + 1 if 2 * rest > parts or 2 * rest == parts and whole % 2 else whole
