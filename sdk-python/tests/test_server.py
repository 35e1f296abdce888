"""The client against the real server: what is recorded is what the server shows."""

import os
import signal
import time
import types
import unittest
import uuid

import niitaka
import seed_examples
from niitaka import api as niitaka_api
from real_server import ServerCase


class SeedExamples(ServerCase):
    def test_start(self):
        """The example of start_session runs verbatim"""
        self.configure(self.server)
        given = {
            "run_agent": lambda text: types.SimpleNamespace(success=True, quality=0.92),
            "report_text": "sales went up",
        }
        exec(seed_examples.START, given)
        self.assertTrue(niitaka.flush(15))
        row = self.server.session(given["session"].session_id)
        self.assertEqual((row["status"], row["goal"]), ("done", "Summarise the weekly sales report"))
        self.assertEqual(row["agent_id"], "report-summariser")
        self.assertEqual(row["metrics"], {"goal_completed": True, "score": 0.92})

    def test_child(self):
        """The example of child sessions runs verbatim (S9)"""
        self.configure(self.server)
        given = {
            "niitaka": niitaka,
            "ticket": "I was charged twice",
            "classify_intent": lambda ticket: "billing",
            "draft_reply": lambda ticket, intent: "We are sorry",
        }
        exec(seed_examples.CHILD, given)
        self.assertTrue(niitaka.flush(15))
        child = self.server.session(given["child"].session_id)
        self.assertEqual(child["parent_session_id"], given["parent"].session_id)
        self.assertEqual(child["root_session_id"], given["parent"].session_id)
        self.assertEqual((child["agent_id"], child["depth"]), ("reply-drafter", 1))

    def test_errors(self):
        """The example of finding failed runs runs verbatim"""
        self.configure(self.server)
        with niitaka.start_session("fine", "report-summariser"):
            pass
        with self.assertRaises(ValueError):
            with niitaka.start_session("fails", "report-summariser") as session:
                raise ValueError("no")
        self.assertTrue(niitaka.flush(15))
        given = {"niitaka_api": niitaka_api}
        exec(seed_examples.ERRORS, given)
        self.assertEqual([each["id"] for each in given["failed"]], [session.session_id])


