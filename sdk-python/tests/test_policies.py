"""Policies held by a session itself: asked before every step, with the server or without it (P1 to P7)."""

import os
import threading
import time
import unittest

import niitaka
from client_case import ClientCase
from niitaka import AgentExecutionStopped
from niitaka._cost.event_cost import PriceList, event_cost
from scripted_server import accept, scripted_server

PRICES = [{"provider": "openai", "model": "gpt-5", "input": "1.25", "output": "10"}]


def policy(number, **more):
    return {
        "id": f"p{number}",
        "name": f"policy {number}",
        "revision": 3,
        "type": "step_limit",
        "agent_id": None,
        "environment": None,
        "priority": 0,
        "scope": "session",
        "mode": "enforce",
        "condition": {"steps_exceeded": 2},
        "action": {"type": "abort"},
        "created_at": "2026-06-15T12:00:00.000Z",
        **more,
    }


def cost_limit(number, usd, action="abort", **more):
    return policy(number, type="cost_limit", condition={"cost_exceeded": usd}, action={"type": action}, **more)


class PolicyCase(ClientCase):
    def serve(self, server, *policies, revision=1):
        body = {"revision": revision, "policies": list(policies), "prices": PRICES, "config": {"llm": {}, "sources": {}}}
        server.gets["/api/v1/snapshot"] = (200, body, {"ETag": f'"{revision}"'})

    def started(self, server, **more):
        """A session whose policies have been read."""
        session = niitaka.start_session(agent_id="looper", **more).__enter__()
        self.addCleanup(session.leave, None)
        guard = session.control.guard
        server.wait_for(lambda: guard._snapshots.of(guard._key) is not None)
        return session

    def told(self, server, *kinds):
        self.assertTrue(niitaka.flush(10))
        return server.of_kind(*kinds)


