"""What the server says an agent is to go by: policies and prices, kept on disk for when the server is away (P5)."""

from __future__ import annotations

import encodings.idna  # noqa: F401  # looked up by every connection: never first by a thread that a fork may cut off
import hashlib
import json
import math
import os
import threading
import time
from pathlib import Path
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Set, Tuple
from urllib.parse import urlencode

from ._cost.event_cost import PriceList
from ._http import Connection, Unreachable
from ._json import parse_object
from ._limits import CONFIG_WAIT_SECONDS, SNAPSHOT_AGENTS, SNAPSHOT_LOOK_SECONDS
from ._policy.compile_policies import CompiledPolicies, compile_policies
from ._policy.parse_policy import read_policy
from ._runtime_config import RuntimeConfig, read_config
from ._spool_folder import folder_name, state_folder
from ._warn import warn_once


class SnapshotKey(NamedTuple):
    """Whom a snapshot is for."""

    agent_id: Optional[str]
    environment: str
    experiment_id: Optional[str] = None
    variant: Optional[str] = None

    def query(self) -> str:
        """As the server is asked."""
        return urlencode({name: value for name, value in self._asdict().items() if value is not None})


class Snapshot:
    """One answer of the server, made ready to decide by."""

    def __init__(self, key: SnapshotKey, fields: Mapping[str, Any], origin: str = "server") -> None:
        #: `server`, or `disk` for what an earlier process was told.
        self.origin = origin
        #: Moves with every change of policies and prices.
        self.revision = fields.get("revision")
        given = fields.get("policies")
        policies = [read_policy(each) for each in given] if isinstance(given, list) else []
        self.policies: CompiledPolicies = compile_policies(policies, key.agent_id, key.environment)
        rows = fields.get("prices")
        self.prices = PriceList(rows if isinstance(rows, list) else ())
        #: How the agent is to run, as `read_config` takes it.
        self.config = fields.get("config")