class Shown(ServerCase):
    def setUp(self):
        super().setUp()
        self.configure(self.server, capture_content=True)

    def row(self, session):
        self.assertTrue(niitaka.flush(15))
        return self.server.session(str(session))

    def test_counts_and_ledger(self):
        """Events, steps, cost, tokens, metrics and ledger arrive complete (D1, S6, E3)"""
        with niitaka.start_session("count", "counter", user_id="u", tags={"team": "blue"}) as session:
            with session.tool("search") as call:
                call.input, call.output = {"q": 1}, ["hit"]
            session.event("llm", data={"provider": "openai", "model": "gpt-4o-mini", "input_tokens": 1000,
                                       "output_tokens": 100, "cost_usd": 0.0125})
            session.decision("left", options=["left", "right"])
            session.event("log", data={"message": "note"})
            session.set_metrics({"score": 0.5, "custom": 3})
        row = self.row(session)
        self.assertEqual((row["status"], row["event_count"], row["step_count"]), ("done", 4, 2))
        self.assertEqual((row["llm_count"], row["tool_count"], row["error_count"]), (1, 1, 0))
        self.assertEqual((row["total_cost"], row["input_tokens"], row["output_tokens"]), (0.0125, 1000, 100))
        self.assertEqual(row["metrics"], {"score": 0.5, "custom": 3})
        self.assertEqual((row["tags"], row["user_id"]), ({"team": "blue"}, "u"))
        delivery = row["delivery"]
        figures = {name: delivery[name] for name in ("expected", "received", "refused", "missing", "dropped",
                                                     "open_senders")}
        self.assertEqual(
            figures, {"expected": 5, "received": 5, "refused": 0, "missing": 0, "dropped": 0, "open_senders": 0}
        )
        self.assertFalse(row["delivery"]["incomplete"])
        self.assertEqual(session.total_cost, 0.0125)

    def test_exception(self):
        """An exception shows as done with one error (S2)"""
        with self.assertRaises(RuntimeError):
            with niitaka.start_session("boom", "counter") as session:
                with session.tool("inner"):
                    raise RuntimeError("no luck")
        row = self.row(session)
        self.assertEqual((row["status"], row["error_count"], row["step_count"]), ("done", 1, 0))
        (event,) = niitaka_api.list_events(session.session_id)
        self.assertEqual((event["type"], event["name"], event["data"]["message"]), ("error", "inner", "no luck"))

    def test_attached(self):
        """Another process joins, and its records count (D1)"""
        with niitaka.start_session("joined", "counter") as session:
            self.assertTrue(niitaka.flush(15))
            program = self.python(
                f"""
                import niitaka
                with niitaka.attach_session("{session.session_id}") as session:
                    session.event("tool", "elsewhere")
                    session.set_metrics({{"goal_completed": False}})
                """,
                self.server,
            )
            self.assertEqual(program.communicate(timeout=30)[1], "")
        row = self.row(session)
        self.assertEqual((row["tool_count"], row["metrics"]), (1, {"goal_completed": False}))
        self.assertEqual((row["delivery"]["expected"], row["delivery"]["received"]), (2, 2))
        self.assertFalse(row["delivery"]["incomplete"])

    def test_metrics_later(self):
        """report_metrics() reaches a session that is over (S7)"""
        with niitaka.start_session("later", "counter") as session:
            pass
        niitaka.report_metrics(session.session_id, {"score": 0.75})
        self.assertEqual(self.row(session)["metrics"], {"score": 0.75})

    def test_open_call(self):
        """A call under way is seen while it runs (E4)"""
        with niitaka.start_session("open", "counter") as session:
            with session.tool("slow"):
                event = self.server.wait_for(
                    lambda: self.server.get(f"/sessions/{session}/events")["items"]
                    if self.has_arrived(session) else None
                )[0]
                self.assertEqual((event["name"], event["ended_at"]), ("slow", None))
        self.row(session)
        (event,) = niitaka_api.list_events(session.session_id)
        self.assertIsNotNone(event["ended_at"])
        self.assertEqual(self.server.session(str(session))["tool_count"], 1)

    def has_arrived(self, session):
        try:
            return self.server.session(str(session))["event_count"] > 0
        except Exception:
            return False

    def test_hostile_content(self):
        """Whatever a host hands over is stored, never refused (E7)"""
        deep = []
        for _ in range(200):
            deep = [deep]
        contents = [
            {"text": "x" * 200_000},
            {"nul": "a\0b", "surrogate": "\ud800", "nan": float("nan"), "big": 10**40, "object": object()},
            {"deep": deep},
            {str(n): n for n in range(2000)},
            {"huge": ["y" * 60_000 for _ in range(40)]},
        ]
        with niitaka.start_session("g" * 5000, "counter", metadata={"deep": deep}) as session:
            for content in contents:
                session.event("log", "n" * 1000, content)
        row = self.row(session)
        self.assertEqual((row["event_count"], row["delivery"]["refused"]), (len(contents), 0))
        self.assertFalse(row["delivery"]["incomplete"])

    def test_refused_start(self):
        """A second start that differs is refused, told, and leaves the first alone (S8)"""
        wanted = str(uuid.uuid4())
        with niitaka.start_session("one", "counter", session_id=wanted):
            pass
        self.assertTrue(niitaka.flush(15))
        with self.assertLogs("niitaka", "WARNING") as logs:
            with niitaka.start_session("two", "counter", session_id=wanted) as session:
                self.assertTrue(niitaka.flush(15))
                session.event("log")
            row = self.row(wanted)
        self.assertIn("refused a record session.start", logs.output[0])
        self.assertEqual((row["goal"], row["event_count"]), ("one", 0))

    def test_wrong_key(self):
        """A wrong key is told by its prefix, and raises on the read side"""
        niitaka.configure(api_key="nk_wrong_0123456789", api_url=self.server.url)
        with self.assertLogs("niitaka", "WARNING") as logs:
            with niitaka.start_session():
                pass
            self.assertFalse(niitaka.flush(1))
        self.assertIn("refuses the key nk_wrong_01...", logs.output[0])
        with self.assertRaises(niitaka.AuthenticationError):
            list(niitaka_api.list_sessions())


