"""`python -m niitaka.vectors FILE...`: runs the cases of each file through the shipped rules.

Prints each differing case with what was expected and found, and exits with 1 if any differs.
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from typing import Any, Dict, List, Optional

from ._cost.normalise_usage import is_usage_format, normalise_usage
from ._cost.price import parse_decimal, parse_price
from ._cost.price_call import price_call
from ._cost.token_usage import TokenUsage
from ._policy.check_case import check_policy_case

Case = Dict[str, Any]


def main(files: List[str]) -> int:
    """Exit code 0 when every case of every file agrees, 1 when any differs, 2 without a file."""
    if not files:
        print("Cannot run vectors: no file given: python -m niitaka.vectors FILE...", file=sys.stderr)
        return 2
    return 0 if sum([_run_file(file) for file in files]) == 0 else 1


def check_case(case: Case) -> List[str]:
    """One line per difference; only keys that the case has are compared, without `prices` it only normalises. A case
    with `policies` is one of policy, else of cost."""
    if "policies" in case:
        return _check_policy_case(case)
    raw = case.get("usage")
    if not isinstance(raw, dict):
        return [f"expected an object `usage`, found {_shown(raw)}"]
    if not is_usage_format(raw.get("format")):
        return [f"expected a known usage format, found {_shown(raw.get('format'))}"]
    usage = normalise_usage(raw["format"], raw)
    differences = _check_normalised(case, usage)
    return differences + _check_price(case, usage) if "prices" in case else differences


def _run_file(file: str) -> int:
    try:
        with open(file, encoding="utf-8") as opened:
            content = json.load(opened)
        cases = content["cases"]
        if not all(isinstance(case, dict) for case in cases):
            raise ValueError("expected every case to be an object")
    except (OSError, ValueError, KeyError, TypeError) as trouble:
        print(f"Cannot run {file}: {trouble or 'expected an object with an array `cases`'}", file=sys.stderr)
        return 1
    differing = 0
    for index, case in enumerate(cases):
        differences = check_case(case)
        differing += 1 if differences else 0
        for line in differences:
            print(f"{file}: {case.get('id') or case.get('name') or f'case {index}'}: {line}")
    print(f"{file}: {len(cases)} cases, {differing} differ")
    return differing


def _check_policy_case(case: Case) -> List[str]:
    try:
        return check_policy_case(case)
    except (KeyError, TypeError, ValueError) as trouble:
        return [f"cannot be run: {trouble!r}"]


def _check_normalised(case: Case, usage: TokenUsage) -> List[str]:
    expected = case.get("normalized", {})
    if not isinstance(expected, dict):
        return [f"expected an object `normalized`, found {_shown(expected)}"]
    found = {
        "prompt_tokens": usage.input_tokens,
        "uncached": usage.uncached_tokens,
        "cache_read": usage.cache_read_tokens,
        "cache_write_5m": usage.cache_write_5m_tokens,
        "cache_write_1h": usage.cache_write_1h_tokens,
        "completion_tokens": usage.output_tokens,
        "reasoning": usage.reasoning_tokens,
        "input_audio": usage.input_audio_tokens,
        "output_audio": usage.output_audio_tokens,
        "input_image": usage.input_image_tokens,
        "output_image": usage.output_image_tokens,
    }
    return [
        f"normalized.{key}: expected {_shown(value)}, found {_shown(found.get(key))}"
        for key, value in expected.items()
        if key not in found or found[key] != value
    ]


def _check_price(case: Case, usage: TokenUsage) -> List[str]:
    row = case["prices"]
    try:
        price = None if row is None else parse_price(row)
    except (ValueError, AttributeError) as trouble:
        return [str(trouble)]
    cost = price_call(usage, price)
    nano = None if cost is None else cost.cost_nano_usd
    usd = None if nano is None else Decimal(nano).scaleb(-9)
    found = {"expected_nano_usd": None if nano is None else Decimal(nano), "expected_cost_usd": usd}
    return [
        f"{key}: expected {_shown(case[key])}, found {_shown(value)}"
        for key, value in found.items()
        if key in case and not _is_equal(case[key], value)
    ]


def _is_equal(expected: Any, found: Optional[Decimal]) -> bool:
    if expected is None or found is None:
        return expected is found
    if isinstance(expected, float):
        return float(found) == expected
    return parse_decimal(expected) == found


def _shown(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(value, default=str)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
