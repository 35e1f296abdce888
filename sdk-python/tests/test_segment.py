"""One spool segment, and the backlog that is made of them."""

import json
import os
import shutil
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from niitaka import _backlog, _segment
from niitaka._backlog import Backlog, sync_files
from niitaka._framing import HEAD_BYTES, frame, read_frames
from niitaka._memory_chunk import MemoryChunk
from niitaka._segment import Segment
from niitaka._warn import forget_warnings


def body(n, size=0, kind="event"):
    return json.dumps({"kind": kind, "n": n, "pad": "x" * size}, separators=(",", ":")).encode()


class FolderCase(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="niitaka-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        patched = mock.patch.dict(os.environ, {"XDG_STATE_HOME": str(self.folder)})
        patched.start()
        self.addCleanup(patched.stop)


class OneSegment(FolderCase):
    def create(self):
        segment = Segment.create(self.folder / "a.seg")
        self.addCleanup(segment.close)
        return segment

    def test_append_and_take(self):
        """What is appended is taken in order, again until settled, and never twice after"""
        segment = self.create()
        bodies = [body(n) for n in range(5)]
        for each in bodies:
            segment.append(each)
        self.assertEqual(segment.path.read_bytes(), b"".join(map(frame, bodies)))
        self.assertEqual(segment.size, segment.path.stat().st_size)
        taken = segment.take(3, 10_000)
        self.assertEqual([each.body for each in taken], bodies[:3])
        self.assertEqual([each.body for each in segment.take(3, 10_000)], bodies[:3])
        segment.advance(taken)
        self.assertFalse(segment.is_drained())
        rest = segment.take(3, 10_000)
        self.assertEqual([each.body for each in rest], bodies[3:])
        segment.advance(rest)
        self.assertTrue(segment.is_drained())
        self.assertEqual(segment.take(3, 10_000), [])

    def test_reading_while_writing(self):
        """Records appended behind a batch are in the next one"""
        segment = self.create()
        segment.append(body(0))
        first = segment.take(9, 10_000)
        segment.append(body(1))
        segment.advance(first)
        self.assertEqual([each.body for each in segment.take(9, 10_000)], [body(1)])

    def test_bytes_limit(self):
        """A batch stays within its bytes; a record that is larger goes alone"""
        segment = self.create()
        for n in range(4):
            segment.append(body(n, 1000))
        segment.append(body(4, 50_000))
        size = len(frame(body(0, 1000)))
        self.assertEqual(len(segment.take(9, 2 * size)), 2)
        segment.advance(segment.take(9, 10 * size))
        self.assertEqual([len(each.body) for each in segment.take(9, 100)], [len(body(4, 50_000))])

    def test_load(self):
        """The body of a record taken before is read again from its place"""
        segment = self.create()
        for n in range(3):
            segment.append(body(n))
        taken = segment.take(9, 10_000)
        segment.advance(taken)
        self.assertEqual([segment.load(each._replace(body=b"")) for each in taken], [body(0), body(1), body(2)])
        self.assertIsNone(segment.load(taken[0]._replace(start=3)))

    def test_damage(self):
        """A record whose checksum fails is taken as an empty one and counted; the next one is whole"""
        segment = self.create()
        for n in range(3):
            segment.append(body(n))
        content = bytearray(segment.path.read_bytes())
        content[len(frame(body(0))) + HEAD_BYTES + 2] ^= 0xFF
        segment.path.write_bytes(bytes(content))
        self.assertEqual([each.body for each in segment.take(9, 10_000)], [body(0), b"", body(2)])
        self.assertEqual(segment.damaged, 1)

    def test_torn_tail(self):
        """A torn tail ends the segment"""
        path = self.folder / "torn.seg"
        path.write_bytes(frame(body(0)) + frame(body(1))[:-1])
        segment = Segment.adopt(path)
        self.addCleanup(segment.close)
        self.assertTrue(segment.sealed)
        segment.advance(segment.take(9, 10_000))
        self.assertFalse(segment.is_drained())
        self.assertEqual(segment.take(9, 10_000), [])
        self.assertTrue(segment.is_drained())

    def test_short_write(self):
        """A write that the disk cuts short leaves nothing behind, and the next one is whole"""
        segment = self.create()
        segment.append(body(0))
        real = os.write
        with mock.patch.object(_segment.os, "write", lambda fd, content: real(fd, content[:10])):
            with self.assertRaisesRegex(OSError, "no space for"):
                segment.append(body(1))
        segment.append(body(2))
        found = [each for _, each, holds in read_frames(segment.path.read_bytes()) if holds]
        self.assertEqual(found, [body(0), body(2)])

    def test_write_that_fails(self):
        """A write that fails raises OSError and leaves the segment as it was"""
        segment = self.create()
        segment.append(body(0))
        with mock.patch.object(_segment.os, "write", side_effect=OSError(28, "No space left on device")):
            with self.assertRaisesRegex(OSError, "No space left"):
                segment.append(body(1))
        self.assertEqual(segment.path.read_bytes(), frame(body(0)))

    def test_sealed(self):
        """A sealed segment takes nothing more"""
        segment = self.create()
        segment.seal()
        with self.assertRaises(OSError):
            segment.append(body(0))

    def test_shed(self):
        """Shedding keeps starts, closes and ends in their order, and answers the rest (D1)"""
        segment = self.create()
        kinds = ["session.start", "event", "sender.close", "session.metrics", "session.end", "event"]
        bodies = [body(n, kind=kind) for n, kind in enumerate(kinds)]
        for each in bodies:
            segment.append(each)
        dropped, gained = segment.shed()
        self.assertEqual((dropped, gained), ([bodies[1], bodies[3], bodies[5]], True))
        self.assertEqual([each.body for each in segment.take(9, 10_000)], [bodies[0], bodies[2], bodies[4]])
        self.assertEqual(segment.size, segment.path.stat().st_size)
        self.assertEqual(os.listdir(self.folder), ["a.seg"])
        self.assertEqual(segment.shed(), ([], False))

    def test_shed_after_delivery(self):
        """What was delivered already is not counted as dropped (D1)"""
        segment = self.create()
        for n in range(4):
            segment.append(body(n))
        segment.advance(segment.take(2, 10_000))
        self.assertEqual(segment.shed(), ([body(2), body(3)], True))
        self.assertTrue(segment.is_drained())

    def test_shed_on_a_full_disk(self):
        """Shedding that fails leaves the segment as it was"""
        segment = self.create()
        segment.append(body(0, kind="session.start"))
        segment.append(body(1))
        with mock.patch.object(_segment.os, "write", lambda fd, content: 3):
            with self.assertRaises(OSError):
                segment.shed()
        self.assertEqual([each.body for each in segment.take(9, 10_000)], [body(0, kind="session.start"), body(1)])

    def test_touch(self):
        """A touch shows that the writer lives, and finds out when the file was taken"""
        segment = self.create()
        os.utime(segment.path, (1, 1))
        self.assertTrue(segment.touch())
        self.assertGreater(segment.path.stat().st_mtime, 1000)
        os.rename(segment.path, self.folder / "b.seg")
        self.assertFalse(segment.touch())
        segment.append(body(0))
        self.assertEqual([each.body for each in segment.take(9, 10_000)], [body(0)])
        segment.remove()
        self.assertTrue((self.folder / "b.seg").exists())

    def test_sync(self):
        """file_for_sync() answers a descriptor once per write"""
        segment = self.create()
        self.assertIsNone(segment.file_for_sync())
        segment.append(body(0))
        fd = segment.file_for_sync()
        self.assertIsNone(segment.file_for_sync())
        sync_files([fd])
        with self.assertRaises(OSError):
            os.fstat(fd)

    def test_remove_and_abandon(self):
        """remove() deletes the file, abandon() leaves it, both close it"""
        segment = self.create()
        segment.append(body(0))
        segment.abandon()
        self.assertTrue(segment.path.exists())
        again = Segment.adopt(segment.path)
        again.remove()
        again.remove()
        self.assertFalse(segment.path.exists())


class WholeBacklog(FolderCase):
    def setUp(self):
        super().setUp()
        self.dropped = []
        patched = mock.patch.object(_backlog, "SEGMENT_BYTES", 2000)
        patched.start()
        self.addCleanup(patched.stop)

    def backlog(self, spool_bytes=100_000, with_spool=True):
        place = self.folder / "niitaka" / "spool" / "v1" / "key" if with_spool else None
        backlog = Backlog(place, lambda bodies, reason: self.dropped.extend((reason, each) for each in bodies),
                          spool_bytes)
        self.addCleanup(backlog.abandon)
        return backlog

    def drain(self, backlog):
        bodies = []
        while True:
            chunk = backlog.next_chunk()
            if chunk is None:
                return bodies
            taken = chunk.take(7, 100_000)
            bodies += [each.body for each in taken]
            backlog.settle(chunk, taken)

    def test_order_over_segments(self):
        """Records come out in order over any number of segments"""
        backlog = self.backlog()
        bodies = [body(n, 300) for n in range(40)]
        for each in bodies:
            self.assertTrue(backlog.append(each))
        self.assertGreater(len(backlog.chunks), 4)
        self.assertEqual(self.drain(backlog), bodies)
        self.assertTrue(backlog.is_empty)
        backlog.remove_spent(with_tail=False)
        self.assertEqual(len(backlog.chunks), 1)
        backlog.remove_spent(with_tail=True)
        self.assertEqual(backlog.chunks, [])
        self.assertEqual(list((self.folder / "niitaka" / "spool" / "v1" / "key").iterdir()), [])

    def test_after_the_tail_is_gone(self):
        """After everything was deleted the next record begins a new segment"""
        backlog = self.backlog()
        for n in range(3):
            backlog.append(body(n))
            self.assertEqual(self.drain(backlog), [body(n)])
            backlog.remove_spent(with_tail=True)
            self.assertEqual(backlog.size, 0)

    def test_waiting(self):
        """The backlog knows how many records wait, their bytes, and since when"""
        backlog = self.backlog()
        self.assertEqual((backlog.waiting_records, backlog.waiting_bytes), (0, 0))
        for n in range(3):
            backlog.append(body(n))
        self.assertEqual((backlog.waiting_records, backlog.waiting_bytes), (3, 3 * len(body(0))))
        self.assertGreater(backlog.waiting_since, 0)
        chunk = backlog.next_chunk()
        taken = chunk.take(2, 10_000)
        backlog.count_taken(taken)
        self.assertEqual(backlog.waiting_records, 1)
        backlog.count_taken(taken)
        self.assertEqual((backlog.waiting_records, backlog.waiting_bytes), (0, 0))

    def test_held_and_in_flight_are_kept(self):
        """A chunk with a record that waits, or on its way, is neither removed nor shed"""
        backlog = self.backlog(spool_bytes=8000)
        for n in range(3):
            backlog.append(body(n, 600))
        first = backlog.chunks[0]
        first.held = 1
        backlog.next_chunk()
        for n in range(3, 30):
            backlog.append(body(n, 600))
        self.assertIs(backlog.chunks[0], first)
        shed = [json.loads(each)["n"] for _, each in self.dropped]
        self.assertTrue(shed)
        self.assertFalse({0, 1, 2} & set(shed))

    def test_cap(self):
        """Over the cap the oldest records are dropped, in order, and told with the reason (D1)"""
        backlog = self.backlog(spool_bytes=10_000)
        for n in range(60):
            self.assertTrue(backlog.append(body(n, 400)))
        self.assertLessEqual(backlog.size, 10_000)
        reasons = {reason for reason, _ in self.dropped}
        numbers = [json.loads(each)["n"] for _, each in self.dropped]
        self.assertEqual(reasons, {"spool_full"})
        self.assertEqual(numbers, list(range(len(numbers))))
        self.assertEqual([json.loads(each)["n"] for each in self.drain(backlog)], list(range(len(numbers), 60)))

    def test_memory_alone(self):
        """Without a folder everything stays in one chunk of memory"""
        backlog = self.backlog(with_spool=False)
        for n in range(50):
            backlog.append(body(n, 200))
        self.assertEqual([type(each) for each in backlog.chunks], [MemoryChunk])
        self.assertEqual(len(self.drain(backlog)), 50)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_disk_comes_back(self):
        """From memory back to the disk, and out in order over all of them"""
        backlog = self.backlog()
        backlog.append(body(0))
        forget_warnings()
        broken = mock.patch.object(_segment.os, "write", side_effect=OSError(5, "I/O error"))
        with broken, self.assertLogs("niitaka", "WARNING"):
            backlog.append(body(1))
            backlog.append(body(2))
        self.assertEqual([type(each) for each in backlog.chunks], [Segment, MemoryChunk])
        backlog._disk_retry_at = 0.0
        backlog.append(body(3))
        self.assertEqual([type(each) for each in backlog.chunks], [Segment, MemoryChunk, Segment])
        self.assertEqual(self.drain(backlog), [body(n) for n in range(4)])

    def test_every_write_fails_once(self):
        """Whichever write fails, no record is lost and none comes twice"""
        for failing in range(8):
            with self.subTest(failing=failing):
                forget_warnings()
                backlog = self.backlog()
                real, count = os.write, [0]

                def write(fd, content, failing=failing, count=count):
                    count[0] += 1
                    if count[0] == failing + 1:
                        real(fd, content[:7])
                        raise OSError(28, "No space left on device")
                    return real(fd, content)

                with mock.patch.object(_segment.os, "write", write), \
                        mock.patch.object(_backlog, "DISK_RETRY_SECONDS", 0.0), self.assertLogs("niitaka", "WARNING"):
                    for n in range(8):
                        self.assertTrue(backlog.append(body(n)))
                self.assertEqual(self.drain(backlog), [body(n) for n in range(8)])

    def test_touch_seals_what_was_taken(self):
        """A segment that another process took is written to no more"""
        backlog = self.backlog()
        backlog.append(body(0))
        (segment,) = backlog.chunks
        backlog.touch()
        self.assertFalse(segment.sealed)
        segment.path.unlink()
        backlog.touch()
        self.assertTrue(segment.sealed)
        backlog.append(body(1))
        self.assertEqual(len(backlog.chunks), 2)
        self.assertEqual(self.drain(backlog), [body(0), body(1)])


if __name__ == "__main__":
    unittest.main()
