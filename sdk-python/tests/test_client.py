"""The client of a process: configuration, many threads, shutting down, and never breaking its host."""

import os
import threading
import time
import unittest
import uuid
from unittest import mock

import niitaka
from client_case import KEY, ClientCase
from niitaka import _client, _runtime
from niitaka._options import read_options
from niitaka.testing import capture
from scripted_server import problem, scripted_server


class Configure(ClientCase):
    def test_arguments_and_environment(self):
        """Arguments come before the environment, which comes before defaults"""
        with mock.patch.dict(
            os.environ,
            {"NIITAKA_API_KEY": " nk_env ", "NIITAKA_URL": "http://env:1/", "NIITAKA_ENV": "staging"},
        ):
            options = read_options()
            self.assertEqual((options.api_key, options.api_url), ("nk_env", "http://env:1"))
            self.assertEqual(options.environment, "staging")
            options = read_options("nk_arg", "https://arg/base/", "canary")
            self.assertEqual((options.api_key, options.api_url), ("nk_arg", "https://arg/base"))
            self.assertEqual(options.environment, "canary")
        self.assertTrue(options.spool)
        self.assertFalse(options.capture_content or options.is_strict or options.is_disabled)

    def test_bad_address(self):
        """An address that is none is an argument error at the call"""
        for bad in ("127.0.0.1:4600", "ftp://x", "http://", "nothing"):
            with self.assertRaisesRegex(ValueError, "api_url must be an http or https address"):
                niitaka.configure(api_key=KEY, api_url=bad)

    def test_from_the_environment_alone(self):
        """Without configure() the first session configures from the environment"""
        with scripted_server() as server:
            with mock.patch.dict(os.environ, {"NIITAKA_API_KEY": KEY, "NIITAKA_URL": server.url}):
                with niitaka.start_session("by itself"):
                    pass
                self.assertTrue(niitaka.flush(10))
            self.assertEqual(server.of_kind("session.start")[0]["goal"], "by itself")

    def test_flush_of_nothing(self):
        """flush() of nothing is at once, whatever stands behind the address"""
        niitaka.configure(api_key=KEY, api_url="http://127.0.0.1:9", spool=False)
        began = time.monotonic()
        self.assertTrue(niitaka.flush(10))
        self.assertLess(time.monotonic() - began, 9)

    def test_flush_that_takes_too_long(self):
        """flush() answers False in time when the server does not take it"""
        with scripted_server() as server:
            server.rule = lambda batch: problem(503)
            self.configure(server)
            with self.assertLogs("niitaka", "WARNING"), niitaka.start_session():
                began = time.monotonic()
                self.assertFalse(niitaka.flush(0.3))
                self.assertLess(time.monotonic() - began, 9)
                self.until_refused(server)
                server.rule = None


class Shutdown(ClientCase):
    def test_ends_and_delivers(self):
        """shutdown() ends open sessions, delivers, and stops the threads"""
        with scripted_server() as server:
            self.configure(server)
            session = niitaka.start_session("open").__enter__()
            session.event("log")
            self.assertTrue(niitaka.shutdown(10))
            self.assertEqual([each["last_seq"] for each in server.of_kind("session.end")], [1])
            self.assertFalse([each for each in threading.enumerate() if each.name.startswith("niitaka-")])

    def test_while_policies_are_read(self):
        """shutdown() also waits for the thread that reads the policies"""
        before = set(threading.enumerate())
        with scripted_server() as server:
            entered = threading.Event()

            def slow(path):
                entered.set()
                time.sleep(0.3)
                return 404, {"code": "not_found", "detail": "no"}, {}

            server.gets["/api/v1/snapshot"] = slow
            self.configure(server)
            with niitaka.start_session("short"):
                self.assertTrue(entered.wait(10))
            self.assertTrue(niitaka.shutdown(10))
            threads = [each for each in set(threading.enumerate()) - before if each.name.startswith("niitaka-")]
            self.assertEqual(threads, [])

    def test_what_is_left_stays(self):
        """What could not be delivered stays in the spool"""
        with scripted_server() as server:
            server.rule = lambda batch: problem(503)
            self.configure(server)
            with self.assertLogs("niitaka", "WARNING"):
                with niitaka.start_session("left"):
                    pass
                self.until_refused(server)
                self.assertFalse(niitaka.shutdown(0.2))
            self.assertEqual(len(self.segments(server)), 1)

    def test_again(self):
        """After a shutdown the client can be configured again"""
        with scripted_server() as server:
            for n in range(3):
                self.configure(server)
                with niitaka.start_session(str(n)):
                    pass
                self.assertTrue(niitaka.shutdown(10))
            self.assertEqual([each["goal"] for each in server.of_kind("session.start")], ["0", "1", "2"])
            self.assertEqual(len({each["sdk"]["instance_id"] for each in server.batches}), 3)

    def test_without_anything(self):
        """shutdown() and flush() without a configuration are nothing"""
        self.assertTrue(niitaka.shutdown(0))
        self.assertTrue(niitaka.flush(0))


