"""Every page × every role × one's own, somebody else's and no newsletter, asked for over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from typing import NamedTuple

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule as Route
from werkzeug.test import TestResponse

from models.bounces import returned_mail
from models.bounces.returned_mail import ReturnedMail
from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.edition import Link
from models.deliveries.proposal import Proposal, ProposalKind
from models.imports import import_steps
from models.issues import issue as issues
from models.issues.block import Prose
from models.issues.issue_state import SENT_STATES, IssueState
from models.issues.newsletter import Newsletter
from models.issues.segments import saved_segment
from models.issues.starting import issue_template
from models.staff import member as members
from models.staff import membership
from models.staff.permission import PERMISSIONS_OF, Permission, Role
from models.store import clock, db
from tests.sample import make_article, make_newsletter, make_reader
from tests.web.hidden_fields import hidden_fields
from tests.web.staff_login import PASSWORD
from web.staff import access_table
from web.staff.access_rule import AccessPlace
from web.staff.access_table import RULES

PREPARED = (*SENT_STATES, IssueState.PREPARING)
MISSING = 987_654
LIST = "メールアドレス,氏名\nhanako@example.jp,山田 花子\n".encode()
MORE_THAN_A_ROW = frozenset({"staff.download_export", "staff.click_map_frame"})
"""What is there only where the one who asks had a file written, or where a letter was rendered."""
CHOICES = {
    "step": "pause",
    "kind": "failed",
    "outcome": "accepted",
    "section": "basics",
    "decision": "refuse",
    "number": 1,
    "tab": "a" * 24,
    "_left": "try",
    "_act": "stop",
    "form": "csv",
    "ending": "csv",
}
"""Parts of an address that choose nothing of somebody's."""


class House(NamedTuple):
    """A newsletter with an issue in each state, and what addresses name of each."""

    slug: str
    issues: dict[IssueState, int]
    proposals: dict[IssueState, int]
    person: int
    """Somebody who works for this newsletter alone."""
    article: int
    template: int
    segment: int
    reader: int
    imported: int
    returned: str
    """The digest of a message."""


def make_house(slug: str) -> House:
    with db.session_scope() as session:
        newsletter = make_newsletter(session, slug, name=f"{slug}だより")
        proposer = members.create(session, f"proposer@{slug}.example", "提案者", set())
        author = members.create(session, f"author@{slug}.example", "主事", set())
        membership.set_roles(session, author, {Role.AUTHOR}, newsletter.id, by="test")
        reader = make_reader(session, newsletter, f"reader@{slug}.example").subscriber_id
        made, proposals = {}, {}
        for state in IssueState:
            one = issues.create(session, newsletter, subject=f"{slug}の{state.value}", blocks=(Prose(text="本文"),))
            one.state = state
            if state in PREPARED:
                one.prepared_at = one.sent_at = clock.now()
            session.flush()
            session.add(Link(issue_id=one.id, number=1, url="https://example.jp/", kind="button"))
            waiting = Proposal(issue_id=one.id, kind=ProposalKind.NOTE, value="注記", proposer=proposer)
            session.add(waiting)
            letter = Delivery(issue_id=one.id, subscriber_id=reader, edition=1, lane_id=1, state=DeliveryState.UNKNOWN)
            session.add(letter)
            session.flush()
            made[state], proposals[state] = one.id, waiting.id
        article = make_article(session, newsletter, "water", "水道").id
        draft = issues.get(session, made[IssueState.DRAFT])
        template = issue_template.keep(session, draft, "月例", author).id
        segment = saved_segment.create(session, newsletter, "職員", {"languages": ["ja"]}, "test", "").id
        imported = import_steps.upload(
            session, newsletter, author, "名簿.csv", BytesIO(LIST), "2026年4月の説明会の申込書"
        ).id
        returned = returned_mail_of(session, newsletter, slug)
    return House(slug, made, proposals, author.id, article, template, segment, reader, imported, returned)


def returned_mail_of(session: Session, newsletter: Newsletter, words: str) -> str:
    """A message that came back to a newsletter; its digest."""
    returned_mail.take_in(session, words.encode(), way="lmtp")
    found = session.get_one(ReturnedMail, sha256(words.encode()).hexdigest())
    found.newsletter_id, found.judged_at, found.kind = newsletter.id, clock.now(), "other"
    session.flush()
    return found.digest


def make_person(address: str, roles: set[Role], slug: str = "") -> None:
    with db.session_scope() as session:
        found = session.query(members.Member).filter_by(address=address).one_or_none()
        person = found or members.create(session, address, "試す人", set(), PASSWORD)
        where = session.query(Newsletter).filter_by(slug=slug).one().id if slug else None
        membership.set_roles(session, person, roles, where, by="test")


@pytest.fixture
def own(client: FlaskClient) -> House:
    return make_house("own")