class Limits(PolicyCase):
    def test_steps(self):
        """The step after the limit raises with policy, threshold and found value, and leaves a trace and signals (P6)"""
        with scripted_server() as server:
            self.serve(server, policy(1))
            self.configure(server)
            session = self.started(server)
            for _ in range(2):
                session.step("think", lambda: None)
            with self.assertRaises(AgentExecutionStopped) as caught:
                session.step("think", lambda: self.fail("it was called"))
            stop = caught.exception
            self.assertEqual(str(stop), "aborted before call 3: steps 2 ≥ 2, policy policy 1 rev 3")
            self.assertEqual((stop.policy, stop.threshold, stop.found), ("p1", 2, 2))
            (trace,) = self.told(server, "trace")
            self.assertEqual((trace["action"], trace["decided_by"], trace["enforced"]), ("abort", "sdk", True))
            self.assertEqual((trace["policy_id"], trace["policy_revision"], trace["inputs"]["steps"]), ("p1", 3, 2))
            self.assertEqual(
                trace["considered"], [{"policy_id": "p1", "revision": 3, "result": "matched", "mode": "enforce"}]
            )
            self.assertGreater(trace["latency_us"], 0)
            kinds = [(each["type"], each["subtype"], each["action"]) for each in server.of_kind("signal")]
            self.assertEqual(kinds, [("guardrail", "step_limit", "abort"), ("policy", "policy_triggered", "abort")])
            self.assertEqual([each["agent_id"] for each in server.of_kind("signal")], ["looper"] * 2)

    def test_cost(self):
        """A cost limit counts what calls cost by the snapshot's prices, without waiting for the server (P2, C1)"""
        with scripted_server() as server:
            server.rule = lambda batch: accept(batch, sessions=[])
            self.serve(server, cost_limit(1, 0.0225))
            self.configure(server)
            session = self.started(server)
            call = {"provider": "openai", "model": "gpt-5", "input_tokens": 1_000, "output_tokens": 1_000}
            for _ in range(2):
                session.event("llm", data=call)
            session.step("think", lambda: None)
            session.event("llm", data={**call, "input_tokens": 0, "output_tokens": 1})
            with self.assertRaisesRegex(AgentExecutionStopped, r"cost \$0\.02251 > \$0\.0225"):
                session.step("think", lambda: None)

    def test_warn_once(self):
        """A warning is told once for a session, however often its threshold is passed (P2)"""
        with scripted_server() as server:
            self.serve(server, policy(1, action={"type": "warn"}))
            self.configure(server)
            session = self.started(server)
            for _ in range(6):
                session.step("think", lambda: None)
            signals = [each for each in self.told(server, "signal") if each["type"] == "guardrail"]
            self.assertEqual([(each["action"], each["severity"]) for each in signals], [("warn", "warning")])
            self.assertEqual(len(server.of_kind("trace")), 1)

    def test_shadow(self):
        """A policy in shadow is recorded and stops nothing (P1)"""
        with scripted_server() as server:
            self.serve(server, policy(1, mode="shadow"))
            self.configure(server)
            session = self.started(server)
            for _ in range(4):
                session.step("think", lambda: None)
            (trace,) = self.told(server, "trace")
            self.assertEqual((trace["action"], trace["enforced"]), ("abort", False))
            self.assertEqual(server.of_kind("signal"), [])

    def test_broken(self):
        """A policy that cannot be evaluated is told of as an error, once, and stops nothing (P3)"""
        with scripted_server() as server:
            self.serve(server, policy(1, condition={"steps_exceeded": "many"}))
            self.configure(server)
            session = self.started(server)
            for _ in range(4):
                session.step("think", lambda: None)
            (trace,) = self.told(server, "trace")
            self.assertEqual(trace["errors"], [{"policy_id": "p1", "at": "condition.steps_exceeded"}])
            self.assertEqual([each["subtype"] for each in server.of_kind("signal")], ["policy_error"])

    def test_others(self):
        """Policies for another agent or environment do not count (P1)"""
        with scripted_server() as server:
            self.serve(server, policy(1, agent_id="other"), policy(2, environment="staging"))
            self.configure(server)
            session = self.started(server)
            for _ in range(4):
                session.step("think", lambda: None)
            self.assertEqual(self.told(server, "trace"), [])

    def test_tree(self):
        """A limit on the tree counts what the server says the others have spent, and what is spent here since (P10)"""
        with scripted_server() as server:
            totals = {"status": "running", "total_cost": 0.0, "step_count": 0, "tree_cost": 4.9, "tree_step_count": 9}
            server.rule = lambda batch: accept(
                batch, sessions=[{"session_id": each, **totals} for each in {r["session_id"] for r in batch["records"]}]
            )
            self.serve(server, cost_limit(1, 5, scope="tree"))
            self.configure(server)
            session = self.started(server)
            self.assertTrue(niitaka.flush(10))
            session.step("think", lambda: None)
            session.event("llm", data={"cost_usd": 0.11})
            with self.assertRaisesRegex(AgentExecutionStopped, r"tree cost \$5\.01 > \$5"):
                session.step("think", lambda: None)

    def test_unpriced(self):
        """A call without a price counts nothing, and the decision says that it was blind (P2)"""
        with scripted_server() as server:
            self.serve(server, cost_limit(1, 0.5, "warn"))
            self.configure(server)
            session = self.started(server)
            session.event("llm", data={"model": "unheard-of", "input_tokens": 10**6, "output_tokens": 1})
            session.event("llm", data={"cost_usd": 0.6})
            session.step("think", lambda: None)
            (trace,) = self.told(server, "trace")
            self.assertIs(trace["inputs"]["blind"], True)
            self.assertEqual(trace["inputs"]["cost"], 0.6)

    def test_many_threads(self):
        """No more steps begin than the limit says, however many threads there are (E3)"""
        with scripted_server() as server:
            self.serve(server, policy(1, condition={"steps_exceeded": 10}))
            self.configure(server)
            session = self.started(server)
            begun = []

            def run():
                try:
                    for _ in range(5):
                        session.step("think", lambda: begun.append(time.sleep(0.001)))
                except AgentExecutionStopped:
                    pass

            threads = [threading.Thread(target=run) for _ in range(8)]
            for each in threads:
                each.start()
            for each in threads:
                each.join()
            self.assertEqual(len(begun), 10)


