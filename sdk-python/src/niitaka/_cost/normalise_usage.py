"""A provider's usage in one way of counting (C2)."""

from __future__ import annotations

from typing import Any, Callable, Dict, Mapping

from .token_usage import TokenUsage, read_token_count

RawUsage = Mapping[str, Any]


def normalise_usage(usage_format: str, raw: RawUsage) -> TokenUsage:
    """Usage as a provider sent it, nested or flattened, with cached tokens inside the input and reasoning inside the
    output. Fields that are absent, negative, not finite or over 10^9 count as 0. KeyError for an unknown format."""
    return _READERS[usage_format](raw)


def is_usage_format(value: Any) -> bool:
    """Whether `value` names a format that `normalise_usage` reads."""
    return isinstance(value, str) and value in _READERS


def _read_inclusive(raw: RawUsage) -> TokenUsage:
    return TokenUsage(
        input_tokens=_count(raw, "input_tokens"),
        output_tokens=_count(raw, "output_tokens"),
        cache_read_tokens=_count(raw, "cache_read_tokens", "cache_read"),
        cache_write_5m_tokens=_count(raw, "cache_write_5m_tokens", "cache_write_5m", "cache_write_tokens"),
        cache_write_1h_tokens=_count(raw, "cache_write_1h_tokens", "cache_write_1h"),
        reasoning_tokens=_count(raw, "reasoning_tokens", "reasoning"),
        input_audio_tokens=_count(raw, "input_audio_tokens"),
        output_audio_tokens=_count(raw, "output_audio_tokens"),
        input_image_tokens=_count(raw, "input_image_tokens"),
        output_image_tokens=_count(raw, "output_image_tokens"),
    )


def _read_chat(raw: RawUsage) -> TokenUsage:
    """OpenAI's chat completions and those who speak like it: totals include parts."""
    given, made = raw.get("prompt_tokens_details"), raw.get("completion_tokens_details")
    cached = ("cached_tokens", "num_cached_tokens", "prompt_cache_hit_tokens")
    return TokenUsage(
        input_tokens=_count(raw, "prompt_tokens"),
        output_tokens=_count(raw, "completion_tokens"),
        cache_read_tokens=_part(given, "cached_tokens", raw, *cached),
        cache_write_5m_tokens=_part(given, "cache_write_tokens", raw, "cache_write_tokens"),
        reasoning_tokens=_part(made, "reasoning_tokens", raw, "reasoning_tokens"),
        input_audio_tokens=_part(given, "audio_tokens", raw, "input_audio_tokens"),
        output_audio_tokens=_part(made, "audio_tokens", raw, "output_audio_tokens"),
        input_image_tokens=_part(given, "image_tokens", raw, "input_image_tokens"),
        output_image_tokens=_part(made, "image_tokens", raw, "output_image_tokens"),
    )


def _read_groq(raw: RawUsage) -> TokenUsage:
    return _read_chat(_object_in(raw, "x_groq.usage"))


def _read_responses(raw: RawUsage) -> TokenUsage:
    usage = _object_in(raw, "response.usage")
    given, made = usage.get("input_tokens_details"), usage.get("output_tokens_details")
    return TokenUsage(
        input_tokens=_count(usage, "input_tokens"),
        output_tokens=_count(usage, "output_tokens"),
        cache_read_tokens=_part(given, "cached_tokens", usage, "cached_tokens"),
        cache_write_5m_tokens=_part(given, "cache_write_tokens", usage, "cache_write_tokens"),
        reasoning_tokens=_part(made, "reasoning_tokens", usage, "reasoning_tokens"),
        input_audio_tokens=_count(given, "audio_tokens"),
        output_audio_tokens=_count(made, "audio_tokens"),
        input_image_tokens=_count(given, "image_tokens"),
        output_image_tokens=_count(made, "image_tokens"),
    )


def _read_anthropic(raw: RawUsage) -> TokenUsage:
    """Cached tokens stand beside `input_tokens`; what the split leaves over was written for 5 minutes."""
    one_hour = _count(raw, "cache_creation.ephemeral_1h_input_tokens", "ephemeral_1h_input_tokens")
    five_minutes = _count(raw, "cache_creation.ephemeral_5m_input_tokens", "ephemeral_5m_input_tokens")
    written = _count(raw, "cache_creation_input_tokens")
    return _with_cached_added(
        TokenUsage(
            input_tokens=_count(raw, "input_tokens"),
            output_tokens=_count(raw, "output_tokens"),
            cache_read_tokens=_count(raw, "cache_read_input_tokens"),
            cache_write_5m_tokens=max(five_minutes, written - one_hour),
            cache_write_1h_tokens=one_hour,
            reasoning_tokens=_count(raw, "output_tokens_details.thinking_tokens", "reasoning_tokens"),
        )
    )


def _read_anthropic_stream(raw: RawUsage) -> TokenUsage:
    """Figures of a stream are running totals: a later event overwrites, it never adds."""
    merged: Dict[str, Any] = {}
    events = raw.get("events")
    for event in events if isinstance(events, list) else ():
        usage = _object_in(event, "message.usage", "usage")
        if usage is not event:
            merged.update({key: value for key, value in usage.items() if value is not None})
    return _read_anthropic(merged)


