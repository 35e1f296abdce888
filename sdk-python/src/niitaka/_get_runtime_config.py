"""The runtime config of an agent, inside a session or outside of any."""

from __future__ import annotations

from typing import Optional

from ._arguments import check_agent_id, check_text
from ._context import current_session
from ._limits import CONFIG_SECONDS
from ._runtime import active_client, current
from ._runtime_config import RuntimeConfig
from ._snapshot import SnapshotKey, known_config


def get_runtime_config(
    agent_id: Optional[str] = None,
    *,
    experiment_id: Optional[str] = None,
    variant: Optional[str] = None,
    environment: Optional[str] = None,
) -> RuntimeConfig:
    """How an agent is to run: `config.llm.model`, or `config["llm"]["model"]`; without arguments, the session's own.

    The first read waits for the server, for at most half a second; then what it said last holds, be it to an earlier
    process. Where it was never reached the config is empty, with one warning. In a session a config stays as it was
    read first. An `agent_id` is that of `start_session`: ValueError or TypeError otherwise.
    """
    check_agent_id(agent_id)
    for name, text in (("experiment_id", experiment_id), ("variant", variant), ("environment", environment)):
        check_text(text, name)
    session = current_session()
    own = None if session is None else session.snapshot_key
    if own is not None and agent_id in (None, own.agent_id):
        # What is left out is the session's.
        key = SnapshotKey(
            own.agent_id, environment or own.environment, experiment_id or own.experiment_id, variant or own.variant
        )
    else:
        key = SnapshotKey(agent_id, environment or current().options.environment, experiment_id, variant)
    if session is not None:
        return session.config_of(key)
    client = active_client()
    snapshots = None if client is None else client.snapshots
    config = known_config(snapshots, key)
    if snapshots is not None:
        snapshots.refresh(key, CONFIG_SECONDS)
    return config
