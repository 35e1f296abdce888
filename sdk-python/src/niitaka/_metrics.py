"""Outcome metrics: which values are good (S7)."""

from __future__ import annotations

import math
import re
from typing import Any, Dict, List, Mapping, Set, Tuple, Union

from ._arguments import refused, show
from ._json import dict_of, plain_value
from ._limits import CUSTOM_METRICS

Metric = Union[bool, int, float]

_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,64}")
_RESERVED = ("goal_completed", "score")


def read_metrics(metrics: Any, known: Set[str]) -> Tuple[Dict[str, Metric], List[str]]:
    """The good values, and what is wrong with each other one; `known` are the names used in the session before.

    Too many names of one's own refuse the whole call.
    """
    if not isinstance(metrics, Mapping):
        return {}, [str(refused("metrics", "an object", metrics))]
    good: Dict[str, Metric] = {}
    problems: List[str] = []
    for name, value in dict_of(metrics).items():
        plain = _plain(value)
        problem = _problem(name, plain)
        if problem is None:
            good[name] = plain
        else:
            problems.append(problem)
    own = {name for name in {*known, *good} if name not in _RESERVED}
    if len(own) > CUSTOM_METRICS:
        over = next(name for name in [*good][::-1] if name not in _RESERVED and name not in known)
        full = f"at most {CUSTOM_METRICS} custom metrics: {show(over)} would be one more"
        return {}, problems + [full] * max(1, len(good))
    return good, problems


def _plain(value: Any) -> Any:
    # Numbers of other libraries (numpy, Decimal, Fraction) count by their value.
    if isinstance(value, (bool, int, float)):
        return value
    plain = plain_value(value)
    if isinstance(plain, str) and not isinstance(value, str):
        try:
            return float(value)
        except (TypeError, ValueError, OverflowError):
            return value
    return plain


def _problem(name: Any, value: Any) -> Any:
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        return str(refused("a metric's name", "1 to 64 of a-z A-Z 0-9 _ . -", name))
    if name == "goal_completed":
        return None if isinstance(value, bool) else str(refused(name, "true or false", value))
    if name == "score":
        good = _is_number(value) and 0 <= value <= 1
        return None if good else str(refused(name, "a number from 0 to 1", value))
    good = isinstance(value, bool) or _is_number(value)
    return None if good else str(refused(name, "a finite number, true or false", value))


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
