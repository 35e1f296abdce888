"""What this process knows of one tree's budget and has spent of it, as plain numbers (P10)."""

from __future__ import annotations

from typing import Dict, Optional

from ._limits import LEASE_CALLS, LEASE_IDLE_SECONDS


class TreeBudget:
    """Nano-USD and seconds of the monotonic clock; callers hold the lock of the leases."""

    def __init__(self, root_session_id: str) -> None:
        self.root_session_id = root_session_id
        #: Cost of the calls that ended here, all in all.
        self.spent = 0
        #: Estimates of the calls under way here.
        self.booked = 0
        #: Estimates of the calls that wait here.
        self.waiting = 0
        #: Estimate of the newest call.
        self.estimate = 0
        #: What may have been spent here by the lease, until it expires.
        self.cap = 0
        self.expires_at = 0.0
        #: The session whose end ends the lease.
        self.holder: Optional[str] = None
        #: Whether the newest answer granted less than was wanted, or said that nothing is left by anybody.
        self.is_short = False
        self.is_exhausted = False
        self.answered_at = self.used_at = self.next_ask_at = float("-inf")
        self.is_asking = False
        #: Cost of the tree as the server told it last, and what of each session's own is not in it.
        self.told = 0
        self.own: Dict[str, int] = {}
        self.fresh: Dict[str, int] = {}

    def available(self, now: float) -> int:
        """What is left of the lease for further calls."""
        return self.cap - self.spent - self.booked if now < self.expires_at else 0

    def known_left(self, limit: int) -> int:
        """What the spending that is known here leaves of a limit, without what is only booked."""
        return limit - self.known_total

    @property
    def known_total(self) -> int:
        """What the tree has spent, as far as it is known here."""
        return max(self.told + sum(self.fresh.values()), self.spent)

    def want(self, now: float) -> int:
        """What is wanted from now on: for calls under way, for those that wait, and for some more while there is
        plenty and calls are made."""
        is_idle = self.is_short or now - self.used_at >= LEASE_IDLE_SECONDS
        more = 0 if is_idle else LEASE_CALLS * self.estimate
        return self.booked + self.waiting + more

    def spend(self, session_id: str, cost: int, estimate: int) -> None:
        """A call ended: its cost stands in the place of its estimate."""
        self.booked -= estimate
        self.spent += cost
        self.own[session_id] = self.own.get(session_id, 0) + cost
        self.fresh[session_id] = self.fresh.get(session_id, 0) + cost

    def hear(self, session_id: str, cost: int, tree_cost: int, is_live: bool) -> None:
        """The server told what a session and its tree have cost."""
        self.told = max(self.told, tree_cost)
        self.fresh[session_id] = max(0, self.own.get(session_id, 0) - cost)
        if not is_live and self.fresh[session_id] == 0:
            del self.fresh[session_id]
            self.own.pop(session_id, None)

    def absorb(self, other: TreeBudget) -> None:
        """Another turned out to be of the same tree."""
        for name in ("spent", "booked", "waiting"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.told = max(self.told, other.told)
        self.own.update(other.own)
        self.fresh.update(other.fresh)
        # What the server holds for this sender is what it was asked last: neither of both can be spent by.
        self.cap, self.expires_at = 0, 0.0
