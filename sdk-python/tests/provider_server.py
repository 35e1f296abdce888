"""A loopback server that speaks as providers do, over plain HTTP/1.1, and answers what a test wrote down for it."""

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Stream:
    """Server-sent events; `cut` drops the connection behind them, `pause` waits between two."""

    def __init__(self, events, cut=False, pause=0.0, named=False, done=True):
        self.events, self.cut, self.pause, self.named, self.done = list(events), cut, pause, named, done

    def blocks(self):
        for each in self.events:
            name = f"event: {each['type']}\n" if self.named else ""
            yield f"{name}data: {json.dumps(each)}\n\n".encode()
        if self.done and not self.cut:
            yield b"data: [DONE]\n\n"


class ProviderServer:
    """Answers requests in turn; `answers` holds (status, body, headers) or a Stream, the last one holds for the rest."""

    def __init__(self, *answers):
        self.answers = list(answers)
        #: Path, headers and parsed body of every request.
        self.requests = []
        self.delay = 0.0
        #: Set once a client has gone away in the middle of an answer.
        self.was_left = threading.Event()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = owner.next_answer(self.path, {key.lower(): value for key, value in self.headers.items()}, body)
                time.sleep(owner.delay)
                try:
                    if isinstance(answer, Stream):
                        self.stream(answer)
                    else:
                        self.reply(*answer)
                except OSError:
                    owner.was_left.set()
                    self.close_connection = True

            def reply(self, status, body, headers=None):
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                given = {"Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})}
                for name, value in given.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def stream(self, answer):
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream; charset=utf-8")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for block in answer.blocks():
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(block), block))
                    self.wfile.flush()
                    time.sleep(answer.pause)
                if answer.cut:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                else:
                    self.wfile.write(b"0\r\n\r\n")

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def next_answer(self, path, headers, body):
        with self._lock:
            self.requests.append({"path": path, "headers": headers, "body": body})
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(body) if callable(answer) else answer

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
