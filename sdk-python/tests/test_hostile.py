"""What a host may hand over, however odd, breaks neither the host nor the record."""

import collections
import dataclasses
import json
import unittest
import uuid

import niitaka
from client_case import ClientCase
from niitaka.testing import capture


class Odd:
    """Every question to it fails."""

    def __getattr__(self, name):
        raise RuntimeError("no attribute")

    def __repr__(self):
        raise RuntimeError("no text")

    __str__ = __repr__


class Unreadable(collections.abc.Mapping):
    """A mapping that cannot be read."""

    def __getitem__(self, key):
        raise RuntimeError("no item")

    def __iter__(self):
        raise RuntimeError("no keys")

    def __len__(self):
        return 1


class Scalar:
    """As a number of numpy looks."""

    def item(self):
        return 3.5


@dataclasses.dataclass
class Node:
    name: str
    next: object = None


@dataclasses.dataclass
class Guarded:
    """Has a field that cannot be copied."""

    lock: object

    def __deepcopy__(self, memo):
        raise RuntimeError("not to be copied")


def circle():
    node = Node("a")
    node.next = node
    return node


class Content(ClientCase):
    def told(self, value):
        """The data of an event that holds the value."""
        with capture() as captured:
            with niitaka.start_session(metadata={"v": value}) as session:
                session.event("log", data={"v": value})
                session.decision(value, options=[value])
                with session.tool("t") as call:
                    call.input = call.output = value
                session.error(ValueError(value))
            records = captured.records
        self.assertEqual(len(records), 6)
        for record in records:
            self.assertLessEqual(len(json.dumps(record, ensure_ascii=False).encode("utf-8")), 1024 * 1024)
        self.assertEqual(records[-1]["last_seq"], 4)
        return records[1]["data"]

    def test_values(self):
        """Each value is told by the nearest thing that JSON has"""
        identity = uuid.UUID(int=7)
        cases = [
            (Odd(), "[Odd]"),
            (Scalar(), 3.5),
            (identity, str(identity)),
            (b"ab", "[2 bytes]"),
            (memoryview(b"abc"), "[3 bytes]"),
            (float("nan"), "nan"),
            (1j, "1j"),
            ("a\0b", "a\0b"),
            ("\ud800", "?"),
            (collections.OrderedDict(a=1), {"a": 1}),
            (collections.namedtuple("Pair", "a b")(1, 2), [1, 2]),
            ({1: "a", (1, 2): "b", None: "c"}, {"1": "a", "(1, 2)": "b", "None": "c"}),
            (Node("a", Node("b")), {"name": "a", "next": {"name": "b", "next": None}}),
            (Guarded(5), {"lock": 5}),
        ]
        for value, wanted in cases:
            with self.subTest(type(value).__name__):
                self.assertEqual(self.told(value)["v"], wanted)

    def test_unreadable_mappings(self):
        """A mapping that cannot be read is told as such, wherever it is handed over"""
        with capture(is_strict=False) as captured:
            with niitaka.start_session(metadata=Unreadable(), tags=Unreadable()) as session:
                session.event("log", data=Unreadable())
                session.set_metrics(Unreadable())
            records = captured.records
        self.assertEqual(records[0]["metadata"], {"value": "[not readable]"})
        self.assertEqual(records[1]["data"], {"value": "[not readable]"})
        self.assertEqual(records[-1]["omitted"], {"metrics_refused": 1})

    def test_cycles(self):
        """A cycle ends where it closes, or at the limit of depth"""
        cyclic, listed = {}, []
        cyclic["self"] = cyclic
        listed.append(listed)
        self.assertEqual(self.told(cyclic)["v"], {"self": "[circular]"})
        self.assertEqual(self.told(listed)["v"], ["[circular]"])
        self.assertEqual(self.told(circle())["v"], {"name": "a", "next": "[circular]"})
        with capture(is_strict=False), niitaka.start_session() as session:
            session.set_metrics({"node": circle(), "odd": Odd()})

    def test_knots(self):
        """What is tied to itself many times over takes a moment, with a redactor and without"""
        listed, node = [], Node("a")
        listed += [listed, listed, "x"]
        node.name = node.next = node
        for redact in (None, lambda path, value: value):
            with capture(redact=redact) as captured, niitaka.start_session() as session:
                session.event("log", data={"list": listed, "node": node, "after": "y"})
                (event,) = captured.events
            self.assertEqual(event["data"]["list"], ["[circular]", "[circular]", "x"])
            self.assertEqual(event["data"]["node"], {"name": "[circular]", "next": "[circular]"})

    def test_unreadable_before_a_redactor(self):
        """What the redactor cannot be shown is not sent"""
        seen = []
        with capture(redact=lambda path, value: seen.append(value) or value) as captured:
            with niitaka.start_session("goal", metadata={"m": {"k": Odd()}}) as session:
                session.event("log", data={"v": Odd(), "list": ["ab"] * 1_000_000})
            (event,) = captured.events
        self.assertEqual(event["data"]["v"], "[Odd]")
        self.assertEqual(event["data"]["list"][-1], "ab")
        self.assertEqual(len(event["data"]["list"]), seen.count("ab"))

    def test_bottomless(self):
        """Five thousand levels are cut, and the cut is told"""
        top = inner = {}
        for _ in range(5000):
            inner["d"] = inner = {}
        self.assertIn("d", self.told(top)["v"])

    def test_endless(self):
        """A list of a million values takes a moment and not a minute: the rest is left out, and told"""
        with capture() as captured:
            with niitaka.start_session() as session:
                session.event("log", data={"text": "kept", "list": ["ab"] * 1_000_000})
            (event,) = captured.events
        self.assertEqual(event["data"]["text"], "kept")
        self.assertEqual(event["data"]["list"][-1], "[left out: too many values]")
        self.assertEqual(len(event["data"]["list"]), 49_998)
        self.assertEqual([each["path"] for each in event["truncated"]], ["data.list"])

    def test_ids(self):
        """An object that answers no question is no id"""
        for call in (niitaka.attach_session, lambda odd: niitaka.start_session(session_id=odd)):
            with self.assertRaisesRegex(TypeError, "session_id must be a UUID: got a Odd"):
                call(Odd())


if __name__ == "__main__":
    unittest.main()