@pytest.fixture
def other(client: FlaskClient) -> House:
    return make_house("other")


class Visitor:
    """Somebody who is logged in, and knows the address of everything."""

    def __init__(self, client: FlaskClient, address: str) -> None:
        self.client = client
        token = hidden_fields(client.get("/staff/login"))["csrf_token"]
        form = {"csrf_token": token, "address": address, "password": PASSWORD}
        assert client.post("/staff/login", data=form).status_code == 302
        self.token = hidden_fields(client.get("/staff/", follow_redirects=True))["csrf_token"]

    def ask(self, route: Route, address: str) -> TestResponse:
        if "POST" in (route.methods or ()):
            return self.client.post(address, data={"csrf_token": self.token, "note": "", "at": ""})
        return self.client.get(address)


def routes(client: FlaskClient) -> Iterator[Route]:
    """Those that lead to a newsletter, or to all of them, and those that delete at last. Leaving ends the visit, so it
    is not among them."""
    rules = client.application.url_map.iter_rules()
    for route in sorted(
        rules, key=lambda one: one.endpoint.startswith(("staff.delete_", "staff.hide_", "staff.erase_"))
    ):
        line = RULES.get(route.endpoint)
        if line is not None and line.permission is not None:
            yield route


def address_of(route: Route, house: House | None, state: IssueState) -> str:
    """The page about an issue of *house*, or about one that is not there."""
    known = {
        "issue_id": house.issues[state] if house else MISSING,
        "proposal_id": house.proposals[state] if house else MISSING,
        "slug": "other",  # of a lane, which all newsletters share, as they do relays
        "member_id": house.person if house else MISSING,
        "article_id": house.article if house else MISSING,
        "template_id": house.template if house else MISSING,
        "reader": house.reader if house else MISSING,
        "segment_id": house.segment if house else MISSING,
        "reader_id": house.reader if house else MISSING,
        "table": "letters" if "issue_id" in route.arguments else "months",
        "import_id": house.imported if house else MISSING,
        "digest": house.returned if house else "0" * 64,
        "export_id": MISSING,
        "relay_id": MISSING,
        "substitute_id": MISSING,
        **CHOICES,
    }
    if RULES[route.endpoint].place is access_table.of_slug:
        known["slug"] = house.slug if house else "missing"
    path = re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda found: str(known[found[1]]), route.rule)
    if RULES[route.endpoint].place is access_table.of_query:
        path += f"?newsletter={house.slug if house else 'missing'}"
    if route.endpoint == "staff.comparison_table":
        sent = [house.issues[one] if house else MISSING for one in (IssueState.SENT, IssueState.PAUSED)]
        path += f"&first={sent[0]}&second={sent[1]}"
    return path


def said(answer: TestResponse) -> tuple[int, str]:
    """What a page says, but for what every request has of its own."""
    own = r"<code>[0-9a-f]{16}</code>|(?<=value=\")[\w.-]{80,}|[?&]newsletter=\w+|&(?:amp;)?(?:first|second)=\d+"
    return answer.status_code, re.sub(own, "", answer.text)


def states_for(route: Route) -> list[IssueState]:
    return list(IssueState) if "issue_id" in route.arguments else [IssueState.DRAFT]


def fitting_state(route: Route) -> IssueState:
    """A state in which the page is there."""
    return IssueState.PAUSED if "issue_id" in route.arguments else IssueState.DRAFT


@pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role.value if role else "none")
def test_every_page_for_a_role_of_one_newsletter_case_e20(
    client: FlaskClient, own: House, other: House, role: Role | None
) -> None:
    make_person("somebody@example.jp", {role} if role else set(), own.slug)
    visitor = Visitor(client, "somebody@example.jp")
    given = PERMISSIONS_OF[role] if role else frozenset()
    wrong: list[str] = []

    def expect(what: str, answer: TestResponse, *, allowed: bool, status: int) -> None:
        refused = answer.status_code in (401, 403, 404, 500)
        if refused if allowed else answer.status_code != status:
            wrong.append(f"{what}: {answer.status_code}")

    for route in routes(client):
        line, name = RULES[route.endpoint], f"{route.endpoint} {sorted(route.methods or ())}"
        if isinstance(line.place, AccessPlace):
            allowed = line.place is AccessPlace.ANY and line.permission in given
            expect(name, visitor.ask(route, address_of(route, own, IssueState.DRAFT)), allowed=allowed, status=403)
            continue
        missing = said(visitor.ask(route, address_of(route, None, IssueState.DRAFT)))
        if missing[0] != 404:
            wrong.append(f"{name}, missing: {missing[0]}")
        for state in states_for(route):
            if said(visitor.ask(route, address_of(route, other, state))) != missing:
                wrong.append(f"{name}, other newsletter, {state.value}")
            if line.permission not in given:
                answer = visitor.ask(route, address_of(route, own, state))
                expect(f"{name}, own, {state.value}", answer, allowed=False, status=403 if role else 404)
        if line.permission in given and route.endpoint not in MORE_THAN_A_ROW:
            answer = visitor.ask(route, address_of(route, own, fitting_state(route)))
            expect(f"{name}, own", answer, allowed=True, status=0)
    assert wrong == []


