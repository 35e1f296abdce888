"""Segments that dead processes left behind."""

import json
import os
import struct
import threading
import time
import unittest
import uuid
from unittest import mock
import zlib
import niitaka
from client_case import KEY, ClientCase
from niitaka import _spool_folder
from niitaka import _sender
from niitaka._adoption import DeadSenders, adopt_segments, is_left_behind
from niitaka._process_identity import UNKNOWN_BOOT, ProcessIdentity, own_identity
from niitaka._spool_folder import owner_of, segment_id_of, segment_name
from scripted_server import accept, problem, reject, scripted_server


SESSION = "0198c7a0-0000-7000-8000-000000000001"


SENDER = "0198c7a0-0000-4000-8000-00000000000a"


def by_hand(*records):
    """A segment's bytes, written from the specification and not from the code."""
    content = b""
    for record in records:
        body = record if isinstance(record, bytes) else json.dumps(record).encode("utf-8")
        content += struct.pack("<I", len(body)) + struct.pack("<I", zlib.crc32(body) & 0xFFFFFFFF) + body
    return content


def event(seq, session_id=SESSION, sender=SENDER, **more):
    return {
        "kind": "event",
        "session_id": session_id,
        "event_id": str(uuid.UUID(int=seq)),
        "type": "log",
        "started_at": "2026-01-01T00:00:00.000Z",
        "ended_at": "2026-01-01T00:00:00.000Z",
        "data": {},
        "sender": sender,
        "seq": seq,
        **more,
    }


def start(session_id=SESSION):
    return {"kind": "session.start", "session_id": session_id, "started_at": "2026-01-01T00:00:00.000Z"}


