"""What is approved is what is mailed: any change of it changes the digest, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models.issues import image
from models.issues import issue as issues
from models.issues.article import Article
from models.issues.block import ArticleCard, Figure, Only, Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueKind
from models.issues.newsletter import Audience, Newsletter, Topic, Tracking
from models.store.clock import now
from templates.content import digest
from templates.content.letter import Letter, Theme
from tests.archive_sample import picture
from tests.sample import make_article, make_newsletter, make_sent
from tests.templates.letter_strategies import letters


@pytest.fixture
def issue(session: Session) -> Issue:
    newsletter = make_newsletter(session)
    make_article(session, newsletter, "art10", "題名", address="https://city.example.jp/10", recap="要約です。")
    stored = image.store(session, picture())
    blocks = (Prose(text="本文です。"), ArticleCard(article="art10"), Figure(image=stored.digest, alt="図"))
    return issues.create(session, newsletter, subject="題名", blocks=blocks)


def article(issue: Issue, session: Session) -> Article:
    return session.query(Article).filter_by(newsletter_id=issue.newsletter_id).one()


def add_topic(one: Article, topic: Topic) -> None:
    one.topics.append(topic)


Change = Callable[[Issue, Session], object]
SET: dict[str, Change] = {
    "subject": lambda issue, _: setattr(issue, "subject", "別の題名"),
    "preheader": lambda issue, _: setattr(issue, "preheader", "別"),
    "language": lambda issue, _: setattr(issue, "language", "en"),
    "number": lambda issue, _: setattr(issue, "number", 77),
    "kind": lambda issue, _: setattr(issue, "kind", IssueKind.NOTICE),
    "dated": lambda issue, _: setattr(issue, "dated", date(2026, 4, 1)),
    "public": lambda issue, _: setattr(issue, "public", True),
    "audience": lambda issue, _: setattr(issue, "audience", "official"),
    "segment": lambda issue, _: setattr(issue, "segment", {"languages": ["ja"]}),
    "corrects_all": lambda issue, _: setattr(issue, "corrects_all", True),
    "text": lambda issue, _: issue.set_content({"blocks": (Prose(text="別の本文"), *issue.blocks[1:])}),
    "for whom": lambda issue, _: issue.set_content(
        {"blocks": (Prose(text="本文です。", only=Only(audiences=("official",))), *issue.blocks[1:])}
    ),
    "article's title": lambda issue, session: setattr(article(issue, session), "title", "未決裁の題名"),
    "article's recap": lambda issue, session: setattr(article(issue, session), "recap", "未決裁の要約"),
    "article's address": lambda issue, session: setattr(article(issue, session), "address", "https://evil.example/"),
    "article's day": lambda issue, session: setattr(article(issue, session), "published_on", date(2026, 1, 1)),
    "article's topics": lambda issue, session: add_topic(article(issue, session), issue.newsletter.topics[0]),
    "topic's name": lambda issue, _: setattr(issue.newsletter.topics[0], "name", "別"),
    "audience's name": lambda issue, _: setattr(issue.newsletter.audiences[0], "name", "別"),
    "look": lambda issue, _: setattr(issue.newsletter, "look", {"primary": "#000000"}),
    "tracking": lambda issue, _: setattr(issue.newsletter, "tracking", Tracking.OFF),
    "archive": lambda issue, _: setattr(issue.newsletter, "public_archive", False),
    "embed": lambda issue, _: setattr(issue.newsletter, "embed_images", True),
    **{
        name: (lambda issue, _, name=name: setattr(issue.newsletter, name, "other@example.jp"))
        for name in ("name", "sender_name", "sender_address", "postal_address", "contact", "reply_to", "list_id",
                     "bounce_address")
    },
}  # fmt: skip
LEFT_ALONE: dict[str, Change] = {
    "updated_at": lambda issue, _: setattr(issue, "updated_at", now() + timedelta(days=1)),
    "revision": lambda issue, _: setattr(issue, "revision", issue.revision + 1),
    "trouble": lambda issue, _: setattr(issue, "trouble", "x"),
    "scheduled_at": lambda issue, _: setattr(issue, "scheduled_at", now() + timedelta(days=9)),
    "article's updated_at": lambda issue, session: setattr(article(issue, session), "updated_at", now()),
    "another issue": lambda issue, session: make_sent(session, issue.newsletter, "ほかの号"),
    "another article": lambda issue, session: make_article(session, issue.newsletter, "b", "ほかの記事"),
}


@pytest.mark.parametrize("change", SET.values(), ids=SET.keys())
def test_any_change_of_what_is_mailed_changes_the_digest_case_b1(
    session: Session, issue: Issue, change: Change
) -> None:
    before = digest.of(session, issue)
    change(issue, session)
    session.flush()
    after = digest.of(session, issue)
    assert after.whole != before.whole
    for language in ("ja", "en"):
        assert digest.words(after.changed_since(before.parts), language)


def test_every_part_has_a_name(session: Session, issue: Issue) -> None:
    issue.not_after = now()
    parts = {name for name in digest.of(session, issue).parts if ":" not in name} | {"other_addresses"}
    assert parts <= digest.PARTS.keys()
    words = digest.words(sorted(digest.PARTS), "ja")
    assert not set(words) & set("abcdefghijklmnopqrstuvwxyz_"), words


@pytest.mark.parametrize("change", LEFT_ALONE.values(), ids=LEFT_ALONE.keys())
def test_what_nobody_is_mailed_leaves_the_digest_case_b1(session: Session, issue: Issue, change: Change) -> None:
    before = digest.of(session, issue).whole
    change(issue, session)
    session.flush()
    assert digest.of(session, issue).whole == before


def test_topics_and_audiences_come_and_go_case_b1(session: Session, issue: Issue) -> None:
    before = digest.of(session, issue)
    session.add_all([Topic(newsletter=issue.newsletter, slug="new", name="新"),
                     Audience(newsletter=issue.newsletter, slug="new", name="新")])  # fmt: skip
    session.flush()
    assert digest.of(session, issue).changed_since(before.parts) == ["audiences", "topics"]


@given(one=letters, other=letters, data=st.data())
def test_every_field_of_a_letter_counts_case_b1(one: Letter, other: Letter, data: st.DataObject) -> None:
    """Whatever field of the letter is another one, the digest is another one."""
    home = Newsletter(fields=[], slug="a", name="a", topics=[], audiences=[])
    issue = Issue(newsletter=home, audience="", segment={}, dated=None, correction_of_id=None, corrects_all=False)
    name = data.draw(st.sampled_from([field.name for field in fields(Letter) if field.name != "dated"]))
    changed = replace(one, **{name: getattr(other, name)})
    same = getattr(one, name) == getattr(other, name)
    assert (digest.of_letter(issue, changed).whole == digest.of_letter(issue, one).whole) == same


def test_the_look_has_no_value_that_is_left_out_case_b1(session: Session, issue: Issue) -> None:
    for field in fields(Theme):
        before = digest.of(session, issue).whole
        value = 19 if field.name == "font_size" else "#123456"
        issue.newsletter.look = {**issue.newsletter.look, field.name: value}
        assert digest.of(session, issue).whole != before, field.name
