"""Hits from files: judged like live ones, garbage reported, equal ones stored once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.store import token
from models.store.errors import Invalid
from models.store.token import Purpose
from models.tracking import access_log, ingest
from models.tracking.hit import Hit, IncomingHit
from models.tracking.rules import HitKind, Verdict
from tests import sample_requests

from . import sample_newsletter
from .sample_newsletter import PUBLISHED

GOOD = {"time": "2021-05-01T09:00:00+09:00", "url": "https://mail.example.jp/c/3/<token>?utm=x"}


def line(**more: object) -> str:
    return json.dumps({**GOOD, **more})


def filled(text: str) -> str:
    """A line with real tokens, which only a test may make."""
    text = text.replace("<token>", token.make(Purpose.CLICK, 7, 9))
    return text.replace("<nobody>", token.make(Purpose.CLICK, 7, 0))


def one(text: str) -> IncomingHit:
    (found,) = access_log.read_lines([filled(text)], "log.jsonl")
    assert isinstance(found, IncomingHit), found
    return found


def test_a_whole_line() -> None:
    headers = {"User-Agent": "Browser", "Accept-Language": "", "Cookie": "secret", "ACCEPT": "text/html"}
    found = one(line(method="head", client="203.0.113.9", headers=headers))
    assert (found.kind, found.issue, found.reader, found.link) == (HitKind.CLICK, 7, 9, 3)
    assert (found.method, found.client, found.agent) == ("HEAD", "203.0.113.9", "Browser")
    assert found.headers == {"accept-language": "", "accept": "text/html"}
    assert found.at == 1_619_827_200_000_000


def test_little_is_enough() -> None:
    found = one(line())
    assert (found.method, found.client, found.agent, found.headers) == ("GET", "", None, {})
    assert one(line()).id == found.id
    assert one(line(client="203.0.113.9")).id != found.id
    assert one(line(id="0" * 32)).id == one(line(id="0" * 32)).id
    assert len({one(line(id=number * 32)).id for number in "012"} | {found.id}) == 4


@pytest.mark.parametrize(
    ("written", "client"),
    [
        (" 203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[203.0.113.9]", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("-", ""),
        ("unknown", ""),
        ("999.1.1.1", ""),
        ("a" * 45, ""),
    ],
)
def test_clients_are_read_as_those_of_requests_are(written: str, client: str) -> None:
    assert one(line(client=written)).client == client


def test_no_method_is_that_of_pages() -> None:
    assert one(line(method="")).method == "GET"


def test_opens_and_views() -> None:
    opened = one(line(url=f"/o/{token.make(Purpose.OPEN, 7, 9)}.gif"))
    viewed = one(line(url=f"/v/{token.make(Purpose.VIEW, 7, 9)}"))
    assert (opened.kind, opened.link, viewed.kind) == (HitKind.OPEN, 0, HitKind.VIEW)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "no JSON"),
        ("[]", "no JSON object"),
        ("{}", "“url” is missing"),
        (line(url="/c/3/short"), "no address of a tracked link"),
        (line(url="/c/３/<token>"), "no address of a tracked link"),
        (line(url=f"/c/3/{'A' * 32}"), "“url” has a token that is not for click"),
        (line(url="/v/<token>"), "token that is not for view"),
        (line(url="/c/3/<nobody>"), "went to no reader"),
        (line(time="yesterday"), "no time in ISO 8601"),
        (line(time="2021-05-01T09:00:00"), "needs a zone"),
        (line(time=5), "“time” is missing"),
        (line(headers=[1]), "must be an object of texts"),
        (line(headers={"a": 1}), "must be an object of texts"),
        (line(client="203.0.113.9, 10.0.0.1"), "must be one address"),
        (line(method="ＧＥＴ"), "no method of HTTP"),
        (line(method="GET /"), "no method of HTTP"),
        (line(id="x"), "32 hexadecimal digits"),
        (line(url="http://[::1/c/3/x"), "no address"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, message: str) -> None:
    _, found = access_log.read_lines([filled(line()), filled(text)], "log.jsonl")
    assert isinstance(found, Invalid)
    assert str(found).startswith("log.jsonl:2: ")
    assert message in str(found)


def test_they_are_judged_as_if_live(session: Session) -> None:
    made = sample_newsletter.create(session)
    issue = made.issues[0].id
    machines, person = made.readers[:2]
    lines = []
    for reader, kind in ((machines, "link_monitor"), (person, "phone_reader")):
        for request in next(sample_requests.traffic(kind, 1, links=8)):
            code = token.make(Purpose(request.kind.value), issue, reader)
            url = f"/c/{request.link}/{code}" if request.kind is HitKind.CLICK else f"/o/{code}.gif"
            at = made.delivered(issue) + timedelta(seconds=request.at)
            headers = {"User-Agent": request.agent, **request.headers}
            lines.append(
                json.dumps({"time": at.isoformat(), "url": url, "method": request.method, "client": request.client,
                            "headers": headers})
            )  # fmt: skip
    hits = [found for found in access_log.read_lines(lines * 2, "log.jsonl") if isinstance(found, IncomingHit)]
    stored = ingest.store_incoming(session, hits)
    assert (stored.new, stored.repeated) == (len(lines), len(lines))
    assert ingest.store_incoming(session, hits).new == 0
    verdicts = session.execute(select(Hit.reader, Hit.verdict).where(Hit.kind == HitKind.CLICK)).all()
    assert {verdict for reader, verdict in verdicts if reader == machines} == {Verdict.SCANNER}
    assert {verdict for reader, verdict in verdicts if reader == person} == {Verdict.HUMAN}
    assert made.delivered(issue) == PUBLISHED
