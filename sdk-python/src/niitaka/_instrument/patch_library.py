"""Puts us around the one method through which every call of a library goes, and takes us away again."""

from __future__ import annotations

import functools
import inspect
from importlib import import_module
from typing import Any, Callable, List, NamedTuple, Optional
from urllib.parse import urlsplit

from .._collecting import watch_collections
from .._context import session_or_warn
from .harmless import harmless
from .library import Library
from .make_call import make_call, make_call_async, under_way
from .model_call import CALL_ATTRIBUTE, Asked
from .observe_stream import observe, observe_async


class Patch(NamedTuple):
    """One method that was replaced."""

    owner: type
    name: str
    former: Any
    ours: Any


class UnknownShape(Exception):
    """The library has not what we would stand around; it says what is missing."""


def patch_library(library: Library) -> List[Patch]:
    """Records every call of the library from here on. UnknownShape leaves it untouched."""
    watch_collections()
    base = import_module(f"{library.package}._base_client")
    streaming = import_module(f"{library.package}._streaming")
    wanted = [
        (base, "SyncAPIClient", "request", lambda former: _around_request(library, former)),
        (base, "AsyncAPIClient", "request", lambda former: _around_async_request(library, former)),
        (base, "SyncAPIClient", "_process_response", _around_response),
        (base, "AsyncAPIClient", "_process_response", _around_async_response),
        (streaming, "Stream", "__stream__", lambda former: _around_stream(former, observe)),
        (streaming, "AsyncStream", "__stream__", lambda former: _around_stream(former, observe_async)),
    ]
    patches = [_plan(module, owner, name, make) for module, owner, name, make in wanted]
    for patch in patches:
        setattr(patch.owner, patch.name, patch.ours)
    return patches


def unpatch_library(patches: List[Patch]) -> bool:
    """Puts the library's own methods back; False where somebody else has put something around ours since."""
    still_ours = [each for each in patches if each.owner.__dict__.get(each.name) is each.ours]
    for patch in still_ours:
        setattr(patch.owner, patch.name, patch.former)
    return len(still_ours) == len(patches)


def _plan(module: Any, owner_name: str, name: str, make: Callable[[Any], Any]) -> Patch:
    owner = getattr(module, owner_name, None)
    former = None if owner is None else owner.__dict__.get(name)
    if not inspect.isfunction(former):
        raise UnknownShape(f"{owner_name}.{name} is missing")
    needed = {"request": "options", "_process_response": "response"}.get(name)
    if needed is not None and needed not in inspect.signature(former).parameters:
        raise UnknownShape(f"{owner_name}.{name} takes no {needed}")
    return Patch(owner, name, former, functools.wraps(former)(make(former)))


@harmless
def _asked(library: Library, client: Any, options: Any, send: Callable[[Any], Any]) -> Optional[Asked]:
    """What is about to be asked of a model; None for other requests, outside a session, and where nothing is recorded."""
    dialect = library.dialects.get(str(options.url).split("?")[0])
    if dialect is None or str(options.method).lower() != "post" or not isinstance(options.json_data, dict):
        return None
    session = session_or_warn(f"a model of {library.package}")
    if session is None or session.client is None or session.control is None:
        return None
    return Asked(library, dialect, session, _host_of(client.base_url), options, send)


def _host_of(base_url: Any) -> str:
    host = getattr(base_url, "host", None)
    return host if isinstance(host, str) else urlsplit(str(base_url)).hostname or ""


def _around_request(library: Library, former: Any) -> Any:
    def request(client: Any, cast_to: Any, options: Any, *args: Any, **kwargs: Any) -> Any:
        asked = _asked(library, client, options, lambda chosen: former(client, cast_to, chosen, *args, **kwargs))
        return former(client, cast_to, options, *args, **kwargs) if asked is None else make_call(asked)

    return request


def _around_async_request(library: Library, former: Any) -> Any:
    async def request(client: Any, cast_to: Any, options: Any, *args: Any, **kwargs: Any) -> Any:
        asked = _asked(library, client, options, lambda chosen: former(client, cast_to, chosen, *args, **kwargs))
        if asked is None:
            return await former(client, cast_to, options, *args, **kwargs)
        return await make_call_async(asked)

    return request


def _around_response(former: Any) -> Any:
    def process(client: Any, *args: Any, **kwargs: Any) -> Any:
        _note_response(kwargs)
        return former(client, *args, **kwargs)

    return process


def _around_async_response(former: Any) -> Any:
    async def process(client: Any, *args: Any, **kwargs: Any) -> Any:
        _note_response(kwargs)
        return await former(client, *args, **kwargs)

    return process


def _note_response(kwargs: Any) -> None:
    call = under_way.get()
    if call is not None and "response" in kwargs:
        call.note_response(kwargs["response"], kwargs.get("retries_taken"), bool(kwargs.get("stream")))


def _around_stream(former: Any, observed: Callable[[Any, Any, Any], Any]) -> Any:
    def stream(self: Any) -> Any:
        iterator = former(self)
        call = getattr(self.response, CALL_ATTRIBUTE, None)
        return iterator if call is None else observed(iterator, call, self.response)

    return stream
