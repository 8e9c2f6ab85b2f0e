"""What each kind of link may do, cell by cell over HTTP, as the table in docs/reader-links.md says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.issues.issue import Issue
from models.issues.newsletter import Newsletter
from models.outbox.transactional import TransactionalLetter
from models.readers.address_change import DAY, AddressChange
from models.readers.consent import Consent
from models.readers.link_rights import HELD, UNTIL, LinkAction, LinkRight, ReaderLinkKind, right
from models.readers.profile import Profile
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from models.store import clock, db, token
from models.store.mail_address import parse
from models.store.token import Purpose
from tests.sample import make_newsletter, make_reader, make_sent
from web.app import create_app

DOCUMENT = Path(__file__).parents[3] / "docs" / "reader-links.md"
ADDRESS, STRANGER = "hanako@example.jp", "stranger@example.net"
TRIED_WHILE_HELD = [ReaderLinkKind.LETTER, ReaderLinkKind.MAILBOX, ReaderLinkKind.COPY, ReaderLinkKind.ERASURE]
CELLS = [(kind, action) for kind in ReaderLinkKind for action in LinkAction]


@pytest.fixture
def client(database: Engine, redis_client: object) -> FlaskClient:
    """A browser that keeps no cookies; a reader with a letter of yesterday and one of last year."""
    with db.session_scope() as session:
        newsletter = make_newsletter(session, fields=[{"name": "role", "label": "役職", "required": True}])
        one = make_reader(session, newsletter, ADDRESS, name="花子", kana="ハナコ", organisation="みなと商会")
        one.audience, one.subscriber.fields = newsletter.audiences[0], {"role": "課長"}
        make_sent(session, newsletter, "昨日の号")
        make_sent(session, newsletter, "去年の号", days_ago=365)
    return create_app().test_client(use_cookies=False)


def first(session: Session) -> Subscriber:
    return session.scalars(select(Subscriber).order_by(Subscriber.id).limit(1)).one()


def own_token(kind: ReaderLinkKind) -> str:
    """A link of each kind, of the reader or of whoever signs up."""
    with db.session_scope() as session:
        reader = first(session)
        match kind:
            case ReaderLinkKind.UNSUBSCRIBE:
                return token.make(Purpose.UNSUBSCRIBE, 1, reader.id)
            case ReaderLinkKind.LETTER:
                return token.make(Purpose.PREFERENCES, issue(session, "昨日の号"), reader.id)
            case ReaderLinkKind.OLD_LETTER:
                return token.make(Purpose.PREFERENCES, issue(session, "去年の号"), reader.id)
            case ReaderLinkKind.MAILBOX:
                return token.make_expiring(Purpose.MAILBOX, reader.id, DAY)
            case ReaderLinkKind.COPY:
                return token.make_expiring(Purpose.DATA, reader.id, DAY)
            case ReaderLinkKind.ERASURE:
                return token.make_expiring(Purpose.ERASE, reader.id, DAY)
            case ReaderLinkKind.SIGN_UP:
                newsletter = session.scalars(select(Newsletter)).one()
                waiting = make_reader(session, newsletter, "new@example.jp", SubscriptionState.PENDING)
                waiting.pending_answers = {**Profile().model_dump(mode="json"), "agreed": ""}
                return token.make_expiring(Purpose.CONFIRM, waiting.id, DAY)
            case ReaderLinkKind.NEW_ADDRESS:
                change = AddressChange(subscriber=reader, address=STRANGER)
            case ReaderLinkKind.UNDO:
                change = AddressChange(subscriber=reader, old_address="before@example.jp", done_at=clock.now())
        session.add(change)
        session.flush()
        purpose = Purpose.ADDRESS if kind is ReaderLinkKind.NEW_ADDRESS else Purpose.UNDO
        return token.make_expiring(purpose, change.id, DAY)


def issue(session: Session, subject: str) -> int:
    return session.scalars(select(Issue.id).where(Issue.subject == subject)).one()


def reader() -> Subscriber:
    with db.session_scope() as session:
        found = first(session)
        _loaded = [one.state for one in found.subscriptions]
        return found


def letters(kind: str) -> list[TransactionalLetter]:
    with db.session_scope() as session:
        query = select(TransactionalLetter).where(TransactionalLetter.kind == kind).order_by(TransactionalLetter.id)
        return list(session.scalars(query))


def mailed(kind: str) -> str:
    """The path of the link in the last letter of a kind."""
    link = str(letters(kind)[-1].values["link"])
    return "/" + link.split("/", 3)[3]


CHOSEN = {"audience": "citizen", "topics": ["dx"], "language": "en", "tracking_refused": "yes"}


def leaves(client: FlaskClient, link: str) -> bool:
    """By the link itself, or by where its page leads."""
    found = re.search(r'href="(/u/[^"]+)"', client.get(f"/p/{link}").text)
    client.post(unescape(found[1]) if found else f"/u/{link}", data={"leave": "yes"})
    return reader().subscriptions[0].state is SubscriptionState.ENDED


def chooses(client: FlaskClient, link: str) -> bool:
    form = {**CHOSEN, "own-role": "課長", "name": "花子"}
    client.post(f"/p/{link}", data=form)
    now = reader()
    return (now.language, now.tracking_refused, len(now.subscriptions[0].topic_ids)) == ("en", True, 1)


def sees_details(client: FlaskClient, link: str) -> bool:
    paths = [f"/{path}/{link}" for path in ("p", "u", "confirm", "address", "address/undo", "data", "erase")]
    text = "".join(client.get(path).text for path in paths)
    words = [word in text for word in ("花子", "ハナコ", "みなと商会", "課長")]
    assert all(words) or not any(words)
    assert ADDRESS not in text
    return all(words)


def changes_details(client: FlaskClient, link: str) -> bool:
    form = {**CHOSEN, "name": "別人", "kana": "ベツジン", "organisation": "別の会", "own-role": "部長"}
    client.post(f"/p/{link}", data=form)
    now = reader()
    changed = [now.name == "別人", now.kana == "ベツジン", now.organisation == "別の会", now.fields == {"role": "部長"}]
    assert all(changed) or not any(changed)
    return all(changed)


def takes_address(client: FlaskClient, link: str) -> bool:
    client.post(f"/address/{link}")
    return reader().address == STRANGER


def undoes_address(client: FlaskClient, link: str) -> bool:
    client.post(f"/address/undo/{link}")
    return reader().address == "before@example.jp"


def fetches_copy(client: FlaskClient, link: str) -> bool:
    return "花子" in client.get(f"/data/{link}/kairan-data.json").text


def erases(client: FlaskClient, link: str) -> bool:
    for path in (f"/erase/{link}", f"/p/{link}/erase"):
        client.post(path, data={"sure": "yes"})
    return reader().address is None


def subscribes(client: FlaskClient, link: str) -> bool:
    client.post(f"/confirm/{link}")
    with db.session_scope() as session:
        query = select(Subscription.state).join(Subscriber).where(Subscriber.address_key == "new@example.jp")
        return session.scalar(query) is SubscriptionState.ACTIVE


def has_sent(kind: str, path: str, **form: str) -> Callable[[FlaskClient, str], bool]:
    def ask(client: FlaskClient, link: str) -> bool:
        client.post(f"/p/{link}/{path}", data=form)
        return bool(letters(kind))

    return ask


ATTEMPTS: dict[LinkAction, Callable[[FlaskClient, str], bool]] = {
    LinkAction.LEAVE: leaves,
    LinkAction.CHOOSE: chooses,
    LinkAction.ASK_LINK: has_sent("fresh_link", "link"),
    LinkAction.SEE_DETAILS: sees_details,
    LinkAction.CHANGE_DETAILS: changes_details,
    LinkAction.ASK_ADDRESS: has_sent("address_change", "address", address=STRANGER),
    LinkAction.TAKE_ADDRESS: takes_address,
    LinkAction.UNDO_ADDRESS: undoes_address,
    LinkAction.ASK_COPY: has_sent("own_data", "data"),
    LinkAction.FETCH_COPY: fetches_copy,
    LinkAction.ASK_ERASURE: has_sent("erasure", "erase"),
    LinkAction.ERASE: erases,
    LinkAction.SUBSCRIBE: subscribes,
}


@pytest.mark.parametrize(
    ("kind", "action"), CELLS, ids=[f"case_a3-{kind.name}-{action.name}" for kind, action in CELLS]
)
def test_link_does_what_the_table_says(client: FlaskClient, kind: ReaderLinkKind, action: LinkAction) -> None:
    link = own_token(kind)
    assert ATTEMPTS[action](client, link) == (right(kind, action) is LinkRight.ALLOWED)


@pytest.mark.parametrize("action", LinkAction, ids=lambda action: f"case_a1-{action.name}")
@pytest.mark.parametrize(
    "kind", [ReaderLinkKind.LETTER, ReaderLinkKind.MAILBOX, ReaderLinkKind.COPY, ReaderLinkKind.ERASURE]
)
def test_what_is_held_waits_while_a_change_can_be_undone(
    client: FlaskClient, kind: ReaderLinkKind, action: LinkAction
) -> None:
    with db.session_scope() as session:
        when = clock.now() - timedelta(days=1)
        session.add(AddressChange(subscriber=first(session), old_address="before@example.jp", done_at=when))
    done = ATTEMPTS[action](client, own_token(kind))
    assert done == (right(kind, action) is LinkRight.ALLOWED and action not in HELD)


def row(action: LinkAction) -> list[str]:
    held = " *" if action in HELD else ""
    return [action.value + held, *(right(kind, action).value for kind in ReaderLinkKind)]


def test_the_document_shows_the_table() -> None:
    rows = [["action", *(kind.value for kind in ReaderLinkKind)], *(row(action) for action in LinkAction)]
    rows.append(["**works**", *(UNTIL[kind] for kind in ReaderLinkKind)])
    lines = [f"| {' | '.join(cells)} |" for cells in rows]
    lines.insert(1, "|---" * (len(ReaderLinkKind) + 1) + "|")
    assert "\n".join(lines) in DOCUMENT.read_text(encoding="utf-8")


def take_over(client: FlaskClient) -> None:
    """What somebody with a forwarded letter does."""
    link = own_token(ReaderLinkKind.LETTER)
    client.post(f"/p/{link}/address", data={"address": STRANGER})
    client.post(mailed("address_change"))
    assert reader().address == STRANGER


def test_case_a1_the_page_offers_no_fresh_link_that_would_show_nothing(client: FlaskClient) -> None:
    page = f"/p/{own_token(ReaderLinkKind.LETTER)}"
    assert "新しいリンクを受け取る" in client.get(page).text
    take_over(client)
    shown = client.get(page).text
    assert "前のアドレスから元に戻せる" in shown
    assert "新しいリンクを受け取る" not in shown


@pytest.mark.parametrize(("path", "kind"), [("erase", ReaderLinkKind.ERASURE), ("data", ReaderLinkKind.COPY)])
def test_case_a2_pages_behind_letters_say_whose_they_are(client: FlaskClient, path: str, kind: ReaderLinkKind) -> None:
    shown = client.get(f"/{path}/{own_token(kind)}").text
    with db.session_scope() as session:
        newsletter = session.scalars(select(Newsletter)).one()
        assert newsletter.name in shown
        assert newsletter.sender_name in shown


def test_case_a1_the_old_mailbox_undoes_it_and_nothing_got_out_meanwhile(client: FlaskClient) -> None:
    link = own_token(ReaderLinkKind.LETTER)
    for old in ("late@example.net", STRANGER):
        client.post(f"/p/{link}/address", data={"address": old})
    late = mailed("address_change")
    client.post(f"/p/{link}/address", data={"address": STRANGER})
    client.post(mailed("address_change"))
    assert [one.address for one in letters("address_changed")] == [ADDRESS]
    for path in ("data", "erase", "address"):
        refused = client.post(f"/p/{link}/{path}", data={"address": "third@example.net"})
        assert refused.status_code == 403
        assert "前のアドレスから元に戻せる" in refused.text
    assert client.post(late).status_code in (404, 409)
    client.post(f"/p/{link}/link")
    assert "花子" not in client.get(mailed("fresh_link")).text
    assert {one.kind for one in letters("own_data") + letters("erasure")} == set()
    undo = mailed("address_changed")
    assert STRANGER not in client.get(undo).text
    assert reader().address == STRANGER, "a look changes nothing"
    assert client.post(undo).status_code == 200
    assert client.post(undo).status_code == 200
    assert reader().address == ADDRESS
    assert client.post(f"/p/{link}/address", data={"address": STRANGER}).status_code == 403, "that letter has been seen"
    assert client.get(mailed("fresh_link")).status_code == 200
    assert "花子" not in client.get(mailed("fresh_link")).text, "mailed to the stranger"


def test_case_a1_signing_up_the_old_address_does_not_keep_it(client: FlaskClient) -> None:
    """Whoever took the address over could enter the old one on the form, so that it is taken."""
    take_over(client)
    with db.session_scope() as session:
        newsletter, second = session.scalars(select(Newsletter)).one(), make_newsletter(session, "second")
        make_reader(session, newsletter, ADDRESS, SubscriptionState.PENDING)
        other = session.scalars(select(Subscriber).where(Subscriber.address_key == ADDRESS)).one()
        session.add(Subscription(subscriber=other, newsletter=second, state=SubscriptionState.ACTIVE))
    assert client.post(mailed("address_changed")).status_code == 200
    now = reader()
    assert now.address == ADDRESS
    assert [one.state for one in now.subscriptions] == [SubscriptionState.ACTIVE] * 2


def test_case_a1_after_the_time_it_stays_and_the_copy_masks_what_was_before(client: FlaskClient) -> None:
    take_over(client)
    with clock.moved(timedelta(days=15)):
        assert client.post(mailed("address_changed")).status_code == 410
        client.post(f"/p/{own_token(ReaderLinkKind.LETTER)}/data")
        answer = client.get(mailed("own_data") + "/kairan-data.json")
    assert answer.status_code == 200
    assert json.loads(answer.text)["subscriber"]["address"] == STRANGER
    assert ADDRESS not in answer.text
    assert "h••••@example.jp" in answer.text


def test_case_a2_erasing_is_confirmed_by_the_mailbox(client: FlaskClient) -> None:
    path = f"/p/{own_token(ReaderLinkKind.LETTER)}/erase"
    asked = client.post(path, data={"sure": "yes"})
    assert asked.status_code == 303
    assert reader().address == ADDRESS
    [letter] = letters("erasure")
    assert letter.address == ADDRESS
    where = mailed("erasure")
    assert "元に戻すことはできません" in client.get(where).text
    assert client.post(where).status_code == 422
    assert reader().address == ADDRESS
    with clock.moved(timedelta(days=2)):
        assert client.post(where, data={"sure": "yes"}).status_code == 410
    assert "データを消去しました" in client.post(where, data={"sure": "yes"}).text
    assert reader().address is None
    assert "データを消去しました" in client.post(where, data={"sure": "yes"}).text, "twice is once"


def test_case_a3_fresh_link_goes_to_the_mailbox_and_ends_after_a_day(client: FlaskClient) -> None:
    for kind in (ReaderLinkKind.LETTER, ReaderLinkKind.OLD_LETTER):
        asked = client.post(f"/p/{own_token(kind)}/link")
        assert "メールをお送りしました" in client.get(asked.location).text
    assert [one.address for one in letters("fresh_link")] == [ADDRESS] * 2
    where = mailed("fresh_link")
    assert 'value="花子"' in client.get(where).text
    with clock.moved(timedelta(days=2)):
        late = client.get(where)
    assert "花子" not in late.text
    assert "新しいリンクを受け取る" in late.text


def test_case_a3_letter_does_not_tell_of_other_newsletters(client: FlaskClient) -> None:
    with db.session_scope() as session:
        second = make_newsletter(session, "second", name="二つ目のたより")
        session.add(Subscription(subscriber=first(session), newsletter=second, state=SubscriptionState.ACTIVE))
    assert "二つ目" not in client.get(f"/p/{own_token(ReaderLinkKind.LETTER)}?newsletter=second").text
    assert "二つ目" in client.get(f"/p/{own_token(ReaderLinkKind.MAILBOX)}").text


def test_case_a3_welcome_letter_may_choose_as_long_as_an_issue(client: FlaskClient) -> None:
    client.post(f"/confirm/{own_token(ReaderLinkKind.SIGN_UP)}")
    path = "/" + str(letters("welcome")[0].values["preferences"]).split("/", 3)[3]
    assert client.post(path, data=CHOSEN).status_code == 303
    with clock.moved(timedelta(days=91)):
        assert client.post(path, data=CHOSEN).status_code == 403


def test_case_a1_evidence_of_both_steps_is_kept(client: FlaskClient) -> None:
    take_over(client)
    client.post(mailed("address_changed"))
    with db.session_scope() as session:
        assert session.scalars(select(Consent.text).order_by(Consent.id)).all() == ["address", "address restored"]
    assert parse(ADDRESS).key == reader().address_key
