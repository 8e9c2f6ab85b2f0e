"""What follows for a reader when a letter came back, or when they complained. One door for every source.

Returned mail and providers' events both call :func:`follow`, once they have proved whose letter it is about: the
sender of a report is nobody, so an address that it names is never enough. Calling it again with the same letter and
class changes nothing.

| class | letter | reader |
|---|---|---|
| no such mailbox, disabled | bounced | suppressed at once |
| mailbox full, network, unknown | failed | suppressed after several issues in a row (:mod:`.streak`) |
| refused by the reader's filter, as spam, by policy, too large, content | failed | nothing; shown to staff |
| complaint | as it was | not mailed by this newsletter any more, at once; staff are told |
| delayed, delivered, automatic answers, others | as it was | nothing |
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..deliveries.delivery import Batch, DeliveryState
from ..deliveries.letters import letter_report, letter_tally
from ..deliveries.letters.letter_report import Amendment, LetterReport
from ..issues.issue import Issue
from ..readers import suppression
from ..readers.address_change import last_switch
from ..readers.subscriber import BOUNCED, Subscriber, SubscriptionState
from ..readers.suppression import SuppressionReason
from ..staff import audit
from ..store.db import NO_KEY_UPDATE
from ..store.errors import Invalid
from ..store.log_redaction import redact
from ..store.mail_address import a_labels, mailbox
from . import streak
from .alarms import complaint_alarm, lane_alarm
from .bounce_class import BounceClass
from .dead_addresses import MAX_COUNT, MAX_SHARE

HARD = (BounceClass.NO_SUCH_MAILBOX, BounceClass.DISABLED)
_ACTOR = "returns"


class Consequence(enum.Enum):
    """What a report has brought about."""

    NOTHING = "nothing"
    """There is no such letter, or what was told calls for nothing."""
    KNOWN = "known"
    """The same had been told of this letter before."""
    NOTED = "noted"
    """Kept and shown; the reader stays."""
    SUPPRESSED = "suppressed"


def lock_reader(session: Session, subscriber_id: int) -> Subscriber | None:
    """A reader, also one who was erased, locked before anything of theirs, as everywhere."""
    return session.get(Subscriber, subscriber_id, with_for_update=NO_KEY_UPDATE, populate_existing=True)


def follow(
    session: Session,
    reader: Subscriber,
    issue_id: int,
    kind: BounceClass,
    *,
    source: str,
    at: datetime,
    reason: str = "",
    status: str = "",
    address: str = "",
    final: str = "",
) -> Consequence:
    """Let a report about one letter have its consequences. The caller commits, and may call it twice.

    Arguments:
        reader: locked by :func:`lock_reader`, before whatever told of the letter.
        issue_id: with the reader, the letter. The caller has proof: a token or Message-ID of ours whose MAC holds, or
            an event whose signature holds and which names one of these.
        kind: what became of it.
        source: who told, up to 80 characters: ``mail/…``, or a provider's name and the id of its event.
        at: when it was told.
        reason: what was said; mail addresses in it are hidden before it is kept.
        status: the enhanced status code (RFC 3463), where there is one.
        address: the address that failed, as it was told; empty where none was.
        final: where the letter ended up, where that was told. Where one of the two is not the reader's own (a group
            has members, mail is forwarded), the failure is kept and counts for nothing; where only the domain is
            another one, which some servers rewrite, a mailbox that does not exist is a failure for unknown reasons.

    Returns:
        What it has brought about.
    """
    if not (kind.is_failure or kind is BounceClass.COMPLAINT):
        return Consequence.NOTHING
    delivery = letter_report.lock_delivery(session, issue_id, reader.id)
    if delivery is None or delivery.state is DeliveryState.SUPPRESSED:
        return Consequence.NOTHING
    tie = _tie(session, reader, issue_id, (address, final))
    if kind in HARD and tie is not _Tie.OWN:
        kind = BounceClass.UNKNOWN_FAILURE
    elsewhere = kind is not BounceClass.COMPLAINT and tie is _Tie.NONE
    report = session.get(LetterReport, (issue_id, reader.id, kind.value))
    if report is not None and (elsewhere or not report.elsewhere):
        return Consequence.KNOWN
    if report is None:
        report = LetterReport(
            issue_id=issue_id, subscriber_id=reader.id, kind=kind.value, lane_id=delivery.lane_id, source=source[:80],
            reason=redact(reason)[:300], at=at,
        )  # fmt: skip
        session.add(report)
        if kind is BounceClass.COMPLAINT:
            letter_tally.add_later(session, delivery, kind.value, delivery.at)
            return _complain(session, reader, session.get_one(Issue, issue_id))
        if letter_report.amend(session, delivery, report, _amendment(kind, status)):
            lane_alarm.judge_report(session, report)
    report.elsewhere = elsewhere  # What was a member's before is the reader's own now.
    session.flush()
    if reader.address_key is None or elsewhere:
        return Consequence.NOTED
    if kind in HARD:
        ends = _lane_is_sane(session, report)
    else:
        ends = kind in streak.COUNTED and streak.is_over(session, reader.id)
    if not ends:
        return Consequence.NOTED
    _suppress(session, reader, issue_id, kind)
    return Consequence.SUPPRESSED


def amend_waiting(session: Session, issue_id: int) -> int:
    """Amend outcomes of which a report came before they were recorded; returns how many. The caller commits."""
    amended = 0
    for report in letter_report.waiting(session, issue_id):
        delivery = letter_report.lock_delivery(session, issue_id, report.subscriber_id)
        if delivery is not None:
            amended += letter_report.amend(session, delivery, report, _amendment(BounceClass(report.kind), ""))
    return amended


def _amendment(kind: BounceClass, status: str) -> Amendment:
    # As an answer at the relay is recorded: only an address that is gone has bounced, everything else has failed.
    return Amendment(DeliveryState.BOUNCED if kind in HARD else DeliveryState.FAILED, status)


class _Tie(enum.Enum):
    """How what failed is tied to the mailbox that the reader has now."""

    OWN = enum.auto()
    REWRITTEN = enum.auto()
    """Of the same name at another domain: one that a server rewrites, or where the reader has it forwarded to."""
    NONE = enum.auto()


def _tie(session: Session, reader: Subscriber, issue_id: int, told: Iterable[str]) -> _Tie:
    """The loosest tie of the addresses that were *told*; empty ones say nothing."""
    own = _form(reader.address_key or "")
    others = [form for one in told if one and (form := _form(one)) != own] if reader.address_key else []
    if any(local != own[0] for local, _domain in others):
        return _Tie.NONE
    switched_at, prepared_at = last_switch(session, reader).switched_at, session.get_one(Issue, issue_id).prepared_at
    if switched_at and prepared_at and switched_at > prepared_at:
        return _Tie.NONE
    return _Tie.REWRITTEN if others else _Tie.OWN


def _form(address: str) -> tuple[str, str]:
    """Local part and domain as they can be compared.

    Reports write domains in ASCII, old docomo addresses in quotes or not, and sub-addresses (``+x``) with or without.
    """
    local, _at, domain = address.strip().strip("<>").lower().rpartition("@")
    with suppress(Invalid):  # What is no domain is compared as it stands.
        domain = a_labels(domain)
    local, _at, domain = mailbox(f"{local.strip(chr(34))}@{domain}").rpartition("@")
    return local, domain


def _lane_is_sane(session: Session, report: LetterReport) -> bool:
    """Whether few of a lane's letters came back so: with many, our sender is suspected and not the readers."""
    here = LetterReport.issue_id == report.issue_id, LetterReport.lane_id == report.lane_id
    gone = session.scalar(
        select(func.count(func.distinct(LetterReport.subscriber_id)))
        .where(*here, LetterReport.kind.in_([kind.value for kind in HARD]))
    ) or 0  # fmt: skip
    if gone <= MAX_COUNT:
        return True
    of_lane = Batch.issue_id == report.issue_id, Batch.lane_id == report.lane_id
    letters = session.scalar(select(func.sum(Batch.size)).where(*of_lane)) or 0
    return gone <= MAX_SHARE * letters


