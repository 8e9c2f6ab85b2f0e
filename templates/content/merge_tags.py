"""Staff's own templates: a reader's details and facts of the issue in the texts of an issue, in a sandbox.

A template is checked node by node against a list of what is allowed before it is compiled, and every loop and
every joined string draws on a budget while it runs; Jinja's own sandbox stands behind that as a second net.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import count
from types import SimpleNamespace
from typing import Any, cast

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, Undefined, UndefinedError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer

from .errors import CannotRender, RenderFault
from .letter import Letter
from .slot import Escape, FieldSlot, Slots
from .wording import wording

MAX_STEPS = 1000
MAX_CHARACTERS = 200_000
MAX_DEPTH = 40
MAX_NODES = 5000
MAX_HONORIFIC = 20
"""Characters of what follows a name."""
READER_FIELDS = ("name", "kana", "organisation")

_OPENING = re.compile(r"\{[{%#]")
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Const,
    nodes.Name,
    nodes.Getattr,
    nodes.Filter,
    nodes.Call,
    nodes.If,
    nodes.For,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Concat,
    nodes.List,
    nodes.Tuple,
    nodes.Keyword,
)
_OBJECTS = frozenset({"reader", "issue", "newsletter", "loop"})
_FILTERS = frozenset({"default", "d", "honorific", "join", "length"})
_PARSE_ERRORS = (TemplateSyntaxError, SyntaxError, RecursionError, ValueError, OverflowError, MemoryError)


class Detail:
    """A reader's own detail while a template runs: it can be written and given a fallback, and nothing else."""

    def __init__(self, reader: ReaderDetails, name: str, fallback: str = "", honorific: str = "") -> None:
        self._reader, self._name, self._fallback, self._honorific = reader, name, fallback, honorific

    def __str__(self) -> str:
        slot = FieldSlot(self._name, self._fallback, self._reader.escape, self._honorific)
        return self._reader.slots.marker(slot)

    def with_fallback(self, fallback: object) -> Detail:
        """The same detail with what stands there when it is empty."""
        if isinstance(fallback, Detail):
            self._refuse()
        return Detail(self._reader, self._name, " ".join(str(fallback).splitlines()), self._honorific)

    def with_honorific(self, honorific: object) -> Detail:
        """The same detail with what follows it when it is there, and only then."""
        if isinstance(honorific, Detail):
            self._refuse()
        return Detail(self._reader, self._name, self._fallback, " ".join(str(honorific).splitlines())[:MAX_HONORIFIC])

    def _refuse(self, *_: object) -> Any:
        raise CannotRender(RenderFault.MERGE_TAG_CONDITION, name=self._name)

    __bool__ = __len__ = __iter__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _refuse
    __hash__ = None  # type: ignore[assignment]


class ReaderDetails:
    """What a template knows of the reader: the names of details, and never a value."""

    def __init__(self, known: tuple[str, ...] | None, slots: Slots, escape: Escape) -> None:
        self._known, self.slots, self.escape = known, slots, escape

    def detail(self, name: str) -> Detail:
        """The detail called *name*.

        Raises:
            CannotRender: the newsletter has no such field.
        """
        if self._known is not None and name not in (*READER_FIELDS, *self._known):
            raise CannotRender(RenderFault.MERGE_TAG_UNKNOWN, name=name)
        return Detail(self, name)


class Budget:
    """What all templates of a letter together may use up."""

    def __init__(self) -> None:
        self.steps, self.characters, self.nodes = MAX_STEPS, MAX_CHARACTERS, MAX_NODES

    def compiled(self, text: str) -> Template:
        """The template of *text*, unless there are too many before it."""
        if self.nodes <= 0:
            raise CannotRender(RenderFault.MERGE_TAG_LARGE, limit=MAX_CHARACTERS)
        template, size = _compiled(text)
        self.nodes -= size
        return template

    def written(self, pieces: Iterable[str]) -> str:
        """What a template writes, as long as characters are left."""
        text = _joined(pieces, limit=self.characters)
        self.characters -= len(text)
        return text

    def loop(self, values: Iterable[object]) -> Iterator[object]:
        """*values*, as long as steps are left."""
        for value in values:
            self.steps -= 1
            if self.steps < 0:
                raise CannotRender(RenderFault.MERGE_TAG_LOOP, limit=MAX_STEPS)
            yield value

    @staticmethod
    def concat(*values: object) -> str:
        """*values* as one string, unless it gets too long."""
        return _joined(values)


