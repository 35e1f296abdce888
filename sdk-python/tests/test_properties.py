"""Random cases, from printed seeds, against what must always hold."""

import json
import random
import string
import unittest
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from niitaka._cost.normalise_usage import normalise_usage
from niitaka._cost.price import TOKEN_CLASSES, parse_decimal, parse_price
from niitaka._cost.price_call import price_call
from niitaka._cost.token_usage import TokenUsage
from niitaka._framing import frame, read_frames
from niitaka._json import encode_record
from niitaka._limits import JSON_DEPTH, JSON_KEYS, RECORD_BYTES, TEXT_BYTES
from niitaka._privacy import DROPPED, redacted

SEED = 20261124


class RandomCase(unittest.TestCase):
    def setUp(self):
        self.chance = random.Random(f"{SEED} {self.id()}")

    def text(self, longest=20):
        alphabet = string.printable + "äöü東京😀\x00\ud800\u2028"
        return "".join(self.chance.choice(alphabet) for _ in range(self.chance.randint(0, longest)))

    def value(self, depth=0):
        kind = self.chance.randint(0, 11)
        if depth < 40 and kind == 0:
            return [self.value(depth + 1) for _ in range(self.chance.randint(0, 4))]
        if depth < 40 and kind in (1, 2):
            return {self.text(8): self.value(depth + 1) for _ in range(self.chance.randint(0, 4))}
        if depth < 40 and kind == 3:
            return {"chain": self.value(depth + 1)}
        return self.chance.choice(
            [
                None,
                True,
                self.chance.randint(-(10**25), 10**25),
                self.chance.uniform(-1e308, 1e308),
                float("nan"),
                float("-inf"),
                self.text(),
                "x" * self.chance.choice([1, TEXT_BYTES, TEXT_BYTES + 1]) if self.chance.random() < 0.02 else "x",
                b"bytes",
                {1, 2},
                object(),
                self.chance,
            ]
        )


class Encoding(RandomCase):
    def depth_of(self, value):
        if isinstance(value, dict):
            return 1 + max(map(self.depth_of, value.values()), default=0)
        if isinstance(value, list):
            return 1 + max(map(self.depth_of, value), default=0)
        return 0

    def test_always_json_within_the_limits(self):
        """Any content at all becomes JSON within depth, keys, text and record limits (E7)"""
        for _ in range(1500):
            body = encode_record({"kind": "event", "data": {"content": self.value()}})
            self.assertLessEqual(len(body), RECORD_BYTES)
            record = json.loads(body.decode("utf-8"), parse_constant=self.fail)
            self.assertEqual(record["kind"], "event")
            self.assertLessEqual(self.depth_of(record), JSON_DEPTH)

    def test_plain_json_is_never_changed(self):
        """Content that is JSON within the limits arrives as it was given"""
        for _ in range(500):
            plain = json.loads(encode_record({"kind": "x", "data": self.value()}))
            if "truncated" not in plain:
                self.assertEqual(json.loads(encode_record(plain)), plain)

    def test_wide_objects(self):
        """Objects of any width keep at most 512 keys, the first ones (E7)"""
        for _ in range(20):
            width = self.chance.randint(1, 3 * JSON_KEYS)
            record = json.loads(encode_record({"kind": "event", "data": {f"k{n}": n for n in range(width)}}))
            self.assertEqual(record["data"], {f"k{n}": n for n in range(min(width, JSON_KEYS))})
            self.assertEqual("truncated" in record, width > JSON_KEYS)

    def test_redactor_sees_every_text(self):
        """A redactor that blanks everything leaves no text behind"""

        def texts(value):
            if isinstance(value, dict):
                for each in value.values():
                    yield from texts(each)
            elif isinstance(value, list):
                for each in value:
                    yield from texts(each)
            elif isinstance(value, str):
                yield value

        for _ in range(300):
            found = redacted(lambda path, value: "-", "data", {"content": self.value()})
            left = set(texts(json.loads(encode_record({"data": found}))["data"]))
            self.assertLessEqual(left, {"-", DROPPED})


