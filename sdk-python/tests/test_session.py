"""Sessions, events and metrics as code sees them, captured in memory."""

import asyncio
import os
import unittest
import uuid
from datetime import datetime, timezone
from unittest import mock

import niitaka
from niitaka.testing import capture


def of_kind(captured, kind):
    return [each for each in captured.records if each["kind"] == kind]


class StartSession(unittest.TestCase):
    def test_block(self):
        """start_session() records a start and an end around the block (S1, S2)"""
        with capture() as captured:
            with niitaka.start_session(goal="Greet", agent_id="greeter") as session:
                self.assertEqual(str(session), session.session_id)
                self.assertEqual(uuid.UUID(session.session_id).version, 7)
            start, end = captured.records
        self.assertEqual(start["kind"], "session.start")
        self.assertEqual((start["goal"], start["agent_id"], start["environment"]), ("Greet", "greeter", "test"))
        self.assertEqual(end["kind"], "session.end")
        self.assertEqual((end["session_id"], end["last_seq"], end["dropped"]), (session.session_id, 0, {}))

    def test_all_fields(self):
        """start_session() sends every field by its wire name (S1)"""
        given = {
            "session_id": "0198C7A0-0000-7000-8000-000000000001",
            "parent_session_id": "0198c7a0-0000-7000-8000-000000000002",
            "experiment_id": "exp",
            "variant": "b",
            "environment": "staging",
            "agent_version": "3",
            "user_id": "u1",
            "conversation_id": "c1",
            "tags": {"team": "blue"},
            "metadata": {"depth": {"of": [1]}},
        }
        with capture() as captured:
            with niitaka.start_session("goal", "agent", **given):
                pass
            start = captured.sessions[0]
        self.assertRegex(start.pop("started_at"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual(
            start, {"kind": "session.start", "goal": "goal", "agent_id": "agent", **given,
                    "session_id": given["session_id"].lower()}
        )

    def test_argument_errors(self):
        """start_session() refuses ids that the server would refuse, at the call (A1)"""
        for bad in ("", ".", "..", "a" * 129, "tab\t", "\x7f"):
            with self.assertRaisesRegex(ValueError, "agent_id must (be 1 to 128|hold no control) characters"):
                niitaka.start_session(agent_id=bad)
        with self.assertRaisesRegex(ValueError, "session_id must be a UUID: got \"x\""):
            niitaka.start_session(session_id="x")
        with self.assertRaisesRegex(ValueError, "parent_session_id must be a UUID: got \"x\""):
            niitaka.start_session(parent_session_id="x")
        with self.assertRaisesRegex(ValueError, "session_id must be a UUID"):
            niitaka.attach_session("nope")

    def test_parent_from_context(self):
        """start_session() takes the current session as parent; None makes a root (S9)"""
        with capture() as captured:
            with niitaka.start_session("parent") as parent:
                with niitaka.start_session("child"):
                    pass
                with niitaka.start_session("root", parent_session_id=None):
                    pass
                with niitaka.start_session("named", parent_session_id=parent):
                    pass
            with niitaka.start_session("after"):
                pass
            found = {each["goal"]: each.get("parent_session_id") for each in captured.sessions}
        self.assertEqual(
            found,
            {"parent": None, "child": parent.session_id, "root": None, "named": parent.session_id, "after": None},
        )

    def test_manager_not_kept(self):
        """A session lives on when its manager was not kept"""
        with capture() as captured:
            session = niitaka.start_session("alone").__enter__()
            session.event("log", data={"message": "still here"})
            self.assertEqual(of_kind(captured, "session.end"), [])
            self.assertIs(niitaka.current_session(), session)
            niitaka._context.scope.set(None)
        ends = [each for each in captured._records if each["kind"] == "session.end"]
        self.assertEqual([(each["session_id"], each["last_seq"]) for each in ends], [(session.session_id, 1)])

    def test_same_manager_many_times(self):
        """One manager entered twice gives two sessions, nested or in turn"""
        with capture() as captured:
            manager = niitaka.start_session("again")
            with manager as one, manager as two:
                pass
            with manager as three:
                pass
            ends = [each["session_id"] for each in of_kind(captured, "session.end")]
        self.assertEqual(ends, [two.session_id, one.session_id, three.session_id])

    def test_environment_variable(self):
        """environment is the argument, else NIITAKA_ENV, else production (S10)"""
        from niitaka._options import read_options

        with mock.patch.dict(os.environ, {"NIITAKA_ENV": "canary"}):
            self.assertEqual(read_options().environment, "canary")
            self.assertEqual(read_options(environment="x").environment, "x")
        with mock.patch.dict(os.environ, clear=True):
            self.assertEqual(read_options().environment, "production")
            self.assertEqual(read_options().api_url, "http://127.0.0.1:4600")
        with self.assertRaisesRegex(ValueError, "api_url must be an http or https address: got \"ftp://x\""):
            read_options(api_url="ftp://x")

    def test_tags(self):
        """Tags beyond 20 or with a bad key are left out, not a reason to refuse (S1)"""
        tags = {"bad key": "x", **{f"k{n}": n for n in range(25)}}
        with capture() as captured, self.assertLogs("niitaka", "WARNING") as logs:
            with niitaka.start_session(tags=tags):
                pass
            self.assertEqual(captured.sessions[0]["tags"], {f"k{n}": str(n) for n in range(20)})
        self.assertEqual(len(logs.output), 1)


class Exceptions(unittest.TestCase):
    def leave_with(self, trouble):
        with capture() as captured:
            try:
                with niitaka.start_session("boom"):
                    raise trouble
            except BaseException as seen:
                self.assertIs(seen, trouble)
            self.assertEqual(captured.records[-1]["kind"], "session.end")
            return captured.events

    def test_exception(self):
        """An exception closes the session, adds one error event, and goes on unchanged (S2, E1)"""
        (event,) = self.leave_with(KeyError("name"))
        self.assertEqual((event["type"], event["level"], event["seq"]), ("error", "error", 1))
        data = event["data"]
        self.assertEqual((data["kind"], data["message"], data["exception_type"]), ("exception", "'name'", "KeyError"))
        self.assertIn("raise trouble", data["stack"])

    def test_clean_exits(self):
        """SystemExit(0) and GeneratorExit add no error event; SystemExit(1) does (E1)"""
        self.assertEqual(self.leave_with(SystemExit(0)), [])
        self.assertEqual(self.leave_with(SystemExit()), [])
        self.assertEqual(self.leave_with(GeneratorExit()), [])
        self.assertEqual(len(self.leave_with(SystemExit(1))), 1)

    def test_cancelled(self):
        """KeyboardInterrupt and cancellation are of kind cancelled (E1, E2)"""
        for trouble in (KeyboardInterrupt(), asyncio.CancelledError()):
            (event,) = self.leave_with(trouble)
            self.assertEqual(event["data"]["kind"], "cancelled")

    def test_seen_once(self):
        """One exception object is one error event in a session, however often it is seen (E1)"""
        with capture() as captured:
            with self.assertRaises(ZeroDivisionError):
                with niitaka.start_session() as session:
                    with session.tool("outer"):
                        with session.tool("inner"):
                            try:
                                1 / 0
                            except ZeroDivisionError as trouble:
                                session.error(trouble)
                                raise
            self.assertEqual([each["type"] for each in captured.events], ["error"])

    def test_exception_that_cannot_be_read(self):
        """An exception whose text fails is recorded all the same"""

        class Bad(Exception):
            __slots__ = ()

            def __str__(self):
                raise RuntimeError("no text")

        (event,) = self.leave_with(Bad())
        self.assertEqual(event["data"]["message"], "[Bad without a readable message]")


class Events(unittest.TestCase):
    def test_event(self):
        """event() records type, name, data and times, numbered from 1 (D1)"""
        with capture() as captured:
            with niitaka.start_session() as session:
                first = session.event("llm", "gpt", {"model": "m", "input_tokens": 3}, 1700000000, 1700000001.5)
                session.event("log", data={"message": "hi"}, parent=first, level="debug",
                              ended_at=datetime(2026, 1, 1, tzinfo=timezone.utc))
            one, two = captured.events
        self.assertEqual(
            one,
            {
                "kind": "event",
                "session_id": session.session_id,
                "event_id": first,
                "type": "llm",
                "name": "gpt",
                "data": {"model": "m", "input_tokens": 3},
                "started_at": "2023-11-14T22:13:20.000Z",
                "ended_at": "2023-11-14T22:13:21.500Z",
                "sender": one["sender"],
                "seq": 1,
            },
        )
        self.assertEqual((two["seq"], two["parent_event_id"], two["level"]), (2, first, "debug"))
        self.assertEqual(two["started_at"], "2026-01-01T00:00:00.000Z")

    def test_argument_errors(self):
        """event() refuses unknown types, levels and times without a zone at the call (E1)"""
        with capture(), niitaka.start_session() as session:
            with self.assertRaisesRegex(ValueError, "type must be one of llm, tool, decision, error, log: got \"x\""):
                session.event("x")
            with self.assertRaisesRegex(ValueError, "level must be one of"):
                session.event("log", level="loud")
            with self.assertRaisesRegex(ValueError, "started_at must be an aware datetime"):
                session.event("log", started_at=datetime(2026, 1, 1))
            with self.assertRaisesRegex(TypeError, "ended_at must be an aware datetime or seconds"):
                session.event("log", ended_at="now")
            with self.assertRaisesRegex(ValueError, "seconds since 1970"):
                session.event("log", ended_at=float("nan"))

    def test_decision(self):
        """decision() records choice, kind, options and reason, of a session or of the current one"""
        with capture() as captured:
            with niitaka.start_session() as session:
                session.decision("left", kind="route", options=["left", "right"], reason="shorter")
                niitaka.decision("right")
            one, two = captured.events
        self.assertEqual(
            one["data"], {"kind": "route", "choice": "left", "options": ["left", "right"], "reason": "shorter"}
        )
        self.assertEqual(two["data"], {"choice": "right"})

    def test_outside_of_any_session(self):
        """Calls outside of any session go nowhere and are told once"""
        with capture() as captured, self.assertLogs("niitaka", "WARNING") as logs:
            self.assertIsNone(niitaka.decision("x"))
            self.assertIsNone(niitaka.decision("y"))

            @niitaka.tool
            def work():
                return 7

            self.assertEqual(work(), 7)
            self.assertEqual(captured.records, [])
        self.assertEqual(len(logs.output), 1)

    def test_after_the_end(self):
        """An event after the end is still numbered, and a close tells of it (S5, D1)"""
        with capture() as captured:
            with niitaka.start_session() as session:
                session.event("log")
            session.event("log")
        closes = [each for each in captured._records if each["kind"] == "sender.close"]
        self.assertEqual([(each["session_id"], each["last_seq"]) for each in closes], [(session.session_id, 2)])


class Helpers(unittest.TestCase):
    def test_error(self):
        """error() records a caught exception once, with a name and a parent, and the run goes on (E1)"""
        with capture() as captured:
            with niitaka.start_session() as session:
                with session.tool("t") as call:
                    try:
                        raise TimeoutError("slow")
                    except TimeoutError as trouble:
                        first = session.error(trouble, name="retry", parent=call)
                        again = session.error(trouble)
                self.assertIsNone(again)
                self.assertIsNone(session.error(SystemExit(0)))
            error, tool = captured.events
        self.assertEqual((error["event_id"], error["name"]), (first, "retry"))
        self.assertEqual(error["parent_event_id"], tool["event_id"])
        self.assertEqual((error["data"]["kind"], error["level"]), ("timeout", "error"))
        self.assertEqual(tool["type"], "tool")

    def test_data_that_is_no_dict(self):
        """Data that is no dict is kept under a name of its own"""
        with capture() as captured:
            with niitaka.start_session() as session:
                session.event("log", data="a line")
                session.event("decision", data=["a", "b"])
                session.event("llm")
            found = [each["data"] for each in captured.events]
        self.assertEqual(found, [{"message": "a line"}, {"value": ["a", "b"]}, {}])

    def test_texts(self):
        """A session's text is its id"""
        with capture(), niitaka.start_session() as session:
            self.assertEqual(str(session), session.session_id)
            self.assertEqual(repr(session), f"<niitaka.Session {session.session_id}>")


class Metrics(unittest.TestCase):
    def test_same_method(self):
        """set_metrics and report_metrics are the same method (S7)"""
        self.assertIs(niitaka.Session.set_metrics, niitaka.Session.report_metrics)

    def test_bad_values_are_left_out(self):
        """A bad value is left out with one warning and counted; the host goes on (S7)"""
        with capture(is_strict=False) as captured, self.assertLogs("niitaka", "WARNING") as logs:
            with niitaka.start_session() as session:
                session.set_metrics({"score": 1.5, "goal_completed": True, "x": float("nan"), "bad name": 1})
                session.set_metrics(None)
                session.set_metrics({"goal_completed": 1})
            self.assertEqual(captured.metrics, {"goal_completed": True})
            self.assertEqual(captured.records[-1]["omitted"], {"metrics_refused": 5})
        self.assertEqual(len(logs.output), 1)
        self.assertIn("score must be a number from 0 to 1: got 1.5", logs.output[0])

    def test_strict(self):
        """With NIITAKA_STRICT=1 a bad value raises (S7)"""
        with capture(), niitaka.start_session() as session:
            with self.assertRaisesRegex(ValueError, "goal_completed must be true or false: got \"yes\""):
                session.set_metrics({"goal_completed": "yes"})
            with self.assertRaises(ValueError) as caught:
                session.set_metrics({f"m{n}": n for n in range(11)})
            self.assertEqual(str(caught.exception), 'at most 10 custom metrics: "m10" would be one more')

    def test_custom_names(self):
        """Ten names of one's own, counted over all calls; one more refuses the whole call (S7)"""
        with capture(is_strict=False) as captured:
            with niitaka.start_session() as session:
                session.set_metrics({f"m{n}": n for n in range(10)})
                session.set_metrics({"m0": 5, "score": 0.1})
                session.set_metrics({"goal_completed": True, "eleven": 1})
            self.assertEqual(captured.metrics, {**{f"m{n}": n for n in range(10)}, "m0": 5, "score": 0.1})
            self.assertEqual(captured.records[-1]["omitted"], {"metrics_refused": 2})

    def test_by_id(self):
        """report_metrics(session_id, ...) sends outside the ledger and raises for bad values (S7)"""
        wanted = str(uuid.uuid4())
        with capture() as captured:
            niitaka.report_metrics(wanted, {"score": 1})
            with self.assertRaisesRegex(ValueError, "score must be a number from 0 to 1: got 2"):
                niitaka.report_metrics(wanted, {"score": 2})
            (record,) = captured.records
        self.assertEqual((record["session_id"], record["metrics"]), (wanted, {"score": 1}))
        self.assertNotIn("seq", record)


if __name__ == "__main__":
    unittest.main()
