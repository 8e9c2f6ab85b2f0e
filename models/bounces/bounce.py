"""Read one returned message: what it is, whom it names, and which rule said so. No state, no database.

The order: asking to leave, feedback reports, receipts and reports on authentication, fields of a report (RFC 3464),
words before the returned letter, automatic answers, anything else. What a message says proves nothing of who wrote it.
"""

from __future__ import annotations

import re
from collections import Counter

from . import reasons, recognition
from .auto_reply import is_auto_reply, is_by_program, is_titled_auto_reply
from .bounce_class import BounceClass
from .bounce_reading import Reading, RecipientReading, nobody, whole
from .dsn import REPORT_TYPES, RecipientReport, read_fields
from .event_notice import read_event
from .failure_text import (
    NamedRecipient,
    expanded_to,
    has_code,
    is_daemon,
    is_delay,
    is_titled,
    looks_returned,
    named,
    stage_of,
)
from .feedback_report import read_feedback
from .leave_request import is_leave_request
from .mail_text import addresses, before_letter, one_address, without_answered, without_subjects
from .reasons import Reason
from .returned_letter import letter_to, ours, own_text
from .returned_message import ReturnedMessage, take_apart

_RECEIPT = re.compile(r"disposition-notification|x-?tlsrpt|tlsrpt|tls-?report", re.IGNORECASE)
_REPORT_SUBJECT = re.compile(
    r"report domain:.{1,200}submitter:|\A\W*dmarc (?:aggregate|forensic|failure) report", re.IGNORECASE
)
_FORWARDED = re.compile(r"\A\s*(?:fwd?|転送|tr|wg|fw):", re.IGNORECASE)
_RECEIPT_SUBJECT = recognition.pattern("receipt_subject")
_QUARANTINE = recognition.pattern("quarantine_subject")


def read(raw: bytes) -> Reading:
    """Read a message.

    Arguments:
        raw: the message as it came; of any size, however broken. It never raises for what is in it.
    """
    return read_message(take_apart(raw))


def read_message(message: ReturnedMessage) -> Reading:
    """As :func:`read`, of a message that is taken apart already."""
    top, text = message.top, own_text(message)
    subject, sender = top.get("subject"), top.get("from") or top.get("sender")
    for reader in (_as_leave_request, _as_complaint, _as_receipt, _as_event, _as_report):
        if found := reader(message, subject, sender, text):
            return found
    plain = without_subjects(before_letter(text).strip() or text)
    answers = is_titled_auto_reply(subject) and not is_titled(subject)
    if not answers and (found := _as_text(message, subject, sender, plain)):
        return found
    if answers or is_auto_reply(top, subject, without_answered(plain)):
        return nobody(BounceClass.AUTO_REPLY, "RFC 3834")
    return nobody(BounceClass.OTHER, "nothing fits")


def _as_leave_request(message: ReturnedMessage, subject: str, sender: str, text: str) -> Reading | None:
    if message.top.kind in ("multipart/report", "message/delivery-status") or is_daemon(sender):
        return None
    asks = is_leave_request(message.top, subject, text, one_address(message.top.get("to")))
    return nobody(BounceClass.UNSUBSCRIBE_REQUEST, "unsubscribe by mail") if asks else None


def _as_complaint(message: ReturnedMessage, subject: str, sender: str, text: str) -> Reading | None:
    found = read_feedback(message)
    if found is None:
        return None
    if not found.is_complaint:
        return nobody(BounceClass.OTHER, f"feedback of type {found.kind[:40]}")
    rule = f"RFC 5965, {found.kind[:40]}"
    return whole([RecipientReading(address, BounceClass.COMPLAINT, rule) for address in found.recipients]) or nobody(
        BounceClass.COMPLAINT, rule
    )


