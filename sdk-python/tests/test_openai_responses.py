"""Responses and embeddings of the genuine `openai`, against a provider on this machine (E1, C2)."""

import openai
from library_case import LibraryCase, unittest
from provider_server import Stream
from test_openai_chat import error

REQUEST = {"model": "gpt-5", "instructions": "Be brief.", "input": "Say hello"}
USAGE = {
    "input_tokens": 1200,
    "input_tokens_details": {"cached_tokens": 1024},
    "output_tokens": 80,
    "output_tokens_details": {"reasoning_tokens": 64},
    "total_tokens": 1280,
}
TOKENS = {"input_tokens": 1200, "output_tokens": 80, "cache_read_tokens": 1024, "reasoning_tokens": 64}
HEAD = {"provider": "openai", "model": "gpt-5", "attempt": 1}
NAMES = {"response_model": "gpt-5-2025-08-07", "response_id": "resp_1"}
WHOLE = {**HEAD, **NAMES, **TOKENS, "stream": False, "finish_reason": "completed"}
MESSAGE = {
    "type": "message",
    "id": "msg_1",
    "role": "assistant",
    "status": "completed",
    "content": [{"type": "output_text", "text": "Hello!", "annotations": []}],
}
CALL = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "weather", "arguments": "{}", "status": "completed"}


def response(*output, status="completed", usage=USAGE, **more):
    head = {"id": "resp_1", "object": "response", "created_at": 1.0, "model": "gpt-5-2025-08-07", "tools": []}
    rest = {"parallel_tool_calls": True, "tool_choice": "auto", "error": None, "incomplete_details": None}
    return {**head, **rest, "status": status, "output": list(output or [MESSAGE]), "usage": usage, **more}


def events(last="completed", **more):
    begun = {**response(status="in_progress", usage=None), "output": []}
    part = {"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 0, "content_index": 0, "logprobs": []}
    told = [
        {"type": "response.created", "response": begun},
        {"type": "response.in_progress", "response": begun},
        *({**part, "delta": each} for each in ("Hel", "lo!")),
        {"type": f"response.{last}", "response": response(status=last, **more)},
    ]
    return [{**each, "sequence_number": number} for number, each in enumerate(told)]


def stream(chunks=None, last="completed", pause=0.0, cut=False, **more):
    return Stream(events(last, **more)[:chunks], named=True, done=False, pause=pause, cut=cut)


class OpenaiCase(LibraryCase):
    @classmethod
    def make_client(cls, base_url, **options):
        kind = openai.AsyncOpenAI if cls.is_async else openai.OpenAI
        return kind(api_key="sk-test", base_url=f"{base_url}/v1", **options)

    def create(self, client, **more):
        return self.do(client.responses.create(**REQUEST, **more))

    def stream(self, client, stop_after=None):
        return self.pieces(self.create(client, stream=True), stop_after)


class Responses:
    def test_plain(self):
        """An answered call is one llm event with the tokens of every class (E1, C2)"""
        self.assertEqual(self.data(self.create, (200, response(), None)), WHOLE)

    def test_content(self):
        """Input and output are sent only where content is captured"""
        data = self.data(self.create, (200, response(MESSAGE, CALL), None), capture_content=True)
        self.assertEqual(data["input"], {"instructions": "Be brief.", "input": "Say hello"})
        self.assertEqual(data["output"], [MESSAGE, CALL])

    def test_incomplete(self):
        """An answer that stopped early says why"""
        body = response(status="incomplete", incomplete_details={"reason": "max_output_tokens"})
        self.assertEqual(self.data(self.create, (200, body, None)), {**WHOLE, "finish_reason": "max_output_tokens"})

    def test_parsed(self):
        """The library's own parsing of answers goes through it too"""
        act = lambda client: self.do(client.responses.parse(**REQUEST))  # noqa: E731
        self.assertEqual(self.data(act, (200, response(), None)), WHOLE)

    def test_stream(self):
        """The usage of a stream is that of its last event, which nobody needs to ask for"""
        event = self.event(self.stream, stream(pause=0.01))
        self.assertLess(20, event["data"]["time_to_first_token_ms"])
        self.assertEqual(self.data(self.stream, stream()), {**WHOLE, "stream": True})
        self.assertNotIn("stream_options", self.server.requests[-1]["body"])

    def test_stream_that_fails(self):
        """A response that fails inside a stream ends it, and is no exception: an llm event"""
        data = self.data(self.stream, stream(last="failed", error={"code": "server_error", "message": "oops"}))
        self.assertEqual(data["finish_reason"], "failed")

    def test_early_break(self):
        """A stream that the host leaves is one interrupted event with estimated tokens (C2)"""
        data = self.data(lambda client: self.stream(client, 3), stream(), capture_content=True)
        self.assertEqual(data.pop("output"), [{"role": "assistant", "content": "Hel"}])
        data.pop("input")
        self.assertEqual(data, {**HEAD, **NAMES, "stream": True, "interrupted": True, "usage_estimated": True,
                                "input_tokens": 5, "output_tokens": 1})  # fmt: skip

    def test_cut(self):
        """A stream that breaks off is one error event (E1)"""
        failure = self.failure(self.stream, stream(chunks=4, cut=True))
        self.assertEqual((failure["kind"], failure["output_tokens"]), ("connection", 2))

    def test_helper(self):
        """The library's stream helper goes through it too"""

        def act(client):
            return self.inside(client.responses.stream(**REQUEST), lambda helper: self.pieces(helper, 3))

        self.assertIs(self.data(act, stream())["interrupted"], True)

    def test_refusal(self):
        """A refusal is one error event of its kind (E2)"""
        failure = self.failure(self.create, error(429, "insufficient_quota"))
        self.assertEqual(failure, {**HEAD, "stream": False, "kind": "rate_limit", "exception_type": "RateLimitError"})


class Embeddings:
    ANSWER = {
        "object": "list",
        "model": "text-embedding-3-small",
        "data": [{"object": "embedding", "index": 0, "embedding": [0.5, -0.25]}],
        "usage": {"prompt_tokens": 8, "total_tokens": 8},
    }

    def embed(self, client):
        asked = {"model": "text-embedding-3-small", "input": "a hotel in Kyoto", "encoding_format": "float"}
        return self.do(client.embeddings.create(**asked))

    def test_plain(self):
        """A call for embeddings is one llm event; its vectors are no content"""
        data = self.data(self.embed, (200, self.ANSWER, None), capture_content=True)
        self.assertEqual(
            data,
            {
                "provider": "openai", "model": "text-embedding-3-small", "attempt": 1, "stream": False,
                "response_model": "text-embedding-3-small", "input_tokens": 8, "output_tokens": 0,
                "input": "a hotel in Kyoto",
            },
        )  # fmt: skip

    def test_raw_response(self):
        """with_raw_response is one event"""

        def act(client):
            create = client.embeddings.with_raw_response.create
            return self.do(create(model="e", input=["a"], encoding_format="float")).parse()

        self.assertEqual(self.data(act, (200, self.ANSWER, None))["input_tokens"], 8)

    def test_refusal(self):
        """A refusal is one error event of its kind (E2)"""
        self.assertEqual(self.failure(self.embed, error(500))["kind"], "server_error")


class SyncOpenai(Responses, Embeddings, OpenaiCase, unittest.TestCase):
    """The synchronous client."""


class AsyncOpenai(Responses, Embeddings, OpenaiCase, unittest.TestCase):
    """The asynchronous client."""

    is_async = True


if __name__ == "__main__":
    unittest.main()
