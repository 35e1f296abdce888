"""The published examples, letter by letter, as texts to be run with what they take for granted given."""

START = """\
import niitaka

with niitaka.start_session(
    goal="Summarise the weekly sales report",
    agent_id="report-summariser",
) as session:
    result = run_agent(report_text)

    session.set_metrics({
        "goal_completed": result.success,
        "score":          result.quality,   # float 0–1
    })
"""

CHILD = """\
# Top-level session
with niitaka.start_session(
    goal="Process customer support ticket",
    agent_id="support-router",
) as parent:
    intent = classify_intent(ticket)

    # Sub-session linked to the parent
    with niitaka.start_session(
        goal="Draft reply for billing query",
        agent_id="reply-drafter",
        parent_session_id=parent.session_id,
    ) as child:
        reply = draft_reply(ticket, intent)
        child.set_metrics({"goal_completed": reply is not None})
"""

ERRORS = """\
# Do NOT check session.status == 'error' — sessions never have that status.
# Instead, check error_count:
sessions = niitaka_api.list_sessions(agent_id="report-summariser")
failed = [s for s in sessions if s["error_count"] > 0]
"""
