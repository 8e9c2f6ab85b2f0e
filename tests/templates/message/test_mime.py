"""The message of an edition: its headers, its parts, its embedded pictures."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

import pytest

from models.store import token
from models.store.errors import Invalid
from models.store.token import Purpose
from templates.content.letter import ImageFacts, Letter
from templates.content.links import Links
from templates.content.slot import FieldSlot, Slots
from templates.message import mime
from templates.message.stamp import Reader, slot_values
from templates.render import html as html_part

from .. import sample_letters

READER = Reader(77, "taro@example.jp", "山田 太郎")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3


def raw(
    letter: Letter, html: str = "<p>本文</p>\n", text: str = "本文\n", subject: str = "", slots: Slots | None = None
) -> bytes:
    message = mime.build_message(letter, html, text, slots or sample_letters.slots(), subject)
    return mime.write(message, slot_values(READER, letter.issue_id, mime.date_value(letter.dated))).raw


def parsed(letter: Letter, *arguments: Any, **others: Any) -> EmailMessage:
    return message_from_bytes(raw(letter, *arguments, **others), policy=default)


def sender(**changes: str) -> Letter:
    return sample_letters.letter(sender=replace(sample_letters.SENDER, **changes))


def test_the_headers_of_a_letter() -> None:
    letter = sample_letters.letter(
        sender=replace(sample_letters.SENDER, reply_to="kouhou@example.lg.jp", bounce_address="bounce@news.example.jp")
    )
    head = raw(letter).split(b"\r\n\r\n")[0].decode()
    boundary, leave = head[-31:-1], token.make(Purpose.UNSUBSCRIBE, 12, 77)
    assert head.split("\r\n") == [
        "From: =?UTF-8?B?44G/44Gp44KK55yMIOiHquayu+S9k0lDVOOBoOOCiOOCig==?=",
        " <ict@news.example.jp>",
        "To: taro@example.jp",
        "Subject: =?UTF-8?B?56qT5Y+j44Gu44OH44K444K/44Or5YyW44CB5qyh44Gu5LiA5q2p?=",
        "Date: Fri, 18 Dec 2026 09:00:00 +0900",
        f"Message-ID: <{token.make(Purpose.MESSAGE, 12, 77)}@news.example.jp>",
        "Reply-To: kouhou@example.lg.jp",
        "List-Id: =?UTF-8?B?44G/44Gp44KK55yMIOiHquayu+S9k0lDVOOBoOOCiOOCig==?=",
        " <ict.news.example.jp>",
        f"List-Unsubscribe: <https://news.example.jp/u/{leave}>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        f"List-Help: <https://news.example.jp/p/{token.make(Purpose.PREFERENCES, 12, 77)}>",
        "List-Archive: <https://news.example.jp/archive/ict>",
        "Feedback-ID: 12:ict:regular:newsexamplejp",
        "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply",
        "Content-Language: ja",
        "MIME-Version: 1.0",
        "Content-Type: multipart/alternative;",
        f' boundary="{boundary}"',
    ]


def test_no_header_leads_to_a_mailbox_that_nobody_reads_case_h4() -> None:
    letter = parsed(sender(reply_to="kouhou@example.lg.jp", bounce_address="bounce@news.example.jp"))
    assert not [name for name, value in letter.items() if "mailto:" in value]
    assert letter["List-Unsubscribe"].startswith("<https://")


def test_each_header_stands_once_and_none_is_for_machines() -> None:
    names = [name.lower() for name in parsed(sample_letters.letter()).keys()]  # noqa: SIM118
    assert len(names) == len(set(names))
    assert {"from", "to", "subject", "date", "message-id"} <= set(names)
    # A newsletter is no automatic answer (RFC 3834), and Precedence makes some servers file it as junk.
    assert not {"auto-submitted", "precedence", "bcc", "cc", "sender"} & set(names)


def test_what_a_part_says_comes_back_in_the_same_letters() -> None:
    words = "髙﨑①㈱𠮷野ﾊﾝｶｸ👨\u200d👩\u200d👧 100% =?UTF-8?B?44GC?= .\n.\n\nFrom x\n"
    letter = parsed(sample_letters.letter(), f"<p>{words}</p>\n", words)
    for kind, source in (("html", f"<p>{words}</p>\n"), ("plain", words)):
        part = letter.get_body((kind,))
        assert part is not None
        assert part["Content-Transfer-Encoding"] == "base64"
        assert part.get_content_charset() == "utf-8"
        assert part.get_payload(decode=True) == source.replace("\n", "\r\n").encode()
    assert [part.get_content_type() for part in letter.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert not letter.defects


def test_a_long_address_of_the_web_server_stays_whole() -> None:
    base = "https://" + ".".join(["very-long-name-of-a-town"] * 6) + ".example.jp"
    letter = parsed(sample_letters.letter(base_url=base))
    assert f"<{base}/u/" in letter["List-Unsubscribe"]
    assert "=?" not in letter["List-Unsubscribe"]


def test_a_subject_that_names_the_reader() -> None:
    slots = sample_letters.slots()
    subject = slots.marker(FieldSlot("name", "読者の皆さま")) + "へ: 来年の予定"
    assert parsed(sample_letters.letter(), subject=subject, slots=slots)["Subject"] == "山田 太郎へ: 来年の予定"


def test_a_letter_without_a_list_id_has_one_of_its_own() -> None:
    assert "<ict.news.example.jp>" in parsed(sender(list_id=""))["List-Id"]


@pytest.mark.parametrize("bad", ["x\r\nBcc: y@example.jp", "x\ny", "x\0y", "x\x1by"])
def test_no_header_can_be_added_through_any_input(bad: str) -> None:
    letters = [sender(**{name: bad}) for name in ("newsletter", "address", "reply_to", "list_id", "bounce_address")]
    letters += [
        sample_letters.letter(subject=bad),
        sample_letters.letter(base_url=bad),
        sample_letters.letter(archive_home_url=bad),
        sample_letters.letter(language=bad),
    ]
    for letter in letters:
        with pytest.raises(Invalid):
            raw(letter)


def test_kind_and_slug_are_made_plain_for_gmails_feedback() -> None:
    letter = sample_letters.letter(sender=replace(sample_letters.SENDER, slug="a:b c"), kind="特集\r\nX: y")
    assert parsed(letter)["Feedback-ID"] == "12:a-b-c:X-y:newsexamplejp"


@pytest.mark.parametrize("bad", ["a b", "<x>", "日本", "x..y", "a@b"])
def test_a_list_id_looks_like_a_domain(bad: str) -> None:
    with pytest.raises(Invalid, match="List-Id"):
        raw(sender(list_id=bad))


def embedding(**changes: Any) -> Letter:
    image = ImageFacts(sample_letters.CHART, "https://news.example.jp/x.png", 10, 10, "image/png", data=PNG)
    return sample_letters.letter(embed_images=True, images={sample_letters.CHART: replace(image, **changes)})


def test_embedded_pictures_stand_beside_the_html_that_shows_them() -> None:
    name = html_part.content_id(embedding().images[sample_letters.CHART])
    letter = parsed(embedding(), f'<img src="cid:{name}" alt="図">\n')
    assert [part.get_content_type() for part in letter.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
    ]  # fmt: skip
    picture = list(letter.walk())[-1]
    assert picture["Content-ID"] == f"<{name}>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_payload(decode=True) == PNG
    assert not any(part.defects for part in letter.walk())


def test_pictures_that_no_letter_can_embed_are_refused() -> None:
    name = html_part.content_id(embedding().images[sample_letters.CHART])
    for letter in (embedding(data=b""), embedding(media_type="text/html"), embedding(media_type="image/png\r\nX: y")):
        with pytest.raises(Invalid):
            raw(letter, f'<img src="cid:{name}" alt="">')
    with pytest.raises(Invalid, match="does not have"):
        raw(embedding(), f'<img src="cid:{"0" * 32}@image.kairan" alt="">')


def test_an_edition_of_every_block_is_written_and_read_again() -> None:
    letter = sample_letters.letter(*sample_letters.BLOCKS.values())
    slots = sample_letters.slots()
    links = Links(letter, slots)
    html = html_part.render(letter, slots, links)
    value_of = slot_values(READER, letter.issue_id, b"")
    part = parsed(letter, html, slots=slots).get_body(("html",))
    assert part is not None
    written = mime.fill_slots(mime.split_at_slots(html, slots), value_of)
    assert cast(bytes, part.get_payload(decode=True)).decode().replace("\r\n", "\n").rstrip() == written.rstrip()
    assert "山田 太郎" in written
