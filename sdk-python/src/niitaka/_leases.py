"""The parts of trees' budgets that this process holds: one lease per tree, shared by all of its sessions here (P10)."""

from __future__ import annotations

import threading
import time
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Set

from ._cost.price import parse_decimal
from ._http import Connection, Unreachable
from ._lease_request import Asked, Granted, Refused, request_lease
from ._limits import (
    HEARTBEAT_SECONDS,
    LEASE_AWAY_SECONDS,
    LEASE_IDLE_SECONDS,
    LEASE_LOOK_SECONDS,
    LEASE_RETRY_SECONDS,
    LEASE_TREES,
    LEASE_WAIT_SECONDS,
)
from ._tree_budget import TreeBudget
from ._warn import warn_once


class Wanted(NamedTuple):
    """What a call needs before it begins."""

    session_id: str
    #: The root of its tree, as far as it is known here.
    root_session_id: str
    #: What the tree may spend.
    limit: int
    #: Whether the server knows of the limit, and grants parts of it; else what is known here decides.
    is_leased: bool
    estimate: int
    #: Whether it is refused, once the lease is spent, while the server is away.
    stops_unreachable: bool = False


class Leases:
    """Safe to use from any thread. Requests are made by one thread, which lives while there is something to ask."""

    def __init__(
        self, connection: Connection, sender: str, is_live: Callable[[str], bool], hurry: Callable[[], None]
    ) -> None:
        self._connection = connection
        self._sender = sender
        #: Whether a session is open here, and has its records sent at once.
        self._is_live = is_live
        self._hurry = hurry
        self._lock = threading.RLock()
        #: For calls that wait, and for the thread.
        self._changed = threading.Condition(self._lock)
        self._work = threading.Condition(self._lock)
        self._trees: Dict[str, TreeBudget] = {}
        #: Of sessions that spend: the root that they know of.
        self._roots: Dict[str, str] = {}
        self._due: List[TreeBudget] = []
        #: Trees of which something may be left.
        self._held: Set[TreeBudget] = set()
        self._away_until = float("-inf")
        self._is_running = self._is_stopping = False
        self._thread: Optional[threading.Thread] = None

    def take(self, wanted: Wanted, may_wait: bool) -> bool:
        """Books the call, waiting for its part on the caller's own thread; False where it is refused."""
        deadline = time.monotonic() + (LEASE_WAIT_SECONDS if may_wait else 0.0)
        with self._changed:
            verdict = self._look(wanted, deadline, may_wait)
            if verdict is not None:
                return verdict
            self._trees[wanted.root_session_id].waiting += wanted.estimate
            try:
                while verdict is None:
                    self._ask(wanted)
                    rest = deadline - time.monotonic()
                    self._changed.wait(max(0.0, min(rest, LEASE_RETRY_SECONDS)) + 0.001)
                    verdict = self._look(wanted, deadline)
                return verdict
            finally:
                self._trees[wanted.root_session_id].waiting -= wanted.estimate

    async def take_async(self, wanted: Wanted) -> bool:
        """The same for coroutines: other tasks go on meanwhile."""
        deadline = time.monotonic() + LEASE_WAIT_SECONDS
        verdict = self._look(wanted, deadline)
        if verdict is not None:
            return verdict
        import asyncio  # not before it is in use anyhow, as at the gate

        with self._lock:
            self._trees[wanted.root_session_id].waiting += wanted.estimate
        try:
            while verdict is None:
                self._ask(wanted)
                await asyncio.sleep(LEASE_LOOK_SECONDS)
                verdict = self._look(wanted, deadline)
            return verdict
        finally:
            with self._lock:
                self._trees[wanted.root_session_id].waiting -= wanted.estimate

    def settle(self, session_id: str, root_session_id: str, cost: int, estimate: int) -> None:
        """A call ended, or one that was not booked was recorded: what it cost stands in the place of its estimate."""
        with self._lock:
            tree = self._tree(root_session_id)
            tree.spend(session_id, cost, estimate)
            self._roots[session_id] = root_session_id
            if tree.available(time.monotonic()) > 0:
                self._hold(tree)
            if tree.waiting > 0:
                self._changed.notify_all()

    def read_answer(self, answer: Dict[str, Any]) -> None:
        """Takes over what the server says that sessions and their trees have cost."""
        if not self._roots:
            return
        for told in answer.get("sessions") or ():
            session_id = told.get("session_id") if isinstance(told, dict) else None
            root = self._roots.get(session_id) if isinstance(session_id, str) else None
            if session_id is None or root is None or "tree_cost" not in told:
                continue
            self.hear(session_id, root, _nano(told.get("total_cost")), _nano(told["tree_cost"]))

    def hear(self, session_id: str, root_session_id: str, cost: int, tree_cost: int) -> None:
        """The server told what a session and its tree have cost."""
        is_live = self._is_live(session_id)
        with self._lock:
            tree = self._tree(root_session_id)
            tree.hear(session_id, cost, tree_cost, is_live)
            if not is_live and session_id not in tree.own:
                self._roots.pop(session_id, None)

    def is_stopped(self, wanted: Wanted) -> bool:
        """Whether a call is refused because the server is away."""
        return wanted.stops_unreachable and wanted.is_leased and time.monotonic() < self._away_until

    def renew(self) -> None:
        """With every heartbeat: leases that would expire before the next but one."""
        with self._lock:
            now = time.monotonic()
            for tree in set(self._trees.values()):
                is_used = tree.booked > 0 or tree.available(now) > 0
                if is_used and now < tree.expires_at < now + 2 * HEARTBEAT_SECONDS - LEASE_AWAY_SECONDS:
                    self._request(tree)

    def leave(self, session_id: str) -> None:
        """A session ends here: a lease that would end with it goes over to another, or back, without waiting."""
        if not self._trees:
            return
        with self._lock:
            for tree in [each for each in self._trees.values() if each.holder == session_id]:
                now = time.monotonic()
                if now >= tree.expires_at:
                    continue
                # Others may have the rest as soon as the server hears of the end: it is spent no more.
                tree.expires_at = 0.0
                heirs = (each for each in (tree.root_session_id, *tree.own) if each != session_id and self._is_live(each))
                tree.holder = next(heirs, session_id)
                if tree.holder == session_id:
                    tree.used_at = float("-inf")
                self._request(tree)

    def stop(self, seconds: float) -> None:
        """Asks for nothing new, and waits at most `seconds` for what is under way."""
        with self._lock:
            self._is_stopping = True
            self._work.notify_all()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(seconds)

    def leave_to_parent(self) -> None:
        """In a forked child: lets go of the parent's connection."""
        self._connection.leave_to_parent()

    def _tree(self, root_session_id: str) -> TreeBudget:
        tree = self._trees.get(root_session_id)
        if tree is None:
            if len(self._trees) >= LEASE_TREES:
                idle = (key for key, each in self._trees.items() if not (each.booked or each.waiting or each.is_asking))
                self._trees.pop(next(idle, ""), None)
            tree = self._trees[root_session_id] = TreeBudget(root_session_id)
        return tree

    def _look(self, wanted: Wanted, deadline: float, may_wait: bool = True) -> Optional[bool]:
        """True where the call may begin, and is booked; False where it is refused; None where it waits."""
        with self._lock:
            tree, now = self._tree(wanted.root_session_id), time.monotonic()
            tree.estimate, tree.used_at = wanted.estimate, now
            is_unheard = now >= deadline and tree.answered_at < deadline - LEASE_WAIT_SECONDS
            if wanted.stops_unreachable and is_unheard and may_wait:
                self._away_until = now + LEASE_AWAY_SECONDS
            verdict = self._verdict(tree, wanted, now, deadline)
            if verdict:
                tree.booked += wanted.estimate
                self._roots[wanted.session_id] = wanted.root_session_id
                if tree.available(now) < 0:
                    self._ask(wanted)  # it went by what is known here: the next shall find a lease
            return verdict

    def _verdict(self, tree: TreeBudget, wanted: Wanted, now: float, deadline: float) -> Optional[bool]:
        left, is_late = tree.available(now), now >= deadline
        if wanted.is_leased and left >= wanted.estimate:
            return True
        if self.is_stopped(wanted):
            return False
        is_answered = tree.answered_at >= deadline - LEASE_WAIT_SECONDS
        if not wanted.is_leased or now < self._away_until or (is_late and not is_answered):
            known_left = tree.known_left(wanted.limit)
            if known_left <= 0:
                return False
            # What is only booked is waited for, and refuses nobody.
            return True if is_late or known_left > tree.booked else None
        if is_answered and (tree.is_short or is_late):
            if left > 0:
                return True  # never refused while something is left: one estimate may be too much
            if tree.is_exhausted or is_late:
                return False
        return None

    def _ask(self, wanted: Wanted) -> None:
        with self._lock:
            tree, now = self._tree(wanted.root_session_id), time.monotonic()
            if not wanted.is_leased or now < self._away_until or now < tree.next_ask_at:
                return
            if tree.holder is None or not self._is_live(tree.holder):
                root = tree.root_session_id
                tree.holder = root if self._is_live(root) else wanted.session_id
            self._request(tree)

    def _request(self, tree: TreeBudget) -> None:
        if tree not in self._due and not tree.is_asking:
            self._due.append(tree)
            self._start()

    def _hold(self, tree: TreeBudget) -> None:
        self._held.add(tree)
        self._start()

    def _start(self) -> None:
        if self._is_running:
            self._work.notify_all()
            return
        self._is_running = True
        thread = threading.Thread(target=self._run, name="niitaka-lease", daemon=True)
        try:
            thread.start()
            self._thread = thread
        except RuntimeError:
            self._is_running = False  # the interpreter is ending; the server frees what is held by itself

    def _run(self) -> None:
        while True:
            with self._work:
                now = time.monotonic()
                pause = self._note_idle(now)
                if not self._due:
                    if pause is None or self._is_stopping:
                        self._is_running = False
                        self._connection.close()
                        return
                    self._work.wait(pause)
                    continue
                tree = self._due.pop(0)
                tree.is_asking = True
                ids = (tree.holder or tree.root_session_id, self._sender)
                asked = Asked(*ids, tree.spent, tree.want(now), tree.booked)
                # What is given back is spent no more from here on.
                tree.cap = min(tree.cap, asked.spent + asked.want)
            try:
                self._exchange(tree, asked)
            except Exception as trouble:  # a defect of this client must not end the thread with calls waiting
                warn_once("lease", f"cannot lease a budget: {type(trouble).__name__}: {trouble}")
                self._note_away(tree)

    def _note_idle(self, now: float) -> Optional[float]:
        """Gives back what nobody uses; answers the seconds until there may be more of it, None where there is not."""
        pauses = []
        for tree in list(self._held):
            if tree.available(now) <= 0:
                self._held.discard(tree)
            elif tree.waiting == 0 and now - tree.used_at >= LEASE_IDLE_SECONDS:
                self._request(tree)
            else:
                pauses.append(max(0.01, tree.used_at + LEASE_IDLE_SECONDS - now))
        return min(pauses, default=None)

    def _exchange(self, tree: TreeBudget, asked: Asked) -> None:
        began = time.monotonic()
        try:
            told = request_lease(self._connection, asked)
        except Unreachable:
            told = Refused("unavailable")
        if isinstance(told, Refused):
            self._refused(tree, told)
            return
        with self._changed:
            now = time.monotonic()
            tree.is_asking = False
            self._away_until = float("-inf")
            tree.answered_at = now
            tree.cap, tree.expires_at = asked.spent + told.granted, began + told.seconds
            tree.is_short, tree.is_exhausted = told.granted < asked.want, told.is_exhausted
            tree.next_ask_at = now + LEASE_RETRY_SECONDS if tree.is_short else now
            if told.root_session_id not in (None, tree.root_session_id):
                self._find_root(tree, str(told.root_session_id))
            elif tree.available(now) > 0:
                self._held.add(tree)
            self._changed.notify_all()

    def _refused(self, tree: TreeBudget, told: Refused) -> None:
        if told.code not in ("session_not_found", "session_closed"):
            self._note_away(tree)
            return
        with self._changed:
            tree.is_asking = False
            tree.holder = None
            tree.expires_at = 0.0
            tree.next_ask_at = time.monotonic() + LEASE_RETRY_SECONDS / 2
        if told.code == "session_not_found":
            self._hurry()  # its start is still to be sent

    def _note_away(self, tree: TreeBudget) -> None:
        with self._changed:
            now = time.monotonic()
            tree.is_asking = False
            # What should have gone back is tried again later.
            tree.used_at = now
            self._away_until = now + LEASE_AWAY_SECONDS
            self._changed.notify_all()

    def _find_root(self, tree: TreeBudget, root_session_id: str) -> None:
        """Sessions whose parent is in another process know its id, but not the root."""
        former = self._trees.get(root_session_id)
        if former is None:
            tree.root_session_id = root_session_id
            self._trees[root_session_id] = tree
            if tree.available(time.monotonic()) > 0:
                self._held.add(tree)
            return
        former.absorb(tree)
        for key, each in list(self._trees.items()):
            if each is tree:
                self._trees[key] = former
        if former.holder is None:
            former.holder = tree.holder
        self._request(former)


def _nano(usd: Any) -> int:
    decimal = parse_decimal(usd)
    return 0 if decimal is None else round(decimal * 10**9)
