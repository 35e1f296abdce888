"""What an answer tells, whole or piece by piece, whatever the provider."""

from __future__ import annotations

from typing import Any, Dict, Hashable, List, Mapping, Optional

from .._cost.normalise_usage import normalise_usage
from .._cost.token_usage import TokenUsage
from .._limits import CAPTURED_CHARACTERS


class Reader:
    """Takes one whole answer, or every piece of a streamed one; both as the library's objects or as plain JSON."""

    #: How the provider counts tokens, in the words of `normalise_usage`.
    usage_format = "inclusive"

    def __init__(self, provider: str, keeps_content: bool) -> None:
        self.provider = provider
        self.response_id: Optional[str] = None
        self.response_model: Optional[str] = None
        self.finish_reason: Optional[str] = None
        #: Whether the provider has said its last word on what it answers.
        self.is_complete = False
        #: Characters heard of a streamed answer.
        self.characters = 0
        self._keeps_content = keeps_content
        self._usage: Dict[str, Any] = {}
        self._pieces: Dict[Hashable, List[str]] = {}

    def take_answer(self, answer: Any) -> None:
        """Reads a whole answer."""
        raise NotImplementedError

    def take_chunk(self, chunk: Any) -> None:
        """Reads the next piece of a streamed answer."""
        raise NotImplementedError

    def output(self) -> Any:
        """What was answered, as content; None where there is nothing to show."""
        return None

    def usage(self) -> Optional[TokenUsage]:
        """Tokens as the provider told them; None when it told none."""
        return normalise_usage(self.usage_format, self._usage) if self._usage else None

    def note(self, answer: Any) -> None:
        """Remembers the id, model and usage that an answer or a piece of it names."""
        response_id, model = field(answer, "id"), field(answer, "model")
        if isinstance(response_id, str):
            self.response_id = response_id
        if isinstance(model, str):
            self.response_model = model
        self.note_usage(field(answer, "usage"))

    def note_usage(self, usage: Any) -> None:
        """Remembers usage: figures are running totals, a later one stands in the place of an earlier."""
        if usage is not None:
            told = plain(usage)
            if isinstance(told, dict):
                self._usage.update({key: each for key, each in told.items() if each is not None})

    def hear(self, place: Hashable, text: Any) -> None:
        """Adds to the text at one place of the answer."""
        if not isinstance(text, str) or not text:
            return
        self.characters += len(text)
        if self._keeps_content and self.characters <= CAPTURED_CHARACTERS:
            self._pieces.setdefault(place, []).append(text)

    def heard(self, place: Hashable) -> Optional[str]:
        """The text at one place; None when nothing was heard there."""
        pieces = self._pieces.get(place)
        return None if pieces is None else "".join(pieces)


def field(owner: Any, name: str) -> Any:
    """A member of an object or of a mapping; None when there is none."""
    if type(owner) is dict:
        return owner.get(name)
    # An attribute first: whether an object of a library's own class is a mapping is slow to find out.
    found = None if owner is None else getattr(owner, name, None)
    return owner.get(name) if found is None and isinstance(owner, Mapping) else found


def items(value: Any) -> List[Any]:
    """The entries of a list; none of anything else."""
    return list(value) if isinstance(value, (list, tuple)) else []


def plain(value: Any) -> Any:
    """A library's object as mappings and lists, without what it was not given."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    for name in ("model_dump", "dict"):
        dump = getattr(value, name, None)
        if dump is not None and not isinstance(value, type):
            return dump(exclude_unset=True)
    return value
