"""The source of the house as contracts read it: modules, what they import, and the names that they give.

Everything is read with ``ast``, without running it, so that imports inside functions and below ``TYPE_CHECKING``
count like any other.
"""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Collection, Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
LAYERS = ("models", "templates", "worker", "web", "ops")
HOUSE = ("settings", "setting_checks", *LAYERS)


class Name(NamedTuple):
    """A name that a module gives to something."""

    text: str
    line: int


class Module:
    """One file of Python.

    Arguments:
        path: where it is, below the root.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        parts = path.with_suffix("").parts
        self.is_package = parts[-1] == "__init__"
        self.name = ".".join(parts[:-1] if self.is_package else parts)
        self.text = (ROOT / path).read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def _imports(self) -> list[tuple[str, str]]:
        """Each import: what it is from, and the dotted name that it takes."""
        found: list[tuple[str, str]] = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [(alias.name, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node)
                found += [(base, f"{base}.{alias.name}") for alias in node.names]
        return found

    def imports(self, known: Collection[str]) -> set[str]:
        """Which of the *known* modules it imports; of ``from a import b`` a.b where there is one, else a."""
        return {name if name in known else base for base, name in self._imports} & set(known) - {self.name}

    @property
    def foreign_imports(self) -> set[str]:
        """The top-level packages of others that it imports, those of Python included."""
        return {base.partition(".")[0] for base, _ in self._imports} - {*HOUSE, "tests", "benchmarks"}

    def _base(self, node: ast.ImportFrom) -> str:
        """The package that an import is from, relative ones resolved."""
        if not node.level:
            return node.module or ""
        parts = self.name.split(".") if self.is_package else self.name.split(".")[:-1]
        parts = parts[: len(parts) - node.level + 1]
        return ".".join([*parts, *([node.module] if node.module else [])])

    @cached_property
    def classes(self) -> list[Name]:
        """Its classes, inner ones included."""
        return [Name(node.name, node.lineno) for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)]

    @cached_property
    def identifiers(self) -> list[Name]:
        """Every name that it gives: of classes, functions, arguments, variables and attributes."""
        return list(self._identifiers())

    def _identifiers(self) -> Iterator[Name]:
        for node in ast.walk(self.tree):
            match node:
                case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    yield Name(name, node.lineno)
                case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                    yield Name(name, node.lineno)
                case ast.Attribute(attr=name, ctx=ast.Store()):
                    yield Name(name, node.lineno)


@cache
def _module(path: Path) -> Module:
    return Module(path)


def modules(*tops: str) -> list[Module]:
    """The modules below folders of the root, or single ones (``settings``)."""
    found: list[Path] = []
    for top in tops:
        file = ROOT / f"{top}.py"
        found += [file] if file.exists() else sorted((ROOT / top).rglob("*.py"))
    return [_module(path.relative_to(ROOT)) for path in found]


def repository_files() -> list[Path]:
    """Every file that is in the repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]
