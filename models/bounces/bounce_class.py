"""Classes of returned mail: fine ones, which rules give, and the coarse ones that say what may follow."""

from __future__ import annotations

import enum


class BounceClass(enum.Enum):
    """What a returned message says of one recipient, or of nobody."""

    NO_SUCH_MAILBOX = "no_such_mailbox"
    """The mailbox or its domain does not exist (any more), takes no mail at all, or has moved."""
    DISABLED = "disabled"
    """The mailbox exists and is closed for good: suspended, given up, inactive."""
    MAILBOX_FULL = "mailbox_full"
    REFUSED_BY_READER = "refused_by_reader"
    """The reader's own filter (指定受信, blocked senders). It never ends a subscription."""
    REFUSED_AS_SPAM = "refused_as_spam"
    POLICY = "policy"
    """Refused for who sends: authentication, reputation, rate, relaying, our sender's address."""
    TOO_LARGE = "too_large"
    CONTENT = "content"
    """The message's form, an attachment, a virus."""
    NETWORK = "network"
    """Given up after tries: no route, time-outs, loops, a server in trouble."""
    DELAYED = "delayed"
    """Not delivered yet and still tried: no failure."""
    DELIVERED = "delivered"
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto_reply"
    UNSUBSCRIBE_REQUEST = "unsubscribe_request"
    OTHER = "other"
    """Nothing of these: people, receipts, reports on authentication, advertising."""
    UNKNOWN_FAILURE = "unknown_failure"
    """Failed, and nothing is known of why."""

    @property
    def coarse(self) -> str:
        """The word for what may follow: hard, soft, delayed, delivered, complaint, auto-reply, unsubscribe, other."""
        return _COARSE.get(self, "soft")

    @property
    def is_failure(self) -> bool:
        """Whether a letter did not arrive."""
        return self.coarse in ("hard", "soft")

    @property
    def has_consequences(self) -> bool:
        """Whether anything can follow from it: a failure or a complaint."""
        return self.is_failure or self is BounceClass.COMPLAINT


_COARSE = {
    BounceClass.NO_SUCH_MAILBOX: "hard",
    BounceClass.DISABLED: "hard",
    BounceClass.DELAYED: "delayed",
    BounceClass.DELIVERED: "delivered",
    BounceClass.COMPLAINT: "complaint",
    BounceClass.AUTO_REPLY: "auto-reply",
    BounceClass.UNSUBSCRIBE_REQUEST: "unsubscribe",
    BounceClass.OTHER: "other",
}
