"""What returned mail is called on staff's pages."""

from __future__ import annotations

from flask_babel import lazy_gettext

KINDS = {
    "no_such_mailbox": lazy_gettext("no such mailbox"),
    "disabled": lazy_gettext("mailbox closed"),
    "mailbox_full": lazy_gettext("mailbox full"),
    "refused_by_reader": lazy_gettext("refused by the reader's own filter"),
    "refused_as_spam": lazy_gettext("refused as spam"),
    "policy": lazy_gettext("refused by a rule about senders"),
    "too_large": lazy_gettext("too large"),
    "content": lazy_gettext("refused for its content"),
    "network": lazy_gettext("server not reached"),
    "delayed": lazy_gettext("delayed, still being tried"),
    "delivered": lazy_gettext("has arrived"),
    "complaint": lazy_gettext("called spam by the reader"),
    "auto_reply": lazy_gettext("automatic answer"),
    "unsubscribe_request": lazy_gettext("asks to leave"),
    "other": lazy_gettext("something else"),
    "unknown_failure": lazy_gettext("failed, reason unknown"),
}
CONSEQUENCES = {
    "nothing": lazy_gettext("nothing"),
    "known": lazy_gettext("nothing: told before"),
    "noted": lazy_gettext("kept; letters go on"),
    "suppressed": lazy_gettext("letters stopped"),
    "unproved": lazy_gettext("nothing: unproved"),
    "left": lazy_gettext("has left"),
    "had left": lazy_gettext("nothing: had left before"),
    "link sent": lazy_gettext("a letter with a link was sent"),
}
PROOFS = {
    "return path": lazy_gettext("the letter's own return path"),
    "message id": lazy_gettext("the letter's Message-ID"),
    "unsubscribe link": lazy_gettext("the letter's unsubscribe link"),
}
WAYS = {
    "lmtp": lazy_gettext("your mail server (LMTP)"),
    "smtp": lazy_gettext("from outside (SMTP)"),
    "maildir": lazy_gettext("a Maildir"),
    "imap": lazy_gettext("a mailbox (IMAP)"),
    "import": lazy_gettext("an import of files"),
}
SERVICES = {
    "ses": "Amazon SES",
    "sendgrid": "SendGrid",
    "mailgun": "Mailgun",
    "postmark": "Postmark",
    "brevo": "Brevo",
    "relay": lazy_gettext("your relay"),
}
"""Sending services that tell of events."""
