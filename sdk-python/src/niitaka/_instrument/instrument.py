"""Turns the recording of provider libraries on and off."""

from __future__ import annotations

import pkgutil
import threading
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any, Callable, Dict, List, Optional

from .._control import MODEL_LIBRARIES
from .._warn import warn_once
from .library import Library
from .patch_library import Patch, UnknownShape, patch_library, unpatch_library

_lock = threading.RLock()
_patched: Dict[str, List[Patch]] = {}

_PROVIDERS = "niitaka.integrations"


def function_named(name: str) -> Optional[Callable[[], Any]]:
    """`instrument`, `instrument_openai` and the like, for every provider there is a module of; else None."""
    if name in ("instrument", "uninstrument"):
        return instrument if name == "instrument" else uninstrument
    verb, _, provider = name.partition("_")
    acts = {"instrument": _instrument, "uninstrument": _uninstrument}
    if verb not in acts or provider not in _providers():
        return None
    return _named(name, provider, acts[verb])


def instrument() -> List[str]:
    """Records the calls of every provider library that is installed, and answers their names.

    Each call inside a session is one event, with its model, tokens and times. What a library hands back and raises
    stays the same.
    """
    return [name for name in _providers() if find_spec(_library(name).package) is not None and _instrument(name)]


def uninstrument() -> None:
    """Records the calls of no provider library any more."""
    for name in _providers():
        _uninstrument(name)


def _named(name: str, provider: str, act: Callable[[str], Any]) -> Callable[[], Any]:
    def function() -> Any:
        return act(provider)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = act.__doc__
    return function


def _providers() -> List[str]:
    return sorted(each.name for each in pkgutil.iter_modules(import_module(_PROVIDERS).__path__))


def _library(name: str) -> Library:
    library: Library = import_module(f"{_PROVIDERS}.{name}").LIBRARY
    return library


def _instrument(name: str) -> bool:
    """True when the library's calls are recorded from here on."""
    library = _library(name)
    with _lock:
        if library.package in _patched:
            return True
        try:
            _patched[library.package] = patch_library(library)
        except Exception as trouble:
            _tell(library, trouble)
            return False
        MODEL_LIBRARIES.add(library.package)
        return True


def _uninstrument(name: str) -> None:
    """The library is as it was."""
    with _lock:
        package = _library(name).package
        unpatch_library(_patched.pop(package, []))
        MODEL_LIBRARIES.discard(package)


def _tell(library: Library, trouble: Exception) -> None:
    package = library.package
    try:
        installed = version(package)
    except PackageNotFoundError:
        warn_once(f"library {package}", f"{package} is not installed: none of its calls is recorded")
        return
    what = str(trouble) if isinstance(trouble, UnknownShape) else f"{type(trouble).__name__}: {trouble}"
    warn_once(f"library {package}", f"{package} {installed} is not one we know, its calls are not recorded: {what}")
