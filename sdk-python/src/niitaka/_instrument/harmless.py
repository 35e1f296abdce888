"""A fault of ours never reaches the host."""

from __future__ import annotations

import functools
from typing import Any, Callable, TypeVar, cast

from .._warn import warn_once

F = TypeVar("F", bound=Callable[..., Any])


def harmless(function: F) -> F:
    """`function`, which answers None and warns once where it fails."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as trouble:
            warn_once("integration", f"a model call is not recorded whole: {type(trouble).__name__}: {trouble}")
            return None

    return cast(F, call)
