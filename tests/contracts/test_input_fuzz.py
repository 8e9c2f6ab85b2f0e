"""Whatever is sent to any route, nobody is told that we failed: a fixed budget of bad input for each, no 5xx."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from werkzeug.routing import Rule

from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues.block import Prose
from models.store import db
from models.store.token import Purpose, make
from tests.sample import make_newsletter
from tests.web.hidden_fields import hidden_fields
from tests.web.staff_login import EVERY_ROLE, PASSWORD, csrf_token, make_staff
from web.app import create_app

EXAMPLES = 4
"""Drawn requests for each route, method and person, after the fixed ones of ALWAYS."""
ALWAYS = {"nul": "a\0b", "line-break": "a\r\nb: c", "surrogate": "\ud800", "huge": "9" * 5000, "integer": "2147483648"}
"""What each route gets for certain: in its path, and everywhere else."""
NASTY = [
    "", "0", "-1", "1", "2147483647", "2147483648", "9223372036854775808", "9" * 5000, "1e400", "nan", "%",
    "\0", "a\0b", "a\r\nb: c", "\x1b[31m", "\x7f", "\ud800", "\ufffe", "é" * 400, "あ" * 70000, "../../etc/passwd",
    "9999-99-99", "9999-12-31T23:59", "0001-01-01T00:00", "2026-02-30", "2026-12-01T09:00+99:99", "10000-01-01",
    "<script>", "{{ 7*7 }}", "'", '"', "\\", "ict", "nosuch", "all", "approve", "2026", "0000", "2026-13", "२",
    "---\nsubject: \"a\\0b\"\n---\nx", "---\nsubject: \"\\ud800\"\nsegment: {joined_from: 2026-01-01}\n---\nx",
    "---\nsubject: a\nsegment: {joined_from: 9999-99-99, x: " + "9" * 5000 + "}\n---\nx", "[](" * 50, "=1+1", "x@y",
    "@", "a@b.example\r\nBcc: c@d.example", "xn--a@xn--.jp", "http://[", "https://example.jp/\ud800", "//evil.example",
]  # fmt: skip
NAMES = [
    "lang", "page", "year", "state", "newsletter", "period", "from", "until", "audience", "topic", "policy", "measure",
    "first_days", "top", "q", "search", "view", "next", "links", "last", "done", "mode",
]  # fmt: skip
FIELDS = [
    "address", "password", "name", "kana", "organisation", "audience", "topics", "agreed", "terms", "began", "website",
    "text", "note", "stamp", "url", "at", "digest", "decision", "revision", "overwrite", "to", "leave", "sure", "kept",
    "language", "List-Unsubscribe", "challenge", "proof", "code", "credential", "secret",
    "new_password", "new_password_again",
]  # fmt: skip
PARTS = 4
"""Into how many tests the pages of staff are divided, so that none of them takes too long."""
values = st.one_of(st.sampled_from(NASTY), st.text(max_size=20))


@pytest.fixture(scope="module")
def app(postgres: Engine, valkey: str) -> Iterator[tuple[Flask, int]]:
    """The application with a newsletter, a draft and staff; limits do not count here."""
    from tests.conftest import empty_tables

    with db.session_scope() as session:
        make_newsletter(session)
        make_staff(session)
        newsletter = newsletters.find(session, "ict")
        made = issues.create(session, newsletter, subject="題", blocks=(Prose(text="本文"),))
        issue_id = made.id
    yield create_app(), issue_id
    empty_tables()


def _path(rule: Rule, values: dict[str, str]) -> str:
    """An address of *rule* with *values* in the places of its path."""
    path = rule.rule
    for name in rule.arguments:
        value = values[name].replace("?", "").replace("\\", r"\\")
        path = re.sub(rf"<(?:[^<>]*:)?{name}>", value, path)
    return "/" + quote(path.encode("utf-8", "surrogatepass"), safe="/%").lstrip("/")


def _right(rule: Rule, issue_id: int) -> dict[str, str]:
    """Values with which the path of *rule* leads somewhere, as far as there is something."""
    known = {"issue_id": str(issue_id), "slug": "ict", "number": "1", "step": "cancel", "tab": "a" * 24}
    purpose = next((one for one in Purpose if one.value in rule.endpoint), Purpose.PREFERENCES)
    return {name: known.get(name) or make(purpose, issue_id, 1) for name in rule.arguments}


class Sent(NamedTuple):
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]


def always(rule: Rule, method: str, issue_id: int) -> list[Sent]:
    """The fixed requests to *rule*: each value of ALWAYS in the path, and in every field behind a right path."""
    right = _right(rule, issue_id)
    sent = []
    for value in ALWAYS.values():
        if rule.arguments:
            sent.append(Sent(method, _path(rule, dict.fromkeys(rule.arguments, value)), {}, {}))
        query = {} if method == "POST" else dict.fromkeys(NAMES, value)
        sent.append(Sent(method, _path(rule, right), query, dict.fromkeys(FIELDS, value) if method == "POST" else {}))
    return sent


@st.composite
def requests(draw: st.DrawFn, rule: Rule, method: str, issue_id: int) -> Sent:
    """A request to *rule* with something wrong in path, query or form."""
    places = {name: draw(st.one_of(st.just(right), values)) for name, right in _right(rule, issue_id).items()}
    query = draw(st.dictionaries(st.sampled_from(NAMES), values, max_size=3))
    form = {} if method == "GET" else draw(st.dictionaries(st.sampled_from(FIELDS), values, max_size=6))
    return Sent(method, _path(rule, places), query, form)


@pytest.mark.parametrize(
    ("address", "part"),
    [(address, part) for address in ("", EVERY_ROLE) for part in range(PARTS)],
    ids=[f"case_f1-{who}-{part}" for who in ("reader", "staff") for part in range(PARTS)],
)
def test_no_route_fails_whatever_is_sent(app: tuple[Flask, int], address: str, part: int) -> None:
    flask, issue_id = app
    flask.testing = False
    client = flask.test_client()
    if address:
        login = {"csrf_token": csrf_token(client, "/staff/login"), "address": address, "password": PASSWORD}
        assert client.post("/staff/login", data=login).status_code == 302
    token = hidden_fields(client.get("/subscribe/ict"))["csrf_token"]
    failed: list[tuple[int, Sent]] = []

    def try_one(sent: Sent) -> None:
        status = _send(client, sent, token)
        if status >= 500:
            failed.append((status, sent))

    def attack(rule: Rule, method: str) -> None:
        @settings(
            max_examples=EXAMPLES, derandomize=True, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(requests(rule, method, issue_id))
        def one(sent: Sent) -> None:
            try_one(sent)

        for sent in always(rule, method, issue_id):
            try_one(sent)
        one()

    # Pages for readers are the same for everybody.
    rules = [one for one in flask.url_map.iter_rules()
             if one.endpoint != "staff.logout" and (not address or one.endpoint.startswith("staff."))]  # fmt: skip
    for rule in rules[part::PARTS]:
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            attack(rule, method)
    told = [f"{status} {sent.method} {sent.path[:90]} {str(sent.query)[:200]} {str(sent.form)[:300]}"
            for status, sent in failed]  # fmt: skip
    assert told == []


def _send(client: FlaskClient, sent: Sent, token: str) -> int:
    post = sent.method == "POST"
    with client.open(
        sent.path,
        method=sent.method,
        query_string=_encoded(sent.query),
        data=_encoded({"csrf_token": token, **sent.form}) if post else None,
        content_type="application/x-www-form-urlencoded" if post else None,
    ) as answer:
        answer.get_data()
        return answer.status_code


def _encoded(pairs: dict[str, str]) -> str:
    return "&".join(f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in pairs.items())
