"""Whatever a host hands over becomes valid JSON within the limits, and cuts are marked."""

import dataclasses
import datetime
import enum
import json
import unittest
import uuid
from decimal import Decimal

from niitaka._json import encode_record, parse_object, plain_value
from niitaka._limits import JSON_DEPTH, JSON_KEYS, RECORD_BYTES, TEXT_BYTES


def encoded(data, **more):
    return json.loads(encode_record({"kind": "event", "data": data, **more}))


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


@dataclasses.dataclass
class Point:
    x: int
    y: object


class Model:
    def model_dump(self):
        return {"from": "model"}


class Pair(tuple):
    def _asdict(self):
        return {"a": 1}


class Scalar:
    def item(self):
        return 2.5


class Unreadable:
    def __repr__(self):
        raise RuntimeError("no")


class Values(unittest.TestCase):
    def test_plain_json_is_kept(self):
        """What is JSON already goes unchanged, compact, as UTF-8"""
        data = {"text": "naïve – 東京 😀", "n": 1, "f": 1.5, "t": True, "none": None, "list": [1, [2]], "o": {"k": {}}}
        self.assertEqual(encoded(data), {"kind": "event", "data": data})
        self.assertEqual(encode_record({"a": [1, "é"]}), '{"a":[1,"é"]}'.encode())

    def test_other_values(self):
        """Other values become their nearest JSON"""
        when = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
        some_id = uuid.UUID(int=5)
        cases = [
            (float("nan"), "nan"),
            (float("inf"), "inf"),
            (10**30, str(10**30)),
            (Colour.RED, "red"),
            (Level.HIGH, 3),
            (when, "2026-01-02T03:04:05+00:00"),
            (when.date(), "2026-01-02"),
            (some_id, str(some_id)),
            (Decimal("1.50"), "1.50"),
            (b"abc", "[3 bytes]"),
            (bytearray(4), "[4 bytes]"),
            ((1, 2), [1, 2]),
            ({7}, [7]),
            (Point(1, Colour.RED), {"x": 1, "y": "red"}),
            (Model(), {"from": "model"}),
            (Scalar(), 2.5),
            (Unreadable(), "[Unreadable]"),
            (Model, repr(Model)),
            (1 + 2j, "(1+2j)"),
        ]
        for value, expected in cases:
            # The NaN beside it takes the quick way out of the question.
            self.assertEqual(encoded({"value": value, "nan": float("nan")})["data"]["value"], expected, repr(expected))

    def test_keys(self):
        """Keys that are no text become text"""
        found = encoded({1: "a", None: "b", (1, 2): "c", Colour.RED: "d"})["data"]
        self.assertEqual(sorted(found.values()), ["a", "b", "c", "d"])
        self.assertEqual(found["1"], "a")
        self.assertEqual(found["red"], "d")

    def test_surrogates(self):
        """Lone surrogates are no Unicode: they become question marks, in keys and values"""
        self.assertEqual(encoded({"a\udc00": "b\ud800c"})["data"], {"a?": "b?c"})

    def test_circular(self):
        """A circle is cut where it closes; the same object twice is none"""
        circle = {"name": "x"}
        circle["self"] = circle
        self.assertEqual(encoded(circle)["data"], {"name": "x", "self": "[circular]"})
        twice = {"k": object}
        self.assertNotIn("[circular]", json.dumps(encoded({"a": twice, "b": twice})))

    def test_object_that_fails(self):
        """An object whose own methods fail never fails the record"""

        class Bad(dict):
            def items(self):
                raise RuntimeError("no")

        self.assertEqual(encoded({"nan": float("nan"), "bad": Bad(a=1)})["data"], "[not readable]")

    def test_plain_value(self):
        """plain_value() leaves JSON alone"""
        for value in (None, True, "x", 3, 2.5):
            self.assertIs(plain_value(value), value)


