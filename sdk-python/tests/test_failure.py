"""Exceptions as error events: their kinds by the shared table."""

import asyncio
import json
import pathlib
import socket
import unittest

from niitaka._failure import error_kind, failure_data, is_failure, see_once

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = pathlib.Path(__file__).resolve().parents[1] / "src" / "niitaka"


def named(name, *bases, **fields):
    """An exception of a class of this name, as a provider's library would raise it."""
    trouble = type(name, bases or (Exception,), {})("message")
    for field, value in fields.items():
        setattr(trouble, field, value)
    return trouble


class Response:
    def __init__(self, status_code):
        self.status_code = status_code


class Table(unittest.TestCase):
    def test_same_table(self):
        """The package carries the shared table, byte for byte (E2)"""
        shared = (ROOT / "core" / "src" / "event" / "error-kinds.json").read_bytes()
        self.assertEqual((PACKAGE / "error_kinds.json").read_bytes(), shared)

    def test_every_entry(self):
        """Every class name, status and code of the table gives its kind (E2)"""
        table = json.loads((PACKAGE / "error_kinds.json").read_bytes())
        for name, kind in table["class_names"].items():
            self.assertEqual(error_kind(named(name)), kind, name)
        for status, kind in table["statuses"].items():
            self.assertEqual(error_kind(named("Other", status_code=int(status))), kind, status)
        for code, kind in table["codes"].items():
            self.assertEqual(error_kind(named("Other", code=code)), kind, code)
        for phrase in table["context_length_phrases"]:
            trouble = type("BadRequestError", (Exception,), {})(f"Sorry: {phrase.upper()} 8192")
            self.assertEqual(error_kind(trouble), "context_length", phrase)


class Kinds(unittest.TestCase):
    def test_by_order(self):
        """Code before status before class name before status family (E2)"""
        cases = [
            (named("RateLimitError", status_code=429), "rate_limit"),
            (named("BadRequestError", status_code=400, code="context_length_exceeded"), "context_length"),
            (named("BadRequestError", status_code=400, code="content_filter"), "content_filter"),
            (named("InternalServerError", status_code=529), "overloaded"),
            (named("Other", status_code=418), "invalid_request"),
            (named("Other", status_code=599), "server_error"),
            (named("APITimeoutError", status_code=599), "timeout"),
            (named("Other", status=503), "overloaded"),
            (named("Other", response=Response(401)), "authentication"),
            (named("Other", code=404), "not_found"),
            (named("Other", code=7), "exception"),
            (named("Other", status_code=True), "exception"),
            (named("Mine", named("RateLimitError").__class__), "rate_limit"),
            (named("Other", type="overloaded_error"), "overloaded"),
        ]
        for trouble, expected in cases:
            self.assertEqual(error_kind(trouble), expected, trouble.__dict__)

    def test_body(self):
        """What a provider sent tells more than the status that it came with (E2)"""
        told = {"type": "error", "error": {"type": "overloaded_error", "message": "too much"}}
        self.assertEqual(error_kind(named("APIStatusError", status_code=200, body=told)), "overloaded")
        self.assertEqual(error_kind(named("BadRequestError", body={"code": "context_length_exceeded"})), "context_length")
        for body in (None, "text", {"error": "text"}, {"error": {"type": 5}}):
            self.assertEqual(error_kind(named("APIStatusError", status_code=429, body=body)), "rate_limit")

    def test_of_the_standard_library(self):
        """Exceptions of Python itself have their kinds (E2)"""
        cases = [
            (TimeoutError(), "timeout"),
            (socket.timeout(), "timeout"),
            (asyncio.TimeoutError(), "timeout"),
            (ConnectionRefusedError(111, "refused"), "connection"),
            (ConnectionResetError(), "connection"),
            (BrokenPipeError(32, "broken"), "connection"),
            (socket.gaierror(-2, "unknown host"), "connection"),
            (KeyboardInterrupt(), "cancelled"),
            (asyncio.CancelledError(), "cancelled"),
            (ValueError("x"), "exception"),
            (PermissionError(13, "denied"), "exception"),
            (SystemExit(3), "exception"),
        ]
        for trouble, expected in cases:
            self.assertEqual(error_kind(trouble), expected, repr(trouble))

    def test_hostile_attributes(self):
        """An exception whose attributes fail has a kind all the same"""

        class Hostile(Exception):
            @property
            def status_code(self):
                raise RuntimeError("no")

            code = property(status_code.fget)

        self.assertEqual(error_kind(Hostile()), "exception")


class Data(unittest.TestCase):
    def test_failure_data(self):
        """The event tells kind, message, class and stack"""
        try:
            {}["missing"]
        except KeyError as trouble:
            data = failure_data(trouble)
        self.assertEqual((data["kind"], data["message"]), ("exception", "'missing'"))
        self.assertEqual(data["exception_type"], "KeyError")
        self.assertTrue(data["stack"].startswith("Traceback (most recent call last):"))
        self.assertIn('{}["missing"]', data["stack"])

    def test_is_failure(self):
        """Clean exits and closed generators are none (E1)"""
        for trouble in (SystemExit(), SystemExit(0), SystemExit(None), GeneratorExit()):
            self.assertFalse(is_failure(trouble), repr(trouble))
        for trouble in (SystemExit(1), SystemExit("text"), ValueError(), KeyboardInterrupt()):
            self.assertTrue(is_failure(trouble), repr(trouble))

    def test_see_once(self):
        """An exception object is seen once on its way out; a session elsewhere meets it anew (E1)"""
        trouble = ValueError()
        chains = (["child", "parent"], ["child", "parent"], ["parent"], ["elsewhere"], ["elsewhere"])
        seen = [see_once(trouble, each) for each in chains]
        self.assertEqual(seen, [True, False, False, True, False])
        self.assertTrue(see_once(ValueError(), ["child"]))


if __name__ == "__main__":
    unittest.main()
