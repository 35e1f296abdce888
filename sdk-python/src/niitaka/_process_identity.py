"""Which process this is, so that a later one can tell whether it still lives."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Optional

#: Stands for a boot id that the system does not tell; it is never equal to another.
UNKNOWN_BOOT = "0"


@dataclass(frozen=True)
class ProcessIdentity:
    """No two processes of one machine share all four."""

    boot_id: str
    pid_namespace: int
    pid: int
    start_ticks: int


def own_identity() -> ProcessIdentity:
    """The identity of this process, read anew: it changes with a fork."""
    pid = os.getpid()
    return ProcessIdentity(_boot_id(), _pid_namespace(), pid, start_ticks_of(pid) or 0)


def has_ended(identity: ProcessIdentity, seen_from: ProcessIdentity) -> Optional[bool]:
    """Whether that process is gone; None where it cannot be known from here (other boot or pid namespace)."""
    same = identity.boot_id == seen_from.boot_id and identity.pid_namespace == seen_from.pid_namespace
    if not same or identity.boot_id == UNKNOWN_BOOT or identity.start_ticks == 0:
        return None
    return start_ticks_of(identity.pid) != identity.start_ticks


def start_ticks_of(pid: int) -> Optional[int]:
    """Clock ticks between boot and the start of a living process; None when there is none."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The name in parentheses may hold anything, spaces and parentheses included.
            fields = file.read().rpartition(b")")[2].split()
        return None if fields[0] in (b"Z", b"X") else int(fields[19])
    except (OSError, IndexError, ValueError):
        return None


def _boot_id() -> str:
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip().replace("-", "").lower() or UNKNOWN_BOOT
    except OSError:
        return UNKNOWN_BOOT


def _pid_namespace() -> int:
    try:
        return os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        return 0
