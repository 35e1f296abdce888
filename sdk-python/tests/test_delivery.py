"""From the queue to the server: batches, retries, refusals, acknowledgement."""

import gc
import time
import unittest
import uuid
from unittest import mock

import niitaka
from client_case import KEY, ClientCase
from niitaka import _backoff, _delivery, _deferred, _sender
from scripted_server import accept, problem, reject, scripted_server


class Batches(ClientCase):
    def test_one_session(self):
        """A session arrives whole, numbered, and flush() tells when (D1)"""
        with scripted_server() as server:
            self.configure(server)
            with niitaka.start_session("goal", "agent") as session:
                session.event("log", data={"message": "hi"})
            self.assertTrue(niitaka.flush(10))
            kinds = [each["kind"] for each in server.records]
            self.assertEqual(kinds, ["session.start", "event", "session.end"])
            sdk = server.batches[0]["sdk"]
            self.assertEqual((sdk["name"], sdk["language"], sdk["version"]), ("niitaka", "python", niitaka.__version__))
            self.assertEqual(sdk["instance_id"], server.records[1]["sender"])
            self.assertRegex(server.batches[0]["sent_at"], r"^\d{4}-.*Z$")
            self.assertEqual(server.headers[0]["X-API-Key"], KEY)
            self.assertEqual(session.total_cost, 0.25)
            self.assertEqual(self.segments(server), [])

    def test_total_cost(self):
        """total_cost is that of the server's newest answer"""
        with scripted_server() as server:
            self.configure(server)
            with niitaka.start_session() as session:
                self.assertTrue(niitaka.flush(10))
                self.assertEqual(session.total_cost, 0.25)

    def test_flushes_by_itself(self):
        """Records leave by themselves after a moment"""
        with scripted_server() as server:
            self.configure(server)
            with niitaka.start_session() as session:
                session.event("log")
                server.wait_for(lambda: len(server.records) >= 2)

    def test_hundred_records(self):
        """A hundred records leave without waiting for company, and so do 256 KiB"""
        with scripted_server() as server, mock.patch.object(_sender, "FLUSH_SECONDS", 600):
            self.configure(server)
            with niitaka.start_session() as session:
                for _ in range(100):
                    session.event("log")
                server.wait_for(lambda: len(server.records) >= 100)
                for _ in range(5):
                    session.event("log", data={"text": "x" * 60_000})
                server.wait_for(lambda: len(server.records) >= 103)

    def test_in_order_and_bounded(self):
        """Many records leave in order, in batches of at most 500"""
        with scripted_server() as server:
            self.configure(server)
            with niitaka.start_session() as session:
                for n in range(1700):
                    session.event("log", data={"n": n})
            self.assertTrue(niitaka.flush(20))
            self.assertEqual([each["data"]["n"] for each in server.of_kind("event")], list(range(1700)))
            self.assertEqual([each["seq"] for each in server.of_kind("event")], list(range(1, 1701)))
            self.assertLessEqual(max(len(each["records"]) for each in server.batches), 500)

    def test_compressed_and_kept_alive(self):
        """Bodies over 1 KiB are compressed"""
        with scripted_server() as server:
            self.configure(server)
            with niitaka.start_session() as session:
                niitaka.flush(10)
                session.event("log", data={"message": "x" * 5000})
                niitaka.flush(10)
            self.assertNotIn("Content-Encoding", server.headers[0])
            self.assertEqual(server.headers[1]["Content-Encoding"], "gzip")

    def test_watched(self):
        """While somebody watches (control_poll_ms) records leave after 200 ms"""
        with scripted_server() as server, mock.patch.object(_sender, "FLUSH_SECONDS", 600):
            server.rule = lambda batch: accept(batch, control_poll_ms=2000)
            self.configure(server)
            with niitaka.start_session() as session:
                self.assertTrue(niitaka.flush(10))
                session.event("log")
                server.wait_for(lambda: server.of_kind("event"))

    def test_reconfigured(self):
        """Another address drains what the former one still has"""
        with scripted_server() as one, scripted_server() as two:
            self.configure(one)
            with niitaka.start_session("one"):
                self.configure(two)
                with niitaka.start_session("two", parent_session_id=None):
                    pass
            self.assertTrue(niitaka.flush(10))
            self.assertEqual([each["goal"] for each in one.of_kind("session.start")], ["one"])
            self.assertEqual([each["goal"] for each in two.of_kind("session.start")], ["two"])
            self.assertEqual(len(one.of_kind("session.end")), 1)

    def test_same_target_keeps_the_client(self):
        """configure() with the same address and key changes habits only"""
        with scripted_server() as server:
            client = self.configure(server)
            self.assertIs(self.configure(server, capture_content=True), client)
            self.assertTrue(client.options.capture_content)


