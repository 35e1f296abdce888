"""A policy, made ready to be asked (P1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional, Tuple

#: Every policy type, in the order of the stages of a decision.
POLICY_TYPES = ("cost_limit", "step_limit", "retry", "fallback")


@dataclass(frozen=True)
class Policy:
    """One policy of any type: what its type has not is None. `type` is `broken` for one that cannot be evaluated."""

    id: str
    #: What people call it; its id where nobody named it.
    name: str
    #: Which of the policy's contents this is; rises with every change.
    revision: int
    #: The agent it is for; None for all of the organisation.
    agent_id: Optional[str]
    #: The environment it is for; None for all.
    environment: Optional[str]
    #: Higher comes first.
    priority: int
    #: `session`, `tree` or `day`: whose total a limit looks at.
    scope: str
    #: `enforce`, `shadow` or `off`.
    mode: str
    #: Milliseconds since the epoch; of equals the older comes first.
    created_at_ms: int
    type: str = "broken"
    #: What is done: of a limit `warn` or `abort`, else the type itself.
    action: str = ""
    #: A cost limit's threshold as plain decimal text, and the greatest whole nano-USD that does not exceed it.
    cost_exceeded_usd: str = ""
    cost_exceeded_nano_usd: int = 0
    steps_exceeded: int = 0
    #: Error kinds a retry or fallback is for; None for all.
    on_errors: Optional[Tuple[str, ...]] = None
    max_retries: int = 0
    #: `exponential`, `linear` or `constant`.
    backoff: str = "exponential"
    base_seconds: float = 1
    max_seconds: float = 60
    fallback_model: str = ""
    #: Of a broken policy: the path of the value that is wrong, and what was found and wanted there.
    at: str = ""
    reason: str = field(default="", compare=False)

    @property
    def is_limit(self) -> bool:
        """Whether it watches a total, not failed calls."""
        return self.type in ("cost_limit", "step_limit")
