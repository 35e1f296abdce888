"""Tokens of content whose provider told none: the same rule as the server's (C1)."""

import random
import unittest

from niitaka._cost.estimate_tokens import ESTIMATE_DEPTH, estimate_tokens, tokens_of_characters


class Estimates(unittest.TestCase):
    def test_texts(self):
        """Four characters of any text anywhere in the content are a token, rounded up (C1)"""
        for content, tokens in ((None, 0), ("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("東京東京東", 2), (7, 0), (True, 0),
                                ([{"role": "user", "content": "abcdefgh"}], 3), (("ab", ["cd"]), 1), ({"abcd": None}, 0)):
            self.assertEqual(estimate_tokens(content), tokens, repr(content))
        self.assertEqual([tokens_of_characters(count) for count in (0, 1, 4, 5)], [0, 1, 1, 2])

    def test_pictures(self):
        """A picture in a data address is not charged by its letters (C1)"""
        picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 100_000}}
        self.assertEqual(estimate_tokens([picture]), estimate_tokens(["image_url"]))

    def test_depth(self):
        """What lies deeper than the limit, or within itself, counts nothing and ends (E7)"""
        deep = "abcd"
        for _ in range(ESTIMATE_DEPTH):
            deep = [deep]
        self.assertEqual((estimate_tokens(deep), estimate_tokens([deep])), (1, 0))
        ring = ["abcd"]
        ring.append(ring)
        self.assertEqual(estimate_tokens(ring), ESTIMATE_DEPTH)

    def test_sums(self):
        """Content counts what its texts hold together, in whatever way they are nested (C1)"""
        chance = random.Random(20261201)
        for _ in range(300):
            texts = ["x" * chance.randint(0, 30) for _ in range(chance.randint(0, 12))]
            content = list(texts)
            while len(content) > 2 and chance.random() < 0.8:
                taken = [content.pop(chance.randrange(len(content))) for _ in range(2)]
                content.append(chance.choice([taken, tuple(taken), {"a": taken[0], "b": taken[1]}]))
            self.assertEqual(estimate_tokens(content), -(-sum(map(len, texts)) // 4))


if __name__ == "__main__":
    unittest.main()