class Snapshots:
    """The snapshots of one address and key. Nothing here waits for the network but the thread that fetches."""

    def __init__(self, connection: Connection, api_url: str, api_key: str, is_kept: bool) -> None:
        self._connection = connection
        self._folder = state_folder() / "niitaka" / "snapshots" / "v1" / folder_name(api_url, api_key) if is_kept else None
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._known: Dict[SnapshotKey, Optional[Snapshot]] = {}
        self._etags: Dict[SnapshotKey, str] = {}
        self._due: List[SnapshotKey] = []
        #: When each was asked for last; and those which nobody waits for any more: they were asked for, or waited for.
        self._asked_at: Dict[SnapshotKey, float] = {}
        self._settled: Set[SnapshotKey] = set()
        self._in_flight: Optional[SnapshotKey] = None
        self._is_fetching = False
        self._thread: Optional[threading.Thread] = None
        self._revision: Any = None
        self._look_at = 0.0

    def of(self, key: SnapshotKey) -> Optional[Snapshot]:
        """The newest that is known: from the server, else from the disk; None when there is none yet."""
        with self._lock:
            if key not in self._known:
                if len(self._known) >= SNAPSHOT_AGENTS:
                    return None
                self._known[key] = self._read(key)
            return self._known[key]

    def first(self, key: SnapshotKey) -> Optional[Snapshot]:
        """As `of`, but a key that the server was not asked for yet is waited for, once and not for long (A4)."""
        with self._changed:
            if key not in self._settled and len(self._settled) < SNAPSHOT_AGENTS:
                if key not in self._due and key != self._in_flight:
                    self.request(key)
                self._changed.wait_for(lambda: key in self._settled, CONFIG_WAIT_SECONDS)
                self._settled.add(key)
            return self.of(key)

    def refresh(self, key: SnapshotKey, seconds: float) -> None:
        """Asks the server anew where that was not done for so many seconds."""
        with self._lock:
            if time.monotonic() - self._asked_at.get(key, -math.inf) >= seconds:
                self.request(key)

    def request(self, key: SnapshotKey) -> None:
        """Asks the server anew, in the background."""
        with self._lock:
            if key not in self._due and len(self._due) < SNAPSHOT_AGENTS:
                self._due.append(key)
            if self._is_fetching:
                return
            self._is_fetching = True
            thread = threading.Thread(target=self._fetch_due, name="niitaka-snapshot", daemon=True)
            try:
                thread.start()
                self._thread = thread
            except RuntimeError:
                self._is_fetching = False  # the interpreter is ending

    def note_revision(self, revision: Any) -> None:
        """The server's policies stand at this revision: snapshots of another are fetched again, until they are of it."""
        now = time.monotonic()
        with self._lock:
            if revision is None or revision == self._revision and now < self._look_at:
                return
            self._revision = revision
            self._look_at = now + SNAPSHOT_LOOK_SECONDS
            keys = [key for key, known in self._known.items() if known is None or known.revision != revision]
        for key in keys:
            self.request(key)

    def stop(self, seconds: float) -> None:
        """Asks for nothing further, and waits at most `seconds` for the thread to end."""
        with self._lock:
            self._due.clear()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(seconds)

    def leave_to_parent(self) -> None:
        """In a forked child: lets go of the parent's connection."""
        self._connection.leave_to_parent()

    def _fetch_due(self) -> None:
        while True:
            with self._lock:
                if not self._due:
                    self._is_fetching = False
                    self._connection.close()
                    return
                key = self._in_flight = self._due.pop(0)
                if key in self._known or len(self._known) < SNAPSHOT_AGENTS:
                    self._asked_at[key] = time.monotonic()
            try:
                self._fetch(key)
            except Exception as trouble:  # a defect of this client must not end the thread with its work undone
                warn_once("snapshot", f"cannot read the policies: {type(trouble).__name__}: {trouble}")
            with self._changed:
                self._in_flight = None
                if len(self._settled) < SNAPSHOT_AGENTS:
                    self._settled.add(key)
                self._changed.notify_all()

    def _fetch(self, key: SnapshotKey) -> None:
        query = key.query()
        headers = {"If-None-Match": self._etags[key]} if key in self._etags else {}
        try:
            answer = self._connection.request("GET", f"/api/v1/snapshot?{query}", headers=headers)
        except Unreachable:
            return
        fields = parse_object(answer.body) if answer.status == 200 else None
        if fields is None:
            return
        snapshot = Snapshot(key, fields)
        with self._lock:
            self._known[key] = snapshot
            if "etag" in answer.headers:
                self._etags[key] = answer.headers["etag"]
        self._write(key, answer.body)

    def _path(self, key: SnapshotKey) -> Optional[Path]:
        if self._folder is None:
            return None
        name = hashlib.sha256(json.dumps(list(key)).encode()).hexdigest()[:32]
        return self._folder / f"{name}.json"

    def _read(self, key: SnapshotKey) -> Optional[Snapshot]:
        path = self._path(key)
        try:
            fields = parse_object(path.read_bytes()) if path is not None else None
        except OSError:
            return None
        return None if fields is None else Snapshot(key, fields, "disk")

    def _write(self, key: SnapshotKey, body: bytes) -> None:
        path = self._path(key)
        if path is None:
            return
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh = path.with_name(f"{path.name}.{os.getpid()}")
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
                opened.write(body)
            os.replace(fresh, path)
        except OSError as trouble:
            warn_once("snapshot", f"cannot keep the policies on disk: {trouble}; without the server none hold next time")


def known_config(snapshots: Optional[Snapshots], key: Optional[SnapshotKey]) -> RuntimeConfig:
    """The runtime config of an agent as the server said it last, by the rules of a first read; told once where that
    is old news or none."""
    snapshot = None if snapshots is None or key is None else snapshots.first(key)
    if snapshot is not None:
        if snapshot.origin == "disk":
            warn_once("config", "the server does not answer: the runtime config that it gave last time holds")
        return read_config(snapshot.config, snapshot.origin)
    if snapshots is not None:
        whose = "of a session that was joined" if key is None else f"of {key.agent_id or 'no agent'}"
        warn_once("config", f"no runtime config {whose} is known: the server was never asked or did not answer")
    return read_config(None, "default")
