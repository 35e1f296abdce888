"""Streams of models that nobody reads on, and the garbage collector finds."""

import gc
import threading
import time

import niitaka
from library_case import unittest
from niitaka.testing import capture
from test_instrument import InstrumentCase
from test_openai_chat import HELLO, telling


class Collected(InstrumentCase):
    def test_dropped_stream(self):
        """A stream that is dropped is told when it is collected, with the time until its last piece"""
        self.server.answers = [telling(*HELLO)]
        with capture() as captured, niitaka.start_session():
            next(iter(self.create(stream=True)))
            gc.collect()
            (event,) = captured.events
        self.assertIs(event["data"]["interrupted"], True)

    def test_collector_waits_for_no_lock(self):
        """A stream that the collector finds takes no lock of ours: its holder may wait for one that is held around it"""
        self.server.answers = [telling(*HELLO)]
        with capture() as captured, niitaka.start_session() as session:
            next(iter(self.create(stream=True)))
            is_held, is_done = threading.Event(), threading.Event()

            def hold():
                with session.client.lock:
                    is_held.set()
                    is_done.wait(10)

            holder = threading.Thread(target=hold)
            holder.start()
            is_held.wait()
            began = time.monotonic()
            gc.collect()
            took = time.monotonic() - began
            is_done.set()
            holder.join()
            (event,) = captured.events
        self.assertLess(took, 5)
        self.assertEqual((event["data"]["interrupted"], event["kind"]), (True, "event"))

    def test_collected_before_the_end(self):
        """What the collector found is told before its session ends"""
        self.server.answers = [telling(*HELLO)]
        with capture() as captured:
            with niitaka.start_session():
                next(iter(self.create(stream=True)))
                gc.collect()
        self.assertEqual([each["kind"] for each in captured.records], ["session.start", "event", "session.end"])


if __name__ == "__main__":
    unittest.main()
