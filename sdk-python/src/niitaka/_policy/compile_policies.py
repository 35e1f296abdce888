"""The policies that are for one agent in one environment, in the order in which they are asked (P3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, Optional, Tuple

from .policy import Policy


@dataclass(frozen=True)
class CompiledPolicies:
    """Stages in their order, each with its policies in theirs; `rank` gives a policy's place among all."""

    cost_limits: Tuple[Policy, ...]
    step_limits: Tuple[Policy, ...]
    retries: Tuple[Policy, ...]
    fallbacks: Tuple[Policy, ...]
    broken: Tuple[Policy, ...]
    rank: "dict[int, int]"


def compile_policies(policies: Iterable[Policy], agent_id: Optional[str], environment: str) -> CompiledPolicies:
    """Chooses and orders; those that are `off` or for others are left out. Once per snapshot: a decision only walks
    the lists."""
    applicable = sorted(
        (
            policy
            for policy in policies
            if policy.mode != "off"
            and policy.agent_id in (None, agent_id)
            and policy.environment in (None, environment)
        ),
        key=lambda policy: (-policy.priority, policy.agent_id is None, policy.created_at_ms, policy.id),
    )

    def stage(kind: str) -> Tuple[Policy, ...]:
        return tuple(policy for policy in applicable if policy.type == kind)

    return CompiledPolicies(
        stage("cost_limit"),
        stage("step_limit"),
        stage("retry"),
        stage("fallback"),
        stage("broken"),
        {id(policy): rank for rank, policy in enumerate(applicable)},
    )
