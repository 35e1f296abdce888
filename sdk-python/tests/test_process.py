"""How a process can end, split and freeze: nothing recorded is lost."""

import os
import random
import signal
import sys
import time
import unittest

import niitaka
from client_case import ClientCase
from scripted_server import problem, scripted_server

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
        self.assertTrue(niitaka.flush(30))

    def numbers(self, server, session_id):
        return sorted(each["data"]["n"] for each in server.of_kind("event") if each["session_id"] == session_id)


class Ends(ProcessCase):
    def test_interpreter_exit(self):
        """The end of the interpreter ends open sessions and delivers, without a word"""
        with scripted_server() as server:
            code, (session_id,), err = self.run_to_end(PRELUDE, server)
            self.assertEqual((code, err), (0, ""))
            self.assertEqual(self.numbers(server, session_id), list(range(50)))
            (end,) = server.of_kind("session.end")
            self.assertEqual((end["session_id"], end["last_seq"]), (session_id, 50))
            self.assertEqual(self.segments(server), [])

    def test_exit_without_spool(self):
        """The same without a spool"""
        with scripted_server() as server:
            code = PRELUDE.replace("import niitaka\n", "import niitaka\nniitaka.configure(spool=False)\n")
            status, (session_id,), err = self.run_to_end(code, server)
            self.assertEqual((status, err), (0, ""))
            self.assertEqual(self.numbers(server, session_id), list(range(50)))

    def test_first_record_at_exit(self):
        """A session that begins in an exit handler is delivered too"""
        code = """
        import atexit, niitaka
        niitaka.configure()
        def last():
            with niitaka.start_session("last words"):
                pass
        atexit.register(last)
        """
        with scripted_server() as server:
            self.assertEqual(self.run_to_end(code, server)[0], 0)
            if not server.of_kind("session.end"):
                self.adopt(server)
            self.assertEqual(len(server.of_kind("session.end")), 1)

    def test_exit_with_server_down(self):
        """With the server away the exit takes 2 seconds at most, and the next process delivers"""
        began = time.monotonic()
        with scripted_server() as server:
            server.rule = lambda batch: problem(503)
            code, (session_id,), err = self.run_to_end(PRELUDE, server)
            self.assertEqual(code, 0)
            self.assertLess(time.monotonic() - began, 15.0)
            self.assertEqual(err.count("\n"), 1, err)
            server.rule = None
            self.adopt(server)
            self.assertEqual(self.numbers(server, session_id), list(range(50)))
            self.assertEqual(server.of_kind("session.end")[0]["last_seq"], 50)

    def test_exit_with_refused_key(self):
        """With a key that is refused the exit does not wait: the spool keeps all for a better one"""
        more = "from niitaka import _runtime\n_runtime.EXIT_SECONDS = 20\n"
        tail = more + "time.sleep({})\nprint(time.time(), flush=True)\n"
        for told in (0, 1.5):
            with self.subTest(told=told), scripted_server() as server:
                server.rule = lambda batch: problem(401, "unauthenticated")
                program = self.python(PRELUDE + tail.format(told), server)
                out, err = program.communicate(timeout=40)
                took = time.time() - float(out.split()[1])
                self.assertLess(took, 10, err)
                self.assertEqual(err.count("refuses the key nk_test_012"), 1, err)
                self.assertEqual(len(self.segments(server)), 1)

    def test_exit_with_refused_key_without_spool(self):
        """Without a spool the records have their 2 seconds: the key may be let in again"""
        with scripted_server() as server:
            server.script = [problem(401, "unauthenticated")]
            code = PRELUDE.replace("import niitaka\n", "import niitaka\nniitaka.configure(spool=False)\n")
            status, (session_id,), err = self.run_to_end(code, server)
            self.assertEqual(status, 0, err)
            self.assertEqual(self.numbers(server, session_id), list(range(50)))

    def test_exit_with_silent_server(self):
        """A server that accepts connections and never answers holds the exit for 2 seconds at most"""
        import socket

        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            url = f"http://127.0.0.1:{silent.getsockname()[1]}"
            program = self.python(PRELUDE + "began = time.time()\nimport atexit\n"
                                  "atexit.register(lambda: None)\nprint(time.time(), flush=True)\n", url)
            program.stdout.readline()
            at = float(program.stdout.readline())
            program.communicate(timeout=20)
            self.assertLess(time.time() - at, 9.0)
            self.assertEqual(len(self.segments(url)), 1)

    def test_unhandled_exception(self):
        """An unhandled exception in the block ends the session with one error event (S2)"""
        code = """
        import niitaka
        with niitaka.start_session("boom"):
            raise RuntimeError("no")
        """
        with scripted_server() as server:
            status, _, err = self.run_to_end(code, server)
            self.assertEqual(status, 1)
            self.assertIn("RuntimeError: no", err)
            self.assertEqual([each["type"] for each in server.of_kind("event")], ["error"])
            self.assertEqual(len(server.of_kind("session.end")), 1)

    def test_sys_exit(self):
        """sys.exit(0) inside a session adds no error event (E1)"""
        code = """
        import niitaka, sys
        with niitaka.start_session("clean"):
            sys.exit(0)
        """
        with scripted_server() as server:
            self.assertEqual(self.run_to_end(code, server)[0], 0)
            self.assertEqual(server.of_kind("event"), [])
            self.assertEqual(len(server.of_kind("session.end")), 1)

    def test_os_exit(self):
        """os._exit loses nothing: the next process delivers, and closes the sender"""
        with scripted_server() as server:
            _, (session_id,), _ = self.run_to_end(PRELUDE + "os._exit(3)", server)
            self.adopt(server)
            self.assertEqual(self.numbers(server, session_id), list(range(50)))
            self.assertEqual(server.of_kind("session.end"), [])
            self.assertEqual([each["last_seq"] for each in server.of_kind("sender.close")], [50])

    def test_sigterm(self):
        """SIGTERM ends the process as if we were not there, and loses nothing"""
        with scripted_server() as server:
            program = self.python(PRELUDE + "time.sleep(60)", server)
            session_id = program.stdout.readline().strip()
            program.terminate()
            self.assertEqual(program.wait(10), -signal.SIGTERM)
            self.adopt(server)
            self.assertEqual(self.numbers(server, session_id), list(range(50)))

    def test_no_handlers_stolen(self):
        """No signal handler is installed, and the host's own still runs"""
        code = PRELUDE + """
def on_term(*_):
    # The signal may come in the middle of the print below, which no second print may enter.
    os.write(1, b"handled\\n")
    sys.exit(0)
before = [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]
niitaka.flush(5)
assert before == [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]
signal.signal(signal.SIGTERM, on_term)
print("ready", flush=True)
time.sleep(60)
"""
        with scripted_server() as server:
            program = self.python(code, server)
            program.stdout.readline()
            self.assertEqual(program.stdout.readline(), "ready\n")
            program.terminate()
            self.assertEqual(program.communicate(timeout=10)[0], "handled\n")
            self.assertEqual(program.returncode, 0)
            self.assertEqual(len(server.of_kind("session.end")), 1)

    def test_recording_in_a_signal_handler(self):
        """Recording in a signal handler neither blocks nor loses a number"""
        code = """
        import niitaka, os, signal
        session = niitaka.start_session().__enter__()
        signal.signal(signal.SIGALRM, lambda *_: session.event("log", "handler"))
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        for n in range(3000):
            session.event("log", "main")
        signal.setitimer(signal.ITIMER_REAL, 0)
        print(niitaka.flush(20))
        """
        with scripted_server() as server:
            _, out, err = self.run_to_end(code, server, 30)
            self.assertEqual(out, ["True"], err)
            numbers = [each["seq"] for each in server.of_kind("event")]
            self.assertEqual(sorted(numbers), list(range(1, len(numbers) + 1)))
            self.assertGreater(len(numbers), 3000)

    def test_no_process_is_kept_alive(self):
        """Neither threads nor an open session keep a process alive"""
        with scripted_server() as server:
            began = time.monotonic()
            self.assertEqual(self.run_to_end(PRELUDE + "niitaka.flush(5)", server)[0], 0)
            self.assertLess(time.monotonic() - began, 20)


