"""Niitaka: watch your AI agents run, and step in.

>>> import niitaka
>>> with niitaka.start_session(goal="Say hello", agent_id="greeter") as session:
...     session.set_metrics({"goal_completed": True})
"""

from importlib import import_module
from typing import Any

from ._attach_session import attach_session
from ._context import current_session
from ._decision import decision
from ._errors import (
    AgentExecutionStopped,
    AuthenticationError,
    ConnectionError,
    InvalidRequestError,
    NiitakaError,
    NotFoundError,
    RateLimitedError,
    ServerError,
)
from ._get_runtime_config import get_runtime_config
from ._report_metrics import report_metrics
from ._runtime import configure, flush, shutdown
from ._runtime_config import LlmConfig, RuntimeConfig
from ._session import Session
from ._start_session import start_session
from ._tool import ToolCall, tool
from ._version import VERSION as __version__


def __getattr__(name: str) -> Any:
    """What not every program needs is loaded when it is first named."""
    if name in ("api", "testing"):
        return import_module(f"{__name__}.{name}")
    if name.partition("_")[0] in ("instrument", "uninstrument"):
        found = import_module(f"{__name__}._instrument.instrument").function_named(name)
        if found is not None:
            globals()[name] = found
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "AgentExecutionStopped",
    "AuthenticationError",
    "ConnectionError",
    "InvalidRequestError",
    "LlmConfig",
    "NiitakaError",
    "NotFoundError",
    "RateLimitedError",
    "RuntimeConfig",
    "ServerError",
    "Session",
    "ToolCall",
    "__version__",
    "attach_session",
    "configure",
    "current_session",
    "decision",
    "flush",
    "get_runtime_config",
    "report_metrics",
    "shutdown",
    "start_session",
    "tool",
]
