"""Values of YAML's nodes: as plain data that JSON and the database keep, and what of a node no value may have."""

from __future__ import annotations

from datetime import date
from typing import Any

import yaml

from ..store import input_rule
from ..store.errors import Invalid
from ..store.input_rule import TextFault

_NO_CHARACTER = {
    TextFault.CONTROL: "there is a character that no text has (a control character, or half of one): take it out",
    TextFault.PRIVATE_USE: "there is a private-use character (外字), which no reader's machine can show: "
    "write another one, or the word in kana",
    TextFault.MARKS: "there is a letter with more than 30 marks on it: take them out",
}


def check_text(text: str, file: str, line: int) -> None:
    """Refuse a text of *line* that has characters which no text has.

    Raises:
        Invalid: says which kind it is, and how to mend it.
    """
    if fault := input_rule.fault(text):
        raise Invalid(_NO_CHARACTER[fault], file=file, line=line)


def construct(node: yaml.Node) -> Any:
    """What YAML understands of *node*."""
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node, deep=True)
    finally:
        loader.dispose()


def given_twice(node: yaml.Node) -> str:
    """The first key that a mapping in *node*, at any depth, has twice; YAML takes the last one in silence."""
    if isinstance(node, yaml.ScalarNode):
        return ""
    if not isinstance(node, yaml.MappingNode):
        return next(filter(None, map(given_twice, node.value)), "")
    names = [str(key.value) for key, _ in node.value]
    twice = next((name for name in names if names.count(name) > 1), "")
    return twice or next(filter(None, (given_twice(value) for _, value in node.value)), "")


def plain(value: Any) -> Any:
    """*value* as JSON and the database keep it: dates as text, numbers within an integer's range.

    Raises:
        ValueError: there is something that they cannot keep.
    """
    match value:
        case list():
            return [plain(one) for one in value]
        case dict():
            return {str(name): plain(one) for name, one in value.items()}
        case date():
            return value.isoformat()
        case int() | float() if not abs(value) <= input_rule.MAX_INTEGER:
            raise ValueError("out of range")
        case None | bool() | int() | float() | str():
            return value
        case _:
            raise ValueError("no value for JSON")


def check_characters(node: yaml.Node, file: str, offset: int) -> None:
    """Bring what escapes such as ``\\u3099`` put into values into the one form; refuse what no text has (``\\0``)."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, yaml.ScalarNode):
            one.value = input_rule.normalised(str(one.value))
            check_text(one.value, file, one.start_mark.line + offset)
        elif isinstance(one, yaml.MappingNode):
            waiting += [part for pair in one.value for part in pair]
        else:
            waiting += one.value