class Reconfigured(ClientCase):
    def test_former_clients_go_when_done(self):
        """A client of a former configuration goes once it has nothing left to do"""
        with scripted_server() as server:
            for n in range(4):
                niitaka.configure(api_key=f"nk_{n}", api_url=server.url)
                with niitaka.start_session(str(n)):
                    pass
                self.assertTrue(niitaka.flush(10))
                self.assertLessEqual(len(_runtime._retired), 1)
            names = [each.name for each in threading.enumerate() if each.name == "niitaka-sender"]
            self.assertLessEqual(len(names), 2)
            self.assertEqual([each["goal"] for each in server.of_kind("session.start")], ["0", "1", "2", "3"])


class ManyThreads(ClientCase):
    def test_numbers(self):
        """Events of many threads are numbered without a hole, and each arrives once (D1)"""
        with scripted_server() as server:
            self.configure(server)
            with niitaka.start_session() as session:

                def work(name):
                    for n in range(250):
                        session.event("log", data={"who": name, "n": n})

                threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
            self.assertTrue(niitaka.flush(20))
            events = server.of_kind("event")
            self.assertEqual([each["seq"] for each in events], list(range(1, 2001)))
            self.assertEqual(len({each["event_id"] for each in events}), 2000)
            for name in range(8):
                numbers = [each["data"]["n"] for each in events if each["data"]["who"] == name]
                self.assertEqual(numbers, list(range(250)))

    def test_sessions_of_many_threads(self):
        """Each thread has its own current session"""
        with scripted_server() as server:
            self.configure(server)

            def work(name):
                for _ in range(10):
                    with niitaka.start_session(name, parent_session_id=None):
                        niitaka.decision(name)

            threads = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertTrue(niitaka.flush(20))
            goals = {each["session_id"]: each["goal"] for each in server.of_kind("session.start")}
            self.assertEqual(len(goals), 60)
            for event in server.of_kind("event"):
                self.assertEqual(event["data"]["choice"], goals[event["session_id"]])

    def test_first_record_of_many_threads(self):
        """Many first records at once start one sender"""
        with scripted_server() as server:
            self.configure(server)
            barrier = threading.Barrier(8)

            def work():
                barrier.wait()
                with niitaka.start_session(parent_session_id=None):
                    pass

            threads = [threading.Thread(target=work) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            names = [each.name for each in threading.enumerate() if each.name.startswith("niitaka-s")]
            names = [each for each in names if each != "niitaka-snapshot"]  # ends by itself
            self.assertEqual(sorted(names), ["niitaka-sender", "niitaka-spool"])
            self.assertTrue(niitaka.flush(10))
            self.assertEqual(len(server.of_kind("session.end")), 8)


class NeverBreaks(ClientCase):
    def test_defect_while_recording(self):
        """A defect of the client is told once and counted, and never reaches the host"""
        with scripted_server() as server:
            client = self.configure(server)
            with mock.patch.object(_client, "encode_record", side_effect=RuntimeError("a defect")):
                with self.assertLogs("niitaka", "WARNING") as logs:
                    with niitaka.start_session() as session:
                        session.event("log")
                        session.set_metrics({"score": 1})
                        with session.tool("t"):
                            pass
            self.assertEqual(len(logs.output), 1)
            self.assertIn("cannot record: RuntimeError: a defect", logs.output[0])
            self.assertEqual(client.lost, {"internal": 5})

    def test_defect_while_sending(self):
        """A defect while sending is told once; the thread lives on"""
        with scripted_server() as server:
            client = self.configure(server)
            real, failures = client.announce_open_calls, [3]

            def sometimes():
                if failures[0] > 0:
                    failures[0] -= 1
                    raise RuntimeError("a defect")
                real()

            with mock.patch.object(client, "announce_open_calls", sometimes), self.assertLogs("niitaka", "WARNING"):
                with niitaka.start_session():
                    pass
                self.assertTrue(niitaka.flush(10))
            self.assertEqual(len(server.of_kind("session.end")), 1)

    def test_exception_while_recording_the_hosts(self):
        """The host's exception goes on unchanged, also where recording it fails"""
        trouble = ValueError("the host's")
        with capture() as captured:
            with mock.patch.object(niitaka.Session, "error", side_effect=RuntimeError("ours")):
                with self.assertLogs("niitaka", "WARNING"), self.assertRaises(ValueError) as raised:
                    with niitaka.start_session():
                        raise trouble
            self.assertIs(raised.exception, trouble)
            self.assertEqual(captured.records[-1]["kind"], "session.end")

    def test_answers_that_make_no_sense(self):
        """Whatever a server answers, the client goes on"""
        strange = [
            {"accepted": 1},
            {"accepted": "x", "rejected": None, "sessions": None},
            {"accepted": 2, "rejected": [5, {"index": "x"}, {"index": 99}], "sessions": [5, {"session_id": 7}]},
            {"accepted": 1, "control": "x", "control_poll_ms": "x", "warnings": 7},
        ]
        with scripted_server() as server:
            self.configure(server)
            for body in strange:
                server.script.append((200, body, {}))
                with niitaka.start_session("strange"):
                    self.assertTrue(niitaka.flush(10))
            self.assertTrue(niitaka.flush(10))
            self.assertEqual(len(server.of_kind("session.end")), len(strange))


class Losses(ClientCase):
    def test_unnumbered(self):
        """A record outside the ledger that is lost counts for the process"""
        client = self.configure("http://127.0.0.1:9", spool=False)
        with self.assertLogs("niitaka", "WARNING"):
            client.drop(b'{"kind":"session.metrics","session_id":"s"}', "queue_full")
            client.drop(b"not json", "queue_full")
        self.assertEqual(client.lost, {"queue_full": 2})
        self.assertEqual(client.describe_sdk()["dropped"], {"queue_full": 2})

    def test_own_and_others(self):
        """A numbered record counts for its own sender, in a close that tells the sum (D1)"""
        client = self.configure("http://127.0.0.1:9", spool=False)
        session_id = str(uuid.uuid4())
        own = '{"kind":"event","session_id":"%s","sender":"%s","seq":%d}'
        with self.assertLogs("niitaka", "WARNING"):
            client.drop((own % (session_id, client.sender_id, 4)).encode(), "refused")
            client.drop((own % (session_id, client.sender_id, 2)).encode(), "refused")
            client.drop((own % (session_id, "another", 9)).encode(), "refused")
        client.close_stale_ledgers()
        found = [each.body for each in client.backlog.chunks[0].take(9, 10_000)]
        self.assertEqual(len(found), 2)
        self.assertIn(f'"sender":"{client.sender_id}","last_seq":4,"dropped":{{"refused":2}}'.encode(), found[0])
        self.assertIn(b'"sender":"another","last_seq":9,"dropped":{"refused":1}', found[1])
        client.close_stale_ledgers()
        self.assertEqual(len(client.backlog.chunks[0].take(9, 10_000)), 2)


class Testing(unittest.TestCase):
    def test_capture_leaves_no_trace(self):
        """capture() puts the former client back, also after an exception, and nests"""
        before = _runtime._current
        with self.assertRaises(KeyError):
            with capture() as outer:
                with niitaka.start_session("outer"):
                    pass
                with capture() as inner:
                    with niitaka.start_session("inner"):
                        pass
                    self.assertEqual([each["goal"] for each in inner.sessions], ["inner"])
                self.assertEqual([each["goal"] for each in outer.sessions], ["outer"])
                raise KeyError("host")
        self.assertIs(_runtime._current, before)
        self.assertEqual(len(outer.records), 2)

    def test_captured_views(self):
        """records, events, sessions and metrics are what was recorded so far"""
        with capture(environment="unit", capture_content=False) as captured:
            with niitaka.start_session("g", "a") as session:
                session.event("log", "one")
                self.assertEqual([each["name"] for each in captured.events], ["one"])
                session.set_metrics({"score": 0.1})
                session.set_metrics({"score": 0.2, "x": True})
                self.assertEqual(captured.metrics, {"score": 0.2, "x": True})
            self.assertEqual(captured.sessions[0]["environment"], "unit")
            self.assertEqual(len(captured.records), 5)

    def test_strict_by_default(self):
        """Bad metrics raise in a capture, so that tests find them (S7)"""
        with capture(), niitaka.start_session() as session:
            with self.assertRaises(ValueError):
                session.set_metrics({"score": 2})
        with capture(is_strict=False), niitaka.start_session() as session, self.assertLogs("niitaka", "WARNING"):
            session.set_metrics({"score": 2})


if __name__ == "__main__":
    unittest.main()
