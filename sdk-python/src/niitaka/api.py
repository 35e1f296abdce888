"""The read side: what the server knows. `from niitaka import api as niitaka_api`.

Calls use the address and key of `niitaka.configure` or the environment, need a key with the scope `read`, and raise
the tree of `niitaka.NiitakaError`. Lists are lazy: a page is asked for when its first item is.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional, Sequence, Union

from ._clock import Moment
from ._reading import get, pages, part

#: One value, or several of which any may match.
OneOrMore = Union[str, Sequence[str]]


def list_sessions(
    agent_id: Optional[OneOrMore] = None,
    status: Optional[OneOrMore] = None,
    started_after: Optional[Moment] = None,
    started_before: Optional[Moment] = None,
    environment: Optional[OneOrMore] = None,
    q: Optional[str] = None,
    *,
    limit: Optional[int] = None,
    **filters: Any,
) -> Iterator[Dict[str, Any]]:
    """Sessions, newest first, as dicts over all pages.

    `started_after` is included, `started_before` is not; both are aware datetimes or seconds since 1970. `q` searches
    goals. `limit` is the size of a page (1 to 500). Other filters go by their wire names, such as `root_only=True`,
    `has_errors=True`, `min_cost=0.5`, `sort="-cost"`; one that the server does not know raises InvalidRequestError.
    """
    query = {
        "agent_id": agent_id,
        "status": status,
        "from": started_after,
        "to": started_before,
        "environment": environment,
        "q": q,
        "limit": limit,
        **filters,
    }
    return pages("/sessions", query)


def get_session(session_id: str) -> Dict[str, Any]:
    """One session; NotFoundError when there is none."""
    return get(f"/sessions/{part(session_id)}", {})


def list_children(session_id: str, **query: Any) -> Iterator[Dict[str, Any]]:
    """Sessions whose parent it is."""
    return pages(f"/sessions/{part(session_id)}/children", query)


def list_events(session_id: str, *, types: Optional[OneOrMore] = None, **query: Any) -> Iterator[Dict[str, Any]]:
    """Events of a session in the order of their arrival; `order="time"` for that of their start."""
    path = f"/sessions/{part(session_id)}/events"
    if query.get("order") == "time":
        return pages(path, {**query, "types": types})
    return _by_position(path, {**query, "types": types})


def get_event(session_id: str, event_id: str) -> Dict[str, Any]:
    """One event with all its content."""
    return get(f"/sessions/{part(session_id)}/events/{part(event_id)}", {})


def get_cost(session_id: str) -> Dict[str, Any]:
    """What a session cost, taken apart."""
    return get(f"/sessions/{part(session_id)}/cost", {})


def list_signals(session_id: Optional[str] = None, **query: Any) -> Iterator[Dict[str, Any]]:
    """Signals of one session, or of all, newest first."""
    return pages("/signals" if session_id is None else f"/sessions/{part(session_id)}/signals", query)


def list_traces(session_id: str, **query: Any) -> Iterator[Dict[str, Any]]:
    """Decision traces of a session."""
    return pages(f"/sessions/{part(session_id)}/traces", query)


def list_environments() -> List[Any]:
    """Every environment that sessions ran in."""
    return list(get("/environments", {})["items"])


def _by_position(path: str, query: Dict[str, Any]) -> Iterator[Dict[str, Any]]:
    after = query.pop("after", None)
    while True:
        page = get(path, {**query, "after": after})
        yield from page["items"]
        following = page.get("next_after")
        if following is None or following == after:
            return
        after = following