def test_strangers_see_the_login_alone(client: FlaskClient, own: House) -> None:
    for route in routes(client):
        address = address_of(route, own, IssueState.PAUSED)
        if "POST" in (route.methods or ()):
            token = hidden_fields(client.get("/staff/login"))["csrf_token"]
            answer = client.post(address, data={"csrf_token": token})
            assert answer.status_code == 401, route.endpoint
        else:
            answer = client.get(address)
            assert answer.status_code == 302, route.endpoint
            assert answer.location.startswith("/staff/login?next="), route.endpoint


def test_lists_counts_and_choices_are_those_of_ones_own_newsletters_case_e20(
    client: FlaskClient, own: House, other: House
) -> None:
    make_person("somebody@example.jp", {Role.AUTHOR}, own.slug)
    Visitor(client, "somebody@example.jp")
    page = client.get("/staff/issues").text
    assert page.count("ownの") == len(own.issues)
    assert f'<span class="chip-count">{len(own.issues)}</span>' in page
    assert "other" not in page
    for address in ("/staff/rankings", "/staff/briefing"):
        assert "other" not in client.get(address).text, address
        foreign, missing = (client.get(f"{address}?newsletter={slug}") for slug in ("other", "missing"))
        assert said(foreign) == said(missing), address


def test_other_roles_in_other_newsletters(client: FlaskClient, own: House, other: House) -> None:
    """An author here who approves there; a role for all newsletters counts for those that are still to come."""
    make_person("both@example.jp", {Role.AUTHOR}, own.slug)
    make_person("both@example.jp", {Role.APPROVER}, other.slug)
    Visitor(client, "both@example.jp")
    for house, status in ((own, 200), (other, 403)):
        assert client.get(f"/staff/issues/{house.issues[IssueState.DRAFT]}/edit").status_code == status
    page = client.get("/staff/issues").text
    assert "ownの" in page
    assert "otherの" in page
    make_person("both@example.jp", {Role.SENDER})
    late = make_house("late")
    assert client.get(f"/staff/issues/{late.issues[IssueState.DRAFT]}").status_code == 200
    assert client.get(f"/staff/issues/{late.issues[IssueState.DRAFT]}/edit").status_code == 403


def test_ids_of_another_newsletter_under_an_own_issue_case_e20(client: FlaskClient, own: House, other: House) -> None:
    make_person("somebody@example.jp", set(Role), own.slug)
    visitor = Visitor(client, "somebody@example.jp")
    mine = own.issues[IssueState.PAUSED]
    form = {"csrf_token": visitor.token}
    answers = [
        client.post(f"/staff/issues/{mine}/proposals/{number}/approve", data=form)
        for number in (other.proposals[IssueState.PAUSED], own.proposals[IssueState.SENT], MISSING)
    ]
    assert {said(answer)[0] for answer in answers} == {404}
    assert len({said(answer) for answer in answers}) == 1


def test_a_role_that_is_taken_away_counts_at_once_case_e20(client: FlaskClient, own: House) -> None:
    """The form was opened before; its author is no author any more when it comes."""
    make_person("somebody@example.jp", {Role.AUTHOR, Role.ANALYST}, own.slug)
    visitor = Visitor(client, "somebody@example.jp")
    page = f"/staff/issues/{own.issues[IssueState.DRAFT]}"
    assert f'action="{page}/submit"' in client.get(page).text
    make_person("somebody@example.jp", {Role.ANALYST}, own.slug)
    assert client.post(f"{page}/submit", data={"csrf_token": visitor.token}).status_code == 403
    assert f'action="{page}/submit"' not in client.get(page).text
    make_person("somebody@example.jp", set(), own.slug)
    assert client.get(page).status_code == 404
    assert "You have no role yet" in client.get("/staff/issues?lang=en").text


def test_a_page_without_a_line_is_refused_case_e20(
    client: FlaskClient, own: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_person("somebody@example.jp", set(Role))
    Visitor(client, "somebody@example.jp")
    assert client.get("/staff/issues").status_code == 200
    monkeypatch.delitem(RULES, "staff.issues")
    assert client.get("/staff/issues").status_code == 403


def test_every_permission_is_somebodys_and_nobody_decides_on_own_work() -> None:
    assert frozenset().union(*PERMISSIONS_OF.values()) == set(Permission)
    deciding = {Permission.WRITE, Permission.APPROVE, Permission.SEND, Permission.MANAGE_PEOPLE}
    assert all(len(given & deciding) <= 1 for given in PERMISSIONS_OF.values())
