"""One-click unsubscribing (RFC 8058): the words of the body decide, in whatever wrapping a mail program sends them."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from models.readers.subscriber import Subscriber, SubscriptionState
from models.store import db, token
from models.store.token import Purpose
from tests.sample import make_newsletter, make_reader
from web.app import create_app
from web.public.unsubscribe import is_one_click

WORDS = b"List-Unsubscribe=One-Click"
PART = b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def client(database: Engine, redis_client: object) -> FlaskClient:
    """A mail program's server."""
    with db.session_scope() as session:
        make_reader(session, make_newsletter(session), "hanako@example.jp")
    return create_app().test_client(use_cookies=False)


def post(client: FlaskClient, body: bytes, content_type: str | None) -> tuple[int, SubscriptionState]:
    """The answer to a body sent to the reader's link, and whether they still subscribe."""
    with db.session_scope() as session:
        link = token.make(Purpose.UNSUBSCRIBE, 0, session.scalars(select(Subscriber.id)).one())
    status = client.post(f"/u/{link}", data=body, content_type=content_type).status_code
    with db.session_scope() as session:
        return status, session.scalars(select(Subscriber)).one().subscriptions[0].state


@pytest.mark.parametrize(
    "content_type",
    [FORM, FORM + "; charset=utf-8", "text/plain", None, "application/octet-stream", "multipart/form-data",
     "multipart/form-data; boundary=b", "text/plain; charset=iso-2022-jp", "nonsense"],
    ids=["form", "form-charset", "text", "none", "bytes", "no-boundary", "multipart", "jis", "nonsense"],
)  # fmt: skip
def test_words_decide_case_h5(client: FlaskClient, content_type: str | None) -> None:
    assert post(client, WORDS + b"\r\n", content_type) == (200, SubscriptionState.ENDED)


@pytest.mark.parametrize(
    "body",
    [WORDS, WORDS + b"\n\n", b" " + WORDS + b" \t", b"\xef\xbb\xbf" + WORDS, WORDS + b"\0", WORDS + b"&",
     b"List-Unsubscribe=One%2DClick", b"list-unsubscribe=one-click", PART, PART.replace(b"\r\n", b"\n"),
     b'"' + WORDS + b'"', b"List-Unsubscribe = One-Click"],
)  # fmt: skip
def test_words_are_known_in_any_wrapping_case_h5(body: bytes) -> None:
    assert is_one_click(body)


@pytest.mark.parametrize("content_type", [FORM, "text/plain", "multipart/form-data; boundary=b"])
def test_a_link_checker_ends_nothing_case_h5(client: FlaskClient, content_type: str) -> None:
    assert post(client, PART.replace(b"One-Click", b"No"), content_type) == (400, SubscriptionState.ACTIVE)


@pytest.mark.parametrize(
    "body", [b"", b"\r\n", b"List-Unsubscribe=", b"List-Unsubscribe=Two-Clicks", b"x=One-Click", b"\xff\xfe\x00",
             b"List-Unsubscribe=One-Click-Not", b"x" * 1100 + b"&" + WORDS, b'name="list-unsubscribe"' * 50],
)  # fmt: skip
def test_other_words_are_none_case_h5(body: bytes) -> None:
    assert not is_one_click(body)
