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
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from ..deliveries.delivery import Batch, DeliveryState
from ..deliveries.letters import letter_report, letter_tally
from ..deliveries.letters.letter_report import Amendment, LetterReport, LockedLetter
from ..deliveries.letters.letter_tally import LaterWord
from ..issues.issue import Issue
from ..readers import suppression
from ..readers.address_change import LastSwitch, last_switches
from ..readers.subscriber import BOUNCED, Subscriber, SubscriptionState
from ..readers.suppression import SuppressionReason
from ..staff import audit
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
    return lock_readers(session, [subscriber_id]).get(subscriber_id)


def lock_readers(session: Session, subscriber_ids: Collection[int]) -> dict[int, Subscriber]:
    """Readers by their ids, locked as by :func:`lock_reader`.

    Raises:
        OperationalError: somebody else has one of many; only for one it waits.
    """
    query = select(Subscriber).where(Subscriber.id.in_(subscriber_ids)).order_by(Subscriber.id)
    query = query.with_for_update(nowait=len(subscriber_ids) > 1, key_share=True)
    query = query.options(selectinload(Subscriber.subscriptions)).execution_options(populate_existing=True)
    return {one.id: one for one in session.scalars(query)}


class ReportedLetter(NamedTuple):
    """What was told of one letter, by somebody who has proved which one it is about."""

    reader: Subscriber
    """Locked by :func:`lock_readers`, before whatever told of the letter."""
    issue_id: int
    """With the reader, the letter. There is proof: a token or Message-ID of ours whose MAC holds, or an event whose
    signature holds and which names one of these."""
    kind: BounceClass
    """What became of it."""
    source: str
    """Who told, up to 80 characters: ``mail/…``, or a provider's name and the id of its event."""
    at: datetime
    """When it was told."""
    reason: str = ""
    """What was said; mail addresses in it are hidden before it is kept."""
    status: str = ""
    """The enhanced status code (RFC 3463), where there is one."""
    address: str = ""
    """The address that failed, as it was told; empty where none was."""
    final: str = ""
    """Where the letter ended up, where that was told. Where one of the two is not the reader's own (a group has
    members, mail is forwarded), the failure is kept and counts for nothing; where only the domain is another one, which
    some servers rewrite, a mailbox that does not exist is a failure for unknown reasons."""


def follow(
    session: Session, reader: Subscriber, issue_id: int, kind: BounceClass, *, source: str, at: datetime,
    reason: str = "", status: str = "", address: str = "", final: str = "",
) -> Consequence:  # fmt: skip
    """Let a report about one letter have its consequences. The caller commits, and may call it twice.

    The arguments are those of a :class:`ReportedLetter`.

    Returns:
        What it has brought about.
    """
    told = ReportedLetter(reader, issue_id, kind, source, at, reason, status, address, final)
    return follow_each(session, [told])[0]


def follow_each(session: Session, told: Sequence[ReportedLetter]) -> list[Consequence]:
    """Let reports about letters have their consequences, one after another; what each has brought about.

    Raises:
        OperationalError: somebody else has one of many letters; one by one it goes on.
    """
    results = [Consequence.NOTHING] * len(told)
    tells = [place for place, one in enumerate(told) if one.kind.has_consequences]
    letters = letter_report.lock(session, {(told[place].issue_id, told[place].reader.id) for place in tells})
    switches = last_switches(session, {reader for _issue, reader in letters})
    counting: dict[int, LetterReport] = {}
    words: list[LaterWord] = []
    for place in tells:
        one = told[place]
        letter = letters.get((one.issue_id, one.reader.id))
        if letter is None or letter.delivery.state is DeliveryState.SUPPRESSED:
            continue
        results[place], report = _keep(session, one, letter, _tie(session, one, switches[one.reader.id]), words)
        if report is not None:
            counting[place] = report
    session.flush()
    letter_tally.add_later(session, words)
    complaints = [place for place, report in counting.items() if report.kind == BounceClass.COMPLAINT.value]
    acts = _complain(session, [told[place] for place in complaints])
    counting = {place: report for place, report in counting.items() if told[place].reader.address_key is not None}
    gone = _ending(session, counting)
    acts += _suppress(session, {told[place].reader: counting[place] for place in gone})
    _alarm(session, words)
    audit.record_each(session, _ACTOR, "suppress", acts)  # Last: everybody waits for whoever writes there.
    for place in (*gone, *(place for place in complaints if place in counting)):
        results[place] = Consequence.SUPPRESSED
    return results


