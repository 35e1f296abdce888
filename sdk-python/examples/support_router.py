"""A router that classifies a ticket and has one drafter per queue answer it: sessions in a tree."""

from __future__ import annotations

import niitaka

from pretend import SAMPLE, call_model, wait

TICKETS = [
    ("Invoice charged twice", ["billing"]),
    ("Login fails after password reset", ["technical", "account"]),
    ("Change the billing address", ["billing", "account"]),
]


def answer_ticket(number: int) -> None:
    subject, queues = TICKETS[number % len(TICKETS)]
    with niitaka.start_session(
        goal=f"Process customer support ticket: {subject}",
        agent_id="support-router",
        conversation_id=f"ticket-{number}",
        tags={**SAMPLE, "team": "support"},
    ) as session:
        with session.tool("fetch_ticket") as call:
            call.input, call.output = {"ticket_id": number}, {"subject": subject}
            wait(0.4)
        call_model(session, "openai", "gpt-5-mini", seconds=1.8, input_tokens=940, output_tokens=64)
        session.decision(" and ".join(queues), options=["billing", "technical", "account"], reason=subject)
        for queue in queues:
            draft_reply(queue)
        session.set_metrics({"goal_completed": True, "score": 0.86})


@niitaka.tool
def search_articles(queue: str) -> "list[str]":
    wait(0.7)
    return [f"{queue}: frequent questions"]


def draft_reply(queue: str) -> None:
    """Started inside the router's session, so the router is its parent."""
    with niitaka.start_session(goal=f"Draft reply for {queue} query", agent_id="reply-drafter", tags=SAMPLE) as session:
        search_articles(queue)
        call_model(session, "anthropic", "claude-sonnet-4-5", seconds=3.5, input_tokens=2400, output_tokens=210)
        session.set_metrics({"goal_completed": True, "score": 0.82})


if __name__ == "__main__":
    for turn in range(3):
        answer_ticket(4100 + turn)
    niitaka.shutdown(5)
