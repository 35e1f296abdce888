"""Around the calls of provider libraries: sessions, operators, threads and tasks, and how they are turned on and off."""

import asyncio
import contextlib
import contextvars
import io
import os
import re
import sys
import threading
import types
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import anthropic
import niitaka
import openai
from library_case import LibraryCase, unittest, without_times
from niitaka import AgentExecutionStopped
from niitaka._control import MODEL_LIBRARIES
from niitaka._instrument import model_call
from niitaka._warn import forget_warnings
from niitaka.testing import capture
from provider_server import ProviderServer, Stream
from test_openai_chat import HELLO, REQUEST, answer, error, events, telling

SESSION = "01990000-0000-7000-8000-000000000001"


class InstrumentCase(LibraryCase):
    @classmethod
    def make_client(cls, base_url, **options):
        return openai.OpenAI(api_key="sk-test", base_url=f"{base_url}/v1", **options)

    def setUp(self):
        super().setUp()
        niitaka.instrument()
        self.server.answers, self.server.requests = [answer()], []

    def create(self, **more):
        return self.client.chat.completions.create(**{**REQUEST, **more})

    def asynchronous(self, **options):
        return openai.AsyncOpenAI(api_key="sk-test", base_url=f"{self.server.url}/v1", max_retries=0, **options)

    def order(self, session, command, **args):
        order_id = f"01990000-0000-7000-9000-{id(args) % 10**12:012d}"
        told = {"session_id": session.session_id, "command_id": order_id, "command": command, "args": args}
        session.control.take(told)
        return order_id

    def models(self):
        return [each["body"]["model"] for each in self.server.requests]


class OnAndOff(InstrumentCase):
    def test_again(self):
        """instrument() is idempotent, and uninstrument() gives the library its own methods back"""
        from openai._base_client import AsyncAPIClient, SyncAPIClient
        from openai._streaming import AsyncStream, Stream

        niitaka.uninstrument()
        places = [(SyncAPIClient, "request"), (AsyncAPIClient, "request"), (SyncAPIClient, "_process_response"),
                  (AsyncAPIClient, "_process_response"), (Stream, "__stream__"), (AsyncStream, "__stream__")]  # fmt: skip
        own = [vars(owner)[name] for owner, name in places]
        for _ in range(3):
            self.assertEqual(niitaka.instrument(), ["anthropic", "openai"])
            self.assertIs(niitaka.instrument_openai(), True)
        self.assertTrue(all(vars(owner)[name].__wrapped__ is each for (owner, name), each in zip(places, own)))
        with capture() as captured, niitaka.start_session():
            self.create()
        self.assertEqual(len(captured.events), 1)
        niitaka.uninstrument_openai()
        niitaka.uninstrument_openai()
        self.assertEqual([vars(owner)[name] for owner, name in places], own)
        self.assertEqual(MODEL_LIBRARIES, {"anthropic"})

    def test_names(self):
        """Every provider that has a module has its two functions, and nobody else"""
        self.assertEqual(niitaka.instrument_anthropic.__name__, "instrument_anthropic")
        self.assertIs(niitaka.instrument_openai, niitaka.instrument_openai)
        for name in ("instrument_nobody", "uninstrument_nobody", "instrumental", "instrument_"):
            with self.assertRaises(AttributeError):
                getattr(niitaka, name)

    def test_library_that_is_missing(self):
        """A library that is not installed is told once, and nothing is raised"""
        niitaka.uninstrument()
        with mock.patch.dict(sys.modules, {"openai._base_client": None}), self.assertLogs("niitaka") as logs:
            with mock.patch("niitaka._instrument.instrument.version", side_effect=_not_found):
                self.assertIs(niitaka.instrument_openai(), False)
                self.assertIs(niitaka.instrument_openai(), False)
        self.assertEqual(len(logs.output), 1)
        self.assertIn("openai is not installed", logs.output[0])

    def test_library_of_another_shape(self):
        """A library that has not what we stand around is left untouched, with one warning that names its version"""
        niitaka.uninstrument()
        other = types.SimpleNamespace(SyncAPIClient=type("SyncAPIClient", (), {"request": lambda self, cast_to: 1}))
        with mock.patch.dict(sys.modules, {"openai._base_client": other}), self.assertLogs("niitaka") as logs:
            self.assertIs(niitaka.instrument_openai(), False)
        self.assertIn(f"openai {openai.__version__} is not one we know", logs.output[0])
        self.assertIn("SyncAPIClient.request takes no options", logs.output[0])

    def test_somebody_around_us(self):
        """What another has put around ours stays when ours is taken away"""
        from openai._base_client import SyncAPIClient

        ours = SyncAPIClient.request

        def theirs(*args, **kwargs):
            return ours(*args, **kwargs)

        with mock.patch.object(SyncAPIClient, "request", theirs):
            niitaka.uninstrument_openai()
            self.assertIs(SyncAPIClient.request, theirs)
            self.assertEqual(self.create().id, "chatcmpl-1")
        SyncAPIClient.request = ours.__wrapped__