def _as_receipt(message: ReturnedMessage, subject: str, sender: str, text: str) -> Reading | None:
    """Receipts (RFC 8098), reports on DMARC (RFC 7489) and TLS (RFC 8460), lists of what was quarantined."""
    types = {part.kind for part in message.own} | {
        message.top.parameters.get("report-type", "").lower(),
        message.top.kind,
    }
    if any(_RECEIPT.search(kind) for kind in types) or message.top.get("tls-report-domain"):
        return nobody(BounceClass.OTHER, "a receipt or a report on TLS")
    if _REPORT_SUBJECT.search(subject[:400]):
        return nobody(BounceClass.OTHER, "a report on DMARC")
    if types & REPORT_TYPES:
        return None
    if _RECEIPT_SUBJECT.search(subject[:100]) or _QUARANTINE.search(subject[:200]):
        return nobody(BounceClass.OTHER, "a receipt, or a list of what was held back")
    return None


def _as_event(message: ReturnedMessage, subject: str, sender: str, text: str) -> Reading | None:
    found = read_event(text)
    if found is None:
        return None
    kind, reports = found
    if kind == "complaint":
        complaints = [
            RecipientReading(name, BounceClass.COMPLAINT, "Amazon SES")
            for report in reports
            if report.fields.get("x-feedback-type") not in ("not-spam", "auth-failure")
            for name in report.names[:1]
        ]
        return whole(complaints) or nobody(BounceClass.OTHER, "Amazon SES")
    read_reports = [_of_report(report, "", "", message) for report in reports]
    return whole(read_reports) or nobody(BounceClass.OTHER, "Amazon SES")


def _as_report(message: ReturnedMessage, subject: str, sender: str, text: str) -> Reading | None:
    """A report with the fields of RFC 3464, in a part of its own or flattened into the text."""
    plain, reports = without_subjects(before_letter(text)), []
    for part in sorted((p for p in message.parts if p.kind in REPORT_TYPES), key=lambda part: part.depth):
        if part.quoted and not is_daemon(sender):
            continue
        if reports := read_fields(part.text):
            if part.quoted:
                plain = "\n".join(p.text for p in message.parts if p.depth == part.depth and p.kind == "text/plain")
            break
    if not reports:
        flat = "\n".join(part.text for part in message.own if part.kind.startswith(("text/", "application/octet")))
        reports = read_fields(flat) if re.search(r"^(?:final|original)-recipient ?:", flat, re.I | re.M) else []
    if not reports:
        return None
    blocks = {one.address.lower(): one.text for one in named(plain, ours(message))}
    shared = Counter(report.names[0].lower() for report in reports if report.names)
    found = []
    for report in reports:
        one = _of_report(report, _block(report, blocks, plain, alone=len(reports) == 1), subject, message)
        if len(report.names) > 1 and shared[report.names[0].lower()] > 1:
            one = one._replace(address=report.names[1])  # One address that stands for several: each has its own end.
        found.append(one)
    return whole(_filtered(message, found))


def _filtered(message: ReturnedMessage, found: list[RecipientReading]) -> list[RecipientReading]:
    """au's mark of a reader's filter turns an unknown user into a refusal."""
    if message.top.get("x-spasign") != "NG":
        return found
    return [one._replace(kind=BounceClass.REFUSED_BY_READER, rule="au: X-SPASIGN") for one in found]


def _block(report: RecipientReport, blocks: dict[str, str], plain: str, *, alone: bool) -> str:
    """What the text for people says of a recipient."""
    own = next((blocks[name.lower()] for name in report.names if name.lower() in blocks), "")
    return plain if alone else own


def _of_report(report: RecipientReport, block: str, subject: str, message: ReturnedMessage) -> RecipientReading:
    address = next(iter(report.names), "")
    if not address or "/" in address:
        to = letter_to(message)
        address = next((one.address for one in named(block, ours(message), to)), "") or _only(to) or address
    said = " ".join(report.diagnostic.split())[:300]

    def reading(kind: BounceClass, rule: str) -> RecipientReading:
        return RecipientReading(address, kind, rule, report.status, said, expanded_to(block, address) or report.final)

    if report.action in ("delivered", "relayed", "expanded") or (
        report.status[:1] == "2" and report.action != "failed"
    ):
        return reading(BounceClass.DELIVERED, f"Action: {report.action}")
    if report.action == "delayed" or (report.action != "failed" and is_delay(subject, block)):
        return reading(BounceClass.DELAYED, f"Action: {report.action}")
    found = _reason(report.diagnostic, block, report, address)
    return reading(found.kind, found.rule)


