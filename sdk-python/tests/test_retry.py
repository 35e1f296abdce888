"""Failing calls of the genuine `openai` made again by policy: later, or with another model (P3, P4, E1)."""

import asyncio
import threading
import time

import niitaka
import openai
from library_case import unittest
from niitaka import AgentExecutionStopped
from retry_case import RetryCase, fallback, limit, retry
from scripted_server import problem
from test_openai_chat import REQUEST, answer, error


class Calls:
    def test_retry_after(self):
        """A call that was refused is made again after what the provider asks; one event for each attempt (P4, E1)"""
        self.started(retry(max_seconds=20))
        self.answers(error(429, "rate_limit", **{"Retry-After": "0.4"}), answer())
        began = time.monotonic()
        self.assertEqual(self.create().id, "chatcmpl-1")
        self.assertGreaterEqual(time.monotonic() - began, 0.4)
        self.assertEqual(self.models, ["gpt-4o"] * 2)
        self.assertEqual(self.attempts(), [("error", 1, "gpt-4o", "rate_limit"), ("llm", 2, "gpt-4o", None)])
        self.assertEqual(self.traces(), [("p1", "retry", True)])
        self.assertEqual(self.signals(), [("retry", "p1"), ("policy_triggered", "p1")])
        failed = self.niitaka.of_kind("event")[0]["event_id"]
        self.assertEqual({each["event_id"] for each in self.niitaka.of_kind("trace", "signal")}, {failed})

    def test_longest_wait(self):
        """What the provider asks for is obeyed up to the policy's longest wait (P4)"""
        self.started(retry(max_seconds=0.2))
        self.answers(error(429, "rate_limit", **{"Retry-After": "3600"}), answer())
        began = time.monotonic()
        self.create()
        self.assertLess(time.monotonic() - began, 10)

    def test_drawn_wait(self):
        """Without a word of the provider the wait grows as the policy says (P4)"""
        self.longest_waits()
        self.started(retry(base_seconds=0.1, backoff="exponential"))
        self.answers(error(500), error(500), answer())
        began = time.monotonic()
        self.create()
        self.assertGreaterEqual(time.monotonic() - began, 0.3)

    def test_fallback(self):
        """Retries that are used up leave the call, and all later ones, to the other model (P4)"""
        self.started(retry(max_retries=2), fallback())
        self.answers(error(500), error(500), error(500), answer())
        self.assertEqual(self.create().id, "chatcmpl-1")
        self.assertEqual(self.models, ["gpt-4o"] * 3 + ["gpt-4o-mini"])
        self.answers(answer())
        self.create()
        self.create(extra_body={"model": "gpt-4.1"})
        self.assertEqual(self.models, ["gpt-4o-mini"] * 2)
        failed = [("error", number, "gpt-4o", "server_error") for number in (1, 2, 3)]
        answered = [("llm", number, "gpt-4o-mini", None) for number in (4, 1, 1)]
        self.assertEqual(self.attempts(), [*failed, *answered])
        retried = [("p1", "retry", True)] * 2
        self.assertEqual(self.traces(), [*retried, ("p1", "retry_exhausted", True), ("p2", "fallback", True)])
        once = [("retry", "p1"), ("policy_triggered", "p1")]
        last = [("retry_exhausted", "p1"), ("fallback", "p2"), ("policy_triggered", "p2")]
        self.assertEqual(self.signals(), [*once, *once, *last])

    def test_last_failure(self):
        """When nothing is left to try the host has the last attempt's exception, as it is without us"""
        failures = [error(500, "first"), error(503, "second"), error(502, "third")]
        niitaka.uninstrument()
        self.answers(failures[-1])
        expected = self.raised()
        niitaka.instrument()
        self.started(retry(max_retries=2))
        self.answers(*failures)
        found = self.raised()
        for each in (type, str, lambda trouble: type(trouble.__cause__), lambda trouble: type(trouble.__context__)):
            self.assertEqual(each(found), each(expected))
        self.assertIn("third", str(found))
        self.assertEqual(len(self.server.requests), 3)
        self.assertEqual(self.traces()[-1], ("p1", "retry_exhausted", True))

    def raised(self):
        with self.assertRaises(openai.APIError) as caught:
            self.create()
        return caught.exception

    def test_each_call(self):
        """Retries count for each call by itself (P4)"""
        self.started(retry(max_retries=1))
        for _ in range(3):
            self.answers(error(500), answer())
            self.create()
        self.assertEqual([each[1] for each in self.attempts()], [1, 2] * 3)

    def test_other_kinds(self):
        """A failure of a kind that no policy is for is the host's (P1)"""
        self.started({**retry(), "condition": {"on_errors": ["rate_limit"]}}, fallback(on_errors=["overloaded"]))
        self.answers(error(400, "invalid_request_error"), answer())
        self.assertIsInstance(self.raised(), openai.BadRequestError)
        self.assertEqual((len(self.server.requests), self.traces()), (1, []))

    def test_shadow(self):
        """A policy in shadow is recorded, and the call is not made again (P1)"""
        self.started({**retry(), "mode": "shadow"}, {**fallback(), "mode": "shadow"})
        self.answers(error(500), answer())
        self.raised()
        self.assertEqual(len(self.server.requests), 1)
        self.assertEqual(self.traces(), [("p1", "retry", False), ("p2", "fallback", False)])
        self.assertEqual(self.signals(), [])

    def test_warning(self):
        """A warning that is due is told once, beside the retries (P2, P3)"""
        self.started(retry(), limit(3, "step_limit", "warn", steps_exceeded=0))
        self.answers(error(500), error(500), answer())
        self.create()
        self.assertEqual(self.traces(), [("p3", "warn", True)] + [("p1", "retry", True)] * 2)
        self.assertEqual([each for each in self.signals() if each[0] == "step_limit"], [("step_limit", "p3")])

    def test_abort(self):
        """A limit that is passed when a call fails stops the session: abort beats retry (P3)"""
        session = self.started(retry(), limit(3, "cost_limit", cost_exceeded=0.5))
        self.answers(lambda body: (session.event("llm", data={"cost_usd": 1, "attempt": 1, "model": "m"}), error(500))[1])
        with self.assertRaisesRegex(AgentExecutionStopped, r"cost \$1 > \$0\.5"):
            self.create()
        self.assertEqual((len(self.server.requests), self.traces()), (1, [("p3", "abort", True)]))

    def test_operator_between(self):
        """Operators are asked again before each attempt (G3)"""
        session = self.started(retry())
        self.answers(lambda body: (self.order(session, "limit", steps=0), error(500))[1])
        with self.assertRaisesRegex(AgentExecutionStopped, "an operator limited"):
            self.create()
        self.assertEqual(len(self.server.requests), 1)
        self.assertEqual(session.control._under_way, 0)

    def test_pause_between(self):
        """A pause that came while the call was failing holds the next attempt (G3)"""
        session = self.started(retry())
        resumed = threading.Timer(0.5, lambda: self.order(session, "resume"))
        self.addCleanup(resumed.join)
        pause = lambda body: (self.order(session, "pause", max_seconds=60), resumed.start(), error(500))[2]  # noqa: E731
        self.answers(pause, answer())
        began = time.monotonic()
        self.create()
        self.assertGreaterEqual(time.monotonic() - began, 0.5)

    def test_model_of_an_operator(self):
        """Of a fallback and an operator's model the later holds (G3, P4)"""
        session = self.started(fallback())
        self.order(session, "model", model="gpt-4.1")
        self.answers(error(500), answer())
        self.create()
        self.order(session, "model", model="o3")
        self.create()
        self.assertEqual(self.models, ["gpt-4.1", "gpt-4o-mini", "o3"])

    def test_each_model_once(self):
        """However many fallbacks there are, no call is made with a model that has failed it already"""
        self.started(fallback(1, "a"), fallback(2, "b"))
        self.answers(error(500))
        self.raised()
        self.assertEqual(self.models, ["gpt-4o", "a", "b"])
        self.assertEqual(self.traces(), [("p1", "fallback", True), ("p2", "fallback", True), ("p1", "fallback", False)])

    def test_model_of_another_library(self):
        """A model that the library does not have is no fallback: the failure is the host's, and the trace says so"""
        self.started(fallback(model="claude-opus"))
        self.answers(error(500), answer())
        self.raised()
        self.assertEqual((self.models, self.traces()), (["gpt-4o"], [("p2", "fallback", False)]))

    def test_embeddings(self):
        """Embeddings are made again, but never with another model: their numbers would not compare"""
        self.started(retry(max_retries=1), fallback())
        self.answers(error(500))
        ask = {"model": "text-embedding-3-small", "input": "a", "encoding_format": "float"}
        with self.assertRaises(openai.InternalServerError):
            self.do(self.client.embeddings.create(**ask))
        self.assertEqual(self.models, ["text-embedding-3-small"] * 2)
        self.assertEqual(self.traces()[-1], ("p2", "fallback", False))

    def test_raw_response(self):
        """A raw response is that of the attempt that was answered"""
        self.started(retry())
        self.answers(error(500), answer())
        raw = self.do(self.client.chat.completions.with_raw_response.create(**REQUEST))
        self.assertEqual((raw.status_code, raw.headers["x-request-id"]), (200, "req_1"))
        self.assertEqual([each[:2] for each in self.attempts()], [("error", 1), ("llm", 2)])

    def test_own_retries(self):
        """The library's own retries come first, and are inside the attempt (E1)"""
        self.started(retry(max_retries=1))
        self.answers(error(500, **{"retry-after-ms": "1"}), error(500, **{"retry-after-ms": "1"}), answer())
        client = self.client.with_options(max_retries=1)
        self.do(client.chat.completions.create(**REQUEST))
        self.assertEqual(len(self.server.requests), 3)
        self.assertEqual([each[:2] for each in self.attempts()], [("error", 1), ("llm", 2)])
        self.assertEqual(self.niitaka.of_kind("event")[0]["data"]["library_retries"], 1)

    def test_without_the_server(self):
        """Calls are made again by the policies that are known, while the server is away (P5)"""
        self.started(retry(), fallback())
        self.niitaka.rule = lambda batch: problem(503, "unavailable")
        self.answers(error(500), error(500), error(500), answer())
        self.create()
        self.assertEqual(self.models, ["gpt-4o"] * 3 + ["gpt-4o-mini"])
        self.niitaka.rule = None

    def test_config(self):
        """A session's config is fixed by its first call of a model (A4)"""
        session = self.started()
        self.create()
        body = {"revision": 2, "config": {"llm": {"model": "gpt-6"}}}
        self.niitaka.gets["/api/v1/snapshot"] = (200, body, {})
        session.client.snapshots.note_revision(2)
        self.niitaka.wait_for(lambda: session.client.snapshots.of(session.snapshot_key).revision == 2)
        self.assertEqual(session.config.llm.model, None)

    def test_steps(self):
        """However often a call is made again, it is one step (E3)"""
        session = self.started(retry())
        self.answers(error(500), error(500), answer())
        self.create()
        self.assertEqual((session.control._finished, session.control._under_way), (1, 0))


