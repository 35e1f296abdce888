"""A policy file: what it says, for whom, and the errors that lead to a line and column (P8)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Dict, List, NoReturn, Optional, Tuple

from .._policy.compile_policies import CompiledPolicies, compile_policies
from .._policy.parse_policy import read_policy
from .._policy.policy import Policy
from .._policy.trouble import is_name
from .yaml_reader import Fault, Node, read_yaml

#: Bytes of a policy file.
FILE_BYTES = 256 * 1024
#: Policies in it.
FILE_POLICIES = 1_000

_TOP = ("version", "agents", "policies")
_COMMON = ("id", "name", "type", "agent_id", "environment", "priority", "scope", "mode", "condition", "action")
_CONTENT = {
    "cost_limit": {"condition": ("cost_exceeded",), "action": ("type",)},
    "step_limit": {"condition": ("steps_exceeded",), "action": ("type",)},
    "retry": {"condition": ("on_errors",), "action": ("max_retries", "backoff", "base_seconds", "max_seconds")},
    "fallback": {"condition": ("on_errors",), "action": ("fallback_model",)},
}
_NO_POLICIES = 'a map with the key "policies"'


@dataclass(frozen=True)
class PolicyFile:
    """Read whole, once; what the file becomes later changes nothing."""

    #: SHA-256 of its bytes, in hex.
    hash: str
    #: Agents that the file names; None for every agent.
    agents: Optional[Tuple[str, ...]]
    policies: Tuple[Policy, ...]
    #: The policies as the wire would have them.
    rows: Tuple[Dict[str, Any], ...]
    #: Agents that the file lists, for whom its policies without an agent are; None for every agent.
    listed: Optional[Tuple[str, ...]]

    def names(self, agent_id: Optional[str]) -> bool:
        """Whether the file's policies, and no others, hold for the agent."""
        return self.agents is None or agent_id in self.agents

    def policies_of(self, agent_id: Optional[str], environment: str) -> CompiledPolicies:
        """Those that hold for an agent whom the file names."""
        is_listed = self.listed is None or agent_id in self.listed
        meant = [each for each in self.policies if is_listed or each.agent_id is not None]
        return compile_policies(meant, agent_id, environment)


def read_policy_file(path: str) -> PolicyFile:
    """The file; ValueError says `FILE:LINE:COLUMN: what was found, what was wanted`."""
    try:
        with open(path, "rb") as opened:
            content = opened.read(FILE_BYTES + 1)
    except (OSError, ValueError) as trouble:
        reason = trouble.strerror if isinstance(trouble, OSError) and trouble.strerror else str(trouble)
        raise ValueError(f"{path}:1:1: found no file that can be read ({reason}), wanted a policy file") from None
    if len(content) > FILE_BYTES:
        raise ValueError(f"{path}:1:1: found more than {FILE_BYTES} bytes, wanted at most that many")
    return parse_policy_file(content, path)


def parse_policy_file(content: bytes, path: str) -> PolicyFile:
    """What stands in a file of that name; ValueError as `read_policy_file`."""
    text = content.decode("utf-8", "surrogateescape")
    text = text[1:] if text.startswith("\ufeff") else text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        _refuse_bytes(text)
        return _Content(read_yaml(text)).read(hashlib.sha256(content).hexdigest())
    except Fault as fault:
        line = text.count("\n", 0, fault.at) + 1
        column = fault.at - (text.rfind("\n", 0, fault.at) + 1) + 1
        raise ValueError(f"{path}:{line}:{column}: {fault}") from None


def _refuse_bytes(text: str) -> None:
    at = next((at for at, each in enumerate(text) if "\ud800" <= each <= "\udfff"), None)
    if at is not None:
        raise Fault(at, "found bytes that are no UTF-8, wanted text")


