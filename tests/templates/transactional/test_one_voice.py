"""Single letters and issues say who sends them in one way, look alike, and carry the same headers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache

import pytest
from lxml import html as trees

from templates.content.calendar_words import date_in_words, moment_in_words
from templates.content.letter import Sender
from templates.message import mime
from templates.message.stamp import neutral_value
from templates.render import edition
from templates.transactional import render

from .. import sample_letters
from .test_render import EVERY, MOMENT, VALUES, part

CONTACTS = {
    "words": "情報政策課 電話 000-000-0000(平日9時〜17時)",
    "mail": "ict@example.lg.jp",
    "web": "https://www.example.lg.jp/contact?from=letter&x=1",
    "none": "",
}
SHARED = ("X-Auto-Response-Suppress", "Content-Language", "MIME-Version", "From", "Reply-To")


def sender(contact: str) -> Sender:
    return replace(sample_letters.SENDER, contact=contact, reply_to="kouhou@example.lg.jp")


def single(kind: str, language: str, whose: Sender) -> EmailMessage:
    letter = render.render(kind, language, VALUES[kind], to="a@example.jp", sender=whose, number=1, moment=MOMENT)
    return message_from_bytes(letter.raw, policy=default)


@cache
def issue(language: str, whose: Sender) -> EmailMessage:
    letter = sample_letters.letter(sample_letters.PROSE, sender=whose, language=language)
    written = mime.write(edition.render(letter).message, lambda slot: neutral_value(slot) or "x@example.jp")
    return message_from_bytes(written.raw, policy=default)


def imprint(letter: EmailMessage, whose: Sender) -> list[str]:
    """The lines of the text part from who sends it to the contact."""
    lines = part(letter, "plain").split("\n")
    begin = next(at for at, line in enumerate(lines) if line.endswith(whose.name))
    return lines[begin : lines.index("", begin)]


def imprint_html(letter: EmailMessage) -> str:
    """The same of the HTML part, with styles and links."""
    tree = trees.document_fromstring(part(letter, "html"))
    found = tree.xpath('//*[@role="contentinfo"]/p')[1]
    return str(trees.tostring(found, encoding="unicode").strip())


@pytest.mark.parametrize(
    ("kind", "language", "contact"),
    [(*one, CONTACTS["mail"]) for one in EVERY] + [("welcome", "ja", contact) for contact in CONTACTS.values()],
)
def test_who_sends_is_said_alike_case_h3(kind: str, language: str, contact: str) -> None:
    whose = sender(contact)
    one, other = single(kind, language, whose), issue(language, whose)
    assert imprint(one, whose) == imprint(other, whose)
    assert imprint_html(one) == imprint_html(other)
    assert ("<a " in imprint_html(one)) == contact.startswith(("ict@", "https"))
    assert [(name, one[name]) for name in SHARED] == [(name, other[name]) for name in SHARED]
    assert one["X-Auto-Response-Suppress"]


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_headline_stands_in_both_parts_case_h3(kind: str, language: str) -> None:
    letter, other = single(kind, language, sender("")), issue(language, sender(""))
    tree = trees.document_fromstring(part(letter, "html"))
    [heading] = tree.iter("h1")
    lines = part(letter, "plain").split("\n")
    rules = [at for at, line in enumerate(lines) if set(line) == {"━"}]
    headline = "".join(lines[rules[0] + 1 : rules[1]])
    assert headline.replace(" ", "") == heading.text_content().replace(" ", "")
    assert headline.replace(" ", "") in letter["Subject"].replace(" ", "")
    [of_issue] = trees.document_fromstring(part(other, "html")).iter("h1")
    assert heading.get("style") == of_issue.get("style")
    assert not re.search(r"[\u200b\u200c\u034f]", part(letter, "plain"))


def test_weekdays_are_written_alike_case_h3() -> None:
    moment = datetime(2026, 12, 8, 0, 5, tzinfo=UTC)
    assert moment_in_words(moment, "ja") == f"{date_in_words(moment, 'ja')}9時05分" == "2026年12月8日(火)9時05分"
