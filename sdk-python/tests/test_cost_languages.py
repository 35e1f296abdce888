"""Usage and cost beside TypeScript: any usage of any provider is read and charged alike (C1, C2, S6)."""

import random
import unittest

from both_languages import ask_core, run_core
from niitaka._cost.normalise_usage import normalise_usage
from niitaka._cost.price import TOKEN_CLASSES, parse_price
from niitaka._cost.price_call import price_call
from niitaka._cost.token_usage import TokenUsage, read_token_count

SEED = 20261203

FORMATS = ("inclusive", "openai_chat", "openai_responses", "anthropic", "anthropic_stream", "gemini", "groq", "xai_chat",
           "bedrock_converse", "mistral", "deepseek", "cohere", "ollama", "vllm")
#: What counts are called somewhere in some provider's usage.
COUNTS = """input_tokens output_tokens cache_read_tokens cache_read cache_write_5m cache_write_tokens cache_write_1h
reasoning_tokens reasoning input_audio_tokens output_audio_tokens input_image_tokens prompt_tokens completion_tokens
cached_tokens num_cached_tokens prompt_cache_hit_tokens cache_read_input_tokens cache_creation_input_tokens
ephemeral_1h_input_tokens ephemeral_5m_input_tokens promptTokenCount candidatesTokenCount thoughtsTokenCount
toolUsePromptTokenCount cachedContentTokenCount prompt_token_count candidates_token_count responseTokenCount inputTokens
outputTokens cacheReadInputTokens cacheWriteInputTokens prompt_eval_count eval_count""".split()
#: What stands around them.
OBJECTS = {
    "prompt_tokens_details": ["cached_tokens", "audio_tokens", "image_tokens", "cache_write_tokens"],
    "completion_tokens_details": ["reasoning_tokens", "audio_tokens", "image_tokens"],
    "input_tokens_details": ["cached_tokens", "audio_tokens", "cache_write_tokens"],
    "output_tokens_details": ["reasoning_tokens", "thinking_tokens"],
    "cache_creation": ["ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens"],
    "billed_units": ["input_tokens", "output_tokens"],
    "tokens": ["input_tokens", "output_tokens"],
}