def _read_gemini(raw: RawUsage) -> TokenUsage:
    """Tool prompts stand beside the prompt and thoughts beside the candidates; all are charged."""
    usage = _object_in(raw, "usageMetadata", "usage_metadata")
    thoughts = _count(usage, "thoughtsTokenCount", "thoughts_token_count")
    candidates = _count(
        usage, "candidatesTokenCount", "candidates_token_count", "responseTokenCount", "response_token_count"
    )
    given = usage.get("promptTokensDetails") or usage.get("prompt_tokens_details")
    made = usage.get("candidatesTokensDetails") or usage.get("candidates_tokens_details")
    return TokenUsage(
        input_tokens=_count(usage, "promptTokenCount", "prompt_token_count")
        + _count(usage, "toolUsePromptTokenCount", "tool_use_prompt_token_count"),
        output_tokens=candidates + thoughts,
        cache_read_tokens=_count(usage, "cachedContentTokenCount", "cached_content_token_count"),
        reasoning_tokens=thoughts,
        input_audio_tokens=_modality(given, "AUDIO"),
        output_audio_tokens=_modality(made, "AUDIO"),
        input_image_tokens=_modality(given, "IMAGE"),
        output_image_tokens=_modality(made, "IMAGE"),
    )


def _read_xai(raw: RawUsage) -> TokenUsage:
    """Reasoning stands beside the completion; cached tokens stand beside the prompt when they exceed it."""
    usage = _read_chat(raw)
    charged = usage._replace(output_tokens=usage.output_tokens + usage.reasoning_tokens)
    return _with_cached_added(charged) if usage.cache_read_tokens > usage.input_tokens else charged


def _read_bedrock(raw: RawUsage) -> TokenUsage:
    """Cached tokens stand beside `inputTokens`; `cacheDetails` tells which were written for an hour."""
    usage = _object_in(raw, "metadata.usage")
    details = usage.get("cacheDetails")
    one_hour = sum(
        _count(detail, "inputTokens")
        for detail in (details if isinstance(details, list) else ())
        if _value_at(detail, "ttl") == "1h"
    )
    written = _count(usage, "cacheWriteInputTokens", "cacheWriteInputTokenCount")
    return _with_cached_added(
        TokenUsage(
            input_tokens=_count(usage, "inputTokens"),
            output_tokens=_count(usage, "outputTokens"),
            cache_read_tokens=_count(usage, "cacheReadInputTokens", "cacheReadInputTokenCount"),
            cache_write_5m_tokens=max(0, written - one_hour),
            cache_write_1h_tokens=one_hour,
        )
    )


def _read_cohere(raw: RawUsage) -> TokenUsage:
    """`billed_units` is charged; `tokens` is what the model saw."""
    return TokenUsage(
        input_tokens=_count(raw, "billed_units.input_tokens", "tokens.input_tokens", "input_tokens"),
        output_tokens=_count(raw, "billed_units.output_tokens", "tokens.output_tokens", "output_tokens"),
        cache_read_tokens=_count(raw, "cached_tokens"),
    )


def _read_ollama(raw: RawUsage) -> TokenUsage:
    return TokenUsage(input_tokens=_count(raw, "prompt_eval_count"), output_tokens=_count(raw, "eval_count"))


_READERS: Dict[str, Callable[[RawUsage], TokenUsage]] = {
    "inclusive": _read_inclusive,
    "openai_chat": _read_chat,
    "openai_responses": _read_responses,
    "anthropic": _read_anthropic,
    "anthropic_stream": _read_anthropic_stream,
    "gemini": _read_gemini,
    "groq": _read_groq,
    "xai_chat": _read_xai,
    "bedrock_converse": _read_bedrock,
    "mistral": _read_chat,
    "deepseek": _read_chat,
    "cohere": _read_cohere,
    "ollama": _read_ollama,
    "vllm": _read_chat,
}


def _with_cached_added(usage: TokenUsage) -> TokenUsage:
    return usage._replace(input_tokens=usage.input_tokens + usage.cached_tokens)


def _modality(details: Any, name: str) -> int:
    return sum(
        _count(detail, "tokenCount", "token_count")
        for detail in (details if isinstance(details, list) else ())
        if str(_value_at(detail, "modality")).upper() == name
    )


def _count(source: Any, *paths: str) -> int:
    is_plain = type(source) is dict
    for path in paths:
        value = source.get(path) if is_plain and "." not in path else _value_at(source, path)
        found = None if value is None else read_token_count(value)
        if found is not None:
            return found
    return 0


def _part(details: Any, name: str, usage: Any, *flat: str) -> int:
    """A count that stands in an object of details, else beside the totals."""
    value = details.get(name) if type(details) is dict else _value_at(details, name)
    found = None if value is None else read_token_count(value)
    return _count(usage, *flat) if found is None else found


def _object_in(source: Any, *paths: str) -> RawUsage:
    """The first object at one of the paths, else `source` itself."""
    found = (_value_at(source, path) for path in paths)
    return next((value for value in found if isinstance(value, Mapping)), source)


def _value_at(source: Any, path: str) -> Any:
    if "." not in path:
        return source.get(path) if isinstance(source, Mapping) else None
    value = source
    for key in path.split("."):
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    return value
