"""One long run: a whole collection of documents, two events each."""

from __future__ import annotations

import niitaka

from pretend import SAMPLE, call_model, wait


@niitaka.start_session(goal="Index the handbook collection", agent_id="nightly-indexer", tags=SAMPLE)
def index(documents: int) -> None:
    session = niitaka.current_session()
    if session is None:
        return
    for number in range(documents):
        with session.tool("read_document") as call:
            call.input = {"path": f"handbook/{number:04}.md"}
            wait(0.2)
        call_model(session, "openai", "gpt-4o-mini", seconds=1.1, input_tokens=1100 + number % 700, output_tokens=60)
    session.set_metrics({"goal_completed": True, "documents": documents})


if __name__ == "__main__":
    index(1200)
    niitaka.shutdown(5)
