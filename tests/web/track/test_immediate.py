"""Which requests the tracker answers from memory, so that the web server needs no thread for them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from redis import Redis
from sqlalchemy import Engine, update
from werkzeug.test import Client
from werkzeug.wrappers import Response

from models.issues.newsletter import Newsletter, Tracking
from models.readers.subscriber import Subscriber
from models.store import token
from models.store.db import session_scope
from models.store.token import Purpose
from tests.models.tracking import sample_newsletter
from tests.models.tracking.sample_newsletter import SampleNewsletter
from web.track import tracker


@pytest.fixture
def made(database: Engine) -> SampleNewsletter:
    with session_scope() as session:
        return sample_newsletter.create(session)


@pytest.fixture
def visitor(made: SampleNewsletter, redis_client: Redis) -> Iterator[tracker.Tracker]:
    opened = tracker.Tracker(Response("Flask's own page", status=404))
    yield opened
    opened.close()


def click(made: SampleNewsletter, number: int = 1, reader: int = 0) -> str:
    """The path of a link in a reader's copy."""
    return f"/c/{number}/{token.make(Purpose.CLICK, made.issues[0].id, made.readers[reader])}"


@pytest.mark.parametrize("tracking", Tracking)
def test_what_memory_knows_needs_no_thread(
    visitor: tracker.Tracker, made: SampleNewsletter, tracking: Tracking
) -> None:
    with session_scope() as session:
        session.execute(update(Newsletter).values(tracking=tracking))
    picture = f"/o/{token.make(Purpose.OPEN, made.issues[0].id, made.readers[0])}.gif"

    def immediate(path: str, method: str = "GET", **more: str) -> bool:
        return visitor.is_immediate({"PATH_INFO": path, "REQUEST_METHOD": method, **more})

    assert not immediate(click(made))  # the issue must be looked up
    Client(visitor).get(click(made))
    simple = tracking is not Tracking.AGGREGATE  # whose copies' facts must be looked up
    assert [immediate(click(made)), immediate(picture), immediate(picture, "HEAD")] == [simple] * 3
    view = f"/v/{token.make(Purpose.VIEW, made.issues[0].id, made.readers[0])}"
    strange = (click(made, 99), click(made) + "x", click(made) + ".gif", f"/c/1{picture}", f"/o{picture}", "/o/", "/c/")
    for path in (*strange, view, "/archive"):
        assert not immediate(path), path
    assert not immediate(click(made), "POST")
    assert not immediate(click(made), CONTENT_LENGTH="1")
    assert not immediate(click(made), HTTP_TRANSFER_ENCODING="chunked")


def test_who_refuses_is_looked_up(visitor: tracker.Tracker, made: SampleNewsletter) -> None:
    with session_scope() as session:
        session.execute(update(Subscriber).where(Subscriber.id == made.readers[0]).values(tracking_refused=True))
    Client(visitor).get(click(made))
    answers = [
        visitor.is_immediate({"PATH_INFO": click(made, reader=reader), "REQUEST_METHOD": "GET"}) for reader in (0, 1)
    ]
    assert answers == [False, True]
