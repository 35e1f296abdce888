"""Chat completions of the genuine `openai`, against a provider on this machine (E1, E2, C2)."""

import openai
from library_case import LibraryCase, unittest
from niitaka.integrations.openai import LIBRARY
from provider_server import Stream

REQUEST = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Say hello to me"}]}
USAGE = {
    "prompt_tokens": 1200,
    "completion_tokens": 80,
    "total_tokens": 1280,
    "prompt_tokens_details": {"cached_tokens": 1024, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 64},
}
TOKENS = {"input_tokens": 1200, "output_tokens": 80, "cache_read_tokens": 1024, "reasoning_tokens": 64}
HEAD = {"provider": "openai", "model": "gpt-4o", "attempt": 1}
NAMES = {"response_model": "gpt-4o-2024-08-06", "response_id": "chatcmpl-1"}
TOOL_CALL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Kyoto"}'}}


def answer(message=None, finish_reason="stop", **more):
    choice = {"index": 0, "finish_reason": finish_reason, "logprobs": None}
    choice["message"] = message or {"role": "assistant", "content": "Hello!", "refusal": None}
    head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o-2024-08-06"}
    return 200, {**head, "choices": [choice], "usage": USAGE, **more}, {"x-request-id": "req_1"}


def chunk(delta, finish_reason=None, index=0, **more):
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o-2024-08-06"}
    return {**head, "choices": [{"index": index, "delta": delta, "finish_reason": finish_reason}], **more}


def last_chunk(usage=USAGE):
    return {**chunk({}), "choices": [], "usage": usage}


def events(*deltas, usage=True):
    """A stream as OpenAI sends it to one who did, or did not, ask for its usage."""
    more = {"usage": None} if usage else {}
    chunks = [chunk({"role": "assistant", "content": ""}, **more), *(chunk(each, **more) for each in deltas)]
    return [*chunks, chunk({}, "stop", **more), *([last_chunk()] if usage else [])]


HELLO = ({"content": "Hel"}, {"content": "lo!"})


def telling(*deltas, chunks=None, **how):
    """OpenAI tells the usage of a stream to those who ask for it; `chunks` of it come."""

    def answer_to(body):
        is_asked = (body.get("stream_options") or {}).get("include_usage") is True
        return Stream(events(*deltas, usage=is_asked)[:chunks], **how)

    return answer_to


as_asked = telling(*HELLO)


def error(status, code="server_error", **headers):
    return status, {"error": {"message": f"it is {code}", "type": code, "code": code, "param": None}}, headers


class ChatCase(LibraryCase):
    @classmethod
    def make_client(cls, base_url, **options):
        kind = openai.AsyncOpenAI if cls.is_async else openai.OpenAI
        return kind(api_key="sk-test", base_url=f"{base_url}/v1", **options)

    def create(self, client, **more):
        return self.do(client.chat.completions.create(**REQUEST, **more))

    def stream(self, client, stop_after=None, **more):
        return self.pieces(self.create(client, stream=True, **more), stop_after)


