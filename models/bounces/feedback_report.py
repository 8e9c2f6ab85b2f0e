"""Feedback reports: a reader pressed “spam” (RFC 5965, ARF), and reports that only look alike.

``not-spam`` (RFC 6430) and ``auth-failure`` (RFC 6591) are no complaints. Microsoft's JMRP sends the letter alone, in
a multipart/mixed, with the reader in a field of its own.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from . import recognition
from .mail_text import one_address
from .returned_message import Part, ReturnedMessage

_FIELD = re.compile(r"^([A-Za-z][\w-]{2,40}):[ \t]*(.*(?:\n[ \t]+.*){0,20})", re.MULTILINE)
_NO_COMPLAINT = frozenset({"not-spam", "auth-failure", "dmarc", "opt-in"})
_RECIPIENTS = ("original-rcpt-to", "removal-recipient", "x-hmxmroriginalrecipient", "original-recipient")
_SUBJECT = recognition.pattern("complaint_subject")
_MOST = 300


class FeedbackReport(NamedTuple):
    """What a report says."""

    is_complaint: bool
    recipients: list[str]
    kind: str
    """The Feedback-Type."""


def read_feedback(message: ReturnedMessage) -> FeedbackReport | None:
    """The feedback report in a message, or None."""
    for part in message.own:
        if part.kind == "message/feedback-report" or (
            part.kind.startswith("text/")
            and re.search(r"^feedback-type:", part.text[:8000], re.IGNORECASE | re.MULTILINE)
        ):
            return _report(part, message)
    return _junk_mail_report(message)


def _report(part: Part, message: ReturnedMessage) -> FeedbackReport:
    fields = [(name.lower(), value.strip()) for name, value in _FIELD.findall(part.text)]
    kind = next((value.lower() for name, value in fields if name == "feedback-type"), "")
    named = [one_address(value) for name, value in fields if name in _RECIPIENTS]
    about_us = any(name == "auth-failure" for name, _ in fields)
    return FeedbackReport(
        kind.split(";")[0].strip() not in _NO_COMPLAINT and not about_us, _unique(named) or _of_letter(message), kind
    )


def _junk_mail_report(message: ReturnedMessage) -> FeedbackReport | None:
    """Microsoft's shape, and reports that say by their subject what they are and bring the letter."""
    letters = message.attached
    if not letters:
        return None
    own = [one_address(value) for value in letters[0].all("x-hmxmroriginalrecipient")]
    if own or _SUBJECT.search(message.top.get("subject")):
        return FeedbackReport(True, _unique(own) or _of_letter(message), "abuse")
    return None


def _of_letter(message: ReturnedMessage) -> list[str]:
    return _unique([one_address(value) for letter in message.attached[:1] for value in letter.all("to")])


def _unique(found: list[str]) -> list[str]:
    return list(dict.fromkeys(address for address in found if address and "redacted" not in address.lower()))[:_MOST]