class Adoption(ClientCase):
    def leave(self, server, content, owner=None, segment_id=None, key=KEY, age=0.0):
        """Leaves a segment of a dead process behind."""
        own = own_identity()
        owner = owner or ProcessIdentity(own.boot_id, own.pid_namespace, os.getpid(), 7)
        folder = self.folder(server, key)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / segment_name(owner, segment_id or str(uuid.uuid4()))
        path.write_bytes(content)
        os.utime(path, (time.time() - age,) * 2)
        return path

    def test_sent_unchanged(self):
        """What a dead process left is sent unchanged, its sender closed at the highest number found (D1)"""
        records = [start(), event(1), event(3, data={"unknown": [1, "ü"]}, extra="kept")]
        with scripted_server() as server:
            path = self.leave(server, by_hand(*records))
            self.configure(server)
            self.assertTrue(niitaka.flush(10))
            self.assertEqual(server.records[:3], records)
            close = {"kind": "sender.close", "session_id": SESSION, "sender": SENDER, "last_seq": 3, "dropped": {}}
            self.assertEqual(server.records[3:], [close])
            self.assertNotEqual(server.batches[0]["sdk"]["instance_id"], SENDER)
            self.assertFalse(path.exists())
            self.assertEqual(self.segments(server), [])

    def test_ended_sender_is_not_closed(self):
        """A sender that told its own end is not closed again; one that went on after it is (D1)"""
        end = {"kind": "session.end", "session_id": SESSION, "sender": SENDER, "ended_at": "2026-01-01T00:00:01.000Z",
               "last_seq": 1, "dropped": {}}
        for records, closes in (([start(), event(1), end], []), ([event(1), end, event(2)], [2])):
            with scripted_server() as server:
                self.leave(server, by_hand(*records))
                self.configure(server)
                self.assertTrue(niitaka.flush(10))
                self.assertEqual([each["last_seq"] for each in server.of_kind("sender.close")], closes)
                niitaka.shutdown(1)

    def test_torn_tail(self):
        """A torn tail is ignored, a damaged record left out with a warning, the rest sent"""
        whole = by_hand(start(), event(1))
        damaged = bytearray(by_hand(event(2)))
        damaged[20] ^= 0xFF
        not_json = by_hand(b"not json", b"[1]")
        with scripted_server() as server:
            self.leave(server, whole + bytes(damaged) + not_json + by_hand(event(3)) + by_hand(event(4))[:-3])
            with self.assertLogs("niitaka", "WARNING") as logs:
                self.configure(server)
                self.assertTrue(niitaka.flush(10))
            self.assertEqual([each["seq"] for each in server.of_kind("event")], [1, 3])
            self.assertEqual(len(logs.output), 1)
            self.assertEqual(self.segments(server), [])

    def test_many_segments(self):
        """Segments are sent oldest first, and a sender over several is closed at the last number"""
        with scripted_server() as server:
            for n in range(1, 6):
                self.leave(server, by_hand(event(n)), segment_id=f"0198c7a0-0000-7000-8000-00000000000{n}")
            self.configure(server)
            self.assertTrue(niitaka.flush(10))
            self.assertEqual([each["seq"] for each in server.of_kind("event")], [1, 2, 3, 4, 5])
            self.assertEqual(max(each["last_seq"] for each in server.of_kind("sender.close")), 5)

    def test_living_and_unknown_writers(self):
        """A living writer keeps its file however old; an unknown one for 60 s since its last touch"""
        own = own_identity()
        other_boot = ProcessIdentity("b" * 32, own.pid_namespace, 1, 1)
        cases = [
            (own, 3600, False),
            (ProcessIdentity(own.boot_id, own.pid_namespace, own.pid, own.start_ticks + 5), 0, True),
            (other_boot, 50, False),
            (other_boot, 61, True),
            (ProcessIdentity(own.boot_id, 1, own.pid, own.start_ticks), 61, True),
            (ProcessIdentity(UNKNOWN_BOOT, 0, own.pid, 0), 30, False),
        ]
        for owner, age, is_orphan in cases:
            path = self.leave("http://h", b"", owner, age=age)
            self.assertEqual(is_left_behind(path, own, time.time()), is_orphan, (owner, age))
        self.assertFalse(is_left_behind(path.with_name("other.txt"), own, time.time()))

    def test_other_keys_are_left_alone(self):
        """Only a process of the same address and key adopts"""
        with scripted_server() as server:
            path = self.leave(server, by_hand(event(1)), key="nk_other")
            self.configure(server)
            self.assertTrue(niitaka.flush(10))
            self.assertTrue(path.exists())
            self.assertEqual(server.records, [])

    def test_renamed_to_an_own_name(self):
        """An adopted segment carries the adopter's name while it waits"""
        with scripted_server() as server:
            server.rule = lambda batch: problem(503)
            path = self.leave(server, by_hand(event(1)))
            with self.assertLogs("niitaka", "WARNING"):
                self.configure(server)
                self.until_refused(server)
            (found,) = self.segments(server)
            self.assertEqual(owner_of(found.name), own_identity())
            self.assertEqual(segment_id_of(found.name), segment_id_of(path.name))
            self.assertEqual(found.read_bytes(), by_hand(event(1)))
            server.rule = None
            self.assertTrue(niitaka.flush(10))

    def test_two_adopters_race(self):
        """Of two adopters each segment goes to exactly one"""
        for _ in range(200):
            self.leave("http://h", by_hand(event(1)), ProcessIdentity("c" * 32, 1, 1, 1), age=100)
        results = [[], []]
        barrier = threading.Barrier(2)

        def adopt(mine):
            barrier.wait()
            mine += adopt_segments(self.folder("http://h"))

        threads = [threading.Thread(target=adopt, args=(mine,)) for mine in results]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        ids = [segment_id_of(each.path.name) for mine in results for each in mine]
        self.assertEqual(len(ids), 200)
        self.assertEqual(len(set(ids)), 200)
        for each in [*results[0], *results[1]]:
            each.close()

    def test_two_processes_race(self):
        """Two processes that start at once send every record left behind, and no segment stays"""
        with scripted_server() as server:
            for n in range(1, 41):
                self.leave(server, by_hand(event(n)))
            programs = [self.python("import niitaka; niitaka.configure(); print(niitaka.flush(20))", server)
                        for _ in range(2)]
            for program in programs:
                self.assertEqual(program.communicate(timeout=30)[0].strip(), "True")
            self.assertEqual({each["seq"] for each in server.of_kind("event")}, set(range(1, 41)))
            self.assertEqual(len(server.of_kind("event")), 40)
            self.assertEqual(self.segments(server), [])

    def test_refused_start_of_the_dead(self):
        """Records of a refused start are counted, whoever wrote them (D1)"""
        with scripted_server() as server, mock.patch.object(_sender, "BATCH_RECORDS", 1):
            server.rule = reject("session.start", "invalid", False)
            self.leave(server, by_hand(start()), segment_id="0198c7a0-0000-7000-8000-000000000001")
            self.leave(server, by_hand(event(1), event(2)), segment_id="0198c7a0-0000-7000-8000-000000000002")
            with self.assertLogs("niitaka", "WARNING"):
                client = self.configure(server)
                self.assertTrue(niitaka.flush(10))
            self.assertEqual(server.of_kind("event"), [])
            self.assertEqual(client.lost["start_refused"], 2)

    def test_one_batch(self):
        """Many small segments go together in few batches"""
        with scripted_server() as server:
            for n in range(1, 61):
                self.leave(server, by_hand(event(n)), segment_id=f"0198c7a0-0000-7000-8000-0000000000{n:02d}")
            self.configure(server)
            self.assertTrue(niitaka.flush(10))
            self.assertEqual([each["seq"] for each in server.of_kind("event")], list(range(1, 61)))
            self.assertLessEqual(len(server.batches), 4)

    def test_deferred_record_of_a_refused_start(self):
        """A record that waits for a session is given up when its start is refused in the same batch (D1)"""

        def rule(batch):
            rejected = [
                {
                    "index": index,
                    "code": "conflict" if each["kind"] == "session.start" else "session_not_found",
                    "message": "no",
                    "retryable": each["kind"] != "session.start",
                }
                for index, each in enumerate(batch["records"])
            ]
            return accept(batch, rejected)

        with scripted_server() as server:
            server.rule = rule
            self.leave(server, by_hand(start(), event(1), event(2)))
            with self.assertLogs("niitaka", "WARNING"):
                client = self.configure(server)
                self.assertTrue(niitaka.flush(10))
            self.assertEqual(client.lost, {"start_refused": 2})
            self.assertEqual(self.segments(server), [])

    def test_dead_senders(self):
        """Losses of another sender are told in a close of its own, as a sum (D1)"""
        dead = DeadSenders()
        dead.see(event(5))
        dead.drop(event(2), "spool_full")
        (first,) = dead.close_dropped()
        self.assertEqual((first["last_seq"], first["dropped"]), (5, {"spool_full": 1}))
        self.assertEqual(dead.close_dropped(), [])
        self.assertEqual(dead.close(), [])
        dead.drop(event(3), "spool_full")
        (second,) = dead.close_dropped()
        self.assertEqual(second["dropped"], {"spool_full": 2})


if __name__ == "__main__":
    unittest.main()
