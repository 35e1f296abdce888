"""What an operator asks of a session, obeyed at its next step (G3)."""

from __future__ import annotations

import sys
import threading
import time
import uuid
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, NoReturn, Optional, Set

from ._clock import now_ms, rfc3339
from ._errors import AgentExecutionStopped
from ._guard import FailedCall, Guard
from ._json import Record
from ._leases import Wanted
from ._limits import CONTROL_ORDERS, PAUSE_LOOK_SECONDS, PAUSE_WITHOUT_SERVER_SECONDS, RETRY_LOOK_SECONDS
from ._policy.decision import Decision

#: How a command ends where the session ends before its next step.
_OVER = "the session ended before its next step"

#: Libraries whose calls of a model are instrumented here; without any, a command for another model is refused.
MODEL_LIBRARIES: Set[str] = set()


class _Limit(NamedTuple):
    """What an operator's command lets a session spend."""

    order_id: str
    value: float


_UNLIMITED = _Limit("", float("inf"))


def _stop_id(session_id: str, order_id: str) -> str:
    """The same for the same command, whoever tells of it."""
    command = order_id.encode("ascii", "replace").decode()
    return str(uuid.uuid5(uuid.UUID(session_id), f"control/operator:{command}"))


class Control:
    """The commands of one session in this process. Safe to use from any thread."""

    def __init__(self, session_id: str, record: Callable[[Record], None]) -> None:
        self.session_id = session_id
        #: Cost in USD as of the server's newest answer.
        self.cost = 0.0
        #: Steps as of the server's newest answer.
        self.steps = 0
        self._record = record
        self._changed = threading.Condition()
        self._seen: Set[str] = set()
        self._limits: Dict[str, _Limit] = {}
        self._stopped_by: Set[str] = set()
        self._abort: Optional[Dict[str, Any]] = None
        self._pause: Optional[Dict[str, Any]] = None
        self._model: Optional[Dict[str, Any]] = None
        #: The model that a policy fell back to, until an operator asks for another.
        self._fallback: Optional[str] = None
        self._is_over = False
        self._finished = 0
        self._under_way = 0
        self._answered_at = time.monotonic()
        #: The policies of the session, where they are known here.
        self.guard: Optional[Guard] = None

    @property
    def is_paused(self) -> bool:
        """Whether the next step would be held."""
        with self._changed:
            return self._hold_seconds() is not None

    def read_answer(self, totals: Dict[str, Any]) -> None:
        """Takes over what the server answered about the session."""
        with self._changed:
            self._answered_at = time.monotonic()
            self.cost = max(self.cost, _number(totals.get("total_cost")))
            self.steps = max(self.steps, int(_number(totals.get("step_count"))))
        if self.guard is not None and "total_cost" in totals:
            self.guard.read_answer(totals)

    def take(self, order: Dict[str, Any]) -> None:
        """Obeys what can be obeyed at once; the rest waits for the next step. Each command once."""
        order_id, command = order.get("command_id"), order.get("command")
        args = order.get("args")
        if not isinstance(order_id, str) or not isinstance(args, dict):
            return
        with self._changed:
            self._answered_at = time.monotonic()
            if order_id in self._seen or len(self._seen) >= CONTROL_ORDERS:
                return
            self._seen.add(order_id)
            self._tell(order_id, "delivered")
            if command == "pause":
                self._end_pause("another pause came before its next step")
                self._pause = {"id": order_id, "until": time.monotonic() + _number(args.get("max_seconds")), "held": False}
            elif command == "resume":
                self._end_pause("it was resumed before its next step")
                self._tell(order_id, "obeyed")
            elif command == "abort":
                self._end_abort("another abort came before its next step")
                self._abort = {"id": order_id, "reason": str(args.get("reason") or ""), "told": False}
            elif command == "limit":
                for name in ("cost_usd", "steps"):
                    if name in args and _number(args[name]) < self._limits.get(name, _UNLIMITED).value:
                        self._limits[name] = _Limit(order_id, _number(args[name]))
                self._tell(order_id, "obeyed")
            elif command == "model" and MODEL_LIBRARIES:
                self._end_model("another model came before its next call of one")
                self._model = {"id": order_id, "name": str(args.get("model")), "told": False}
                self._fallback = None
            elif command == "model":
                self._tell(order_id, "refused", "no call of this process goes through an instrumented model client")
            else:
                self._tell(order_id, "refused", f"this version knows no command {command}")
            self._changed.notify_all()

    def pass_gate(self) -> None:
        """Before a step: raises where the session was stopped, and waits while it is paused.

        Whoever passes has begun a step, and tells its end by `end_step`. Where an event loop runs in this thread it
        does not wait: that would hold every task.
        """
        with self._changed:
            if _is_in_loop():
                self._raise_if_stopped()
                self._under_way += 1
                return
            hold = self._look()
            while hold is not None:
                self._changed.wait(min(hold, PAUSE_LOOK_SECONDS))
                hold = self._look()

    async def pass_gate_async(self) -> None:
        """The same for coroutines: other tasks go on meanwhile."""
        import asyncio  # not before it is in use anyhow: it is half of the time that importing us would take

        hold = self._look()
        while hold is not None:
            await asyncio.sleep(min(hold, PAUSE_LOOK_SECONDS / 10))
            hold = self._look()

    def refuse(self, wanted: Wanted) -> None:
        """The budget of the session's tree does not do for a step that had passed the gate: raises, as the gate does."""
        with self._changed:
            self._under_way -= 1
            if self.guard is not None:
                self.guard.refuse(self._begun(), wanted)
            self._under_way += 1  # no policy says so any more

    @property
    def may_wait(self) -> bool:
        """Whether a wait in this thread holds up nobody else: no event loop runs in it."""
        return not _is_in_loop()

    def end_step(self, is_finished: bool) -> None:
        """A step that had passed the gate is over; one that failed is none (E3)."""
        with self._changed:
            self._under_way -= 1
            self._finished += int(is_finished)

    def note_event(self, type: str, data: Mapping[str, Any], started_ms: int) -> None:
        """A finished event that passed no gate was recorded; model calls and tools are steps (E3)."""
        if type not in ("llm", "tool"):
            return
        with self._changed:
            if self.guard is not None:
                self.guard.note_step(started_ms, self._begun())
            self._finished += 1
        if type == "llm" and self.guard is not None:
            self.guard.count(data, None, started_ms)

    def judge(self, failed: FailedCall, may_use: Callable[[str], bool]) -> Optional[Decision]:
        """What policies say where they have a failed call made again; a fallback holds for later calls as well.

        Raises where they stop the session. `may_use` says whether the call can be made with a model.
        """
        with self._changed:
            if self.guard is None or self._is_over:
                return None
            decision = self.guard.judge(failed, self._begun(), may_use)
            if decision is not None and decision.fallback_model is not None:
                self._fallback = decision.fallback_model
            return decision

    def wait(self, seconds: float) -> None:
        """Before a failed call is made again; an operator's abort ends the wait."""
        deadline = time.monotonic() + seconds
        with self._changed:
            left = seconds
            while left > 0 and self._abort is None:
                self._changed.wait(min(left, RETRY_LOOK_SECONDS))
                left = deadline - time.monotonic()

    async def wait_async(self, seconds: float) -> None:
        """The same for coroutines: other tasks go on meanwhile, and a cancellation ends the wait as well."""
        import asyncio  # as in `pass_gate_async`

        deadline = time.monotonic() + seconds
        left = seconds
        while left > 0 and self._abort is None:
            await asyncio.sleep(min(left, RETRY_LOOK_SECONDS / 10))
            left = deadline - time.monotonic()

    def model_for(self, takes: Callable[[str], bool]) -> Optional[str]:
        """The model that a policy fell back to or an operator asked for, the later of them, where the call to come
        takes one of that name; this obeys the command."""
        with self._changed:
            if self._fallback is not None and takes(self._fallback):
                return self._fallback
            model = self._model
            if model is None or not takes(model["name"]):
                return None
            if not model["told"]:
                model["told"] = True
                self._tell(model["id"], "obeyed")
            return str(model["name"])

    def close(self) -> None:
        """The session is over here: what was not obeyed never will be."""
        with self._changed:
            self._is_over = True
            self._end_pause(_OVER)
            self._end_model(_OVER)
            self._end_abort(_OVER)
            self._changed.notify_all()

    def _look(self) -> Optional[float]:
        """Raises, or answers for how many seconds the step is held; None when it may begin."""
        with self._changed:
            self._raise_if_stopped()
            hold = self._hold_seconds()
            pause = self._pause
            if hold is None or pause is None:
                # INVARIANT: looked and counted under one lock, so that no two steps pass where one may.
                self._under_way += 1
                return None
            if not pause["held"]:
                pause["held"] = True
                self._tell(pause["id"], "obeyed")
            return hold

    def _hold_seconds(self) -> Optional[float]:
        pause = self._pause
        if pause is None:
            return None
        now = time.monotonic()
        ends = min(pause["until"], self._answered_at + PAUSE_WITHOUT_SERVER_SECONDS)
        if now < ends:
            return ends - now
        self._end_pause("its time was over before its next step")
        return None

    def _raise_if_stopped(self) -> None:
        abort = self._abort
        if abort is not None:
            if not abort["told"]:
                abort["told"] = True
                self._tell(abort["id"], "obeyed")
            reason = f": {abort['reason']}" if abort["reason"] else ""
            raise AgentExecutionStopped(f"an operator stopped this session{reason}", session_id=self.session_id)
        begun = self._begun()
        steps, cost = self._limits.get("steps", _UNLIMITED), self._limits.get("cost_usd", _UNLIMITED)
        if begun >= steps.value:
            self._stop_at(steps, begun, f"steps {begun:.0f}, limit {steps.value:.0f}")
        if self.guard is not None:
            self.guard.check(begun)
        if cost is not _UNLIMITED:
            # The server's word may be late, or not come at all.
            spent = self.cost if self.guard is None else max(self.cost, self.guard.cost_usd)
            if spent > cost.value:
                self._stop_at(cost, spent, f"cost ${spent:g}, limit ${cost.value:g}")

    def _begun(self) -> int:
        """Steps that are finished, and those under way here."""
        return max(self.steps, self._finished) + self._under_way

    def _stop_at(self, limit: _Limit, found: float, what: str) -> NoReturn:
        """Raises; the server is told of it once, as a policy's limit would be."""
        text = f"an operator limited this session: {what}"
        if limit.order_id not in self._stopped_by:
            self._stopped_by.add(limit.order_id)
            data = {"command": "limit", "command_id": limit.order_id, "threshold": limit.value, "found": found}
            self._record(
                {
                    "kind": "signal",
                    "signal_id": _stop_id(self.session_id, limit.order_id),
                    "session_id": self.session_id,
                    "type": "control",
                    "subtype": "operator",
                    "action": "abort",
                    "severity": "critical",
                    "message": text,
                    "data": data,
                    "occurred_at": rfc3339(now_ms()),
                }
            )
        raise AgentExecutionStopped(text, session_id=self.session_id, threshold=limit.value, found=found)

    def _end_abort(self, why: str) -> None:
        abort = self._abort
        if abort is not None and not abort["told"]:
            abort["told"] = True
            self._tell(abort["id"], "refused", why)

    def _end_pause(self, why: str) -> None:
        pause, self._pause = self._pause, None
        if pause is not None and not pause["held"]:
            self._tell(pause["id"], "refused", why)

    def _end_model(self, why: str) -> None:
        model, self._model = self._model, None
        if model is not None and not model["told"]:
            self._tell(model["id"], "refused", why)

    def _tell(self, command_id: str, state: str, reason: Optional[str] = None) -> None:
        record: Record = {
            "kind": "command.ack",
            "session_id": self.session_id,
            "command_id": command_id,
            "state": state,
            "at": rfc3339(now_ms()),
        }
        if reason is not None:
            record["reason"] = reason
        self._record(record)


