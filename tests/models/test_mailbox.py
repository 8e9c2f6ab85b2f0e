"""Caught letters as files: kept byte for byte, listed, opened."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from models.mailbox import Mailbox
from models.store.errors import NotFound


def letter(subject: str = "回覧のお知らせ") -> bytes:
    """A letter with both parts and a picture inside."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "広報 <koho@example.lg.jp>"
    message["To"] = "reader@example.jp"
    message["Subject"] = subject
    message.set_content("本文です。\n")
    html = "<html><head><title>t</title></head><body><p>本文</p><img src='cid:fig1'></body></html>"
    message.add_alternative(html, subtype="html")
    payload = message.get_payload()
    assert isinstance(payload, list)
    assert isinstance(payload[1], EmailMessage)
    payload[1].add_related(b"GIF89a", "image", "gif", cid="<fig1>")
    return message.as_bytes()


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    """An empty mailbox."""
    return Mailbox(tmp_path / "mailbox")


def test_a_letter_is_kept_byte_for_byte(mailbox: Mailbox) -> None:
    content = letter()
    number = mailbox.add(content, sender="bounce@example.lg.jp", recipients=("reader@example.jp",))
    raw = mailbox.raw(number)
    assert raw.endswith(content)
    assert raw.startswith(b"Return-Path: <bounce@example.lg.jp>\r\nX-Original-To: reader@example.jp\r\nReceived: by")


def test_a_letter_opens_with_its_parts(mailbox: Mailbox) -> None:
    opened = mailbox.letter(mailbox.add(letter(), sender="", recipients=("reader@example.jp",)))
    assert opened.subject == "回覧のお知らせ"
    assert opened.text.strip() == "本文です。"
    shown = opened.standalone_html()
    assert "data:image/gif;base64,R0lGODlh" in shown
    assert "cid:" not in shown
    assert '<head><base target="_blank">' in shown


def test_letters_are_listed_newest_first_and_found(mailbox: Mailbox) -> None:
    mailbox.add(letter("第1号"), sender="a@example.jp", recipients=("reader@example.jp",))
    mailbox.add(letter("第2号"), sender="a@example.jp", recipients=("Official@example.lg.jp",))
    assert [entry.subject for entry in mailbox.entries()] == ["第2号", "第1号"]
    assert [entry.number for entry in mailbox.entries("official 第2号")] == [2]
    assert mailbox.entries("第3号") == []


def test_numbers_go_on_in_a_new_process_and_removed_files_are_not_listed(mailbox: Mailbox) -> None:
    for _ in range(2):
        mailbox.add(letter(), sender="", recipients=("reader@example.jp",))
    (mailbox.folder / "000001.eml").unlink()
    again = Mailbox(mailbox.folder)
    assert again.add(letter(), sender="", recipients=("reader@example.jp",)) == 3
    assert [entry.number for entry in again.entries()] == [3, 2]
    with pytest.raises(NotFound, match="no letter 1"):
        again.raw(1)


@pytest.mark.parametrize("content", [b"", b"no header at all", b"Subject: =?x-unknown?b?4oKs?=\r\n\r\n\xff\xfe"])
def test_nonsense_is_kept_too(mailbox: Mailbox, content: bytes) -> None:
    number = mailbox.add(content, sender="", recipients=())
    assert mailbox.raw(number).endswith(content)
    assert mailbox.letter(number).number == mailbox.entries()[0].number


@pytest.mark.parametrize(
    "cut",
    [b'{"number": 9, "caught_at": "20', '{"subject": "お知'.encode()[:-1], b"\0" * 50],
    ids=["value", "character", "zeros"],
)
def test_case_d3_a_line_cut_short_in_the_index_costs_no_other(mailbox: Mailbox, cut: bytes) -> None:
    mailbox.add(letter(), sender="", recipients=("reader@example.jp",))
    with (mailbox.folder / "index.jsonl").open("ab") as index:
        index.write(cut)
    assert [entry.number for entry in mailbox.entries()] == [1]
    mailbox.add(letter(), sender="", recipients=("reader@example.jp",))
    assert [entry.number for entry in mailbox.entries()] == [2, 1]


def test_no_mailbox_is_an_empty_mailbox(mailbox: Mailbox) -> None:
    assert mailbox.entries() == []
