"""Snapshots: asked for in the background, kept on disk, never waited for (P5)."""

import os
import threading
import time
import unittest
from unittest import mock

from client_case import KEY, ClientCase
from niitaka import _snapshot
from niitaka._http import Connection
from niitaka._snapshot import Snapshot, SnapshotKey, Snapshots
from scripted_server import scripted_server

ALPHA, BETA = SnapshotKey("alpha", "production"), SnapshotKey("beta", "staging", "tone", "b")
LIMIT = {"id": "p1", "type": "step_limit", "condition": {"steps_exceeded": 3}, "action": {"type": "abort"}}


class SnapshotCase(ClientCase):
    def setUp(self):
        super().setUp()
        context = scripted_server()
        self.server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        self.asked = []
        self.answer = (200, {"revision": 1, "policies": [LIMIT], "prices": []}, {})

        def reply(path):
            self.asked.append(path)
            return self.answer

        self.server.gets["/api/v1/snapshot"] = reply

    def snapshots(self, is_kept=True, key=KEY):
        url = self.server.url
        return Snapshots(Connection(url, key), url, key, is_kept)

    def fetched(self, snapshots, key):
        """Asks once, and waits until nothing is under way."""
        snapshots.request(key)
        self.server.wait_for(lambda: not snapshots._is_fetching)
        return snapshots.of(key)

    def files(self):
        return sorted((self.home / "niitaka" / "snapshots" / "v1").glob("*/*.json*"))


class Asking(SnapshotCase):
    def test_query(self):
        """The server is asked for the agent, environment and variant; what there is not is left out (wire)"""
        self.assertEqual(ALPHA.query(), "agent_id=alpha&environment=production")
        self.assertEqual(BETA.query(), "agent_id=beta&environment=staging&experiment_id=tone&variant=b")
        self.assertEqual(SnapshotKey(None, "a b&c=東").query(), "environment=a+b%26c%3D%E6%9D%B1")
        self.fetched(self.snapshots(), BETA)
        self.assertEqual(self.asked, [f"/api/v1/snapshot?{BETA.query()}"])

    def test_applicable(self):
        """A snapshot holds the policies of its own agent and environment alone (P1)"""
        policies = [LIMIT, {**LIMIT, "id": "p2", "agent_id": "beta"}, {**LIMIT, "id": "p3", "environment": "staging"}]

        def ids(key):
            return [each.policy.id for each in Snapshot(key, {"policies": policies}).policies.step_limits]

        self.assertEqual((ids(ALPHA), ids(BETA)), (["p1"], ["p2", "p1", "p3"]))

    def test_unchanged(self):
        """The second time the tag of the first answer is sent; 304 leaves what is known (wire)"""
        tags = []
        connection = Connection(self.server.url, KEY)
        request = connection.request
        self.answer = (200, self.answer[1], {"ETag": '"1"'})
        snapshots = Snapshots(connection, self.server.url, KEY, False)

        def noting(method, path, **more):
            tags.append(more["headers"].get("If-None-Match"))
            return request(method, path, **more)

        with mock.patch.object(connection, "request", noting):
            first = self.fetched(snapshots, ALPHA)
            self.answer = (304, b"", {})
            self.assertIs(self.fetched(snapshots, ALPHA), first)
            self.fetched(snapshots, BETA)
        self.assertEqual(tags, [None, '"1"', None])

    def test_failures(self):
        """An answer that is no snapshot leaves what is known (P5)"""
        snapshots = self.snapshots()
        known = self.fetched(snapshots, ALPHA)
        kept = self.files()[0].read_bytes()
        for answer in ((500, {}, {}), (403, {}, {}), (200, b"{", {}), (200, b"[]", {}), (200, b"", {})):
            self.answer = answer
            self.assertIs(self.fetched(snapshots, ALPHA), known)
        self.server.close()
        self.assertIs(self.fetched(snapshots, ALPHA), known)
        self.assertEqual(self.files()[0].read_bytes(), kept)

    def test_revisions(self):
        """Another revision makes every snapshot of another one be asked for again, once; the same, nothing (wire)"""
        snapshots = self.snapshots()
        for key in (ALPHA, BETA):
            self.fetched(snapshots, key)
        self.asked.clear()
        for revision in (None, 1, 1):
            snapshots.note_revision(revision)
        time.sleep(0.05)
        self.assertEqual(self.asked, [])
        self.answer = (200, {"revision": 2, "policies": []}, {})
        for _ in range(3):
            snapshots.note_revision(2)
        self.server.wait_for(lambda: not snapshots._is_fetching)
        self.assertEqual(sorted(self.asked), sorted(f"/api/v1/snapshot?{key.query()}" for key in (ALPHA, BETA)))
        self.assertEqual([snapshots.of(key).revision for key in (ALPHA, BETA)], [2, 2])

    def test_revision_that_failed(self):
        """A snapshot that could not be had when the revision moved is asked for again while answers name it (P5)"""
        snapshots = self.snapshots()
        self.fetched(snapshots, ALPHA)
        good, self.answer = (200, {"revision": 2, "policies": []}, {}), (503, {}, {})
        with mock.patch.object(_snapshot, "SNAPSHOT_LOOK_SECONDS", 0.01):
            snapshots.note_revision(2)
            self.server.wait_for(lambda: not snapshots._is_fetching)
            self.assertEqual(snapshots.of(ALPHA).revision, 1)
            self.answer = good
            time.sleep(0.02)
            snapshots.note_revision(2)
            self.server.wait_for(lambda: not snapshots._is_fetching)
        self.assertEqual(snapshots.of(ALPHA).revision, 2)

    def test_one_at_a_time(self):
        """However often it is asked for, a snapshot that is due is fetched once, by one thread (P5)"""
        entered, go = threading.Event(), threading.Event()
        self.addCleanup(go.set)

        def slow(path):
            self.asked.append(path)
            entered.set()
            go.wait(10)
            return self.answer

        self.server.gets["/api/v1/snapshot"] = slow
        snapshots = self.snapshots()
        snapshots.request(ALPHA)
        self.assertTrue(entered.wait(10))
        for _ in range(20):
            snapshots.request(BETA)
        self.assertIsNone(snapshots.of(BETA))
        names = [each.name for each in threading.enumerate()]
        self.assertEqual(names.count("niitaka-snapshot"), 1)
        go.set()
        self.server.wait_for(lambda: not snapshots._is_fetching)
        self.assertEqual(len(self.asked), 2)
        self.server.wait_for(lambda: "niitaka-snapshot" not in [each.name for each in threading.enumerate()])

    def test_limit(self):
        """Of more agents than the limit the first are known; the others go without (E7)"""
        with mock.patch.object(_snapshot, "SNAPSHOT_AGENTS", 2):
            snapshots = self.snapshots()
            keys = [SnapshotKey(f"agent {number}", "production") for number in range(3)]
            self.assertEqual([snapshots.of(key) for key in keys], [None] * 3)
            self.assertEqual([self.fetched(snapshots, key) is None for key in keys[:2]], [False, False])
            self.assertEqual(len(snapshots._known), 2)


