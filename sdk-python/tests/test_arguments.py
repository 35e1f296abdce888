"""Bad arguments are told at the call that gave them, in the words that both SDKs share."""

import json
import unittest
import uuid
from datetime import datetime
from pathlib import Path

import niitaka
from client_case import ClientCase
from niitaka import testing

SESSION = "22222222-2222-4222-8222-222222222222"
CASES = Path(__file__).resolve().parents[2] / "vectors" / "arguments.json"
MOMENT = "an aware datetime or seconds since 1970"


def value_of(value):
    """The value of a case; what JSON has no word for is named in it."""
    if isinstance(value, dict) and "number" in value:
        return float(value["number"])
    return {key: value_of(each) for key, each in value.items()} if isinstance(value, dict) else value


def event(**given):
    with niitaka.start_session() as session:
        session.event(given.pop("type"), **given)


CALLS = {
    "configure": niitaka.configure,
    "start_session": niitaka.start_session,
    "attach_session": niitaka.attach_session,
    "event": event,
    "tool": niitaka.tool,
    "report_metrics": lambda metrics, session_id=SESSION: niitaka.report_metrics(session_id, metrics),
    "flush": niitaka.flush,
    "shutdown": niitaka.shutdown,
}


class Arguments(ClientCase):
    def test_shared_cases(self):
        """Each shared case raises its kind of error with its message, word for word"""
        for case in json.loads(CASES.read_text(encoding="utf-8"))["cases"]:
            wanted = case["message"].replace("{moment}", MOMENT).replace("{", "").replace("}", "")
            kind = {"type": TypeError, "value": ValueError}[case["raises"]]
            with self.subTest(call=case["call"], args=case["args"]), testing.capture():
                with self.assertRaises((TypeError, ValueError)) as caught:
                    CALLS[case["call"]](**value_of(case["args"]))
                self.assertEqual((type(caught.exception), str(caught.exception)), (kind, wanted))

    def test_naive_datetime(self):
        """A datetime without a zone is an argument error, for it could be any moment"""
        for name in ("started_at", "ended_at"):
            with testing.capture(), niitaka.start_session() as session:
                with self.assertRaises(ValueError) as caught:
                    session.event("log", **{name: datetime(2026, 1, 2, 3, 4)})
            wanted = f"{name} must be {MOMENT}: got 2026-01-02T03:04:00 without a time zone"
            self.assertEqual(str(caught.exception), wanted)

    def test_at_the_call(self):
        """start_session() itself raises, and not the block or the decorated function"""
        with testing.capture() as captured:
            with self.assertRaises(TypeError):
                niitaka.start_session(goal=5)
            self.assertEqual(captured.records, [])
            self.assertIsNone(niitaka.current_session())

    def test_none_is_left_out(self):
        """None is the same as left out"""
        with testing.capture() as captured:
            with niitaka.start_session(goal=None, tags=None, metadata=None) as session:
                session.event("log", name=None, data=None, level=None, started_at=None, ended_at=None, parent=None)
            start, found = captured.records[:2]
        self.assertEqual({"goal", "tags", "metadata"} & set(start), set())
        self.assertEqual({"name", "level", "parent_event_id"} & set(found), set())

    def test_tags(self):
        """Tags hold text, numbers and truths, told as text"""
        with testing.capture() as captured:
            with niitaka.start_session(tags={"a": "x", "b": 7, "c": True, "d": None}):
                pass
            self.assertEqual(captured.records[0]["tags"], {"a": "x", "b": "7", "c": "true"})

    def test_data_of_any_kind(self):
        """Data that is no mapping is told under one key"""
        cases = [("log", "miss", {"message": "miss"}), ("tool", "miss", {"value": "miss"}),
                 ("llm", [1, 2], {"value": [1, 2]}), ("log", None, {})]
        with testing.capture() as captured:
            with niitaka.start_session() as session:
                for kind, data, _ in cases:
                    session.event(kind, data=data)
            self.assertEqual([each["data"] for each in captured.events], [told for _, _, told in cases])

    def test_ids(self):
        """An id is text, a UUID, or what stands for one"""
        with testing.capture() as captured:
            wanted = uuid.UUID(SESSION)
            with niitaka.start_session(session_id=wanted) as parent:
                with niitaka.start_session(parent_session_id=parent):
                    pass
                with parent.tool("look") as call:
                    parent.event("log", parent=call)
            starts = captured.sessions
            self.assertEqual((starts[0]["session_id"], starts[1]["parent_session_id"]), (SESSION, SESSION))
            self.assertEqual(captured.events[0]["parent_event_id"], call.event_id)


if __name__ == "__main__":
    unittest.main()
