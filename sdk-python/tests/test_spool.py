"""The spool: format, names, modes, adoption, bounds, and disks that fail."""

import json
import os
import stat
import struct
import subprocess
import sys
import time
import unittest
import uuid
import zlib
from pathlib import Path
from unittest import mock

import niitaka
from client_case import ClientCase
from niitaka import _backlog, _segment, _spool_folder
from niitaka._framing import frame, read_frames
from niitaka._process_identity import UNKNOWN_BOOT, ProcessIdentity, has_ended, own_identity, start_ticks_of
from niitaka._spool_folder import folder_name, owner_of, segment_id_of, segment_name, state_folder
from scripted_server import problem, scripted_server

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


def dead_pid():
    program = subprocess.Popen([sys.executable, "-c", ""])
    program.wait()
    return program.pid


class Format(unittest.TestCase):
    def test_frame(self):
        """A frame is u32 LE length, u32 LE CRC-32 of the body, the body"""
        self.assertEqual(frame(b'{"a":1}').hex(), "07000000" + struct.pack("<I", zlib.crc32(b'{"a":1}')).hex()
                         + b'{"a":1}'.hex())
        self.assertEqual(frame(b"x"), b"\x01\x00\x00\x00\x83\x16\xdc\x8cx")

    def test_read_frames(self):
        """Frames are read up to a torn tail; a broken checksum is told"""
        content = by_hand(b"one", b"two")
        self.assertEqual(list(read_frames(content)), [(11, b"one", True), (22, b"two", True)])
        for cut in range(11, 22):
            self.assertEqual(len(list(read_frames(content[:cut]))), 1)
        damaged = bytearray(content)
        damaged[8] ^= 1
        self.assertEqual([holds for _, _, holds in read_frames(bytes(damaged))], [False, True])
        self.assertEqual(list(read_frames(b"\xff" * 30)), [])

    def test_folder_name(self):
        """The folder is the first 16 hex of SHA-256 of address without slash, newline, key"""
        self.assertEqual(folder_name("http://127.0.0.1:4600", "nk_a"), folder_name("http://127.0.0.1:4600/", "nk_a"))
        self.assertEqual(folder_name("http://h", "k"), __import__("hashlib").sha256(b"http://h\nk").hexdigest()[:16])

    def test_segment_name(self):
        """Names tell boot, namespace, pid, start, thread and a UUID"""
        identity = ProcessIdentity("a" * 32, 4026531836, 17, 99)
        name = segment_name(identity, SESSION)
        self.assertEqual(name, f"{'a' * 32}_4026531836_17_99_0_{SESSION}.seg")
        self.assertEqual(owner_of(name), identity)
        self.assertEqual(segment_id_of(name), SESSION)
        self.assertEqual(owner_of(name.replace("_0_", "_7_")), identity)
        for other in ("x.seg", name + ".tmp", name[:-4], "a_b_c_d_e_f.seg"):
            self.assertIsNone(owner_of(other))

    def test_state_folder(self):
        """STATE is $XDG_STATE_HOME, else ~/.local/state, with a custom place on macOS and Windows"""
        with mock.patch.dict(os.environ, {"XDG_STATE_HOME": "/x/state", "HOME": "/h"}):
            self.assertEqual(state_folder(), Path("/x/state"))
            with mock.patch.object(_spool_folder.sys, "platform", "darwin"):
                self.assertEqual(state_folder(), Path("/x/state"))
        with mock.patch.dict(os.environ, {"XDG_STATE_HOME": "relative", "HOME": "/h"}):
            self.assertEqual(state_folder(), Path("/h/.local/state"))
            with mock.patch.object(_spool_folder.sys, "platform", "darwin"):
                self.assertEqual(state_folder(), Path("/h/Library/Application Support"))
        with mock.patch.object(_spool_folder.sys, "platform", "win32"):
            with mock.patch.dict(os.environ, {"LOCALAPPDATA": "/l", "XDG_STATE_HOME": ""}):
                self.assertEqual(state_folder(), Path("/l"))


