"""Handing over on the pages: one page lists what passes, exactly that passes, and refusals lose nothing."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.issues import issue as issues
from models.issues.block import Prose
from models.issues.issue import Issue
from models.staff import member as members
from models.staff import membership
from models.staff.audit import AuditEntry
from models.staff.login_session import LoginSession
from models.staff.permission import Role
from models.store import db
from tests.sample import make_newsletter
from tests.web.hidden_fields import hidden_fields
from tests.web.staff_login import PASSWORD, log_in_as, make_staff, post

KINDS = ["issues", "corrections", "approvals", "schedules", "invitations"]


@pytest.fixture
def house(client: FlaskClient) -> dict[str, int]:
    """A leaver with an issue of each of two newsletters, and successors; an administrator is logged in."""
    with db.session_scope() as session:
        make_staff(session)
        first, second = make_newsletter(session), make_newsletter(session, "second", name="第二だより")
        leaver = members.create(session, "leaver@example.jp", "異動する人", {Role.AUTHOR}, PASSWORD)
        successor = members.create(session, "next@example.jp", "後任の人", {Role.AUTHOR}, PASSWORD)
        mine, other = (
            issues.create(
                session, one, subject=f"{one.name}の下書き", blocks=(Prose(text="本文"),), author_id=leaver.id
            )
            for one in (first, second)
        )
        found = {"first": first.id, "leaver": leaver.id, "next": successor.id, "mine": mine.id, "other": other.id}
    log_in_as(client, Role.ADMINISTRATOR)
    return found


def address(house: dict[str, int], successor: str = "next") -> str:
    return f"/staff/people/{house['leaver']}/handover" + (f"?successor={house[successor]}" if successor else "")


def fields(client: FlaskClient, page: str) -> dict[str, object]:
    found = hidden_fields(client.get(page))
    return {**{name: found[name] for name in ("csrf_token", "successor", "seen")}, "kinds": KINDS}


def authors(house: dict[str, int]) -> list[int | None]:
    with Session(db.engine()) as session:
        return [session.get_one(Issue, house[one]).author_id for one in ("mine", "other")]


def test_what_is_listed_passes_and_the_issue_says_whose_it_was(client: FlaskClient, house: dict[str, int]) -> None:
    assert f'href="{address(house, "")}"' in client.get(f"/staff/people/{house['leaver']}").text
    assert "自治体ICTだよりの下書き" in client.get(address(house, "")).text, "before a successor is chosen"
    page = client.get(address(house)).text
    for subject in ("自治体ICTだよりの下書き", "第二だよりの下書き"):
        assert subject in page
    form = fields(client, address(house))
    done = client.post(address(house, ""), data={**form, "access": "now"}, follow_redirects=True)
    assert "2件を後任の人に引き継ぎました" in done.text
    assert authors(house) == [house["next"]] * 2
    with Session(db.engine()) as session:
        assert not session.get_one(members.Member, house["leaver"]).active
    shown = client.get(f"/staff/issues/{house['mine']}").text
    assert re.search(r"起案者</dt><dd>後任の人 <span[^>]*>.元の起案者.異動する人", shown)
    log = client.get("/staff/audit").text
    assert "起案者を変えました" in log
    assert "leaver@example.jp" in log
    again = client.post(address(house, ""), data=form)
    assert again.status_code == 409
    assert "引き継ぐものはありません" in again.text
    assert authors(house) == [house["next"]] * 2


def test_a_stale_form_shows_the_new_list_first_case_e50(client: FlaskClient, house: dict[str, int]) -> None:
    form = fields(client, address(house))
    with db.session_scope() as session:
        session.execute(update(Issue).where(Issue.id == house["other"]).values(subject="件名が変わった"))
    answer = client.post(address(house, ""), data={**form, "access": "day", "last_day": "2099-03-31"})
    assert answer.status_code == 409
    assert "引き継ぐものが変わりました" in answer.text
    assert "件名が変わった" in answer.text
    assert 'value="2099-03-31"' in answer.text
    assert authors(house) == [house["leaver"]] * 2
    form["seen"] = hidden_fields(answer)["seen"]
    assert client.post(address(house, ""), data=form).status_code == 302
    assert authors(house) == [house["next"]] * 2


def test_refusals_say_why_and_change_nothing(client: FlaskClient, house: dict[str, int]) -> None:
    """The same person, one without the role, one who has gone, one of nowhere, nothing chosen, a day that is none."""
    with db.session_scope() as session:
        gone = members.create(session, "gone@example.jp", "去った人", {Role.AUTHOR}, PASSWORD)
        membership.deactivate(session, gone, by="test")
        house |= {"gone": gone.id, "nobody": 987_654, "sender": members.find(session, "sender@example.jp").id}
    good = fields(client, address(house))
    for successor in ("leaver", "gone", "nobody"):
        for answer in (
            client.get(address(house, successor)),
            client.post(address(house, ""), data={**good, "successor": house[successor]}),
        ):
            assert answer.status_code == 422, successor
            assert "後任を一覧から選んでください" in answer.text
    assert "「起案」の役割がありません" in client.get(address(house, "sender")).text
    lacking = client.post(address(house, ""), data=fields(client, address(house, "sender")))
    assert lacking.status_code == 422
    assert "「起案」の役割がありません" in lacking.text
    for form, said in (
        ({"kinds": []}, "何も選ばれていません"),
        ({"access": "day", "last_day": ""}, "カレンダーから選ぶか"),
        ({"access": "day", "last_day": "2020-01-01"}, "過ぎた日付です"),
        ({"seen": ""}, "引き継ぐものが変わりました"),
    ):
        answer = client.post(address(house, ""), data={**good, **form})
        assert answer.status_code in (409, 422), said
        assert said in answer.text
    assert authors(house) == [house["leaver"]] * 2
    assert client.post(address(house, ""), data={**good, "csrf_token": "x"}).status_code == 400


def test_an_administrator_of_one_newsletter_sees_and_hands_over_its_own(
    client: FlaskClient, house: dict[str, int]
) -> None:
    with db.session_scope() as session:
        boss = members.find(session, "administrator@example.jp")
        membership.set_roles(session, members.find(session, "all@example.jp"), {Role.ADMINISTRATOR}, None, by="test")
        for one in (boss, members.find(session, "leaver@example.jp"), members.find(session, "next@example.jp")):
            roles = {grant.role for grant in one.grants}
            membership.set_roles(session, one, roles, house["first"], by="test")
            membership.set_roles(session, one, set(), None, by="test")
        stranger = members.create(session, "stranger@example.jp", "別の課の人", {Role.AUTHOR}, PASSWORD)
        house["stranger"] = stranger.id
    page = client.get(address(house)).text
    assert "自治体ICTだよりの下書き" in page
    assert "第二だより" not in page
    assert "別の課の人" not in page
    assert client.get(address(house, "stranger")).status_code == 422
    assert client.get(f"/staff/people/{house['stranger']}/handover").status_code == 404
    with db.session_scope() as session:  # whose roles were taken away before is found by what is left
        leaver = members.find(session, "leaver@example.jp")
        membership.set_roles(session, leaver, set(), house["first"], by="test")
        membership.deactivate(session, leaver, by="test")
    assert address(house, "") in client.get("/staff/issues").text
    assert client.get(f"/staff/people/{house['leaver']}").status_code == 404
    assert client.post(address(house, ""), data=fields(client, address(house))).status_code == 302
    assert authors(house) == [house["next"], house["leaver"]]


def test_it_takes_a_recent_proof_and_comes_through_it(client: FlaskClient, house: dict[str, int]) -> None:
    form = fields(client, address(house))
    with db.session_scope() as session:
        session.execute(update(LoginSession).values(proved_at=None))
    asked = client.post(address(house, ""), data=form)
    assert asked.status_code == 401
    assert authors(house) == [house["leaver"]] * 2
    carried = {**hidden_fields(asked), "password": PASSWORD}
    kept = client.post("/staff/account/confirm", data=carried)
    sent = client.post(address(house, ""), data={**form, "csrf_token": hidden_fields(kept)["csrf_token"]})
    assert sent.status_code == 302
    assert authors(house) == [house["next"]] * 2


def test_things_without_a_holder_stand_on_the_first_page_of_administrators(
    client: FlaskClient, house: dict[str, int]
) -> None:
    assert "担当者のいないもの" not in client.get("/staff/issues").text
    post(client, f"/staff/people/{house['leaver']}/deactivate", f"/staff/people/{house['leaver']}")
    page = client.get("/staff/issues").text
    assert "担当者のいないもの" in page
    assert address(house, "") in page
    assert client.post(address(house, ""), data=fields(client, address(house))).status_code == 302
    assert "担当者のいないもの" not in client.get("/staff/issues").text
    log_in_as(client, Role.AUTHOR)
    assert "担当者のいないもの" not in client.get("/staff/issues").text


def test_hundreds_of_drafts_pass_in_one_step(client: FlaskClient, house: dict[str, int]) -> None:
    rows = [
        {"newsletter_id": house["first"], "number": number, "subject": f"下書き{number}", "author_id": house["leaver"],
         "blocks_json": [], "ranking": {}, "segment": {}, "former_author_ids": []}
        for number in range(10, 310)
    ]  # fmt: skip
    with db.session_scope() as session:
        session.execute(Issue.__table__.insert(), [{**row, "blocks": row.pop("blocks_json")} for row in rows])
    page = client.get(address(house)).text
    assert "302件" in page
    assert page.count("下書き") >= 302
    done = client.post(address(house, ""), data=fields(client, address(house)), follow_redirects=True)
    assert "302件を後任の人に引き継ぎました" in done.text
    with Session(db.engine()) as session:
        assert session.scalar(select(func.count()).where(Issue.author_id == house["next"])) == 302
        told = select(func.count()).where(AuditEntry.action == "hand over issue")
        assert session.scalar(told.select_from(AuditEntry)) == 302


@pytest.mark.parametrize("shut_out", [True, False])
def test_what_is_left_behind_can_be_handed_over_by_whom_it_is_shown_to(
    client: FlaskClient, house: dict[str, int], shut_out: bool
) -> None:
    """An administrator of one newsletter, and somebody who was there: with roles for all until then, or moved on."""
    with db.session_scope() as session:
        boss, leaver, successor = (
            members.find(session, f"{one}@example.jp") for one in ("administrator", "leaver", "next")
        )
        membership.set_roles(session, members.find(session, "all@example.jp"), {Role.ADMINISTRATOR}, None, by="test")
        for one, role in ((boss, Role.ADMINISTRATOR), (successor, Role.AUTHOR)):
            membership.set_roles(session, one, {role}, house["first"], by="test")
            membership.set_roles(session, one, set(), None, by="test")
        if shut_out:
            membership.deactivate(session, leaver, by="test")
        else:
            membership.set_roles(session, leaver, set(), None, by="test")
    page = client.get("/staff/issues").text
    assert "異動する人は利用できないか役割がなくなりましたが" in page
    assert address(house, "") in page
    assert f'/staff/people/{house["leaver"]}"' not in client.get(address(house)).text, "the person is not theirs"
    done = client.post(address(house, ""), data=fields(client, address(house)), follow_redirects=True)
    assert "1件を後任の人に引き継ぎました" in done.text
    assert authors(house) == [house["next"], house["leaver"]]
    assert client.get(address(house, "")).status_code == 404
    assert "担当者のいないもの" not in done.text


def test_one_newsletter_can_pass_alone(client: FlaskClient, house: dict[str, int]) -> None:
    with db.session_scope() as session:
        successor = members.find(session, "next@example.jp")
        membership.set_roles(session, successor, {Role.AUTHOR}, house["first"], by="test")
        membership.set_roles(session, successor, set(), None, by="test")
        membership.set_term(session, successor, date(2099, 3, 31), by="test")
    page = client.get(address(house)).text
    assert "役割がありません" in page
    for said in ("利用は2099/03/31まで", "後任の人の利用も、2099/03/31までです"):
        assert said in page, "the successor leaves, too"
    narrowed = f"{address(house)}&newsletter={house['first']}"
    assert "第二だよりの下書き" not in client.get(narrowed).text
    form = {**fields(client, narrowed), "newsletter": str(house["first"])}
    assert client.post(address(house, ""), data={**form, "newsletter": "987654"}).status_code == 409
    assert client.post(address(house, ""), data=form).status_code == 302
    assert authors(house) == [house["next"], house["leaver"]]
