"""The list of readers and one reader's page: found, edited, stopped, let go on, added, erased; and who sees whom."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import Engine, select

from models.deliveries.delivery import Delivery, DeliveryState
from models.issues import newsletter as newsletters
from models.issues.newsletter import Newsletter, Tracking
from models.outbox.transactional import TransactionalLetter
from models.readers import consent, suppression, unsubscribe
from models.readers.consent import Consent, ConsentKind
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from models.readers.suppression import Suppression, SuppressionReason
from models.staff import member as members
from models.staff import membership
from models.staff.audit import AuditEntry
from models.staff.permission import Role
from models.store import db
from models.store.clock import today
from tests.sample import make_newsletter, make_reader, make_sent
from tests.web.staff.newsletters.page_form import fields_of, send
from tests.web.staff_login import address_of, csrf_token, log_in_as, make_staff, post

LIST = "/staff/newsletters/ict/readers"


@pytest.fixture
def people(database: Engine) -> dict[str, int]:
    """Two newsletters; readers of the first, of whom one reads both; their ids by what stands before the @."""
    with db.session_scope() as session:
        make_staff(session)
        first = make_newsletter(session, fields=[{"name": "place", "label": "都道府県", "required": True}])
        second = make_newsletter(session, "second", name="くらしの便り")
        found = {
            "hanako": make_reader(session, first, "hanako@city.example.jp", name="田中 花子", kana="タナカ ハナコ"),
            "taro": make_reader(session, first, "taro@mail.city.example.jp", name="田中 太郎", kana="たなか たろう"),
            "alex": make_reader(session, first, "alex@example.com", SubscriptionState.PENDING, name="Alex Smith"),
        }
        found["hanako"].audience = first.audiences[1]
        found["taro"].topic_ids = [first.topics[0].id]
        session.add(Subscription(subscriber=found["hanako"].subscriber, newsletter=second,
                                 state=SubscriptionState.ACTIVE))  # fmt: skip
        make_reader(session, second, "other@example.jp", name="別 人子")
        consent.record(session, found["hanako"], ConsentKind.CONFIRMED, text="市からのお知らせに同意します。")
        return {name: one.subscriber_id for name, one in found.items()}


@pytest.fixture
def sender(client: FlaskClient, people: dict[str, int]) -> FlaskClient:
    log_in_as(client, Role.SENDER)
    return client


def names(page: str) -> list[str]:
    """The readers of a list, in its order."""
    return [one.text_content().strip() for one in html.fromstring(page).xpath("//table//tbody//th/a")]


def search(client: FlaskClient, **typed: str) -> tuple[str, str]:
    """The address that a search leads to, and its page."""
    answer = client.post(LIST, data={"csrf_token": csrf_token(client, LIST), **typed})
    assert answer.status_code == 302, answer.text
    return answer.location, client.get(answer.location).text


def acts(action: str) -> list[dict[str, Any]]:
    with db.session_scope() as session:
        found = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.number)
        return [{"subject": one.subject, **one.detail} for one in session.scalars(found)]


def text_of(page: str) -> str:
    return " ".join(html.fromstring(page).xpath("//main")[0].text_content().split())


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({}, ["Alex Smith", "田中 太郎", "田中 花子"]),
        ({"words": "はなこ"}, ["田中 花子"]),
        ({"words": "ﾀﾅｶ"}, ["田中 太郎", "田中 花子"]),
        ({"words": "田中　太郎"}, ["田中 太郎"]),
        ({"words": "HANAKO@"}, ["田中 花子"]),
        ({"words": "@city.example.jp"}, ["田中 太郎", "田中 花子"]),
        ({"words": "smith"}, ["Alex Smith"]),
        ({"words": "100%"}, []),
        ({"state": "pending"}, ["Alex Smith"]),
        ({"confirmed": "yes", "topic": "privacy"}, ["田中 花子"]),
        ({"audience": "citizen"}, ["田中 花子"]),
        ({"audience": "-"}, ["Alex Smith", "田中 太郎"]),
        ({"from": "2999-01-01"}, []),
        ({"to": "2999-01-01", "words": "田中"}, ["田中 花子", "田中 太郎"]),
        ({"to": "9999-12-31", "words": "田中"}, ["田中 花子", "田中 太郎"]),
        ({"stopped": "yes"}, []),
    ],
)
def test_readers_are_found(sender: FlaskClient, typed: dict[str, str], found: list[str]) -> None:
    assert sorted(names(search(sender, **typed)[1])) == sorted(found)


def test_a_day_before_all_time_is_said_beside_its_field(sender: FlaskClient) -> None:
    page = sender.get(f"{LIST}?from=0001-01-01")
    assert page.status_code == 422
    assert 'id="from-error"' in page.text


def test_words_stand_neither_in_an_address_nor_in_the_audit_log(sender: FlaskClient) -> None:
    address, page = search(sender, words="田中 花子", state="active")
    assert "state=active" in address
    assert "find=" in address
    assert "%E7" not in address
    [look] = acts("look at list of readers")[-1:]
    assert look["count"] == 1
    assert "花子" not in json.dumps(look, ensure_ascii=False)
    log_in_as(sender, Role.ADMINISTRATOR)
    assert len(names(sender.get(address).text)) == 2, "what somebody else typed opens for nobody"
    assert 'value="田中 花子"' in page


def test_a_reader_leads_back_to_the_same_list(sender: FlaskClient) -> None:
    page = search(sender, words="taro")[1]
    [way] = html.fromstring(page).xpath("//table//tbody//th/a/@href")
    reader = sender.get(way).text
    [back] = html.fromstring(reader).xpath("//p[@class='breadcrumb']/a/@href")
    assert names(sender.get(back).text) == ["田中 太郎"]
    [edit] = [one for one in html.fromstring(reader).xpath("//main//a/@href") if "/edit" in one]
    assert "find=" in send(sender, edit, name="田中 次郎").location


def test_a_list_has_pages_and_costs_no_more_for_more_readers(
    sender: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models.readers.finding import reader_list
    from tests.web.staff.account.test_notifications import queries

    with queries() as few:
        sender.get(LIST)
    with db.session_scope() as session:
        newsletter = newsletters.find(session, "ict")
        for place in range(60):
            make_reader(session, newsletter, f"reader{place:02}@example.jp")
    with queries() as many:
        first = sender.get(LIST).text
    assert len(many) <= len(few), [one for one in many if one not in few]
    assert len(names(first)) == 50
    [onward] = html.fromstring(first).xpath("//a[@rel='next']/@href")
    assert names(sender.get(onward).text)[-1] == "田中 花子"
    assert len(names(sender.get(onward).text)) == 13
    # A list that is longer than a page looks at says how far it looked, and goes on until the end.
    monkeypatch.setattr(reader_list, "LOOK", 20)
    _address, begun = search(sender, words="anako", within="yes")
    seen, page = names(begun), begun
    while ways := html.fromstring(page).xpath("//a[@rel='next']/@href"):
        page = sender.get(ways[0]).text
        seen += names(page)
    assert seen == ["田中 花子"]
    assert names(search(sender, words="hanak")[1]) == ["田中 花子"], "beginnings are found at once"
    assert set(names(search(sender, words="田中", to="2999-01-01")[1])) == {"田中 花子", "田中 太郎"}


def test_one_reader_is_shown_whole_and_the_look_is_noted(sender: FlaskClient, people: dict[str, int]) -> None:
    with db.session_scope() as session:
        issue = make_sent(session, newsletters.find(session, "ict"), "先月号")
        copy = Delivery(issue_id=issue.id, subscriber_id=people["hanako"], edition=1, lane_id=1)
        copy.state, copy.answer = DeliveryState.BOUNCED, "550 no other@example.jp, hanako@city.example.jp"
        session.add(copy)
    page = text_of(sender.get(f"{LIST}/{people['hanako']}").text)
    for words in ("hanako@city.example.jp", "住民", "市からのお知らせに同意します。", "先月号", "o••••@example.jp"):
        assert words in page
    assert "くらしの便り" not in page, "another newsletter is nobody's business here"
    assert acts("look at reader")[-1]["subject"] == f"subscriber/{people['hanako']}"
    with db.session_scope() as session:
        newsletters.find(session, "ict").tracking = Tracking.AGGREGATE
    assert "in total only" in text_of(sender.get(f"{LIST}/{people['hanako']}?lang=en").text)


def test_who_works_for_one_newsletter_sees_its_readers_alone(client: FlaskClient, people: dict[str, int]) -> None:
    with db.session_scope() as session:
        second = newsletters.find(session, "second")
        one = members.create(session, "one@example.jp", "担当", set(), "a long enough password")
        admin = members.find(session, address_of(Role.ADMINISTRATOR))
        membership.set_roles(session, one, {Role.ADMINISTRATOR}, second.id, admin)
    form = {"csrf_token": csrf_token(client, "/staff/login"), "address": "one@example.jp",
            "password": "a long enough password"}  # fmt: skip
    client.post("/staff/login", data=form)
    assert client.get(LIST).status_code == 404
    assert client.get(f"{LIST}/{people['taro']}").status_code == 404
    assert client.get("/staff/readers").location.endswith("/newsletters/second/readers")
    other = f"/staff/newsletters/second/readers/{people['hanako']}"
    page = text_of(client.get(other + "?lang=en").text)
    assert "自治体ICTだより" not in page
    assert "takes a role for all of them" in page
    assert client.get(f"/staff/newsletters/second/readers/{people['taro']}").status_code == 404
    copy = post(client, f"{other}/export", other).json
    assert copy is not None
    assert [one["newsletter"] for one in copy["subscriptions"]] == ["くらしの便り"]
    assert post(client, f"{other}/erase", other, erase_address="hanako@city.example.jp").status_code == 409
    log_in_as(client, Role.SENDER)
    client.get(f"{LIST}/{people['hanako']}")
    log_in_again(client, form)
    seen = text_of(client.get(f"/staff/audit?thing=subscriber/{people['hanako']}&lang=en").text)
    assert "担当" in seen
    assert address_of(Role.SENDER) not in seen, "looks at readers of another newsletter are not for this one"


def log_in_again(client: FlaskClient, form: dict[str, str]) -> None:
    with client.session_transaction() as cookie:
        cookie.clear()
    client.post("/staff/login", data=form | {"csrf_token": csrf_token(client, "/staff/login")})


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.APPROVER, Role.ANALYST])
def test_other_roles_see_no_reader(client: FlaskClient, people: dict[str, int], role: Role) -> None:
    log_in_as(client, role)
    assert client.get("/staff/readers").status_code == 403
    assert client.get(f"{LIST}/{people['taro']}").status_code == 403
    assert "/staff/readers" not in client.get("/staff/issues").text


def test_a_reader_is_edited_and_whoever_comes_second_is_told(sender: FlaskClient, people: dict[str, int]) -> None:
    edit = f"{LIST}/{people['hanako']}/edit"
    opened = sender.get(edit).text
    first = send(sender, edit, opened=opened, name="田中 華子", **{"field-place": "京都府"}, topics=["dx"])
    assert first.status_code == 302
    late = send(sender, edit + "?lang=en", opened=opened, organisation="総務課")
    assert late.status_code == 409
    said = text_of(late.text)
    assert "Name: it was “田中 花子” and is “田中 華子” now" in said
    assert "Topics: it was “All topics” and is “DX推進” now" in said
    kept = fields_of(late.text)
    assert (kept["organisation"], kept["name"]) == ("総務課", "田中 華子"), "nothing typed is lost, nor undone"
    assert send(sender, edit, opened=late.text).status_code == 302
    with db.session_scope() as session:
        reader = session.get_one(Subscriber, people["hanako"])
        assert (reader.name, reader.organisation) == ("田中 華子", "総務課")
    changed = acts("edit reader")
    assert changed[0]["columns"] == ["name", "topics", "field-place"]
    assert "華子" not in json.dumps(changed, ensure_ascii=False)
    log_in_as(sender, Role.ADMINISTRATOR)
    log = text_of(sender.get("/staff/audit?act=edit+reader&lang=en").text)
    assert "自治体ICTだより" in log, "the newsletter by its name"


def test_a_form_that_another_person_opened_says_what_is_kept_and_saves_nothing(
    sender: FlaskClient, people: dict[str, int]
) -> None:
    edit = f"{LIST}/{people['hanako']}/edit"
    opened = sender.get(edit).text
    log_in_as(sender, Role.ADMINISTRATOR)
    token = csrf_token(sender, edit)  # as the form has it that is kept over a login
    late = send(sender, edit + "?lang=en", opened=opened, csrf_token=token, name="田中 華子", language="en")
    assert late.status_code == 409
    said = text_of(late.text)
    assert "Another person was logged in when this form was opened" in said
    assert "Name: it is “田中 花子” now" in said
    assert "it is “日本語” now" in said
    assert "“None”" not in said
    assert "Organisation: it" not in said, "what was left alone is no news"
    assert fields_of(late.text)["name"] == "田中 華子"
    with db.session_scope() as session:
        home = session.scalars(select(Newsletter).where(Newsletter.slug == "ict")).one()
        home.fields = [*home.fields, {"name": "ward", "label": "区", "required": False}]
        session.get_one(Subscriber, people["hanako"]).fields = {"ward": "北区"}
    asked_since = send(sender, edit + "?lang=en", opened=late.text)
    assert asked_since.status_code == 409
    assert "区: it is “北区” now" in text_of(asked_since.text)
    assert fields_of(asked_since.text)["field-ward"] == "北区"
    assert send(sender, edit, opened=asked_since.text).status_code == 302
    with db.session_scope() as session:
        reader = session.get_one(Subscriber, people["hanako"])
        assert (reader.name, reader.language, reader.fields["ward"]) == ("田中 華子", "en", "北区")


def test_mail_is_stopped_and_goes_on_with_notes(sender: FlaskClient, people: dict[str, int]) -> None:
    page = f"{LIST}/{people['hanako']}"
    assert "field-error" in post(sender, f"{page}/stop", page, reason="staff").text
    done = post(sender, f"{page}/stop", page, reason="bounced", stop_note="郵便受けが一杯")
    assert "郵便受けが一杯" in done.text
    with db.session_scope() as session:
        [kept] = session.scalars(select(Suppression))
        assert (kept.reason, kept.newsletter_id) == (SuppressionReason.BOUNCED, newsletters.find(session, "ict").id)
    assert names(search(sender, stopped="yes")[1]) == ["田中 花子"]
    again = sender.post(f"{page}/stop", data={"csrf_token": csrf_token(sender, page), "reason": "staff",
                                              "stop_note": "x"})  # fmt: skip
    assert again.status_code == 409
    lifted = post(sender, f"{page}/lift", page, stop_note="本人から電話")
    assert "本人から電話" in lifted.text
    assert "郵便受けが一杯" in lifted.text, "the history keeps what it was"
    with db.session_scope() as session:
        assert not session.scalars(select(Suppression)).all()


def test_what_a_bounce_ended_goes_on_and_what_the_reader_ended_does_not(
    sender: FlaskClient, people: dict[str, int]
) -> None:
    with db.session_scope() as session:
        for name, reason in (("hanako", "bounced"), ("taro", "")):
            one = _subscription(session, people[name])
            if reason:
                one.end(reason)
                suppression.suppress(session, one.subscriber.address_key or "", SuppressionReason.BOUNCED)
            else:
                unsubscribe.unsubscribe(session, one, source="page")
    page = f"{LIST}/{people['hanako']}"
    post(sender, f"{page}/lift", page, stop_note="届くようになった")
    other = f"{LIST}/{people['taro']}"
    refused = sender.post(f"{other}/lift", data={"csrf_token": csrf_token(sender, other), "stop_note": "x"})
    assert refused.status_code == 409
    with db.session_scope() as session:
        assert _subscription(session, people["hanako"]).state is SubscriptionState.ACTIVE
        assert _subscription(session, people["taro"]).state is SubscriptionState.ENDED
        left = {(one.newsletter_id, one.reason) for one in session.scalars(select(Suppression))}
        second, first = newsletters.find(session, "second").id, newsletters.find(session, "ict").id
        assert left == {(second, SuppressionReason.BOUNCED), (first, SuppressionReason.UNSUBSCRIBED)}, "others stay"


def test_a_reader_who_asks_staff_to_leave_is_unsubscribed(sender: FlaskClient, people: dict[str, int]) -> None:
    page = f"{LIST}/{people['taro']}"
    post(sender, f"{page}/stop", page, reason="left", stop_note="12月1日に電話")
    with db.session_scope() as session:
        one = _subscription(session, people["taro"])
        assert (one.state, one.ended_reason) == (SubscriptionState.ENDED, "unsubscribed")
        last = session.scalars(select(Consent).where(Consent.subscriber_id == people["taro"])).all()[-1]
        assert (last.kind, last.source) == (ConsentKind.WITHDRAWN, "staff: 12月1日に電話")


def test_a_new_address_waits_for_its_owner(sender: FlaskClient, people: dict[str, int]) -> None:
    page = f"{LIST}/{people['taro']}"
    assert "field-error" in post(sender, f"{page}/address", page, new_address="hanako@city.example.jp").text
    assert "field-error" in post(sender, f"{page}/address", page, new_address="nonsense").text
    post(sender, f"{page}/address", page, new_address="ｔａｒｏ＠ｎｅｗ．ｅｘａｍｐｌｅ．ｊｐ")
    with db.session_scope() as session:
        assert session.get_one(Subscriber, people["taro"]).address == "taro@mail.city.example.jp"
        assert session.scalars(select(TransactionalLetter.address)).all() == ["taro@new.example.jp"]


def test_a_reader_is_added_with_evidence(sender: FlaskClient, people: dict[str, int]) -> None:
    new = f"{LIST}/new"
    refused = send(sender, new, address="jiro@example.jp", name="佐藤 次郎")
    assert refused.status_code == 422
    assert fields_of(refused.text)["name"] == "佐藤 次郎"
    added = send(sender, new, opened=refused.text, way="paper", evidence="説明会の申込書 12番", audience="official")
    assert added.status_code == 302
    with db.session_scope() as session:
        reader = session.scalars(select(Subscriber).where(Subscriber.address_key == "jiro@example.jp")).one()
        one = reader.subscriptions[0]
        assert (one.state, one.audience.slug if one.audience else "") == (SubscriptionState.ACTIVE, "official")
        [kept] = session.scalars(select(Consent).where(Consent.subscriber_id == reader.id))
        assert (kept.kind, kept.source) == (ConsentKind.IMPORTED, f"paper {today()}: 説明会の申込書 12番")
        assert session.scalars(select(TransactionalLetter.kind)).all() == ["welcome"]
    known = send(sender, new, address="taro@mail.city.example.jp", way="paper", evidence="x")
    assert f"{LIST}/{people['taro']}" in known.text


def test_who_has_left_comes_back_by_newer_evidence_alone(sender: FlaskClient, people: dict[str, int]) -> None:
    with db.session_scope() as session:
        unsubscribe.unsubscribe(session, _subscription(session, people["taro"]), source="page")
        suppression.suppress(session, "stopped@example.jp", SuppressionReason.COMPLAINED)
    typed = {"address": "taro@mail.city.example.jp", "way": "telephone", "evidence": "佐藤が電話を受けた"}
    assert send(sender, f"{LIST}/new", **typed, day="2020-01-01").status_code == 422
    assert send(sender, f"{LIST}/new", **typed).status_code == 302
    with db.session_scope() as session:
        one = _subscription(session, people["taro"])
        assert one.state is SubscriptionState.ACTIVE
        assert not suppression.find(session, "taro@mail.city.example.jp", one.newsletter_id)
    stopped = send(sender, f"{LIST}/new", **{**typed, "address": "stopped@example.jp"})
    assert stopped.status_code == 422
    assert send(sender, f"{LIST}/new", opened=stopped.text, lift="yes").status_code == 302


def test_a_reader_is_erased_after_the_address_is_typed(client: FlaskClient, people: dict[str, int]) -> None:
    log_in_as(client, Role.ADMINISTRATOR)
    page = f"{LIST}/{people['taro']}"
    assert "field-error" in post(client, f"{page}/erase", page, erase_address="taro").text
    gone = post(client, f"{page}/erase", page, erase_address="Taro@mail.city.example.jp")
    assert names(gone.text) == ["Alex Smith", "田中 花子"]
    assert client.get(page).status_code == 404
    with db.session_scope() as session:
        assert session.get_one(Subscriber, people["taro"]).name == ""
        assert session.scalars(select(Suppression.reason)).all() == [SuppressionReason.ERASED]


def _subscription(session: Any, reader_id: int) -> Subscription:
    newsletter = session.scalars(select(Newsletter).where(Newsletter.slug == "ict")).one()
    here = (Subscription.subscriber_id == reader_id) & (Subscription.newsletter_id == newsletter.id)
    found: Subscription = session.scalars(select(Subscription).where(here)).one()
    return found