class Places(InstrumentCase):
    def test_outside(self):
        """Calls outside a session are passed through, and told once"""
        forget_warnings()
        with capture() as captured, self.assertLogs("niitaka") as logs:
            self.assertEqual([self.create().id for _ in range(3)], ["chatcmpl-1"] * 3)
        self.assertEqual((captured.events, len(logs.output)), ([], 1))
        self.assertIn("a model of openai was called outside any session", logs.output[0])

    def test_without_key(self):
        """Without a key nothing is recorded and nothing changes"""
        with niitaka.start_session():
            self.assertEqual(self.create().id, "chatcmpl-1")

    def test_parent(self):
        """A call inside a tool stands below it"""
        with capture() as captured, niitaka.start_session() as session, session.tool("answer") as call:
            self.create()
        model, tool = captured.events
        self.assertEqual((model["parent_event_id"], tool["event_id"]), (call.event_id, call.event_id))

    def test_error_once(self):
        """An exception that leaves the session has its one event already (E1)"""
        self.server.answers = [error(500)]
        with capture() as captured:
            with self.assertRaises(openai.InternalServerError):
                with niitaka.start_session() as session, session.tool("answer"):
                    self.create()
        self.assertEqual([each["type"] for each in captured.events], ["error"])

    def test_threads(self):
        """Parallel calls of many threads leave one event each, in their own sessions"""
        with capture() as captured, niitaka.start_session() as session:
            with ThreadPoolExecutor(8) as pool:
                contexts = [contextvars.copy_context() for _ in range(40)]
                list(pool.map(lambda context: context.run(self.create), contexts))
        self.assertEqual(len({each["event_id"] for each in captured.events}), 40)
        self.assertEqual({each["session_id"] for each in captured.events}, {session.session_id})

    def test_tasks(self):
        """Concurrent tasks in sessions of their own keep their events apart"""
        self.server.answers = [lambda body: answer(model=f"answered-{body['user']}")]
        client = self.asynchronous()

        async def agent(name):
            async with niitaka.start_session(agent_id=name) as session:
                calls = (client.chat.completions.create(**REQUEST, user=name) for _ in range(3))
                await asyncio.gather(*calls)
                return session.session_id, name

        async def agents():
            return await asyncio.gather(*(agent(f"agent{number}") for number in range(8)))

        with capture() as captured:
            names = dict(self.do(agents()))
        self.do(client.close())
        self.assertEqual(len(captured.events), 24)
        for each in captured.events:
            self.assertEqual(each["data"]["response_model"], f"answered-{names[each['session_id']]}")

    def test_open_call(self):
        """A call that lasts is shown as open: its opening names provider and model (E4)"""
        with capture() as captured, niitaka.start_session() as session:
            self.server.answers = [lambda body: (session.client.announce_open_calls(), answer())[1]]
            with mock.patch("niitaka._client.OPEN_CALL_SECONDS", 0):
                self.create()
        opening, closing = captured.events
        self.assertEqual((opening["kind"], closing["kind"]), ("event", "event.update"))
        self.assertEqual(opening["data"], {"provider": "openai", "model": "gpt-4o"})
        self.assertNotIn("ended_at", opening)
        self.assertEqual((opening["event_id"], opening["started_at"]), (closing["event_id"], closing["started_at"]))

    def test_redaction(self):
        """The redactor sees input and output before they are kept"""
        hide = lambda path, value: "[hidden]" if "hello" in value.lower() else value  # noqa: E731
        with capture(redact=hide) as captured, niitaka.start_session():
            self.create()
        (event,) = captured.events
        self.assertEqual(event["data"]["input"][0]["content"], "[hidden]")
        self.assertEqual(event["data"]["output"][0]["content"], "[hidden]")


