"""Which functions of the house lead to an entry of the audit log, and which acts entries name; read with ``ast``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from .source import LAYERS, Module, modules

Function = tuple[str, str]
"""A module's dotted name, and the name of a function or of a value at its top."""
RECORD: Function = ("models.staff.audit", "record_each")


def leads_to_entry(function: Function) -> bool:
    """Whether *function*, or whatever it names, writes an entry."""
    seen, waiting = {function}, [function]
    while waiting:
        found = _named().get(waiting.pop(), frozenset()) - seen
        if RECORD in found:
            return True
        seen |= found
        waiting += found
    return False


def actions() -> set[str]:
    """Every act that code names."""
    return {action for module in modules(*LAYERS) for action in _actions(module)}


def _actions(module: Module) -> Iterator[str]:
    text = module.text
    if "audit" not in text:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            place = {"audit.record": 2, "audit.record_each": 2, "record": 2, "self._record": 0, "_record": 3}.get(name)
            arguments = node.args[place : place + 1] if place else []
            yield from (word for one in arguments for word in _texts(one))
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "action":
            yield from (word for word in _texts(node.value) if " " in word)


def _texts(node: ast.expr) -> Iterator[str]:
    for part in ast.walk(node) if isinstance(node, (ast.Constant, ast.IfExp)) else ():
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


@cache
def _named() -> dict[Function, frozenset[Function]]:
    """By function or value at the top of a module, the others that it names."""
    every = modules(*LAYERS)
    known = {module.name for module in every}
    return {
        (module.name, name): frozenset(_targets(module, nodes, known))
        for module in every
        for name, nodes in _tops(module).items()
    }


def _tops(module: Module) -> dict[str, list[ast.AST]]:
    found: dict[str, list[ast.AST]] = {}
    for node in module.tree.body:
        match node:
            case ast.FunctionDef(name=name):
                found.setdefault(name, []).append(node)
            case ast.ClassDef(name=name):
                found.setdefault(name, []).append(node)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found.setdefault(name, []).append(node)
    return found


def _targets(module: Module, nodes: list[ast.AST], known: set[str]) -> Iterator[Function]:
    names = _imported(module, known)
    own = _tops(module).keys()
    for node in (part for top in nodes for part in ast.walk(top)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            target = names[node.value.id]
            if not target[1]:
                yield target[0], node.attr
        elif isinstance(node, ast.Name):
            if node.id in own:
                yield module.name, node.id
            elif node.id in names and names[node.id][1]:
                yield names[node.id]


def _imported(module: Module, known: set[str]) -> dict[str, Function]:
    """By name in *module*, what it was imported from: a module (no second part), or something in one."""
    found: dict[str, Function] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            base = module._base(node)
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                found[alias.asname or alias.name] = (whole, "") if whole in known else (base, alias.name)
    return found
