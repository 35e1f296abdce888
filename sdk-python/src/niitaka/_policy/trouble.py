"""Where a policy is wrong, and the checks that find it."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from typing import Any, Mapping, NamedTuple, Union

#: The greatest values a policy may hold.
NAME_CHARACTERS = 200
PRIORITY = 1_000_000
COST_USD = 1_000_000_000
STEPS = 1_000_000_000
RETRIES = 10
DELAY_SECONDS = 86_400
ERROR_KINDS = 50

#: The greatest number that every language reads alike.
SAFE_INTEGER = 2**53 - 1

_SHOWN_CHARACTERS = 100


class Trouble(NamedTuple):
    """The path of a value, and what was wanted and found there."""

    at: str
    reason: str


#: Stands for a key that is not there, where None is a value.
ABSENT = object()


def trouble(at: str, wanted: str, found: Any = ABSENT) -> Trouble:
    """Names the place, what was wanted, and what was found instead."""
    return Trouble(at, f"must be {wanted}: got {_shown(found)}")


def is_name(value: Any) -> bool:
    """Whether a value is text that names something: not empty, at most 200 characters."""
    return isinstance(value, str) and 0 < len(value) <= NAME_CHARACTERS


def is_number(value: Any) -> bool:
    """Whether a value is a JSON number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_whole(value: Any, least: int, most: int) -> bool:
    """Whether a value is a whole number within both bounds; 3.0 is one."""
    return is_number(value) and least <= value <= most and value == int(value)


def _shown(value: Any) -> str:
    return "nothing" if value is ABSENT else _json(value)[:_SHOWN_CHARACTERS]


def _json(value: Any) -> str:
    """JSON as JavaScript writes it, so that both languages mint the same message."""
    if is_number(value):
        return _number(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_json(str(key))}:{_json(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_json(item) for item in value) + "]"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):x}", text)


def _number(value: Union[int, float]) -> str:
    if isinstance(value, int) and abs(value) <= SAFE_INTEGER:
        return str(value)
    try:
        value = float(value)
    except OverflowError:
        return "null"
    if not math.isfinite(value):
        return "null"
    if value == value // 1 and abs(value) < 1e21:
        # JavaScript writes the digits that tell a number from its neighbours, then zeros.
        return str(int(Decimal(repr(value))))
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        return mantissa
    power = int(exponent)
    # JavaScript writes 0.00001 where Python already writes 1e-05.
    if -7 < power < 0:
        sign, digits = ("-" if value < 0 else ""), mantissa.lstrip("-").replace(".", "")
        return f"{sign}0.{'0' * (-power - 1)}{digits}"
    return f"{mantissa}e{power:+d}"
