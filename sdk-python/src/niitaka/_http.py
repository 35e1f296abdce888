"""HTTP over the standard library: one kept-alive connection per use."""

from __future__ import annotations

import http.client
import os
import ssl
from typing import Dict, List, NamedTuple, Optional
from urllib.parse import urlsplit

from ._arguments import refused
from ._limits import ANSWER_BYTES, REQUEST_SECONDS


class Answer(NamedTuple):
    """An answer read to its end; header names are in lower case."""

    status: int
    headers: Dict[str, str]
    body: bytes


_left_to_parent: List[http.client.HTTPConnection] = []


class Unreachable(Exception):
    """No answer: refused, timed out, cut, or not HTTP."""


class Connection:
    """Requests to one address, one at a time; must be closed."""

    def __init__(self, api_url: str, api_key: str, url_name: str = "api_url") -> None:
        try:
            parts = urlsplit(api_url)
            is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:  # a port or a host that is none
            is_url = False
        if not is_url:
            raise refused(url_name, "an http or https address", api_url, ValueError)
        self._https = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port
        self._base = parts.path.rstrip("/")
        self._api_key = api_key
        self._live: Optional[http.client.HTTPConnection] = None

    def request(self, method: str, path: str, body: Optional[bytes] = None, headers: Optional[Dict[str, str]] = None,
                seconds: float = REQUEST_SECONDS) -> Answer:
        """One exchange; a connection that the server closed while idle is opened again once."""
        sent = {"X-API-Key": self._api_key, "Accept": "application/json", **(headers or {})}
        reused = self._live is not None
        try:
            return self._exchange(method, self._base + path, body, sent, seconds)
        except Unreachable:
            if not reused:
                raise
            return self._exchange(method, self._base + path, body, sent, seconds)

    def _exchange(self, method: str, path: str, body: Optional[bytes], headers: Dict[str, str],
                  seconds: float) -> Answer:
        try:
            live = self._connect(seconds)
            live.request(method, path, body, headers)
            response = live.getresponse()
            content = response.read(ANSWER_BYTES + 1)
            if len(content) > ANSWER_BYTES:
                raise Unreachable(f"the answer is longer than {ANSWER_BYTES} bytes")
            if response.length:
                # A read of a bounded length ends early without an error of its own.
                raise Unreachable(f"the answer was cut {response.length} bytes before its end")
            if response.will_close:
                self.close()
            return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)
        except (OSError, http.client.HTTPException) as trouble:
            self.close()
            raise Unreachable(str(trouble) or type(trouble).__name__) from trouble
        except BaseException:
            self.close()
            raise

    def _connect(self, seconds: float) -> http.client.HTTPConnection:
        if self._live is None:
            if self._https:
                context = ssl.create_default_context()
                self._live = http.client.HTTPSConnection(self._host, self._port, timeout=seconds, context=context)
            else:
                self._live = http.client.HTTPConnection(self._host, self._port, timeout=seconds)
        elif self._live.sock is not None:
            self._live.sock.settimeout(seconds)
        return self._live

    def leave_to_parent(self) -> None:
        """In a forked child: lets go of the socket without a word to the server."""
        live, self._live = self._live, None
        if live is None:
            return
        # INVARIANT: never closed or freed here. The parent's thread may have been reading at the moment of the fork;
        # then its buffer's lock is held in this process for ever, and closing would wait for it.
        _left_to_parent.append(live)
        if live.sock is not None:
            os.close(live.sock.detach())

    def close(self) -> None:
        live, self._live = self._live, None
        if live is not None:
            live.close()
