"""The read side: requests, pages, and the tree of errors."""

import json
import unittest
from datetime import datetime, timezone
from urllib.parse import parse_qs, urlsplit

import niitaka
from client_case import KEY, ClientCase
from niitaka import api
from scripted_server import problem, scripted_server


def answer(body, status=200, **headers):
    return status, body, headers


class Requests(ClientCase):
    def asked(self, server, call):
        """The query that a call sends, as a dict of lists."""
        queries = []

        def reply(path):
            queries.append(parse_qs(urlsplit(path).query))
            return answer({"items": [], "next_cursor": None})

        server.gets["/api/v1/sessions"] = reply
        self.assertEqual(list(call()), [])
        (query,) = queries
        return query

    def test_filters(self):
        """list_sessions() sends its filters by their wire names"""
        noon = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
        cases = [
            (lambda: api.list_sessions(), {}),
            (lambda: api.list_sessions("a"), {"agent_id": ["a"]}),
            (lambda: api.list_sessions(agent_id=["a", "b"]), {"agent_id": ["a,b"]}),
            (lambda: api.list_sessions(status="done"), {"status": ["done"]}),
            (lambda: api.list_sessions(status=("done", "stale")), {"status": ["done,stale"]}),
            (lambda: api.list_sessions(started_after=noon), {"from": ["2026-01-01T12:00:00.000Z"]}),
            (lambda: api.list_sessions(started_before=1700000000.5), {"to": ["2023-11-14T22:13:20.500Z"]}),
            (lambda: api.list_sessions(environment="e", q="two words"), {"environment": ["e"], "q": ["two words"]}),
            (
                lambda: api.list_sessions(root_only=True, has_errors=False),
                {"root_only": ["true"], "has_errors": ["false"]},
            ),
            (lambda: api.list_sessions(sort="-cost", min_cost=0.5, limit=7),
             {"sort": ["-cost"], "min_cost": ["0.5"], "limit": ["7"]}),
            (lambda: api.list_sessions(tag="team:blue & red"), {"tag": ["team:blue & red"]}),
        ]
        with scripted_server() as server:
            self.configure(server, spool=False)
            for call, expected in cases:
                self.assertEqual(self.asked(server, call), expected)
            self.assertEqual({each["X-API-Key"] for each in server.headers}, {KEY})

    def test_pages_are_lazy(self):
        """A page is asked for when its first item is, and the cursor leads through all"""
        asked = []

        def reply(path):
            cursor = parse_qs(urlsplit(path).query).get("cursor", ["0"])[0]
            asked.append(cursor)
            following = str(int(cursor) + 1) if cursor != "2" else None
            return answer({"items": [{"id": f"{cursor}a"}, {"id": f"{cursor}b"}], "next_cursor": following})

        with scripted_server() as server:
            server.gets["/api/v1/sessions"] = reply
            self.configure(server, spool=False)
            sessions = api.list_sessions()
            self.assertEqual(asked, [])
            self.assertEqual([next(sessions)["id"], next(sessions)["id"]], ["0a", "0b"])
            self.assertEqual(asked, ["0"])
            self.assertEqual([each["id"] for each in sessions], ["1a", "1b", "2a", "2b"])
            self.assertEqual(asked, ["0", "1", "2"])

    def test_cursor_that_does_not_move(self):
        """A cursor that comes back unchanged ends the list instead of going round for ever"""
        with scripted_server() as server:
            server.gets["/api/v1/sessions"] = answer({"items": [{"id": 1}], "next_cursor": "same"})
            self.configure(server, spool=False)
            self.assertEqual(len(list(api.list_sessions())), 2)

    def test_events_by_position(self):
        """list_events() follows `next_after`"""

        def reply(path):
            after = int(parse_qs(urlsplit(path).query).get("after", ["0"])[0])
            return answer({"items": [{"position": after + 1}], "next_after": after + 1 if after < 2 else None})

        with scripted_server() as server:
            server.gets["/api/v1/sessions/s/events"] = reply
            self.configure(server, spool=False)
            self.assertEqual([each["position"] for each in api.list_events("s")], [1, 2, 3])

    def test_paths(self):
        """Every call asks at its own place, ids escaped"""
        with scripted_server() as server:
            places = {
                "/api/v1/sessions/a%2Fb": lambda: api.get_session("a/b"),
                "/api/v1/sessions/s/events/e": lambda: api.get_event("s", "e"),
                "/api/v1/sessions/s/cost": lambda: api.get_cost("s"),
                "/api/v1/sessions/s/children": lambda: list(api.list_children("s")),
                "/api/v1/sessions/s/signals": lambda: list(api.list_signals("s")),
                "/api/v1/signals": lambda: list(api.list_signals()),
                "/api/v1/sessions/s/traces": lambda: list(api.list_traces("s")),
                "/api/v1/environments": lambda: api.list_environments(),
            }
            self.configure(server, spool=False)
            for place, call in places.items():
                server.gets = {place: answer({"items": [{"at": place}], "next_cursor": None, "at": place})}
                found = call()
                self.assertEqual((found[0] if isinstance(found, list) else found)["at"], place)

    def test_address_with_a_path(self):
        """An address with a path of its own keeps it, with and without a slash"""
        with scripted_server() as server:
            server.gets["/base/api/v1/environments"] = answer({"items": ["x"]})
            for url in (f"{server.url}/base", f"{server.url}/base/"):
                niitaka.configure(api_key=KEY, api_url=url, spool=False)
                self.assertEqual(api.list_environments(), ["x"])


