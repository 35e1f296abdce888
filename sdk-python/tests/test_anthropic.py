"""Messages of the genuine `anthropic`, plain, streamed and by its helper, against a provider on this machine."""

import anthropic
from library_case import LibraryCase, unittest
from provider_server import Stream

REQUEST = {
    "model": "claude-test-1",
    "max_tokens": 100,
    "system": "Be brief.",
    "messages": [{"role": "user", "content": "Say hello"}],
}
USAGE = {
    "input_tokens": 100,
    "output_tokens": 80,
    "cache_read_input_tokens": 2000,
    "cache_creation_input_tokens": 500,
    "cache_creation": {"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 300},
}
TOKENS = {
    "input_tokens": 2600,
    "output_tokens": 80,
    "cache_read_tokens": 2000,
    "cache_write_5m_tokens": 200,
    "cache_write_1h_tokens": 300,
}
HEAD = {"provider": "anthropic", "model": "claude-test-1", "attempt": 1}
NAMES = {"response_model": "claude-test-1-20260101", "response_id": "msg_1"}
WHOLE = {**HEAD, **NAMES, **TOKENS, "stream": False, "finish_reason": "end_turn"}
TEXT = {"type": "text", "text": "Hello!"}
TOOL = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Kyoto"}}


def message(*content, stop_reason="end_turn", **more):
    head = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-test-1-20260101"}
    return {**head, "content": list(content), "stop_reason": stop_reason, "stop_sequence": None, "usage": USAGE, **more}


def answer(*content, **more):
    return 200, message(*(content or (TEXT,)), **more), {"request-id": "req_1"}


def events(*blocks, stop_reason="end_turn"):
    """A message as it is streamed: usage is told at its start, and again, as running totals, at its end."""
    start = message(stop_reason=None, usage={**USAGE, "output_tokens": 1})
    told = [{"type": "message_start", "message": start}, {"type": "ping"}]
    for index, (block, deltas) in enumerate(blocks or [HELLO]):
        told.append({"type": "content_block_start", "index": index, "content_block": block})
        told += [{"type": "content_block_delta", "index": index, "delta": each} for each in deltas]
        told.append({"type": "content_block_stop", "index": index})
    delta = {"stop_reason": stop_reason, "stop_sequence": None}
    told.append({"type": "message_delta", "delta": delta, "usage": {"output_tokens": 80}})
    return [*told, {"type": "message_stop"}]


HELLO = ({"type": "text", "text": ""}, [{"type": "text_delta", "text": each} for each in ("Hel", "lo!")])
PIECES = [{"type": "input_json_delta", "partial_json": each} for each in ("", '{"city":', '"Kyoto"}')]
TOOL_PIECES = ({**TOOL, "input": {}}, PIECES)


def stream(*blocks, chunks=None, more=(), **how):
    return Stream([*events(*blocks)[:chunks], *more], named=True, done=False, **how)


def error(status, kind, **headers):
    return status, {"type": "error", "error": {"type": kind, "message": f"it is {kind}"}}, headers


class MessagesCase(LibraryCase):
    @classmethod
    def make_client(cls, **options):
        kind = anthropic.AsyncAnthropic if cls.is_async else anthropic.Anthropic
        return kind(api_key="sk-test", **options)

    def create(self, client, **more):
        return self.do(client.messages.create(**REQUEST, **more))

    def stream(self, client, stop_after=None):
        return self.pieces(self.create(client, stream=True), stop_after)

    def helped(self, act):
        """An act on the library's stream helper."""
        return lambda client: self.inside(client.messages.stream(**REQUEST), act)


class Answers:
    def test_plain(self):
        """An answered call is one llm event; cached tokens, which stand apart, are part of its input (E1, C2)"""
        self.assertEqual(self.data(self.create, answer()), WHOLE)

    def test_content(self):
        """Input and output are sent only where content is captured"""
        data = self.data(self.create, answer(TEXT, TOOL), capture_content=True)
        self.assertEqual(data["input"], {"system": "Be brief.", "messages": REQUEST["messages"]})
        self.assertEqual(data["output"], [{"role": "assistant", "content": [TEXT, TOOL]}])

    def test_beta(self):
        """Beta messages are messages"""
        act = lambda client: self.do(client.beta.messages.create(**REQUEST))  # noqa: E731
        self.assertEqual(self.data(act, answer()), WHOLE)

    def test_raw_response(self):
        """with_raw_response gives the library's raw response, and is one event"""

        def act(client):
            raw = self.do(client.messages.with_raw_response.create(**REQUEST))
            return [raw.headers["request-id"], self.do(raw.parse())]

        self.assertEqual(self.data(act, answer()), WHOLE)

    def test_raw_response_read_late(self):
        """with_streaming_response is one event, read or not"""

        def act(client):
            manager = client.messages.with_streaming_response.create(**REQUEST)
            return self.inside(manager, lambda raw: self.do(raw.text()))

        self.assertEqual(self.data(act, answer()), WHOLE)

    def test_raw_stream(self):
        """A stream behind with_raw_response is one event with all its tokens"""

        def act(client):
            raw = self.do(client.messages.with_raw_response.create(**REQUEST, stream=True))
            return self.pieces(self.do(raw.parse()))

        self.assertEqual(self.data(act, stream()), {**WHOLE, "stream": True})

    def test_count_tokens(self):
        """Counting tokens calls no model"""
        asked = {key: REQUEST[key] for key in ("model", "messages")}
        act = lambda client: self.do(client.messages.count_tokens(**asked))  # noqa: E731
        self.assertEqual(self.recorded(act, (200, {"input_tokens": 5}, None)), [])


class Streams:
    def test_whole(self):
        """A stream is one event: later figures stand in the place of earlier ones (C2)"""
        event = self.event(self.stream, stream(pause=0.01))
        self.assertLess(20, event["data"]["time_to_first_token_ms"])
        self.assertLess(event["data"]["time_to_first_token_ms"], event["latency_ms"])
        self.assertEqual(self.data(self.stream, stream()), {**WHOLE, "stream": True})

    def test_content(self):
        """Texts and inputs of tools are put together where content is captured"""
        data = self.data(self.stream, stream(HELLO, TOOL_PIECES), capture_content=True)
        self.assertEqual(data["output"], [{"role": "assistant", "content": [TEXT, TOOL]}])

    def test_helper(self):
        """The library's helper gives the same events and the same final message, and is one event"""
        self.assertEqual(self.data(self.helped(self.pieces), stream()), {**WHOLE, "stream": True})
        final = self.helped(lambda helper: self.do(helper.get_final_message()))
        self.assertEqual(self.data(final, stream(HELLO, TOOL_PIECES)), {**WHOLE, "stream": True})

    def test_texts_of_the_helper(self):
        """The helper's text_stream is the same, and content is put together once, though the helper does so as well"""
        data = self.data(self.helped(lambda helper: self.pieces(helper.text_stream)), stream(), capture_content=True)
        self.assertEqual(data["output"], [{"role": "assistant", "content": [TEXT]}])

    def test_helper_that_is_left(self):
        """A helper that is left early is one interrupted event, told when its block is left (C2)"""
        data = self.data(self.helped(lambda helper: self.pieces(helper.text_stream, 1)), stream())
        wanted = {**HEAD, **NAMES, **TOKENS, "output_tokens": 1, "stream": True, "interrupted": True}
        self.assertEqual(data, {**wanted, "usage_estimated": True})

    def test_early_break(self):
        """A stream that the host leaves: input as told at its start, output at least as much as was heard (C2)"""
        long = ({"type": "text", "text": ""}, [{"type": "text_delta", "text": "x" * 41}] * 2)
        data = self.data(lambda client: self.stream(client, 4), stream(long))
        wanted = {**HEAD, **NAMES, **TOKENS, "output_tokens": 21, "stream": True, "interrupted": True}
        self.assertEqual(data, {**wanted, "usage_estimated": True})

    def test_cut(self):
        """A stream that breaks off is one error event that tells what was spent (E1)"""
        failure = self.failure(self.stream, stream(chunks=4, cut=True))
        failure.pop("exception_type")
        wanted = {**HEAD, **TOKENS, "output_tokens": 1, "kind": "connection", "stream": True, "interrupted": True}
        self.assertEqual(failure, {**wanted, "usage_estimated": True, "retryable": False})

    def test_error_inside(self):
        """An overload that is told inside a stream is one error event of that kind (E2)"""
        told = {"type": "error", "error": {"type": "overloaded_error", "message": "too much"}}
        self.assertEqual(self.failure(self.stream, stream(chunks=4, more=[told]))["kind"], "overloaded")

    def test_end_without_word(self):
        """A stream that ends without message_stop was interrupted"""
        self.assertIs(self.data(self.stream, stream(chunks=5))["interrupted"], True)


class Failures:
    def test_statuses(self):
        """Each refusal is one error event of its kind (E2)"""
        kinds = [
            (error(400, "invalid_request_error"), "invalid_request"),
            (error(401, "authentication_error"), "authentication"),
            (error(403, "permission_error"), "permission"),
            (error(404, "not_found_error"), "not_found"),
            (error(429, "rate_limit_error"), "rate_limit"),
            (error(500, "api_error"), "server_error"),
            (error(529, "overloaded_error"), "overloaded"),
        ]
        for refusal, kind in kinds:
            with self.subTest(kind=kind):
                failure = self.failure(self.create, refusal)
                failure.pop("exception_type")
                self.assertEqual(failure, {**HEAD, "stream": False, "kind": kind})

    def test_own_retries(self):
        """The library's own retries are counted in the one event of the call (E1)"""
        act = lambda client: self.create(client.with_options(max_retries=2))  # noqa: E731
        busy = error(529, "overloaded_error", **{"retry-after-ms": "1"})
        self.assertEqual(self.data(act, busy, answer()), {**WHOLE, "library_retries": 1})
        self.assertEqual(self.failure(act, busy)["library_retries"], 2)

    def test_time_out(self):
        """A provider that does not answer in time is one error event (E2)"""
        self.server.delay = 0.3
        act = lambda client: self.create(client, timeout=0.05)  # noqa: E731
        failure = self.failure(act, answer(), are_requests_alike=False)
        self.assertEqual((failure["kind"], failure["exception_type"]), ("timeout", "APITimeoutError"))

    def test_malformed(self):
        """An answer that is no JSON is one error event"""
        self.assertEqual(self.failure(self.create, (200, b'{"id": ', None))["exception_type"], "JSONDecodeError")


class SyncMessages(Answers, Streams, Failures, MessagesCase, unittest.TestCase):
    """The synchronous client."""


class AsyncMessages(Answers, Streams, Failures, MessagesCase, unittest.TestCase):
    """The asynchronous client."""

    is_async = True


if __name__ == "__main__":
    unittest.main()