class Identity(unittest.TestCase):
    def test_own(self):
        """A process knows its boot, namespace, pid and start"""
        identity = own_identity()
        self.assertRegex(identity.boot_id, r"^[0-9a-f]{32}$")
        self.assertEqual(identity.pid, os.getpid())
        self.assertEqual(identity.pid_namespace, os.stat("/proc/self/ns/pid").st_ino)
        self.assertEqual(identity.start_ticks, int(Path("/proc/self/stat").read_text().split(")")[-1].split()[19]))

    def test_has_ended(self):
        """Gone is a pid that is free, a zombie, or another process; unknown is another boot or namespace"""
        own = own_identity()
        self.assertIs(has_ended(own, own), False)
        another = ProcessIdentity(own.boot_id, own.pid_namespace, own.pid, own.start_ticks + 1)
        self.assertIs(has_ended(another, own), True)
        self.assertIs(has_ended(ProcessIdentity(own.boot_id, own.pid_namespace, dead_pid(), 5), own), True)
        self.assertIsNone(has_ended(ProcessIdentity("f" * 32, own.pid_namespace, 1, 1), own))
        self.assertIsNone(has_ended(ProcessIdentity(own.boot_id, 1, 1, 1), own))
        self.assertIsNone(has_ended(ProcessIdentity(UNKNOWN_BOOT, 0, 1, 1), ProcessIdentity(UNKNOWN_BOOT, 0, 2, 1)))

    def test_zombie(self):
        """A killed process that nobody waited for is gone"""
        program = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        self.assertIsNotNone(start_ticks_of(program.pid))
        program.kill()
        deadline = time.monotonic() + 5
        while start_ticks_of(program.pid) is not None:
            self.assertLess(time.monotonic(), deadline)
        program.stdin.close()
        program.wait()


class Writing(ClientCase):
    def test_before_the_call_returns(self):
        """A record is in the file before the call returns, in the format, for the owner alone"""
        self.configure("http://127.0.0.1:9")
        with self.assertLogs("niitaka", "WARNING"):
            session = niitaka.start_session("goal").__enter__()
            (path,) = self.segments("http://127.0.0.1:9")
            session.event("log", data={"message": "naïve – 東京"})
            bodies = [json.loads(body) for _, body, holds in read_frames(path.read_bytes()) if holds]
            niitaka.flush(0.05)
        self.assertEqual([each["kind"] for each in bodies], ["session.start", "event"])
        self.assertEqual(bodies[1]["data"]["message"], "naïve – 東京")
        self.assertEqual(owner_of(path.name), own_identity())
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        for folder in (path.parent, *list(path.parent.parents)[:3]):
            self.assertEqual(stat.S_IMODE(folder.stat().st_mode), 0o700, folder)

    def test_rotates(self):
        """A segment of a mebibyte is followed by another; both are deleted when acknowledged"""
        with scripted_server() as server, mock.patch.object(_backlog, "SEGMENT_BYTES", 5000):
            server.rule = lambda batch: problem(503)
            self.configure(server)
            with self.assertLogs("niitaka", "WARNING"), niitaka.start_session() as session:
                for n in range(60):
                    session.event("log", data={"n": n, "text": "x" * 100})
                self.assertGreater(len(self.segments(server)), 3)
                self.until_refused(server)
                server.rule = None
                self.assertTrue(niitaka.flush(10))
                # The newest stays while the session runs here: it tells an adopter whom to close.
                self.assertLessEqual(len(self.segments(server)), 1)
            self.assertTrue(niitaka.flush(10))
            self.assertEqual([each["data"]["n"] for each in server.of_kind("event")], list(range(60)))
            self.assertEqual(self.segments(server), [])

    def test_synced_and_touched(self):
        """Written segments are synced once, and touched so that others see the writer live"""
        client = self.configure("http://127.0.0.1:9")
        niitaka.start_session().__enter__()
        (path,) = self.segments("http://127.0.0.1:9")
        (segment,) = client.backlog.chunks
        os.utime(path, (1, 1))
        with mock.patch.object(_backlog.os, "fsync") as fsync:
            segment.dirty = True
            client.maintain(touch=False)
            client.maintain(touch=True)
        self.assertEqual(fsync.call_count, 1)
        self.assertGreater(path.stat().st_mtime, time.time() - 60)

    def test_taken_by_another(self):
        """A writer whose segment was taken goes on in a new one"""
        with scripted_server() as server:
            server.rule = lambda batch: problem(503)
            client = self.configure(server)
            with self.assertLogs("niitaka", "WARNING"), niitaka.start_session() as session:
                session.event("log")
                (path,) = self.segments(server)
                path.unlink()
                client.maintain(touch=True)
                session.event("log")
                self.assertEqual(len(self.segments(server)), 1)
                self.until_refused(server)
                server.rule = None
            self.assertTrue(niitaka.flush(10))
            self.assertEqual([each["seq"] for each in server.of_kind("event")], [1, 2])