def camel(name):
    """The name as TypeScript spells it."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def as_typescript(usage):
    return {camel(name): count for name, count in usage._asdict().items()}


class RandomCase(unittest.TestCase):
    def setUp(self):
        self.chance = random.Random(f"{SEED} {self.id()}")

    def count(self):
        pick = self.chance.choice
        odd = [None, True, -1, 0.5, 1e300, "12", "1e3", "x", "", [], {}, 10**9, 10**9 + 1, 7.9, "-1", " 5 ", "٣"]
        return pick(odd) if self.chance.random() < 0.2 else self.chance.randint(0, 5_000)

    def usage(self, depth=0):
        """A usage with counts and objects of any provider, some of them damaged."""
        raw = {name: self.count() for name in self.chance.sample(COUNTS, self.chance.randint(0, 12))}
        for name, fields in OBJECTS.items():
            if self.chance.random() < 0.4:
                raw[name] = {field: self.count() for field in fields if self.chance.random() < 0.7}
                raw[name] = self.chance.choice([raw[name]] * 9 + [None])
        for name in ("promptTokensDetails", "candidatesTokensDetails", "cacheDetails"):
            if self.chance.random() < 0.3:
                raw[name] = [self.detail() for _ in range(self.chance.randint(0, 3))]
        if depth == 0:
            for path in ("usage", "usageMetadata", "x_groq.usage", "response.usage", "metadata.usage", "message.usage"):
                if self.chance.random() < 0.15:
                    outer, _, inner = path.partition(".")
                    raw[outer] = {inner: self.usage(1)} if inner else self.usage(1)
            if self.chance.random() < 0.3:
                raw["events"] = [self.chance.choice([{"usage": self.usage(1)}, {"message": {"usage": self.usage(1)}}, {}])
                                 for _ in range(self.chance.randint(0, 3))]
        return raw

    def detail(self):
        modality = self.chance.choice(["AUDIO", "IMAGE", "TEXT", "audio", None])
        return self.chance.choice([
            {"modality": modality, "tokenCount": self.count()},
            {"ttl": self.chance.choice(["1h", "5m"]), "inputTokens": self.count()},
            None,
        ])


class Usage(RandomCase):
    def test_both_languages(self):
        """Whatever a provider sends is counted alike (C2)"""
        questions = [(name, self.usage()) for name in FORMATS for _ in range(90)]
        answers = ask_core("cost/normalise-usage.ts", "normaliseUsage", questions)
        for (name, raw), answer in zip(questions, answers):
            self.assertEqual(as_typescript(normalise_usage(name, raw)), answer, f"{name} {raw}")
        self.assertGreater(len([each for each in answers if each["inputTokens"] > 0]), 300)

    def test_counts(self):
        """A count is one in both languages or in neither (C2)"""
        values = [self.count() for _ in range(300)] + ["1e9", "1000000001", "0x10", "+7", ".5", "1_000", "1e-3", "9" * 500]
        answers = ask_core("cost/token-usage.ts", "readTokenCount", [(each,) for each in values])
        self.assertEqual([read_token_count(each) for each in values], answers)

    def test_parts(self):
        """Cached tokens that a provider tells beside the input are put into it, its reasoning into the output (C2)"""
        for _ in range(300):
            raw = {"input_tokens": self.chance.randint(0, 99), "cache_read_input_tokens": self.chance.randint(0, 99),
                   "cache_creation_input_tokens": self.chance.randint(0, 99), "output_tokens": 7}
            usage = normalise_usage("anthropic", raw)
            self.assertEqual(usage.uncached_tokens, raw["input_tokens"])
            self.assertEqual(usage.input_tokens, sum(raw.values()) - 7)
            thoughts = self.chance.randint(0, 99)
            made = normalise_usage("gemini", {"candidatesTokenCount": 5, "thoughtsTokenCount": thoughts})
            self.assertEqual((made.output_tokens, made.reasoning_tokens), (5 + thoughts, thoughts))


class Cost(RandomCase):
    def row(self):
        def price():
            return self.chance.choice(["0", "0.0005", 0.075, 1.25, "10", "0.333333333", 1e-5, "1e-7", 18.75, 2])

        row = {name: price() for name in TOKEN_CLASSES if self.chance.random() < 0.6}
        row = {"input": price(), "output": price(), **row}
        if self.chance.random() < 0.5:
            row.update({f"tier_{name}": price() for name in TOKEN_CLASSES if self.chance.random() < 0.4})
            row["tier_above"] = self.chance.choice([0, 100, 200_000])
        return row

    def test_both_languages(self):
        """Whatever the price and the usage, the cost is the same to the last nano-dollar, class by class (C1, S6)"""
        names = list(TokenUsage._fields)
        usages = [TokenUsage(**{name: self.chance.choice([0, 0, 1, 7, 101, 200_001, 10**9]) for name in names})
                  for _ in range(600)]
        rows = [self.row() for _ in usages]
        answers = run_core(
            {"cost/price.ts": ["parsePrice"], "cost/price-call.ts": ["priceCall"]},
            "priceCall(args[0], parsePrice(args[1], 'v').value)",
            [(as_typescript(usage), row) for usage, row in zip(usages, rows)],
        )
        for usage, row, answer in zip(usages, rows, answers):
            cost = price_call(usage, parse_price(row))
            found = {"costNanoUsd": str(cost.cost_nano_usd), "tier": cost.is_tier}
            classes = {name: str(nano) for name, nano in cost.classes.items()}
            self.assertEqual({**found, "classes": classes}, answer, (usage, row))

    def test_rows(self):
        """A price is one in both languages or in neither (C1)"""
        odd = [None, -1, "x", "", "1e401", "0x1", " 3 ", "1.", ".5", "-0", 1e300, "٣", 0.5, "-1e-9"]
        rows = [{**self.row(), self.chance.choice(["input", "output", "cache_read", "tier_above", "tier_input"]): each}
                for each in odd for _ in range(12)]
        answers = run_core({"cost/price.ts": ["parsePrice"]}, "parsePrice(args[0], 'v').ok", [(row,) for row in rows])
        for row, is_price in zip(rows, answers):
            if is_price:
                parse_price(row)
            else:
                with self.assertRaises(ValueError, msg=row):
                    parse_price(row)


if __name__ == "__main__":
    unittest.main()
