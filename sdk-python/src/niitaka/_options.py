"""What a client was told: arguments first, then the environment, then defaults."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Callable, Optional

from ._arguments import check_bool, check_text, refused
from ._http import Connection

DEFAULT_URL = "http://127.0.0.1:4600"
DEFAULT_ENVIRONMENT = "production"

#: Sees every text before it is queued: its path, such as `data.input`, and its value; answers what to send instead.
Redact = Callable[[str, Any], Any]


@dataclass(frozen=True)
class Options:
    """Read once, at `configure`."""

    api_key: str
    api_url: str
    environment: str
    spool: bool
    capture_content: bool
    redact: Optional[Redact]
    #: Bad values raise (`NIITAKA_STRICT=1`), for tests.
    is_strict: bool
    is_disabled: bool


def read_options(
    api_key: Optional[str] = None,
    api_url: Optional[str] = None,
    environment: Optional[str] = None,
    spool: bool = True,
    capture_content: bool = False,
    redact: Optional[Redact] = None,
) -> Options:
    """Options from arguments and environment; ValueError or TypeError for what cannot be used."""
    for name, text in (("api_key", api_key), ("api_url", api_url), ("environment", environment)):
        check_text(text, name)
    check_bool(spool, "spool")
    check_bool(capture_content, "capture_content")
    if redact is not None and not callable(redact):
        raise refused("redact", "a function", redact)
    url = (api_url or os.environ.get("NIITAKA_URL") or DEFAULT_URL).strip().rstrip("/")
    Connection(url, "")
    return Options(
        api_key=(api_key or os.environ.get("NIITAKA_API_KEY") or "").strip(),
        api_url=url,
        environment=environment or os.environ.get("NIITAKA_ENV") or DEFAULT_ENVIRONMENT,
        spool=spool,
        capture_content=capture_content,
        redact=redact,
        is_strict=os.environ.get("NIITAKA_STRICT") == "1",
        is_disabled=os.environ.get("NIITAKA_DISABLED") == "1",
    )
