"""Whether the running code was called by the garbage collector, which may begin anywhere, inside any lock."""

from __future__ import annotations

import gc
import threading
from typing import Any, Optional

#: The thread in which a collection is under way; there is one at a time.
_thread: Optional[int] = None


def is_collecting() -> bool:
    """Whether a collection called us; False until `watch_collections`."""
    return _thread is not None and _thread == threading.get_ident()


def watch_collections() -> None:
    """From here on collections are noted."""
    if _note not in gc.callbacks:
        gc.callbacks.append(_note)


def _note(phase: str, info: Any) -> None:
    global _thread
    _thread = threading.get_ident() if phase == "start" else None
