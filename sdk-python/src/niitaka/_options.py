"""What a client was told: arguments first, then the environment, then defaults."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Callable, Mapping, Optional, Union

from ._arguments import check_bool, check_choice, check_text, refused
from ._http import Connection

if TYPE_CHECKING:
    from ._policy_file.policy_file import PolicyFile

DEFAULT_URL = "http://127.0.0.1:4600"
DEFAULT_ENVIRONMENT = "production"

#: Sees every text before it is queued: its path, such as `data.input`, and its value; answers what to send instead.
Redact = Callable[[str, Any], Any]

#: A path as callers give it.
PathText = Union[str, "PathLike[str]"]


@dataclass(frozen=True)
class Options:
    """Read once, at `configure`."""

    api_key: str
    api_url: str
    environment: str
    #: Whether a call is stopped whose part of its tree's budget is spent while the server cannot be reached (P10).
    stops_unreachable: bool
    spool: bool
    capture_content: bool
    redact: Optional[Redact]
    #: Policies that stand in the place of the server's for the agents the file names.
    policy_file: Optional[PolicyFile]
    #: Bad values raise (`NIITAKA_STRICT=1`), for tests.
    is_strict: bool
    is_disabled: bool


def read_options(
    api_key: Optional[str] = None,
    api_url: Optional[str] = None,
    environment: Optional[str] = None,
    policy_file: Optional[PathText] = None,
    spool: bool = True,
    capture_content: bool = False,
    redact: Optional[Redact] = None,
    on_unreachable: str = "decide",
    *,
    environ: Optional[Mapping[str, str]] = None,
) -> Options:
    """Options from arguments and environment; ValueError or TypeError for what cannot be used."""
    for name, text in (("api_key", api_key), ("api_url", api_url), ("environment", environment)):
        check_text(text, name)
    check_choice(on_unreachable, "on_unreachable", ("decide", "stop"))
    check_bool(spool, "spool")
    check_bool(capture_content, "capture_content")
    if redact is not None and not callable(redact):
        raise refused("redact", "a function", redact)
    if policy_file is not None and not isinstance(policy_file, (str, PathLike)):
        raise refused("policy_file", "a path", policy_file)
    given = os.environ if environ is None else environ
    url = (api_url or given.get("NIITAKA_URL") or DEFAULT_URL).strip().rstrip("/")
    Connection(url, "", "api_url" if api_url else "NIITAKA_URL").close()
    key = _key(api_key, "api_key") or _key(given.get("NIITAKA_API_KEY"), "NIITAKA_API_KEY")
    return Options(
        api_key=key,
        api_url=url,
        environment=environment or given.get("NIITAKA_ENV") or DEFAULT_ENVIRONMENT,
        stops_unreachable=on_unreachable == "stop",
        spool=spool,
        capture_content=capture_content,
        redact=redact,
        policy_file=None if policy_file is None else _read_policies(policy_file),
        is_strict=_is_on(given.get("NIITAKA_STRICT")),
        is_disabled=_is_on(given.get("NIITAKA_DISABLED")),
    )


def _read_policies(path: PathText) -> PolicyFile:
    from ._policy_file.policy_file import read_policy_file  # few programs have one, and all would pay for its reader

    return read_policy_file(str(fspath(path)))


def _key(text: Optional[str], name: str) -> str:
    key = (text or "").strip()
    # A header cannot carry anything else; the key itself is never shown.
    if re.fullmatch(r"[\x21-\x7e]*", key) is None:
        raise ValueError(f"{name} must be printable ASCII without spaces, like nk_...")
    return key


def _is_on(text: Optional[str]) -> bool:
    return (text or "").lower() not in ("", "0", "false", "no", "off")
