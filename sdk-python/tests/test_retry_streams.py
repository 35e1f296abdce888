"""Streams that fail at their opening are made again by policy; after the first piece never (P3, P4)."""

import niitaka
import openai
from library_case import unittest
from provider_server import Stream
from retry_case import RetryCase, fallback, retry
from test_openai_chat import HELLO, REQUEST, chunk, error, events, telling

TROUBLE = {"error": {"message": "try later", "type": "server_error", "code": "server_error"}}


class Streams:
    def stream(self, **more):
        return self.do(self.client.chat.completions.create(**REQUEST, stream=True, **more))

    def texts(self, stream, stop_after=None):
        return [each.choices[0].delta.content for each in self.pieces(stream, stop_after)]

    def test_refused(self):
        """A stream that is refused is opened again, and the host has the stream of the attempt that was answered"""
        self.started(retry())
        self.answers(error(500), telling(*HELLO))
        self.assertEqual(self.texts(self.stream()), ["", "Hel", "lo!", None])
        self.assertEqual([each[:2] for each in self.attempts()], [("error", 1), ("llm", 2)])
        (told,) = [each["data"] for each in self.niitaka.of_kind("event") if each["type"] == "llm"]
        self.assertEqual((told["stream"], told["input_tokens"], told["output_tokens"]), (True, 1200, 80))

    def test_broken_before_the_first_piece(self):
        """A stream that breaks before its first piece is opened again; closing what the host holds closes it"""
        for broken in (Stream([], cut=True), Stream([TROUBLE])):
            with self.subTest(broken.events):
                self.started(retry())
                self.answers(broken, telling(*HELLO))
                stream = self.stream()
                self.assertEqual(self.texts(stream), ["", "Hel", "lo!", None])
                self.assertEqual(len(self.server.requests), 2)
                self.do(stream.close())
                self.assertTrue(stream.response.is_closed)
        self.assertEqual([each[:2] for each in self.attempts()], [("error", 1), ("llm", 2)] * 2)
        self.assertEqual(self.traces(), [("p1", "retry", True)] * 2)

    def test_left(self):
        """A stream that was opened again can be left early: the provider sees it, and the event is interrupted"""
        self.started(retry())
        self.server.was_left.clear()
        many = [{"content": "x" * 50_000}] * 200
        self.answers(Stream([], cut=True), telling(*many))
        stream = self.stream()
        self.assertEqual(len(self.texts(stream, stop_after=2)), 2)
        self.do(stream.close())
        self.assertTrue(self.server.was_left.wait(10))
        (told,) = [each["data"] for each in self.told("event") if each["type"] == "llm"]
        self.assertEqual((told["attempt"], told["interrupted"]), (2, True))

    def test_used_up(self):
        """A stream that never opens fails where it is read, with the last attempt's exception"""
        self.started(retry(max_retries=1))
        self.answers(Stream([TROUBLE]))
        stream = self.stream()
        with self.assertRaisesRegex(openai.APIError, "try later") as caught:
            self.texts(stream)
        self.assertIsNone(caught.exception.__context__)
        self.assertEqual(len(self.server.requests), 2)

    def test_opened_with_another_model(self):
        """A stream that breaks at its opening falls back (P4)"""
        self.started(fallback())
        self.answers(Stream([TROUBLE]), telling(*HELLO))
        self.assertEqual(self.texts(self.stream())[1:3], ["Hel", "lo!"])
        self.assertEqual(self.models, ["gpt-4o", "gpt-4o-mini"])

    def test_broken_after_the_first_piece(self):
        """After the first piece no stream is opened again, and no policy is asked"""
        self.started(retry(), fallback())
        begun = events({"content": "Hel"})[:2]
        for broken in (Stream(begun, cut=True), Stream([*begun, TROUBLE])):
            self.answers(broken, telling(*HELLO))
            stream = self.stream()
            with self.assertRaises(Exception) as caught:
                self.texts(stream)
            self.assertNotIsInstance(caught.exception, niitaka.AgentExecutionStopped)
            self.assertEqual(len(self.server.requests), 1)
        self.assertEqual([each[:2] for each in self.attempts()], [("error", 1)] * 2)
        self.assertEqual(self.traces(), [])
        self.assertEqual([each["data"]["retryable"] for each in self.niitaka.of_kind("event")], [False] * 2)

    def test_helper(self):
        """The library's own helper around a stream that is opened again"""
        self.started(retry())
        self.answers(error(503), Stream([TROUBLE]), telling(*HELLO))
        told = self.inside(self.client.chat.completions.stream(**REQUEST), self.pieces)
        self.assertEqual([each.delta for each in told if each.type == "content.delta"], ["", "Hel", "lo!"])
        self.assertEqual([each[:2] for each in self.attempts()], [("error", 1), ("error", 2), ("llm", 3)])

    def test_raw_stream(self):
        """A stream that the host reads by itself is opened again where it is refused, not where it breaks"""
        self.started(retry())
        self.answers(error(500), Stream([chunk({"content": "Hi"})], cut=True))
        raw = self.do(self.client.chat.completions.with_raw_response.create(**REQUEST, stream=True))
        with self.assertRaises(Exception):
            self.pieces(raw.parse())
        self.assertEqual(len(self.server.requests), 2)
        self.assertEqual([each[:2] for each in self.attempts()], [("error", 1), ("error", 2)])
        self.assertEqual(self.traces(), [("p1", "retry", True)])


class SyncStreams(Streams, RetryCase):
    pass


class AsyncStreams(Streams, RetryCase):
    is_async = True


if __name__ == "__main__":
    unittest.main()
