"""`python -m niitaka doctor`: what stands between this program and its server."""

from __future__ import annotations

import asyncio
import contextvars
import os
import threading
import time
import uuid
from pathlib import Path
from typing import List, NamedTuple, Optional

from ._adoption import is_left_behind
from ._ask_server import ServerAnswer, ask_server
from ._clock_bounds import describe_clock
from ._context import Scope, current_session, scope
from ._ledger import Ledger
from ._options import Options, read_options
from ._process_identity import own_identity
from ._session import Session
from ._spool_folder import folder_name, make_folder, owner_of, spool_root

#: Segments of other keys that are listed; the rest are counted.
LISTED_SEGMENTS = 20


class Finding(NamedTuple):
    """One line: whether it is good, and what was found."""

    is_good: bool
    text: str


def examine(deletes_orphans: bool) -> List[Finding]:
    """Checks everything that must be right for events to arrive, in order."""
    try:
        options = read_options()
    except ValueError as trouble:
        return [Finding(False, f"settings: {trouble}")]
    answer = ask_server(options.api_url, options.api_key)
    findings = [_key(options)]
    if options.api_key:
        findings.append(_address(options, answer))
    findings += [_clock(answer), _context(options)]
    if options.api_key:
        findings += _spool(options, deletes_orphans)
    return findings


def _key(options: Options) -> Finding:
    if options.is_disabled:
        return Finding(False, "key: NIITAKA_DISABLED is set, nothing is recorded")
    if not options.api_key:
        return Finding(False, "key: NIITAKA_API_KEY is not set, nothing is recorded")
    return Finding(True, f"key: {options.api_key[:11]}..., environment {options.environment}")


def _address(options: Options, answer: ServerAnswer) -> Finding:
    if answer.trouble is not None:
        return Finding(False, f"address: {options.api_url}: {answer.trouble}")
    return Finding(True, f"address: {options.api_url}, one round trip in {answer.took_ms:.0f} ms")


def _clock(answer: ServerAnswer) -> Finding:
    if answer.clock is None:
        return Finding(False, "clock: not compared, the server did not answer")
    return Finding(True, f"clock: {describe_clock(answer.clock)}")


def _context(options: Options) -> Finding:
    """Whether the session is current in tasks and copied contexts of this interpreter."""
    session = Session(str(uuid.uuid4()), Ledger("", "", False), None, options)
    seen: List[Optional[Session]] = []

    async def task() -> None:
        seen.append(current_session())

    async def look() -> None:
        await asyncio.create_task(task())

    def inside() -> None:
        scope.set(Scope(session, None))
        asyncio.run(look())
        thread = threading.Thread(target=contextvars.copy_context().run, args=(lambda: seen.append(current_session()),))
        thread.start()
        thread.join()

    contextvars.copy_context().run(inside)
    good = [each is session for each in seen] == [True, True]
    kept = "kept" if good else "lost"
    return Finding(good, f"context: the session is {kept} in asynchronous code")


def _spool(options: Options, deletes_orphans: bool) -> List[Finding]:
    folder = spool_root() / folder_name(options.api_url, options.api_key)
    trouble = _write_trouble(folder)
    if trouble is not None:
        return [Finding(False, f"spool: {folder}: cannot be written: {trouble}")]
    findings = [Finding(True, f"spool: {folder}: {len(_left_in(folder))} segments wait for the next process")]
    orphans = [path for other in _folders() if other != folder for path in _left_in(other)]
    if not orphans:
        return findings
    size = f"{len(orphans)} segments of other keys, {sum(map(_size_of, orphans)) / 1024:.0f} KiB"
    if deletes_orphans:
        for path in orphans:
            _delete(path)
    fate = "deleted" if deletes_orphans else "delete them with --delete-orphans"
    findings.append(Finding(True, f"spool: {size}: {fate}"))
    return findings + [Finding(True, f"       {path}") for path in orphans[:LISTED_SEGMENTS]]


def _write_trouble(folder: Path) -> Optional[str]:
    probe = folder / f"doctor-{uuid.uuid4()}.tmp"
    try:
        make_folder(folder)
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as trouble:
        return str(trouble)
    return None


def _left_in(folder: Path) -> List[Path]:
    """Segments whose writers are gone, in the order of their names."""
    identity, now = own_identity(), time.time()
    return [each for each in _segments(folder) if is_left_behind(each, identity, now)]


def _folders() -> List[Path]:
    try:
        return sorted(each for each in spool_root().iterdir() if each.is_dir())
    except OSError:
        return []


def _segments(folder: Path) -> List[Path]:
    try:
        return sorted(each for each in folder.iterdir() if owner_of(each.name) is not None)
    except OSError:
        return []


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # delivered in this moment


def _delete(path: Path) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass  # gone already
