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
CALLS_PER_REST = 10
# An agent's calls take seconds: what was recorded is on its way before the next.
REST_SECONDS = 0.03


def main(agent: str, calls: int, rounds: int) -> None:
    import niitaka
    import openai

    # What the library speaks HTTP with goes by two names.
    httpx = import_module("httpx2" if find_spec("httpx2") else "httpx")

    answer = sys.stdin.buffer.read()
    headers = {"content-type": "application/json"}
    provider = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, content=answer))

    class Bare(openai.OpenAI):
        # The methods that are about to be replaced, as they are.
        request = openai.OpenAI.request
        _process_response = openai.OpenAI._process_response

    bare, recorded = (
        kind(api_key="sk", http_client=httpx.Client(transport=provider)) for kind in (Bare, openai.OpenAI)
    )
    niitaka.instrument()

    def time_call(client: openai.OpenAI) -> float:
        before = time.perf_counter_ns()
        client.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": "Say hello to me"}])
        return (time.perf_counter_ns() - before) / 1000

    def time_round() -> float:
        pairs = []
        for call in range(calls):
            pairs.append((time_call(bare), time_call(recorded)))
            if call % CALLS_PER_REST == 0:
                time.sleep(REST_SECONDS)
        return median(with_us for _, with_us in pairs) - median(without for without, _ in pairs)

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
