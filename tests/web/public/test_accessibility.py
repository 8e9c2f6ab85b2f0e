"""Every page for readers, on phone and desktop, light and dark: axe finds nothing serious, nothing sticks out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from models.deliveries.delivery import Delivery
from models.deliveries.edition import Edition
from models.issues.block import RankingEntry
from models.issues.issue_state import IssueKind, IssueState
from models.readers import signup
from models.readers.address_change import DAY, AddressChange
from models.readers.profile import Profile
from models.readers.subscriber import SubscriptionState
from models.store import db, token
from models.store.clock import now
from models.store.token import Purpose
from templates.content import compose
from templates.content.variant import Variant
from templates.render import edition
from tests.archive_sample import make_archive
from tests.sample import make_newsletter, make_reader, make_sent
from tests.web.accessibility import violations
from web.app import create_app

NOT_PAGES = {
    "public.feed",
    "public.sitemap",
    "public.robots",
    "public.image",
    "public.stylesheet",
    "public.own_data_json",
    "public.ranking_key",
}


@pytest.fixture
def addresses(live_server: str) -> dict[str, list[str]]:
    """Addresses of every page for readers, by endpoint."""
    with db.session_scope() as session:
        newsletter = make_newsletter(session)
        make_archive(session, newsletter)
        ranked = (
            RankingEntry(place=1, article="hosted", readers=30),
            RankingEntry(place=2, article="elsewhere", readers=9),
        )
        make_sent(
            session, newsletter, "順位", *ranked, kind=IssueKind.RANKING, ranking={"query": {"period": "2025"}},
            correction_note="表に誤りがありました。",
        )  # fmt: skip
        make_sent(session, newsletter, "取りやめ").state = IssueState.CANCELLED
        viewed = make_sent(session, newsletter, "手元の号", preheader="前置き")
        reader = make_reader(session, newsletter, name="花子").subscriber
        second = make_newsletter(session, "second", open_to_signup=False)
        make_reader(session, second, "other@example.jp")
        waiting = make_reader(session, newsletter, "new@example.jp", SubscriptionState.PENDING)
        waiting.pending_answers = {**Profile(name="花子").model_dump(mode="json"), "agreed": ""}
        change = AddressChange(subscriber=reader, address="newer@example.jp")
        moved = make_reader(session, newsletter, "moved@example.jp").subscriber
        undone = AddressChange(subscriber=moved, old_address="before@example.jp", done_at=now())
        session.add_all([change, undone])
        html = edition.render(compose.compose(session, viewed, Variant.of_reader(viewed, audience=""))).neutral_html
        session.add(
            Edition(
                issue_id=viewed.id, number=1, variant={"met": []}, frozen=b"", html=html, text="", size=0, digest=""
            )
        )
        session.add(Delivery(issue_id=viewed.id, subscriber_id=reader.id, edition=1, lane_id=1))
        session.flush()
        confirm = token.make_expiring(Purpose.CONFIRM, waiting.id, 3600)
        old, leave = (token.make(one, 0, reader.id) for one in (Purpose.PREFERENCES, Purpose.UNSUBSCRIBE))
        held, own, undo, erase = (
            token.make_expiring(purpose, number, DAY)
            for purpose, number in (
                (Purpose.MAILBOX, moved.id),
                (Purpose.MAILBOX, reader.id),
                (Purpose.UNDO, undone.id),
                (Purpose.ERASE, reader.id),
            )
        )
        letter = signup.reader_links(reader.subscriptions[0])["preferences"].partition("/p/")[2].partition("?")[0]
        address = token.make_expiring(Purpose.ADDRESS, change.id, 3600)
        view = token.make(Purpose.VIEW, viewed.id, reader.id)
        data = token.make_expiring(Purpose.DATA, reader.id, 3600)
    archive = "/archive/ict"
    return {
        "public.home": ["/"],
        "public.test_letter": ["/test-letter"],
        "public.subscribe": ["/subscribe/ict", "/subscribe/ict?lang=en", "/subscribe/second"],
        "public.signup_sent": ["/subscribe/ict/sent"],
        "public.confirm": [f"/confirm/{confirm}", f"/confirm/{'A' * 32}"],
        "public.confirm_address": [f"/address/{address}"],
        "public.unsubscribe": [f"/u/{leave}"],
        "public.undo_address": [f"/address/undo/{undo}"],
        "public.preferences_page": [
            f"/p/{own}",
            f"/p/{own}?done=saved",
            f"/p/{letter}",
            f"/p/{old}?done=mailbox",
            f"/p/{held}",
        ],
        "public.confirm_erasure": [f"/erase/{erase}"],
        "public.own_data_page": [f"/data/{data}"],
        "public.erase_page": [f"/p/{own}/erase"],
        "public.web_view": [f"/v/{view}"],
        "public.issues": [archive, f"{archive}?lang=en"],
        "public.issue": [f"{archive}/1", f"{archive}/2", f"{archive}/3", f"{archive}/99"],
        "public.article": [f"{archive}/articles/hosted", f"{archive}/articles/elsewhere"],
        "public.topic": [f"{archive}/topics/dx", f"{archive}/topics/rpa"],
        "public.search": [f"{archive}/search", f"{archive}/search?q=言葉", f"{archive}/search?q=水道"],
        "public.ranking": [f"{archive}/ranking/2025"],
    }


def test_every_page_is_looked_at(addresses: dict[str, list[str]]) -> None:
    pages = {
        rule.endpoint
        for rule in create_app().url_map.iter_rules()
        if rule.endpoint.startswith("public.") and "GET" in (rule.methods or ())
    }
    assert pages - NOT_PAGES == set(addresses)


@pytest.mark.slow
def test_no_page_shuts_anybody_out(live_server: str, addresses: dict[str, list[str]], screens: dict[str, Page]) -> None:
    wrong: list[str] = []
    for path in (path for paths in addresses.values() for path in paths):
        for name, page in screens.items():
            page.goto(live_server + path)
            wrong += [f"{path} ({name}): {fault}" for fault in violations(page)]
    assert wrong == []


def test_refused_form_is_as_good(live_server: str, addresses: dict[str, list[str]], screens: dict[str, Page]) -> None:
    for page in screens.values():
        page.goto(f"{live_server}/subscribe/ict")
        page.get_by_role("button", name="確認メールを受け取る").click()
        assert page.title().startswith("エラー")
        assert violations(page) == []
