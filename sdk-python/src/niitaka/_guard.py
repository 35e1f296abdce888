"""The policies of one session, asked before every step with the same rules as the server's (P1 to P7)."""

from __future__ import annotations

import threading
import time
from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional, Set

from ._clock import now_ms, rfc3339
from ._cost.event_cost import PriceList, event_cost
from ._cost.price import parse_decimal
from ._cost.price_call import price_call
from ._cost.token_usage import TokenUsage
from ._day_steps import DaySteps, utc_day
from ._errors import AgentExecutionStopped
from ._json import Record
from ._leases import Leases, Wanted
from ._limits import TOLD_ROWS
from ._policy.compile_policies import CompiledPolicies
from ._policy.decision import Decision, EvaluationEvent, EvaluationState
from ._policy.decision_rows import DecisionContext, decision_signals, decision_traces
from ._policy.describe_decision import describe_decision
from ._policy.evaluate import evaluate, limit_numbers
from ._policy.policy import Policy
from ._snapshot import SnapshotKey, Snapshots
from ._spending import Spending
from ._warned_policies import WarnedPolicies

#: Before a step nothing has failed: only the limits are asked.
_BEFORE_STEP = EvaluationEvent("step")

_NO_PRICES = PriceList()

#: Totals of an answer that count more than this session: the first since its start, the others of the day.
_WIDER = ("tree", "day", "org_day")

#: What a day has where nothing was told of it: cost and steps of the agent, then of the organisation.
_NEW_DAY = [0, 0, 0, 0]

#: What a policy is found to be that leaves no trace: as nearly all are at nearly every step.
_PASSED = frozenset(("below_threshold", "already_warned", "outranked", "other_error", "already_on_fallback"))


class FailedCall(NamedTuple):
    """A call of a model that failed, as its error event tells of it."""

    event_id: str
    kind: str
    #: Number of the attempt that failed, from 1.
    attempt: int
    model: Optional[str]


class Booking(NamedTuple):
    """A call that was booked on a lease."""

    leases: Leases
    wanted: Wanted


