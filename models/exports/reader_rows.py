"""The readers of a newsletter as rows of a table, read one by one, under headings that an import knows."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from ..issues.newsletter import Newsletter
from ..issues.segments import segment
from ..readers import profile, segment_query
from ..readers.subscriber import Subscriber, Subscription, SubscriptionState
from ..store.clock import TOKYO
from ..store.csv_cell import without_formula
from .reader_export import ReaderExport

HEADINGS = {
    "ja": ("メールアドレス", "氏名", "フリガナ", "会社名", "属性", "トピック", "言語", "登録日"),
    "en": ("Email Address", "Name", "Kana", "Organisation", "Audience", "Topics", "Language", "Subscribed on"),
}
PORTION = 5_000


def heading(export: ReaderExport) -> list[object]:
    """The line above the readers."""
    own = [without_formula(field.label) for field in profile.custom_fields(export.newsletter)]
    return [*HEADINGS["en" if export.language == "en" else "ja"], *own]


def rows(session: Session, export: ReaderExport) -> Iterator[list[object]]:
    """The readers who get the newsletter, in the order of signing up; formulas are made harmless.

    Raises:
        Invalid: the segment names what the newsletter does not have any more.
    """
    newsletter = export.newsletter
    fields = [field.name for field in profile.custom_fields(newsletter)]
    audiences = {one.id: safe(one.name) for one in newsletter.audiences}
    topics = {one.id: one.name for one in newsletter.topics}
    query = (
        select(
            Subscriber.address, Subscriber.name, Subscriber.kana, Subscriber.organisation, Subscription.audience_id,
            Subscription.topic_ids, Subscriber.language, Subscription.confirmed_at, Subscriber.fields,
        )
        .join(Subscriber, Subscriber.id == Subscription.subscriber_id)
        .where(
            Subscription.newsletter_id == newsletter.id,
            Subscription.state == SubscriptionState.ACTIVE,
            Subscriber.address.is_not(None),
        )
        .order_by(Subscription.id)
        .execution_options(yield_per=PORTION)
    )  # fmt: skip
    if export.segment:
        query = query.where(Subscription.id.in_(_chosen(session, newsletter, export)))
    for address, name, kana, organisation, audience, chosen, language, since, answers in session.execute(query):
        yield [
            safe(address), safe(name), safe(kana), safe(organisation), audiences.get(audience, ""),
            safe("、".join([topics[one] for one in chosen if one in topics])) if chosen else "", language,
            since.astimezone(TOKYO).strftime("%Y-%m-%d") if since else "",
            *[safe(str(answers.get(one, ""))) for one in fields],
        ]  # fmt: skip


def _chosen(session: Session, newsletter: Newsletter, export: ReaderExport) -> Select[int]:
    segment.check(session, newsletter, export.segment, "")
    session.execute(text("SET LOCAL enable_nestloop = off"))
    return segment_query.subscriptions(session, newsletter, segment.parse(export.segment))


def safe(value: str) -> object:
    """A text that no spreadsheet takes for a formula; most begin with a letter or a digit."""
    return value if not value or value[0].isalnum() else without_formula(value)
