"""A server that is away for long, and batches that come many times and in any order."""

import random
import unittest
from unittest import mock

import niitaka
from client_case import KEY, ClientCase
from niitaka import _delivery, _runtime
from niitaka._http import Connection
from niitaka._ingest import batch_body, read_outcome
from niitaka._options import read_options
from real_server import ServerCase
from scripted_server import problem, scripted_server


def resident_kib():
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))


class Away(ClientCase):
    def test_long_outage(self):
        """The events of a long time without a server cost little memory, and drain whole and in order"""
        count = 20_000
        seen = []

        def keep_numbers(batch):
            for each in batch["records"]:
                if each["kind"] == "event":
                    seen.append(each["data"]["n"])
            batch["records"] = [each for each in batch["records"] if each["kind"] != "event"]
            return None

        with scripted_server() as server, mock.patch.object(_delivery, "backoff_seconds", lambda attempt: 0.05):
            server.rule = lambda batch: problem(503)
            self.configure(server)
            with self.assertLogs("niitaka", "WARNING"):
                with niitaka.start_session("outage") as session:
                    before = resident_kib()
                    for n in range(count):
                        session.event("log", data={"n": n, "text": "x" * 1800})
                    # 40 MB of records are waiting on the disk.
                    self.assertLess(resident_kib() - before, 20 * 1024)
                server.rule = keep_numbers
                self.assertTrue(niitaka.flush(60))
            self.assertEqual(seen, list(range(count)))
            self.assertEqual(server.of_kind("session.end")[0]["last_seq"], count)
            self.assertEqual(server.of_kind("session.end")[0]["dropped"], {})
            self.assertEqual(self.segments(server), [])

    def test_comes_and_goes(self):
        """A server that fails every other time loses nothing"""
        failing = [False]

        def rule(batch):
            failing[0] = not failing[0]
            return problem(503) if failing[0] else None

        with scripted_server() as server, mock.patch.object(_delivery, "backoff_seconds", lambda attempt: 0.01):
            server.rule = rule
            self.configure(server)
            with self.assertLogs("niitaka", "WARNING") as logs:
                with niitaka.start_session() as session:
                    for n in range(1000):
                        session.event("log", data={"n": n})
                self.assertTrue(niitaka.flush(30))
            self.assertEqual([each["data"]["n"] for each in server.of_kind("event")], list(range(1000)))
            self.assertEqual(len(logs.output), 1)

    def test_live_records_do_not_wait_for_an_old_backlog(self):
        """Adopted and own records take turns"""
        with scripted_server() as server:
            server.rule = lambda batch: problem(503)
            program = self.python(
                """
                import niitaka, os
                session = niitaka.start_session("old").__enter__()
                for n in range(6000):
                    session.event("log", data={"n": n, "text": "x" * 200})
                os._exit(0)
                """,
                server,
            )
            program.communicate(timeout=60)
            server.rule = None
            server.delay = 0.05
            self.configure(server)
            with niitaka.start_session("live"):
                pass
            self.assertTrue(niitaka.flush(60))
            goals = [each.get("goal") for each in server.records]
            self.assertLess(goals.index("live"), len(goals) // 2)
            old = [each["data"]["n"] for each in server.of_kind("event")]
            self.assertEqual(old, list(range(6000)))


class ManyTimes(ServerCase):
    def push_many_times(self, seed):
        """A push that sends every batch 2 to 5 times, split and shuffled, and answers the last answer."""
        chance = random.Random(seed)
        connection = Connection(self.server.url, KEY)
        self.addCleanup(connection.close)

        def send(bodies):
            sdk = {"name": "t", "version": "0", "language": "python", "instance_id": self.sender}
            content = batch_body(bodies, sdk)
            headers = {"Content-Type": "application/json"}
            return read_outcome(connection.request("POST", "/api/v1/ingest", content, headers))

        def push(bodies):
            copies = [body for body in bodies for _ in range(chance.randint(2, 5))]
            chance.shuffle(copies)
            while copies:
                size = chance.randint(1, 7)
                send(copies[:size])
                del copies[:size]
            return send(bodies)

        return push

    def test_totals_are_exact(self):
        """Every record sent 2 to 5 times, split and reordered, counts once (E4, D1)"""
        options = read_options(KEY, self.server.url, spool=False)
        self.sender = "0198c7a0-0000-4000-8000-00000000000b"
        runtime = _runtime.Runtime(options, self.push_many_times(20261124))
        former = _runtime.swap(runtime)
        self.addCleanup(_runtime.swap, former)
        with niitaka.start_session("many times", "repeater") as session:
            for n in range(30):
                session.event("llm", data={"model": "m", "input_tokens": 10, "output_tokens": 1, "cost_usd": 0.001})
                if n % 10 == 0:
                    session.set_metrics({"n": n})
            with session.tool("t"):
                pass
        self.assertTrue(runtime.close(60))
        row = self.server.session(session.session_id)
        self.assertEqual((row["status"], row["event_count"], row["llm_count"], row["tool_count"]), ("done", 31, 30, 1))
        self.assertEqual((row["input_tokens"], row["output_tokens"], row["total_cost"]), (300, 30, 0.03))
        self.assertEqual(row["metrics"], {"n": 20})
        self.assertEqual((row["delivery"]["expected"], row["delivery"]["received"]), (34, 34))
        self.assertFalse(row["delivery"]["incomplete"])


if __name__ == "__main__":
    unittest.main()