class Guard:
    """Counts what the session spends here and, before each step, decides. Safe to use from any thread."""

    def __init__(
        self,
        session_id: str,
        root_session_id: str,
        key: SnapshotKey,
        snapshots: Snapshots,
        record: Callable[[Record], None],
        own: Optional[CompiledPolicies] = None,
        leases: Optional[Leases] = None,
        stops_unreachable: bool = False,
    ) -> None:
        self._session_id = session_id
        self._root_session_id = root_session_id
        self._key = key
        self._snapshots = snapshots
        self._record = record
        #: Policies of a file, which hold in the place of the server's (P8).
        self._own = own
        self._leases = leases
        self._stops_unreachable = stops_unreachable
        #: The limit on its tree by which calls are booked, as of the newest check (P10).
        self.tree_limit: Optional[Policy] = None
        self._lock = threading.RLock()
        self._spending = Spending()
        self._prices = _NO_PRICES
        #: What of its spending its tree's lease was told; None where nobody has asked for it.
        self._tree_told: Optional[int] = None
        self._told: Dict[str, int] = {}
        #: The same of `_WIDER` in the order of an `EvaluationState`: cost, then steps.
        self._told_wider = [0] * (2 * len(_WIDER))
        #: The UTC day on which that was told: of the next one it says nothing.
        self._told_day = -1
        self._day_steps = DaySteps(now_ms())
        self._warned = WarnedPolicies()
        self._recorded: Set[str] = set()
        snapshots.request(key)

    @property
    def cost_usd(self) -> float:
        """USD that the session has cost here, by the prices known at the last check."""
        return self._spending.cost / 10**9

    def count(
        self, data: Mapping[str, Any], booking: Optional[Booking] = None, started_ms: Optional[int] = None
    ) -> None:
        """A model call was recorded. It counts whether or not a policy asks: one that comes later will (P5)."""
        with self._lock:
            self._note_prices()
            now = now_ms()
            self._spending.add(data, self._prices, utc_day(now if started_ms is None else min(started_ms, now)))
            self._tell_tree(booking)

    def wanted(self, provider: str, model: Any, usage: TokenUsage) -> Optional[Wanted]:
        """What a call is estimated to take of its tree's budget; None where it costs nothing that is known (P10)."""
        snapshot, limit = self._snapshots.of(self._key), self.tree_limit
        if snapshot is None or limit is None or self._leases is None:
            return None
        cost = price_call(usage, snapshot.prices.find_likely(provider, model))
        if cost is None or cost.cost_nano_usd <= 0:
            return None
        ids, is_leased = (self._session_id, self._root_session_id), self._own is None
        return Wanted(*ids, limit.cost_exceeded_nano_usd, is_leased, cost.cost_nano_usd, self._stops_unreachable)

    def book(self, wanted: Wanted, may_wait: bool) -> Optional[Booking]:
        """Takes it off the lease, waiting on the caller's thread; None where the call is refused."""
        leases = self._leases
        return Booking(leases, wanted) if leases is not None and leases.take(wanted, may_wait) else None

    async def book_async(self, wanted: Wanted) -> Optional[Booking]:
        """The same for coroutines: other tasks go on meanwhile."""
        leases = self._leases
        return Booking(leases, wanted) if leases is not None and await leases.take_async(wanted) else None

    def settle(self, data: Mapping[str, Any], booking: Booking) -> None:
        """A booked call failed: what it cost all the same stands in the place of its estimate."""
        leases, wanted = booking
        if leases is not self._leases:
            return  # of the process that this one was forked from
        snapshot = self._snapshots.of(self._key)
        cost = event_cost(data, _NO_PRICES if snapshot is None else snapshot.prices)
        leases.settle(wanted.session_id, wanted.root_session_id, cost or 0, wanted.estimate)

    def refuse(self, steps: int, wanted: Wanted) -> None:
        """The tree's budget does not do for a call: records what the policies say of it, and raises."""
        policies = self._policies()
        if policies is not None:
            self._decide(policies, steps, _BEFORE_STEP, None, _may_use_any, wanted)

    def note_step(self, started_ms: int, steps: int) -> None:
        """A step was recorded that no check came before, `steps` being finished or under way besides."""
        with self._lock:
            self._day_steps.note(now_ms(), started_ms, steps)

    def read_answer(self, totals: Mapping[str, Any]) -> None:
        """Takes over what the server says the session, its tree and its day have spent, and who has warned."""
        self._snapshots.note_revision(totals.get("policy_revision"))
        with self._lock:
            self._told["cost"] = _nano(totals.get("total_cost"))
            self._told["steps"] = _whole(totals.get("step_count"))
            for name in _WIDER:
                self._told[f"{name}_cost"] = _nano(totals.get(f"{name}_cost"))
                steps = totals.get(f"{name}_step_count", totals.get(f"{name}_steps"))
                self._told[f"{name}_steps"] = _whole(steps)
            self._told_day = utc_day(now_ms())
            self._told_wider = [self._told[f"{name}_{what}"] for name in _WIDER for what in ("cost", "steps")]
            warned = totals.get("warned")
            if isinstance(warned, list):
                self._warned.tell([each for each in warned if isinstance(each, str)])

    def check(self, steps: int) -> None:
        """Before a step, `steps` being finished or under way: records what the policies say, raises on an abort."""
        policies = self._policies()
        if policies is not None:
            self.tree_limit = policies.tree_limit
            if policies.tree_limit is not None:
                with self._lock:
                    self._note_prices()
                    self._tell_tree()
            self._decide(policies, steps, _BEFORE_STEP, None, _may_use_any)

    @property
    def minds_failures(self) -> bool:
        """Whether a policy has a word to say about calls that fail."""
        policies = self._policies()
        return policies is not None and bool(policies.retries or policies.fallbacks)

    def judge(self, failed: FailedCall, steps: int, may_use: Callable[[str], bool]) -> Optional[Decision]:
        """After a failed call: records what the policies say and answers it, where they say that the call is made
        again; raises on an abort. A fallback to a model that the call may not use is told as not enforced."""
        policies = self._policies()
        if policies is None:
            return None
        event = EvaluationEvent("error", failed.kind, failed.attempt, failed.model)
        decision = self._decide(policies, steps, event, failed.event_id, may_use)
        model = decision.fallback_model
        return decision if decision.action == "retry" or model is not None and may_use(model) else None

    def _note_prices(self) -> None:
        """Calls that had no price so far count as soon as theirs is known."""
        snapshot = self._snapshots.of(self._key)
        if snapshot is not None and snapshot.prices is not self._prices:
            self._prices = snapshot.prices
            self._spending.price_anew(snapshot.prices)

    def _tell_tree(self, booking: Optional[Booking] = None) -> None:
        """Where the tree is limited, its lease knows of all that was spent here: since the session's start (P10)."""
        leases = self._leases
        # An estimate of the process that this one was forked from is not ours to give back.
        estimate = booking.wanted.estimate if booking is not None and booking.leases is leases else 0
        if leases is None or self.tree_limit is None and not estimate:
            return
        is_first, cost = self._tree_told is None, self._spending.cost
        fresh = cost - (self._tree_told or 0)
        if fresh or estimate:
            leases.settle(self._session_id, self._root_session_id, fresh, estimate)
        self._tree_told = cost
        if is_first and "tree_cost" in self._told:
            leases.hear(self._session_id, self._root_session_id, self._told["cost"], self._told["tree_cost"])

    def _policies(self) -> Optional[CompiledPolicies]:
        if self._own is not None:
            return self._own
        snapshot = self._snapshots.of(self._key)
        return None if snapshot is None else snapshot.policies

    def _decide(
        self,
        policies: CompiledPolicies,
        steps: int,
        event: EvaluationEvent,
        event_id: Optional[str],
        may_use: Callable[[str], bool],
        refused: Optional[Wanted] = None,
    ) -> Decision:
        with self._lock:
            started = time.perf_counter()
            now = now_ms()
            state = self._state(steps, now)
            if refused is not None:
                # All of the budget is spent or held for calls under way; this one would come on top.
                taken = max(state.tree_cost_nano_usd, refused.limit)
                state = state._replace(tree_cost_nano_usd=taken + refused.estimate)
            decision = evaluate(policies, state, event)
            if decision.errors or not _PASSED.issuperset([result for _, result in decision.considered]):
                day = rfc3339(now)[:10]
                context = DecisionContext(self._session_id, self._root_session_id, event_id, day, state, event)
                model = decision.fallback_model
                is_done = model is None or may_use(model)
                self._tell(decision, context, is_done, (time.perf_counter() - started) * 1e6)
        policy = decision.policy
        if decision.action == "abort" and policy is not None:
            is_away = refused is not None and self._leases is not None and self._leases.is_stopped(refused)
            raise self._stop(policy, state, event, " (the server cannot be reached)" if is_away else "")
        return decision

    def _state(self, steps: int, now: int) -> EvaluationState:
        told = self._told
        self._note_prices()
        cost = max(self._spending.cost, told.get("cost", 0))
        # What this process has spent since the server last counted is on top of what the server knows of the others.
        fresh_cost = cost - told.get("cost", 0)
        fresh_steps = max(0, steps - told.get("steps", 0))
        tree_cost, tree_steps, *days = self._told_wider
        tree = (max(cost, tree_cost + fresh_cost), max(steps, tree_steps + fresh_steps))
        # A session may be older than the day: only what it spent since 00:00 UTC is the day's (P1).
        day = utc_day(now)
        day_cost, day_steps = self._spending.on_day(day), self._day_steps.of(day, steps)
        if day == self._told_day:
            day_cost, day_steps = min(fresh_cost, day_cost), min(fresh_steps, day_steps)
        else:
            days = _NEW_DAY
        on_days = (days[0] + day_cost, days[1] + day_steps, days[2] + day_cost, days[3] + day_steps)
        return EvaluationState(cost, steps, *tree, *on_days, self._warned.at(now), self._spending.has_unpriced)

    def _tell(self, decision: Decision, context: DecisionContext, is_done: bool, latency_us: float) -> None:
        self._warned.note(decision)
        enforced = {policy.id for policy, result in decision.considered if result in ("matched", "exhausted")}
        if not is_done and decision.policy is not None:
            enforced.discard(decision.policy.id)
        at = rfc3339(now_ms())
        for trace in decision_traces(decision, context):
            is_enforced = trace["policy_id"] in enforced
            told = {"decided_by": "sdk", "enforced": is_enforced, "latency_us": round(latency_us, 1)}
            self._record_once(trace["trace_id"], {"kind": "trace", **trace, **told, "occurred_at": at})
        for signal in decision_signals(decision, context):
            agent = {} if self._key.agent_id is None else {"agent_id": self._key.agent_id}
            self._record_once(signal["signal_id"], {"kind": "signal", **signal, **agent, "occurred_at": at})

    def _record_once(self, row_id: str, record: Record) -> None:
        if row_id in self._recorded:
            return
        if len(self._recorded) >= TOLD_ROWS:
            self._recorded.clear()
        self._recorded.add(row_id)
        self._record({name: value for name, value in record.items() if value is not None})

    def _stop(
        self, policy: Policy, state: EvaluationState, event: EvaluationEvent, why: str
    ) -> AgentExecutionStopped:
        threshold, found = limit_numbers(policy, state)
        message = describe_decision(policy, state, event) + why
        return AgentExecutionStopped(
            message, session_id=self._session_id, policy=policy.id, threshold=threshold, found=found
        )


def _may_use_any(model: str) -> bool:
    return True


def _nano(usd: Any) -> int:
    decimal = parse_decimal(usd)
    return 0 if decimal is None else round(decimal * 10**9)


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