class _Content:
    """Goes through the values of a file."""

    def __init__(self, top: Node) -> None:
        self._top = top

    def read(self, hash: str) -> PolicyFile:
        top = self._top
        if not isinstance(top.value, dict):
            _refuse(top, _NO_POLICIES)
        _check_keys(top, _TOP)
        if "version" in top.value and top.value["version"].node.value != 1:
            _refuse(top.value["version"].node, "1")
        if "policies" not in top.value:
            raise Fault(top.at, 'found no policies, wanted the key "policies"')
        listed = self._agents()
        rows, policies = self._policies()
        named = list(dict.fromkeys([*(listed or ()), *(each.agent_id for each in policies if each.agent_id)]))
        is_for_all = listed is None and any(each.agent_id is None for each in policies)
        return PolicyFile(hash, None if is_for_all else tuple(named), tuple(policies), tuple(rows), listed)

    def _agents(self) -> Optional[Tuple[str, ...]]:
        entry = self._top.value.get("agents")
        if entry is None or entry.node.value is None:
            return None
        if not isinstance(entry.node.value, list) or not entry.node.value:
            _refuse(entry.node, "a list of agents")
        for each in entry.node.value:
            if not is_name(each.value):
                _refuse(each, "an agent's id, as text")
        return tuple(dict.fromkeys(each.value for each in entry.node.value))

    def _policies(self) -> Tuple[List[Dict[str, Any]], List[Policy]]:
        node = self._top.value["policies"].node
        if not isinstance(node.value, list):
            _refuse(node, "a list of policies")
        if len(node.value) > FILE_POLICIES:
            raise Fault(node.value[FILE_POLICIES].at, f"found {len(node.value)} policies, wanted at most {FILE_POLICIES}")
        rows: List[Dict[str, Any]] = []
        policies: List[Policy] = []
        known = set()
        for number, each in enumerate(node.value, 1):
            row = _row(each, number)
            if row["id"] in known:
                at = _place(each, "id").at
                raise Fault(at, f'found the id "{row["id"]}" a second time, wanted each id once')
            known.add(row["id"])
            policy = read_policy(row)
            if policy.type == "broken":
                raise Fault(_place(each, policy.at).at, f'{policy.at} {policy.reason}, policy "{policy.id}"')
            rows.append(row)
            policies.append(policy)
        return rows, policies


def _row(node: Node, number: int) -> Dict[str, Any]:
    """The policy as the wire would have it, its defaults filled in."""
    if not isinstance(node.value, dict):
        _refuse(node, "a policy")
    _check_keys(node, _COMMON)
    given = {key: plain(entry.node) for key, entry in node.value.items()}
    content = _CONTENT.get(given["type"]) if isinstance(given.get("type"), str) else None
    for part, keys in (content or {}).items():
        if part in given and isinstance(given[part], dict):
            _check_keys(node.value[part].node, keys)
    name, identity = given.get("name"), given.get("id")
    if identity is None and name is None:
        raise Fault(node.at, 'found neither, wanted "id" or "name"')
    if identity is None:
        identity = f"file:{name}"
    defaults = {"priority": 0, "scope": "session", "mode": "enforce"}
    head = {
        "id": identity,
        "name": identity if name is None else name,
        "revision": 1,
        "created_at": number,
        "agent_id": given.get("agent_id"),
        "environment": given.get("environment"),
        **{key: default if given.get(key) is None else given[key] for key, default in defaults.items()},
    }
    return {**head, **{key: given[key] for key in ("type", "condition", "action") if key in given}}


def _check_keys(node: Node, known: Tuple[str, ...]) -> None:
    for key, entry in node.value.items():
        if key not in known:
            wanted = ", ".join(f'"{each}"' for each in known)
            raise Fault(entry.key_at, f'found the key "{key}", wanted {"one of " if len(known) > 1 else ""}{wanted}')


def _place(node: Node, path: str) -> Node:
    """The value at a path, or the innermost one on the way there."""
    for key in path.split("."):
        entry = node.value.get(key) if isinstance(node.value, dict) else None
        if entry is None:
            return node
        node = entry.node
    return node


def plain(node: Node) -> Any:
    """The value without its places."""
    if isinstance(node.value, dict):
        return {key: plain(entry.node) for key, entry in node.value.items()}
    return [plain(each) for each in node.value] if isinstance(node.value, list) else node.value


def _refuse(node: Node, wanted: str) -> NoReturn:
    kinds = {dict: "a map", list: "a list", str: "text", bool: "true or false", type(None): "nothing"}
    raise Fault(node.at, f"found {kinds.get(type(node.value), 'a number')}, wanted {wanted}")
