"""Which addresses a letter may lead to, and what is said of the others."""

from __future__ import annotations

import pytest

from models.store import link_address
from models.store.errors import Invalid
from models.store.link_address import CHARACTERS, HOST, LONG, MAILBOX, NOT_WHOLE, PASSWORD, PRIVATE, TELEPHONE, Phrase


@pytest.mark.parametrize(
    "typed",
    [
        "https://www.example.jp/",
        "HTTPS://www.example.jp/Path?Q=1#F",
        "Http://example.jp",
        "https://www.example.jp./",
        "https://www.example.jp:8443/a",
        "https://回覧.example.jp/",
        "https://xn--59jtb317n.jp/",
        "https://ja.example.jp/wiki/回覧板",
        "https://www.example.jp/search?text=c&f[0]=themes:2",
        "https://www.example.jp/?to=a@example.jp",
        "https://8.8.8.8/",
        "https://[2001:4860:4860::8888]/",
        "mailto:ict@example.lg.jp",
        "MAILTO:ict@example.lg.jp?subject=問い合わせ&body=一行%0D%0A二行",
        "mailto:a@example.jp,b@example.jp",
        "tel:0312345678",
        "tel:+81-3-1234-5678",
        "tel:03(1234)5678",
        "TEL:+81312345678;ext=12",
    ],
)
def test_case_g25_taken(typed: str) -> None:
    scheme, _, rest = typed.partition(":")
    assert link_address.checked(typed) == f"{scheme.lower()}:{rest}"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("https://user:pw@example.jp/", PASSWORD),
        ("https://user@example.jp/", PASSWORD),
        ("https://www.example.jp@evil.example.com/", PASSWORD),
        ("https://@example.jp/", PASSWORD),
        ("http://127.0.0.1:5432/", PRIVATE),
        ("http://localhost/", PRIVATE),
        ("http://LOCALHOST./", PRIVATE),
        ("http://ｌｏｃａｌｈｏｓｔ/", PRIVATE),
        ("http://app.localhost:8000/", PRIVATE),
        ("http://10.1.2.3/", PRIVATE),
        ("http://192.168.0.1/", PRIVATE),
        ("http://169.254.169.254/latest/meta-data", PRIVATE),
        ("http://127.1/", PRIVATE),
        ("http://2130706433/", PRIVATE),
        ("http://0x7f.0.0.1/", PRIVATE),
        ("http://0177.0.0.1/", PRIVATE),
        ("http://127.0.0.1./", PRIVATE),
        ("http://１２７.０.０.１/", PRIVATE),
        ("http://[::1]/", PRIVATE),
        ("http://[fe80::1]/", PRIVATE),
        ("http://[::ffff:127.0.0.1]/", PRIVATE),
        ("http://[fd00::1]/", PRIVATE),
        ("http://intranet/", PRIVATE),
        ("http://files.city.local/", PRIVATE),
        ("http://portal.lan/", PRIVATE),
        ("http://db.internal/", PRIVATE),
        ("https://%6c%6fcalhost/", HOST),
        ("https://example..jp/", HOST),
        ("https://-example.jp-/", HOST),
        ("https://example.jp:0/", HOST),
        ("https://example.jp:99999/", HOST),
        ("https://[::1/", HOST),
        ("https://[fe80::1%25eth0]/", PRIVATE),
        ("https://" + "a" * 64 + ".jp/", HOST),
        ("https://exa\u00admple..jp/", HOST),
        ("https://", NOT_WHOLE),
        ("https:/example.jp/", NOT_WHOLE),
        ("https:example.jp", NOT_WHOLE),
        ("https:///path", NOT_WHOLE),
        ("//example.jp/", NOT_WHOLE),
        ("www.example.jp", NOT_WHOLE),
        ("/path", NOT_WHOLE),
        ("#top", NOT_WHOLE),
        ("", NOT_WHOLE),
        ("javascript:alert(1)", NOT_WHOLE),
        ("JavaScript:alert(1)", NOT_WHOLE),
        ("data:text/html,x", NOT_WHOLE),
        ("vbscript:x", NOT_WHOLE),
        ("file:///etc/passwd", NOT_WHOLE),
        ("ftp://example.jp/", NOT_WHOLE),
        ("sms:0312345678", NOT_WHOLE),
        (" https://example.jp/", NOT_WHOLE),
        ("https://example.jp/a b", CHARACTERS),
        ("https://example.jp/a\u3000b", CHARACTERS),
        ("https://example.jp\\@evil.example/", CHARACTERS),
        ("https://example.jp/\r\nX: y", CHARACTERS),
        ("java\tscript:alert(1)", NOT_WHOLE),
        ("mailto:", MAILBOX),
        ("mailto:nobody", MAILBOX),
        ("mailto:a@example.jp%0d%0aBcc:x@example.jp", MAILBOX),
        ("mailto:a@example.jp?subject=x%0D%0ABcc:y", MAILBOX),
        ("mailto:a@example.jp?bcc=b@example.jp", MAILBOX),
        ("mailto:a@example.jp?attach=/etc/passwd", MAILBOX),
        ("mailto:%ff%fe@example.jp", MAILBOX),
        ("mailto:a%00@example.jp", MAILBOX),
        ("tel:", TELEPHONE),
        ("tel:問い合わせ", TELEPHONE),
        ("tel:０３-１２３４-５６７８", TELEPHONE),
        ("tel:03 1234 5678", CHARACTERS),
        ("tel:*#06#", TELEPHONE),
        ("https://example.jp/" + "a" * 2000, LONG),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_case_g25_refused_with_what_to_do(typed: str, why: Phrase) -> None:
    with pytest.raises(Invalid) as caught:
        link_address.checked(typed)
    assert isinstance(caught.value.message, Phrase)
    assert caught.value.message.message == why.message
    assert ": " in str(caught.value)


def test_our_own_address_may_be_on_this_machine() -> None:
    own = "http://127.0.0.1:8025"
    assert link_address.checked("http://127.0.0.1:8025/archive/ict", own)
    for other in ("http://127.0.0.1:5432/", "https://127.0.0.1:8025/", "http://x@127.0.0.1:8025/"):
        assert link_address.fault(other, own) is not None