class Errors(ClientCase):
    def test_tree(self):
        """Each status raises its class, which says call, detail and status"""
        cases = [
            (problem(401, "unauthenticated"), niitaka.AuthenticationError),
            (problem(403, "forbidden"), niitaka.AuthenticationError),
            (problem(404, "not_found"), niitaka.NotFoundError),
            (problem(422, "invalid"), niitaka.InvalidRequestError),
            (problem(409, "conflict"), niitaka.InvalidRequestError),
            (problem(429, "rate_limited"), niitaka.RateLimitedError),
            (problem(500, "internal"), niitaka.ServerError),
            (problem(503, "unavailable"), niitaka.ServerError),
            (answer(b"<html>", 404), niitaka.ServerError),
            (answer(b"[1]", 200), niitaka.ServerError),
            (answer(b"", 302), niitaka.ServerError),
        ]
        with scripted_server() as server:
            self.configure(server, spool=False)
            for reply, expected in cases:
                server.gets["/api/v1/sessions/s"] = reply
                with self.assertRaises(expected) as raised:
                    api.get_session("s")
                self.assertIs(type(raised.exception), expected)
                self.assertIsInstance(raised.exception, niitaka.NiitakaError)
                self.assertEqual(raised.exception.status, reply[0])
                self.assertIn("GET /sessions/s: ", str(raised.exception))
                if isinstance(reply[1], dict):
                    self.assertEqual(raised.exception.code, reply[1]["code"])
                    self.assertIn(f"it is {reply[1]['code']} (status {reply[0]})", str(raised.exception))

    def test_retry_after(self):
        """RateLimitedError tells how long to wait, where the server did"""
        with scripted_server() as server:
            self.configure(server, spool=False)
            for headers, expected in (({"Retry-After": "7"}, 7.0), ({}, None), ({"Retry-After": "soon"}, None)):
                server.gets["/api/v1/sessions/s"] = problem(429, "rate_limited", **headers)
                with self.assertRaises(niitaka.RateLimitedError) as raised:
                    api.get_session("s")
                self.assertEqual(raised.exception.retry_after, expected)

    def test_unreachable(self):
        """ConnectionError when nobody answers"""
        niitaka.configure(api_key=KEY, api_url="http://127.0.0.1:9", spool=False)
        with self.assertRaisesRegex(niitaka.ConnectionError, "Cannot reach http://127.0.0.1:9: .*refused"):
            api.get_session("s")

    def test_errors_come_with_the_first_item(self):
        """A lazy list raises when it is read, not when it is made"""
        niitaka.configure(api_key=KEY, api_url="http://127.0.0.1:9", spool=False)
        sessions = api.list_sessions()
        with self.assertRaises(niitaka.ConnectionError):
            next(sessions)


class KeepAlive(ClientCase):
    def test_connection_closed_while_idle(self):
        """A connection that the server closed while idle is opened again without an error"""
        from niitaka._http import Connection

        with scripted_server() as server:
            server.gets["/x"] = (200, {"ok": 1}, {"Connection": "close"})
            connection = Connection(server.url, KEY)
            for _ in range(3):
                self.assertEqual(json.loads(connection.request("GET", "/x").body), {"ok": 1})
            server.gets["/x"] = (200, {"ok": 2}, {})
            connection.request("GET", "/x")
            connection._live.sock.shutdown(2)
            self.assertEqual(json.loads(connection.request("GET", "/x").body), {"ok": 2})
            connection.close()

    def test_time_out(self):
        """A server that does not answer in time is unreachable"""
        import socket

        from niitaka._http import Connection, Unreachable

        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            connection = Connection(f"http://127.0.0.1:{silent.getsockname()[1]}", KEY)
            with self.assertRaisesRegex(Unreachable, "timed out"):
                connection.request("GET", "/", seconds=0.1)


if __name__ == "__main__":
    unittest.main()