class Retries(ClientCase):
    def setUp(self):
        super().setUp()
        patched = mock.patch.object(_delivery, "backoff_seconds", lambda attempt: 0.01)
        patched.start()
        self.addCleanup(patched.stop)

    def test_backoff(self):
        """Back-off doubles from 0.5 s to 30 s under full jitter; deferred records wait 1, 2, 4 ... 60 s"""
        with mock.patch.object(_backoff, "_draw", lambda: 1.0):
            waits = [_backoff.backoff_seconds(n) for n in (1, 2, 3, 6, 7, 50)]
        self.assertEqual(waits, [0.5, 1.0, 2.0, 16.0, 30.0, 30.0])
        self.assertTrue(all(0 <= _backoff.backoff_seconds(1) <= 0.5 for _ in range(100)))
        self.assertEqual([_backoff.deferred_seconds(n) for n in (1, 2, 3, 6, 7, 99)], [1, 2, 4, 32, 60, 60])

    def test_retried(self):
        """408, 425, 429, 5xx, strange answers and cut connections are tried again with the same records"""
        with scripted_server() as server:
            server.script = [problem(status) for status in (408, 425, 429, 500, 502, 503, 404, 302)]
            server.script += [(200, b"<html>a proxy</html>", {}), (200, {"other": 1}, {})]
            self.configure(server)
            with self.assertLogs("niitaka", "WARNING"):
                with niitaka.start_session("kept"):
                    pass
                self.assertTrue(niitaka.flush(10))
            self.assertEqual([each["kind"] for each in server.batches[-1]["records"]], ["session.start", "session.end"])
            self.assertEqual(server.script, [])

    def test_retry_after(self):
        """Retry-After is obeyed, also by a flush in a hurry"""
        with scripted_server() as server:
            server.script = [problem(429, "rate_limited", **{"Retry-After": "1"})]
            self.configure(server)
            with self.assertLogs("niitaka", "WARNING"), niitaka.start_session():
                began = time.monotonic()
                self.assertTrue(niitaka.flush(10))
                self.assertGreater(time.monotonic() - began, 0.9)

    def test_halved(self):
        """A batch refused whole is halved until the bad record is alone; it is counted (E5, D1)"""

        def rule(batch):
            return problem(413, "too_large") if any(r.get("name") == "bad" for r in batch["records"]) else None

        with scripted_server() as server:
            server.rule = rule
            self.configure(server)
            with self.assertLogs("niitaka", "WARNING") as logs:
                with niitaka.start_session() as session:
                    for n in range(20):
                        session.event("log", "bad" if n == 13 else "good")
                self.assertTrue(niitaka.flush(10))
            self.assertEqual({each["seq"] for each in server.of_kind("event")}, set(range(1, 21)) - {14})
            (close,) = server.of_kind("sender.close")
            self.assertEqual((close["last_seq"], close["dropped"]), (14, {"refused": 1}))
            self.assertEqual(server.of_kind("session.end")[0]["last_seq"], 20)
            self.assertEqual(len(logs.output), 2)

    def test_refused_key(self):
        """401 pauses, keeps the records, and one warning names the key's prefix"""
        with scripted_server() as server:
            server.rule = lambda batch: problem(401, "unauthenticated")
            self.configure(server)
            with self.assertLogs("niitaka", "WARNING") as logs:
                with niitaka.start_session():
                    pass
                self.assertFalse(niitaka.flush(0.5))
                self.until_refused(server)
            self.assertEqual(len(logs.output), 1)
            self.assertIn("refuses the key nk_test_012...: it is unauthenticated", logs.output[0])
            self.assertNotIn(KEY, logs.output[0])
            self.assertLess(len(server.headers), 12)
            server.rule = None
            self.assertTrue(niitaka.flush(10))
            self.assertEqual(len(server.of_kind("session.start")), 1)

    def test_refused_record(self):
        """A record refused for good is acknowledged, and counted by the server alone (D1)"""
        with scripted_server() as server:
            server.rule = reject("event", "invalid", False)
            self.configure(server)
            with self.assertLogs("niitaka", "WARNING") as logs:
                with niitaka.start_session() as session:
                    session.event("log")
                    session.event("log")
                self.assertTrue(niitaka.flush(10))
            self.assertEqual(server.of_kind("session.end")[0]["dropped"], {})
            self.assertEqual(server.of_kind("sender.close"), [])
            self.assertEqual(len(logs.output), 1)
            self.assertEqual(self.segments(server), [])

    def test_refused_start(self):
        """After a refused start the session's records are not sent but counted (D1)"""
        with scripted_server() as server:
            server.rule = reject("session.start", "conflict", False)
            self.configure(server)
            with self.assertLogs("niitaka", "WARNING"):
                with niitaka.start_session() as session:
                    self.assertTrue(niitaka.flush(10))
                    for _ in range(3):
                        session.event("log")
                self.assertTrue(niitaka.flush(10))
            server.rule = None
            self.assertEqual(server.of_kind("event", "session.end", "sender.close"), [])
            with niitaka.start_session():
                pass
            self.assertTrue(niitaka.flush(10))
            self.assertEqual(server.batches[-1]["sdk"]["dropped"], {"start_refused": 3})