class SyncCalls(Calls, RetryCase):
    def test_abort_in_the_wait(self):
        """An operator's abort ends the wait before a retry (G3)"""
        self.longest_waits()
        session = self.started(retry(base_seconds=60))
        self.answers(lambda body: (threading.Timer(0.2, lambda: self.order(session, "abort", reason="no")).start(), error(500))[1])
        began = time.monotonic()
        with self.assertRaisesRegex(AgentExecutionStopped, "an operator stopped"):
            self.create()
        self.assertLess(time.monotonic() - began, 20)
        self.assertEqual(len(self.server.requests), 1)


class AsyncCalls(Calls, RetryCase):
    is_async = True

    def test_cancelled_in_the_wait(self):
        """A task that is cancelled while it waits for a retry ends at once, and other tasks go on meanwhile (E1)"""
        self.longest_waits()
        session = self.started(retry(base_seconds=60))
        self.answers(error(500))
        async def cancel():
            task = asyncio.ensure_future(self.client.chat.completions.create(**REQUEST))
            while not self.server.requests or session.control._under_way:
                await asyncio.sleep(0.01)
            began = time.monotonic()
            await asyncio.sleep(0.05)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            return time.monotonic() - began

        self.assertLess(self.do(cancel()), 10)
        self.assertEqual(len(self.server.requests), 1)
        self.assertEqual(self.attempts(), [("error", 1, "gpt-4o", "server_error")])

    def test_cancelled_call(self):
        """A call that is cancelled is never made again, whatever the policies say (E1)"""
        self.started(retry(), fallback())
        self.server.delay = 0.5
        async def cancel():
            task = asyncio.ensure_future(self.client.chat.completions.create(**REQUEST))
            await asyncio.sleep(0.1)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task

        self.do(cancel())
        self.assertEqual((len(self.server.requests), self.traces()), (1, []))
        self.assertEqual(self.attempts(), [("error", 1, "gpt-4o", "cancelled")])


if __name__ == "__main__":
    unittest.main()
