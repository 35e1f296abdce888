"""A loopback server that speaks the ingest contract, and says what a test wants it to say."""

import gzip
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ScriptedServer:
    def __init__(self):
        self.batches = []
        self.headers = []
        #: What the next requests are answered: (status, body, headers), or a callable on the batch.
        self.script = []
        #: Answers every request that the script does not: None accepts.
        self.rule = None
        self.delay = 0.0
        #: Seconds by which this server's clock is ahead.
        self.ahead_seconds = 0
        self.gets = {}
        self._lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                content = gzip.decompress(raw) if self.headers.get("Content-Encoding") == "gzip" else raw
                status, body, headers = owner.answer(json.loads(content), dict(self.headers))
                self.reply(status, body, headers)

            def do_GET(self):
                # Asked for in the background whenever a session starts: no test waits for it there.
                if not self.path.startswith("/api/v1/snapshot"):
                    owner.headers.append(dict(self.headers))
                found = owner.gets.get(self.path.split("?")[0], (404, {"code": "not_found", "detail": "no"}, {}))
                self.reply(*(found(self.path) if callable(found) else found))

            def reply(self, status, body, headers):
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def date_time_string(self, timestamp=None):
                return super().date_time_string(time.time() + owner.ahead_seconds)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # clients are killed in the middle of requests

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def answer(self, batch, headers):
        time.sleep(self.delay)
        with self._lock:
            self.headers.append(headers)
            step = self.script.pop(0) if self.script else self.rule
            if callable(step):
                step = step(batch)
            if step is None or step[0] == 200:
                self.batches.append(batch)
            return step or accept(batch)

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def records(self):
        return [record for batch in list(self.batches) for record in batch.get("records", ())]

    def of_kind(self, *kinds):
        return [record for record in self.records if record["kind"] in kinds]

    def wait_for(self, what, seconds=10.0):
        """Waits until `what()` holds; fails the test when it never does."""
        deadline = time.monotonic() + seconds
        while not what():
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds} s; records: {self.records[-5:]}")
            time.sleep(0.005)


def accept(batch, rejected=(), **more):
    """The usual answer to a batch."""
    sessions = {each["session_id"] for each in batch["records"] if isinstance(each.get("session_id"), str)}
    body = {
        "accepted": len(batch["records"]) - len(rejected),
        "duplicates": 0,
        "rejected": list(rejected),
        "sessions": [{"session_id": each, "status": "running", "total_cost": 0.25} for each in sorted(sessions)],
        "control": [],
        "control_poll_ms": None,
        "warnings": [],
    }
    return 200, {**body, **more}, {}


def reject(kind, code, retryable):
    """A rule that rejects every record of a kind."""

    def rule(batch):
        rejected = [
            {"index": index, "code": code, "message": f"{code}!", "retryable": retryable}
            for index, record in enumerate(batch["records"])
            if record["kind"] == kind
        ]
        return accept(batch, rejected)

    return rule


def problem(status, code="invalid", **headers):
    return status, {"status": status, "code": code, "title": code, "detail": f"it is {code}"}, headers


@contextmanager
def scripted_server():
    server = ScriptedServer()
    try:
        yield server
    finally:
        server.close()
