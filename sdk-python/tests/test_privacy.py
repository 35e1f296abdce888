"""The redactor sees everything before it is kept."""

import unittest
import niitaka
from niitaka.testing import capture


class Privacy(unittest.TestCase):
    def test_redact_sees_everything(self):
        """redact() sees goal, tags, metadata, names, data and messages before anything is kept"""
        seen = {}

        def redact(path, value):
            seen[path] = value
            return value.replace("secret", "[gone]")

        with capture(redact=redact) as captured:
            with self.assertRaises(ValueError):
                with niitaka.start_session(
                    "a secret goal", "agent", tags={"t": "secret"}, metadata={"m": ["secret", 5]}, user_id="secret"
                ) as session:
                    session.event("llm", "secret name", {"input": [{"content": "secret"}], "input_tokens": 3})
                    session.decision("secret", reason="secret")
                    with session.tool("secret tool") as call:
                        call.input = "secret"
                    raise ValueError("secret message")
            text = str(captured.records)
            self.assertEqual(captured.events[0]["data"]["input_tokens"], 3)
        self.assertNotIn("secret", text)
        for path in ("goal", "tags.t", "metadata.m.0", "user_id", "name", "data.input.0.content", "data.choice",
                     "data.reason", "data.input", "data.message"):
            self.assertIn(path, seen)

    def test_capture_off(self):
        """Without capture_content what is handed over by name is sent, arguments and results are not"""

        @niitaka.tool
        def look(query):
            return query + " found"

        with capture(capture_content=False) as captured:
            with self.assertRaises(ValueError):
                with niitaka.start_session("the goal", tags={"t": "the tag"}, metadata={"m": "the plan"}) as session:
                    look("the argument")
                    session.event("log", data={"message": "the data"})
                    session.decision("the choice", reason="the reason")
                    raise ValueError("the message")
            text = str(captured.records)
        for each in ("goal", "tag", "plan", "data", "choice", "reason", "message"):
            self.assertIn(f"'the {each}'", text)
        self.assertNotIn("the argument", text)

    def test_capture_on(self):
        """With capture_content arguments and results are sent as well"""

        @niitaka.tool
        def look(query):
            return query + " found"

        with capture(capture_content=True) as captured:
            with niitaka.start_session():
                look("x")
            self.assertEqual(captured.events[0]["data"], {"input": ["x"], "output": "x found"})

    def test_stack_without_message(self):
        """The message stands in data.message alone: a redactor of that path hides it wherever it came from"""
        cause, message = "secret " + "cause", "secret " + "message"

        def redact(path, value):
            return "[gone]" if path == "data.message" else value

        with capture(redact=redact) as captured:
            with self.assertRaises(ValueError), niitaka.start_session():
                try:
                    raise KeyError(cause)
                except KeyError as error:
                    raise ValueError(message) from error
            (data,) = [each["data"] for each in captured.events]
        self.assertEqual(data["message"], "[gone]")
        self.assertIn("raise ValueError(message) from error", data["stack"])
        self.assertNotIn("secret message", str(data))
        self.assertNotIn("secret cause", str(data))

    def test_failing_redactor(self):
        """A failing redactor drops the content, not the event, and is told once"""

        def redact(path, value):
            if path == "data.input":
                raise RuntimeError("broken")
            return value

        with capture(redact=redact) as captured, self.assertLogs("niitaka", "WARNING") as logs:
            with niitaka.start_session("goal") as session:
                for _ in range(2):
                    session.event("llm", data={"input": "private", "model": "m", "input_tokens": 4})
            for event in captured.events:
                self.assertEqual(
                    event["data"],
                    {"input": "[dropped: the redactor failed]", "model": "m", "input_tokens": 4},
                )
        self.assertEqual(len(logs.output), 1)
        self.assertNotIn("private", logs.output[0])

    def test_any_answer(self):
        """A redactor may answer anything, and drop by answering None"""
        with capture(redact=lambda path, value: None if path.startswith("data") else value) as captured:
            with niitaka.start_session("goal") as session:
                session.event("log", data={"message": "x", "deep": [["y"]]})
            self.assertEqual(captured.events[0]["data"], {"message": None, "deep": [[None]]})


if __name__ == "__main__":
    unittest.main()
