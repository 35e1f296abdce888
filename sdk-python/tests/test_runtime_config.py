"""How an agent is to run: asked for once, fixed in a session, kept for when the server is away (A4)."""

import json
import threading
import time
import unittest
from unittest import mock

import niitaka
from client_case import ClientCase
from niitaka import _get_runtime_config, _limits, _snapshot
from niitaka._warn import logger
from scripted_server import accept, scripted_server

LLM = {"model": "gpt-5", "temperature": 0.2, "max_tokens": 500, "system_prompt": "Be brief."}
SOURCES = {name: {"from": "version", "number": 3} for name in LLM}


class ConfigCase(ClientCase):
    def setUp(self):
        super().setUp()
        context = scripted_server()
        self.server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        self.server.rule = lambda batch: accept(batch, sessions=[])
        self.asked = []
        self.serve(LLM, SOURCES)
        # Long enough for a busy machine.
        self.wait(20.0)
        warned = mock.patch.object(logger, "warning")
        self.warning = warned.start()
        self.addCleanup(warned.stop)

    def serve(self, llm, sources=None, revision=1, delay=0.0):
        body = {"revision": revision, "policies": [], "prices": [], "config": {"llm": llm, "sources": sources or {}}}

        def answer(path):
            self.asked.append(path.partition("?")[2])
            time.sleep(delay)
            return 200, body, {"ETag": f'"{revision}"'}

        self.server.gets["/api/v1/snapshot"] = answer

    def wait(self, seconds):
        """From here on a first read waits so long."""
        patched = mock.patch.object(_snapshot, "CONFIG_WAIT_SECONDS", seconds)
        patched.start()
        self.addCleanup(patched.stop)

    def session(self, agent_id="writer", **more):
        session = niitaka.start_session(agent_id=agent_id, **more).__enter__()
        self.addCleanup(session.leave, None)
        return session

    def warnings(self):
        return [call.args[1] for call in self.warning.call_args_list]


class Reading(ConfigCase):
    def test_fields(self):
        """A config is a dict, and has its fields as attributes; what is not said is None"""
        self.configure(self.server)
        config = self.session().config
        self.assertEqual(config, {"llm": LLM, "sources": SOURCES})
        llm = config.llm
        self.assertEqual((llm.model, llm.temperature, llm.max_tokens, llm.system_prompt), tuple(LLM.values()))
        self.assertEqual((config.sources["model"]["number"], config.origin), (3, "server"))
        self.assertEqual(json.loads(json.dumps(config)), config)
        empty = self.session("other").config
        self.assertEqual(empty, config)
        self.assertEqual(self.warnings(), [])

    def test_bad_fields(self):
        """What is no value of its kind is None as an attribute, and as it is in the dict"""
        self.serve({"model": 5, "temperature": "warm", "max_tokens": 1.5, "system_prompt": None, "top_p": 1})
        self.configure(self.server)
        llm = self.session().config.llm
        self.assertEqual((llm.model, llm.temperature, llm.max_tokens, llm.system_prompt), (None,) * 4)
        self.assertEqual(llm, {"model": 5, "temperature": "warm", "max_tokens": 1.5, "top_p": 1})

    def test_none(self):
        """A snapshot without a config is an empty one, of the server's"""
        for body in ({}, {"config": None}, {"config": {"llm": 5, "sources": []}}):
            self.server.gets["/api/v1/snapshot"] = (200, {"revision": 1, **body}, {})
            self.configure(self.server)
            config = self.session().config
            self.assertEqual((config, config.origin), ({"llm": {}, "sources": {}}, "server"))
            niitaka.shutdown(5)

    def test_variant(self):
        """The config is that of the session's experiment and variant (A4)"""
        self.configure(self.server, environment="staging")
        self.session(experiment_id="tone", variant="b").config
        self.assertEqual(set(self.asked), {"agent_id=writer&environment=staging&experiment_id=tone&variant=b"})


