"""Where segments lie and how they are called; the same for every Niitaka SDK."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from pathlib import Path
from typing import Optional

from ._process_identity import ProcessIdentity

_NAME = re.compile(r"([0-9A-Za-z]{1,64})_(\d{1,20})_(\d{1,20})_(\d{1,20})_(\d{1,20})_([0-9A-Za-z-]{1,64})\.seg")


def state_folder() -> Path:
    """The folder for data that outlives a process, by the custom of the system."""
    given = os.environ.get("XDG_STATE_HOME") or ""
    if os.path.isabs(given):
        return Path(given)
    home = Path(os.path.expanduser("~"))
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    return home / ".local" / "state"


def spool_root() -> Path:
    """The folder of the spools of all addresses and keys."""
    return state_folder() / "niitaka" / "spool" / "v1"


def folder_name(api_url: str, api_key: str) -> str:
    """Names the folder that only processes of the same address and key read."""
    return hashlib.sha256(f"{api_url.rstrip('/')}\n{api_key}".encode()).hexdigest()[:16]


def make_folder(folder: Path) -> None:
    """Creates the folder and ours above it for the owner alone."""
    top = spool_root()
    ours = [top.parents[1], top.parents[0], top, folder]
    top.parents[2].mkdir(parents=True, exist_ok=True)
    for each in ours:
        if not each.is_dir():
            each.mkdir(mode=0o700, exist_ok=True)


def segment_name(identity: ProcessIdentity, segment_id: str) -> str:
    """The name of a segment that `identity` writes."""
    # Thread 0: all threads of a Python process share one sender.
    return (
        f"{identity.boot_id}_{identity.pid_namespace}_{identity.pid}_{identity.start_ticks}_0_{segment_id}.seg"
    )


def owner_of(name: str) -> Optional[ProcessIdentity]:
    """The process that a segment's name tells of; None for other files."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    boot_id, namespace, pid, ticks = found.group(1, 2, 3, 4)
    return ProcessIdentity(boot_id, int(namespace), int(pid), int(ticks))


def segment_id_of(name: str) -> str:
    """The id at the end of a segment's name."""
    return name.rpartition("_")[2][: -len(".seg")]
