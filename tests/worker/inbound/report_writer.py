"""Writes what other people's mail servers send back, from the bytes of a letter: it knows nothing of our own code."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage, Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

DAEMON = "MAILER-DAEMON@mx.other.example"


def bounce(
    letter: bytes, address: str, *, to: str, status: str = "5.1.1", said: str = "550 5.1.1 User unknown",
    action: str = "failed", quoted: bool = True,
) -> bytes:  # fmt: skip
    """A report of RFC 3464 about a letter.

    Arguments:
        letter: the letter as it was received.
        address: whom the report names.
        to: where the report goes.
        quoted: whether the letter's header is returned with it.
    """
    report = MIMEMultipart("report", report_type="delivery-status")
    report["From"], report["To"], report["Subject"] = DAEMON, to, "Undelivered Mail Returned to Sender"
    report.attach(MIMEText(f"Your message to {address} was not delivered.\n", "plain", "utf-8"))
    fields = Message()
    fields["Reporting-MTA"] = "dns; mx.other.example"
    one = Message()
    one["Final-Recipient"], one["Action"] = f"rfc822; {address}", action
    one["Status"], one["Diagnostic-Code"] = status, f"smtp; {said}"
    status_part = MIMEMessage(fields, "delivery-status")
    status_part.set_payload([fields, one])
    report.attach(status_part)
    if quoted:
        report.attach(MIMEText(_header(letter), "rfc822-headers"))
    return report.as_bytes()


def complaint(letter: bytes, address: str, *, to: str) -> bytes:
    """A feedback report of RFC 5965 with the letter attached; the address is in it but for its token."""
    report = MIMEMultipart("report", report_type="feedback-report")
    report["From"], report["To"], report["Subject"] = "fbl@provider.example", to, "FW: complaint"
    report.attach(MIMEText("A user has complained.\n"))
    feedback = Message()
    feedback["Feedback-Type"], feedback["User-Agent"], feedback["Version"] = "abuse", "Provider/1.0", "1"
    feedback["Original-Rcpt-To"] = address
    part = MIMEMessage(feedback, "feedback-report")
    report.attach(part)
    report.attach(MIMEMessage(message_from_bytes(letter)))
    return report.as_bytes()


def mail(*, sender: str, to: str, subject: str, text: str = "", **fields: str) -> bytes:
    """What a person or their program writes."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, subject
    for name, value in fields.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made.as_bytes()


def header_of(letter: bytes, name: str) -> str:
    """A header field of a letter, unfolded."""
    return " ".join(str(message_from_bytes(letter)[name] or "").split())


def _header(letter: bytes) -> str:
    return letter.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("ascii", "replace") + "\n"
