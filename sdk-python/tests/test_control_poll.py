"""Polling for commands: only while somebody watches or a session is paused, and never twice at once (G3)."""

import json
import threading
import unittest
from unittest import mock
from urllib.parse import parse_qs, urlsplit

from client_case import KEY, ClientCase
from niitaka import AgentExecutionStopped, _control_poll
from niitaka._control import Controls
from niitaka._control_poll import ControlPoll
from niitaka._guard import Guard
from niitaka._http import Connection
from niitaka._snapshot import SnapshotKey, Snapshots
from scripted_server import scripted_server

SESSION, OTHER = (f"01990000-0000-7000-8000-00000000000{n}" for n in (1, 2))
WATCHED = {"control_poll_ms": 200}
TREE_LIMIT = {"id": "p1", "type": "cost_limit", "scope": "tree", "condition": {"cost_exceeded": 5}, "action": {"type": "abort"}}


class PollCase(ClientCase):
    def setUp(self):
        super().setUp()
        context = scripted_server()
        self.server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        patched = mock.patch.object(_control_poll, "CONTROL_RETRY_SECONDS", 0.02)
        patched.start()
        self.addCleanup(patched.stop)
        self.asked = []
        #: What the next polls are answered; then nothing new.
        self.script = []
        self.server.gets["/api/v1/control"] = self.reply
        self.records = []
        self.controls = Controls(self.records.append)
        self.ids = [SESSION]
        self.poll = self.new_poll(self.server.url)

    def new_poll(self, url):
        poll = ControlPoll(Connection(url, KEY), self.controls, lambda: self.ids)
        self.addCleanup(self.until_ended)
        self.addCleanup(poll.stop)
        return poll

    def reply(self, path):
        self.asked.append(path)
        answer = self.script.pop(0) if self.script else {"control": [], "control_poll_ms": None}
        # The test's end lets go whoever would wait for the next command.
        return answer if isinstance(answer, tuple) else (200, json.dumps(answer).encode(), {})

    def threads(self):
        return [each for each in threading.enumerate() if each.name == "niitaka-control"]

    def until_ended(self):
        self.server.wait_for(lambda: not self.threads())

    def order(self, number, command, **args):
        return {"session_id": SESSION, "command_id": f"c{number}", "command": command, "args": args}


class Wanted(PollCase):
    def test_unwatched(self):
        """An answer that asks for nothing begins no poll (G3)"""
        for answer in ({}, {"control_poll_ms": None}):
            self.poll.note_answer(answer)
        self.assertEqual((self.threads(), self.asked), ([], []))

    def test_watched(self):
        """Where somebody watches, the server is asked for the sessions of this process, and may wait (wire)"""
        self.ids = [SESSION, OTHER]
        self.poll.note_answer(WATCHED)
        self.server.wait_for(lambda: self.asked)
        parts = urlsplit(self.asked[0])
        self.assertEqual(parts.path, "/api/v1/control")
        self.assertEqual(parse_qs(parts.query), {"session_id": [f"{SESSION},{OTHER}"], "wait": ["20"]})

    def test_one_thread(self):
        """However many answers ask for it, one thread polls (G3)"""
        for _ in range(20):
            self.poll.note_answer(WATCHED)
        self.server.wait_for(lambda: len(self.asked) > 2)
        self.assertEqual(len(self.threads()), 1)

    def test_end_of_watching(self):
        """A minute after the last one who watched the thread ends, and a new answer begins anew (G3)"""
        with mock.patch.object(_control_poll, "CONTROL_WATCHED_SECONDS", 1.0):
            self.poll.note_answer(WATCHED)
            self.server.wait_for(lambda: self.asked)
            self.until_ended()
            before = len(self.asked)
            self.poll.note_answer(WATCHED)
            self.server.wait_for(lambda: len(self.asked) > before)

    def test_answers_prolong(self):
        """An answer to a poll that says so lets it go on (wire)"""
        self.poll.note_answer(WATCHED)
        self.server.wait_for(lambda: len(self.asked) > 1)
        until = self.poll._wanted_until
        self.server.wait_for(lambda: len(self.asked) > 3)
        self.assertEqual(self.poll._wanted_until, until)
        self.script = [{"control": [], "control_poll_ms": 200}]
        self.server.wait_for(lambda: self.poll._wanted_until > until)

    def test_paused(self):
        """While a session is paused the server is asked, watched or not, until it is resumed (G3)"""
        control = self.controls.of(SESSION)
        control.take(self.order(1, "pause", max_seconds=60))
        self.poll.note_answer({})
        self.server.wait_for(lambda: self.asked)
        self.assertTrue(control.is_paused)
        self.script = [{"control": [self.order(2, "resume")]}]
        self.until_ended()
        self.assertFalse(control.is_paused)

    def test_no_sessions(self):
        """Without a session the server is not asked (wire)"""
        self.ids = []
        with mock.patch.object(_control_poll, "CONTROL_WATCHED_SECONDS", 0.1):
            self.poll.note_answer(WATCHED)
            self.until_ended()
        self.assertEqual(self.asked, [])

    def test_many_sessions(self):
        """One poll names at most as many sessions as the limit (E7)"""
        self.ids = [f"s{number}" for number in range(10)]
        with mock.patch.object(_control_poll, "CONTROL_SESSIONS", 3):
            self.poll.note_answer(WATCHED)
            self.server.wait_for(lambda: self.asked)
        self.assertEqual(parse_qs(urlsplit(self.asked[0]).query)["session_id"], ["s0,s1,s2"])


