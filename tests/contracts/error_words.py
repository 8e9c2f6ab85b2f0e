"""The words of every error in the sources, found by walking them: what catalogues must have."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAYERS = ("models", "templates", "web", "worker", "ops")
ERRORS = frozenset(
    {
        "KairanError", "Invalid", "NotFound", "Forbidden", "Unavailable", "SignUpsBusy", "OnTheWire", "Fenced",
        "UnknownMigration", "CannotStart", "FolderUnreachable", "SpoiledFile", "BadToken", "ExpiredToken",
        "CommandRefused", "WrongCode", "BadPasskey", "Unreadable", "wrong", "_wrong", "_refuse",
    }
)  # fmt: skip
"""Constructors of errors, and functions that make one of the words they are given."""


@dataclass(frozen=True, slots=True)
class ErrorWords:
    """What one error says: a message of a catalogue, or ``made`` where the source puts it together by hand."""

    path: str
    line: int
    message: str
    made: bool = False


def found() -> Iterator[ErrorWords]:
    """The words of every error of the house."""
    for layer in LAYERS:
        for path in sorted((ROOT / layer).rglob("*.py")):
            if "versions" not in path.parts:
                yield from in_source(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))


def in_source(text: str, path: str) -> Iterator[ErrorWords]:
    """The words of every error in one source."""
    tree = ast.parse(text)
    constants = {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _name(node.func) in ERRORS:
            yield from _words(node.args[0], constants, path)


def _words(value: ast.expr, constants: dict[str, str], path: str) -> Iterator[ErrorWords]:
    match value:
        case ast.Constant(value=str(message)):
            yield ErrorWords(path, value.lineno, message)
        case ast.Name(id=name) if name in constants:
            yield ErrorWords(path, value.lineno, constants[name])
        case ast.IfExp():
            yield from _words(value.body, constants, path)
            yield from _words(value.orelse, constants, path)
        case ast.Call() if _name(value.func) in ("str", "format", "join"):
            yield ErrorWords(path, value.lineno, ast.unparse(value), made=True)
        case ast.JoinedStr() | ast.BinOp():
            yield ErrorWords(path, value.lineno, ast.unparse(value), made=True)


def _name(function: ast.expr) -> str:
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )
