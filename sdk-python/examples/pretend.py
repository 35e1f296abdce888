"""What the examples call instead of a real model or tool, so that they run anywhere and cost nothing."""

from __future__ import annotations

import os
import time

import niitaka

#: Marks sessions as samples, so that all of them can be told and removed.
SAMPLE = {"sample": "true"}


class RateLimitError(Exception):
    """What a provider raises when it is asked too often."""


def call_model(
    session: niitaka.Session, provider: str, model: str, seconds: float, input_tokens: int, output_tokens: int
) -> None:
    """Takes as long as a model would, and records the call with its usage; the server works out the cost."""
    started_at = time.time()
    wait(seconds)
    data = {
        "provider": provider,
        "model": model,
        "input_tokens": input_tokens,
        "output_tokens": output_tokens,
        "finish_reason": "stop",
        "time_to_first_token_ms": round(seconds * 350),
    }
    session.event("llm", name=model, data=data, started_at=started_at, ended_at=time.time())


def wait(seconds: float) -> None:
    """Sleeps; `SAMPLE_SPEED=10` makes the examples ten times faster."""
    time.sleep(seconds / float(os.environ.get("SAMPLE_SPEED", "1")))