class Limits(unittest.TestCase):
    def test_long_text(self):
        """A text over 64 KiB is cut, at a whole character, and listed with its size (E7)"""
        record = encoded({"short": "s", "long": "x" * (TEXT_BYTES + 1), "list": ["é" * TEXT_BYTES]})
        self.assertEqual(record["data"]["short"], "s")
        self.assertEqual(record["data"]["long"], "x" * TEXT_BYTES)
        self.assertEqual(record["data"]["list"], ["é" * (TEXT_BYTES // 2)])
        self.assertEqual(
            record["truncated"],
            [
                {"path": "data.long", "bytes": TEXT_BYTES + 1},
                {"path": "data.list.0", "bytes": 2 * TEXT_BYTES},
            ],
        )

    def test_text_at_the_limit(self):
        """A text of exactly 64 KiB is kept (E7)"""
        record = encoded({"text": "x" * TEXT_BYTES})
        self.assertEqual(len(record["data"]["text"]), TEXT_BYTES)
        self.assertNotIn("truncated", record)

    def test_depth(self):
        """Content deeper than 32 becomes text, and is listed (E7)"""
        deep = "bottom"
        for _ in range(100):
            deep = {"d": deep}
        record = encoded(deep)
        depth, found = 1, record["data"]
        while isinstance(found, dict):
            depth, found = depth + 1, found["d"]
        self.assertLessEqual(depth, JSON_DEPTH)
        self.assertIn("bottom", found)
        self.assertEqual(len(record["truncated"]), 1)

    def test_very_deep(self):
        """Ten thousand levels are no reason to fail (E7)"""
        deep = []
        for _ in range(10_000):
            deep = [deep]
        self.assertLess(len(encode_record({"kind": "event", "data": {"deep": deep}})), 200_000)

    def test_keys(self):
        """Of more than 512 keys the first are kept, and the object is listed (E7)"""
        record = encoded({str(n): n for n in range(JSON_KEYS + 10)})
        self.assertEqual(record["data"], {str(n): n for n in range(JSON_KEYS)})
        self.assertEqual(record["truncated"][0]["path"], "data")
        exact = encoded({str(n): n for n in range(JSON_KEYS)})
        self.assertNotIn("truncated", exact)

    def test_whole_record(self):
        """A record over 1 MiB keeps its short fields, and says what it was (E7)"""
        data = {"model": "m", "input_tokens": 5, "input": ["x" * 60_000 for _ in range(30)], "flag": True}
        body = encode_record({"kind": "event", "data": data})
        self.assertLess(len(body), RECORD_BYTES)
        record = json.loads(body)
        self.assertEqual(record["data"], {"model": "m", "input_tokens": 5, "flag": True})
        (cut,) = record["truncated"]
        self.assertEqual(cut["path"], "data")
        self.assertGreater(cut["bytes"], 1_800_000)

    def test_start(self):
        """A start is cut the same way, but has no list of cuts"""
        body = encode_record({"kind": "session.start", "goal": "g" * 100_000, "metadata": {"x": "y" * 2_000_000}})
        self.assertLess(len(body), RECORD_BYTES)
        record = json.loads(body)
        self.assertEqual(len(record["goal"]), TEXT_BYTES)
        self.assertNotIn("truncated", record)

    def test_quick_way(self):
        """Brackets and colons inside of texts change nothing"""
        data = {"text": '{"a": [' * 100, "more": '":' * 2000}
        record = encoded(data)
        self.assertEqual(record["data"], data)
        self.assertNotIn("truncated", record)


class Parse(unittest.TestCase):
    def test_parse_object(self):
        """parse_object() answers objects only"""
        self.assertEqual(parse_object(b'{"a":1}'), {"a": 1})
        for body in (b"", b"[]", b"1", b"{", b"\xff", b"[" * 100_000):
            self.assertIsNone(parse_object(body))


if __name__ == "__main__":
    unittest.main()
