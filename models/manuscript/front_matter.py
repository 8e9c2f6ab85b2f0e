"""Front matter: the lines of YAML between two ``---`` at the top of a file, each value with the number of its line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from ..issues.block import SLUG
from ..store import input_rule
from ..store.errors import Invalid
from ..store.phrase import Phrase, phrase
from . import yaml_value
from .parse_context import known_names
from .yaml_value import Loader, problem_of

MAX_CHARACTERS = 200_000
MAX_LINE = 500
MAX_BRACKETS = 3_000
MAX_MARKS = 20_000
"""Marks and items of lists in a file; reading Markdown takes time that grows with them, and with the square of
brackets."""
_ITEM_BEGINNINGS = frozenset("-+0123456789")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The keys of one mapping, as YAML nodes. Scalars are read as the text that stands there: no ``no`` is False."""

    nodes: dict[str, yaml.Node]
    lines: dict[str, int]
    first: int
    file: str
    offset: int
    """What makes the marks of nodes, which count from 0, line numbers of the file."""

    def wrong(self, message: str | Phrase, key: str = "") -> Invalid:
        """The error to raise about *key*, or about the whole."""
        return Invalid(message, field=key, file=self.file, line=self.lines.get(key, self.first))

    def line(self, key: str) -> int:
        """Where *key* stands, or where the front matter begins."""
        return self.lines.get(key, self.first)

    def text(self, key: str) -> str:
        """The value of *key* on one line; empty where it is not given.

        Raises:
            Invalid: it has several lines, nothing to see in it, is too long, or is a list or mapping.
        """
        value = input_rule.line(self.long_text(key))
        if input_rule.fault(value, lines=False) or len(value) > MAX_LINE:
            raise self.wrong(
                phrase("“{key}” is one line of at most {max_line} characters", key=key, max_line=MAX_LINE), key
            )
        if value and not input_rule.is_visible(value):
            raise self.wrong(
                phrase("there is nothing to see in “{key}”: write something, or take the line away", key=key), key
            )
        return value

    def long_text(self, key: str) -> str:
        """The value of *key*, which may have several lines, without blank ends."""
        node = self.nodes.get(key)
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode):
            raise self.wrong(phrase("“{key}” is a text: put it in quotation marks", key=key), key)
        return str(node.value).strip()

    def slug(self, key: str, slug: str) -> str:
        """*slug*, which *key* gives or stands for, once it is checked.

        Raises:
            Invalid: it has other characters than small letters, digits and hyphens, or more than 100.
        """
        if not re.fullmatch(SLUG, slug):
            raise self.wrong(phrase("“{slug}” cannot be a slug: use small letters, digits and hyphens", slug=slug), key)
        return slug

    def number(self, key: str) -> int | None:
        """The value of *key* as a whole number from 1."""
        text = self.text(key)
        if not text:
            return None
        if not text.isdecimal() or not 1 <= int(text) <= 2_000_000_000:
            raise self.wrong(phrase("“{key}” is a whole number, not “{text}”", key=key, text=text), key)
        return int(text)

    def date(self, key: str) -> date | None:
        """The value of *key* as a date, written 2026-04-01."""
        text = self.text(key)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise self.wrong(
                phrase("“{key}” is a date such as 2026-04-01, not “{text}”", key=key, text=text), key
            ) from None

    def choice(self, key: str, known: Iterable[str], default: str) -> str:
        """The value of *key*, one of *known*."""
        text, known = self.text(key), tuple(known)
        if text and text not in known:
            raise self.wrong(
                phrase("“{key}” cannot be “{text}”{known}", key=key, text=text, known=known_names(text, known)),
                key,
            )
        return text or default

    def is_empty(self, key: str) -> bool:
        """Whether *key* stands there with nothing behind it, or with an empty list or mapping."""
        node = self.nodes.get(key)
        return node is not None and not (node.value.strip() if isinstance(node, yaml.ScalarNode) else node.value)

    def data(self, key: str) -> Any:
        """The value of *key* as YAML understands it: a number, a list, a mapping; None where it is not given."""
        node = self.nodes.get(key)
        if node is None:
            return None
        if twice := yaml_value.given_twice(node):
            raise self.wrong(phrase("in “{key}”: “{twice}” is given twice", key=key, twice=twice), key)
        try:
            return yaml_value.plain(yaml_value.construct(node))
        except (ValueError, ArithmeticError, yaml.YAMLError):
            raise self.wrong(
                phrase(
                    "“{key}” holds a date that does not exist or a number that is out of range: write dates "
                    "as 2026-04-01, and numbers up to {max_integer}",
                    key=key,
                    max_integer=input_rule.MAX_INTEGER,
                ),
                key,
            ) from None

    def items(self, key: str) -> list[FrontMatter | str]:
        """The value of *key* as a list of texts and mappings; a single text is a list of one."""
        node = self.nodes.get(key)
        if node is None or (isinstance(node, yaml.ScalarNode) and not node.value):
            return []
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return [
            str(item.value) if isinstance(item, yaml.ScalarNode) else _mapping(item, self.file, self.offset)
            for item in nodes
        ]

    def mapping(self, key: str) -> FrontMatter | None:
        """The value of *key* as a mapping of its own."""
        node = self.nodes.get(key)
        if node is None or (isinstance(node, yaml.ScalarNode) and not node.value):
            return None
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(
                phrase("“{key}” holds keys of its own: put them below it, each with two spaces before it", key=key), key
            )
        return _mapping(node, self.file, self.offset)

    def only(self, known: Iterable[str]) -> None:
        """Refuse keys that are not *known*."""
        known = tuple(known)
        for key in self.nodes:
            if key not in known:
                raise self.wrong(
                    phrase("“{name}” is not known here{known}", name=key, known=known_names(key, known)),
                    key,
                )