class Answers:
    def test_plain(self):
        """An answered call is one llm event with the tokens of every class (E1, C2)"""
        data = self.data(self.create, answer())
        self.assertEqual(data, {**HEAD, **NAMES, **TOKENS, "stream": False, "finish_reason": "stop"})

    def test_content(self):
        """Input and output are sent only where content is captured"""
        data = self.data(self.create, answer(), capture_content=True)
        self.assertEqual(data["input"], REQUEST["messages"])
        self.assertEqual(data["output"], [{"role": "assistant", "content": "Hello!", "refusal": None}])

    def test_tool_calls(self):
        """A call that asks for tools is an llm event like any other"""
        message = {"role": "assistant", "content": None, "tool_calls": [TOOL_CALL]}
        data = self.data(self.create, answer(message, "tool_calls"), capture_content=True)
        self.assertEqual((data["finish_reason"], data["output"]), ("tool_calls", [message]))

    def test_parsed(self):
        """The library's own parsing of answers goes through it too"""
        data = self.data(lambda client: self.do(client.chat.completions.parse(**REQUEST)), answer())
        self.assertEqual(data, {**HEAD, **NAMES, **TOKENS, "stream": False, "finish_reason": "stop"})

    def test_parsing_that_fails(self):
        """An answer that was cut at its length was charged: it is an llm event, its exception the session's (C1)"""
        act = lambda client: self.do(client.chat.completions.parse(**REQUEST))  # noqa: E731
        data = self.data(act, answer(finish_reason="length"))
        self.assertEqual((data["finish_reason"], data["output_tokens"]), ("length", 80))

    def test_raw_response(self):
        """with_raw_response gives the library's raw response, and is one event"""

        def act(client):
            raw = self.do(client.chat.completions.with_raw_response.create(**REQUEST))
            return [raw.headers["x-request-id"], raw.parse(), raw.retries_taken]

        self.assertEqual(self.data(act, answer()), {**HEAD, **NAMES, **TOKENS, "stream": False, "finish_reason": "stop"})

    def test_raw_response_left_unread(self):
        """with_streaming_response is read when its block is left, whatever the host read of it"""

        def read(client):
            manager = client.chat.completions.with_streaming_response.create(**REQUEST)
            return self.inside(manager, lambda raw: [raw.headers["x-request-id"], self.do(raw.json())])

        def leave(client):
            return self.inside(client.chat.completions.with_streaming_response.create(**REQUEST), lambda raw: [])

        self.assertEqual(self.data(read, answer()), {**HEAD, **NAMES, **TOKENS, "stream": False, "finish_reason": "stop"})
        left = self.data(leave, answer())
        self.assertEqual(left, {**HEAD, "stream": False, "interrupted": True, "usage_estimated": True,
                                "input_tokens": 5, "output_tokens": 0})  # fmt: skip

    def test_raw_stream(self):
        """The usage of a stream behind with_raw_response is that of its last chunk"""

        def act(client):
            asked = {"stream": True, "stream_options": {"include_usage": True}}
            raw = self.do(client.chat.completions.with_raw_response.create(**REQUEST, **asked))
            return self.pieces(self.do(raw.parse()))

        data = self.data(act, Stream(events(*HELLO)), capture_content=True)
        self.assertEqual({key: data[key] for key in TOKENS}, TOKENS)
        self.assertEqual(data["output"], [{"role": "assistant", "content": "Hello!"}])
        self.assertIs(data["stream"], True)

    def test_lines(self):
        """A host that reads a stream line by line gets the same lines"""

        def act(client):
            manager = client.chat.completions.with_streaming_response.create(**REQUEST, stream=True)
            return self.inside(manager, lambda raw: self.pieces(raw.iter_lines()))

        data = self.data(act, Stream(events(*HELLO, usage=False)))
        self.assertEqual(data, {**HEAD, **NAMES, "stream": True, "finish_reason": "stop",
                                "input_tokens": 5, "output_tokens": 2, "usage_estimated": True})  # fmt: skip

    def test_other_requests(self):
        """Requests that call no model are no events"""
        models = lambda client: self.do(client.chat.completions.delete("chatcmpl-1"))  # noqa: E731
        self.assertEqual(self.recorded(models, (200, {"id": "chatcmpl-1", "deleted": True}, None)), [])

    def test_other_providers(self):
        """Who answers is told by the host's name"""
        told = {host: LIBRARY.provider_of(host) for host in
                ("api.openai.com", "api.x.ai", "me.openai.azure.com", "api.groq.com", "evilx.ai", "127.0.0.1")}  # fmt: skip
        self.assertEqual(
            list(told.values()), ["openai", "x-ai", "azure", "groq", "openai", "openai"]
        )