class Endings(InstrumentCase):
    def test_cancelled_before_the_answer(self):
        """A call that is cancelled is one error event of kind cancelled, and the host is cancelled all the same (E1)"""
        self.server.delay = 0.5
        client = self.asynchronous()

        async def cancel():
            task = asyncio.ensure_future(client.chat.completions.create(**REQUEST))
            await asyncio.sleep(0.1)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task

        with capture() as captured, niitaka.start_session():
            self.do(cancel())
        self.do(client.close())
        (event,) = captured.events
        self.assertEqual((event["type"], event["data"]["kind"]), ("error", "cancelled"))

    def test_cancelled_stream(self):
        """A stream that is cancelled on its way is one interrupted event (C2)"""
        self.server.answers = [Stream(events(*HELLO), pause=0.2)]
        client = self.asynchronous()

        async def read():
            async for _ in await client.chat.completions.create(**REQUEST, stream=True):
                pass

        async def cancel():
            task = asyncio.ensure_future(read())
            await asyncio.sleep(0.35)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task

        with capture() as captured, niitaka.start_session():
            self.do(cancel())
        self.do(client.close())
        (event,) = captured.events
        self.assertEqual((event["type"], event["data"]["interrupted"]), ("llm", True))

    def test_stream_that_outlives_its_session(self):
        """A stream that is read on after its session still works; its event was told at the session's end"""
        self.server.answers = [telling(*HELLO)]
        with capture() as captured:
            with niitaka.start_session():
                stream = self.create(stream=True)
                first = next(stream)
            self.assertEqual([first.choices[0].delta.content, len(list(stream))], ["", 3])
        (event,) = captured.events
        self.assertIs(event["data"]["interrupted"], True)
        self.assertEqual(captured.records[-1]["kind"], "session.end")

    def test_fault_of_ours(self):
        """A fault of ours never reaches the host, and is told once"""
        for name in ("body_of", "_token_fields", "watch_body"):
            with self.subTest(name), mock.patch.object(model_call, name, side_effect=RuntimeError("ours")):
                forget_warnings()
                self.server.answers = [telling(*HELLO)]
                with capture(), niitaka.start_session() as session, self.assertLogs("niitaka") as logs:
                    self.assertEqual(len(list(self.create(stream=True))), 4 if name != "watch_body" else 4)
                    self.assertEqual(session.control._under_way, 0)
                self.assertEqual(len([each for each in logs.output if "not recorded whole" in each]), 1)