def _mapping(node: yaml.Node, file: str, offset: int) -> FrontMatter:
    first = node.start_mark.line + offset
    if not isinstance(node, yaml.MappingNode):
        raise Invalid("this wants keys and values, such as “subject: …”", file=file, line=first)
    nodes: dict[str, yaml.Node] = {}
    lines: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + offset
        if not isinstance(key, yaml.ScalarNode):
            raise Invalid("a key is one word", file=file, line=line)
        if key.value in nodes:
            raise Invalid(phrase("“{value}” is given twice", value=key.value), file=file, line=line)
        nodes[key.value], lines[key.value] = value, line
    return FrontMatter(nodes, lines, first, file, offset)


def read_yaml(text: str, file: str, first: int = 1) -> FrontMatter:
    """The mapping that *text* is.

    Arguments:
        first: the number of its first line in the file.

    Raises:
        Invalid: it is no YAML, or no mapping.
    """
    text = input_rule.normalised(text)
    for number, one in enumerate(text.split("\n"), first):
        yaml_value.check_text(one, file, number)
    loader = Loader(text)
    try:
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first + (mark.line if mark else 0)
        raise Invalid(
            phrase(
                "this is no YAML ({problem}): write “key: value”, and quotation marks around a value with : or #",
                problem=problem_of(error),
            ),
            file=file,
            line=line,
        ) from None
    except (yaml.YAMLError, ValueError) as error:  # PyYAML lets the ValueError of "\\U00110000" through
        why = str(error).splitlines()[0]
        raise Invalid(phrase("this is no YAML: {why}", why=why), file=file, line=first + loader.line) from None
    finally:
        loader.dispose()
    if node is None:
        return FrontMatter({}, {}, first, file, first)
    yaml_value.check_characters(node, file, first)
    return _mapping(node, file, first)


def split(text: str, file: str) -> tuple[FrontMatter, list[str], int]:
    """The front matter of a file, the lines below it, and the number of the first of these.

    The text is brought into the one form of :mod:`models.store.input_rule`, so that a byte order mark, line ends of
    Windows and letters in pieces are no more.

    Raises:
        Invalid: there is no front matter, it is not closed, or the text is too long.
    """
    if len(text) > MAX_CHARACTERS:
        raise Invalid("this is longer than 200,000 characters: pictures belong into files of their own", file=file)
    lines = _lines(text, file)
    if not lines or lines[0].rstrip() != "---":
        raise Invalid("the file must begin with “---”, keys such as “subject: …”, and another “---”", file=file, line=1)
    for end in range(1, len(lines)):
        if lines[end].rstrip() == "---":
            return read_yaml("\n".join(lines[1:end]), file, 2), lines[end + 1 :], end + 2
    raise Invalid("the keys at the top are not closed: put a line “---” below them", file=file, line=1)


def _lines(text: str, file: str) -> list[str]:
    lines = input_rule.normalised(text).split("\n")
    brackets = marks = 0
    for number, line in enumerate(lines, 1):
        yaml_value.check_text(line, file, number)
        brackets += line.count("[")
        marks += sum(map(line.count, "[*_<`\\&")) + (line.lstrip(" \t")[:1] in _ITEM_BEGINNINGS)
        if brackets > MAX_BRACKETS or marks > MAX_MARKS:
            raise Invalid(
                phrase(
                    "up to here are more than {max_brackets} brackets “[”, or {max_marks} marks and items: "
                    "see what was pasted, and shorten it",
                    max_brackets=f"{MAX_BRACKETS:,}",
                    max_marks=f"{MAX_MARKS:,}",
                ),
                file=file,
                line=number,
            )
    return lines


class _Dumper(yaml.SafeDumper):
    """YAML in which every end of a line inside of a value is escaped: also those that only YAML takes for one."""


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    style = '"' if any(end in value for end in "\n\x85\u2028\u2029") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def write(values: dict[str, Any]) -> str:
    """*values* as front matter with its two lines of ``---``; empty ones are left out."""
    kept = {key: value for key, value in values.items() if value not in ("", None, {}, [])}
    return f"---\n{dump(kept) if kept else ''}---\n"


def dump(values: dict[str, Any]) -> str:
    """*values* as lines of YAML that :func:`read_yaml` reads back."""
    dumped: str = yaml.dump(values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**9)
    return dumped