def _keep(
    session: Session, told: ReportedLetter, letter: LockedLetter, tie: _Tie, words: list[LaterWord]
) -> tuple[Consequence, LetterReport | None]:
    """Keep what is new about a letter; what it has brought about so far, and the report where more may follow.

    Arguments:
        words: to which it is added where it changes the sums.
    """
    kind = told.kind
    if kind in HARD and tie is not _Tie.OWN:
        kind = BounceClass.UNKNOWN_FAILURE
    elsewhere = kind is not BounceClass.COMPLAINT and tie is _Tie.NONE
    report = letter.reports.get(kind.value)
    if report is not None and (elsewhere or not report.elsewhere):
        return Consequence.KNOWN, None
    if report is None:
        report = letter.reports[kind.value] = LetterReport(
            issue_id=told.issue_id, subscriber_id=told.reader.id, kind=kind.value, lane_id=letter.delivery.lane_id,
            source=told.source[:80], reason=redact(told.reason)[:300], at=told.at,
        )  # fmt: skip
        session.add(report)
        if kind is BounceClass.COMPLAINT:
            words.append(LaterWord(letter.delivery, kind.value, letter.delivery.at))
            return Consequence.NOTED, report
        if letter_report.amend(session, letter.delivery, report, _amendment(kind, told.status)):
            words.append(LaterWord(letter.delivery, kind.value, report.first_at))
    report.elsewhere = elsewhere  # What was a member's before is the reader's own now.
    return Consequence.NOTED, None if elsewhere else report


def _ending(session: Session, counting: Mapping[int, LetterReport]) -> list[int]:
    """Places of the reports with which a mailbox is given up. All are in the database."""
    kinds = {place: BounceClass(report.kind) for place, report in counting.items()}
    soft = {place: counting[place].subscriber_id for place, kind in kinds.items() if kind in streak.COUNTED}
    over = streak.over(session, list(soft.values()))
    sane = _sane(session, {place: counting[place] for place, kind in kinds.items() if kind in HARD})
    return sorted([*sane, *(place for place, reader in soft.items() if reader in over)])


def amend_waiting(session: Session, issue_id: int) -> int:
    """Amend outcomes of which a report came before they were recorded; returns how many. The caller commits."""
    words: list[LaterWord] = []
    for report in letter_report.waiting(session, issue_id):
        for letter in letter_report.lock(session, [(issue_id, report.subscriber_id)]).values():
            if letter_report.amend(session, letter.delivery, report, _amendment(BounceClass(report.kind), "")):
                words.append(LaterWord(letter.delivery, report.kind, report.first_at))
    letter_tally.add_later(session, words)
    return len(words)


def _amendment(kind: BounceClass, status: str) -> Amendment:
    # As an answer at the relay is recorded: only an address that is gone has bounced, everything else has failed.
    return Amendment(DeliveryState.BOUNCED if kind in HARD else DeliveryState.FAILED, status)


class _Tie(enum.Enum):
    """How what failed is tied to the mailbox that the reader has now."""

    OWN = enum.auto()
    REWRITTEN = enum.auto()
    """Of the same name at another domain: one that a server rewrites, or where the reader has it forwarded to."""
    NONE = enum.auto()


def _tie(session: Session, told: ReportedLetter, switch: LastSwitch) -> _Tie:
    """The loosest tie of the addresses that were *told*; empty ones say nothing."""
    own = _form(told.reader.address_key or "")
    named = [one for one in (told.address, told.final) if one and told.reader.address_key]
    others = [form for one in named if (form := _form(one)) != own]
    if any(local != own[0] for local, _domain in others):
        return _Tie.NONE
    prepared_at = session.get_one(Issue, told.issue_id).prepared_at
    if switch.switched_at and prepared_at and switch.switched_at > prepared_at:
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


