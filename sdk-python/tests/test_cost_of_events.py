"""What an event costs before the server knows of it: reported, computed, or unknown (C1, C2, S6)."""

import random
import unittest
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from niitaka._cost.event_cost import PriceList, event_cost
from niitaka._cost.normalise_usage import is_usage_format, normalise_usage
from niitaka._cost.price import TOKEN_CLASSES, parse_price
from niitaka._cost.price_call import price_call
from niitaka._cost.token_usage import MAX_TOKEN_COUNT, TokenUsage, read_token_count

SEED = 20261130
OPENAI = {"provider": "openai", "model": "gpt-5", "input": "1.25", "output": "10"}
CALL = {"provider": "openai", "model": "gpt-5", "input_tokens": 1_000, "output_tokens": 1}


class RandomCase(unittest.TestCase):
    def setUp(self):
        self.chance = random.Random(f"{SEED} {self.id()}")

    def price(self):
        return self.chance.choice(["0", "0.0005", "0.075", "1.25", "10", "0.333333333", "1e-5", "18.75"])


class Prices(unittest.TestCase):
    def find(self, rows, provider, model):
        price, is_over = PriceList(rows).find(provider, model)
        return None if price is None else (price.rates["input"] / 1000, is_over)

    def test_own_provider_first(self):
        """The provider's own price stands before the one for every provider (C1)"""
        rows = [{**OPENAI, "provider": None, "input": 1}, {**OPENAI, "input": 2}]
        for given in (rows, rows[::-1]):
            self.assertEqual(self.find(given, "openai", "gpt-5"), (2, False))
            self.assertEqual(self.find(given, "azure", "gpt-5"), (1, False))
            self.assertEqual(self.find(given, None, "gpt-5"), (1, False))
        self.assertIsNone(self.find(rows, "openai", "GPT-5"))
        self.assertIsNone(self.find(rows, "openai", None))

    def test_the_later_row(self):
        """Of two prices for the same the later one holds"""
        self.assertEqual(self.find([OPENAI, {**OPENAI, "input": 3, "over_report": True}], "openai", "gpt-5"), (3, True))

    def test_damage(self):
        """A row that is no price leaves its model without one, and the others with theirs"""
        rows = [None, 7, [], {}, {**OPENAI, "model": 7}, {"model": "a", "input": 1}, {**OPENAI, "input": -1}, OPENAI]
        self.assertEqual(self.find(rows, "openai", "gpt-5"), (Decimal("1.25"), False))
        self.assertIsNone(self.find(rows, "openai", "a"))
        # Only true is true.
        self.assertEqual(self.find([{**OPENAI, "over_report": 1}], "openai", "gpt-5"), (Decimal("1.25"), False))


class Events(RandomCase):
    def test_reported(self):
        """A reported cost counts as its shortest decimal, rounded half to even to the nano-dollar; null is none (C1)"""
        none = PriceList()
        for reported, nano in ((0.1, 10**8), (0, 0), ("0.30", 3 * 10**8), (2.5e-9, 2), (3.5e-9, 4), ("1e-10", 0), (1e-9, 1)):
            self.assertEqual(event_cost({"cost_usd": reported}, none), nano, reported)
        for reported in (None, -1, "much", True, float("nan"), []):
            self.assertIsNone(event_cost({"cost_usd": reported}, none), repr(reported))
            self.assertEqual(event_cost({**CALL, "cost_usd": reported}, PriceList([OPENAI])), 1_260_000, repr(reported))

    def test_over_report(self):
        """Price over report holds where there are tokens to price, else the report does (C1)"""
        over = PriceList([{**OPENAI, "over_report": True}])
        self.assertEqual(event_cost({**CALL, "cost_usd": 5}, over), 1_260_000)
        self.assertEqual(event_cost({"provider": "openai", "model": "gpt-5", "cost_usd": 5}, over), 5 * 10**9)

    def test_model(self):
        """The model that answered is priced, not the one that was asked for (C1)"""
        prices = PriceList([OPENAI, {**OPENAI, "model": "gpt-5-mini", "input": "0.25", "output": "2"}])
        self.assertEqual(event_cost({**CALL, "response_model": "gpt-5-mini"}, prices), 252_000)
        for absent in (None, ""):
            self.assertEqual(event_cost({**CALL, "response_model": absent}, prices), 1_260_000)

    def test_unknown(self):
        """Without tokens or without a price a call is unpriced, not free (S6)"""
        prices = PriceList([OPENAI])
        for data in ({}, {"model": "gpt-5"}, {**CALL, "model": "other"},
                     {**CALL, "input_tokens": None, "output_tokens": None}, {**CALL, "input_tokens": -1, "output_tokens": "x"}):
            self.assertIsNone(event_cost(data, prices), data)
        self.assertEqual(event_cost({**CALL, "input_tokens": 0, "output_tokens": 0}, prices), 0)

    def test_whole_usage(self):
        """An event is charged class by class, as its usage and its price say (C2)"""
        counts = list(TokenUsage._fields)
        for _ in range(500):
            row = {**OPENAI, **{name: self.price() for name in TOKEN_CLASSES if self.chance.random() < 0.6}}
            row = {**row, "tier_above": 500, **{f"tier_{name}": self.price() for name in TOKEN_CLASSES[:3]}}
            data = {name: self.chance.choice([0, 1, 7, 400, 1_000]) for name in counts if self.chance.random() < 0.7}
            data.update(provider="openai", model="gpt-5", input_tokens=self.chance.randint(0, 1_000))
            usage = TokenUsage(**{name: data.get(name, 0) for name in counts})
            self.assertEqual(event_cost(data, PriceList([row])), price_call(usage, parse_price(row)).cost_nano_usd)


