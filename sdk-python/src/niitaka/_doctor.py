"""`python -m niitaka doctor`: what stands between this program and its server."""

from __future__ import annotations

import asyncio
import contextvars
import os
import shutil
import threading
import time
import uuid
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Callable, List, NamedTuple, Optional

from ._adoption import is_left_behind
from ._context import Scope, current_session, scope
from ._http import Answer, Connection, Unreachable
from ._ingest import Accepted, batch_body, read_outcome
from ._ledger import Ledger
from ._options import Options
from ._process_identity import own_identity
from ._session import Session
from ._spool_folder import folder_name, make_folder, owner_of, spool_root
from ._version import VERSION

#: Seconds that the clocks may differ before durations across machines look wrong.
CLOCK_SECONDS = 2.0


class Finding(NamedTuple):
    """One check and what it found."""

    is_good: bool
    name: str
    text: str


def examine(options: Options) -> List[Finding]:
    """Every check, in order; later ones that need an earlier one say so."""
    checks: List[Callable[[Options], Finding]] = [_key, _address, _clock, _round_trip, _context, _spool]
    return [check(options) for check in checks]


def orphan_folders(options: Options) -> List[Path]:
    """Spool folders of other addresses and keys that nobody writes to any more."""
    own = folder_name(options.api_url, options.api_key)
    identity, now = own_identity(), time.time()
    found = []
    for folder in sorted(_folders()):
        segments = _segments(folder)
        if folder.name != own and segments and all(is_left_behind(each, identity, now) for each in segments):
            found.append(folder)
    return found


def delete_orphans(options: Options) -> int:
    """Deletes the records of other addresses and keys for good; answers the bytes deleted."""
    size = 0
    for folder in orphan_folders(options):
        size += _size_of(folder)
        shutil.rmtree(folder, ignore_errors=True)
    return size


def _key(options: Options) -> Finding:
    if options.is_disabled:
        return Finding(False, "key", "NIITAKA_DISABLED=1: nothing is recorded")
    if not options.api_key:
        return Finding(False, "key", "no API key: set NIITAKA_API_KEY")
    return Finding(True, "key", f"{options.api_key[:11]}... (environment {options.environment})")


def _ask(options: Options, method: str, path: str, body: Optional[bytes] = None) -> Answer:
    connection = Connection(options.api_url, options.api_key)
    try:
        return connection.request(method, path, body, {"Content-Type": "application/json"})
    finally:
        connection.close()


def _address(options: Options) -> Finding:
    try:
        answer = _ask(options, "GET", "/readyz")
    except Unreachable as trouble:
        return Finding(False, "address", f"{options.api_url} cannot be reached: {trouble}")
    return Finding(answer.status == 200, "address", f"{options.api_url} answers /readyz with {answer.status}")


def _clock(options: Options) -> Finding:
    try:
        said = _ask(options, "GET", "/healthz").headers.get("date", "")
        there = parsedate_to_datetime(said).timestamp()
    except (Unreachable, TypeError, ValueError):
        return Finding(False, "clock", "the server's time is not known")
    # The header has whole seconds: half of one is added to it.
    off = time.time() - there - 0.5
    return Finding(abs(off) <= CLOCK_SECONDS, "clock", f"{off:+.1f} s against the server's")


def _round_trip(options: Options) -> Finding:
    sdk = {"name": "niitaka", "version": VERSION, "language": "python", "instance_id": str(uuid.uuid4())}
    began = time.monotonic()
    try:
        outcome = read_outcome(_ask(options, "POST", "/api/v1/ingest", batch_body([], sdk)))
    except Unreachable as trouble:
        return Finding(False, "round trip", str(trouble))
    if isinstance(outcome, Accepted):
        return Finding(True, "round trip", f"an empty batch was taken in {(time.monotonic() - began) * 1000:.0f} ms")
    return Finding(False, "round trip", outcome.reason)


def _context(options: Options) -> Finding:
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
    return Finding(good, "context", "follows tasks and copied contexts" if good else "is lost in tasks or threads")


def _spool(options: Options) -> Finding:
    folder = spool_root() / folder_name(options.api_url, options.api_key)
    try:
        make_folder(folder)
        probe = folder / f"probe-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as trouble:
        return Finding(False, "spool", f"cannot be written: {trouble}")
    segments = _segments(folder)
    others = orphan_folders(options)
    text = f"{folder}: {len(segments)} segments, {_size_of(folder)} bytes wait"
    if others:
        size = sum(map(_size_of, others))
        text += f"; {size} bytes of other keys were left behind"
        text += " (delete them: python -m niitaka doctor --delete-orphans)"
    return Finding(True, "spool", text)


def _folders() -> List[Path]:
    try:
        return [each for each in spool_root().iterdir() if each.is_dir()]
    except OSError:
        return []


def _segments(folder: Path) -> List[Path]:
    try:
        return [each for each in folder.iterdir() if owner_of(each.name) is not None]
    except OSError:
        return []


def _size_of(folder: Path) -> int:
    size = 0
    for each in _segments(folder):
        try:
            size += each.stat().st_size
        except OSError:
            pass  # delivered in this moment
    return size
