"""Every word of pages, letters and findings is there in Japanese, and no catalogue holds what nothing says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po

from templates import translations
from tests.contracts import error_words
from tests.contracts.error_words import LAYERS

ROOT = Path(__file__).parents[2]
Words = str | tuple[str, ...]
PLACE = re.compile(r"%\((\w+)\)|(?<!\{)\{(\w+)\}")


@cache
def said() -> tuple[Words, ...]:
    """Every message of code and templates."""
    return tuple(_walked())


def _walked() -> Iterator[Words]:
    keywords = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "phrase": None}
    for path in sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py")):
        yield from (words for _, words, _, _ in extract_from_file("python", path, keywords))
    yield from (error.message for error in error_words.found() if error.message and not error.made)
    folders = [(ROOT / "templates" / "web").rglob("*.*ml"), (ROOT / "templates" / "email").rglob("*.txt")]
    for path in sorted(path for folder in folders for path in folder):
        options = {"trimmed": "true"}
        yield from (words for _, words, _, _ in extract_from_file("jinja2.ext:babel_extract", path, options=options))


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="ja")


def messages() -> Iterator[tuple[Path, Message]]:
    for path in translations.paths("ja"):
        yield from ((path, message) for message in read(path) if message.id)


def test_everything_that_is_said_is_translated() -> None:
    known = {message.id for _, message in messages() if message.string and not message.fuzzy}
    assert {words for words in said() if words not in known} == set()


def test_nothing_is_translated_that_is_not_said() -> None:
    wanted = set(said())
    assert {(path.name, str(message.id)) for path, message in messages() if message.id not in wanted} == set()


def test_words_of_the_room_win() -> None:
    """Several rooms say “Newer”, each of its own things."""
    for path in translations.paths("ja"):
        words = translations.merged("ja", path.stem)
        for message in read(path):
            if isinstance(message.id, str) and message.id:
                assert words.gettext(message.id) == message.string


def test_pages_of_staff_say_a_word_in_one_way() -> None:
    """Staff's pages are one room: where two of its catalogues differ, one would win on the pages of the other."""
    rooms = [path for path in translations.paths("ja") if re.match(r"account|audit|newsletters|staff_", path.stem)]
    said: dict[str, set[str]] = {}
    for path in rooms:
        for message in read(path):
            if message.id and not message.context:
                said.setdefault(str(message.id), set()).add(str(message.string))
    assert {words: ways for words, ways in said.items() if len(ways) > 1} == {}


def test_places_to_fill_are_the_same() -> None:
    for path, message in messages():
        both = [message.id] if isinstance(message.id, str) else list(message.id)
        string = message.string if isinstance(message.string, str) else message.string[0]
        wanted = {place for words in both for place in PLACE.findall(words)}
        assert set(PLACE.findall(string)) <= wanted, (path.name, message.id)


def test_english_is_the_words_themselves() -> None:
    assert translations.merged("en").gettext("This page was not found") == "This page was not found"
    assert translations.merged("ja").gettext("This page was not found") == "ページが見つかりません"
    plural = translations.merged("ja").ngettext("Please check %(num)s entry", "Please check %(num)s entries", 2)
    assert plural == "入力内容を確認してください(%(num)s件)"


@pytest.mark.parametrize("path", translations.paths("ja"), ids=lambda path: path.name)
def test_catalogue_is_well_formed(path: Path) -> None:
    catalogue = read(path)
    assert [str(error) for message in catalogue for error in message.check(catalogue)] == []
