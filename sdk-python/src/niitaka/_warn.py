"""Trouble is told once per kind, on the logger `niitaka`, and never raised."""

from __future__ import annotations

import logging
import threading
from typing import Set

logger = logging.getLogger("niitaka")

_lock = threading.RLock()
_told: Set[str] = set()


def warn_once(kind: str, message: str) -> None:
    """Logs `message` unless trouble of this kind was told before in this process."""
    with _lock:
        if kind in _told:
            return
        _told.add(kind)
    try:
        # ASCII only: a terminal that cannot print a character would make the host's log complain.
        logger.warning("niitaka: %s", message.encode("ascii", "backslashreplace").decode("ascii"))
    except Exception:  # a host's log handler may raise; that is no reason to break its agent
        pass


def forget_warnings() -> None:
    """Every kind of trouble is told again: for tests and for a new configuration."""
    with _lock:
        _told.clear()


def renew_lock() -> None:
    """After a fork: the lock may be held by a thread that does not exist here."""
    global _lock
    _lock = threading.RLock()