class Deferred(ClientCase):
    def test_goes_to_the_tail(self):
        """A retryable record never holds up the queue, and is tried until it is taken"""
        with scripted_server() as server, mock.patch.object(_deferred, "deferred_seconds", lambda attempt: 0.05):
            server.rule = reject("session.metrics", "session_not_found", True)
            self.configure(server)
            niitaka.report_metrics(str(uuid.uuid4()), {"score": 1})
            server.wait_for(lambda: server.of_kind("session.metrics"))
            with niitaka.start_session("goes on"):
                pass
            server.wait_for(lambda: server.of_kind("session.end"))
            self.assertFalse(niitaka.flush(0.2))
            self.assertEqual(len(self.segments(server)), 1)
            server.rule = None
            self.assertTrue(niitaka.flush(10))
            self.assertEqual(self.segments(server), [])

    def test_given_up(self):
        """session_not_found is given up after a day and counted; unavailable never (D1)"""
        with scripted_server() as server, mock.patch.object(_deferred, "deferred_seconds", lambda attempt: 0.01), \
                mock.patch.object(_deferred, "DEFERRED_SECONDS", 0.2):
            server.rule = reject("event", "session_not_found", True)
            self.configure(server)
            with niitaka.attach_session(str(uuid.uuid4())) as session:
                session.event("log")
                self.assertTrue(niitaka.flush(10))
            self.assertTrue(niitaka.flush(10))
            self.assertEqual(server.of_kind("sender.close")[-1]["dropped"], {"session_not_found": 1})
            server.rule = reject("event", "unavailable", True)
            with niitaka.attach_session(str(uuid.uuid4())) as session:
                session.event("log")
                self.assertFalse(niitaka.flush(0.6))
            server.rule = None
            self.assertTrue(niitaka.flush(10))

    def test_too_many(self):
        """Waiting records are bounded; further ones are dropped and counted (D1)"""
        with scripted_server() as server, mock.patch.object(_deferred, "DEFERRED_RECORDS", 3):
            server.rule = reject("event", "session_not_found", True)
            self.configure(server)
            with niitaka.attach_session(str(uuid.uuid4())) as session:
                for _ in range(5):
                    session.event("log")
                self.assertFalse(niitaka.flush(0.5))
                server.rule = None
                self.assertTrue(niitaka.flush(10))
            self.assertEqual(server.of_kind("sender.close")[0]["dropped"], {"session_not_found": 2})


class Heartbeats(ClientCase):
    def setUp(self):
        super().setUp()
        for name in ("HEARTBEAT_SECONDS",):
            patched = mock.patch.object(_sender, name, 0.1)
            patched.start()
            self.addCleanup(patched.stop)

    def beats(self, server):
        return [each["session_ids"] for each in server.of_kind("session.heartbeat")]

    def test_many_sessions_one_record(self):
        """Running sessions share one heartbeat, which stops at the end (S3)"""
        with scripted_server() as server:
            self.configure(server)
            with niitaka.start_session() as one, niitaka.start_session() as two:
                server.wait_for(lambda: sorted([one.session_id, two.session_id]) in self.beats(server))
            niitaka.flush(10)
            count = len(self.beats(server))
            time.sleep(0.3)
            self.assertEqual(len(self.beats(server)), count)

    def test_stops_when_collected(self):
        """The heartbeat stops when the session object was collected (S4)"""
        with scripted_server() as server:
            self.configure(server)

            def abandon():
                import contextvars

                contextvars.Context().run(niitaka.start_session("abandoned").__enter__)

            abandon()
            gc.collect()
            niitaka.flush(10)
            count = len(self.beats(server))
            time.sleep(0.4)
            self.assertEqual(len(self.beats(server)), count)

    def test_never_spooled(self):
        """Heartbeats are never spooled, and those of a session that the server calls done stop"""
        with scripted_server() as server:
            self.configure(server)
            wanted = str(uuid.uuid4())
            done = [{"session_id": wanted, "status": "done", "total_cost": 1.5}]
            with niitaka.attach_session(wanted) as session:
                server.wait_for(lambda: [wanted] in self.beats(server))
                self.assertEqual(self.segments(server), [])
                server.rule = lambda batch: accept(batch, sessions=done)
                server.wait_for(lambda: session.total_cost == 1.5)
                count = len(self.beats(server))
                time.sleep(0.3)
                self.assertLessEqual(len(self.beats(server)), count + 1)


if __name__ == "__main__":
    unittest.main()
