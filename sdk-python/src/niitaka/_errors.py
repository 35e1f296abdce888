"""What the read side raises, and the one exception that a policy may raise in a host."""

from __future__ import annotations

from typing import Optional


class AgentExecutionStopped(Exception):
    """Raised before a step of a session that an operator or a policy stopped; every further step raises it again."""

    def __init__(
        self,
        message: str,
        *,
        session_id: str,
        policy: str = "operator",
        threshold: Optional[float] = None,
        found: Optional[float] = None,
    ) -> None:
        super().__init__(message)
        #: The session that was stopped.
        self.session_id = session_id
        #: Id of the policy that stopped it, or `operator`.
        self.policy = policy
        #: The limit that was reached, where there is one: USD or steps.
        self.threshold = threshold
        #: What was found against it.
        self.found = found


class NiitakaError(Exception):
    """A call to the server failed."""

    def __init__(self, message: str, *, status: Optional[int] = None, code: Optional[str] = None) -> None:
        super().__init__(message)
        #: HTTP status, where there was an answer.
        self.status = status
        #: The server's word for what is wrong, such as `not_found`.
        self.code = code


class AuthenticationError(NiitakaError):
    """The key is missing, wrong, revoked, or has not the scope (401, 403)."""


class NotFoundError(NiitakaError):
    """There is no such thing in this organisation (404)."""


class InvalidRequestError(NiitakaError):
    """The server did not understand the call (other 4xx); the message names the field."""


class RateLimitedError(NiitakaError):
    """Too many calls (429)."""

    def __init__(self, message: str, *, retry_after: Optional[float] = None, code: Optional[str] = None) -> None:
        super().__init__(message, status=429, code=code)
        #: Seconds to wait, where the server named them.
        self.retry_after = retry_after


class ServerError(NiitakaError):
    """The server failed or is not ready (5xx, or an answer that is none of its own)."""


class ConnectionError(NiitakaError):  # named as the specification names it
    """The server could not be reached, or did not answer in time."""
