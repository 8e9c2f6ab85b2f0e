"""What comes back of the demo's letters: reports of mail servers, a complaint, an automatic reply.

Written by readers' servers and programs as far as the demo is concerned; taken in and judged as by the intake.
"""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, message_from_string
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from models.bounces import judge, returned_mail
from models.issues.issue import Issue
from models.mailbox import IndexEntry, Mailbox
from models.store import clock

from . import past, personas
from .personas import ComesBack

SERVER = "mx.example"
SAID = {
    ComesBack.GONE: ("failed", "550 5.1.1 User unknown", "この宛先は、現在使われていません。"),
    ComesBack.FULL: ("failed", "552 5.2.2 Mailbox full", "受信箱の容量を超えているため、お届けできませんでした。"),
    ComesBack.FILTERED: ("failed", "550 5.7.1 Rejected by recipient's filter", "受信設定により、お届けできません。"),
    ComesBack.DELAYED: ("delayed", "421 4.4.1 Connection timed out", "まだお届けできていません。配送を続けます。"),
}  # fmt: skip
"""By what comes back: action (RFC 3464), what the server said, and its words for people."""
COMPLAINT = "A reader has reported the message below as unwanted.\n"
AWAY = "出張のため、明後日まで席を外しております。戻り次第、メールを拝見します。\n"
AFTER = {
    ComesBack.COMPLAINT: timedelta(hours=3, minutes=12),
    ComesBack.DELAYED: timedelta(hours=4),
    ComesBack.AWAY: timedelta(seconds=9),
}
"""How long after its letter it comes, where that is not :data:`SOON`."""
SOON = timedelta(minutes=2)


def come_back(session: Session, issue: Issue, mailbox: Mailbox) -> int:
    """Let come what comes back of an issue's letters; how many messages.

    Arguments:
        issue: which was sent just now, by the clock of this process.
        mailbox: with its letters.
    """
    letters = [one for one in mailbox.entries() if one.subject == issue.subject]
    coming = [
        (AFTER.get(what, SOON), one, what)
        for one in letters
        if (what := personas.comes_back(one.recipients[0], issue.number)) is not None
    ]
    for after, letter, what in sorted(coming, key=lambda one: one[0]):
        with past.at(clock.now() + after):
            _take_in(session, letter, what, message_from_bytes(mailbox.raw(letter.number)))
    return len(coming)


def _take_in(session: Session, letter: IndexEntry, what: ComesBack, sent: Message) -> None:
    [reader] = letter.recipients
    made = _answer(sent) if what is ComesBack.AWAY else _report(what, reader, sent)
    made["From"] = reader if what is ComesBack.AWAY else f"MAILER-DAEMON@{SERVER}"
    made["To"], made["Date"] = letter.sender, format_datetime(clock.now())
    raw = made.as_bytes().replace(b"\n", b"\r\n")
    returned_mail.take_in(session, raw, way="lmtp", recipients=[letter.sender])
    judge.judge(session, sha256(raw).hexdigest())


def _answer(sent: Message) -> Message:
    """What somebody's mail program answers (RFC 3834)."""
    made = MIMEText(AWAY)
    made["Subject"], made["Auto-Submitted"], made["In-Reply-To"] = "不在のお知らせ", "auto-replied", sent["Message-ID"]
    return made


def _report(what: ComesBack, reader: str, sent: Message) -> Message:
    """What a server tells of a letter that it has taken (RFC 3464), or a provider of a complaint (RFC 5965)."""
    if what is ComesBack.COMPLAINT:
        kind, subject, words = "feedback-report", "Feedback report", COMPLAINT
        fields = f"Feedback-Type: abuse\nUser-Agent: Example-Feedback/1\nVersion: 1\nOriginal-Rcpt-To: {reader}\n"
    else:
        kind, subject = "delivery-status", "配信状況のお知らせ"
        action, said, words = SAID[what]
        fields = (
            f"Reporting-MTA: dns; {SERVER}\n\nFinal-Recipient: rfc822; {reader}\nAction: {action}\n"
            f"Status: {said.split()[1]}\nDiagnostic-Code: smtp; {said}\n"
        )
    made = MIMEMultipart("report")
    made.set_param("report-type", kind)
    made["Subject"], made["Auto-Submitted"] = subject, "auto-generated"
    made.attach(MIMEText(f"{reader}\n\n{words}"))
    made.attach(message_from_string(f"Content-Type: message/{kind}\n\n{fields}"))
    made.attach(MIMEText(f"Message-ID: {sent['Message-ID']}\n", "rfc822-headers"))
    return made
