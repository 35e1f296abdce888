"""One request for a part of a tree's budget, and what its answer means (wire: `POST /budgets/lease`)."""

from __future__ import annotations

import json
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple, Optional, Union

from ._clock import now_ms
from ._http import Answer, Connection
from ._json import parse_object
from ._limits import LEASE_WAIT_SECONDS

#: Greatest amount that the wire takes.
_MOST = 10**18 - 1


class Asked(NamedTuple):
    """What a sender has spent in a tree, and wants."""

    session_id: str
    sender: str
    spent: int
    want: int
    #: What of it is for calls under way.
    booked: int


class Granted(NamedTuple):
    """What it may spend from now on, for so many seconds."""

    granted: int
    seconds: float
    is_exhausted: bool
    #: The tree's root; None where the server does not say.
    root_session_id: Optional[str]


class Refused(NamedTuple):
    """No lease, by the code of the problem."""

    code: str


def request_lease(connection: Connection, asked: Asked) -> Union[Granted, Refused]:
    """Granted or Refused; Unreachable where there is no answer."""
    body = {
        "session_id": asked.session_id,
        "sender": asked.sender,
        "spent_nano_usd": str(min(max(0, asked.spent), _MOST)),
        "want_nano_usd": str(min(max(0, asked.want), _MOST)),
        "booked_nano_usd": str(min(max(0, asked.booked), _MOST)),
    }
    headers = {"Content-Type": "application/json"}
    content = json.dumps(body).encode()
    answer = connection.request("POST", "/api/v1/budgets/lease", content, headers, LEASE_WAIT_SECONDS)
    fields = parse_object(answer.body) or {}
    if answer.status != 200:
        return Refused(str(fields.get("code")))
    try:
        root = fields.get("root_session_id")
        seconds = _seconds(answer, str(fields["expires_at"]))
        is_exhausted = fields.get("exhausted") is True
        return Granted(int(fields["granted_nano_usd"]), seconds, is_exhausted, root if isinstance(root, str) else None)
    except (KeyError, ValueError, TypeError):
        return Refused("unreadable")


def _seconds(answer: Answer, expires_at: str) -> float:
    """For how long it holds, by the server's own clock, whose header tells whole seconds."""
    end = datetime.fromisoformat(expires_at.replace("Z", "+00:00")).timestamp()
    told: Any = answer.headers.get("date")
    return end - (parsedate_to_datetime(told).timestamp() + 1 if told else now_ms() / 1000)
