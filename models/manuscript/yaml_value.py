"""YAML: read without what people never write, with words of ours for what is wrong; its values as plain data."""

from __future__ import annotations

from datetime import date
from typing import Any

import yaml

from ..store import input_rule
from ..store.errors import Invalid
from ..store.input_rule import TextFault
from ..store.phrase import Phrase, joined, phrase

_NO_CHARACTER = {
    TextFault.CONTROL: phrase(
        "there is a character that no text has (a control character, or half of one): take it out"
    ),
    TextFault.PRIVATE_USE: phrase(
        "there is a private-use character (外字), which no reader's machine can show: "
        "write another one, or the word in kana"
    ),
    TextFault.MARKS: phrase("there is a letter with more than 30 marks on it: take them out"),
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


MAX_DEPTH = 30
"""Lists and mappings of YAML inside of each other."""

_PROBLEMS = {
    "mapping values are not allowed here": phrase("there is a second colon in the line"),
    "could not find expected ':'": phrase("a colon is missing"),
    "found unexpected end of stream": phrase("a quotation mark is not closed"),
    "found character": phrase("a value begins with a sign that means something else here"),
    "found unknown escape character": phrase("a backslash inside of quotation marks stands before a wrong letter"),
    "did not find expected": phrase(
        "a bracket or quotation mark is not closed, or the spaces before the key are wrong"
    ),
    "expected <block end>": phrase("a bracket or quotation mark is not closed, or the spaces before the key are wrong"),
    "expected ',' or": phrase("a bracket is not closed"),
}
"""How PyYAML's sentences begin, and what they mean."""


class _Refused(yaml.MarkedYAMLError):
    """YAML could read it, but nobody means it."""

    def __init__(self, problem: Phrase, mark: yaml.Mark) -> None:
        super().__init__(problem=str(problem), problem_mark=mark)
        self.words = problem


class Loader(yaml.SafeLoader):
    """YAML without what people never write: aliases, which can make a small file huge; tags, which ask for a kind of
    value that the text may not be; and lists without end inside of each other."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        problem = None
        if isinstance(event, yaml.AliasEvent):
            problem = phrase("a value that begins with * needs quotation marks")
        elif getattr(event, "tag", None) is not None:
            problem = phrase("a value that begins with ! needs quotation marks")
        elif self._depth >= MAX_DEPTH:
            problem = phrase("more than {limit} lists or mappings are inside of each other", limit=MAX_DEPTH)
        if problem:
            raise _Refused(problem, event.start_mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def problem_of(error: yaml.MarkedYAMLError) -> Phrase:
    """What is wrong with a text that is no YAML."""
    if isinstance(error, _Refused):
        return error.words
    said = error.problem or str(error)
    return next((words for begin, words in _PROBLEMS.items() if said.startswith(begin)), joined([said], ""))
