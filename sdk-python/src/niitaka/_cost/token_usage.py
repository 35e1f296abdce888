"""Token counts of one call, whatever the provider's own way of counting."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any, NamedTuple, Optional

from .price import parse_decimal

#: Greatest believable count of tokens in one field; a greater one is left out as noise.
MAX_TOKEN_COUNT = 1_000_000_000


class TokenUsage(NamedTuple):
    """Whole tokens >= 0: input includes cached, audio and image tokens, output includes reasoning."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    reasoning_tokens: int = 0
    input_audio_tokens: int = 0
    output_audio_tokens: int = 0
    input_image_tokens: int = 0
    output_image_tokens: int = 0

    @property
    def cached_tokens(self) -> int:
        return self.cache_read_tokens + self.cache_write_5m_tokens + self.cache_write_1h_tokens

    @property
    def uncached_tokens(self) -> int:
        """Input that was neither read from nor written to a cache; 0 where the parts exceed their total."""
        return max(0, self.input_tokens - self.cached_tokens)


def read_token_count(value: Any) -> Optional[int]:
    """The count in `value`: a finite number in 0..10^9, also as text, cut to a whole one; else None."""
    if value is None or type(value) is int:  # nearly always, and of every call there are dozens
        return value if value is not None and 0 <= value <= MAX_TOKEN_COUNT else None
    if isinstance(value, str):
        value = parse_decimal(value)
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)) or not 0 <= value <= MAX_TOKEN_COUNT:
        return None
    return math.floor(value)
