"""A reader's own data in all wings: a full copy (個人情報保護法 33, 開示) and erasure (35, 消去)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ..bounces.events.provider_event import ProviderEvent
from ..bounces.returned_mail import ReturnedMail
from ..deliveries.delivery import Attempt, Delivery
from ..deliveries.edition import Link
from ..deliveries.letters.letter_report import LetterReport
from ..exports import reader_export
from ..imports import list_sweep
from ..issues.issue import Issue
from ..issues.newsletter import Newsletter
from ..outbox.transactional import TransactionalLetter
from ..readers import erasure, subscriber
from ..readers.address_change import AddressChange
from ..readers.consent import Consent
from ..readers.subscriber import Subscriber, Subscription
from ..readers.suppression import Suppression
from ..staff.permission import EVERY_NEWSLETTER, Scope
from ..store.clock import now
from ..store.mail_address import hidden_within, masked_within
from ..tracking.hit import Hit


def collect(session: Session, reader: Subscriber, scope: Scope = EVERY_NEWSLETTER) -> dict[str, Any]:
    """Everything that is stored about a reader, as values for JSON; times in ISO 8601.

    Earlier addresses, and any others that answers of mail servers name, are masked.

    Arguments:
        scope: of which newsletters it may tell; whatever belongs to none of them is left out.
    """
    own = reader.address or ""
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
            "since": _iso(reader.created_at),
        },
        "subscriptions": [_subscription(one) for one in reader.subscriptions if one.newsletter_id in scope],
        "consents": [_consent(one) for one in _rows(session, Consent, reader, scope)],
        "single_letters": [
            _transactional_letter(one, own) for one in _rows(session, TransactionalLetter, reader, scope)
        ],
        "suppressions": _suppressions(session, reader, own, scope),
        "address_changes": _address_changes(session, reader.id, own),
        "reports_on_letters": _letter_reports(session, reader.id, own, scope),
        "returned_mail": [_returned_mail(one, own) for one in _received(session, ReturnedMail, reader, scope)],
        "provider_events": [_provider_event(one, own) for one in _received(session, ProviderEvent, reader, scope)],
        "attempts": _attempts(session, reader.id, own, scope),
        "deliveries": _deliveries(session, reader.id, own, scope),
        "opens_and_clicks": _hits(session, reader.id, scope),
    }


def erase(session: Session, reader: Subscriber) -> None:
    """Erase everything that identifies the reader, in all wings. Counts, certificates and rankings stay correct.

    Deliveries and hits keep the reader's id, whose row is then empty.
    """
    if subscriber.lock(session, reader.id) is None:  # Before any row of theirs, as whoever judges their mail does.
        return
    assert reader.address is not None
    addresses = {reader.address, *_earlier_addresses(session, reader.id)}
    _hide_in_words(session, reader, addresses)
    for address in addresses:
        for statement in _STATEMENTS:
            session.execute(statement, {"reader": reader.id, "address": address})
    list_sweep.forget_reader(session, reader.id)
    reader_export.forget_reader(session, reader.id)
    erasure.erase(session, reader)


def _earlier_addresses(session: Session, reader_id: int) -> set[str]:
    """What single letters went to, and what can be had back."""
    letters = select(TransactionalLetter.address).where(TransactionalLetter.subscriber_id == reader_id)
    old = select(AddressChange.old_address).where(AddressChange.subscriber_id == reader_id)
    return {one for one in session.scalars(letters.union(old)) if one}


def _hide_in_words(session: Session, reader: Subscriber, addresses: Collection[str]) -> None:
    """Hide addresses in what others wrote of the reader, however they write them. The rest says what became of letters.

    Answers of mail servers often repeat the address, or its local part alone; a note of staff may name it. Any other
    address in them is hidden, too: where mail is forwarded to, or one that the reader had before.
    """
    of_reader = {"reader": reader.id, "hash": reader.address_hash}
    for table, column, rows, names in (*((*one, addresses) for one in _ANSWERS), (*_NOTES, ())):
        query = text(f"SELECT DISTINCT {column} FROM {table} WHERE {rows} AND {column} <> ''")  # noqa: S608  constants
        for said in session.scalars(query, of_reader).all():
            if (hidden := hidden_within(said, of=names)) != said:
                change = text(f"UPDATE {table} SET {column} = :hidden WHERE {rows} AND {column} = :said")  # noqa: S608
                session.execute(change, {**of_reader, "hidden": hidden, "said": said})


# Naming all issues makes indexes that begin with the issue usable.
_LETTER_OF_READER = "issue_id IN (SELECT id FROM issue) AND subscriber_id = :reader"
_ANSWERS = (
    ("delivery", "answer", _LETTER_OF_READER),
    ("attempt", "answer", _LETTER_OF_READER),
    ("letter_report", "first_answer", "subscriber_id = :reader"),
)
"""Table, column, and which rows are about a reader."""
_NOTES = ("suppression", "note", "address_hash = :hash")
"""The same; a local part alone may be a word of ours here."""

# One condition a statement, in the words of an index: joined by OR they would read the whole table.
_OF_READER = "subscriber_id = :reader"
_NAMED_IN = "{column} <> '' AND lower({column}) = lower(:address)"

_STATEMENTS = (
    text("UPDATE letter_report SET reason = '' WHERE subscriber_id = :reader"),
    # A message that came back says who it was for, and brings the letter; its digest stays, so that it is not judged
    # again where it comes again.
    *(
        text(f"""
            UPDATE returned_mail SET raw = NULL, said = '', address = '', sender = '', recipients = '[]',
                judged_at = coalesce(judged_at, now())
            WHERE {about_them}
        """)  # noqa: S608  the conditions above
        for about_them in (_OF_READER, _NAMED_IN.format(column="address"), _NAMED_IN.format(column="sender"))
    ),
    *(
        text(f"""
            UPDATE provider_event SET raw = NULL, said = '', address = '', return_paths = '[]'
            WHERE {about_them}
        """)  # noqa: S608  the conditions above
        for about_them in (_OF_READER, _NAMED_IN.format(column="address"))
    ),
    text("""
        UPDATE hit SET client = NULL, agent = NULL, headers = NULL
        WHERE issue_id IN (SELECT id FROM issue) AND reader = :reader
    """),
)


def _rows(session: Session, kind: Any, reader: Subscriber, scope: Scope) -> Any:
    of_reader = select(kind).where(kind.subscriber_id == reader.id, scope.where(kind.newsletter_id))
    return session.scalars(of_reader.order_by(kind.id))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _subscription(one: Subscription) -> dict[str, Any]:
    topics = {topic.id: topic.name for topic in one.newsletter.topics}
    return {
        "newsletter": one.newsletter.name,
        "state": one.state.value,
        "audience": one.audience.name if one.audience else None,
        "topics": [topics[key] for key in one.topic_ids if key in topics],
        "asked": one.pending_answers,
        "created_at": _iso(one.created_at),
        "confirmed_at": _iso(one.confirmed_at),
        "ended_at": _iso(one.ended_at),
        "ended_reason": one.ended_reason,
    }


def _consent(one: Consent) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "text": one.text,
        "source": masked_within(one.source),
        "client": one.client,
        "user_agent": one.user_agent,
        "at": _iso(one.at),
    }


def _transactional_letter(one: TransactionalLetter, own: str) -> dict[str, Any]:
    address = masked_within(one.address, but=own)
    return {"kind": one.kind, "address": address, "state": one.state.value, "created_at": _iso(one.created_at)}


def _deliveries(session: Session, reader_id: int, own: str, scope: Scope) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Delivery, Issue.number, Issue.subject)
        .join(Issue, Issue.id == Delivery.issue_id)
        .where(Delivery.subscriber_id == reader_id, scope.where(Issue.newsletter_id))
        .order_by(Delivery.issue_id)
    )
    return [
        {
            "issue": number,
            "subject": subject,
            "state": delivery.state.value,
            "answer": masked_within(delivery.answer or "", but=own),
            "at": _iso(delivery.at),
        }
        for delivery, number, subject in rows
    ]


def _attempts(session: Session, reader_id: int, own: str, scope: Scope) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Attempt, Issue.number)
        .join(Delivery, (Delivery.issue_id == Attempt.issue_id) & (Delivery.subscriber_id == Attempt.subscriber_id))
        .join(Issue, Issue.id == Attempt.issue_id)
        .where(Delivery.subscriber_id == reader_id, scope.where(Issue.newsletter_id))
        .order_by(Attempt.issue_id, Attempt.number)
    )
    return [
        {"issue": number, "kind": one.kind, "answer": masked_within(one.answer or "", but=own), "at": _iso(one.at)}
        for one, number in rows
    ]


def _letter_reports(session: Session, reader_id: int, own: str, scope: Scope) -> list[dict[str, Any]]:
    rows = session.execute(
        select(LetterReport, Issue.number)
        .join(Issue, Issue.id == LetterReport.issue_id)
        .where(LetterReport.subscriber_id == reader_id, scope.where(Issue.newsletter_id))
        .order_by(LetterReport.at)
    )
    return [
        {"issue": number, "kind": report.kind, "reason": masked_within(report.reason, but=own), "at": _iso(report.at)}
        for report, number in rows
    ]


def _suppressions(session: Session, reader: Subscriber, own: str, scope: Scope) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Suppression, Newsletter.name)
        .outerjoin(Newsletter, Newsletter.id == Suppression.newsletter_id)
        .where(Suppression.address_hash == reader.address_hash, scope.where(Suppression.newsletter_id))
        .order_by(Suppression.id)
    )
    return [
        {"newsletter": name, "reason": one.reason.value, "note": masked_within(one.note, but=own), "at": _iso(one.at)}
        for one, name in rows
    ]


def _address_changes(session: Session, reader_id: int, own: str) -> list[dict[str, Any]]:
    changes = select(AddressChange).where(AddressChange.subscriber_id == reader_id).order_by(AddressChange.id)
    return [
        {
            "from": masked_within(one.old_address or "", but=own),
            "to": masked_within(one.address or "", but=own),
            "asked_at": _iso(one.asked_at),
            "done_at": _iso(one.done_at),
            "undone_at": _iso(one.undone_at),
        }
        for one in session.scalars(changes)
    ]


def _received(session: Session, kind: Any, reader: Subscriber, scope: Scope) -> Any:
    of_reader = select(kind).where(kind.subscriber_id == reader.id, scope.where(kind.newsletter_id))
    return session.scalars(of_reader.order_by(kind.received_at))


def _returned_mail(one: ReturnedMail, own: str) -> dict[str, Any]:
    return {
        "received_at": _iso(one.received_at),
        "from": masked_within(one.sender, but=own),
        "names": masked_within(one.address, but=own),
        "kind": one.kind,
        "said": masked_within(one.said, but=own),
        "consequence": one.consequence,
    }


def _provider_event(one: ProviderEvent, own: str) -> dict[str, Any]:
    return {
        "received_at": _iso(one.received_at),
        "provider": one.provider,
        "names": masked_within(one.address, but=own),
        "kind": one.kind,
        "said": masked_within(one.said, but=own),
        "consequence": one.consequence,
    }


def _hits(session: Session, reader_id: int, scope: Scope) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Hit, Issue.number, Link.url)
        .join(Issue, Issue.id == Hit.issue_id)
        .outerjoin(Link, (Link.issue_id == Hit.issue_id) & (Link.number == Hit.link))
        .where(Hit.reader == reader_id, scope.where(Issue.newsletter_id))
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
            "at": _iso(hit.at),
        }
        for hit, number, url in rows
    ]