class Answers(PollCase):
    def test_obeyed_once(self):
        """A command that stands in every answer is obeyed once (G3)"""
        self.controls.of(SESSION)
        self.script = [{"control": [self.order(1, "limit", steps=3)]}] * 4
        self.poll.note_answer(WATCHED)
        self.server.wait_for(lambda: not self.script)
        self.assertEqual([each["state"] for each in self.records], ["delivered", "obeyed"])

    def test_keeps_a_pause(self):
        """An answer to a poll is an answer of the server: a pause lasts on (G3)"""
        control = self.controls.of(SESSION)
        control._answered_at -= 1_000
        self.poll.note_answer(WATCHED)
        self.server.wait_for(lambda: len(self.asked) > 1)
        control.take(self.order(1, "pause", max_seconds=60))
        self.assertTrue(control.is_paused)

    def test_totals_stay(self):
        """An answer to a poll tells no totals: what the guard knows of the tree and the day stays (P1, P5)"""
        body = {"revision": 1, "policies": [TREE_LIMIT], "prices": []}
        self.server.gets["/api/v1/snapshot"] = (200, body, {})
        key = SnapshotKey("looper", "production")
        snapshots = Snapshots(Connection(self.server.url, KEY), self.server.url, KEY, False)
        control = self.controls.of(SESSION)
        control.guard = Guard(SESSION, SESSION, key, snapshots, self.records.append)
        self.server.wait_for(lambda: snapshots.of(key) is not None)
        control.read_answer({"total_cost": 1, "step_count": 1, "tree_cost": 6, "tree_step_count": 1})
        self.poll.note_answer(WATCHED)
        self.server.wait_for(lambda: len(self.asked) > 2)
        with self.assertRaisesRegex(AgentExecutionStopped, r"tree cost \$6 > \$5"):
            control.pass_gate()

    def test_damage(self):
        """Failures and damaged answers are passed over, and the next is asked for (G3)"""
        control = self.controls.of(SESSION)
        self.script = [(500, {}, {}), (403, {}, {}), (200, b"{", {}), (200, b"[]", {}), (200, b'{"control": 7}', {}),
                       (200, b'{"control": [7, null, {}]}', {}), (200, b'{"sessions": 7}', {})]
        self.script.append({"control": [self.order(1, "limit", steps=0)]})
        self.poll.note_answer(WATCHED)
        self.server.wait_for(lambda: self.records)
        self.assertEqual(control.cost, 0)

    def test_unreachable(self):
        """A server that is away is asked again until it is there, and nothing is raised (P5)"""
        control = self.controls.of(SESSION)
        poll = self.new_poll("http://127.0.0.1:9")
        with mock.patch.object(_control_poll, "CONTROL_WATCHED_SECONDS", 0.1):
            poll.note_answer(WATCHED)
            self.until_ended()
        control.pass_gate()

    def test_stop(self):
        """After stop() nobody asks, and no answer begins it again (sdk)"""
        self.poll.note_answer(WATCHED)
        self.server.wait_for(lambda: self.asked)
        self.poll.stop()
        self.until_ended()
        before = len(self.asked)
        self.poll.note_answer(WATCHED)
        self.assertEqual((self.threads(), len(self.asked)), ([], before))


if __name__ == "__main__":
    unittest.main()
