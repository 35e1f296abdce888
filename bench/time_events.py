"""Prints, as a JSON list, how many microseconds each event costs on the caller's thread, spool included."""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "sdk-python" / "src"))

import niitaka  # noqa: E402

EVENTS_PER_REST = 200
REST_SECONDS = 0.001


def main(count: int) -> None:
    # Nobody listens there, so that the sender takes the way that costs most: everything stays on disk.
    niitaka.configure(api_key="nk_timed", api_url="http://127.0.0.1:1")
    took = []
    with niitaka.start_session(goal="time events") as session:
        for at in range(count):
            data = {"provider": "openai", "model": "gpt-4o", "input_tokens": 1200, "output_tokens": 340, "at": at}
            before = time.perf_counter_ns()
            session.event("llm", "gpt-4o", data)
            took.append((time.perf_counter_ns() - before) / 1000)
            if at % EVENTS_PER_REST == 0:
                time.sleep(REST_SECONDS)
    niitaka.shutdown(0)
    print(json.dumps(took))


main(int(sys.argv[1]))
