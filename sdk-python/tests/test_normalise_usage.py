"""Every provider's usage in one way of counting."""

import unittest
from niitaka._cost.normalise_usage import is_usage_format, normalise_usage
from niitaka._cost.token_usage import MAX_TOKEN_COUNT, TokenUsage, read_token_count


#: (what it shows, format, usage as the provider sends it, the counts that are not 0)
USAGE = [
    (
        "the wire's own words",
        "inclusive",
        {
            "input_tokens": 100,
            "output_tokens": 50,
            "cache_read_tokens": 10,
            "cache_write_5m_tokens": 20,
            "cache_write_1h_tokens": 30,
            "reasoning_tokens": 5,
            "input_audio_tokens": 1,
            "output_audio_tokens": 2,
            "input_image_tokens": 3,
            "output_image_tokens": 4,
        },
        {
            "input_tokens": 100,
            "output_tokens": 50,
            "cache_read_tokens": 10,
            "cache_write_5m_tokens": 20,
            "cache_write_1h_tokens": 30,
            "reasoning_tokens": 5,
            "input_audio_tokens": 1,
            "output_audio_tokens": 2,
            "input_image_tokens": 3,
            "output_image_tokens": 4,
        },
    ),
    (
        "short names",
        "inclusive",
        {"input_tokens": 100, "cache_read": 10, "cache_write_5m": 20, "cache_write_1h": 30, "reasoning": 5},
        {
            "input_tokens": 100,
            "cache_read_tokens": 10,
            "cache_write_5m_tokens": 20,
            "cache_write_1h_tokens": 30,
            "reasoning_tokens": 5,
        },
    ),
    (
        "an OpenAI chat completion, nested",
        "openai_chat",
        {
            "prompt_tokens": 2006,
            "completion_tokens": 300,
            "total_tokens": 2306,
            "prompt_tokens_details": {"cached_tokens": 1920, "audio_tokens": 7},
            "completion_tokens_details": {
                "reasoning_tokens": 128,
                "audio_tokens": 9,
                "accepted_prediction_tokens": 3,
                "rejected_prediction_tokens": 2,
            },
        },
        {
            "input_tokens": 2006,
            "output_tokens": 300,
            "cache_read_tokens": 1920,
            "reasoning_tokens": 128,
            "input_audio_tokens": 7,
            "output_audio_tokens": 9,
        },
    ),
    (
        "an OpenAI chat completion that wrote to the cache",
        "openai_chat",
        {"prompt_tokens": 500, "completion_tokens": 1, "prompt_tokens_details": {"cache_write_tokens": 400}},
        {"input_tokens": 500, "output_tokens": 1, "cache_write_5m_tokens": 400},
    ),
    (
        "an OpenAI chat completion, flattened",
        "openai_chat",
        {"prompt_tokens": 10, "completion_tokens": 8, "cached_tokens": 4, "reasoning_tokens": 6},
        {"input_tokens": 10, "output_tokens": 8, "cache_read_tokens": 4, "reasoning_tokens": 6},
    ),
    (
        "an OpenAI response",
        "openai_responses",
        {
            "input_tokens": 36,
            "input_tokens_details": {"cached_tokens": 16, "cache_write_tokens": 8},
            "output_tokens": 87,
            "output_tokens_details": {"reasoning_tokens": 64},
        },
        {
            "input_tokens": 36,
            "output_tokens": 87,
            "cache_read_tokens": 16,
            "cache_write_5m_tokens": 8,
            "reasoning_tokens": 64,
        },
    ),
    (
        "an OpenAI response as the last event of a stream holds it",
        "openai_responses",
        {"type": "response.completed", "response": {"usage": {"input_tokens": 3, "output_tokens": 4}}},
        {"input_tokens": 3, "output_tokens": 4},
    ),
    (
        "Anthropic: cached tokens stand beside the input",
        "anthropic",
        {
            "input_tokens": 100,
            "cache_read_input_tokens": 5000,
            "cache_creation_input_tokens": 3000,
            "cache_creation": {"ephemeral_5m_input_tokens": 1000, "ephemeral_1h_input_tokens": 2000},
            "output_tokens": 200,
        },
        {
            "input_tokens": 8100,
            "output_tokens": 200,
            "cache_read_tokens": 5000,
            "cache_write_5m_tokens": 1000,
            "cache_write_1h_tokens": 2000,
        },
    ),
    (
        "Anthropic without the split: written for 5 minutes",
        "anthropic",
        {"input_tokens": 6, "cache_creation_input_tokens": 159217, "output_tokens": 2745},
        {"input_tokens": 159223, "output_tokens": 2745, "cache_write_5m_tokens": 159217},
    ),
    (
        "Anthropic with only the hour's part of the split",
        "anthropic",
        {"input_tokens": 1, "cache_creation_input_tokens": 10, "ephemeral_1h_input_tokens": 4},
        {"input_tokens": 11, "cache_write_5m_tokens": 6, "cache_write_1h_tokens": 4},
    ),
    (
        "an Anthropic stream: later figures overwrite, they never add",
        "anthropic_stream",
        {
            "events": [
                {"type": "message_start", "message": {"usage": {"input_tokens": 25, "output_tokens": 1}}},
                {"type": "content_block_delta"},
                {"type": "message_delta", "usage": {"output_tokens": 15, "input_tokens": None}},
                {"type": "message_delta", "usage": {"output_tokens": 40}},
            ]
        },
        {"input_tokens": 25, "output_tokens": 40},
    ),
    ("an Anthropic stream that was cut at once", "anthropic_stream", {"events": None}, {}),
    (
        "Gemini: thoughts and tool prompts stand beside",
        "gemini",
        {
            "promptTokenCount": 1000,
            "toolUsePromptTokenCount": 50,
            "cachedContentTokenCount": 400,
            "candidatesTokenCount": 20,
            "thoughtsTokenCount": 30,
            "totalTokenCount": 1100,
            "promptTokensDetails": [
                {"modality": "TEXT", "tokenCount": 700},
                {"modality": "AUDIO", "tokenCount": 200},
                {"modality": "IMAGE", "tokenCount": 100},
            ],
            "candidatesTokensDetails": [{"modality": "image", "tokenCount": 11}],
        },
        {
            "input_tokens": 1050,
            "output_tokens": 50,
            "cache_read_tokens": 400,
            "reasoning_tokens": 30,
            "input_audio_tokens": 200,
            "input_image_tokens": 100,
            "output_image_tokens": 11,
        },
    ),
    (
        "Gemini without candidates, in snake case",
        "gemini",
        {"usage_metadata": {"prompt_token_count": 5, "thoughts_token_count": 7, "cached_content_token_count": 2}},
        {"input_tokens": 5, "output_tokens": 7, "cache_read_tokens": 2, "reasoning_tokens": 7},
    ),
    (
        "Groq's last chunk",
        "groq",
        {"x_groq": {"usage": {"prompt_tokens": 18, "completion_tokens": 9}}},
        {"input_tokens": 18, "output_tokens": 9},
    ),
    (
        "xAI: reasoning stands beside the completion",
        "xai_chat",
        {
            "prompt_tokens": 32,
            "completion_tokens": 9,
            "completion_tokens_details": {"reasoning_tokens": 110},
            "prompt_tokens_details": {"cached_tokens": 8},
        },
        {"input_tokens": 32, "output_tokens": 119, "cache_read_tokens": 8, "reasoning_tokens": 110},
    ),
    (
        "xAI: cached tokens that exceed the prompt stand beside it",
        "xai_chat",
        {"prompt_tokens": 10, "completion_tokens": 1, "cached_tokens": 100},
        {"input_tokens": 110, "output_tokens": 1, "cache_read_tokens": 100},
    ),
    (
        "Bedrock: cached tokens stand beside the input",
        "bedrock_converse",
        {"inputTokens": 10, "cacheReadInputTokens": 20, "cacheWriteInputTokens": 30, "outputTokens": 5},
        {"input_tokens": 60, "output_tokens": 5, "cache_read_tokens": 20, "cache_write_5m_tokens": 30},
    ),
    (
        "Bedrock's last event, with the hour's part named",
        "bedrock_converse",
        {
            "metadata": {
                "usage": {
                    "inputTokens": 1,
                    "outputTokens": 2,
                    "cacheWriteInputTokens": 30,
                    "cacheDetails": [{"ttl": "1h", "inputTokens": 12}, {"ttl": "5m", "inputTokens": 18}],
                }
            }
        },
        {"input_tokens": 31, "output_tokens": 2, "cache_write_5m_tokens": 18, "cache_write_1h_tokens": 12},
    ),
    (
        "Mistral",
        "mistral",
        {"prompt_tokens": 9, "completion_tokens": 3, "num_cached_tokens": 4},
        {"input_tokens": 9, "output_tokens": 3, "cache_read_tokens": 4},
    ),
    (
        "DeepSeek",
        "deepseek",
        {"prompt_tokens": 9, "completion_tokens": 3, "prompt_cache_hit_tokens": 6, "prompt_cache_miss_tokens": 3},
        {"input_tokens": 9, "output_tokens": 3, "cache_read_tokens": 6},
    ),
    (
        "Cohere: billed units are money, tokens are not",
        "cohere",
        {
            "billed_units": {"input_tokens": 5, "output_tokens": 6},
            "tokens": {"input_tokens": 70, "output_tokens": 80},
        },
        {"input_tokens": 5, "output_tokens": 6},
    ),
    (
        "Cohere without billed units",
        "cohere",
        {"tokens": {"input_tokens": 70, "output_tokens": 80}},
        {"input_tokens": 70, "output_tokens": 80},
    ),
    (
        "Ollama",
        "ollama",
        {"prompt_eval_count": 26, "eval_count": 298, "done": True},
        {"input_tokens": 26, "output_tokens": 298},
    ),
    ("Ollama on a cached prompt", "ollama", {"eval_count": 298}, {"output_tokens": 298}),
    (
        "vLLM",
        "vllm",
        {"prompt_tokens": 7, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 3}},
        {"input_tokens": 7, "output_tokens": 2, "cache_read_tokens": 3},
    ),
    ("noise counts nothing", "openai_chat", {"prompt_tokens": -1, "completion_tokens": float("nan")}, {}),
    ("null details", "openai_chat", {"prompt_tokens": 5, "prompt_tokens_details": None}, {"input_tokens": 5}),
    ("counts as text", "openai_chat", {"prompt_tokens": "12", "completion_tokens": "x"}, {"input_tokens": 12}),
]


