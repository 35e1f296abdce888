"""The policies that are for one agent in one environment, in the order in which they are asked (P3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterable, NamedTuple, Optional, Tuple

from .decision import total_index
from .policy import Policy


class CompiledLimit(NamedTuple):
    """A limit, where its total stands in an `EvaluationState`, and the greatest total that does not pass it."""

    policy: Policy
    at: int
    most: int


@dataclass(frozen=True)
class CompiledPolicies:
    """Stages in their order, each with its policies in theirs; `rank` gives the place of a policy among all."""

    cost_limits: Tuple[CompiledLimit, ...]
    step_limits: Tuple[CompiledLimit, ...]
    retries: Tuple[Policy, ...]
    fallbacks: Tuple[Policy, ...]
    broken: Tuple[Policy, ...]
    #: Of each policy, by its `id()`.
    rank: Dict[int, int]
    #: The smallest enforced limit that stops a tree by its cost (P10).
    tree_limit: Optional[Policy]


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

    cost_limits = tuple(_limit(policy) for policy in stage("cost_limit"))
    return CompiledPolicies(
        cost_limits,
        tuple(_limit(policy) for policy in stage("step_limit")),
        stage("retry"),
        stage("fallback"),
        stage("broken"),
        {id(policy): rank for rank, policy in enumerate(applicable)},
        _tree_limit(cost_limits),
    )


def _tree_limit(limits: Iterable[CompiledLimit]) -> Optional[Policy]:
    stops = [
        policy
        for policy, _, _ in limits
        if (policy.scope, policy.action, policy.mode) == ("tree", "abort", "enforce")
    ]
    return min(stops, key=lambda policy: policy.cost_exceeded_nano_usd, default=None)


def _limit(policy: Policy) -> CompiledLimit:
    """A cost passes its threshold above it, steps pass theirs at it (P2)."""
    is_cost = policy.type == "cost_limit"
    most = policy.cost_exceeded_nano_usd if is_cost else policy.steps_exceeded - 1
    return CompiledLimit(policy, total_index(policy), most)
