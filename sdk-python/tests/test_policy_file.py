"""Policies of a file: what is read, what is refused and where, and that they beat the server's (P8)."""

import hashlib
import json
import random
import unittest
from pathlib import Path

import niitaka
from client_case import ClientCase
from niitaka import AgentExecutionStopped
from niitaka._policy_file import policy_file
from niitaka._policy_file.policy_file import parse_policy_file
from scripted_server import accept, scripted_server

CASES = Path(__file__).resolve().parents[2] / "vectors" / "policy-files.json"
STEPS = "{id: steps, type: step_limit, condition: {steps_exceeded: 2}, action: {type: abort}}"
COST = "{id: cost, type: cost_limit, condition: {cost_exceeded: 1}, action: {type: abort}}"
SERVERS = {"id": "servers", "type": "step_limit", "condition": {"steps_exceeded": 0}, "action": {"type": "abort"}}


def holds(file, agent_id):
    if not file.names(agent_id):
        return None
    found = file.policies_of(agent_id, "production")
    limits = [each.policy for each in (*found.cost_limits, *found.step_limits)]
    policies = [*limits, *found.retries, *found.fallbacks]
    return [each.id for each in sorted(policies, key=lambda policy: found.rank[id(policy)])]


class Reading(unittest.TestCase):
    def test_shared_cases(self):
        """Each shared text means the same in both SDKs, or is wrong at the same place (P8)"""
        cases = json.loads(CASES.read_text(encoding="utf-8"))["cases"]
        self.assertGreaterEqual(len(cases), 72)
        for case in cases:
            with self.subTest(case["name"]):
                self.check(case, case["text"].encode())

    def check(self, case, content):
        wrong = case.get("error")
        if wrong is not None:
            with self.assertRaises(ValueError) as caught:
                parse_policy_file(content, "dir/p.yaml")
            self.assertTrue(str(caught.exception).startswith(f"dir/p.yaml:{wrong['line']}:{wrong['column']}: "))
            self.assertIn(wrong["message"], str(caught.exception))
            return
        file = parse_policy_file(content, "p.yaml")
        self.assertEqual(list(file.rows), case["policies"])
        self.assertEqual(None if file.agents is None else list(file.agents), case["agents"])
        self.assertEqual(file.hash, hashlib.sha256(content).hexdigest())
        for each in case.get("holds", []):
            self.assertEqual(holds(file, each["agent_id"]), each["policies"])

    def test_whole_message(self):
        """An error says where, what was found, and what was wanted"""
        for text, message in (
            ("policies:\n  - id: a\n    typ: x\n", 'p:3:5: found the key "typ", wanted one of "id", "name", '),
            ("policies: 5\n", "p:1:11: found a number, wanted a list of policies"),
            ("agents: {}\npolicies: []\n", "p:1:9: found a map, wanted a list of agents"),
            ("policies: [{id: a, type: fallback, action: {fallback_model: 5}}]", "p:1:61: action.fallback_model must be "),
        ):
            with self.assertRaises(ValueError) as caught:
                parse_policy_file(text.encode(), "p")
            self.assertTrue(str(caught.exception).startswith(message), caught.exception)

    def test_limits(self):
        """A file has at most 256 KiB and 1,000 policies"""
        rows = [f"  - {{id: p{number}, type: fallback, action: {{fallback_model: m}}}}\n" for number in range(1001)]
        self.assertEqual(len(parse_policy_file(("policies:\n" + "".join(rows[:1000])).encode(), "p").policies), 1000)
        with self.assertRaisesRegex(ValueError, r"^p:1002:5: found 1001 policies, wanted at most 1000$"):
            parse_policy_file(("policies:\n" + "".join(rows)).encode(), "p")

    def test_bytes(self):
        """Bytes that are no UTF-8 are refused where they stand"""
        with self.assertRaisesRegex(ValueError, r"^p:2:3: found bytes that are no UTF-8"):
            parse_policy_file(b"policies: []\n# \xff", "p")

    def test_any_text(self):
        """Whatever is broken in a file, it is read, or refused with a place in it (P8)"""
        chance = random.Random(8)
        texts = [each["text"] for each in json.loads(CASES.read_text(encoding="utf-8"))["cases"]]
        marks = "{}[]:,-#'\"\\&*!|>%@`?~ \t\n0x.eé🤖"
        for _ in range(3_000):
            text = list(chance.choice(texts))
            for _ in range(chance.randint(1, 4)):
                at = chance.randint(0, len(text))
                text[at : at + chance.randint(0, 3)] = chance.choice(marks) * chance.randint(0, 2)
            try:
                parse_policy_file("".join(text).encode(), "p")
            except ValueError as trouble:
                self.assertRegex(str(trouble), r"^p:\d+:\d+: .")
                line, column = (int(each) for each in str(trouble).split(":")[1:3])
                lines = "".join(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
                self.assertLessEqual(line, len(lines))
                self.assertLessEqual(column, len(lines[line - 1]) + 1)


class Holding(ClientCase):
    def file(self, text):
        path = self.home / "policies.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    def serve(self, server):
        body = {"revision": 1, "policies": [SERVERS], "prices": [{"model": "gpt-5", "input": "1000000", "output": "0"}]}
        server.gets["/api/v1/snapshot"] = (200, body, {})
        server.rule = lambda batch: accept(batch, sessions=[])

    def started(self, server, agent_id):
        session = niitaka.start_session(agent_id=agent_id).__enter__()
        self.addCleanup(session.leave, None)
        guard = session.control.guard
        server.wait_for(lambda: guard._snapshots.of(guard._key) is not None)
        return session

    def steps(self, session):
        """How many steps begin before the session is stopped, and by which policy."""
        for count in range(9):
            try:
                session.step("think", lambda: None)
            except AgentExecutionStopped as stop:
                return count, stop.policy
        return count, None

    def test_named_and_others(self):
        """For an agent that the file names only the file's policies hold, for others the server's; its start says so (P8)"""
        with scripted_server() as server:
            self.serve(server)
            path = self.file(f"agents: [looper, free]\npolicies:\n  - {{agent_id: looper, {STEPS[1:]}\n")
            self.configure(server, policy_file=path)
            self.assertEqual(self.steps(self.started(server, "looper")), (2, "steps"))
            self.assertEqual(self.steps(self.started(server, "free")), (8, None))
            self.assertEqual(self.steps(self.started(server, "other")), (0, "servers"))
            self.assertTrue(niitaka.flush(10))
            told = {each["agent_id"]: each for each in server.of_kind("session.start")}
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            for agent_id in ("looper", "free"):
                self.assertEqual((told[agent_id]["policy_source"], told[agent_id]["policy_hash"]), ("file", digest))
            self.assertEqual([each for each in told["other"] if each.startswith("policy_")], [])
            traces = [(each["policy_id"], each["policy_revision"]) for each in server.of_kind("trace")]
            self.assertEqual(traces, [("steps", 1), ("servers", 1)])

    def test_every_agent(self):
        """A file that names nobody is for every agent, and for sessions without one (P8)"""
        with scripted_server() as server:
            self.serve(server)
            self.configure(server, policy_file=str(self.file(f"policies: [{STEPS}]")))
            for agent_id in ("anyone", None):
                self.assertEqual(self.steps(self.started(server, agent_id)), (2, "steps"))

    def test_prices(self):
        """A file's cost limit counts by the prices that the server tells (C1)"""
        with scripted_server() as server:
            self.serve(server)
            self.configure(server, policy_file=self.file(f"policies: [{COST}]"))
            session = self.started(server, "spender")
            session.event("llm", data={"model": "gpt-5", "input_tokens": 2, "output_tokens": 0})
            self.assertEqual(self.steps(session), (0, "cost"))

    def test_without_a_server(self):
        """A file holds where no server was ever reached (P5, P8)"""
        program = self.python(
            f"""
            import niitaka
            niitaka.configure(policy_file={str(self.file(f"policies: [{STEPS}]"))!r})
            try:
                with niitaka.start_session(agent_id="looper") as session:
                    for step in range(9):
                        session.step("think", lambda: print(step))
            except niitaka.AgentExecutionStopped as stop:
                print(stop.policy)
            """,
        )
        out, err = program.communicate(timeout=60)
        self.assertEqual(out.split(), ["0", "1", "steps"], err)

    def test_configured_again(self):
        """Open sessions stay with the file they began under; the next ones go by the newer call"""
        with scripted_server() as server:
            self.serve(server)
            path = self.file(f"policies: [{STEPS}]")
            self.configure(server, policy_file=path)
            first = self.started(server, "looper")
            path.write_text("broken: yes\n")
            self.configure(server)
            self.assertEqual(self.steps(self.started(server, "looper")), (0, "servers"))
            self.assertEqual(self.steps(first), (2, "steps"))

    def test_refused(self):
        """configure() raises for a file that is wrong, too long or not there, and changes nothing"""
        long = self.home / "long.yaml"
        long.write_bytes(b"#" * (policy_file.FILE_BYTES + 1))
        with scripted_server() as server:
            client = self.configure(server)
            for given, kind, message in (
                (self.file("policies: 5"), ValueError, r"policies.yaml:1:11: found a number"),
                (long, ValueError, r"long.yaml:1:1: found more than 262144 bytes"),
                (self.home / "none.yaml", ValueError, r"none.yaml:1:1: found no file that can be read \(No such file"),
                (self.home, ValueError, r":1:1: found no file that can be read"),
                (b"bytes", TypeError, r"^policy_file must be a path: got a bytes$"),
                (5, TypeError, r"^policy_file must be a path: got 5$"),
            ):
                with self.subTest(given), self.assertRaisesRegex(kind, message):
                    niitaka.configure(policy_file=given)
            self.assertIs(self.configure(server), client)


if __name__ == "__main__":
    unittest.main()
