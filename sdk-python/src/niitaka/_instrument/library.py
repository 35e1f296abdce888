"""What a provider's module tells of its library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Mapping, Tuple, Type

from .reader import Reader


@dataclass(frozen=True)
class Dialect:
    """One kind of call."""

    reader: Type[Reader]
    #: Members of a request that are content: captured where content is, and counted where tokens must be estimated.
    content: Tuple[str, ...]
    #: Whether an operator may have it use another model.
    swaps_model: bool = True
    #: Whether a stream tells its usage only to those who ask for it.
    hides_usage: bool = False


@dataclass(frozen=True)
class Library:
    """A client library of the family that both providers' are generated in."""

    #: Name to import and to install.
    package: str
    #: By the path of a request below the client's address, without its query.
    dialects: Mapping[str, Dialect]
    #: The provider behind a host name.
    provider_of: Callable[[str], str]
    #: Whether it may be asked for a model of this name.
    takes_model: Callable[[str], bool]
    #: Whether a host is known to tell a stream's usage when asked; elsewhere an unknown field may refuse the request.
    tells_usage: Callable[[str], bool] = lambda host: False