class Controls:
    """The controls of every session of this process, by session id."""

    def __init__(self, record: Callable[[Record], None]) -> None:
        self._record = record
        self._lock = threading.RLock()
        self._by_session: Dict[str, Control] = {}

    def of(self, session_id: str) -> Control:
        """The control of a session: one, however many objects stand for the session."""
        with self._lock:
            control = self._by_session.get(session_id)
            if control is None:
                control = self._by_session[session_id] = Control(session_id, self._record)
            return control

    def read_answer(self, answer: Dict[str, Any]) -> None:
        """Takes totals and commands out of an answer of the server; what concerns no session here is passed over."""
        for totals in _objects(answer.get("sessions")):
            control = self._find(totals)
            if control is not None:
                control.read_answer(totals)
        for order in _objects(answer.get("control")):
            control = self._find(order)
            if control is not None:
                control.take(order)

    def forget(self, session_id: str) -> None:
        """The session is over in this process."""
        with self._lock:
            control = self._by_session.pop(session_id, None)
        if control is not None:
            control.close()

    def any_paused(self) -> bool:
        """Whether a session here waits to be resumed."""
        with self._lock:
            controls = list(self._by_session.values())
        return any(each.is_paused for each in controls)

    def _find(self, told: Dict[str, Any]) -> Optional[Control]:
        with self._lock:
            return self._by_session.get(str(told.get("session_id")))


def _objects(value: Any) -> List[Dict[str, Any]]:
    return [each for each in value or () if isinstance(each, dict)] if isinstance(value, list) else []


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0.0


def _is_in_loop() -> bool:
    asyncio = sys.modules.get("asyncio")
    # The one that answers None: an exception at every step would cost more than all the rest of the gate.
    return asyncio is not None and asyncio._get_running_loop() is not None
