"""Tests with a genuine provider library: each act is done without us and with us, and must look the same."""

import asyncio
import gc
import unittest

import niitaka
from client_case import ClientCase
from niitaka._warn import forget_warnings
from niitaka.testing import capture
from provider_server import ProviderServer

#: Fields that the clock decides.
TIMES = ("started_at", "ended_at", "latency_ms", "time_to_first_token_ms")


class LibraryCase(ClientCase):
    """`do` waits for what is to be awaited, so that one test serves both kinds of clients."""

    is_async = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = ProviderServer()
        cls.addClassCleanup(cls.server.close)
        cls.loop = asyncio.new_event_loop()
        cls.addClassCleanup(cls.loop.close)
        cls.client = cls.make_client(base_url=cls.server.url, max_retries=0)
        cls.addClassCleanup(lambda: cls.do(cls.client.close()))
        cls.addClassCleanup(gc.unfreeze)

    def setUp(self):
        super().setUp()
        self.server.delay = 0.0
        # What is there by now, the library's classes above all, need not be looked at by the collections to come.
        gc.collect()
        gc.freeze()
        self.addCleanup(niitaka.uninstrument)

    @classmethod
    def make_client(cls, **options):
        """A client of the library whose provider is the test's server."""
        raise NotImplementedError

    @classmethod
    def do(cls, result):
        return cls.loop.run_until_complete(result) if asyncio.iscoroutine(result) else result

    def pieces(self, stream, stop_after=None):
        """What comes out of a stream that is read to its end, or left after some pieces."""
        if not self.is_async:
            return _read(stream, stop_after)
        return self.do(_read_async(stream, stop_after))

    def inside(self, manager, act):
        """`with`, or `async with`, around an act."""
        if not self.is_async:
            with manager as entered:
                return act(entered)
        entered = self.do(manager.__aenter__())
        try:
            return act(entered)
        finally:
            self.do(manager.__aexit__(None, None, None))

    def once(self, act, answers):
        """What an act came to, and what the provider was asked."""
        self.server.answers, self.server.requests = list(answers), []
        # Of a stream that was left, the older httpcore waits for ever where it is collected while a request begins.
        gc.collect()
        try:
            outcome = describe(act(self.client))
        except Exception as trouble:
            outcome = (type(trouble), str(trouble), type(trouble.__cause__))
        return outcome, [(each["path"], each["body"]) for each in self.server.requests]

    def recorded(self, act, *answers, capture_content=False, are_requests_alike=True):
        """The events of an act in a session; host and provider must see the same as without us."""
        niitaka.uninstrument()
        expected, asked = self.once(act, answers)
        self.assertTrue(niitaka.instrument())
        forget_warnings()
        with capture(capture_content=capture_content) as captured, niitaka.start_session():
            found, asked_again = self.once(act, answers)
        self.assertEqual(found, expected)
        if are_requests_alike:
            self.assertEqual([without_our_wish(each) for each in asked_again], [without_our_wish(each) for each in asked])
        self.assertEqual(captured.records[-1]["kind"], "session.end")
        return captured.events

    def event(self, act, *answers, **options):
        """The one event of an act."""
        events = self.recorded(act, *answers, **options)
        self.assertEqual(len(events), 1, events)
        return events[0]

    def data(self, act, *answers, **options):
        """`data` of the one event of an act, which is an answered call, without its times."""
        event = self.event(act, *answers, **options)
        self.assertEqual(event["type"], "llm", event)
        self.assertEqual((event["kind"], event["name"]), ("event", event["data"]["model"]))
        self.assertGreater(event["latency_ms"], 0)
        return without_times(event["data"])

    def failure(self, act, *answers, **options):
        """The one event of an act, which is a failed call: its data without message, stack and times."""
        event = self.event(act, *answers, **options)
        self.assertEqual((event["type"], event["level"]), ("error", "error"), event)
        self.assertIn("Traceback", event["data"]["stack"])
        return {key: each for key, each in without_times(event["data"]).items() if key not in ("stack", "message")}


def describe(value):
    """Whatever a host can see of a result, in a form that can be compared."""
    if isinstance(value, (list, tuple)):
        return [describe(each) for each in value]
    if hasattr(value, "model_dump"):
        return type(value), repr(value), value.model_dump(exclude_unset=True, warnings=False), getattr(value, "_request_id", None)
    return type(value), repr(value)


def without_times(data):
    return {key: each for key, each in data.items() if key not in TIMES}


def without_our_wish(request):
    path, body = request
    options = {key: each for key, each in (body.get("stream_options") or {}).items() if key != "include_usage"}
    return path, {**{key: each for key, each in body.items() if key != "stream_options"}, **options}


def _read(stream, stop_after):
    pieces = []
    for piece in stream:
        pieces.append(piece)
        if len(pieces) == stop_after:
            break
    return pieces


async def _read_async(stream, stop_after):
    pieces = []
    async for piece in stream:
        pieces.append(piece)
        if len(pieces) == stop_after:
            break
    return pieces


__all__ = ["LibraryCase", "describe", "unittest"]
