"""Leases of trees' budgets against a server that grants what a test says (P10)."""

import asyncio
import threading
import time
import unittest
from unittest import mock

from client_case import KEY, ClientCase
from niitaka import _leases
from niitaka._clock import now_ms, rfc3339
from niitaka._http import Connection
from niitaka._leases import Leases, Wanted
from scripted_server import problem, scripted_server

ROOT, CHILD, OTHER, SENDER = (f"019a3c7e-52f1-7c3a-8000-00000000000{n}" for n in range(1, 5))


def granted(amount, exhausted=False, seconds=60, **more):
    answer = {"granted_nano_usd": str(amount), "expires_at": rfc3339(now_ms() + seconds * 1000), "exhausted": exhausted}
    return 200, {**answer, **more}, {}


def whole(asked):
    return granted(int(asked["want_nano_usd"]))


def wanted(estimate, session_id=ROOT, root=ROOT, limit=1_000, is_leased=True):
    return Wanted(session_id, root, limit, is_leased, estimate)


class LeaseCase(ClientCase):
    def setUp(self):
        super().setUp()
        context = scripted_server()
        self.server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        self.asked = []
        self.answer = whole
        self.server.rule = self.note
        self.live = {ROOT, CHILD, OTHER}
        self.hurried = 0
        self.leases = Leases(Connection(self.server.url, KEY), SENDER, self.live.__contains__, self.hurry)
        self.addCleanup(self.leases.stop, 5.0)

    def note(self, asked):
        self.asked.append(asked)
        return self.answer(asked)

    def hurry(self):
        self.hurried += 1

    def wants(self):
        return [int(each["want_nano_usd"]) for each in self.asked]

    def take(self, *args, may_wait=True, **more):
        return self.leases.take(wanted(*args, **more), may_wait)


class Taking(LeaseCase):
    def test_one_request(self):
        """A lease does for several calls: what the first asks for covers the next ones"""
        for _ in range(9):
            self.assertTrue(self.take(10))
        self.assertEqual(self.wants(), [90])
        ids = {"session_id": ROOT, "sender": SENDER}
        self.assertEqual(self.asked, [{**ids, "spent_nano_usd": "0", "want_nano_usd": "90", "booked_nano_usd": "0"}])
        self.assertTrue(self.take(10))
        self.assertEqual(self.wants(), [90, 180])
        self.assertEqual(self.asked[1]["booked_nano_usd"], "90")

    def test_settled(self):
        """The cost stands in the place of the estimate, and is told at the next request"""
        self.take(10)
        self.leases.settle(ROOT, ROOT, 4, 10)
        for _ in range(8):
            self.assertTrue(self.take(10))
        self.assertEqual(len(self.asked), 1)
        self.take(10)
        self.assertEqual(self.asked[1]["spent_nano_usd"], "4")

    def test_exhausted(self):
        """Where nothing is left by anybody the call is refused at once"""
        self.answer = lambda asked: granted(0, exhausted=True)
        began = time.monotonic()
        with mock.patch.object(_leases, "LEASE_WAIT_SECONDS", 20):
            self.assertFalse(self.take(10))
        self.assertLess(time.monotonic() - began, 10)

    def test_rest(self):
        """A rest that is less than the estimate is still spent, by one call at a time"""
        self.answer = lambda asked: granted(3 - int(asked["spent_nano_usd"]))
        self.assertTrue(self.take(10))
        with mock.patch.object(_leases, "LEASE_WAIT_SECONDS", 0.3):
            self.assertFalse(self.take(10))
        self.leases.settle(ROOT, ROOT, 1, 10)
        self.assertTrue(self.take(10))

    def test_waits_for_others(self):
        """A call waits until another sender has given back, and is refused only after that time"""
        answers = [0, 0, 10]
        self.answer = lambda asked: granted(answers.pop(0) if len(answers) > 1 else answers[0])
        self.assertTrue(self.take(10))
        self.assertEqual(len(self.asked), 3)
        answers[:] = [0]
        began = time.monotonic()
        with mock.patch.object(_leases, "LEASE_WAIT_SECONDS", 0.5):
            self.assertFalse(self.take(10))
        self.assertGreaterEqual(time.monotonic() - began, 0.5)

    def test_concurrent(self):
        """Calls that wait at once share one request, and no more of them pass than the lease has room for"""
        self.answer = lambda asked: granted(50)
        outcomes = []
        with mock.patch.object(_leases, "LEASE_WAIT_SECONDS", 0.5):
            threads = [threading.Thread(target=lambda: outcomes.append(self.take(10))) for _ in range(20)]
            for each in threads:
                each.start()
            for each in threads:
                each.join()
        self.assertEqual((outcomes.count(True), outcomes.count(False)), (5, 15))
        self.assertLess(len(self.asked), 8)

    def test_event_loop(self):
        """Coroutines wait without holding up others; a plain call in a loop waits for nothing"""
        answers = [0, 0, 10]
        self.answer = lambda asked: granted(answers.pop(0) if len(answers) > 1 else answers[0])
        ticks = []

        async def tick():
            while len(self.asked) < 3:
                ticks.append(1)
                await asyncio.sleep(0.01)

        async def main():
            return (await asyncio.gather(self.leases.take_async(wanted(10)), tick()))[0]

        self.assertTrue(asyncio.run(main()))
        self.assertGreater(len(ticks), 5)
        began = time.monotonic()
        with mock.patch.object(_leases, "LEASE_WAIT_SECONDS", 20):
            self.assertTrue(self.take(10, root=CHILD, session_id=CHILD, may_wait=False))
        self.assertLess(time.monotonic() - began, 10)


