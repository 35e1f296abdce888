"""Failing calls of the genuine `anthropic` made again by policy (P3, P4)."""

import anthropic
from library_case import unittest
from provider_server import Stream
from retry_case import RetryCase, fallback, retry
from test_anthropic import REQUEST, answer, events

OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}


def error(status, kind, **headers):
    return status, {"type": "error", "error": {"type": kind, "message": f"it is {kind}"}}, headers


def stream():
    return Stream(events(), named=True, done=False)


def broken():
    return Stream([OVERLOADED], named=True, done=False)


class Calls:
    @classmethod
    def make_client(cls, base_url, **options):
        kind = anthropic.AsyncAnthropic if cls.is_async else anthropic.Anthropic
        return kind(api_key="sk-test", base_url=base_url, **options)

    def create(self, **more):
        return self.do(self.client.messages.create(**REQUEST, **more))

    def test_overloaded(self):
        """An overloaded provider is asked again, then the other model answers (P4)"""
        self.started(retry(max_retries=1), fallback(model="claude-test-2"))
        self.answers(error(529, "overloaded_error"), error(529, "overloaded_error"), answer())
        self.assertEqual(self.create().content[0].text, "Hello!")
        one, other = "claude-test-1", "claude-test-2"
        self.assertEqual(self.models, [one, one, other])
        failed = [("error", number, one, "overloaded") for number in (1, 2)]
        self.assertEqual(self.attempts(), [*failed, ("llm", 3, other, None)])

    def test_stream(self):
        """A stream that begins with an error event is opened again"""
        self.started(retry())
        self.answers(broken(), stream())
        told = self.pieces(self.create(stream=True))
        self.assertEqual([told[0].type, told[-1].type], ["message_start", "message_stop"])
        self.assertEqual([each[:2] for each in self.attempts()], [("error", 1), ("llm", 2)])

    def test_helper(self):
        """The library's helper is opened again, refused or broken at its opening, and gives the same final message"""
        self.started(retry())
        self.answers(error(529, "overloaded_error"), broken(), stream())
        final = self.inside(self.client.messages.stream(**REQUEST), lambda helper: self.do(helper.get_final_message()))
        self.assertEqual(final.content[0].text, "Hello!")
        self.assertEqual([each[:2] for each in self.attempts()], [("error", 1), ("error", 2), ("llm", 3)])


class SyncMessages(Calls, RetryCase):
    pass


class AsyncMessages(Calls, RetryCase):
    is_async = True


if __name__ == "__main__":
    unittest.main()