class Read(ServerCase):
    def setUp(self):
        super().setUp()
        self.configure(self.server)

    def test_pages(self):
        """list_sessions() goes over all pages lazily, newest first"""
        for n in range(7):
            with niitaka.start_session(f"page {n}", "pager", environment="e1" if n % 2 else "e2"):
                pass
            time.sleep(0.002)
        self.assertTrue(niitaka.flush(15))
        goals = [each["goal"] for each in niitaka_api.list_sessions("pager", limit=2)]
        self.assertEqual(goals, [f"page {n}" for n in range(6, -1, -1)])
        self.assertEqual(len(list(niitaka_api.list_sessions("pager", environment="e1"))), 3)
        self.assertEqual(len(list(niitaka_api.list_sessions("pager", status=["done", "stale"]))), 7)
        self.assertEqual(len(list(niitaka_api.list_sessions("pager", status="running"))), 0)
        self.assertEqual(list(niitaka_api.list_sessions("pager", started_before=time.time() - 3600)), [])
        self.assertEqual(len(list(niitaka_api.list_sessions("pager", started_after=time.time() - 3600))), 7)
        self.assertEqual([each["goal"] for each in niitaka_api.list_sessions("pager", q="PAGE 3")], ["page 3"])

    def test_one_session(self):
        """get_session(), list_events(), get_event(), list_children() and get_cost() answer the parts"""
        with niitaka.start_session("whole", "whole") as parent:
            for n in range(5):
                last = parent.event("log", data={"n": n})
            with niitaka.start_session("part", "whole") as child:
                pass
        self.assertTrue(niitaka.flush(15))
        self.assertEqual(niitaka_api.get_session(parent.session_id)["goal"], "whole")
        numbers = [each["data"]["n"] for each in niitaka_api.list_events(parent.session_id, limit=2)]
        self.assertEqual(numbers, [0, 1, 2, 3, 4])
        by_time = [each["data"]["n"] for each in niitaka_api.list_events(parent.session_id, order="time", limit=2)]
        self.assertEqual(by_time, [0, 1, 2, 3, 4])
        self.assertEqual(list(niitaka_api.list_events(parent.session_id, types=["tool", "llm"])), [])
        self.assertEqual(niitaka_api.get_event(parent.session_id, last)["data"], {"n": 4})
        self.assertEqual([each["id"] for each in niitaka_api.list_children(parent.session_id)], [child.session_id])
        self.assertEqual(list(niitaka_api.list_signals(parent.session_id)), [])
        self.assertEqual(list(niitaka_api.list_traces(parent.session_id)), [])
        self.assertIsInstance(niitaka_api.get_cost(parent.session_id), dict)
        self.assertIn("production", niitaka_api.list_environments())

    def test_errors(self):
        """The tree of NiitakaError tells what is wrong"""
        with self.assertRaises(niitaka.NotFoundError) as missing:
            niitaka_api.get_session(str(uuid.uuid4()))
        self.assertEqual((missing.exception.status, missing.exception.code), (404, "not_found"))
        with self.assertRaises(niitaka.InvalidRequestError) as wrong:
            list(niitaka_api.list_sessions(colour="red"))
        self.assertEqual(wrong.exception.status, 422)


class Faults(ServerCase):
    environ = {"NIITAKA_STALE_AFTER": "30"}

    def test_server_killed(self):
        """A server killed and started again has every event once (E4)"""
        self.configure(self.server)
        with self.assertLogs("niitaka", "WARNING"):
            with niitaka.start_session("survivor", "faults") as session:
                for n in range(400):
                    session.event("log", data={"n": n})
                    if n == 200:
                        self.server.kill()
                    time.sleep(0.001)
                niitaka.flush(0.1)
                self.server.start()
                for n in range(400, 500):
                    session.event("log", data={"n": n})
            self.assertTrue(niitaka.flush(60))
        row = self.server.session(session.session_id)
        self.assertEqual((row["status"], row["event_count"]), ("done", 500))
        self.assertEqual((row["delivery"]["received"], row["delivery"]["incomplete"]), (500, False))

    def test_killed_process(self):
        """A killed process loses no event; its session is complete once the next one brought the rest (S4, D1)"""
        program = self.python(
            """
            import niitaka
            session = niitaka.start_session("victim", "faults").__enter__()
            print(session.session_id, flush=True)
            for n in range(100000):
                session.event("log", data={"n": n})
                if n % 100 == 0:
                    print(n, flush=True)
            """,
            self.server,
        )
        session_id = program.stdout.readline().strip()
        for line in program.stdout:
            if line.strip() == "1000":
                break
        os.kill(program.pid, signal.SIGKILL)
        program.wait()
        self.configure(self.server)
        self.assertTrue(niitaka.flush(60))
        row = self.server.session(session_id)
        self.assertGreaterEqual(row["event_count"], 1001)
        self.assertEqual(row["delivery"]["received"], row["event_count"])
        self.assertEqual((row["delivery"]["missing"], row["delivery"]["open_senders"]), (0, 0))
        numbers = [each["data"]["n"] for each in niitaka_api.list_events(session_id)]
        self.assertEqual(sorted(numbers), list(range(row["event_count"])))


if __name__ == "__main__":
    unittest.main()
