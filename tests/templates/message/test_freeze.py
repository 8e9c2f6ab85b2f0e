"""What is frozen can be kept, read again, and told apart."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from models.store.errors import Invalid
from models.store.token import Purpose
from templates.content.slot import Escape, FieldSlot, HeaderSlot, TokenSlot
from templates.message import mime
from templates.message.freeze import FrozenMessage, freeze
from templates.message.mime import Message, Pieces
from templates.message.stamp import Reader, Stamper

from .test_stamp import DATE_VALUE, ISSUE, message, parts

NAME = FieldSlot("name", "読者", Escape.HTML)
HTML: Pieces = ("<p>", NAME, '様</p><a href="https://example.jp/c/1/', TokenSlot(Purpose.CLICK), '">記事</a>\r\n')
TEXT: Pieces = (FieldSlot("name", "読者"), "様\r\n")


@settings(max_examples=300)
@given(parts, parts, parts)
def test_what_is_packed_comes_back(html: Pieces, text: Pieces, subject: Pieces) -> None:
    fields = tuple(part for part in subject if isinstance(part, str | FieldSlot))
    frozen = freeze(message(html, text, fields))
    again = FrozenMessage.unpack(frozen.pack())
    assert again == frozen
    assert again.pack() == frozen.pack()
    assert again.digest == frozen.digest


def test_the_packed_form_does_not_drift() -> None:
    # Editions outlive a version of Kairan: if this fails, raise the version in the magic and keep reading the old form.
    packed = freeze(message(HTML, TEXT, ("第1号 ", FieldSlot("name", "読者")))).pack()
    assert packed.startswith(b"KAIRAN-EDITION\x01")
    assert freeze(message(HTML, TEXT, ("第1号 ", FieldSlot("name", "読者")))).digest == (
        "a305ef9b72dfc902fa6a5fdc77bab0387f028dd19a0b9cb2b52ee77c536b14a3"
    )


@pytest.mark.parametrize(
    "changed",
    [
        message((*HTML, "x"), TEXT),
        message(HTML, (*TEXT, "x")),
        message(HTML, TEXT, ("別の件名",)),
        message((FieldSlot("name", "皆さま", Escape.HTML), *HTML), TEXT),
        message((TokenSlot(Purpose.OPEN), *HTML), TEXT),
    ],
)
def test_any_change_changes_the_digest(changed: Message) -> None:
    assert freeze(changed).digest != freeze(message(HTML, TEXT)).digest


def test_damage_is_noticed() -> None:
    packed = freeze(message(HTML, TEXT)).pack()
    for end in range(len(packed)):
        with pytest.raises(Invalid):
            FrozenMessage.unpack(packed[:end])
    with pytest.raises(Invalid, match="damaged"):
        FrozenMessage.unpack(packed + b"x")
    with pytest.raises(Invalid, match="newer"):
        FrozenMessage.unpack(packed.replace(b"EDITION\x01", b"EDITION\x02"))
    with pytest.raises(Invalid, match="damaged"):
        FrozenMessage.unpack(packed.replace(b'"token"', b'"nekot"'))
    with pytest.raises(Invalid, match="damaged"):
        FrozenMessage.unpack(packed.replace(b'"click"', b'"kcilc"'))


def test_sizes_are_those_of_a_letter() -> None:
    frozen = freeze(message(HTML, TEXT))
    letter = Stamper(frozen, ISSUE).stamp(Reader(1, "a23456789012@example.jpn"), DATE_VALUE)
    assert frozen.size == len(letter.raw)
    filled = [
        "x" * 32 if isinstance(part, TokenSlot) else part.fallback if isinstance(part, FieldSlot) else str(part)
        for part in HTML
    ]
    assert frozen.html_size == len("".join(filled).encode())
    assert frozen.text_size == len("読者様\r\n".encode())
    assert freeze(Message(("Subject: x\r\n",), ("y\r\n",))).html_size == 0


@pytest.mark.parametrize(
    "bad",
    [
        Message(("Subject: x\n",), ()),
        Message(("Subject: x\r",), ()),
        Message(("X: " + "x" * 996 + "\r\n",), ()),
        Message((), (".\r\n",)),
        Message((NAME,), ()),
        Message((HeaderSlot("from"),), ()),
        Message((), ((HeaderSlot("to"),),)),
    ],
)
def test_what_cannot_go_over_the_wire_is_not_frozen(bad: Message) -> None:
    with pytest.raises(Invalid):
        freeze(bad)


def test_the_boundary_is_the_contents_own() -> None:
    one, same, other = (mime.multipart(html, TEXT, {})[0] for html in (HTML, HTML, (*HTML, "x")))
    assert one == same != other
