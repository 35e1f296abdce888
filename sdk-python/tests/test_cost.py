"""What a call costs: every provider's usage, prices as decimals, exact to the nano-USD."""

import unittest
from decimal import Decimal
from fractions import Fraction

from niitaka._cost.price import MAX_DECIMAL_CHARACTERS, parse_decimal, parse_price
from niitaka._cost.price_call import price_call
from niitaka._cost.token_usage import TokenUsage

class ParseDecimal(unittest.TestCase):
    def test_decimals(self):
        """A JSON number counts as its shortest decimal text, exponents included (C1)"""
        cases = [
            (0.1, "0.1"),
            (1e-9, "0.000000001"),
            (1.05e-06, "0.00000105"),
            (1e22, "10000000000000000000000"),
            (3, "3"),
            ("3.50", "3.5"),
            ("+2", "2"),
            (".5", "0.5"),
            ("5.", "5"),
            ("-1e2", "-100"),
            (" 7 ", "7"),
        ]
        for value, expected in cases:
            self.assertEqual(parse_decimal(value), Decimal(expected), repr(value))

    def test_no_decimals(self):
        """Everything else is none"""
        for value in ("", ".", "e5", "1e", "nan", "inf", float("nan"), float("inf"), True, None, [], "1e401", "1,5",
                      "1_0", "٣", "9" * (MAX_DECIMAL_CHARACTERS + 1)):
            self.assertIsNone(parse_decimal(value), repr(value))


class ParsePrice(unittest.TestCase):
    def test_defaults(self):
        """A missing class takes the input price; without a tier price of its own it keeps its normal one (C2)"""
        price = parse_price({"input": 2, "output": "8", "cache_read": 0.5, "tier_above": 1000, "tier_input": 4})
        self.assertEqual(
            price.rates,
            {
                "input": Fraction(2000),
                "output": Fraction(8000),
                "cache_read": Fraction(500),
                "cache_write_5m": Fraction(2000),
                "cache_write_1h": Fraction(2000),
            },
        )
        self.assertEqual(
            price.tier_rates,
            {
                "input": Fraction(4000),
                "output": Fraction(8000),
                "cache_read": Fraction(500),
                "cache_write_5m": Fraction(4000),
                "cache_write_1h": Fraction(4000),
            },
        )
        self.assertEqual(price.tier_above, 1000)

    def test_errors(self):
        """A bad row says which field is wrong and what was found"""
        cases = [
            ({"output": 1}, "input must be a decimal >= 0, USD per million tokens: got nothing"),
            ({"input": 1}, "output must be a decimal >= 0, USD per million tokens: got nothing"),
            ({"input": -1, "output": 1}, "input must be a decimal >= 0, USD per million tokens: got -1"),
            ({"input": 1, "output": "x"}, "output must be a decimal >= 0, USD per million tokens: got 'x'"),
            ({"input": 1, "output": 1, "cache_read": True}, "cache_read must be a decimal >= 0"),
            ({"input": 1, "output": 1, "tier_above": 1.5}, "tier_above must be a whole number of tokens >= 0: got 1.5"),
            ({"input": 1, "output": 1, "tier_above": -1}, "tier_above must be a whole number of tokens >= 0: got -1"),
        ]
        for row, expected in cases:
            with self.assertRaises(ValueError) as raised:
                parse_price(row)
            self.assertIn(f"Cannot read price: {expected}", str(raised.exception))


class PriceCall(unittest.TestCase):
    def cost(self, usage, **row):
        return price_call(TokenUsage(**usage), parse_price({"input": 1, "output": 1, **row}))

    def test_unpriced(self):
        """Without a price a call is unpriced, not free (C1)"""
        self.assertIsNone(price_call(TokenUsage(input_tokens=5), None))

    def test_free(self):
        """A price of zero is free"""
        cost = self.cost({"input_tokens": 5}, input=0, output=0)
        self.assertEqual((cost.cost_nano_usd, cost.classes), (0, {"input": 0}))

    def test_parts_are_never_added_twice(self):
        """Cached tokens are taken out of the input, reasoning stays in the output (C2)"""
        usage = {"input_tokens": 100, "cache_read_tokens": 40, "cache_write_5m_tokens": 10, "cache_write_1h_tokens": 20,
                 "output_tokens": 50, "reasoning_tokens": 45}
        cost = self.cost(usage, input=10, output=20, cache_read=1, cache_write_5m=12.5, cache_write_1h=20)
        self.assertEqual(
            cost.classes,
            {
                "input": 30 * 10_000,
                "cache_read": 40 * 1_000,
                "cache_write_5m": 10 * 12_500,
                "cache_write_1h": 20 * 20_000,
                "output": 50 * 20_000,
            },
        )
        self.assertEqual(cost.cost_nano_usd, sum(cost.classes.values()))

    def test_own_prices(self):
        """Reasoning, audio and image tokens are charged apart only where they have a price of their own (C2)"""
        usage = {"input_tokens": 100, "input_audio_tokens": 30, "input_image_tokens": 20, "output_tokens": 90,
                 "reasoning_tokens": 40, "output_audio_tokens": 30, "output_image_tokens": 50}
        plain = self.cost(usage)
        self.assertEqual(plain.classes, {"input": 100_000, "output": 90_000})
        own = self.cost(usage, input_audio=2, input_image=3, reasoning=4, output_audio=5, output_image=6)
        self.assertEqual(
            own.classes,
            {
                "input": 50_000,
                "input_audio": 60_000,
                "input_image": 60_000,
                "reasoning": 160_000,
                "output_audio": 150_000,
                "output_image": 120_000,
            },
        )

    def test_tier(self):
        """A tier moves the whole request, above the bound and not at it (C2)"""
        row = {"input": 1.25, "output": 10, "tier_above": 200_000, "tier_input": 2.5, "tier_output": 15}
        at = self.cost({"input_tokens": 200_000, "output_tokens": 1000}, **row)
        above = self.cost({"input_tokens": 200_001, "output_tokens": 1000}, **row)
        self.assertEqual((at.cost_nano_usd, at.is_tier), (260_000_000, False))
        self.assertEqual((above.cost_nano_usd, above.is_tier), (515_002_500, True))

    def test_half_to_even(self):
        """Each class is rounded half to even, then summed (C1)"""
        for tokens, expected in ((1, 0), (3, 2), (5, 2), (7, 4), (9, 4)):
            self.assertEqual(self.cost({"input_tokens": tokens}, input="0.0005").cost_nano_usd, expected, tokens)
        both = self.cost({"input_tokens": 1, "output_tokens": 1}, input="0.0005", output="0.0005")
        self.assertEqual(both.cost_nano_usd, 0)

    def test_exact_where_floats_are_not(self):
        """A thousand million tokens at an odd price are exact (S6)"""
        cost = self.cost({"input_tokens": 10**9}, input="123.456789123")
        self.assertEqual(cost.cost_nano_usd, 123_456_789_123_000)
        cost = self.cost({"input_tokens": 999_999_999}, input=0.1)
        self.assertEqual(cost.cost_nano_usd, 99_999_999_900)


if __name__ == "__main__":
    unittest.main()