class Keeping(SnapshotCase):
    def test_next_time(self):
        """What was known last time holds at once, with the server away; by address, key and agent (P5)"""
        self.fetched(self.snapshots(), ALPHA)
        self.server.close()
        again = self.snapshots()
        self.assertEqual([each.policy.id for each in again.of(ALPHA).policies.step_limits], ["p1"])
        self.assertIsNone(again.of(SnapshotKey("alpha", "staging")))
        self.assertIsNone(self.snapshots(key="nk_test_another").of(ALPHA))
        self.assertIsNone(self.snapshots(is_kept=False).of(ALPHA))

    def test_private(self):
        """The file and its folder are for this user alone, and no half-written one is left"""
        self.fetched(self.snapshots(), ALPHA)
        (kept,) = self.files()
        self.assertEqual(os.stat(kept).st_mode & 0o777, 0o600)
        self.assertEqual(os.stat(kept.parent).st_mode & 0o777, 0o700)

    def test_damaged(self):
        """A file that cannot be read is as good as none, until the next answer mends it"""
        self.fetched(self.snapshots(), ALPHA)
        (kept,) = self.files()
        for damage in (b"", b"{", b"[]", b"\xff\xfe", b"null"):
            kept.write_bytes(damage)
            snapshots = self.snapshots()
            self.assertIsNone(snapshots.of(ALPHA))
        self.assertEqual(self.fetched(snapshots, ALPHA).revision, 1)
        self.assertIsNotNone(self.snapshots().of(ALPHA))

    def test_no_disk(self):
        """Without a folder to write to the policies hold in this process, with one warning"""
        (self.home / "niitaka").mkdir()
        (self.home / "niitaka" / "snapshots").write_text("in the way")
        with self.assertLogs("niitaka", "WARNING") as logs:
            snapshots = self.snapshots()
            for key in (ALPHA, BETA):
                self.assertEqual(self.fetched(snapshots, key).revision, 1)
        self.assertEqual(len(logs.output), 1)
        self.assertIn("cannot keep the policies on disk", logs.output[0])

    def test_memory_only(self):
        """Without a spool nothing is written"""
        self.assertIsNotNone(self.fetched(self.snapshots(is_kept=False), ALPHA))
        self.assertEqual(self.files(), [])


if __name__ == "__main__":
    unittest.main()