class Classes(RandomCase):
    def reference(self, usage, row):
        """The rules C1 and C2 read aloud, with decimals."""
        is_tier = "tier_above" in row and usage.input_tokens > row["tier_above"]

        def price(name):
            own = row.get(f"tier_{name}") if is_tier else None
            return own if own is not None else row.get(name)

        rest = max(0, usage.input_tokens - usage.cache_read_tokens - usage.cache_write_5m_tokens - usage.cache_write_1h_tokens)
        tokens = {name: getattr(usage, f"{name}_tokens") for name in ("cache_read", "cache_write_5m", "cache_write_1h")}
        made = usage.output_tokens
        for name in ("input_audio", "input_image"):
            tokens[name] = min(getattr(usage, f"{name}_tokens"), rest) if price(name) is not None else 0
            rest -= tokens[name]
        for name in ("reasoning", "output_audio", "output_image"):
            tokens[name] = min(getattr(usage, f"{name}_tokens"), made) if price(name) is not None else 0
            made -= tokens[name]
        tokens.update(input=rest, output=made)
        with localcontext() as context:
            context.prec = 60
            return {
                name: int((Decimal(count) * Decimal(price(name) or price("input")) * 1000).quantize(Decimal(1), ROUND_HALF_EVEN))
                for name, count in tokens.items()
                if count
            }

    def test_reference(self):
        """Each class is tokens x price, rounded half to even; the parts of a total are never charged twice (C1, C2)"""
        for _ in range(1000):
            row = {name: self.price() for name in TOKEN_CLASSES if self.chance.random() < 0.6}
            row = {"input": self.price(), "output": self.price(), **row}
            if self.chance.random() < 0.5:
                tier = {f"tier_{name}": self.price() for name in TOKEN_CLASSES if self.chance.random() < 0.4}
                row = {**row, "tier_above": self.chance.choice([0, 100, 1_000]), **tier}
            draw = {name: self.chance.choice([0, 0, 1, 3, 99, 101, 1_001]) for name in TokenUsage._fields}
            cost = price_call(TokenUsage(**draw), parse_price(row))
            self.assertEqual(cost.classes, self.reference(TokenUsage(**draw), row), (draw, row))
            self.assertEqual(cost.is_tier, draw["input_tokens"] > row.get("tier_above", 10**9))
            self.assertEqual(list(cost.classes), [name for name in TOKEN_CLASSES if name in cost.classes])


class Counts(unittest.TestCase):
    def test_counts(self):
        """A count is a whole number of 0 to 10^9, also as text; anything else is none (C2)"""
        for value, expected in ((0, 0), (7, 7), (7.9, 7), ("12", 12), ("1e3", 1_000), (" 5 ", 5), (MAX_TOKEN_COUNT, 10**9)):
            self.assertEqual(read_token_count(value), expected, value)
        for value in (-1, -0.5, "x", "", None, True, [], {}, MAX_TOKEN_COUNT + 1, float("nan"), float("inf"), "1e400"):
            self.assertIsNone(read_token_count(value), repr(value))

    def test_cached(self):
        """Uncached input is what is left of it, never below 0 (C2)"""
        usage = TokenUsage(input_tokens=100, cache_read_tokens=60, cache_write_5m_tokens=10, cache_write_1h_tokens=5)
        self.assertEqual((usage.cached_tokens, usage.uncached_tokens), (75, 25))
        self.assertEqual(TokenUsage(input_tokens=1, cache_read_tokens=2).uncached_tokens, 0)

    def test_formats(self):
        """A usage format has a name that is known; another is a KeyError (C2)"""
        self.assertTrue(is_usage_format("openai_chat"))
        for name in ("OpenAI", "", None, 7, []):
            self.assertFalse(is_usage_format(name))
        with self.assertRaises(KeyError):
            normalise_usage("telepathy", {})


if __name__ == "__main__":
    unittest.main()