class NormaliseUsage(unittest.TestCase):
    def test_every_provider(self):
        """normalise_usage() counts cached tokens inside the input and reasoning inside the output (C2)"""
        for what, usage_format, raw, expected in USAGE:
            with self.subTest(what):
                self.assertTrue(is_usage_format(usage_format))
                self.assertEqual(normalise_usage(usage_format, raw), TokenUsage(**expected))

    def test_every_format_on_nothing(self):
        """Every format answers zeros for an empty usage (C2)"""
        formats = {usage_format for _, usage_format, _, _ in USAGE}
        self.assertEqual(len(formats), 14)
        for usage_format in formats:
            self.assertEqual(normalise_usage(usage_format, {}), TokenUsage(), usage_format)

    def test_unknown_format(self):
        """Other words are no format"""
        for value in ("", "openai", None, 3, [], "__class__"):
            self.assertFalse(is_usage_format(value))
        with self.assertRaises(KeyError):
            normalise_usage("openai", {})

    def test_uncached(self):
        """Parts that exceed their total leave no uncached tokens, never a negative number (C2)"""
        self.assertEqual(TokenUsage(input_tokens=10, cache_read_tokens=4).uncached_tokens, 6)
        self.assertEqual(TokenUsage(input_tokens=10, cache_read_tokens=40).uncached_tokens, 0)

    def test_read_token_count(self):
        """A count is a finite number from 0 to a thousand million, cut to a whole one"""
        cases = [
            (0, 0),
            (7, 7),
            (7.9, 7),
            ("7", 7),
            ("7.9", 7),
            (" 8 ", 8),
            ("1e3", 1000),
            (MAX_TOKEN_COUNT, MAX_TOKEN_COUNT),
            (MAX_TOKEN_COUNT + 1, None),
            (-1, None),
            (True, None),
            (None, None),
            ("", None),
            ("seven", None),
            ("1_000", None),
            (float("inf"), None),
            (float("nan"), None),
            ([], None),
        ]
        for value, expected in cases:
            self.assertEqual(read_token_count(value), expected, repr(value))


if __name__ == "__main__":
    unittest.main()
