"""How an agent is to run, as its version and experiment on the server say (A4)."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional

from ._policy.trouble import is_number


class LlmConfig(Dict[str, Any]):
    """What models are to be called with: a dict of what is said, and attributes that are None for the rest."""

    @property
    def model(self) -> Optional[str]:
        """Name of the model."""
        return _text(self.get("model"))

    @property
    def temperature(self) -> Optional[float]:
        """As the provider takes it."""
        value = self.get("temperature")
        return float(value) if value is not None and is_number(value) else None

    @property
    def max_tokens(self) -> Optional[int]:
        """Most tokens of an answer."""
        value = self.get("max_tokens")
        return int(value) if value is not None and is_number(value) and value == int(value) else None

    @property
    def system_prompt(self) -> Optional[str]:
        """What a model is told first."""
        return _text(self.get("system_prompt"))


class RuntimeConfig(Dict[str, Any]):
    """A dict with `llm` and `sources`, of one's own to change; where nothing is said, both are empty."""

    def __init__(self, llm: Mapping[str, Any], sources: Mapping[str, Any], origin: str) -> None:
        super().__init__(llm=LlmConfig(llm), sources=dict(sources))
        #: `server`, `disk` (what the server said last time; it did not answer now) or `default` (it never did).
        self.origin = origin

    @property
    def llm(self) -> LlmConfig:
        """What models are to be called with."""
        found: LlmConfig = self["llm"]
        return found

    @property
    def sources(self) -> Dict[str, Any]:
        """By field of `llm`, where its value is from: a running variant or the active version."""
        found: Dict[str, Any] = self["sources"]
        return found


def read_config(value: Any, origin: str) -> RuntimeConfig:
    """The `config` of a snapshot; what has no value is left out."""
    fields = value if isinstance(value, Mapping) else {}
    llm, sources = fields.get("llm"), fields.get("sources")
    said = {key: each for key, each in llm.items() if each is not None} if isinstance(llm, Mapping) else {}
    return RuntimeConfig(said, sources if isinstance(sources, Mapping) else {}, origin)


def _text(value: Any) -> Optional[str]:
    return value if isinstance(value, str) else None
