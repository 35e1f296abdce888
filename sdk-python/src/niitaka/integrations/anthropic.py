"""Anthropic's library: messages, whether plain, streamed or through its stream helper."""

from __future__ import annotations

import json
from typing import Any, Dict

from .._instrument.library import Dialect, Library
from .._instrument.reader import Reader, field, items, plain

#: The text of a piece of a block, by the piece's type.
_DELTAS = {"text_delta": "text", "input_json_delta": "partial_json", "thinking_delta": "thinking"}

class MessagesReader(Reader):
    """Messages."""

    usage_format = "anthropic"

    def __init__(self, provider: str, keeps_content: bool) -> None:
        super().__init__(provider, keeps_content)
        self._content: Any = None
        self._blocks: Dict[int, Dict[str, Any]] = {}

    def take_answer(self, answer: Any) -> None:
        self.note(answer)
        self.is_complete = True
        self.finish_reason = field(answer, "stop_reason")
        if self._keeps_content:
            self._content = [plain(each) for each in items(field(answer, "content"))]

    def take_chunk(self, chunk: Any) -> None:
        event = field(chunk, "type")
        if event == "message_start":
            self.note(field(chunk, "message"))
        elif event == "content_block_start":
            self._begin_block(field(chunk, "index") or 0, field(chunk, "content_block"))
        elif event == "content_block_delta":
            delta = field(chunk, "delta")
            self.hear(field(chunk, "index") or 0, field(delta, _DELTAS.get(field(delta, "type"), "")))
        elif event == "message_delta":
            self.note_usage(field(chunk, "usage"))
            self.finish_reason = field(field(chunk, "delta"), "stop_reason") or self.finish_reason
        elif event == "message_stop":
            self.is_complete = True

    def _begin_block(self, index: int, block: Any) -> None:
        self.hear(index, field(block, "text"))
        if self._keeps_content:
            # A copy: the library goes on to fill its own.
            self._blocks[index] = dict(plain(block) or {})

    def output(self) -> Any:
        content = self._content
        if content is None:
            content = [self._heard_block(index, block) for index, block in sorted(self._blocks.items())]
        return [{"role": "assistant", "content": content}] if content else None

    def _heard_block(self, index: int, block: Dict[str, Any]) -> Dict[str, Any]:
        text = self.heard(index)
        if text is None:
            return block
        if "input" in block:
            return {**block, "input": _json_or_text(text)}
        return {**block, "thinking" if block.get("type") == "thinking" else "text": text}


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


LIBRARY = Library(
    package="anthropic",
    dialects={"/v1/messages": Dialect(MessagesReader, ("system", "messages"))},
    provider_of=lambda host: "anthropic",
    takes_model=lambda model: "claude" in model or "anthropic" in model,
)