class Bounds(ClientCase):
    def test_oldest_is_dropped(self):
        """Over the cap the oldest goes and is counted, but never starts, closes or ends (D1)"""
        with scripted_server() as server, mock.patch.object(_backlog, "SEGMENT_BYTES", 4000):
            server.rule = lambda batch: problem(503)
            client = self.configure(server)
            client.backlog._spool_bytes = 20_000
            with self.assertLogs("niitaka", "WARNING"):
                with niitaka.start_session("first"):
                    pass
                with niitaka.start_session("long") as session:
                    for n in range(200):
                        session.event("log", data={"n": n, "text": "x" * 100})
                    self.assertLess(client.backlog.size, 24_001)
                self.until_refused(server)
                server.rule = None
                self.assertTrue(niitaka.flush(10))
            self.assertEqual([each["goal"] for each in server.of_kind("session.start")], ["first", "long"])
            received = [each["seq"] for each in server.of_kind("event")]
            end = [each for each in server.of_kind("session.end") if each["session_id"] == session.session_id][0]
            self.assertEqual(end["last_seq"], 200)
            told = [each for each in server.of_kind("session.end", "sender.close") if each["dropped"]]
            dropped = max(each["dropped"]["spool_full"] for each in told)
            self.assertEqual(len(received) + dropped, 200)
            self.assertEqual(received[-1], 200)
            self.assertGreater(dropped, 100)
            self.assertEqual(len(received), len(set(received)))

    def test_nothing_may_be_dropped(self):
        """A spool full of what is never dropped falls back to memory"""
        with scripted_server() as server, mock.patch.object(_backlog, "SEGMENT_BYTES", 2000):
            server.rule = lambda batch: problem(503)
            client = self.configure(server)
            client.backlog._spool_bytes = 6000
            with self.assertLogs("niitaka", "WARNING"):
                for n in range(60):
                    with niitaka.start_session(f"s{n}"):
                        pass
                self.assertLess(client.backlog.size, 30_000)
                self.until_refused(server)
                server.rule = None
                self.assertTrue(niitaka.flush(10))
            self.assertEqual(len(server.of_kind("session.start")), 60)
            self.assertEqual(len(server.of_kind("session.end")), 60)


class FailingDisk(ClientCase):
    def test_cannot_be_created(self):
        """Where the folder cannot be made, records are kept in memory, and one warning says so"""
        (self.home / "niitaka").write_text("a file in the way")
        with scripted_server() as server:
            self.configure(server)
            with self.assertLogs("niitaka", "WARNING") as logs:
                with niitaka.start_session() as session:
                    session.event("log")
                self.assertTrue(niitaka.flush(10))
            self.assertEqual(len(server.records), 3)
            self.assertEqual(len(logs.output), 1)
            self.assertIn("records are kept in memory until it can be written again", logs.output[0])

    def test_full_disk(self):
        """A disk that fills up loses nothing: memory takes over, and the disk again once it can"""
        real = os.write
        is_full = [False]

        def write(fd, content):
            if is_full[0] and len(content) > 40:
                return real(fd, content[:20])
            return real(fd, content)

        with scripted_server() as server, mock.patch.object(_segment.os, "write", write), \
                mock.patch.object(_backlog, "DISK_RETRY_SECONDS", 0.0):
            server.rule = lambda batch: problem(503)
            client = self.configure(server)
            with self.assertLogs("niitaka", "WARNING") as logs, niitaka.start_session() as session:
                session.event("log")
                is_full[0] = True
                with mock.patch.object(_backlog, "DISK_RETRY_SECONDS", 60.0):
                    for _ in range(5):
                        session.event("log")
                is_full[0] = False
                client.backlog._disk_retry_at = 0.0
                session.event("log")
                self.assertEqual(len(self.segments(server)), 2)
                for path in self.segments(server):
                    self.assertTrue(all(holds for _, _, holds in read_frames(path.read_bytes())))
                self.until_refused(server)
                server.rule = None
                self.assertTrue(niitaka.flush(10))
            self.assertTrue(niitaka.flush(10))
            self.assertEqual([each["seq"] for each in server.of_kind("event")], [1, 2, 3, 4, 5, 6, 7])
            self.assertEqual(len([each for each in logs.output if "cannot write the spool" in each]), 1)

    @unittest.skipUnless(os.path.exists("/dev/full") and os.geteuid() == 0, "needs a file system of its own")
    def test_real_full_disk(self):
        """The same on a file system that is really full"""
        place = self.home / "small"
        place.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True)
        if mounted.returncode != 0:
            return  # not allowed here; the test above holds the rule
        self.addCleanup(subprocess.run, ["umount", "-l", str(place)], capture_output=True)
        with mock.patch.dict(os.environ, {"XDG_STATE_HOME": str(place)}), scripted_server() as server:
            server.rule = lambda batch: problem(503)
            self.configure(server)
            with self.assertLogs("niitaka", "WARNING"), niitaka.start_session() as session:
                for _ in range(300):
                    session.event("log", data={"text": "x" * 500})
                self.until_refused(server)
                server.rule = None
            self.assertTrue(niitaka.flush(10))
            self.assertEqual({each["seq"] for each in server.of_kind("event")}, set(range(1, 301)))
            niitaka.shutdown(1)


if __name__ == "__main__":
    unittest.main()
