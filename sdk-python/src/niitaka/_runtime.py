"""The process-wide client: configured once, renewed after a fork, drained at exit."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from dataclasses import replace
from typing import Any, List, Optional

from ._arguments import check_seconds
from ._client import Client
from ._control_poll import ControlPoll
from ._http import Connection
from ._ingest import Push, pusher
from ._leases import Leases
from ._limits import EXIT_SECONDS
from ._options import Options, PathText, Redact, read_options
from ._sender import Sender
from ._snapshot import Snapshots
from ._spool_folder import folder_name, spool_root
from ._uuid7 import draw_anew
from ._wake import Wake
from ._warn import renew_lock, warn_once


class Runtime:
    """A client with its sender and connection. `push` replaces the connection where nothing shall leave the process."""

    def __init__(self, options: Options, push: Optional[Push] = None) -> None:
        self.options = options
        self._given_push = push
        folder = spool_root() / folder_name(options.api_url, options.api_key) if options.spool else None
        self.client = Client(options, folder if push is None else None, self._ring)
        self._begin()

    def _begin(self) -> None:
        self._wake = Wake()
        self._start_lock = threading.RLock()
        self._is_started = False
        self._connection = Connection(self.options.api_url, self.options.api_key)
        push = self._given_push or pusher(self._connection, self.client.describe_sdk)
        self._poll = None if self._given_push else self._open_poll()
        self.client.snapshots = None if self._given_push else self._open_snapshots()
        self.sender = Sender(self.client, push, self._wake, self._poll)
        self.client.leases = None if self._given_push else self._open_leases()

    def _open_poll(self) -> ControlPoll:
        connection = Connection(self.options.api_url, self.options.api_key)
        return ControlPoll(connection, self.client.controls, self.client.live_session_ids)

    def _open_snapshots(self) -> Snapshots:
        url, key = self.options.api_url, self.options.api_key
        return Snapshots(Connection(url, key), url, key, is_kept=self.options.spool)

    def _open_leases(self) -> Leases:
        connection = Connection(self.options.api_url, self.options.api_key)
        return Leases(connection, self.client.sender_id, self.client.is_open, self.sender.hurry)

    def _ring(self) -> None:
        if not self._is_started:
            self.start()
        self._wake.ring()

    def start(self) -> None:
        """Starts the threads, where they do not run yet and still can."""
        with self._start_lock:
            if self._is_started:
                return
            self._is_started = True
            _hook_process_end()
            try:
                self.sender.start()
            except RuntimeError:
                pass  # the interpreter is ending; the flush at exit sends from its own thread

    @property
    def is_done(self) -> bool:
        """Whether no session is open here and the server has everything."""
        return self.client.is_settled and not self.client.ledgers

    def flush(self, seconds: float) -> bool:
        """Waits for delivery; False when it took longer than `seconds`."""
        self.start()
        return self.sender.flush(seconds)

    def close(self, seconds: float) -> bool:
        """Ends sessions, sends what it can in `seconds`, and lets go of the threads; True when all was sent."""
        deadline = time.monotonic() + seconds
        self.client.end_all()
        done = self.flush(seconds)
        self.sender.stop(max(0.1, deadline - time.monotonic()))
        for each in (self.client.snapshots, self.client.leases):
            if each is not None:
                each.stop(max(0.1, deadline - time.monotonic()))
        with self.client.lock:
            self.client.backlog.abandon()
            for chunk in self.client.adopted:
                chunk.abandon()
        self._connection.close()
        return done

    def end(self, deadline: float) -> None:
        """The process ends; what is recorded after this still reaches the spool."""
        self.client.end_all()
        if not self.client.is_settled:
            # What lies in the spool is the next process' to send: no hopeless waiting for it.
            self.start()
            self.sender.flush(max(0.0, deadline - time.monotonic()), gives_up=self.client.is_on_disk)

    def before_fork(self) -> None:
        # In the order in which a first record takes them.
        self.client.lock.acquire()
        self._start_lock.acquire()

    def after_fork_in_parent(self) -> None:
        self._start_lock.release()
        self.client.lock.release()

    def after_fork_in_child(self) -> None:
        self._connection.leave_to_parent()
        for each in (self._poll, self.client.snapshots, self.client.leases):
            if each is not None:
                each.leave_to_parent()
        self.client.renew_after_fork(self._ring)
        self._begin()
        for session in list(self.client.sessions):
            session.guard_by(session.snapshot_key)


_lock = threading.RLock()
_current: Optional[Runtime] = None
#: Clients of former configurations that still drain.
_retired: List[Runtime] = []


def configure(
    api_key: Optional[str] = None,
    api_url: Optional[str] = None,
    environment: Optional[str] = None,
    policy_file: Optional[PathText] = None,
    spool: bool = True,
    capture_content: bool = False,
    redact: Optional[Redact] = None,
    on_unreachable: str = "decide",
) -> None:
    """Sets the address, key and habits of this process; what is left out comes from the environment.

    `NIITAKA_API_KEY`, `NIITAKA_URL` (default `http://127.0.0.1:4600`) and `NIITAKA_ENV` (default `production`) stand
    in for the first three. `policy_file` is the path of policies in YAML: for the agents that it names they hold, and
    none of the server's. `spool=False` keeps records in memory only. `capture_content=True` also sends the input and
    output of calls and tools. `redact(path, value)` sees every text before it is kept or sent and answers what stands
    in its place. `on_unreachable="stop"` stops a model call under a limit on its tree once its part of the budget is
    spent and the server cannot be reached; by default the totals that are known decide. Without a key nothing is recorded, which is told once. Called again, the newer call holds; sessions
    that are open stay with the configuration they began under. Raises ValueError for an address that is none and for
    what is wrong in the file, by line and column, and TypeError for what is not of its kind.
    """
    global _current
    given = (api_key, api_url, environment, policy_file, spool, capture_content, redact, on_unreachable)
    try:
        options = read_options(*given)
    except ValueError as trouble:
        # Bad arguments raise again here; a bad environment is nobody's call, and only told.
        options = replace(read_options(*given, environ={}), is_disabled=True)
        warn_once("environment", f"nothing is recorded, the environment cannot be used: {trouble}")
    with _lock:
        former = _current
        if former is not None and _is_same_target(former.options, options):
            former.options = former.client.options = options
            return
        _current = Runtime(options)
        if former is not None:
            _retired.append(former)
        for each in [each for each in _retired if each.is_done]:
            _retired.remove(each)
            each.close(0.0)
    if _is_active(options):
        _current.start()


def current() -> Runtime:
    """The runtime of this process; configured from the environment at the first need."""
    if _current is None:
        with _lock:
            if _current is None:
                configure()
    assert _current is not None
    return _current


def active_client() -> Optional[Client]:
    """The client to record with; None when there is nothing to record to."""
    runtime = current()
    if not _is_active(runtime.options):
        return None
    runtime.start()
    return runtime.client


def _is_active(options: Options) -> bool:
    if options.is_disabled:
        return False
    if not options.api_key:
        warn_once("no key", "no API key: nothing is recorded; set NIITAKA_API_KEY or niitaka.configure(api_key=...)")
    return bool(options.api_key)


def _is_same_target(one: Options, other: Options) -> bool:
    return (one.api_url, one.api_key, one.spool) == (other.api_url, other.api_key, other.spool)


def swap(runtime: Optional[Runtime]) -> Optional[Runtime]:
    """Puts another runtime in place, for tests; answers the former."""
    global _current
    with _lock:
        former, _current = _current, runtime
        return former


def flush(seconds: float = 10.0) -> bool:
    """Waits until the server has acknowledged everything recorded so far, left-over spool included.

    True when it has; False when that took longer than `seconds`. What is left is sent later.
    """
    deadline = time.monotonic() + check_seconds(seconds)
    with _lock:
        runtimes = [each for each in [*_retired, _current] if each is not None and _is_active(each.options)]
    return all([each.flush(max(0.0, deadline - time.monotonic())) for each in runtimes])


def shutdown(seconds: float = EXIT_SECONDS) -> bool:
    """Ends open sessions, flushes for at most `seconds` and stops the threads; True when all was acknowledged.

    The next session configures anew from the environment.
    """
    global _current
    deadline = time.monotonic() + check_seconds(seconds)
    with _lock:
        runtimes = [each for each in [*_retired, _current] if each is not None]
        _retired.clear()
        _current = None
    active = [each for each in runtimes if _is_active(each.options)]
    return all([each.close(max(0.0, deadline - time.monotonic())) for each in active])


def _runtimes() -> List[Runtime]:
    return [each for each in [*_retired, _current] if each is not None and each.options.api_key]


def _at_exit(*_: Any) -> None:
    deadline = time.monotonic() + EXIT_SECONDS
    for runtime in _runtimes():
        if not runtime.options.is_disabled:
            runtime.end(deadline)


_is_exit_hooked = False


def _hook_process_end() -> None:
    global _is_exit_hooked
    if _is_exit_hooked:
        return
    _is_exit_hooked = True
    util = sys.modules.get("multiprocessing.util")
    process = sys.modules.get("multiprocessing.process")
    if util is not None and process is not None and process.parent_process() is not None:
        # Children of multiprocessing leave by os._exit, after these finalisers and without atexit.
        util.Finalize(None, _at_exit, exitpriority=10)
    else:
        atexit.register(_at_exit)


_forking: List[Runtime] = []


def _before_fork() -> None:
    _lock.acquire()
    _forking[:] = [each for each in [*_retired, _current] if each is not None]
    for runtime in _forking:
        runtime.before_fork()


def _after_fork_in_parent() -> None:
    for runtime in reversed(_forking):
        runtime.after_fork_in_parent()
    _forking.clear()
    _lock.release()


def _after_fork_in_child() -> None:
    global _lock, _is_exit_hooked
    _lock = threading.RLock()
    renew_lock()
    draw_anew()
    for runtime in _forking:
        runtime.after_fork_in_child()
    _forking.clear()
    # What drained in the parent is the parent's to drain.
    _retired.clear()
    # atexit callbacks are inherited; a multiprocessing child needs its own hook.
    _is_exit_hooked = False


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child
    )
