"""Emits events at a rate for some seconds, tells what memory it took, and delivers once it is told to."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "sdk-python" / "src"))

import niitaka  # noqa: E402


def resident_mb() -> float:
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:")) / 1024


def main(per_second: int, seconds: float) -> None:
    with niitaka.start_session("outage") as session:
        session.event("log", data={"n": 0, "text": "x" * 600})
        before, began = resident_mb(), time.monotonic()
        for n in range(1, int(per_second * seconds)):
            time.sleep(max(0.0, began + n / per_second - time.monotonic()))
            session.event("log", data={"n": n, "text": "x" * 600})
        print(session.session_id, resident_mb() - before, flush=True)
        sys.stdin.readline()
    print(niitaka.flush(120), flush=True)


main(int(sys.argv[1]), float(sys.argv[2]))
