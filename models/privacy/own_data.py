"""A reader's own data: a whole copy (個人情報保護法: 開示), and their erasure, over all that Kairan keeps."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ..deliveries.delivery import Delivery
from ..deliveries.edition import Link
from ..issues.issue import Issue
from ..outbox.transactional import TransactionalLetter
from ..readers import erasure
from ..readers.consent import Consent
from ..readers.subscriber import Subscriber, Subscription
from ..store.clock import now
from ..tracking.hit import Hit


def collect(session: Session, reader: Subscriber) -> dict[str, Any]:
    """Everything that is kept about a reader, as plain values for JSON; times in ISO 8601."""
    return {
        "made_at": now().isoformat(),
        "subscriber": {
            "address": reader.address,
            "name": reader.name,
            "kana": reader.kana,
            "organisation": reader.organisation,
            "language": reader.language,
            "fields": reader.fields,
            "tracking_refused": reader.tracking_refused,
            "since": _moment(reader.created_at),
        },
        "subscriptions": [_subscription(one) for one in reader.subscriptions],
        "consents": [_consent(one) for one in _of(session, Consent, reader)],
        "single_letters": [_notice(one) for one in _of(session, TransactionalLetter, reader)],
        "deliveries": _deliveries(session, reader.id),
        "opens_and_clicks": _hits(session, reader.id),
    }


def erase(session: Session, reader: Subscriber) -> None:
    """Empty everything that tells who the reader is, in all wings. Counts, certificates and rankings stay true.

    What stays of deliveries and hits names a number that leads to an emptied row.
    """
    if reader.address is None:
        return
    values = {"reader": reader.id, "address": reader.address}
    for statement in _STATEMENTS:
        session.execute(statement, values)
    erasure.erase(session, reader)


# The answers of mail servers often repeat the address. Rows are found by the indexes that begin with the issue.
_STATEMENTS = (
    text("""
        UPDATE delivery SET answer = replace(answer, :address, '…')
        WHERE issue_id IN (SELECT id FROM issue) AND subscriber_id = :reader AND strpos(answer, :address) > 0
    """),
    text("""
        UPDATE attempt SET answer = replace(answer, :address, '…')
        WHERE issue_id IN (SELECT id FROM issue) AND subscriber_id = :reader AND strpos(answer, :address) > 0
    """),
    text("""
        UPDATE hit SET client = NULL, agent = NULL, headers = NULL
        WHERE issue_id IN (SELECT id FROM issue) AND reader = :reader
    """),
)


def _of(session: Session, kind: Any, reader: Subscriber) -> Any:
    return session.scalars(select(kind).where(kind.subscriber_id == reader.id).order_by(kind.id))


def _moment(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def _subscription(one: Subscription) -> dict[str, Any]:
    topics = {topic.id: topic.name for topic in one.newsletter.topics}
    return {
        "newsletter": one.newsletter.name,
        "state": one.state.value,
        "audience": one.audience.name if one.audience else None,
        "topics": [topics[key] for key in one.topic_ids if key in topics],
        "asked": one.pending_answers,
        "created_at": _moment(one.created_at),
        "confirmed_at": _moment(one.confirmed_at),
        "ended_at": _moment(one.ended_at),
        "ended_reason": one.ended_reason,
    }


def _consent(one: Consent) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "text": one.text,
        "source": one.source,
        "client": one.client,
        "user_agent": one.user_agent,
        "at": _moment(one.at),
    }


def _notice(one: TransactionalLetter) -> dict[str, Any]:
    return {"kind": one.kind, "address": one.address, "state": one.state.value, "created_at": _moment(one.created_at)}


def _deliveries(session: Session, reader_id: int) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Delivery, Issue.number, Issue.subject)
        .join(Issue, Issue.id == Delivery.issue_id)
        .where(Delivery.subscriber_id == reader_id)
        .order_by(Delivery.issue_id)
    )
    return [
        {
            "issue": number,
            "subject": subject,
            "state": delivery.state.value,
            "answer": delivery.answer,
            "at": _moment(delivery.at),
        }
        for delivery, number, subject in rows
    ]


def _hits(session: Session, reader_id: int) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Hit, Issue.number, Link.url)
        .join(Issue, Issue.id == Hit.issue_id)
        .outerjoin(Link, (Link.issue_id == Hit.issue_id) & (Link.number == Hit.link))
        .where(Hit.reader == reader_id)
        .order_by(Hit.at)
    )
    return [
        {
            "issue": number,
            "kind": hit.kind.value,
            "url": url,
            "client": hit.client,
            "user_agent": hit.agent,
            "verdict": hit.verdict.value,
            "at": _moment(hit.at),
        }
        for hit, number, url in rows
    ]
