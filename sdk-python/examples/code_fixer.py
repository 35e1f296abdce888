"""Tries the same repair over and over: the loop that a step limit is for."""

from __future__ import annotations

import niitaka

from pretend import SAMPLE, RateLimitError, call_model, wait


def fix(test: str, rounds: int) -> None:
    with niitaka.start_session(goal=f"Make the failing test {test} pass", agent_id="code-fixer", tags=SAMPLE) as session:
        for number in range(rounds):
            try:
                propose_change(session, number)
            except RateLimitError as error:
                session.error(error)
            with session.tool("run_tests") as call:
                wait(1.6)
                call.input, call.output = {"test": test}, {"passed": 41, "failed": 1}
        session.decision("give up", options=["try again", "give up"], reason="No progress for a while.")
        session.set_metrics({"goal_completed": False, "score": 0.1, "rounds": rounds})


def propose_change(session: niitaka.Session, number: int) -> None:
    if number % 7 == 6:
        raise RateLimitError("Rate limit reached for requests per minute")
    call_model(session, "openai", "gpt-5", seconds=2.2, input_tokens=2200 + number * 350, output_tokens=180)


if __name__ == "__main__":
    fix("test_total_rounds_half_even", rounds=20)
    niitaka.shutdown(5)
