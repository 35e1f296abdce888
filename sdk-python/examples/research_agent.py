"""Reads sources at the same time, loses some of them to errors, and answers from the rest."""

from __future__ import annotations

import asyncio

import niitaka

from pretend import SAMPLE, call_model, wait


async def answer(question: str) -> None:
    async with niitaka.start_session(goal=question, agent_id="research-agent", tags=SAMPLE) as session:
        call_model(session, "openai", "gpt-5", seconds=2.6, input_tokens=640, output_tokens=310)
        pages = await asyncio.gather(*(read_page(number) for number in range(4)), return_exceptions=True)
        read = [page for page in pages if isinstance(page, str)]
        session.decision(f"answer from {len(read)} of {len(pages)} sources", reason="the others could not be read")
        call_model(session, "anthropic", "claude-sonnet-4-5", seconds=6.2, input_tokens=9800, output_tokens=720)
        session.set_metrics({"goal_completed": bool(read), "score": 0.74, "sources": len(read)})


@niitaka.tool("read_page")
async def read_page(number: int) -> str:
    """Every fourth page does not answer: the call becomes one error event, with its kind."""
    await asyncio.to_thread(wait, 1.4)
    if number % 4 == 3:
        raise TimeoutError("read_page: no answer within 10 s")
    return f"Report {number}"


if __name__ == "__main__":
    asyncio.run(answer("How much did grid batteries cost per kWh in 2025?"))
    niitaka.shutdown(5)