class Fixing(ConfigCase):
    def test_in_a_session(self):
        """In a session the config stays as it was read first, under every name; the next session has the newer one"""
        self.configure(self.server)
        session = self.session()
        config = session.config
        self.serve({"model": "gpt-6"}, revision=2)
        session.client.snapshots.note_revision(2)
        self.server.wait_for(lambda: session.client.snapshots.of(session.snapshot_key).revision == 2)
        self.assertIs(session.config, config)
        self.assertIs(niitaka.get_runtime_config(), config)
        self.assertIs(niitaka.get_runtime_config("writer"), config)
        self.assertEqual(self.session().config.llm.model, "gpt-6")

    def test_one_of_many_threads(self):
        """Threads that read first at the same time read the same"""
        self.serve(LLM, delay=0.1)
        self.configure(self.server)
        session = self.session()
        found = []
        threads = [threading.Thread(target=lambda: found.append(session.config)) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        self.assertEqual({id(each) for each in found}, {id(session.config)})

    def test_of_ones_own(self):
        """What a program changes in its config is no other session's"""
        self.configure(self.server)
        self.session().config["llm"]["model"] = "mine"
        self.assertEqual(self.session().config.llm.model, "gpt-5")

    def test_another_agent(self):
        """In a session the config of another agent is fixed as well"""
        self.configure(self.server)
        self.session()
        config = niitaka.get_runtime_config("editor")
        self.assertIs(niitaka.get_runtime_config("editor"), config)
        self.assertIn("agent_id=editor&environment=production", self.asked)

    def test_outside(self):
        """Outside of sessions each read has the newest, which is asked for again in the background"""
        self.configure(self.server)
        self.assertEqual(niitaka.get_runtime_config("writer").llm.model, "gpt-5")
        self.serve({"model": "gpt-6"}, revision=2)
        self.assertEqual(niitaka.get_runtime_config("writer").llm.model, "gpt-5")
        self.assertEqual(len(self.asked), 1)
        with mock.patch.object(_get_runtime_config, "CONFIG_SECONDS", 0.0):
            niitaka.get_runtime_config("writer")
        self.server.wait_for(lambda: niitaka.get_runtime_config("writer").llm.model == "gpt-6")
        self.assertEqual(len(self.asked), 2)


class Waiting(ConfigCase):
    def test_slow_server(self):
        """The first read waits until the server has answered"""
        self.serve(LLM, delay=0.2)
        self.configure(self.server)
        self.assertEqual(self.session().config.llm.model, "gpt-5")

    def test_too_slow(self):
        """It waits for half a second, once; then nothing is said, until the answer is there (A4)"""
        self.assertEqual(_limits.CONFIG_WAIT_SECONDS, 0.5)
        self.wait(2.0)
        go = threading.Event()
        self.addCleanup(go.set)
        body = {"revision": 1, "config": {"llm": LLM}}
        self.server.gets["/api/v1/snapshot"] = lambda path: (go.wait(10), (200, body, {}))[1]
        self.configure(self.server)
        session = self.session()
        began = time.monotonic()
        self.assertEqual((session.config, session.config.origin), ({"llm": {}, "sources": {}}, "default"))
        took = time.monotonic() - began
        self.assertGreater(took, 1.9)
        began = time.monotonic()
        self.session().config
        self.assertLess(time.monotonic() - began, 1.9)
        self.assertEqual(len(self.warnings()), 1)
        self.assertIn("no runtime config of writer is known", self.warnings()[0])
        go.set()
        self.server.wait_for(lambda: session.client.snapshots.of(session.snapshot_key) is not None)
        self.assertEqual(self.session().config.llm.model, "gpt-5")
        self.assertEqual(session.config.origin, "default")

    def test_next_process(self):
        """While the server is away its last word holds, which is told once; where nothing answers nobody waits (P5)"""
        self.configure(self.server)
        self.session().config
        folder = self.home / "niitaka" / "snapshots" / "v1"
        self.server.wait_for(lambda: list(folder.glob("*/*.json")))
        niitaka.shutdown(5)
        self.server.close()
        self.configure(self.server.url)
        config = self.session().config
        self.assertEqual((config, config.origin), ({"llm": LLM, "sources": SOURCES}, "disk"))
        niitaka.get_runtime_config("writer")
        self.assertEqual(len([each for each in self.warnings() if "gave last time" in each]), 1)

    def test_refused(self):
        """A server that refuses the question leaves the defaults, at once"""
        self.server.gets["/api/v1/snapshot"] = (403, {"code": "forbidden"}, {})
        self.configure(self.server)
        began = time.monotonic()
        self.assertEqual(self.session().config.origin, "default")
        self.assertLess(time.monotonic() - began, 19)


class Elsewhere(ConfigCase):
    def test_joined(self):
        """A session that was joined knows no agent of its own; one that is named is asked for"""
        self.configure(self.server)
        with niitaka.attach_session("01990000-0000-7000-8000-000000000001") as session:
            self.assertEqual(session.config.origin, "default")
            self.assertEqual(niitaka.get_runtime_config("writer").llm.model, "gpt-5")
        self.assertEqual(len(self.warnings()), 1)

    def test_nothing_recorded(self):
        """Without a key, and in tests of one's own, the config is empty"""
        self.assertEqual(niitaka.get_runtime_config("writer"), {"llm": {}, "sources": {}})
        with niitaka.start_session(agent_id="writer") as session:
            self.assertEqual(session.config.origin, "default")
        with niitaka.testing.capture(), niitaka.start_session(agent_id="writer") as session:
            self.assertEqual((session.config.llm.model, niitaka.get_runtime_config().llm), (None, {}))

    def test_arguments(self):
        """Bad arguments are told at the call"""
        for given, kind in (({"agent_id": ""}, ValueError), ({"agent_id": 5}, TypeError), ({"variant": 5}, TypeError)):
            with self.assertRaises(kind):
                niitaka.get_runtime_config(**given)


if __name__ == "__main__":
    unittest.main()