class Killed(ProcessCase):
    def test_kill_at_random_points(self):
        """kill -9 at random points loses no event that a call had returned for"""
        code = """
        import niitaka
        session = niitaka.start_session("victim").__enter__()
        print(session.session_id, flush=True)
        n = 0
        while True:
            session.event("log", data={"n": n, "text": "x" * 300})
            n += 1
            if n % 20 == 0:
                print(n, flush=True)
        """
        with scripted_server() as server:
            promised = {}
            for _ in range(6):
                program = self.python(code, server)
                session_id = program.stdout.readline().strip()
                time.sleep(random.uniform(0.0, 0.3))
                program.kill()
                program.wait()
                said = program.stdout.read().split("\n")[:-1]
                promised[session_id] = int(said[-1]) if said else 0
            self.adopt(server)
            for session_id, count in promised.items():
                numbers = set(self.numbers(server, session_id))
                self.assertEqual(numbers, set(range(len(numbers))), "a hole")
                self.assertGreaterEqual(len(numbers), count)
                closes = [each["last_seq"] for each in server.of_kind("sender.close")
                          if each["session_id"] == session_id]
                self.assertEqual(max(closes), len(numbers))

    def test_killed_after_delivery(self):
        """A process killed with everything delivered still gets its sender closed (D1)"""
        with scripted_server() as server:
            program = self.python(PRELUDE + "print(niitaka.flush(10), flush=True)\ntime.sleep(60)", server)
            program.stdout.readline()
            self.assertEqual(program.stdout.readline(), "True\n")
            program.kill()
            program.wait()
            self.adopt(server)
            self.assertEqual([each["last_seq"] for each in server.of_kind("sender.close")], [50])

    def test_frozen(self):
        """A frozen process goes on where it was, and nobody takes its spool (S4)"""
        code = PRELUDE + """
for n in range(50, 100000):
    session.event("log", data={"n": n})
    time.sleep(0.01)
"""
        with scripted_server() as server:
            program = self.python(code, server)
            program.stdout.readline()
            server.wait_for(lambda: len(server.of_kind("event")) > 60)
            program.send_signal(signal.SIGSTOP)
            self.adopt(server)
            time.sleep(0.3)
            count = len(server.of_kind("event"))
            self.assertEqual(len(self.segments(server)), 1)
            program.send_signal(signal.SIGCONT)
            server.wait_for(lambda: len(server.of_kind("event")) > count + 50)
            self.assertEqual(server.of_kind("sender.close"), [])