def _sane(session: Session, reports: Mapping[int, LetterReport]) -> list[int]:
    """Places of the reports before which few of a lane's letters had come back so: with many, our sender is suspected
    and not the readers."""
    gone = {lane: _gone(session, *lane) for lane in {(one.issue_id, one.lane_id) for one in reports.values()}}
    letters = {lane: _letters(session, *lane) for lane, count in gone.items() if count > MAX_COUNT}
    found = []
    for place in sorted(reports, reverse=True):  # The last one had all others before it.
        lane = reports[place].issue_id, reports[place].lane_id
        if gone[lane] <= MAX_COUNT or gone[lane] <= MAX_SHARE * letters[lane]:
            found.append(place)
        gone[lane] -= 1
    return found


def _gone(session: Session, issue_id: int, lane_id: int) -> int:
    of_lane = LetterReport.issue_id == issue_id, LetterReport.lane_id == lane_id
    readers = select(func.count(func.distinct(LetterReport.subscriber_id)))
    return session.scalar(readers.where(*of_lane, LetterReport.kind.in_([kind.value for kind in HARD]))) or 0


def _letters(session: Session, issue_id: int, lane_id: int) -> int:
    of_lane = Batch.issue_id == issue_id, Batch.lane_id == lane_id
    return session.scalar(select(func.sum(Batch.size)).where(*of_lane)) or 0


_Act = tuple[str, dict[str, Any]]
"""Subject and details of an entry in the audit log."""


def _suppress(session: Session, ended: Mapping[Subscriber, LetterReport]) -> list[_Act]:
    """Mailboxes take no mail: no newsletter writes to them any more. Staff may lift that with a note."""
    reason = SuppressionReason.BOUNCED
    for issue_id in sorted({report.issue_id for report in ended.values()}):
        keys = [one.address_key for one, report in ended.items() if report.issue_id == issue_id and one.address_key]
        suppression.suppress_each(session, keys, reason, note=f"issue/{issue_id}")
    acts: list[_Act] = []
    for reader, report in ended.items():
        for subscription in reader.subscriptions:
            if subscription.state is SubscriptionState.ACTIVE:
                subscription.end(BOUNCED)
        why = {"newsletter": None, "reason": reason.value, "why": report.kind, "issue": report.issue_id}
        acts.append((f"subscriber/{reader.id}", why))
    return acts


def _complain(session: Session, told: Sequence[ReportedLetter]) -> list[_Act]:
    """Readers have called a letter spam: its newsletter writes to them no more, and its staff hear of it."""
    reason, acts = SuppressionReason.COMPLAINED, list[_Act]()
    for issue in [session.get_one(Issue, number) for number in sorted({one.issue_id for one in told})]:
        complained = [one.reader for one in told if one.issue_id == issue.id]
        complaint_alarm.count(session, issue, len(complained))
        readers = [one for one in complained if one.address_key]
        why = {"newsletter": issue.newsletter_id, "reason": reason.value, "issue": issue.id}
        suppression.suppress_each(
            session, [one.address_key or "" for one in readers], reason,
            newsletter_id=issue.newsletter_id, note=f"issue/{issue.id}",
        )  # fmt: skip
        acts += [(f"subscriber/{one.id}", why) for one in readers]
    return acts


def _alarm(session: Session, words: Sequence[LaterWord]) -> None:
    """Let the alarms judge what was told. They may write to the audit log, so nothing is counted after them."""
    for issue_id in sorted({one.delivery.issue_id for one in words if one.kind == letter_tally.COMPLAINT}):
        complaint_alarm.judge(session, issue_id)
    watched = letter_tally.UNKNOWN_USER, *letter_tally.REFUSED_SENDER
    for lane_id in sorted({one.delivery.lane_id for one in words if one.kind in watched}):
        lane_alarm.judge(session, lane_id)
