"""Prints, as a JSON list, how many microseconds longer a recorded call takes than a bare one, for each round.

The provider is in the process and answers the text that comes by stdin at once. The genuine library comes from the
environment that the tests of the SDK keep.
"""

import json
import os
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median

SDK = Path(__file__).resolve().parents[1] / "sdk-python"
CALLS_PER_TURN = 20


def main(agent: str, calls: int, rounds: int) -> None:
    import niitaka
    import openai

    # What the library speaks HTTP with goes by two names.
    httpx = import_module("httpx2" if find_spec("httpx2") else "httpx")

    answer = sys.stdin.buffer.read()
    headers = {"content-type": "application/json"}
    provider = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, content=answer))
    client = openai.OpenAI(api_key="sk", http_client=httpx.Client(transport=provider))

    def time_call() -> float:
        before = time.perf_counter_ns()
        client.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": "Say hello to me"}])
        return (time.perf_counter_ns() - before) / 1000

    def time_round() -> float:
        bare, recorded = [], []
        for _ in range(calls // CALLS_PER_TURN):
            niitaka.uninstrument()
            bare += [time_call() for _ in range(CALLS_PER_TURN)]
            niitaka.instrument()
            recorded += [time_call() for _ in range(CALLS_PER_TURN)]
        return median(recorded) - median(bare)

    with niitaka.start_session(goal="time calls", agent_id=agent):
        # With it the policies are there.
        niitaka.get_runtime_config(agent_id=agent)
        time_round()
        extra = [time_round() for _ in range(rounds)]
    niitaka.shutdown(5)
    print(json.dumps(extra))


if find_spec("openai") is None:
    sys.path.insert(0, str(SDK / "tests"))
    from library_environment import python_with

    python = str(python_with("newest"))
    os.execv(python, [python, *sys.argv])
sys.path.insert(0, str(SDK / "src"))
main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
