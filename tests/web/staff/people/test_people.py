"""People's pages over HTTP: invitations, roles, terms, the door, and the first start."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from models.outbox.transactional import TransactionalLetter
from models.staff import audit, first_member, membership, password_reset
from models.staff import member as members
from models.staff.member import Member
from models.staff.permission import Role
from models.store import clock, db
from tests.sample import make_newsletter
from tests.web.staff_login import PASSWORD, csrf_token, log_in_as, make_staff
from web.app import create_app

NEW = "correct horse battery staple"


@pytest.fixture
def app(database: object, redis_client: object) -> Flask:
    made = create_app()
    made.testing = False
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def house(database: object) -> dict[str, int]:
    """Two newsletters, and somebody for each role."""
    with db.session_scope() as session:
        first, second = make_newsletter(session), make_newsletter(session, "second")
        make_staff(session)
        return {"first": first.id, "second": second.id}


@pytest.fixture
def administrator(client: FlaskClient, house: dict[str, int]) -> FlaskClient:
    log_in_as(client, Role.ADMINISTRATOR)
    return client


def letters() -> list[TransactionalLetter]:
    with db.session_scope() as session:
        found = list(session.scalars(select(TransactionalLetter).order_by(TransactionalLetter.id)))
        session.expunge_all()
        return found


def link_of(letter: TransactionalLetter) -> str:
    return "/staff/invitations/" + str(letter.values["link"]).rpartition("/")[2]


def person(address: str) -> Member:
    with db.session_scope() as session:
        found = members.find(session, address)
        session.expunge_all()
        return found


def invite(client: FlaskClient, address: str = "new@example.lg.jp", **roles: str) -> str:
    """Invite somebody; the link that the letter has."""
    form = {"address": address, "name": "新任 主査", **(roles or {"roles-all": "author"})}
    answer = client.post("/staff/people/new", data={"csrf_token": csrf_token(client, "/staff/people/new"), **form})
    assert answer.status_code == 302, answer.text
    return link_of(letters()[-1])


def accept(client: FlaskClient, link: str, password: str = NEW, again: str | None = None) -> int:
    form = {"csrf_token": csrf_token(client, "/staff/login"), "name": "新任 係長", "new_password": password}
    return client.post(link, data={**form, "new_password_again": password if again is None else again}).status_code


def submit(client: FlaskClient, path: str, page: str, /, **form: str | list[str]) -> tuple[int, str]:
    answer = client.post(path, data={"csrf_token": csrf_token(client, page), **form}, follow_redirects=True)
    return answer.status_code, answer.text


def test_who_is_invited_chooses_a_password_and_comes_in(administrator: FlaskClient, app: Flask) -> None:
    link = invite(administrator)
    invited = app.test_client()
    page = invited.get(link)
    assert page.status_code == 200
    assert "new@example.lg.jp" in page.text
    assert invited.get(link).status_code == 200, "opening uses nothing up"
    assert accept(invited, link, "short") == 422
    assert accept(invited, link, NEW, again="another one altogether") == 422
    assert accept(invited, link) == 302
    with db.session_scope() as session:
        made = members.authenticate(session, "new@example.lg.jp", NEW)
        assert made is not None
        assert (made.name, membership.describe(made)) == ("新任 係長", ["author"])


def test_an_invitation_works_once_and_for_72_hours(administrator: FlaskClient, app: Flask) -> None:
    link, invited = invite(administrator), app.test_client()
    with clock.moved(timedelta(hours=71, minutes=59)):
        assert invited.get(link).status_code == 200
    with clock.moved(timedelta(hours=72, minutes=1)):
        assert invited.get(link).status_code == 410
        assert accept(invited, link) == 410
    assert accept(invited, link) == 302
    assert invited.get(link).status_code == 410
    assert accept(app.test_client(), link, "some entirely different words") == 410
    assert invited.get(link[:-3] + "abc").status_code == 404


def test_a_newer_invitation_takes_the_place_of_the_one_before(administrator: FlaskClient, app: Flask) -> None:
    first = invite(administrator)
    made = person("new@example.lg.jp").id
    status, _text = submit(administrator, f"/staff/people/{made}/invite", f"/staff/people/{made}")
    assert status == 200
    second, invited = link_of(letters()[-1]), app.test_client()
    assert second != first
    assert invited.get(first).status_code == 404
    assert accept(invited, second) == 302
    status, text = submit(administrator, f"/staff/people/{made}/invite", f"/staff/people/{made}")
    assert status == 422
    assert "パスワードを設定済み" in text


def test_who_is_shut_out_meanwhile_is_not_let_in_by_the_letter(administrator: FlaskClient, app: Flask) -> None:
    link, made = invite(administrator), person("new@example.lg.jp").id
    assert submit(administrator, f"/staff/people/{made}/deactivate", f"/staff/people/{made}")[0] == 200
    assert app.test_client().get(link).status_code == 410
    assert not person("new@example.lg.jp").active


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"address": "", "name": "名", "roles-all": "author"}, "address"),
        ({"address": "no address", "name": "名", "roles-all": "author"}, "address"),
        ({"address": "author@example.jp", "name": "名", "roles-all": "author"}, "address"),
        ({"address": "new@example.jp", "name": " ", "roles-all": "author"}, "name"),
        ({"address": "new@example.jp", "name": "名"}, "roles"),
        ({"address": "new@example.jp", "name": "名", "roles-all": "emperor"}, "roles"),
    ],
)
def test_an_invitation_that_cannot_be_says_why(administrator: FlaskClient, form: dict[str, str], field: str) -> None:
    status, text = submit(administrator, "/staff/people/new", "/staff/people/new", **form)
    assert status == 422
    assert f'href="#{field}"' in text
    assert form["address"] in text
    assert not letters()


def test_roles_are_given_for_one_newsletter_and_for_all(administrator: FlaskClient, house: dict[str, int]) -> None:
    one = person("author@example.jp").id
    page = f"/staff/people/{one}"
    seen = re.search(r'name="seen" value="([^"]*)"', administrator.get(page).text)
    assert seen
    roles: dict[str, str | list[str]] = {"roles-all": [], f"roles-{house['second']}": ["approver", "sender"]}
    assert submit(administrator, f"{page}/roles", page, seen=seen[1], **roles)[0] == 200
    second = f"newsletter/{house['second']}"
    assert membership.describe(person("author@example.jp")) == [f"approver {second}", f"sender {second}"]
    status, _text = submit(administrator, f"{page}/roles", page, seen=seen[1], **{"roles-all": "administrator"})
    assert status == 409, "somebody else has changed them since"
    assert membership.describe(person("author@example.jp")) == [f"approver {second}", f"sender {second}"]


def test_the_last_administrator_stays(administrator: FlaskClient) -> None:
    with db.session_scope() as session:
        membership.deactivate(session, members.find(session, "all@example.jp"), "test")
    one = person("administrator@example.jp").id
    page = f"/staff/people/{one}"
    assert submit(administrator, f"{page}/roles", page, seen="administrator")[0] == 422
    assert submit(administrator, f"{page}/deactivate", page)[0] == 422
    assert submit(administrator, f"{page}/term", page, term_ends_on=clock.today().isoformat())[0] == 422
    assert membership.describe(person("administrator@example.jp")) == ["administrator"]


def test_an_administrator_of_one_newsletter_sees_nobody_of_another(
    client: FlaskClient, app: Flask, house: dict[str, int]
) -> None:
    with db.session_scope() as session:
        local = members.create(session, "local@example.jp", "係長", set(), PASSWORD)
        membership.set_roles(session, local, {Role.ADMINISTRATOR}, house["second"], "test")
        other = members.create(session, "other@example.jp", "他課", set())
        membership.set_roles(session, other, {Role.AUTHOR}, house["first"], "test")
        other_id, author_id = other.id, members.find(session, "author@example.jp").id
    token = csrf_token(client, "/staff/login")
    client.post("/staff/login", data={"csrf_token": token, "address": "local@example.jp", "password": PASSWORD})
    listed = client.get("/staff/people").text
    assert "local@example.jp" in listed
    assert "other@example.jp" not in listed
    for one in (other_id, author_id, 987_654):
        assert client.get(f"/staff/people/{one}").status_code == 404
        assert (
            submit(client, f"/staff/people/{one}/roles", "/staff/people/new", **{"roles-all": "administrator"})[0]
            == 404
        )
        assert submit(client, f"/staff/people/{one}/deactivate", "/staff/people/new")[0] == 404
    assert 'name="roles-all"' not in client.get("/staff/people/new").text
    form = {"address": "mine@example.jp", "name": "名"}
    assert submit(client, "/staff/people/new", "/staff/people/new", **form, **{"roles-all": "administrator"})[0] == 422
    invite(client, "mine@example.jp", **{f"roles-{house['second']}": "author", f"roles-{house['first']}": "author"})
    assert membership.describe(person("mine@example.jp")) == [f"author newsletter/{house['second']}"]


def test_a_term_ends(administrator: FlaskClient, app: Flask) -> None:
    one = person("author@example.jp").id
    last = clock.today() + timedelta(days=3)
    page = f"/staff/people/{one}"
    assert submit(administrator, f"{page}/term", page, term_ends_on="2026-02-30")[0] == 422
    assert submit(administrator, f"{page}/term", page, term_ends_on="2020-01-01")[0] == 422
    assert submit(administrator, f"{page}/term", page, term_ends_on=last.isoformat())[0] == 200
    author = app.test_client()
    log_in_as(author, Role.AUTHOR)
    assert author.get("/staff/issues").status_code == 200
    with clock.moved(timedelta(days=4)):
        assert author.get("/staff/issues").status_code == 302
        with db.session_scope() as session:
            assert members.authenticate(session, "author@example.jp", PASSWORD) is None


def test_the_first_administrator_is_made_once(database: object, app: Flask) -> None:
    link = first_member.link()
    address = link[link.index("/staff/") :]
    first, second = app.test_client(), app.test_client()
    assert first.get(address[:-2] + "AA").status_code == 404
    tokens = [csrf_token(one, address) for one in (first, second)]
    form = {"address": "first@example.lg.jp", "name": "情報政策課", "new_password": NEW, "new_password_again": NEW}
    assert first.post(address, data={"csrf_token": tokens[0], **form, "address": "nobody"}).status_code == 422
    assert first.post(address, data={"csrf_token": tokens[0], **form}).status_code == 302
    late = second.post(address, data={"csrf_token": tokens[1], **form, "address": "late@example.jp"})
    assert late.status_code == 404
    assert first.get(address).status_code == 404
    with db.session_scope() as session:
        [only] = session.scalars(select(Member))
        assert membership.describe(only) == ["administrator"]
        assert members.authenticate(session, "first@example.lg.jp", NEW) is only
        assert session.scalar(select(func.count(audit.AuditEntry.id))) == 1


def test_an_invitation_ends_with_a_password_that_was_chosen_by_another_way(
    administrator: FlaskClient, app: Flask
) -> None:
    link, invited = invite(administrator), app.test_client()
    with db.session_scope() as session:
        password_reset.finish(session, members.find(session, "new@example.lg.jp"), NEW)
    assert invited.get(link).status_code == 410
    assert accept(invited, link, "some entirely different words") == 410
    with db.session_scope() as session:
        assert members.authenticate(session, "new@example.lg.jp", NEW) is not None


@pytest.mark.parametrize("name", ["名" * 201, "\u2800", "．" * 100_000])
def test_a_name_that_cannot_be_is_refused_where_it_is_typed(administrator: FlaskClient, app: Flask, name: str) -> None:
    form = {"address": "other@example.lg.jp", "name": name, "roles-all": "author"}
    status, text = submit(administrator, "/staff/people/new", "/staff/people/new", **form)
    assert (status, 'href="#name"' in text) == (422, True)
    link, invited = invite(administrator), app.test_client()
    form = {"name": name, "new_password": NEW, "new_password_again": NEW}
    status, text = submit(invited, link, link, **form)
    assert (status, 'href="#name"' in text) == (422, True)
    status, text = submit(administrator, "/staff/account", "/staff/account", name=name)
    assert (status, 'href="#name"' in text) == (422, True)


def test_the_last_administrator_who_can_log_in_stays(administrator: FlaskClient) -> None:
    with db.session_scope() as session:
        membership.deactivate(session, members.find(session, "all@example.jp"), "test")
    invite(administrator, "typo@example.org", **{"roles-all": "administrator"})
    page = f"/staff/people/{person('administrator@example.jp').id}"
    assert submit(administrator, f"{page}/roles", page, seen="administrator")[0] == 422
    assert submit(administrator, f"{page}/deactivate", page)[0] == 422
    assert submit(administrator, f"{page}/term", page, term_ends_on=clock.today().isoformat())[0] == 422
    page = f"/staff/people/{person('typo@example.org').id}"
    assert submit(administrator, f"{page}/deactivate", page)[0] == 200, "whoever never came in may go"


def test_nobody_puts_off_the_end_of_their_own_term(administrator: FlaskClient) -> None:
    last = clock.today() + timedelta(days=3)
    page = f"/staff/people/{person('administrator@example.jp').id}"
    with db.session_scope() as session:
        membership.set_term(session, members.find(session, "administrator@example.jp"), last, "test")
    for typed in ("", (last + timedelta(days=1)).isoformat()):
        assert submit(administrator, f"{page}/term", page, term_ends_on=typed)[0] == 422
        assert person("administrator@example.jp").term_ends_on == last
    earlier = last - timedelta(days=1)
    assert submit(administrator, f"{page}/term", page, term_ends_on=earlier.isoformat())[0] == 200
    assert person("administrator@example.jp").term_ends_on == earlier


def test_a_person_of_two_newsletters_is_shown_with_the_roles_of_the_managed_one(
    client: FlaskClient, house: dict[str, int]
) -> None:
    with db.session_scope() as session:
        local = members.create(session, "local@example.jp", "係長", set(), PASSWORD)
        membership.set_roles(session, local, {Role.ADMINISTRATOR}, house["second"], "test")
        both = members.create(session, "both@example.jp", "兼務", set())
        membership.set_roles(session, both, {Role.AUTHOR}, house["first"], "test")
        membership.set_roles(session, both, {Role.SENDER}, house["second"], "test")
    token = csrf_token(client, "/staff/login")
    client.post("/staff/login", data={"csrf_token": token, "address": "local@example.jp", "password": PASSWORD})
    page = f"/staff/people/{both.id}"
    text = client.get(page).text
    assert f"newsletter/{house['first']}" not in text
    seen = re.search(r'name="seen" value="([^"]*)"', text)
    assert seen
    roles = {f"roles-{house['second']}": "analyst"}
    assert submit(client, f"{page}/roles", page, seen=seen[1], **roles)[0] == 200
    first, second = (f"newsletter/{house[name]}" for name in ("first", "second"))
    assert membership.describe(person("both@example.jp")) == [f"analyst {second}", f"author {first}"]


def test_a_form_behind_a_letter_that_cannot_be_checked_asks_for_no_login(
    administrator: FlaskClient, app: Flask
) -> None:
    link = invite(administrator)
    form = {"name": "新任 係長", "new_password": NEW, "new_password_again": NEW}
    for path in (link, "/staff/login/forgotten"):
        refused = app.test_client().post(path, data=form)
        assert (refused.status_code, 'name="password"' in refused.text) == (400, False)
