"""Calls that are under way for long, and records where there is no spool."""

import unittest
from unittest import mock
import niitaka
from client_case import ClientCase
from scripted_server import problem, scripted_server


class OpenCalls(ClientCase):
    def test_short_call(self):
        """A short call is one record (E4)"""
        with scripted_server() as server:
            self.configure(server)
            with niitaka.start_session() as session, session.tool("quick"):
                niitaka.flush(10)
            niitaka.flush(10)
            self.assertEqual(len(server.of_kind("event")), 1)
            self.assertEqual(server.of_kind("event.update"), [])

    def test_long_call(self):
        """A call still open after a second is announced, and closed by an update (E4)"""
        with scripted_server() as server:
            self.configure(server)
            with niitaka.start_session() as session:
                with session.tool("slow") as call:
                    server.wait_for(lambda: server.of_kind("event"))
                    call.output = 1
            niitaka.flush(10)
            (opening,), (closing,) = server.of_kind("event"), server.of_kind("event.update")
            self.assertEqual((opening["event_id"], opening["seq"]), (closing["event_id"], 1))
            self.assertEqual(closing["seq"], 2)
            self.assertNotIn("ended_at", opening)
            self.assertEqual((closing["name"], closing["type"], closing["data"]), ("slow", "tool", {"output": 1}))
            self.assertEqual(closing["started_at"], opening["started_at"])
            self.assertGreaterEqual(closing["latency_ms"], 1000)

    def test_long_call_that_fails(self):
        """An announced call that fails is closed as the error; one whose exception was told already, as a log (E1)"""
        with scripted_server() as server:
            self.configure(server)
            with self.assertRaises(ValueError):
                with niitaka.start_session() as session:
                    with session.tool("outer"), session.tool("inner"):
                        server.wait_for(lambda: len(server.of_kind("event")) == 2)
                        raise ValueError("slow and wrong")
            niitaka.flush(10)
            closings = {each["name"]: each for each in server.of_kind("event.update")}
            self.assertEqual((closings["inner"]["type"], closings["outer"]["type"]), ("error", "log"))
            self.assertEqual(closings["inner"]["parent_event_id"], closings["outer"]["event_id"])


class InMemory(ClientCase):
    def test_without_spool(self):
        """spool=False keeps records in memory alone"""
        with scripted_server() as server:
            self.configure(server, spool=False)
            with niitaka.start_session():
                pass
            self.assertTrue(niitaka.flush(10))
            self.assertEqual(len(server.records), 2)
            self.assertFalse((self.home / "niitaka").exists())

    def test_full(self):
        """Beyond 10,000 the oldest is dropped and counted, but never starts, closes or ends (D1)"""
        from niitaka import _memory_chunk

        with mock.patch.object(_memory_chunk, "MEMORY_RECORDS", 10), scripted_server() as server:
            server.rule = lambda batch: problem(503)
            self.configure(server, spool=False)
            with self.assertLogs("niitaka", "WARNING"), niitaka.start_session() as session:
                for _ in range(30):
                    session.event("log")
                server.rule = None
                self.assertTrue(niitaka.flush(10))
            self.assertTrue(niitaka.flush(10))
            self.assertEqual(len(server.of_kind("session.start")), 1)
            received = {each["seq"] for each in server.of_kind("event")}
            closes, (end,) = server.of_kind("sender.close"), server.of_kind("session.end")
            self.assertEqual(len(received) + end["dropped"]["queue_full"], 30)
            self.assertLessEqual(closes[-1]["dropped"]["queue_full"], end["dropped"]["queue_full"])
            self.assertIn(30, received)

    def test_hard_bound(self):
        """Even starts are dropped and counted beyond twice the bound (D1)"""
        from niitaka import _memory_chunk

        with mock.patch.object(_memory_chunk, "MEMORY_RECORDS", 5), \
                mock.patch.object(_memory_chunk, "MEMORY_RECORDS_HARD", 10):
            client = self.configure("http://127.0.0.1:9", spool=False)
            for _ in range(20):
                niitaka.start_session().__enter__()
            self.assertLessEqual(len(client.backlog.chunks[0]), 10)
            self.assertEqual(client.lost, {"queue_full": 10})


if __name__ == "__main__":
    unittest.main()
