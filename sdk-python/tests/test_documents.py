"""What the documents show runs as it stands."""

import doctest
import importlib
import inspect
import re
import unittest
from pathlib import Path
from unittest import mock

import niitaka
from client_case import ClientCase
from niitaka._policy_file.policy_file import parse_policy_file
from niitaka.testing import capture

HERE = Path(__file__).resolve().parents[1]

#: Modules that hosts see.
PUBLIC = ["niitaka", "niitaka.api", "niitaka.testing", "niitaka.vectors"]


def python_blocks(path):
    return re.findall(r"```python\n(.*?)```", path.read_text("utf-8"), re.S)


class Documents(unittest.TestCase):
    def test_readme(self):
        """The README's examples run"""
        # Model calls need a provider's library: test_instrument runs that one.
        example, _, config, privacy, control = python_blocks(HERE / "README.md")
        with capture() as captured:
            exec(example, {})
            kinds = [each["kind"] for each in captured.records]
            self.assertEqual(kinds, ["session.start", "event", "event", "session.metrics", "session.end"])
            self.assertEqual(captured.metrics, {"goal_completed": True, "score": 0.8})
            self.assertEqual(captured.sessions[0]["goal"], "Find a hotel in Kyoto")
        with mock.patch.object(niitaka, "configure") as configure:
            exec(privacy, {})
        with capture(redact=configure.call_args.kwargs["redact"]) as captured:
            with niitaka.start_session("Write to a@example.org"):
                pass
            self.assertEqual(captured.sessions[0]["goal"], "[mail]")

        with capture() as captured:
            exec(control, {"niitaka": niitaka, "ticket": "t", "ask_model": lambda ticket: "a", "send": lambda answer: None})
            self.assertEqual([each["name"] for each in captured.events], ["ask the model", "send"])
        asked = mock.Mock()
        with capture():
            exec(config, {"niitaka": niitaka, "ticket": "t", "ask_model": asked})
        asked.assert_called_once_with("t", model="gpt-4o-mini", temperature=None)

    def test_readme_policies(self):
        """The README's policy file is read (P8)"""
        (text,) = re.findall(r"```yaml\n(.*?)```", (HERE / "README.md").read_text("utf-8"), re.S)
        file = parse_policy_file(text.encode(), "policies.yaml")
        self.assertEqual((file.agents, len(file.policies)), (("support-router", "reply-drafter"), 1))

    def test_readme_names(self):
        """Every name of the package that the README mentions is there"""
        text = (HERE / "README.md").read_text("utf-8")
        for name in set(re.findall(r"niitaka\.([a-z_]+)\(", text)):
            self.assertTrue(hasattr(niitaka, name), name)
        api = importlib.import_module("niitaka.api")
        for name in set(re.findall(r"\bapi\.([a-z_]+)\(", text)):
            self.assertTrue(hasattr(api, name), name)

    def test_doctests(self):
        """The examples in docstrings run"""
        for name in ("niitaka", "niitaka.testing"):
            module = importlib.import_module(name)
            globs = {"niitaka": niitaka, "capture": capture}
            with capture():
                result = doctest.testmod(module, globs=globs)
            self.assertEqual((result.failed, result.attempted > 0), (0, True), name)


class Surface(ClientCase):
    def test_documented(self):
        """Every public name has a docstring"""
        for module_name in PUBLIC:
            module = importlib.import_module(module_name)
            self.assertTrue(module.__doc__, module_name)
            for name, value in vars(module).items():
                if name.startswith("_") or name == "Runtime" or not isinstance(getattr(value, "__module__", None), str):
                    continue
                if not value.__module__.startswith("niitaka"):
                    continue
                self.assertTrue(inspect.getdoc(value), f"{module_name}.{name}")
                if inspect.isclass(value):
                    for method, each in vars(value).items():
                        if inspect.isfunction(each) and not method.startswith("_"):
                            self.assertTrue(each.__doc__ or method in PROTOCOL, f"{name}.{method}")

    def test_signatures(self):
        """The calls have the arguments that the published examples use, in their order"""
        start = list(inspect.signature(niitaka.start_session).parameters)
        self.assertEqual(start[:2], ["goal", "agent_id"])
        self.assertEqual(
            set(start[2:]),
            {
                "session_id",
                "parent_session_id",
                "experiment_id",
                "variant",
                "environment",
                "agent_version",
                "user_id",
                "conversation_id",
                "tags",
                "metadata",
            },
        )
        event = list(inspect.signature(niitaka.Session.event).parameters)
        self.assertEqual(event[1:7], ["type", "name", "data", "started_at", "ended_at", "parent"])
        configure = list(inspect.signature(niitaka.configure).parameters)
        self.assertEqual(configure, ["api_key", "api_url", "environment", "policy_file", "spool", "capture_content", "redact", "on_unreachable"])
        from niitaka import api

        listed = list(inspect.signature(api.list_sessions).parameters)
        self.assertEqual(listed[:4], ["agent_id", "status", "started_after", "started_before"])

    def test_modules_by_name(self):
        """`import niitaka` is enough for niitaka.api and niitaka.testing, and loads neither before it is named"""
        code = """
        import sys, niitaka
        assert "niitaka.api" not in sys.modules and "niitaka.testing" not in sys.modules
        with niitaka.testing.capture() as captured:
            with niitaka.start_session("x"):
                pass
            print(len(captured.records), niitaka.api.list_sessions.__name__, hasattr(niitaka, "other"))
        """
        program = self.python(code)
        self.assertEqual(program.communicate(timeout=20)[0].split(), ["2", "list_sessions", "False"])

    def test_errors_are_one_tree(self):
        """Every error of the read side is a NiitakaError, and none hides another"""
        names = [
            "AuthenticationError",
            "ConnectionError",
            "InvalidRequestError",
            "NotFoundError",
            "RateLimitedError",
            "ServerError",
        ]
        for name in names:
            self.assertTrue(issubclass(getattr(niitaka, name), niitaka.NiitakaError), name)
            self.assertFalse(issubclass(getattr(niitaka, name), OSError), name)
        trouble = niitaka.RateLimitedError("slow down", retry_after=2.0, code="rate_limited")
        self.assertEqual((trouble.status, trouble.retry_after, trouble.code), (429, 2.0, "rate_limited"))


#: Methods whose class' docstring says it all.
PROTOCOL = {"age_seconds", "opening", "begin"}


if __name__ == "__main__":
    unittest.main()