class Quiet(ProcessCase):
    def test_disabled(self):
        """NIITAKA_DISABLED=1 records nothing and says nothing"""
        with scripted_server() as server:
            code, _, err = self.run_to_end(PRELUDE, server, NIITAKA_DISABLED="1")
            self.assertEqual((code, err), (0, ""))
            self.assertEqual(server.records, [])
            self.assertFalse((self.home / "niitaka").exists())

    def test_without_key(self):
        """Without a key one line on stderr, and nothing else changes"""
        code, out, err = self.run_to_end(PRELUDE, None, NIITAKA_API_KEY="")
        self.assertEqual((code, len(out)), (0, 1))
        self.assertEqual(err.count("\n"), 1)
        self.assertIn("no API key", err)

    def test_bad_environment(self):
        """An environment that cannot be used breaks no host: one warning, and nothing is recorded"""
        code = """
        import niitaka
        for _ in range(2):
            with niitaka.start_session("goal") as session:
                session.event("log")
        print("done")
        """
        for name, value, told in (
            ("NIITAKA_URL", "ftp://x", 'NIITAKA_URL must be an http or https address: got "ftp://x"'),
            ("NIITAKA_URL", "http://x:99999999", 'NIITAKA_URL must be an http or https address: got'),
            ("NIITAKA_API_KEY", "nk ü", "NIITAKA_API_KEY must be printable ASCII without spaces, like nk_..."),
        ):
            with self.subTest(value):
                status, out, err = self.run_to_end(code, None, **{name: value})
                self.assertEqual((status, out), (0, ["done"]), err)
                self.assertIn(told, err)
                self.assertEqual(err.count("\n"), 1, err)

    def test_ascii_terminal(self):
        """An ASCII terminal, and warnings turned into errors, change nothing"""
        code = """
        import niitaka, warnings
        warnings.simplefilter("error")
        with niitaka.start_session("naïve – 東京 \\ud800", tags={"bad key é": "x"}) as session:
            session.event("log", data={"message": "é\\udfff"})
            session.set_metrics({"é": 1})
        print(niitaka.flush(10))
        """
        with scripted_server() as server:
            status, out, err = self.run_to_end(code, server, PYTHONIOENCODING="ascii", LC_ALL="C")
            self.assertEqual((status, out), (0, ["True"]), err)
            self.assertNotIn("Traceback", err)
            self.assertEqual(server.of_kind("session.start")[0]["goal"], "naïve – 東京 ?")

    def test_strict(self):
        """NIITAKA_STRICT=1 makes bad metrics raise (S7)"""
        code = "import niitaka\nwith niitaka.start_session() as s: s.set_metrics({'score': 7})"
        with scripted_server() as server:
            status, _, err = self.run_to_end(code, server, NIITAKA_STRICT="1")
            self.assertEqual(status, 1)
            self.assertIn("ValueError: score must be a number from 0 to 1: got 7", err)


if __name__ == "__main__":
    unittest.main()
