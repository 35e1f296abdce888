"""Processes that split."""

import os
import signal
import sys
import time
import unittest
import niitaka
from client_case import ClientCase
from scripted_server import scripted_server


#: Opens a session, records events, and tells its id; what follows is each test's own.
PRELUDE = """
import os, signal, sys, time
import niitaka
session = niitaka.start_session("goal", "agent").__enter__()
for n in range(50):
    session.event("log", data={"n": n})
print(session.session_id, flush=True)
"""


class ProcessCase(ClientCase):
    def run_to_end(self, code, server, seconds=20, **environ):
        program = self.python(code, server, **environ)
        out, err = program.communicate(timeout=seconds)
        return program.returncode, out.split(), err

    def adopt(self, server):
        """The next process of the same key starts, and brings what was left."""
        self.configure(server)
        self.assertTrue(niitaka.flush(10))

    def numbers(self, server, session_id):
        return sorted(each["data"]["n"] for each in server.of_kind("event") if each["session_id"] == session_id)


class Forked(ProcessCase):
    def test_fork(self):
        """A forked child is a sender of its own; it neither sends what its parent queued nor ends its session (D1)"""
        code = PRELUDE + """
pid = os.fork()
if pid == 0:
    for n in range(100, 110):
        session.event("log", data={"n": n})
    sys.exit(0)
os.waitpid(pid, 0)
session.event("log", data={"n": 50})
"""
        with scripted_server() as server:
            status, (session_id,), err = self.run_to_end(code, server)
            self.assertEqual((status, err), (0, ""))
            self.assertEqual(self.numbers(server, session_id), [*range(51), *range(100, 110)])
            senders = {}
            for each in server.of_kind("event"):
                senders.setdefault(each["sender"], []).append(each["seq"])
            self.assertEqual(sorted(map(len, senders.values())), [10, 51])
            self.assertEqual([sorted(each) for each in senders.values() if len(each) == 10], [list(range(1, 11))])
            self.assertEqual([each["last_seq"] for each in server.of_kind("session.end")], [51])
            self.assertEqual([each["last_seq"] for each in server.of_kind("sender.close")], [10])
            self.assertEqual(len({each["event_id"] for each in server.of_kind("event")}), 61)

    def test_child_leaves_the_block(self):
        """A child that leaves its parent's block closes itself as a sender and does not end the session (D1)"""
        code = """
        import niitaka, os, sys
        with niitaka.start_session("parent") as session:
            session.event("log")
            pid = os.fork()
            if pid == 0:
                session.event("log")
            else:
                os.waitpid(pid, 0)
        """
        with scripted_server() as server:
            self.assertEqual(self.run_to_end(code, server)[0], 0)
            (end,), (close,) = server.of_kind("session.end"), server.of_kind("sender.close")
            self.assertNotEqual(end["sender"], close["sender"])

    def test_child_without_a_word(self):
        """A child that records nothing sends nothing"""
        with scripted_server() as server:
            code = PRELUDE + "pid = os.fork()\nif pid == 0: sys.exit(0)\nos.waitpid(pid, 0)\n"
            self.assertEqual(self.run_to_end(code, server)[0], 0)
            self.assertEqual(server.of_kind("sender.close"), [])
            self.assertEqual(len({each["sdk"]["instance_id"] for each in server.batches}), 1)

    def test_fork_while_others_record(self):
        """A fork while other threads record never hangs the child"""
        code = """
        import niitaka, os, sys, threading, time
        session = niitaka.start_session().__enter__()
        stop = False
        def work():
            while not stop:
                session.event("log", data={"x": "y" * 100})
                time.sleep(0.0002)
        threads = [threading.Thread(target=work, daemon=True) for _ in range(3)]
        for each in threads: each.start()
        for _ in range(15):
            pid = os.fork()
            if pid == 0:
                session.event("log", "child")
                os._exit(0)
            assert os.waitpid(pid, 0)[1] == 0
        stop = True
        for each in threads: each.join()
        """
        with scripted_server() as server:
            status, _, err = self.run_to_end(code, server, 30)
            self.assertEqual(status, 0, err)
            self.adopt(server)
            names = [each.get("name") for each in server.of_kind("event")]
            self.assertEqual(names.count("child"), 15)

    def test_fork_while_an_answer_is_awaited(self):
        """A fork while the sender reads an answer never hangs the child, which then sends by itself"""
        code = """
        import niitaka, os, time
        session = niitaka.start_session().__enter__()
        session.event("log", "parent")
        time.sleep(1.3)
        pid = os.fork()
        if pid == 0:
            session.event("log", "child")
            os._exit(0 if niitaka.flush(10) else 1)
        deadline = time.monotonic() + 12
        found = (0, 0)
        while found[0] == 0 and time.monotonic() < deadline:
            found = os.waitpid(pid, os.WNOHANG)
            time.sleep(0.02)
        if found[0] == 0:
            os.kill(pid, 9)
        print(found[0] == pid and found[1] == 0)
        """
        with scripted_server() as server:
            server.delay = 1.0
            _, out, err = self.run_to_end(code, server, 40)
            self.assertEqual(out, ["True"], err)
            self.assertEqual(sorted(each["name"] for each in server.of_kind("event")), ["child", "parent"])

    def test_multiprocessing(self):
        """Children of multiprocessing deliver and close themselves, forked or spawned"""
        code = """
        import multiprocessing, niitaka, sys
        def work(session_id, n):
            with niitaka.attach_session(session_id) as session:
                session.event("log", data={"n": n})
        def late(session_id):
            niitaka.attach_session(session_id).__enter__().event("log", data={"n": 99})
        if __name__ == "__main__":
            context = multiprocessing.get_context("fork")
            with niitaka.start_session() as session:
                print(session.session_id, flush=True)
                tasks = [context.Process(target=work, args=(session.session_id, n)) for n in range(3)]
                tasks.append(context.Process(target=late, args=(session.session_id,)))
                for each in tasks: each.start()
                for each in tasks: each.join()
        """
        with scripted_server() as server:
            status, (session_id,), err = self.run_to_end(code, server)
            self.assertEqual(status, 0, err)
            self.assertEqual(self.numbers(server, session_id), [0, 1, 2, 99])
            self.assertEqual([each["last_seq"] for each in server.of_kind("sender.close")], [1, 1, 1, 1])
            self.assertEqual(self.segments(server), [])

    def test_child_killed_without_spool(self):
        """Forked without a spool, the parent's queue is still the parent's alone"""
        code = PRELUDE.replace("import niitaka\n", "import niitaka\nniitaka.configure(spool=False)\n") + """
pid = os.fork()
if pid == 0:
    session.event("log", data={"n": 77})
    niitaka.flush(5)
    os._exit(0)
os.waitpid(pid, 0)
"""
        with scripted_server() as server:
            status, (session_id,), _ = self.run_to_end(code, server)
            self.assertEqual(self.numbers(server, session_id), [*range(50), 77])


if __name__ == "__main__":
    unittest.main()
