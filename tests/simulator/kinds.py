"""The register of kinds: each a function that adds the requests of one copy, with its weight and its source."""

from __future__ import annotations

from collections.abc import Callable

from .letter import Letter
from .records import Kind

Generator = Callable[[Letter], None]

KINDS: dict[str, Kind] = {}
GENERATORS: dict[str, Generator] = {}
SOURCES: dict[str, tuple[str, ...]] = {}
WEIGHTS: dict[str, float] = {}


def kind(weight: float, *sources: str, tellable: bool = True) -> Callable[[Generator], Generator]:
    """Register a generator under its function's name; its docstring describes the kind.

    Arguments:
        weight: how frequent it is in the traffic of all kinds.
        sources: where the behaviour is published, with dates.
        tellable: False where part of its requests cannot be told from the opposite.
    """

    def register(generator: Generator) -> Generator:
        name = generator.__name__
        description = " ".join((generator.__doc__ or "").split())
        KINDS[name] = Kind(description, "; ".join(sources), tellable)
        GENERATORS[name], SOURCES[name], WEIGHTS[name] = generator, sources, weight
        return generator

    return register