class Away(LeaseCase):
    def waits_and_goes(self, *args, **more):
        """The call waits in vain for what is booked to be spent or free, and is not refused for it."""
        began = time.monotonic()
        with mock.patch.object(_leases, "LEASE_WAIT_SECONDS", 0.3):
            self.assertTrue(self.take(*args, **more))
            self.assertTrue(asyncio.run(self.leases.take_async(wanted(*args, **more))))
        self.assertGreaterEqual(time.monotonic() - began, 0.6)

    def test_spent_first(self):
        """Without the server the lease is spent; then what is known of the tree decides, whatever is booked"""
        self.take(10)
        self.answer = lambda asked: problem(503, "unavailable")
        for _ in range(8):
            self.assertTrue(self.take(10))
        self.assertTrue(self.take(10, limit=91))
        self.waits_and_goes(10, limit=91)
        self.leases.settle(ROOT, ROOT, 91, 10)
        self.assertFalse(self.take(10, limit=91))

    def test_known_totals(self):
        """The last known total and what was spent here since count; what the server has taken in counts once"""
        self.answer = lambda asked: problem(503, "unavailable")
        self.take(10)
        self.leases.settle(ROOT, ROOT, 40, 10)
        told = {"session_id": ROOT, "total_cost": 30e-9, "tree_cost": 950e-9}
        self.leases.read_answer({"sessions": [told]})
        self.assertTrue(self.take(10, limit=961))
        self.leases.settle(ROOT, ROOT, 0, 10)
        self.assertFalse(self.take(10, limit=960))

    def test_not_asked_again(self):
        """Once the server did not answer nobody waits for it for some seconds"""
        self.answer = lambda asked: problem(503, "unavailable")
        for _ in range(5):
            self.assertTrue(self.take(10))
        self.assertEqual(len(self.asked), 1)

    def test_stop(self):
        """With `on_unreachable="stop"` the lease is spent, and then nothing is: not what totals would leave (P10)"""
        self.take(10)
        self.answer = lambda asked: problem(503, "unavailable")
        stops = wanted(10, limit=10**9)._replace(stops_unreachable=True)
        for _ in range(8):
            self.assertTrue(self.leases.take(stops, True))
        for _ in range(2):
            self.assertFalse(self.leases.take(stops, True))
        self.assertTrue(self.leases.is_stopped(stops))
        self.assertFalse(asyncio.run(self.leases.take_async(stops)))
        self.assertTrue(self.leases.take(stops._replace(is_leased=False), True))

    def test_stop_unheard(self):
        """A server that says nothing for the time that a call waits is away; one that is heard again is not (P10)"""
        stops = wanted(10)._replace(stops_unreachable=True)
        self.server.delay = 0.6
        with mock.patch.object(_leases, "LEASE_WAIT_SECONDS", 0.2):
            self.assertFalse(self.leases.take(stops, True))
        self.assertTrue(self.leases.is_stopped(stops))
        self.server.wait_for(lambda: not self.leases.is_stopped(stops))
        self.assertTrue(self.leases.take(stops, True))

    def test_stop_at_once(self):
        """A call that may not wait for the first answer is not stopped by that: nobody knows yet that it is away (P10)"""
        self.server.delay = 0.3
        self.assertTrue(self.leases.take(wanted(10)._replace(stops_unreachable=True), False))

    def test_file(self):
        """A limit of a policy file is kept by what is known here: the server is not asked"""
        self.assertTrue(self.take(600, is_leased=False))
        self.assertTrue(self.take(600, is_leased=False))
        self.waits_and_goes(600, is_leased=False)
        for _ in range(4):
            self.leases.settle(ROOT, ROOT, 249, 600)
        self.assertTrue(self.take(600, is_leased=False))
        self.leases.settle(ROOT, ROOT, 4, 600)
        self.assertFalse(self.take(600, is_leased=False))
        self.assertEqual(self.asked, [])

    def test_not_started(self):
        """A session whose start the server has not seen is hurried, and asked for again"""
        answers = [problem(404, "session_not_found"), granted(90)]
        self.answer = lambda asked: answers.pop(0)
        self.assertTrue(self.take(10))
        self.assertEqual((self.hurried, len(self.asked)), (1, 2))