def _joined(values: Iterable[object], separator: str = "", *, limit: int = MAX_CHARACTERS) -> str:
    words: list[str] = []
    size = 0
    for value in values:
        words.append(str(_writable(value)))
        size += len(words[-1]) + len(separator)
        if size > limit:
            raise CannotRender(RenderFault.MERGE_TAG_LARGE, limit=MAX_CHARACTERS)
    return separator.join(words)


def _writable(value: object) -> object:
    """*value*, where it is something that can stand in a letter."""
    if isinstance(value, Undefined):
        str(value)  # raises the error that names it
    if not isinstance(value, str | int | float | Detail):
        raise CannotRender(RenderFault.MERGE_TAG_FORBIDDEN, name="{{ … }}", line=1)
    return value


def _range(*bounds: int) -> range:
    found = range(*bounds)
    if found and abs(found[-1] - found[0]) >= MAX_STEPS * abs(found.step):
        raise CannotRender(RenderFault.MERGE_TAG_LOOP, limit=MAX_STEPS)
    return found


def _default(value: object, fallback: object = "", boolean: bool = False) -> object:
    """Jinja's filter, which also gives a reader's detail its fallback."""
    if isinstance(value, Detail):
        return value.with_fallback(fallback)
    return fallback if boolean and not value else value


def _honorific(value: object, honorific: object = "様") -> object:
    """A filter of ours: ``{{ reader.name | honorific("様") | default("皆さま") }}``, in any order."""
    return value.with_honorific(honorific) if isinstance(value, Detail) else _joined([value, honorific])