class Streams:
    def test_whole(self):
        """A stream is one event, with the usage of its last chunk and the time of its first word (E1)"""
        asked = {"stream_options": {"include_usage": True}}
        event = self.event(lambda client: self.stream(client, **asked), Stream(events(*HELLO), pause=0.01))
        data = event["data"]
        self.assertEqual({key: data[key] for key in TOKENS}, TOKENS)
        self.assertLess(10, data["time_to_first_token_ms"])
        self.assertLess(data["time_to_first_token_ms"], event["latency_ms"])

    def test_usage_nobody_asked_for(self):
        """A host that asked for no usage sees none, and its cost is exact all the same (C1)"""
        data = self.data(self.stream, as_asked)
        self.assertEqual(data, {**HEAD, **NAMES, **TOKENS, "stream": True, "finish_reason": "stop"})

    def test_usage_that_cannot_be_asked_for(self):
        """Where a server is not known to understand the wish, nothing is added and tokens are estimated (C1)"""
        told = {host: LIBRARY.tells_usage(host) for host in ("api.openai.com", "127.0.0.1", "api.example.com", "")}
        self.assertEqual(list(told.values()), [True, True, False, False])
        data = self.data(self.stream, Stream(events(*HELLO, usage=False)))
        self.assertEqual(data, {**HEAD, **NAMES, "stream": True, "finish_reason": "stop",
                                "input_tokens": 5, "output_tokens": 2, "usage_estimated": True})  # fmt: skip

    def test_other_wishes_stay(self):
        """stream_options of the host are kept beside ours, and its own wish for no usage is left to it"""
        self.data(lambda client: self.stream(client, stream_options={"include_obfuscation": False}), as_asked)
        self.assertEqual(
            self.server.requests[-1]["body"]["stream_options"], {"include_obfuscation": False, "include_usage": True}
        )
        data = self.data(lambda client: self.stream(client, stream_options={"include_usage": False}), as_asked)
        self.assertIs(data["usage_estimated"], True)

    def test_content(self):
        """The pieces of texts and tool calls are put together where content is captured"""
        parts = [
            {"content": "Let me "}, {"content": "see."},
            {"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": {"name": "weather", "arguments": ""}}]},
            {"tool_calls": [{"index": 0, "function": {"arguments": '{"city":'}}]},
            {"tool_calls": [{"index": 0, "function": {"arguments": '"Kyoto"}'}}]},
        ]  # fmt: skip
        data = self.data(self.stream, telling(*parts), capture_content=True)
        self.assertEqual(data["output"], [{"role": "assistant", "content": "Let me see.", "tool_calls": [TOOL_CALL]}])

    def test_several_choices(self):
        """A stream of two choices is whole when both are"""
        chunks = [chunk({"content": "a"}), chunk({"content": "b"}, index=1), chunk({}, "stop"), chunk({}, "length", 1)]
        data = self.data(lambda client: self.stream(client, n=2), Stream(chunks), capture_content=True)
        self.assertEqual(data["output"], [{"role": "assistant", "content": each} for each in "ab"])
        self.assertEqual(data["finish_reason"], "stop")
        data = self.data(lambda client: self.stream(client, 3, n=2), Stream(chunks))
        self.assertIs(data["interrupted"], True)

    def test_helper(self):
        """The library's stream helper goes through it too, with the same events"""

        def act(client):
            return self.inside(client.chat.completions.stream(**REQUEST), self.pieces)

        data = self.data(act, as_asked)
        self.assertEqual(data, {**HEAD, **NAMES, **TOKENS, "stream": True, "finish_reason": "stop"})

    def test_early_break(self):
        """A stream that the host leaves is one interrupted event with estimated tokens (C2)"""
        data = self.data(lambda client: self.stream(client, 2), as_asked)
        self.assertEqual(data, {**HEAD, **NAMES, "stream": True, "interrupted": True, "usage_estimated": True,
                                "input_tokens": 5, "output_tokens": 1})  # fmt: skip

    def test_closed(self):
        """A stream that is closed is told at once"""

        def act(client):
            stream = self.create(client, stream=True)
            pieces = self.pieces(stream, 2)
            self.do(stream.close())
            return pieces

        self.assertIs(self.data(act, as_asked)["interrupted"], True)

    def test_unread(self):
        """A stream that nobody reads is told when the session ends"""
        data = self.data(lambda client: type(self.create(client, stream=True)), as_asked)
        self.assertEqual(data, {**HEAD, "stream": True, "interrupted": True, "usage_estimated": True,
                                "input_tokens": 5, "output_tokens": 0})  # fmt: skip

    def test_cut(self):
        """A stream that breaks off is one error event that tells what was spent (E1)"""
        failure = self.failure(self.stream, telling(*HELLO, chunks=3, cut=True))
        kind = failure.pop("exception_type")
        self.assertIn(kind, ("APIConnectionError", "RemoteProtocolError"))
        self.assertEqual(failure, {**HEAD, "kind": "connection", "stream": True, "interrupted": True,
                                   "usage_estimated": True, "retryable": False, "input_tokens": 5,
                                   "output_tokens": 2})  # fmt: skip

    def test_malformed(self):
        """A stream that is no JSON is one error event"""

        def broken(body):
            return 200, b"data: {oops\n\n", {"Content-Type": "text/event-stream"}

        self.assertEqual(self.failure(self.stream, broken)["exception_type"], "JSONDecodeError")

    def test_error_inside(self):
        """An error that the provider sends inside a stream is one error event"""
        told = {"error": {"message": "it is overloaded", "type": "overloaded", "code": "overloaded"}}
        self.assertEqual(self.failure(self.stream, Stream([*events(*HELLO)[:2], told]))["kind"], "overloaded")

    def test_end_without_word(self):
        """A stream that ends without its last word was interrupted (C2)"""
        data = self.data(self.stream, telling(*HELLO, chunks=3, done=False))
        self.assertEqual((data["interrupted"], data["output_tokens"]), (True, 2))


