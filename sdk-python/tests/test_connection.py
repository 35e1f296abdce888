"""One kept-alive connection over the standard library: what it sends, when it opens anew, and when it gives up."""

import socket
import threading
import unittest
from unittest import mock

from niitaka import _http
from niitaka._http import Connection, Unreachable
from scripted_server import scripted_server

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Number: 7\r\n\r\nok"


class RawServer:
    """Answers each request on a socket with the next bytes of a script; None hangs up without a word."""

    def __init__(self, *script):
        self.script = list(script)
        self.requests = []
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._open = []
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(peer)
            threading.Thread(target=self._answer, args=(peer,), daemon=True).start()

    def _answer(self, peer):
        while True:
            try:
                request = peer.recv(65_536)
            except OSError:
                return
            if not request:
                peer.close()
                return
            self.requests.append(request.decode("latin-1"))
            step = self.script.pop(0) if self.script else OK
            if step is None:
                peer.close()
                return
            try:
                peer.sendall(step)
            except OSError:
                return

    def hang_up(self):
        """Closes every connection, as a server does with idle ones."""
        while self._open:
            peer = self._open.pop()
            try:
                peer.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            peer.close()

    def close(self):
        self._socket.close()
        self.hang_up()


class ConnectionCase(unittest.TestCase):
    def serve(self, *script):
        server = RawServer(*script)
        self.addCleanup(server.close)
        return server

    def connect(self, url):
        connection = Connection(url, "nk_test_key")
        self.addCleanup(connection.close)
        return connection


class Addresses(unittest.TestCase):
    def test_refused(self):
        """An address that is none is an argument error that names the argument and what was found"""
        for url in ("", "here", "ftp://host", "http://", "http://host:port", "http://host:99999", "http://[::1", "//host"):
            with self.assertRaisesRegex(ValueError, "api_url"):
                Connection(url, "k")
        with self.assertRaisesRegex(ValueError, "NIITAKA_URL"):
            Connection("nowhere", "k", "NIITAKA_URL")

    def test_taken(self):
        """Names, addresses, ports and paths are taken, and nothing is connected to yet"""
        for url in ("http://host", "https://host:8443/base/", "http://127.0.0.1:4350", "http://[::1]:4350"):
            Connection(url, "k").close()


class Requests(ConnectionCase):
    def test_what_is_sent(self):
        """The key, the path below the base, headers and body; header names of the answer in lower case (O2)"""
        server = self.serve()
        connection = self.connect(server.url + "/base/")
        answer = connection.request("POST", "/api/v1/ingest", b"{}", {"Content-Type": "application/json"})
        self.assertEqual((answer.status, answer.headers["x-number"], answer.body), (200, "7", b"ok"))
        lines = server.requests[0].split("\r\n")
        self.assertEqual(lines[0], "POST /base/api/v1/ingest HTTP/1.1")
        for line in ("X-API-Key: nk_test_key", "Accept: application/json", "Content-Type: application/json",
                     "Content-Length: 2"):
            self.assertIn(line, lines)

    def test_kept_alive(self):
        """Requests follow each other on one connection; after close() on a new one"""
        server = self.serve()
        connection = self.connect(server.url)
        for _ in range(5):
            connection.request("GET", "/")
        self.assertEqual(server.connections, 1)
        connection.close()
        connection.close()
        connection.request("GET", "/")
        self.assertEqual(server.connections, 2)

    def test_server_closes(self):
        """Where the server says that it closes, the next request opens a new connection"""
        server = self.serve(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        connection = self.connect(server.url)
        connection.request("GET", "/")
        self.assertIsNone(connection._live)
        self.assertEqual((connection.request("GET", "/").status, server.connections), (200, 2))

    def test_closed_while_idle(self):
        """A kept connection that was closed meanwhile is opened again once, unseen by the caller"""
        server = self.serve()
        connection = self.connect(server.url)
        connection.request("GET", "/")
        server.hang_up()
        self.assertEqual(connection.request("GET", "/").status, 200)
        self.assertEqual(server.connections, 2)

    def test_once(self):
        """A new connection that fails is not tried again, a kept one only once: the caller backs off"""
        server = self.serve(None)
        connection = self.connect(server.url)
        with self.assertRaises(Unreachable):
            connection.request("GET", "/")
        self.assertEqual(len(server.requests), 1)
        server.script = [OK, None, None]
        connection.request("GET", "/")
        with self.assertRaises(Unreachable):
            connection.request("GET", "/")
        self.assertEqual(len(server.requests), 4)

    def test_any_status(self):
        """Every answer is an answer, whatever its status: judging it is the caller's"""
        with scripted_server() as server:
            connection = Connection(server.url, "k")
            for status in (204, 301, 400, 413, 429, 500, 503):
                server.gets["/x"] = (status, b"" if status == 204 else b"{}", {})
                self.assertEqual(connection.request("GET", "/x").status, status)
            connection.close()


class Trouble(ConnectionCase):
    def test_no_answer(self):
        """Refused, cut or no HTTP: each is Unreachable with a reason, and leaves no connection open"""
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
        chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"
        for step in (b"not http at all\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", head, head + b"ok", head[:-2], chunked):
            server = self.serve(step, None)
            connection = self.connect(server.url)
            threading.Timer(0.2, server.hang_up).start()
            with self.assertRaises(Unreachable, msg=step) as caught:
                connection.request("GET", "/", seconds=5)
            self.assertNotEqual(str(caught.exception), "")
            self.assertIsNone(connection._live)
        connection = self.connect("http://127.0.0.1:9")
        with self.assertRaises(Unreachable):
            connection.request("GET", "/")

    def test_late(self):
        """An answer that takes too long is given up, and the next request begins afresh"""
        server = self.serve(b"")
        connection = self.connect(server.url)
        with self.assertRaises(Unreachable):
            connection.request("GET", "/", seconds=0.05)
        self.assertEqual(connection.request("GET", "/").body, b"ok")

    def test_own_time_each(self):
        """Each request has a time of its own, also on a kept connection"""
        server = self.serve(OK, b"", b"")
        connection = self.connect(server.url)
        connection.request("GET", "/", seconds=30)
        with self.assertRaises(Unreachable):
            connection.request("GET", "/", seconds=0.05)

    def test_too_long(self):
        """An answer over the limit of bytes is Unreachable, and its rest is not read (E7)"""
        with mock.patch.object(_http, "ANSWER_BYTES", 1_000):
            for length, is_taken in ((1_000, True), (1_001, False)):
                body = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length + b"x" * length
                connection = self.connect(self.serve(body, body).url)
                if is_taken:
                    self.assertEqual(len(connection.request("GET", "/").body), 1_000)
                else:
                    with self.assertRaises(Unreachable):
                        connection.request("GET", "/")
                    self.assertIsNone(connection._live)

    def test_not_secure(self):
        """https to a server that speaks none of it is Unreachable"""
        server = self.serve(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        with self.assertRaises(Unreachable):
            self.connect(server.url.replace("http://", "https://")).request("GET", "/", seconds=5)


if __name__ == "__main__":
    unittest.main()