class Lasting(LeaseCase):
    def until(self, what):
        self.server.wait_for(what)

    def test_idle(self):
        """What nobody uses goes back by itself, so that no other sender waits for it"""
        self.take(10)
        self.until(lambda: len(self.asked) == 2)
        self.assertEqual(self.wants(), [90, 10])
        self.leases.settle(ROOT, ROOT, 4, 10)
        self.until(lambda: len(self.asked) == 3)
        self.assertEqual((self.asked[2]["spent_nano_usd"], self.wants()[2]), ("4", 0))

    def test_expired(self):
        """A lease that ran out is asked for anew"""
        self.answer = lambda asked: granted(90, seconds=1)
        self.take(10)
        time.sleep(1.1)
        self.assertTrue(self.take(10))
        self.assertGreaterEqual(len(self.asked), 2)

    def test_renewed(self):
        """A heartbeat renews a lease that is in use and would run out; one that is fresh is left alone"""
        self.answer = lambda asked: granted(int(asked["want_nano_usd"]), seconds=30)
        self.take(10)
        self.leases.renew()
        self.until(lambda: len(self.asked) == 2)
        self.answer = whole
        self.leases.renew()
        self.until(lambda: len(self.asked) == 3)
        self.leases.renew()
        time.sleep(0.1)
        self.assertEqual(len(self.asked), 3)

    def test_end(self):
        """The end of the last session gives all back at once; another that lives takes the lease over"""
        self.live.discard(ROOT)
        self.take(10, session_id=CHILD)
        self.take(10, session_id=OTHER)
        self.leases.settle(OTHER, ROOT, 4, 10)
        self.leases.settle(CHILD, ROOT, 3, 10)
        self.live.discard(CHILD)
        self.leases.leave(CHILD)
        self.until(lambda: len(self.asked) == 2)
        self.assertEqual((self.asked[1]["session_id"], self.asked[1]["spent_nano_usd"]), (OTHER, "7"))
        self.assertTrue(self.take(10, session_id=OTHER))
        self.leases.settle(OTHER, ROOT, 2, 10)
        self.live.discard(OTHER)
        self.leases.leave(OTHER)
        self.until(lambda: self.wants()[-1] == 0)
        self.assertEqual(self.asked[-1]["spent_nano_usd"], "9")

    def test_one_tree(self):
        """Sessions that know different roots turn out to be of one tree: their spending is one"""
        self.answer = lambda asked: granted(int(asked["want_nano_usd"]), root_session_id=ROOT)
        self.take(10, session_id=CHILD, root=CHILD)
        self.leases.settle(CHILD, CHILD, 4, 10)
        self.take(10, session_id=OTHER, root=OTHER)
        self.leases.settle(OTHER, OTHER, 5, 10)
        self.until(lambda: self.asked[-1]["spent_nano_usd"] in ("4", "9"))
        self.take(100, session_id=ROOT, root=ROOT)
        self.assertEqual(self.asked[-1]["spent_nano_usd"], "9")


if __name__ == "__main__":
    unittest.main()
