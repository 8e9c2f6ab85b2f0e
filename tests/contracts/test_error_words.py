"""Every error is a sentence of a catalogue: found by walking sources and catalogues, in each language of the house."""

from __future__ import annotations

import pytest
from babel.messages.pofile import read_po

from models.issues import issue_words
from models.issues.issue_state import IssueState
from models.store.errors import Invalid, NotFound, WrongState
from models.store.phrase import joined, phrase
from templates import translations

from . import error_words

SOURCE = """
raise Invalid("a sentence")
raise Invalid(f"no {thing}")
raise NotFound("no " + thing)
raise Unavailable(str(error))
raise self.wrong("%s is wrong".format(thing), line)
raise Invalid(phrase("no {thing}", thing=thing))
"""


def test_case_g23_no_error_is_put_together_by_hand() -> None:
    assert [f"{one.path}:{one.line}: {one.message}" for one in error_words.found() if one.made] == []


def test_case_g23_the_walk_finds_what_it_looks_for() -> None:
    found = list(error_words.in_source(SOURCE, "x.py"))
    assert [(one.line, one.made) for one in found] == [(2, False), (3, True), (4, True), (5, True), (6, True)]
    assert len([one for one in error_words.found() if not one.made]) > 100


def test_case_g23_every_plain_error_is_in_the_catalogue() -> None:
    known: set[object] = set()
    for path in translations.paths("ja"):
        with path.open("rb") as file:
            known |= {message.id for message in read_po(file) if message.string and not message.fuzzy}
    wanted = {one.message for one in error_words.found() if one.message and not one.made}
    assert wanted - known == set()


def test_case_g23_an_error_speaks_the_readers_language() -> None:
    near = phrase("; did you mean “{name}”?", name="dx")
    error = Invalid(phrase("there is no topic “{name}”{hint}", name="xd", hint=near), file="a.md", line=3)
    assert error.say("ja") == "a.md:3: テーマ「xd」はありません(「dx」ではありませんか)"
    assert error.say("en") == str(error) == "a.md:3: there is no topic “xd”; did you mean “dx”?"
    assert Invalid("the headline is empty").say("ja") == "見出しが空です"
    braces = 'the part in braces cannot be read: write {key="value"}, with quotation marks around the value'
    assert '波括弧の中を読み取れません。{key="value"}' in Invalid(braces).say("ja")
    assert Invalid(braces).phrase.say("ja")
    assert NotFound("no {words} of ours").say("ja") == "no {words} of ours"
    assert joined(["{a}", near], " ").say("ja") == "{a} (「dx」ではありませんか)"


@pytest.mark.parametrize("state", list(IssueState), ids=lambda state: state.value)
def test_case_g24_states_are_called_alike_on_pages_and_in_errors(state: IssueState) -> None:
    label = state.value.replace("_", " ").capitalize()
    on_pages = translations.merged("ja", "staff").gettext(label)
    assert on_pages != label
    assert issue_words.STATES[state].say("ja") == on_pages


def test_case_g24_a_refusal_says_what_to_do_first() -> None:
    first = phrase("Have it submitted first (`kairan issue submit {id}`)", id=15)
    thing = phrase("issue {number} (ID {id})", number=101, id=15)
    error = WrongState(thing, phrase("a draft"), phrase("be decided on"), first)
    assert str(error) == (
        "issue 101 (ID 15) is a draft: cannot be decided on. Have it submitted first (`kairan issue submit 15`)"
    )
    assert error.say("ja") == (
        "第101号(ID 15)は下書きのため、決裁はできません。先に決裁へ提出してください(`kairan issue submit 15`)"
    )
