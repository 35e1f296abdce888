"""One request for a part of a tree's budget: what is sent, and how each answer is read (P10)."""

import time
import unittest
from unittest import mock

from client_case import KEY, ClientCase
from niitaka import _lease_request
from niitaka._clock import now_ms, rfc3339
from niitaka._http import Connection, Unreachable
from niitaka._lease_request import Asked, Granted, Refused, request_lease
from scripted_server import problem, scripted_server

SESSION, ROOT, SENDER = (f"019a3c7e-52f1-7c3a-8000-00000000000{n}" for n in range(1, 4))


class RequestCase(ClientCase):
    def setUp(self):
        super().setUp()
        context = scripted_server()
        self.server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        self.connection = Connection(self.server.url, KEY)
        self.addCleanup(self.connection.close)

    def request(self, answer=None, spent=5, want=100, booked=20):
        body = {"granted_nano_usd": "60", "expires_at": rfc3339(now_ms() + 60_000), "exhausted": False}
        self.server.script = [answer if isinstance(answer, tuple) else (200, {**body, **(answer or {})}, {})]
        return request_lease(self.connection, Asked(SESSION, SENDER, spent, want, booked))


class Sent(RequestCase):
    def test_body(self):
        """Amounts are whole nano-USD as text; the session is the one that holds the lease"""
        self.request()
        self.assertEqual(self.server.batches, [{
            "session_id": SESSION, "sender": SENDER,
            "spent_nano_usd": "5", "want_nano_usd": "100", "booked_nano_usd": "20",
        }])
        self.assertEqual(self.server.headers[-1]["X-API-Key"], KEY)

    def test_bounds(self):
        """What the wire does not take is not sent: neither below nothing nor more than 18 digits"""
        self.request(spent=10**18, want=10**30, booked=-1)
        sent = {name: self.server.batches[0][f"{name}_nano_usd"] for name in ("spent", "want", "booked")}
        self.assertEqual(sent, {"spent": "9" * 18, "want": "9" * 18, "booked": "0"})


class Read(RequestCase):
    def test_granted(self):
        """What is granted, whether anything is left, and whose tree it is"""
        told = self.request({"exhausted": True, "root_session_id": ROOT})
        self.assertIsInstance(told, Granted)
        self.assertEqual((told.granted, told.is_exhausted, told.root_session_id), (60, True, ROOT))

    def test_older_server(self):
        """A server that does not name the root leaves it open"""
        self.assertIsNone(self.request().root_session_id)
        self.assertIsNone(self.request({"root_session_id": 7}).root_session_id)

    def test_clock_of_the_server(self):
        """It holds for as long as the server says by its own clock, whatever the one here shows"""
        for ahead in (-86_400, 0, 86_400):
            with self.subTest(ahead=ahead):
                self.server.ahead_seconds = ahead
                told = self.request({"expires_at": rfc3339(now_ms() + (ahead + 60) * 1000)})
                self.assertLessEqual(told.seconds, 60)
                self.assertGreater(told.seconds, 57)

    def test_without_a_date(self):
        """A proxy may take away the date: then the clock here has to do"""
        inner = self.connection.request

        def undated(*args):
            answer = inner(*args)
            return answer._replace(headers={name: each for name, each in answer.headers.items() if name != "date"})

        with mock.patch.object(self.connection, "request", undated):
            self.assertAlmostEqual(self.request().seconds, 60, delta=2)

    def test_problems(self):
        """A refusal is known by its code"""
        known = ((404, "session_not_found"), (409, "session_closed"), (429, "over_limit"), (503, "unavailable"))
        for status, code in known:
            with self.subTest(code):
                self.assertEqual(self.request(problem(status, code)), Refused(code))
        self.assertEqual(self.request((500, b"<html>", {})), Refused("None"))

    def test_unreadable(self):
        """An answer that misses something, or has it of another kind, grants nothing"""
        wrong = ({"granted_nano_usd": "1.5"}, {"granted_nano_usd": None}, {"expires_at": "soon"}, {"expires_at": None})
        for answer in (*wrong, (200, {}, {}), (200, b"[]", {}), (200, b"{", {})):
            with self.subTest(str(answer)):
                self.assertEqual(self.request(answer), Refused("unreadable"))


class Away(RequestCase):
    def test_nobody_there(self):
        """Where nobody listens it says so at once"""
        self.server.close()
        began = time.monotonic()
        with mock.patch.object(_lease_request, "LEASE_WAIT_SECONDS", 20), self.assertRaises(Unreachable):
            request_lease(self.connection, Asked(SESSION, SENDER, 0, 1, 0))
        self.assertLess(time.monotonic() - began, 10)

    def test_silent(self):
        """It waits no longer than a call would"""
        self.server.delay = 20
        began = time.monotonic()
        with mock.patch.object(_lease_request, "LEASE_WAIT_SECONDS", 0.2), self.assertRaises(Unreachable):
            self.request()
        self.assertLess(time.monotonic() - began, 10)


if __name__ == "__main__":
    unittest.main()
