"""Records that wait: in memory, for another try, and for how long; against slow references."""

import random
import unittest
from email.utils import formatdate
from unittest import mock

from niitaka import _deferred
from niitaka._backoff import backoff_seconds
from niitaka._chunk import may_be_dropped
from niitaka._clock_bounds import narrow
from niitaka._deferred import Deferred
from niitaka._memory_chunk import MemoryChunk

SEED = 20261202


def body(kind, number):
    return b'{"kind":"%s","n":%d}' % (kind.encode(), number)


class RandomCase(unittest.TestCase):
    def setUp(self):
        self.chance = random.Random(f"{SEED} {self.id()}")


class Memory(RandomCase):
    def test_reference(self):
        """What is in memory comes out in order; what may not be dropped comes first once something was (D1)"""
        for _ in range(200):
            chunk, kept, entries, taken = MemoryChunk(), [], [], []
            for number in range(60):
                deed = self.chance.choice(["append", "append", "take", "advance", "shed"])
                if deed == "append":
                    kind = self.chance.choice(["session.start", "event", "event", "sender.close", "session.end"])
                    entries.append(body(kind, number))
                    chunk.append(entries[-1])
                elif deed == "take":
                    records = self.chance.randint(1, 4)
                    while len(taken) < records and kept + entries:
                        taken.append((kept or entries).pop(0))
                    self.assertEqual([each.body for each in chunk.take(records, 10**6)], taken)
                elif deed == "advance" and taken:
                    chunk.advance(chunk.take(0, 0))
                    taken = []
                elif deed == "shed":
                    while entries and not may_be_dropped(entries[0]):
                        kept.append(entries.pop(0))
                    dropped = [entries.pop(0)] if entries else []
                    self.assertEqual(chunk.shed(), (dropped, dropped != []))
                self.assertEqual(len(chunk), len(kept + entries + taken))
                self.assertEqual(chunk.size, sum(map(len, kept + entries + taken)))
                self.assertEqual(chunk.is_drained(), not kept + entries + taken)


class Deferring(RandomCase):
    def setUp(self):
        super().setUp()
        self.now = 1_000.0
        patched = mock.patch.object(_deferred.time, "monotonic", lambda: self.now)
        patched.start()
        self.addCleanup(patched.stop)
        self.deferred, self.chunk = Deferred(), MemoryChunk()

    def taken(self, *numbers):
        for number in numbers:
            self.chunk.append(body("event", number))
        return self.chunk.take(len(numbers), 10**6)

    def test_reference(self):
        """Any records deferred, settled and taken come as a list of due times says; none is held that is not there (D1)"""
        records, waiting = self.taken(*range(12)), {}
        for _ in range(3_000):
            one = self.chance.choice(records)
            deed = self.chance.choice(["defer", "settle", "take", "wait", "wait"])
            if deed == "defer":
                self.assertTrue(self.deferred.defer(one, True))
                attempt = waiting.get(one.body, (0, 0))[0] + 1
                waiting[one.body] = (attempt, self.now + min(60, 2 ** (attempt - 1)))
            elif deed == "settle":
                self.deferred.settle(one)
                waiting.pop(one.body, None)
            elif deed == "take":
                is_hurried, most = self.chance.random() < 0.1, self.chance.randint(1, 6)
                expected = [name for name, (_, at) in waiting.items() if is_hurried or at <= self.now][:most]
                self.assertEqual(self.due(is_hurried, most), expected)
                for name in expected:
                    attempt = waiting[name][0]
                    waiting[name] = (attempt, self.now + min(60, 2 ** (attempt - 1)))
            self.now += self.chance.choice([0, 0.25, 1, 7, 60]) if deed == "wait" else 0
            self.assertEqual((self.chunk.held, len(self.deferred)), (len(waiting), len(waiting)))
            self.assertEqual(self.deferred.next_due_at(), min([at for _, at in waiting.values()], default=None))

    def due(self, is_hurried=False, records=100):
        return [each.body for each in self.deferred.take_due(records, is_hurried)]

    def test_too_many(self):
        """Over the limit nothing more is deferred, but what waits already goes on (E7)"""
        with mock.patch.object(_deferred, "DEFERRED_RECORDS", 2):
            records = self.taken(1, 2, 3)
            self.assertEqual([self.deferred.defer(each, False) for each in records], [True, True, False])
            self.assertTrue(self.deferred.defer(records[0], False))
            self.deferred.settle(records[0])
            self.assertTrue(self.deferred.defer(records[2], False))

    def test_held(self):
        """Each waiting record holds its chunk once, and lets go when it is settled or forgotten (D1)"""
        records = self.taken(1, 2, 3)
        for each in records + records:
            self.deferred.defer(each, False)
        self.assertEqual((self.chunk.held, len(self.deferred)), (3, 3))
        for _ in range(2):
            self.deferred.settle(records[0])
        self.assertEqual((self.chunk.held, len(self.deferred)), (2, 2))
        self.deferred.forget(MemoryChunk())
        self.deferred.forget(self.chunk)
        self.assertEqual((self.chunk.held, len(self.deferred), self.deferred.next_due_at()), (0, 0, None))


class Pauses(unittest.TestCase):
    def test_seeded_host(self):
        """A host that seeds `random` still draws what it would, and does not make waits alike"""
        random.seed(7)
        expected = [random.random() for _ in range(3)]
        random.seed(7)
        first = backoff_seconds(3)
        self.assertEqual([random.random() for _ in range(3)], expected)
        random.seed(7)
        self.assertNotEqual(backoff_seconds(3), first)


class Clocks(RandomCase):
    def answer(self, offset_ms):
        """Date header, and when the request was sent and answered by this clock, of a server that is ahead by so much."""
        sent = self.chance.randint(1_790_000_000_000, 1_800_000_000_000)
        received = sent + self.chance.randint(0, 3_000)
        dated = self.chance.randint(sent, received) + offset_ms
        return formatdate(dated // 1000, usegmt=True), sent, received

    def test_bounds_hold(self):
        """However answers take their time, the true difference lies within the bounds, which only narrow (E6)"""
        for _ in range(200):
            offset = self.chance.randint(-100_000, 100_000)
            bounds = None
            for _ in range(8):
                found = narrow(bounds, *self.answer(offset))
                self.assertTrue(found.low_ms <= offset <= found.high_ms)
                if bounds is not None:
                    self.assertLessEqual(found.high_ms - found.low_ms, bounds.high_ms - bounds.low_ms)
                bounds = found


if __name__ == "__main__":
    unittest.main()
