"""The register of kinds: each a function that adds the requests of one copy, with its weight and its source."""

from __future__ import annotations

from collections.abc import Callable

from .letter import Letter
from .records import Kind

Generator = Callable[[Letter], None]

KINDS: dict[str, Kind] = {}
GENERATORS: dict[str, Generator] = {}
WEIGHTS: dict[str, float] = {}


def kind(weight: float, source: str, *, tellable: bool = True) -> Callable[[Generator], Generator]:
    """Register a generator under its function's name; its docstring describes the kind.

    Arguments:
        weight: how frequent it is in the traffic of all kinds.
        source: where the behaviour is published, with a date.
        tellable: False where part of its requests cannot be told from the opposite.
    """

    def register(generator: Generator) -> Generator:
        name = generator.__name__
        description = " ".join((generator.__doc__ or "").split())
        KINDS[name], GENERATORS[name], WEIGHTS[name] = Kind(description, source, tellable), generator, weight
        return generator

    return register
