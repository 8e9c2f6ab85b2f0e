"""While the old mailbox can undo a change of address, the new one may be a stranger's: what it gets, and what stays."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from models.issues.issue import Issue
from models.issues.newsletter import Newsletter
from models.outbox.transactional import TransactionalLetter, TransactionalState
from models.readers import address_change, signup
from models.readers.profile import Profile
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from models.store import clock, db, token
from models.store.mail_address import parse
from models.store.token import Purpose
from tests.sample import make_newsletter, make_reader, make_sent
from web.app import create_app

ADDRESS, STRANGER = "hanako@example.jp", "stranger@example.net"


@pytest.fixture
def client(database: Engine, redis_client: object) -> FlaskClient:
    """A browser without cookies; two newsletters, and a reader of the first who has got an issue."""
    with db.session_scope() as session:
        first = make_newsletter(session, "ict", name="一つ目")
        make_newsletter(session, "second", name="二つ目")
        make_reader(session, first, ADDRESS, name="花子", organisation="みなと商会")
        make_sent(session, first, "昨日の号")
    return create_app().test_client(use_cookies=False)


def reader(session: Session) -> Subscriber:
    return session.scalars(select(Subscriber).order_by(Subscriber.id).limit(1)).one()


def first_issue(session: Session) -> int:
    return session.scalars(select(Issue.id).order_by(Issue.id).limit(1)).one()


def letters(kind: str = "") -> list[TransactionalLetter]:
    with db.session_scope() as session:
        found = session.scalars(select(TransactionalLetter).order_by(TransactionalLetter.id))
        return [one for one in found if kind in ("", one.kind)]


def mailed(kind: str) -> str:
    """The path of the link in the last letter of a kind."""
    return "/" + str(letters(kind)[-1].values["link"]).split("/", 3)[3]


def own_page() -> str:
    with db.session_scope() as session:
        return f"/p/{token.make(Purpose.PREFERENCES, first_issue(session), reader(session).id)}"


def sign_up(slug: str, address: str, **answers: str) -> str:
    """Send the form; the path of the link that is mailed."""
    with db.session_scope() as session:
        newsletter = session.scalars(select(Newsletter).where(Newsletter.slug == slug)).one()
        signup.sign_up(session, newsletter, parse(address), Profile(**answers), agreed="")  # type: ignore[arg-type]
    return mailed("confirmation")


def take_over(client: FlaskClient) -> None:
    """What somebody with a forwarded letter does."""
    client.post(f"{own_page()}/address", data={"address": STRANGER})
    assert client.post(mailed("address_change")).status_code == 200


def states() -> dict[str, SubscriptionState]:
    with db.session_scope() as session:
        return {one.newsletter.slug: one.state for one in reader(session).subscriptions}


def test_case_a1_single_letters_to_the_new_mailbox_tell_no_name(client: FlaskClient) -> None:
    take_over(client)
    with clock.moved(timedelta(hours=1)):
        assert client.post(sign_up("second", STRANGER)).status_code == 200
    with db.session_scope() as session:
        leave = token.make(Purpose.UNSUBSCRIBE, first_issue(session), reader(session).id)
    client.post(f"/u/{leave}", data={"leave": "yes"})
    told = [one for one in letters() if one.address == STRANGER]
    assert {one.kind for one in told} >= {"welcome", "goodbye"}
    assert "花子" not in str([one.values for one in told])


def test_case_a1_signing_up_from_the_new_mailbox_changes_no_details(client: FlaskClient) -> None:
    take_over(client)
    with clock.moved(timedelta(hours=1)):
        client.post(sign_up("second", STRANGER, name="別人", organisation="別の会"))
    assert states()["second"] is SubscriptionState.ACTIVE
    with db.session_scope() as session:
        assert (reader(session).name, reader(session).organisation) == ("花子", "みなと商会")


def test_case_a1_undoing_ends_what_the_other_mailbox_began(client: FlaskClient) -> None:
    take_over(client)
    with clock.moved(timedelta(hours=1)):
        used = sign_up("second", STRANGER)
        client.post(used)
    with clock.moved(timedelta(hours=2)):
        assert client.post(mailed("address_changed")).status_code == 200
        assert states() == {"ict": SubscriptionState.ACTIVE, "second": SubscriptionState.ENDED}
    with clock.moved(timedelta(hours=3)):
        assert client.post(used).status_code == 410


def test_case_a1_sign_up_links_of_the_other_mailbox_work_no_more(client: FlaskClient) -> None:
    take_over(client)
    with clock.moved(timedelta(hours=1)):
        waiting = sign_up("second", STRANGER)
    with clock.moved(timedelta(hours=2)):
        client.post(mailed("address_changed"))
        assert client.get(waiting).status_code == 410
        assert client.post(waiting).status_code == 410
        assert states()["second"] is SubscriptionState.ENDED


def test_case_a5_used_link_leads_to_no_other_link(client: FlaskClient) -> None:
    link = sign_up("second", "new@example.jp")
    assert "/p/" in client.post(link).text
    again = client.post(link)
    assert again.status_code == 200
    assert "/p/" not in again.text


def test_case_a1_letter_of_an_issue_that_took_long_counts_from_when_it_was_written(client: FlaskClient) -> None:
    """The other mailbox may have got it before the undoing, although the issue was sent only after that."""
    take_over(client)
    with db.session_scope() as session:
        newsletter = session.scalars(select(Newsletter).where(Newsletter.slug == "ict")).one()
        slow = make_sent(session, newsletter, "長くかかった号", days_ago=0)
        slow.sent_at = slow.prepared_at + timedelta(hours=3) if slow.prepared_at else None
        page = f"/p/{token.make(Purpose.PREFERENCES, slow.id, reader(session).id)}"
    with clock.moved(timedelta(hours=1)):
        client.post(mailed("address_changed"))
    with clock.moved(timedelta(hours=4)):
        assert client.post(f"{page}/address", data={"address": "third@example.net"}).status_code == 403


def at_once(*requests: Callable[[FlaskClient], int]) -> list[int]:
    """The answers of requests that begin together, each from a browser of its own."""
    barrier = Barrier(len(requests))
    app = create_app()

    def run(request: Callable[[FlaskClient], int]) -> int:
        browser = app.test_client(use_cookies=False)
        barrier.wait()
        return request(browser)

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(run, requests))


def posting(path: str, **form: str) -> Callable[[FlaskClient], int]:
    return lambda browser: browser.post(path, data=form).status_code


def test_case_a1_same_request_twice_at_once_is_one(client: FlaskClient) -> None:
    client.post(f"{own_page()}/address", data={"address": STRANGER})
    link = mailed("address_change")
    assert at_once(*[posting(link)] * 4) == [200] * 4
    assert len(letters("address_changed")) == 1
    undo = mailed("address_changed")
    assert at_once(*[posting(undo)] * 4) == [200] * 4


def test_case_a1_two_changes_at_once_are_one_change(client: FlaskClient) -> None:
    links = []
    for address in (STRANGER, "third@example.net"):
        client.post(f"{own_page()}/address", data={"address": address})
        links.append(mailed("address_change"))
    assert sorted(at_once(*map(posting, links))) in ([200, 404], [200, 409])
    assert len(letters("address_changed")) == 1


def test_case_a1_two_readers_who_take_one_address_at_once(client: FlaskClient) -> None:
    with db.session_scope() as session:
        newsletter = session.scalars(select(Newsletter).where(Newsletter.slug == "ict")).one()
        both = [reader(session), make_reader(session, newsletter, "taro@example.jp").subscriber]
        for one in both:
            address_change.request(session, one, parse("both@example.jp"))
    links = ["/" + str(one.values["link"]).split("/", 3)[3] for one in letters("address_change")]
    assert sorted(at_once(*map(posting, links))) == [200, 409]


def test_case_a5_confirming_and_leaving_at_once(client: FlaskClient) -> None:
    """None of them waits for another in a circle."""
    link = sign_up("second", "new@example.jp")
    with db.session_scope() as session:
        one = session.scalars(select(Subscription).order_by(Subscription.id.desc()).limit(1)).one()
        leave = f"/u/{token.make(Purpose.UNSUBSCRIBE, 0, one.subscriber_id)}"
    answers = at_once(posting(link), posting(link), posting(leave, leave="yes"), posting(leave, leave="yes"))
    assert answers[2:] == [200, 200]
    assert set(answers[:2]) <= {200, 410}


def test_case_a2_erasing_while_a_letter_to_the_reader_is_claimed(client: FlaskClient) -> None:
    """The outbox changes a letter twice before it commits; the second change looks at the reader's row."""
    client.post(f"{own_page()}/erase")
    link = mailed("erasure")
    with ThreadPoolExecutor(1) as pool, Session(db.engine()) as outbox:
        letter = outbox.scalars(select(TransactionalLetter).with_for_update()).one()
        letter.attempts += 1
        outbox.flush()
        answer = pool.submit(posting(link, sure="yes"), create_app().test_client(use_cookies=False))
        while not outbox.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert not answer.done()
        letter.state = TransactionalState.SENDING
        outbox.commit()
        assert answer.result() == 200
