"""Tokens where a provider told none (C1); the same rule as the server's."""

from __future__ import annotations

from typing import Any, Mapping

#: Characters that count as one token where nothing better is known.
CHARACTERS_PER_TOKEN = 4

#: Deepest nesting that is read; deeper content counts nothing.
ESTIMATE_DEPTH = 32


def estimate_tokens(content: Any) -> int:
    """Tokens that content of any shape roughly holds: the characters of all its texts / 4, rounded up."""
    return tokens_of_characters(_characters(content, 0))


def tokens_of_characters(characters: int) -> int:
    """Tokens that so many characters roughly are, rounded up."""
    return -(-characters // CHARACTERS_PER_TOKEN)


def _characters(content: Any, depth: int) -> int:
    if isinstance(content, str):
        # A picture inside the text is not charged by its letters.
        return 0 if content.startswith("data:") else len(content)
    if depth >= ESTIMATE_DEPTH:
        return 0
    if isinstance(content, Mapping):
        return sum(_characters(each, depth + 1) for each in content.values())
    if isinstance(content, (list, tuple)):
        return sum(_characters(each, depth + 1) for each in content)
    return 0
