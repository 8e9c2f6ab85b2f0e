"""Transactional letters: each says what it must in both languages and both parts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape
from typing import Any, cast

import pytest

from models.store import token
from models.store.errors import Invalid
from models.store.token import Purpose
from templates.content.letter import Theme
from templates.transactional import kinds, render

from .. import sample_letters

CONFIRM = "https://news.example.jp/confirm/" + "A" * 32
LEAVE = "https://news.example.jp/u/" + "B" * 32
PREFER = "https://news.example.jp/p/" + "C" * 32
SIGNUP = "https://news.example.jp/subscribe/ict"
EXPIRES = "2026-12-08T00:00:00+00:00"
MOMENT = datetime(2026, 12, 1, tzinfo=UTC)

CORRECTION = {
    "link": "https://news.example.jp/staff/issues/4/correction",
    "issue": "12",
    "subject": "説明会のお知らせ",
    "by": "配信担当 山田",
    "number": "3",
    "before": "https://example.lg.jp/wrong",
    "after": "https://example.lg.jp/right",
    "name": "決裁者 鈴木",
}
VALUES: dict[str, dict[str, Any]] = {
    "confirmation": {"link": CONFIRM, "expires": EXPIRES, "asked": "2026-12-01T09:00:00+09:00"},
    "welcome": {"preferences": PREFER, "unsubscribe": LEAVE, "archive": SIGNUP, "name": "髙橋 𠮷子"},
    "already_subscribed": {"preferences": PREFER, "unsubscribe": LEAVE, "name": "髙橋 𠮷子"},
    "goodbye": {"signup": SIGNUP, "name": "髙橋 𠮷子"},
    "address_change": {"link": CONFIRM, "expires": EXPIRES, "old_address": "hanako@example.jp"},
    "address_changed": {
        "new_address": "hanako@example.jp",
        "link": CONFIRM,
        "expires": EXPIRES,
        "name": "髙橋 𠮷子",
    },
    "fresh_link": {"link": CONFIRM, "expires": EXPIRES, "name": "髙橋 𠮷子"},
    "erasure": {"link": CONFIRM, "expires": EXPIRES, "name": "髙橋 𠮷子"},
    "own_data": {"link": CONFIRM, "expires": EXPIRES, "name": "髙橋 𠮷子"},
    "staff_invitation": {"link": CONFIRM, "expires": EXPIRES, "invited_by": "情報政策課 広報担当"},
    "staff_password": {"link": CONFIRM, "expires": EXPIRES},
    "staff_login_failures": {"link": CONFIRM, "since": EXPIRES, "count": "10", "network": "203.0.113.9"},
    "account_changed": {
        "link": "https://news.example.jp/staff/account",
        "change": "password",
        "at": EXPIRES,
        "place": "Chrome (Windows), 192.0.2.1",
    },
    "staff_notifications": {
        "link": "https://news.example.jp/staff/notifications",
        "title": "決裁をお願いします：第12号「説明会のお知らせ」",
        "count": "33",
        "things": [
            {
                "title": "決裁をお願いします：第12号「説明会のお知らせ」",
                "link": "https://news.example.jp/staff/issues/4",
            },
            {"title": "「NTTドコモ」への配信が止まりました", "link": "https://news.example.jp/staff/lanes/docomo"},
        ],
        "more": "31",
        "name": "決裁者 鈴木",
    },
    "correction_proposed": {**CORRECTION, "decides": "yes"},
    "correction_decided": {**CORRECTION, "outcome": "approved"},
    "relay_test": {"relay": "みなと市の中継サーバー", "asked": "2026-12-01T09:00:00+09:00"},
}
EVERY = [(kind, language) for kind in VALUES for language in ("ja", "en")]


def raw(kind: str, language: str = "ja", to: str = "taro@example.jp", **changes: Any) -> bytes:
    values = {**VALUES.get(kind, {}), **changes}
    return render.render(kind, language, values, to=to, sender=sample_letters.SENDER, number=9, moment=MOMENT).raw


def parsed(kind: str, language: str = "ja", **changes: Any) -> EmailMessage:
    return message_from_bytes(raw(kind, language, **changes), policy=default)


def part(letter: EmailMessage, kind: str) -> str:
    found = letter.get_body((kind,))
    assert found is not None
    return cast(bytes, found.get_payload(decode=True)).decode().replace("\r\n", "\n")


def test_every_kind_has_values_and_words() -> None:
    assert set(VALUES) == set(kinds.KINDS)


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_letter_is_whole(kind: str, language: str) -> None:
    letter = parsed(kind, language)
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == language
    assert letter["To"] == "taro@example.jp"
    assert letter["Date"] == "Tue, 01 Dec 2026 09:00:00 +0900"
    assert token.read(Purpose.MESSAGE, letter["Message-ID"][1:33]) == (0, 9)
    assert sample_letters.SENDER.newsletter in letter["Subject"]
    assert not any(one.defects for one in letter.walk())
    lines = raw(kind, language).split(b"\r\n")
    assert all(len(line) <= 76 or line.startswith(b"List-Unsubscribe: <https://") for line in lines)
    assert all(line.isascii() and not line.startswith(b".") for line in lines)


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_both_parts_carry_the_links_and_what_the_law_wants(kind: str, language: str) -> None:
    letter = parsed(kind, language)
    text, html = part(letter, "plain"), part(letter, "html")
    links = [
        value
        for name, value in VALUES[kind].items()
        if name in ("link", "preferences", "unsubscribe", "archive", "signup")
    ]
    assert links or kind in ("address_changed", "relay_test")
    for link in links:
        assert f"\n{link}\n" in text
        assert f'href="{link}"' in html
    flat = text.replace("\n", "")
    for fact in (
        sample_letters.SENDER.newsletter,
        sample_letters.SENDER.name,
        sample_letters.SENDER.postal_address,
        sample_letters.SENDER.contact,
    ):
        assert fact.replace(" ", "") in flat.replace(" ", "")
        assert fact in re.sub("</?span[^>]*>", "", unescape(html))
    assert f'<html lang="{language}"' in html
    assert "{{" not in html + text
    assert "None" not in html + text


def test_a_confirmation_says_who_asked_until_when_and_that_ignoring_is_enough() -> None:
    text = part(parsed("confirmation"), "plain").replace("\n", "")
    assert "2026年12月1日(火)9時00分" in text
    assert "2026年12月8日(火)9時00分まで" in text
    assert "お心当たりがない場合は、何もする必要はありません" in text
    english = part(parsed("confirmation", "en"), "plain").replace("\n", " ")
    assert "by 8 December 2026, 09:00 (Japan time)" in english
    assert "you need not do anything" in english


def test_a_confirmation_never_says_what_a_stranger_typed() -> None:
    with pytest.raises(Invalid, match="name"):
        raw("confirmation", name="Buy now http://spam.example")


@pytest.mark.parametrize("kind", ["welcome", "already_subscribed"])
def test_who_has_subscribed_can_leave_in_one_click(kind: str) -> None:
    letter = parsed(kind)
    assert letter["List-Unsubscribe"] == f"<{LEAVE}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_others_cannot_leave_what_they_do_not_have() -> None:
    assert "List-Unsubscribe" not in parsed("confirmation")


def test_markup_and_line_ends_in_a_name_stay_words() -> None:
    letter = parsed("welcome", name='<b>山田</b>\r\nBcc: x@example.jp"\u202e')
    assert "<b>" not in part(letter, "html")
    assert '<b>山田</b> Bcc: x@example.jp" 様' in part(letter, "plain")
    assert letter["Bcc"] is None


def test_the_old_address_is_known_to_its_owner_only() -> None:
    letter = raw("address_change").decode()
    assert "h••••@example.jp" in part(parsed("address_change"), "plain")
    assert "hanako" not in part(parsed("address_change"), "html") + letter


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("number", ["", "3"])
@pytest.mark.parametrize("outcome", ["proposed", "told", "approved", "refused", "made"])
def test_a_letter_about_a_correction_says_what_changes_and_who_did_it_case_b8(
    outcome: str, number: str, language: str
) -> None:
    kind = "correction_proposed" if outcome in ("proposed", "told") else "correction_decided"
    how = {"outcome": outcome} if kind == "correction_decided" else {"decides": "yes" if outcome == "proposed" else ""}
    letter = parsed(kind, language, **{**CORRECTION, **how, "number": number})
    for body in (part(letter, "plain"), unescape(part(letter, "html"))):
        for fact in ("配信担当 山田", CORRECTION["before"], CORRECTION["after"], CORRECTION["link"]):
            assert fact.replace(" ", "") in body.replace("\n", "").replace(" ", ""), body
    assert "12" in letter["Subject"]
    removed = parsed(kind, language, **{**CORRECTION, **how, "number": "", "after": "", "before": ""})
    assert {"ja": "なし", "en": "no"}[language] in part(removed, "plain")


@pytest.mark.parametrize("newsletter", ["みどり県 自治体ICTだより"[:length] for length in range(3, 15)])
def test_a_masked_address_stays_on_one_line(newsletter: str) -> None:
    sender = replace(sample_letters.SENDER, newsletter=newsletter)
    letter = render.render(
        "address_changed", "ja", VALUES["address_changed"], to="a@example.jp", sender=sender, number=1, moment=MOMENT
    )
    assert "h••••@example.jp" in part(message_from_bytes(letter.raw, policy=default), "plain")


def test_case_h7_a_heading_carries_no_marks() -> None:
    assert ">お届け先のアドレスが変わりました</h1>" in part(parsed("address_changed"), "html")


def test_an_erasure_says_what_it_ends_before_anybody_confirms_it() -> None:
    text, english = (part(parsed("erasure", language), "plain") for language in ("ja", "en"))
    assert "購読はすべて終わり、消去したデータは元に戻せません" in text.replace("\n", "")
    assert "cannot be brought back" in english.replace("\n", " ")
    assert text.index("元に戻せ") < text.index("▼")


def test_a_letter_wears_the_newsletters_colours() -> None:
    letter = render.render(
        "goodbye", "ja", VALUES["goodbye"], to="a@example.jp", sender=sample_letters.SENDER, number=1, moment=MOMENT,
        colours=Theme(primary="#7a1f3d"),
    )  # fmt: skip
    assert "#7a1f3d" in part(message_from_bytes(letter.raw, policy=default), "html")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"link": ""}, "needs link"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "https://x/\r\nBcc: y"}, "link"),
        ({"expires": "tomorrow"}, "is no time"),
        ({"expires": "2026-12-08T00:00:00"}, "zone"),
        ({"unknown": "x"}, "unknown"),
        ({"asked": 5}, "asked"),
    ],
)
def test_wrong_values_are_named(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(Invalid, match=why):
        raw("confirmation", **changes)


def test_an_unknown_letter_language_or_address_is_refused() -> None:
    with pytest.raises(Invalid, match="no transactional letter"):
        raw("greeting")
    with pytest.raises(Invalid, match="Japanese"):
        raw("welcome", "fr")
    with pytest.raises(Invalid, match="not a mail address"):
        raw("welcome", to="a@example.jp, b@example.jp")