class _BudgetTransformer(NodeTransformer):
    """Puts a template's loops and joined strings under its budget, and a reader's details under their names."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 (Jinja's name)
        self.generic_visit(node)
        node.iter = _call("_loop", [cast(nodes.Expr, node.iter)], node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _call("_concat", node.nodes, node.lineno)

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:  # noqa: N802
        if isinstance(node.node, nodes.Name) and node.node.name == "reader":
            return _call("_detail", [nodes.Const(node.attr, lineno=node.lineno)], node.lineno)
        return node


def _call(name: str, arguments: list[nodes.Expr], line: int) -> nodes.Call:
    function = nodes.Name(name, "load", lineno=line)
    return nodes.Call(function, arguments, [], None, None, lineno=line)


def _sandbox() -> SandboxedEnvironment:
    sandbox = SandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True, optimized=False, finalize=_writable
    )
    sandbox.globals = {}
    sandbox.filters = {"default": _default, "d": _default, "honorific": _honorific, "join": _joined, "length": len}
    return sandbox


_SANDBOX = _sandbox()


def _check(tree: nodes.Template) -> int:
    """Refuse whatever is not on the list, and templates so large that compiling them takes long; returns their size.

    Raises:
        CannotRender: and names what it is.
    """
    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    for seen in count():
        if not waiting:
            return seen
        if seen == MAX_NODES:
            raise CannotRender(RenderFault.MERGE_TAG_LARGE, limit=MAX_CHARACTERS)
        node, depth = waiting.pop()
        name = _forbidden(node) if depth < MAX_DEPTH else "(((…"
        if name:
            raise CannotRender(RenderFault.MERGE_TAG_FORBIDDEN, name=name, line=node.lineno)
        waiting.extend((child, depth + 1) for child in node.iter_child_nodes())
    raise AssertionError("count() never ends")


def _forbidden(node: nodes.Node) -> str:
    """The name of what *node* must not do, or nothing."""
    match node:
        case nodes.Name():
            bad = (
                node.name[0] == "_" or node.name == "self" or (node.ctx != "load" and node.name in (*_OBJECTS, "range"))
            )
            return node.name if bad else ""
        case nodes.Getattr(node=nodes.Name() as owner):
            return "" if owner.name in _OBJECTS and not node.attr.startswith("_") else f"{owner.name}.{node.attr}"
        case nodes.Getattr():
            return f".{node.attr}"
        case nodes.Filter():
            return "" if node.name in _FILTERS else f"| {node.name}"
        case nodes.Call(node=nodes.Name(name="range")):
            return "" if not (node.kwargs or node.dyn_args or node.dyn_kwargs) else "range(*)"
        case nodes.Call():
            return "( )"
        case nodes.For():
            return "recursive" if node.recursive else ""
    return "" if isinstance(node, _ALLOWED) else type(node).__name__.lower()


@lru_cache(maxsize=256)
def _compiled(text: str) -> tuple[Template, int]:
    """The template, and how many nodes it has."""
    if len(_OPENING.findall(text)) > MAX_NODES:  # before it is parsed, which takes seconds for many
        raise CannotRender(RenderFault.MERGE_TAG_LARGE, limit=MAX_CHARACTERS)
    try:
        tree = _SANDBOX.parse(text)
        size = _check(tree)
        _BudgetTransformer().visit(tree)
        tree.set_environment(_SANDBOX)
        return _SANDBOX.from_string(tree), size
    except _PARSE_ERRORS as error:
        line = error.lineno if isinstance(error, TemplateSyntaxError) else 1
        raise CannotRender(RenderFault.MERGE_TAG_SYNTAX, line=line, text=_snippet(text, line)) from error


def has_template(text: str) -> bool:
    """Whether *text* has anything that :func:`fill` would change."""
    return _OPENING.search(text) is not None


def fill(text: str, letter: Letter, slots: Slots, escape: Escape, budget: Budget | None = None) -> str:
    """*text* (a subject, a paragraph, …) with its ``{{ … }}`` evaluated; a reader's details become slot markers.

    Templates know ``reader`` (``name``, ``kana``, ``organisation`` and the newsletter's own fields), ``issue``
    (``number``, ``date``) and ``newsletter`` (``name``, ``sender``); the filters ``default``, ``honorific``, ``join``
    and ``length``; ``if``, ``for``, ``range`` and comparisons.

    Arguments:
        escape: HTML where the result goes into HTML, NONE for the text part and for headers.
        budget: what the letter's texts before this one have left; none were by default.

    Raises:
        CannotRender: it is no template, asks for what is not there, loops too long, or reaches for Python's internals.
    """
    if not has_template(text):
        return text
    budget, reader = budget or Budget(), ReaderDetails(letter.reader_fields, slots, escape)
    known = {
        "_loop": budget.loop,
        "_concat": budget.concat,
        "_detail": reader.detail,
        "range": _range,
        "issue": SimpleNamespace(number=letter.number, date=wording(letter.language).date(letter.dated)),
        "newsletter": SimpleNamespace(name=letter.sender.newsletter, sender=letter.sender.name),
    }
    try:
        return budget.written(budget.compiled(text).generate(known))
    except UndefinedError as error:
        raise CannotRender(RenderFault.MERGE_TAG_UNKNOWN, name=_missing_name(error)) from error
    except (SecurityError, TypeError, ValueError, RecursionError, OverflowError) as error:
        raise CannotRender(RenderFault.MERGE_TAG_SYNTAX, line=1, text=_snippet(text, 1)) from error


def _snippet(text: str, line: int) -> str:
    found = text.split("\n")[line - 1]  # the author's own words: the parser's are English and vague
    return (found if len(_OPENING.findall(found)) > 1 else found[found.find("{") :])[:60]


def _missing_name(error: UndefinedError) -> str:
    found = re.findall(r"'([^']*)'", str(error))
    return found[-1] if found else str(error)