class Snapshots(PolicyCase):
    def test_server_away(self):
        """The policies of the last time hold while the server is away, from the first step on (P5)"""
        with scripted_server() as server:
            self.serve(server, policy(1))
            self.configure(server)
            self.started(server)
            folder = self.home / "niitaka" / "snapshots" / "v1"
            server.wait_for(lambda: list(folder.glob("*/*.json")))
            (kept,) = folder.glob("*/*.json")
            self.assertEqual(os.stat(kept).st_mode & 0o777, 0o600)
            niitaka.shutdown(5)
            url = server.url
        program = self.python(
            """
            import niitaka
            try:
                with niitaka.start_session(agent_id="looper") as session:
                    for step in range(9):
                        session.step("think", lambda: print(step))
            except niitaka.AgentExecutionStopped as stop:
                print(stop.policy)
            """,
            url,
        )
        out, err = program.communicate(timeout=60)
        self.assertEqual(out.split(), ["0", "1", "p1"], err)

    def test_new_revision(self):
        """An answer that tells of another revision makes the policies be read again (P5, wire)"""
        with scripted_server() as server:
            def rule(batch):
                ids = {each["session_id"] for each in batch["records"]}
                totals = {"status": "running", "total_cost": 0, "step_count": 0, "policy_revision": 2}
                return accept(batch, sessions=[{"session_id": each, **totals} for each in ids])

            self.serve(server)
            self.configure(server)
            session = self.started(server)
            self.serve(server, policy(1), revision=2)
            server.rule = rule
            session.step("think", lambda: None)
            self.assertTrue(niitaka.flush(10))
            guard = session.control.guard
            server.wait_for(lambda: guard._snapshots.of(guard._key).revision == 2)
            session.step("think", lambda: None)
            with self.assertRaises(AgentExecutionStopped):
                session.step("think", lambda: None)

    def test_start_does_not_wait(self):
        """start_session() does not wait for the policies, and a server that has none stops nothing (P5)"""
        with scripted_server() as server:
            go = threading.Event()
            server.gets["/api/v1/snapshot"] = lambda path: (go.wait(20), (404, {}, {}))[1]
            self.configure(server)
            started = time.monotonic()
            with niitaka.start_session(agent_id="looper") as session:
                session.step("think", lambda: None)
            self.assertLess(time.monotonic() - started, 10)
            go.set()

    def test_damage(self):
        """A snapshot that cannot be read is as good as none, on the disk and from the server"""
        for answer in (b"{", b"[]", b'{"policies": 7, "prices": {"a": 1}}', b'{"policies": [7, null], "prices": [null]}'):
            with self.subTest(answer), scripted_server() as server:
                server.gets["/api/v1/snapshot"] = (200, answer, {})
                self.configure(server)
                with niitaka.start_session(agent_id="looper") as session:
                    for _ in range(3):
                        session.step("think", lambda: None)
                        time.sleep(0.02)
                niitaka.shutdown(5)

    def test_forked_child(self):
        """A forked child holds the policies too (P5)"""
        with scripted_server() as server:
            self.serve(server, policy(1))
            program = self.python(
                """
                import niitaka, os, time
                with niitaka.start_session(agent_id="looper") as session:
                    guard = session.control.guard
                    while guard._snapshots.of(guard._key) is None: time.sleep(0.01)
                    pid = os.fork()
                    if pid == 0:
                        try:
                            for _ in range(9): session.step("think", lambda: None)
                        except niitaka.AgentExecutionStopped:
                            os._exit(7)
                        os._exit(0)
                    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                """,
                server,
            )
            out, err = program.communicate(timeout=60)
            self.assertEqual(out.split(), ["7"], err)


class EventCost(unittest.TestCase):
    def test_sources(self):
        """event_cost() is what was reported, else tokens by price, else unknown; exact to the nano-dollar (C1, S6)"""
        tokens = {"model": "gpt-5", "provider": "openai", "input_tokens": 3, "output_tokens": 1}
        over = PriceList([{**PRICES[0], "over_report": True}])
        prices = PriceList(PRICES)
        for data, used, expected in [
            ({"cost_usd": 0.1}, prices, 100_000_000),
            ({"cost_usd": 0}, prices, 0),
            ({**tokens, "cost_usd": 0.1}, prices, 100_000_000),
            ({**tokens, "cost_usd": 0.1}, over, 13_750),
            (tokens, prices, 13_750),
            ({**tokens, "response_model": "other"}, prices, None),
            ({**tokens, "provider": "azure"}, prices, None),
            ({**tokens, "provider": "azure"}, PriceList([{**PRICES[0], "provider": None}]), 13_750),
            ({"model": "gpt-5", "provider": "openai"}, prices, None),
            (tokens, PriceList([{"model": "gpt-5", "input": "cheap", "output": 1}, 7]), None),
        ]:
            with self.subTest(data=data):
                self.assertEqual(event_cost(data, used), expected)


if __name__ == "__main__":
    unittest.main()
