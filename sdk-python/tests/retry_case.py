"""Tests of policies on failing calls: a genuine client, a provider, and a server that gives the policies."""

import itertools
from unittest import mock

import niitaka
import openai
from library_case import LibraryCase
from niitaka._instrument import try_again
from scripted_server import accept, scripted_server
from test_openai_chat import REQUEST, answer

PRICES = [{"provider": "openai", "model": "gpt-5", "input": "1.25", "output": "10"}]


def policy(number, type, condition=None, **action):
    return {"id": f"p{number}", "type": type, "condition": condition or {}, "action": {"type": type, **action}}


def retry(number=1, max_retries=2, **more):
    """A retry that waits for nothing, but for what the provider asks."""
    return policy(number, "retry", **{"max_retries": max_retries, "base_seconds": 0, **more})


def fallback(number=2, model="gpt-4o-mini", **condition):
    return policy(number, "fallback", condition, fallback_model=model)


def limit(number, type, action="abort", **condition):
    return {**policy(number, type, condition), "action": {"type": action}}


class RetryCase(LibraryCase):
    @classmethod
    def make_client(cls, base_url, **options):
        kind = openai.AsyncOpenAI if cls.is_async else openai.OpenAI
        return kind(api_key="sk-test", base_url=f"{base_url}/v1", **options)

    def setUp(self):
        super().setUp()
        context = scripted_server()
        self.niitaka = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        self.niitaka.rule = lambda batch: accept(batch, sessions=[])
        niitaka.instrument()
        self.server.answers, self.server.requests = [answer()], []
        self.orders = itertools.count(1)

    def started(self, *policies, **options):
        """A session whose policies have been read."""
        body = {"revision": 1, "policies": list(policies), "prices": PRICES, "config": {"llm": {}, "sources": {}}}
        self.niitaka.gets["/api/v1/snapshot"] = (200, body, {})
        self.configure(self.niitaka, **options)
        session = niitaka.start_session(agent_id="caller").__enter__()
        self.addCleanup(session.leave, None)
        guard = session.control.guard
        self.niitaka.wait_for(lambda: guard._snapshots.of(guard._key) is not None)
        return session

    def answers(self, *answers):
        self.server.answers, self.server.requests = list(answers), []

    def create(self, **more):
        return self.do(self.client.chat.completions.create(**{**REQUEST, **more}))

    def order(self, session, command, **args):
        order_id = f"01990000-0000-7000-9000-{next(self.orders):012d}"
        session.control.take({"session_id": session.session_id, "command_id": order_id, "command": command, "args": args})
        return order_id

    def longest_waits(self):
        """From here on every wait is as long as its policy allows."""
        patched = mock.patch.object(try_again, "_draw", lambda: 1.0)
        patched.start()
        self.addCleanup(patched.stop)

    @property
    def models(self):
        return [each["body"]["model"] for each in self.server.requests]

    def told(self, *kinds):
        self.assertTrue(niitaka.flush(10))
        return self.niitaka.of_kind(*kinds)

    def attempts(self):
        """Of every event: its type, attempt, model, and kind or None."""
        events = [(each["type"], each["data"]) for each in self.told("event", "event.update")]
        return [(kind, data["attempt"], data["model"], data.get("kind")) for kind, data in events]

    def traces(self):
        return [(each["policy_id"], each["action"], each["enforced"]) for each in self.told("trace")]

    def signals(self):
        return [(each["subtype"], each["policy_id"]) for each in self.told("signal")]
