"""OpenAI's library: chat completions, responses and embeddings, also of the many who speak like OpenAI."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Dict, List, Set, Tuple

from .._instrument.library import Dialect, Library
from .._instrument.reader import Reader, field, items, plain

#: Providers by the end of their host name; the names are those of the price book.
_HOSTS = {
    "openai.azure.com": "azure",
    "groq.com": "groq",
    "x.ai": "x-ai",
    "mistral.ai": "mistral",
    "deepseek.com": "deepseek",
    "openrouter.ai": "openrouter",
    "together.xyz": "together",
    "fireworks.ai": "fireworks",
}

#: OpenAI, and servers on this machine.
_USAGE_HOSTS = re.compile(r"api\.openai\.com|localhost|127\.[\d.]+|::1")

#: Models of makers that have a library of their own.
_FOREIGN = re.compile(r"(?:claude|gemini)\b")

_TEXTS = ("content", "refusal", "reasoning_content")


class ChatReader(Reader):
    """Chat completions."""

    usage_format = "openai_chat"

    def __init__(self, provider: str, keeps_content: bool) -> None:
        super().__init__(provider, keeps_content)
        self.usage_format = "xai_chat" if provider == "x-ai" else "openai_chat"
        self._messages: List[Any] = []
        self._open: Set[int] = set()
        #: Of each call of a tool by choice and position: its id and name.
        self._tools: Dict[Tuple[int, int], Dict[str, Any]] = {}

    def take_answer(self, answer: Any) -> None:
        self.note(answer)
        choices = items(field(answer, "choices"))
        self.is_complete = True
        self.finish_reason = field(choices[0], "finish_reason") if choices else None
        if self._keeps_content:
            self._messages = [plain(field(each, "message")) for each in choices]

    def take_chunk(self, chunk: Any) -> None:
        self.note(chunk)
        self.note_usage(field(field(chunk, "x_groq"), "usage"))
        for choice in items(field(chunk, "choices")):
            index = field(choice, "index") or 0
            self._open.add(index)
            self._take_delta(index, field(choice, "delta"))
            reason = field(choice, "finish_reason")
            if reason is not None:
                self.finish_reason = self.finish_reason or reason
                self._open.discard(index)
                self.is_complete = not self._open

    def _take_delta(self, index: int, delta: Any) -> None:
        for name in _TEXTS:
            self.hear((index, name), field(delta, name))
        for call in items(field(delta, "tool_calls")):
            position = field(call, "index") or 0
            told, function = self._tools.setdefault((index, position), {}), field(call, "function")
            told["id"] = told.get("id") or field(call, "id")
            told["name"] = told.get("name") or field(function, "name")
            self.hear((index, position), field(function, "arguments"))

    def output(self) -> Any:
        return self._messages or self._heard_messages() or None

    def _heard_messages(self) -> List[Dict[str, Any]]:
        indexes = sorted({place[0] for place in self._pieces} | {place[0] for place in self._tools})  # type: ignore[index]
        return [self._heard_message(each) for each in indexes]

    def _heard_message(self, index: int) -> Dict[str, Any]:
        texts = {name: self.heard((index, name)) for name in _TEXTS}
        message: Dict[str, Any] = {"role": "assistant", **{key: each for key, each in texts.items() if each}}
        calls = [
            {
                "id": told["id"],
                "type": "function",
                "function": {"name": told["name"], "arguments": self.heard(place) or ""},
            }
            for place, told in sorted(self._tools.items())
            if place[0] == index
        ]
        return {**message, "tool_calls": calls} if calls else message


class ResponsesReader(Reader):
    """The responses API: its last event carries the whole answer."""

    usage_format = "openai_responses"

    def __init__(self, provider: str, keeps_content: bool) -> None:
        super().__init__(provider, keeps_content)
        self._output: Any = None

    def take_answer(self, answer: Any) -> None:
        self.note(answer)
        status = field(answer, "status")
        self.is_complete = status not in ("queued", "in_progress")
        self.finish_reason = field(field(answer, "incomplete_details"), "reason") or status
        if self._keeps_content:
            self._output = plain(field(answer, "output"))

    def take_chunk(self, chunk: Any) -> None:
        event = field(chunk, "type")
        if not isinstance(event, str):
            return
        if event in ("response.completed", "response.incomplete", "response.failed"):
            self.take_answer(field(chunk, "response"))
        elif event == "response.created":
            self.note(field(chunk, "response"))
        elif event.endswith(".delta"):
            self.hear(field(chunk, "output_index") or 0, field(chunk, "delta"))

    def output(self) -> Any:
        if self._output is not None:
            return self._output
        texts = [self.heard(each) for each in sorted(self._pieces)]  # type: ignore[type-var]
        return [{"role": "assistant", "content": each} for each in texts] or None


class EmbeddingsReader(Reader):
    """Embeddings: what comes out is numbers, and no content."""

    usage_format = "openai_chat"

    def take_answer(self, answer: Any) -> None:
        self.note(answer)
        self.is_complete = True


@lru_cache(maxsize=256)
def _provider_of(host: str) -> str:
    return next((name for end, name in _HOSTS.items() if host == end or host.endswith("." + end)), "openai")


LIBRARY = Library(
    package="openai",
    dialects={
        "/chat/completions": Dialect(ChatReader, ("messages",), hides_usage=True),
        "/responses": Dialect(ResponsesReader, ("instructions", "input")),
        "/embeddings": Dialect(EmbeddingsReader, ("input",), swaps_model=False),
    },
    provider_of=_provider_of,
    takes_model=lambda model: _FOREIGN.match(model) is None,
    tells_usage=lambda host: _USAGE_HOSTS.fullmatch(host) is not None,
)