def _suppress(session: Session, reader: Subscriber, issue_id: int, kind: BounceClass) -> None:
    """The mailbox takes no mail: no newsletter writes to it any more. Staff may lift that with a note."""
    assert reader.address_key is not None
    suppression.suppress(session, reader.address_key, SuppressionReason.BOUNCED, note=f"issue/{issue_id}")
    for subscription in reader.subscriptions:
        if subscription.state is SubscriptionState.ACTIVE:
            subscription.end(BOUNCED)
    audit.record(session, _ACTOR, "suppress", f"subscriber/{reader.id}", newsletter=None,
                 reason=SuppressionReason.BOUNCED.value, why=kind.value, issue=issue_id)  # fmt: skip


def _complain(session: Session, reader: Subscriber, issue: Issue) -> Consequence:
    """A reader has called a letter spam: this newsletter writes to them no more, and its staff hear of it."""
    complaint_alarm.count(session, issue)
    complaint_alarm.judge(session, issue.id)
    if reader.address_key is None:
        return Consequence.NOTED
    suppression.suppress(session, reader.address_key, SuppressionReason.COMPLAINED, newsletter_id=issue.newsletter_id,
                         note=f"issue/{issue.id}")  # fmt: skip
    audit.record(session, _ACTOR, "suppress", f"subscriber/{reader.id}", newsletter=issue.newsletter_id,
                 reason=SuppressionReason.COMPLAINED.value, issue=issue.id)  # fmt: skip
    return Consequence.SUPPRESSED
