"""Prints, as a JSON list, the 99th percentile in microseconds of one decision, for each run; policies come by stdin."""

import json
import math
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "sdk-python" / "src"))

from niitaka._policy.compile_policies import compile_policies  # noqa: E402
from niitaka._policy.decision import EvaluationEvent, EvaluationState  # noqa: E402
from niitaka._policy.evaluate import evaluate  # noqa: E402
from niitaka._policy.parse_policy import read_policy  # noqa: E402


def main(count: int, runs: int) -> None:
    compiled = compile_policies(map(read_policy, json.load(sys.stdin)), "planner", "production")
    print(json.dumps([_run(compiled, count) for _ in range(runs)]))


def _run(compiled, count: int) -> float:
    took = []
    warned = frozenset(["cost_limit-0"])
    failed, call = EvaluationEvent("error", "timeout", 1, "gpt-5"), EvaluationEvent("llm")
    for at in range(count):
        cost = at * 10_000
        state = EvaluationState(cost, at, cost * 2, at * 2, cost * 3, at * 3, cost * 4, at * 4, warned)
        event = call if at % 4 else failed
        before = time.perf_counter_ns()
        evaluate(compiled, state, event)
        took.append((time.perf_counter_ns() - before) / 1000)
    return sorted(took)[math.ceil(count * 0.99) - 1]


main(int(sys.argv[1]), int(sys.argv[2]))