class Failures:
    def test_statuses(self):
        """Each refusal is one error event of its kind, and no step (E1, E2)"""
        kinds = [
            (error(400, "invalid_request"), "invalid_request", "BadRequestError"),
            (error(400, "context_length_exceeded"), "context_length", "BadRequestError"),
            (error(401, "invalid_api_key"), "authentication", "AuthenticationError"),
            (error(404, "model_not_found"), "not_found", "NotFoundError"),
            (error(429, "rate_limit_exceeded"), "rate_limit", "RateLimitError"),
            (error(500), "server_error", "InternalServerError"),
            (error(503, "overloaded"), "overloaded", "InternalServerError"),
        ]
        for refusal, kind, name in kinds:
            with self.subTest(kind=kind):
                wanted = {**HEAD, "stream": False, "kind": kind, "exception_type": name}
                self.assertEqual(self.failure(self.create, refusal), wanted)

    def test_own_retries(self):
        """The library's own retries are counted in the one event of the call (E1)"""
        act = lambda client: self.create(client.with_options(max_retries=2))  # noqa: E731
        busy = error(429, "rate_limit_exceeded", **{"Retry-After": "0.01", "retry-after-ms": "1"})
        self.assertEqual(self.data(act, busy, error(500, **{"retry-after-ms": "1"}), answer())["library_retries"], 2)
        self.assertEqual(self.failure(act, busy)["library_retries"], 2)
        self.assertEqual(len(self.server.requests), 3)

    def test_time_out(self):
        """A provider that does not answer in time is one error event (E2)"""
        self.server.delay = 0.3
        # A request may reach the provider when its client has gone already.
        act = lambda client: self.create(client, timeout=0.05)  # noqa: E731
        failure = self.failure(act, answer(), are_requests_alike=False)
        self.assertEqual((failure["kind"], failure["exception_type"]), ("timeout", "APITimeoutError"))

    def test_nobody_there(self):
        """A provider that cannot be reached is one error event (E2)"""
        act = lambda client: self.create(client.with_options(base_url="http://127.0.0.1:9/v1"))  # noqa: E731
        failure = self.failure(act, answer())
        self.assertEqual((failure["kind"], failure["exception_type"]), ("connection", "APIConnectionError"))

    def test_malformed(self):
        """An answer that is no JSON is one error event; a page of text, which the library lets through, an llm event"""
        failure = self.failure(self.create, (200, b'{"id": ', None))
        self.assertEqual((failure["kind"], failure["exception_type"]), ("exception", "JSONDecodeError"))
        data = self.data(self.create, (200, b"<html>", {"Content-Type": "text/html"}))
        self.assertEqual(data, {**HEAD, "stream": False})

    def test_argument_errors(self):
        """A call that the library refuses by itself never began: it is no event"""
        self.assertEqual(self.recorded(lambda client: self.do(client.chat.completions.create()), answer()), [])


class SyncChat(Answers, Streams, Failures, ChatCase, unittest.TestCase):
    """The synchronous client."""


class AsyncChat(Answers, Streams, Failures, ChatCase, unittest.TestCase):
    """The asynchronous client."""

    is_async = True


if __name__ == "__main__":
    unittest.main()