class Operators(InstrumentCase):
    def test_stop(self):
        """A stopped session raises before the call, sync and async, and the provider is not asked (P6)"""
        client = self.asynchronous()
        with capture() as captured:
            for act in (self.create, lambda: self.do(client.chat.completions.create(**REQUEST))):
                with self.assertRaises(AgentExecutionStopped):
                    with niitaka.start_session() as session:
                        self.order(session, "abort", reason="")
                        act()
        self.do(client.close())
        self.assertEqual((captured.events, self.server.requests), ([], []))

    def test_steps(self):
        """Answered calls are steps, failed ones are none: at most n are begun under a limit of n (E3)"""
        self.server.answers = [answer(), error(500), answer(), telling(*HELLO)]
        with capture():
            with self.assertRaisesRegex(AgentExecutionStopped, "steps 3, limit 3"):
                with niitaka.start_session() as session:
                    self.order(session, "limit", steps=3)
                    self.create()
                    with self.assertRaises(openai.InternalServerError):
                        self.create()
                    self.create()
                    self.create(stream=True).close()
                    self.create()
        self.assertEqual(len(self.server.requests), 4)

    def test_pause(self):
        """A paused session holds its call until it is resumed; the wait is no part of the call (G3)"""
        with capture() as captured, niitaka.start_session() as session:
            self.order(session, "pause", max_seconds=60)
            passed = threading.Event()
            context = contextvars.copy_context()
            thread = threading.Thread(target=lambda: (context.run(self.create), passed.set()))
            thread.start()
            self.assertFalse(passed.wait(0.3))
            self.order(session, "resume")
            self.assertTrue(passed.wait(10))
            thread.join()
        self.assertEqual(len(captured.events), 1)

    def test_model(self):
        """The next call and all after it use the model that an operator asked for; this obeys the command (G3)"""
        with capture() as captured, niitaka.start_session() as session:
            self.create()
            order_id = self.order(session, "model", model="gpt-4o-mini")
            self.assertEqual(self.states(captured, order_id), ["delivered"])
            self.create()
            self.create(extra_body={"model": "gpt-4.1"})
            self.assertEqual(self.states(captured, order_id), ["delivered", "obeyed"])
        self.assertEqual(self.models(), ["gpt-4o", "gpt-4o-mini", "gpt-4o-mini"])
        self.assertEqual([each["data"]["model"] for each in captured.events], self.models())
        self.assertEqual([each["name"] for each in captured.events], self.models())

    def test_model_of_another_kind(self):
        """Calls that cannot use the model go as they are; a command that no call obeys is refused at the end (G3)"""
        self.server.answers = [(200, {"object": "list", "data": [], "model": "e", "usage": {"prompt_tokens": 1, "total_tokens": 1}}, None),
                               answer()]  # fmt: skip
        with capture() as captured, niitaka.start_session() as session:
            order_id = self.order(session, "model", model="claude-opus")
            self.client.embeddings.create(model="text-embedding-3-small", input="a", encoding_format="float")
            self.create()
        self.assertEqual(self.models(), ["text-embedding-3-small", "gpt-4o"])
        self.assertEqual(self.states(captured, order_id), ["delivered", "refused"])

    def test_model_without_a_library(self):
        """A process that instruments nothing cannot change models, and says so (G3)"""
        niitaka.uninstrument()
        with capture() as captured, niitaka.start_session() as session:
            order_id = self.order(session, "model", model="gpt-4o-mini")
            self.create()
        self.assertEqual(self.states(captured, order_id), ["delivered", "refused"])
        self.assertEqual(self.models(), ["gpt-4o"])

    def states(self, captured, order_id):
        return [each["state"] for each in captured.records if each.get("command_id") == order_id]


class BothLibraries(InstrumentCase):
    def test_readme(self):
        """The README's example runs, and prints what the model says"""
        text = (Path(__file__).resolve().parents[1] / "README.md").read_text("utf-8")
        (example,) = re.findall(r"```python\n(import niitaka\nimport openai\n.*?)```", text, re.S)
        self.server.answers = [telling(*HELLO)]
        environ = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": f"{self.server.url}/v1"}
        said = io.StringIO()
        found = {}
        with mock.patch.dict(os.environ, environ), contextlib.redirect_stdout(said), capture() as captured:
            exec(example, found)
        found["client"].close()
        self.assertEqual(said.getvalue(), "Hello!")
        self.assertEqual([(each["type"], each["data"]["output_tokens"]) for each in captured.events], [("llm", 80)])

    def test_one_session(self):
        """Calls of both libraries stand in one session"""
        import test_anthropic

        other = ProviderServer(test_anthropic.answer())
        self.addCleanup(other.close)
        client = anthropic.Anthropic(api_key="sk-test", base_url=other.url)
        with capture() as captured, niitaka.start_session():
            self.create()
            client.messages.create(**test_anthropic.REQUEST)
        client.close()
        first, second = (without_times(each["data"]) for each in captured.events)
        self.assertEqual((first["provider"], second["provider"]), ("openai", "anthropic"))


def _not_found(package):
    from importlib.metadata import PackageNotFoundError

    raise PackageNotFoundError(package)


if __name__ == "__main__":
    unittest.main()
