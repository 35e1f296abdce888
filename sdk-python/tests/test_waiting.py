"""Records in memory, records that wait for another try, and what an answer means."""

import time
import unittest
from unittest import mock
from niitaka import _deferred, _memory_chunk
from niitaka._chunk import Taken, may_be_dropped
from niitaka._deferred import Deferred
from niitaka._ingest import Accepted, Failed, RefusedKey, RefusedWhole, batch_body, read_outcome
from niitaka._http import Answer
from niitaka._memory_chunk import MemoryChunk


class Memory(unittest.TestCase):
    START = b'{"kind":"session.start"}'
    EVENT = b'{"kind":"event","n":%d}'

    def fill(self, count):
        chunk = MemoryChunk()
        chunk.append(self.START)
        for n in range(count):
            chunk.append(self.EVENT % n)
        return chunk

    def test_take_and_advance(self):
        """Records come in order, within both limits, and again until they are settled"""
        chunk = self.fill(5)
        bodies = [each.body for each in chunk.take(3, 10_000)]
        self.assertEqual(bodies, [self.START, self.EVENT % 0, self.EVENT % 1])
        self.assertEqual([each.body for each in chunk.take(3, 10_000)], bodies)
        chunk.advance(chunk.take(3, 10_000))
        self.assertEqual(len(chunk.take(9, 1)), 1)
        self.assertFalse(chunk.is_drained())
        chunk.advance(chunk.take(9, 1))
        chunk.advance(chunk.take(9, 10_000))
        self.assertTrue(chunk.is_drained())
        self.assertEqual(chunk.size, 0)

    def test_shed(self):
        """The oldest event goes first; starts stay, and go out first (D1)"""
        chunk = self.fill(3)
        self.assertEqual(chunk.shed(), ([self.EVENT % 0], True))
        self.assertEqual(chunk.shed(), ([self.EVENT % 1], True))
        self.assertEqual([each.body for each in chunk.take(9, 10_000)], [self.START, self.EVENT % 2])
        self.assertEqual(chunk.shed(), ([], False))

    def test_taken_is_not_shed(self):
        """What is on its way is not dropped as well"""
        chunk = self.fill(3)
        chunk.take(2, 10_000)
        self.assertEqual(chunk.shed(), ([self.EVENT % 1], True))

    def test_bounds(self):
        """A chunk tells when it is over in records or bytes, and refuses beyond the hard bound"""
        with mock.patch.object(_memory_chunk, "MEMORY_RECORDS", 3), \
                mock.patch.object(_memory_chunk, "MEMORY_RECORDS_HARD", 5):
            chunk = self.fill(2)
            self.assertFalse(chunk.is_over)
            chunk.append(self.EVENT % 9)
            self.assertTrue(chunk.is_over)
            chunk.append(self.EVENT % 9)
            with self.assertRaises(OSError):
                chunk.append(self.EVENT % 9)
        with mock.patch.object(_memory_chunk, "MEMORY_BYTES", 10):
            self.assertTrue(self.fill(0).is_over)

    def test_kept_kinds(self):
        """Starts, closes and ends are never dropped (D1)"""
        for kind in ("session.start", "sender.close", "session.end"):
            self.assertFalse(may_be_dropped(b'{"kind":"%s","x":1}' % kind.encode()))
        for kind in ("event", "event.update", "session.metrics", "signal", "trace"):
            self.assertTrue(may_be_dropped(b'{"kind":"%s","x":1}' % kind.encode()))


class Waiting(unittest.TestCase):
    def setUp(self):
        self.chunk = MemoryChunk()
        self.deferred = Deferred()
        self.now = 100.0
        patched = mock.patch.object(_deferred.time, "monotonic", lambda: self.now)
        patched.start()
        self.addCleanup(patched.stop)

    def test_schedule(self):
        """A record is due after 1, 2, 4 ... 60 s, and holds its chunk meanwhile"""
        taken = Taken(self.chunk, 0, 0, b"x")
        waits = []
        for _ in range(9):
            self.assertTrue(self.deferred.defer(taken, False))
            waits.append(self.deferred.next_due_at() - self.now)
            self.assertEqual(self.deferred.take_due(9, False), [])
            self.now = self.deferred.next_due_at()
            self.assertEqual(self.deferred.take_due(9, False), [taken])
        self.assertEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60])
        self.assertEqual((self.chunk.held, len(self.deferred)), (1, 1))
        self.deferred.settle(taken)
        self.deferred.settle(taken)
        self.assertEqual((self.chunk.held, len(self.deferred)), (0, 0))
        self.assertIsNone(self.deferred.next_due_at())

    def test_a_day(self):
        """After 24 h it is given up, unless it waits without end"""
        one, two = Taken(self.chunk, 0, 0, b"one"), Taken(self.chunk, 0, 0, b"two")
        self.assertTrue(self.deferred.defer(one, False) and self.deferred.defer(two, True))
        self.now += 24 * 3600 - 1
        self.assertTrue(self.deferred.defer(one, False))
        self.now += 1
        self.assertFalse(self.deferred.defer(one, False))
        self.assertTrue(self.deferred.defer(two, True))

    def test_hurried_and_bounded(self):
        """In a hurry all are due, at most as many as asked for"""
        for n in range(5):
            self.deferred.defer(Taken(self.chunk, 0, 0, b"%d" % n), False)
        self.assertEqual(len(self.deferred.take_due(3, True)), 3)
        self.assertEqual(len(self.deferred.take_due(9, False)), 0)


class Outcomes(unittest.TestCase):
    def outcome(self, status, body=b'{"detail":"why"}', **headers):
        return read_outcome(Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body))

    def test_statuses(self):
        """Each status means one thing for the batch"""
        self.assertEqual(self.outcome(200, b'{"accepted":1}'), Accepted({"accepted": 1}))
        for status in (400, 413, 422):
            self.assertEqual(self.outcome(status), RefusedWhole(f"why (status {status})"))
        for status in (401, 403):
            self.assertEqual(self.outcome(status), RefusedKey(f"why (status {status})"))
        for status in (408, 425, 429, 500, 502, 503, 504, 529):
            self.assertEqual(self.outcome(status), Failed(f"why (status {status})"))
        for status in (200, 204, 301, 302, 404, 405, 415):
            self.assertEqual(self.outcome(status), Failed(f"why (status {status})", is_strange=True))

    def test_retry_after(self):
        """Retry-After is read in seconds and capped"""
        for text, expected in (("3", 3.0), ("0", 0.0), ("99999", 300.0), ("-1", None), ("soon", None), ("nan", None)):
            found = self.outcome(503, retry_after=text).retry_after
            self.assertEqual(found, expected, text)

    def test_batch_body(self):
        """A body holds sdk, the time of this attempt, and the records as they are"""
        body = batch_body([b'{"a":1}', b'{"b":2}'], {"name": "niitaka"})
        self.assertTrue(body.startswith(b'{"sdk":{"name": "niitaka"},"sent_at":"2'))
        self.assertTrue(body.endswith(b'"records":[{"a":1},{"b":2}]}'))
        self.assertTrue(batch_body([], {}).endswith(b'"records":[]}'))


if __name__ == "__main__":
    unittest.main()
