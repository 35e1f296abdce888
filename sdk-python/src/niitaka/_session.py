"""A session as the agent's code sees it."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Set, Union

from ._arguments import check_choice, check_text, check_uuid
from ._client import Client
from ._clock import Moment, moment_ms, now_ms, rfc3339
from ._context import Scope, scope
from ._control import Control
from ._failure import failure_data, is_failure, see_once
from ._guard import Guard
from ._json import Record, dict_of
from ._ledger import Ledger
from ._limits import ENCLOSING_SESSIONS
from ._metrics import read_metrics
from ._options import Options
from ._privacy import redacted
from ._runtime_config import RuntimeConfig, read_config
from ._snapshot import SnapshotKey, known_config
from ._tool import ToolCall, tool_of
from ._uuid7 import uuid7
from ._warn import warn_once

EVENT_TYPES = ("llm", "tool", "decision", "error", "log")
LEVELS = ("debug", "info", "warning", "error")

#: An event by its id, or a call under way.
Parent = Union[str, ToolCall]


class Session:
    """One run of one agent, entered by `start_session` or `attach_session`. Safe to use from any thread."""

    def __init__(self, session_id: str, ledger: Ledger, client: Optional[Client], options: Options) -> None:
        #: UUID of the session; other processes join it by this.
        self.session_id = session_id
        #: Whether the session was left, here or for good.
        self.is_over = False
        self._ledger = ledger
        self._client = client
        self._options = options
        #: Whether its block was left here: what still runs in its context belongs to what is around it.
        self.is_left = False
        #: What the running code belonged to before.
        self._outer: Optional[Scope] = None
        #: The root of its tree, as far as it is known here.
        self.root_session_id = session_id
        #: Whose policies hold for it; None where they are not known, as in a session that was joined.
        self.snapshot_key: Optional[SnapshotKey] = None
        #: What operators ask of it; None where nothing is recorded.
        self.control: Optional[Control] = None if client is None else client.controls.of(session_id)
        self._metric_names: Set[str] = set()
        self._configs: Dict[Optional[SnapshotKey], RuntimeConfig] = {}
        self._total_cost = 0.0

    def __str__(self) -> str:
        return self.session_id

    def __repr__(self) -> str:
        return f"<niitaka.Session {self.session_id}>"

    @property
    def total_cost(self) -> float:
        """Cost in USD as of the server's newest answer; 0.0 before the first."""
        return self._total_cost

    def event(
        self,
        type: str,
        name: Optional[str] = None,
        data: Optional[Mapping[str, Any]] = None,
        started_at: Optional[Moment] = None,
        ended_at: Optional[Moment] = None,
        parent: Optional[Parent] = None,
        *,
        level: Optional[str] = None,
    ) -> str:
        """Records something that happened, and answers the event's id.

        `type` is `llm`, `tool`, `decision`, `error` or `log`. Times are aware datetimes or seconds since 1970 and
        default to now. `parent` is the event it belongs under, by default the call that encloses the running code.
        """
        check_choice(type, "type", EVENT_TYPES)
        if level is not None:
            check_choice(level, "level", LEVELS)
        if name is not None:
            check_text(name, "name")
        if parent is not None:
            parent = check_uuid(parent, "parent")
        now = now_ms()
        event_id = uuid7(now)
        client = self._client
        end = now if ended_at is None else moment_ms(ended_at, "ended_at")
        start = min(now, end) if started_at is None else moment_ms(started_at, "started_at")
        if client is None:
            return event_id
        content = _data_of(type, data)
        redact = self._options.redact
        record: Record = {
            "kind": "event",
            "session_id": self.session_id,
            "event_id": event_id,
            "type": type,
            "started_at": rfc3339(start),
            "ended_at": rfc3339(end),
            "data": content if redact is None else redacted(redact, "data", content),
        }
        if name is not None:
            record["name"] = self._redacted("name", name)
        parent_id = self._parent_id(parent)
        if parent_id is not None:
            record["parent_event_id"] = parent_id
        if level is not None:
            record["level"] = level
        client.record_numbered(self._ledger, record)
        if self.control is not None:
            self.control.note_event(type, content, start)
        return event_id

    def tool(self, name: Optional[Any] = None) -> Any:
        """`with session.tool("search") as call:` records a call of a tool; also a decorator, sync or async.

        What is assigned to `call.input` and `call.output` is sent.
        """
        return tool_of(name, self)

    def step(self, name: str, call: Optional[Callable[[], Any]] = None) -> Any:
        """Guards a step of any kind: `with session.step("search"):`, or `session.step("search", call)` for its result.

        Before it begins, an operator or a policy may hold it or stop it with AgentExecutionStopped. It is recorded as a
        call of a tool.
        """
        guard = tool_of(check_text(name, "name"), self)
        return guard if call is None else guard(call)()

    def decision(
        self,
        choice: Any,
        *,
        kind: Optional[str] = None,
        options: Optional[Sequence[Any]] = None,
        reason: Optional[str] = None,
        parent: Optional[Parent] = None,
    ) -> str:
        """Records a choice the agent made, and answers the event's id."""
        told = {"kind": kind, "choice": choice, "options": options, "reason": reason}
        return self.event("decision", data={key: each for key, each in told.items() if each is not None}, parent=parent)

    def error(
        self, exc: BaseException, *, name: Optional[str] = None, parent: Optional[Parent] = None
    ) -> Optional[str]:
        """Records an exception as one error event; None for a clean exit or one this session has already."""
        if not is_failure(exc) or not see_once(exc, self.enclosing_ids()):
            return None
        return self.event("error", name, failure_data(exc), parent=parent, level="error")

    def set_metrics(self, metrics: Mapping[str, Any]) -> None:
        """Reports how the run turned out: `goal_completed`, `score` (0 to 1), and up to 10 names of your own.

        A bad value is left out with one warning; with `NIITAKA_STRICT=1` it raises ValueError.
        """
        good, problems = read_metrics(metrics, self._metric_names)
        if problems:
            self._refuse(problems)
        if not good or self._client is None:
            return
        self._metric_names |= set(good)
        self._client.record_numbered(
            self._ledger,
            {
                "kind": "session.metrics",
                "session_id": self.session_id,
                "metrics": good,
                "recorded_at": rfc3339(now_ms()),
            },
        )

    #: The same as `set_metrics`.
    report_metrics = set_metrics

    def _refuse(self, problems: Sequence[str]) -> None:
        if self._options.is_strict:
            raise ValueError("; ".join(dict.fromkeys(problems)))
        warn_once("metrics", f"left out a metric: {problems[0]}")
        if self._client is not None:
            with self._client.lock:
                self._ledger.omit("metrics_refused", len(problems))

    def _redacted(self, path: str, value: Any) -> Any:
        redact = self._options.redact
        return value if redact is None else redacted(redact, path, value)

    def _parent_id(self, parent: Optional[Parent]) -> Optional[str]:
        if parent is not None:
            return str(parent)
        found = scope.get()
        return found.event_id if found is not None and found.session.session_id == self.session_id else None

    def read_totals(self, totals: Dict[str, Any]) -> None:
        """Takes over what the server answered about this session."""
        cost = totals.get("total_cost")
        if isinstance(cost, (int, float)):
            self._total_cost = float(cost)
        if totals.get("status") == "done":
            self.is_over = True

    @property
    def config(self) -> RuntimeConfig:
        """How the agent is to run: `session.config.llm.model`, or `session.config["llm"]["model"]`.

        Fixed at its first read in the session, which waits for the server, for at most half a second (A4).
        """
        return self.config_of(self.snapshot_key)

    def config_of(self, key: Optional[SnapshotKey]) -> RuntimeConfig:
        """The same of any agent, as it was first read in this session."""
        found = self._configs.get(key)
        if found is None:
            # Of threads that read first at the same time one is heard.
            found = self._configs.setdefault(key, known_config(self._client and self._client.snapshots, key))
        return found

    def fix_config(self) -> None:
        """A call of a model counts as a read of what is known at it; this waits for nothing."""
        key, client = self.snapshot_key, self._client
        if key in self._configs or key is None or client is None or client.snapshots is None:
            return
        snapshot = client.snapshots.of(key)
        if snapshot is not None:
            self._configs.setdefault(key, read_config(snapshot.config, snapshot.origin))

    def guard_by(self, key: Optional[SnapshotKey]) -> None:
        """From here on the policies that are known for the agent hold; this waits for nothing (P5)."""
        self.snapshot_key = key
        client, ledger = self._client, self._ledger
        if key is None or client is None or client.snapshots is None or self.control is None:
            return
        ids = (self.session_id, self.root_session_id)
        file = self._options.policy_file
        own = file.policies_of(key.agent_id, key.environment) if file is not None and file.names(key.agent_id) else None
        record = lambda told: client.record_numbered(ledger, told)
        self.control.guard = Guard(*ids, key, client.snapshots, record, own, client.leases, self._options.stops_unreachable)

    def enclosing_ids(self) -> List[str]:
        """The id of this session and of those it was entered in, innermost first."""
        ids = [self.session_id]
        outer = self._outer
        while outer is not None and len(ids) <= ENCLOSING_SESSIONS:
            ids.append(outer.session.session_id)
            outer = outer.session._outer
        return ids

    @property
    def outer(self) -> Optional[Scope]:
        """What was current where this session was entered."""
        return self._outer

    @property
    def ledger(self) -> Ledger:
        """This process' numbers in the session."""
        return self._ledger

    @property
    def options(self) -> Options:
        return self._options

    @property
    def client(self) -> Optional[Client]:
        """Where records go; None when nothing is recorded."""
        return self._client

    def leave(self, trouble: Optional[BaseException]) -> None:
        """Records the exception, if there is one, and closes the session whatever happens."""
        try:
            if trouble is not None:
                self.error(trouble)
        except Exception as own:  # the host's exception goes on unchanged, whatever fails here
            warn_once("internal", f"cannot record an exception: {type(own).__name__}: {own}")
        finally:
            self.is_over = self.is_left = True
            if self._client is not None:
                self._client.end_session(self)


def _data_of(event_type: str, data: Any) -> Dict[str, Any]:
    if type(data) is dict:
        return data  # as it is: it is encoded before the call returns
    if data is None:
        return {}
    if isinstance(data, Mapping):
        return dict_of(data)
    return {"message" if event_type == "log" else "value": data}
