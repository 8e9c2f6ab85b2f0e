"""Returned mail that we write ourselves, in the forms of the programs that write it."""

from __future__ import annotations

import base64

LETTER = """\
Received: from app.news.example by relay.example; Wed, 14 Oct 2026 10:00:07 +0900
Message-ID: <1.a@news.example>
From: <ict@news.example>
To: {to}
Subject: =?utf-8?B?56ysMeWPtw==?=

The letter.
"""
DAEMON = "Mail Delivery System <MAILER-DAEMON@relay.example>"


def message(
    body: str, *, sender: str = DAEMON, subject: str = "Undelivered Mail Returned to Sender", head: str = ""
) -> bytes:
    """A message to our return address with a null sender."""
    fields = f"Return-Path: <>\nFrom: {sender}\nTo: bounces@news.example\nSubject: {subject}\n{head}"
    return f"{fields.rstrip()}\n\n{body}".encode()


def said(reader: str, answer: str, command: str = "RCPT TO") -> bytes:
    """Postfix's report in plain text: what a host said about a reader."""
    return message(
        f"This is the mail system at host relay.example.\n\n<{reader}>: host mx.example[192.0.2.1] said: {answer}"
        f" (in reply to {command} command)\n"
    )


def report(
    *recipients: str,
    text: str = "Some recipients were not reached.",
    kind: str = "message/delivery-status",
    encoded: bool = False,
    to: str = "a@b.example",
    **head: str,
) -> bytes:
    """A report of RFC 3464; each recipient is its group of fields."""
    fields = "Reporting-MTA: dns; relay.example\n\n" + "\n\n".join(recipients) + "\n"
    if encoded:
        fields = "\n" + base64.encodebytes(fields.encode()).decode()
    encoding = "\nContent-Transfer-Encoding: base64" if encoded else ""
    body = (
        f"--=_1\nContent-Type: text/plain; charset=utf-8\n\n{text}\n\n"
        f"--=_1\nContent-Type: {kind}{encoding}\n\n{fields}\n"
        f"--=_1\nContent-Type: message/rfc822\n\n{LETTER.format(to=to)}\n--=_1--\n"
    )
    top = 'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="=_1"'
    return message(body, head=top, **head)


def fields(reader: str, status: str = "5.1.1", answer: str = "", action: str = "failed", **more: str) -> str:
    """One recipient's group of fields."""
    lines = [f"Final-Recipient: rfc822; {reader}", f"Action: {action}", f"Status: {status}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return "\n".join([*lines, f"Diagnostic-Code: smtp; {answer}"] if answer else lines)


def feedback(kind: str, *, more: str = "Original-Rcpt-To: <a@b.example>") -> bytes:
    """A feedback report (RFC 5965)."""
    return message(
        "--=_1\nContent-Type: text/plain\n\nAn abuse report.\n\n--=_1\nContent-Type: message/feedback-report\n\n"
        f"Feedback-Type: {kind}\nUser-Agent: x/1\nVersion: 1\n{more}\n\n--=_1\nContent-Type: message/rfc822\n\n"
        f"{LETTER.format(to='a@b.example')}\n--=_1--\n",
        sender="fbl@isp.example",
        subject="Report",
        head='Content-Type: multipart/report; report-type=feedback-report; boundary="=_1"',
    )


def japanese(text: str, charset: str, *, declared: str = "", subject: str = "failure notice") -> bytes:
    """A notice in a charset of Japan; *declared* is what the header says of it."""
    content = f"\nContent-Type: text/plain; charset={declared}" if declared else ""
    head = f"Return-Path: <>\nFrom: postmaster@gw.example\nTo: bounces@news.example\nSubject: {subject}{content}\n\n"
    return head.encode() + text.encode(charset)
