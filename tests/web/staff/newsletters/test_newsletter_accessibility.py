"""Every page of a newsletter's settings, on phone and desktop, light and dark, in both languages: axe finds nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

import settings
from models.deliveries import lane as lanes
from models.deliveries.relays import relay as relays
from models.issues import consent_version, signing_keys
from models.issues.dkim_key import KeyKind
from models.sender_domain import domain_check
from models.staff import member as members
from models.store import db
from tests.sample import make_newsletter, make_reader
from tests.web.accessibility import violations
from tests.web.staff_login import EVERY_ROLE, log_in_browser, make_staff
from web.staff.newsletters.section import SECTIONS

from .test_domain_page import FOUND

HOME = "/staff/newsletters/ict"


@pytest.fixture
def addresses(live_server: str) -> list[str]:
    """Pages with something on them."""
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session, fields=[{"name": "post", "label": "役職", "required": True}])
        newsletter.consent_text = "月に一度お届けします。"
        consent_version.keep(session, newsletter, "test")
        make_reader(session, newsletter).topic_ids = [newsletter.topics[0].id]
        lanes.pause(session, lanes.find(session, "docomo").id, "先方の依頼", by="test")
        domain_check.finish(session, domain_check.request(session, members.find(session, EVERY_ROLE)), FOUND)
        relay = relays.add(session, "本番", "smtps://kairan:secret@mail.example.jp", 2, by="test")
    (settings.get().kairan_data / "dkim").mkdir(parents=True, exist_ok=True)
    if not signing_keys.waiting(newsletter):
        signing_keys.make("example.lg.jp", "", [KeyKind.RSA])
    return [
        "/staff/newsletters",
        "/staff/newsletters/new",
        "/staff/newsletters/import",
        HOME,
        *(f"{HOME}/{section}" for section in SECTIONS),
        f"{HOME}/topics/merge?merged=dx&into=rpa",
        "/staff/lanes",
        "/staff/lanes/docomo",
        "/staff/lanes/new",
        "/staff/relays",
        f"/staff/relays/{relay.id}",
        "/staff/sender-domain",
    ]


@pytest.mark.slow
@pytest.mark.timeout(500)
def test_no_page_of_the_settings_shuts_anybody_out(
    live_server: str, addresses: list[str], screens: dict[str, Page]
) -> None:
    wrong: list[str] = []
    for name, page in screens.items():
        log_in_browser(page, live_server)
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        for path in addresses:
            # English words are the longer ones, so they are looked at where there is least room; colours are the same.
            for language in ("ja", "en") if name == "phone" and not dark else ("ja",):
                page.goto(f"{live_server}{path}{'&' if '?' in path else '?'}lang={language}")
                wrong += [f"{path} ({name}, {language}): {fault}" for fault in violations(page)]
    assert wrong == []
