"""One read call: the request, its errors, and pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Dict, Iterator, Mapping, Optional
from urllib.parse import quote, urlencode

from ._clock import moment_ms, rfc3339
from ._errors import (
    AuthenticationError,
    ConnectionError,
    InvalidRequestError,
    NiitakaError,
    NotFoundError,
    RateLimitedError,
    ServerError,
)
from ._http import Answer, Connection, Unreachable
from ._json import Record, parse_object
from ._runtime import current


def get(path: str, query: Mapping[str, Any]) -> Record:
    """The answer of a read call; raises the tree of `NiitakaError`."""
    options = current().options
    connection = Connection(options.api_url, options.api_key)
    try:
        answer = connection.request("GET", f"/api/v1{path}{_query_text(query)}")
    except Unreachable as trouble:
        raise ConnectionError(f"Cannot reach {options.api_url}: {trouble}") from trouble
    finally:
        connection.close()
    return _read(answer, path)


def pages(path: str, query: Mapping[str, Any]) -> Iterator[Record]:
    """Every item of a list, page by page as they are asked for."""
    cursor: Optional[str] = None
    while True:
        page = get(path, {**query, "cursor": cursor})
        yield from page["items"]
        following = page.get("next_cursor")
        # A cursor that does not move would ask for the same page for ever.
        if not following or following == cursor:
            return
        cursor = following


def part(text: Any) -> str:
    """`text` as one part of a path."""
    return quote(str(text), safe="")


def _query_text(query: Mapping[str, Any]) -> str:
    pairs = [(name, _value_text(name, value)) for name, value in query.items() if value is not None]
    return "?" + urlencode(pairs) if pairs else ""


def _value_text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime) or name in ("from", "to") and isinstance(value, (int, float)):
        return rfc3339(moment_ms(value, name))
    if isinstance(value, (list, tuple, set, frozenset)):
        return ",".join(str(each) for each in value)
    return str(value)


def _read(answer: Answer, path: str) -> Record:
    fields = parse_object(answer.body)
    if answer.status == 200 and fields is not None:
        return fields
    raise _error(answer, fields or {}, path)


def _error(answer: Answer, fields: Dict[str, Any], path: str) -> NiitakaError:
    status = answer.status
    code = fields.get("code")
    message = f"GET {path}: {fields.get('detail') or fields.get('title') or 'no readable answer'} (status {status})"
    if status == 429:
        after = answer.headers.get("retry-after", "")
        return RateLimitedError(message, retry_after=float(after) if after.isdigit() else None, code=code)
    if status in (401, 403):
        return AuthenticationError(message, status=status, code=code)
    if status == 404 and code is not None:
        return NotFoundError(message, status=status, code=code)
    if 400 <= status < 500 and code is not None:
        return InvalidRequestError(message, status=status, code=code)
    return ServerError(message, status=status, code=code)
