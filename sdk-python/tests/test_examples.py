"""The examples run, and leave the sessions that they promise."""

from __future__ import annotations

import asyncio
import os
import sys
import unittest
from pathlib import Path
from unittest import mock

from niitaka import testing

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "examples"))

import code_fixer  # noqa: E402
import nightly_indexer  # noqa: E402
import research_agent  # noqa: E402
import support_router  # noqa: E402


@mock.patch.dict(os.environ, {"SAMPLE_SPEED": "1000"})
class Examples(unittest.TestCase):
    def test_support_router_starts_a_drafter_per_queue(self) -> None:
        """support_router: children name their parent (S9)"""
        with testing.capture() as captured:
            support_router.answer_ticket(4100)
        parent, *children = captured.sessions
        self.assertEqual(parent["agent_id"], "support-router")
        self.assertEqual([each["agent_id"] for each in children], ["reply-drafter"] * len(children))
        self.assertEqual({each["parent_session_id"] for each in children}, {parent["session_id"]})
        self.assertEqual({each["tags"]["sample"] for each in captured.sessions}, {"true"})

    def test_research_agent_keeps_going_after_errors(self) -> None:
        """research_agent: one error event for the page that failed (E1, E2)"""
        with testing.capture() as captured:
            asyncio.run(research_agent.answer("What is new?"))
        errors = [each for each in captured.events if each["type"] == "error"]
        self.assertEqual([each["data"]["kind"] for each in errors], ["timeout"])
        self.assertEqual(captured.metrics, {"goal_completed": True, "score": 0.74, "sources": 3})

    def test_code_fixer_loops(self) -> None:
        """code_fixer: a step per call and per tool, an error where the call failed (E1, E3)"""
        with testing.capture() as captured:
            code_fixer.fix("test_a", rounds=8)
        types = [each["type"] for each in captured.events]
        self.assertEqual([types.count(each) for each in ("llm", "tool", "error", "decision")], [7, 8, 1, 1])
        self.assertEqual(captured.metrics["goal_completed"], False)

    def test_nightly_indexer_is_one_long_session(self) -> None:
        """nightly_indexer: two events per document"""
        with testing.capture() as captured:
            nightly_indexer.index(50)
        self.assertEqual(len(captured.sessions), 1)
        self.assertEqual(len(captured.events), 100)


if __name__ == "__main__":
    unittest.main()
