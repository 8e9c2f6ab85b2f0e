"""No two modules import each other, directly or by way of others, not even for types or inside a function."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from .source import HOUSE, modules


def test_no_modules_import_each_other() -> None:
    known = {module.name: module for module in modules(*HOUSE)}
    graph = {name: module.imports(known.keys()) for name, module in known.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        raise AssertionError(f"an import circle: {circle}") from None
