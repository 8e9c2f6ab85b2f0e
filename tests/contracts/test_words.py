"""Names are the words of the field in today's English: no pictures, nothing archaic."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .source import HOUSE, ROOT, modules, repository_files

INSTEAD = {
    "atlas": "cache, map",
    "clerk": "the role, such as author",
    "copier": "what it does, such as letter_maker",
    "crowd": "readers, subscribers",
    "desk": "page, staff",
    "door": "front end, tracker, entry point",
    "epitaph": "last lines of the log",
    "errand": "task",
    "flight": "on the wire, in progress",
    "gate": "limit, group commit",
    "herald": "notice",
    "keeper": "thread, cache, owner",
    "ledger": "store, record",
    "nudge": "enqueue",
    "press": "render, freeze",
    "scribe": "writer",
    "shelf": "codec, table",
    "stock": "sample, data",
    "tend": "maintain",
    "usher": "router",
    "world": "sample, setting",
    "yard": "sample, servers",
}
"""Pictures that once stood for a thing → words that say what it is."""
ARCHAIC = {
    "betwixt": "between",
    "buried": "hidden, nested",
    "hither": "here",
    "lest": "so that … not",
    "nought": "nothing, zero",
    "oftener": "more often",
    "thence": "from there",
    "thereof": "of it",
    "thither": "there",
    "whence": "from where",
    "wherein": "in which",
}
TEXT_FILES = (".py", ".md", ".html", ".txt", ".jinja", ".toml", ".yml", ".sql", ".css", ".js", ".lua")
NOT_OURS = ("tests/data/", "ops/demo/content/", "requirements")


def words_of(name: str) -> list[str]:
    """The words of an identifier: ``LinkCache`` and ``link_caches`` have ``link`` and ``cache``."""
    found = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return [word.lower() for word in found]


def wrong_words(name: str) -> Iterator[str]:
    for word in words_of(name):
        for form in (word, word.removesuffix("s"), word.removesuffix("ed"), word.removesuffix("ing")):
            if form in INSTEAD or form in ARCHAIC:
                yield f"{form}: say {INSTEAD.get(form) or ARCHAIC[form]}"
                break


def test_names_in_code_are_of_the_field() -> None:
    wrong = {
        f"{module.path}:{name.line} {name.text}": found
        for module in modules(*HOUSE, "tests", "benchmarks")
        for name in module.identifiers
        if (found := sorted(wrong_words(name.text)))
    }
    assert wrong == {}, "use the word that an engineer of the field would grep for"


def test_names_of_files_are_of_the_field() -> None:
    wrong = {
        str(path): found
        for path in repository_files()
        if not str(path).startswith(NOT_OURS) and (found := sorted(wrong_words(str(path))))
    }
    assert wrong == {}, "use the word that an engineer of the field would look for"


def test_text_is_in_plain_english() -> None:
    pattern = re.compile(rf"\b({'|'.join(ARCHAIC)})\b", re.IGNORECASE)
    wrong = []
    for path in repository_files():
        if path.suffix in TEXT_FILES and not str(path).startswith(NOT_OURS) and path.name != "test_words.py":
            lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
            wrong += [
                f"{path}:{number} {found[0]}: say {ARCHAIC[found[0].lower()]}"
                for number, line in enumerate(lines, 1)
                if (found := pattern.search(line))
            ]
    assert wrong == [], "say it in today's words"