_INVITES = re.compile(r"https?://|\bclick|クリック|ログイン|こちら", re.IGNORECASE)
_UNKNOWN = Reason(BounceClass.UNKNOWN_FAILURE, "no rule fits")


def _reason(diagnostic: str, block: str, report: RecipientReport, address: str) -> Reason:
    """Why: what was answered counts for more than what people are told, and words for more than codes."""
    domains = tuple(
        dict.fromkeys(d for d in (address.rpartition("@")[2].lower(), report.remote.split(" ")[0].rstrip(".")) if d)
    )
    stage = stage_of(f"{diagnostic}\n{block}")
    first = reasons.reason(diagnostic, report.status, stage, domains) if diagnostic else None
    if first and first.from_words:
        return first
    second = reasons.reason(block, report.status, stage, domains) if block else None
    if second and second.from_words and not second.weak:
        return second
    return first or reasons.reason("", report.status, stage, domains) or second or _UNKNOWN


def _as_text(message: ReturnedMessage, subject: str, sender: str, plain: str) -> Reading | None:
    """A failure that is told in words alone."""
    failed = [one_address(value) for field in message.top.all("x-failed-recipients") for value in field.split(",")]
    if _FORWARDED.match(subject) or not (
        looks_returned(sender, subject, plain, by_program=is_by_program(message.top))
        or failed
        or message.top.kind == "multipart/report"
    ):
        return None
    to = letter_to(message)
    found = named(plain, ours(message), to)
    by_key = {one.address.lower(): one.text for one in found}
    if listed := [address for address in failed if address]:
        found = [
            NamedRecipient(address, by_key.get(address.lower(), plain if len(listed) == 1 else ""))
            for address in listed
        ]
    if not found and (address := _only(to)):
        found = [NamedRecipient(address, plain)]
    found = found or named(plain, addresses(sender), leading=True)
    if not found and not has_code(plain) and not message.attached and _INVITES.search(plain):
        return None  # Advertising that looks like a report, and warnings about our own mailbox.
    delayed = is_delay(subject, plain)
    readings = [_of_text(one, plain, delayed=delayed) for one in found or [NamedRecipient("", plain)]]
    if len(readings) == 1 or all(one.kind is _UNKNOWN.kind for one in readings):
        rest = "\n".join(line for line in plain.split("\n") if "@" not in line or len(readings) == 1)
        readings = [
            _of_text(NamedRecipient(one.address, rest), plain, delayed=delayed) if one.kind is _UNKNOWN.kind else one
            for one in readings
        ]
    return whole(_filtered(message, [_by_subject(one, subject, plain) for one in readings]))


def _by_subject(one: RecipientReading, subject: str, plain: str) -> RecipientReading:
    """What the subject says, last of all: many programs quote the letter's there."""
    if one.kind is not _UNKNOWN.kind:
        return one
    found = reasons.reason(subject, "", stage_of(subject) or stage_of(plain), (one.address.rpartition("@")[2].lower(),))
    return one._replace(kind=found.kind, rule=found.rule) if found else one


def _only(found: list[str]) -> str:
    return found[0] if len(found) == 1 else ""


def _of_text(one: NamedRecipient, plain: str, *, delayed: bool) -> RecipientReading:
    said, final = " ".join(one.text.split())[:300], expanded_to(plain, one.address)
    if delayed:
        return RecipientReading(one.address, BounceClass.DELAYED, "still tried", "", said, final)
    domains = (one.address.rpartition("@")[2].lower(),)
    lines = [line for line in plain.split("\n") if one.address and one.address.lower() in line.lower()]
    for text in (one.text, "\n".join(lines)):
        stage = stage_of(text) or stage_of(plain)
        found = reasons.reason(text, "", stage, domains) if text else None
        if found:
            return RecipientReading(one.address, found.kind, found.rule, "", said, final)
    return RecipientReading(one.address, _UNKNOWN.kind, _UNKNOWN.rule, "", said, final)