class Frames(RandomCase):
    def test_round_trip(self):
        """Whatever is framed is read back, also behind a cut at any place"""
        for _ in range(200):
            bodies = [self.chance.randbytes(self.chance.randint(0, 60)) for _ in range(self.chance.randint(0, 6))] \
                if hasattr(self.chance, "randbytes") else [bytes([n]) for n in range(5)]
            content = b"".join(map(frame, bodies))
            self.assertEqual([body for _, body, holds in read_frames(content) if holds], bodies)
            cut = self.chance.randint(0, len(content))
            found = [body for _, body, holds in read_frames(content[:cut]) if holds]
            self.assertEqual(found, bodies[: len(found)])
            ends = [end for end, _, _ in read_frames(content)]
            self.assertEqual(len(found), sum(end <= cut for end in ends))

    def test_noise(self):
        """Noise is read without an error, and practically never taken for a record"""
        for _ in range(500):
            noise = bytes(self.chance.getrandbits(8) for _ in range(self.chance.randint(0, 200)))
            self.assertFalse([body for _, body, holds in read_frames(noise) if holds and body])


class Cost(RandomCase):
    def price_text(self):
        return self.chance.choice(["0", "0.00005", "0.0125", "0.15", "1.25", "3", "18.75", "0.333333333333"])

    def test_against_decimals(self):
        """Every class is what decimal arithmetic gives, rounded half to even, and the total is their sum (C1)"""
        for _ in range(1000):
            row = {name: self.price_text() for name in TOKEN_CLASSES if self.chance.random() < 0.7}
            row = {"input": self.price_text(), "output": self.price_text(), **row}
            usage = TokenUsage(
                input_tokens=self.chance.choice([0, 7, 1000, 123_457, 10**9]),
                output_tokens=self.chance.choice([0, 3, 999, 10**9]),
                cache_read_tokens=self.chance.choice([0, 5, 400]),
                cache_write_5m_tokens=self.chance.choice([0, 2]),
                reasoning_tokens=self.chance.choice([0, 1, 500]),
                input_audio_tokens=self.chance.choice([0, 9]),
            )
            cost = price_call(usage, parse_price(row))
            self.assertEqual(cost.cost_nano_usd, sum(cost.classes.values()))
            with localcontext() as context:
                context.prec = 60
                output = sum(each for name, each in cost.classes.items() if name.startswith(("output", "reasoning")))
                if "reasoning" not in row and "output_audio" not in row and "output_image" not in row:
                    exact = Decimal(usage.output_tokens) * Decimal(row["output"]) * 1000
                    self.assertEqual(output, int(exact.quantize(Decimal(1), ROUND_HALF_EVEN)))

    def test_more_never_costs_less(self):
        """One token more never makes a call cheaper, without a tier"""
        for _ in range(300):
            price = parse_price({"input": self.price_text(), "output": self.price_text()})
            tokens = self.chance.randint(0, 10_000)
            one = price_call(TokenUsage(input_tokens=tokens, output_tokens=tokens), price)
            more = price_call(TokenUsage(input_tokens=tokens + 1, output_tokens=tokens), price)
            self.assertGreaterEqual(more.cost_nano_usd, one.cost_nano_usd)

    def test_numbers_and_texts_agree(self):
        """A price as a JSON number is the same as its shortest text (C1)"""
        for _ in range(500):
            number = self.chance.uniform(0, self.chance.choice([1e-7, 1.0, 1e6]))
            self.assertEqual(parse_decimal(number), parse_decimal(repr(number)))
            self.assertEqual(parse_decimal(number), Decimal(repr(number)))

    def test_usage_of_anything(self):
        """Any usage at all gives whole counts that are not negative (C2)"""
        words = ["prompt_tokens", "input_tokens", "output_tokens", "cached_tokens", "events", "usageMetadata", "usage",
                 "prompt_tokens_details", "cache_creation", "promptTokenCount", "inputTokens", "cacheDetails", "tokens"]
        formats = ["inclusive", "openai_chat", "openai_responses", "anthropic", "anthropic_stream", "gemini", "groq",
                   "xai_chat", "bedrock_converse", "mistral", "deepseek", "cohere", "ollama", "vllm"]
        for _ in range(1500):
            raw = {word: self.value(36) for word in words if self.chance.random() < 0.5}
            usage = normalise_usage(self.chance.choice(formats), raw)
            for name, count in usage._asdict().items():
                self.assertIsInstance(count, int, name)
                self.assertGreaterEqual(count, 0, name)


if __name__ == "__main__":
    unittest.main()
