"""The bytes of MAIL, RCPT and the message, and the letters that must not be put into them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.deliveries.relays.relay_address import RelayAddress
from models.deliveries.reply_code import OutcomeKind, Stage
from models.store.errors import Invalid
from models.store.mail_address import smtp_mailbox

from .envelope import Envelope
from .features import Features

DOT = b".\r\n"

_XTEXT = re.compile(r"[^!-*,-<>-~]")
_BARE_LINE_BREAK = re.compile(rb"\r(?!\n)|(?<!\r)\n")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a letter is not even offered to the relay, with the codes that a relay would have used (RFC 5248)."""

    kind: OutcomeKind
    stage: Stage
    code: int
    enhanced: str
    text: str


class Commands:
    """Writes commands for one relay with the features that it offered."""

    __slots__ = ("_dsn", "_features", "_mail", "_parameters", "_rcpt", "_recipient", "_sender")

    def __init__(self, relay: RelayAddress, features: Features, *, parameters: bool = True) -> None:
        """*parameters* off: the relay refused what it had offered; write MAIL and RCPT bare."""
        self._features = features
        self._parameters = parameters
        self._dsn = relay.dsn and features.dsn and parameters
        self._sender: str | None = None
        self._mail = b""
        self._recipient: str | None = None
        self._rcpt = b""

    def refusal(self, envelope: Envelope) -> Refusal | None:
        """Why *envelope* cannot go to this relay at all; ``None`` if it can."""
        try:
            stage, enhanced = Stage.MAIL, "5.1.7"
            self._set_sender(envelope.sender)
            stage, enhanced = Stage.RCPT, "5.1.3"
            self._set_recipient(envelope.recipient)
        except Invalid as problem:
            kind = OutcomeKind.HELD if stage is Stage.MAIL else OutcomeKind.BOUNCED
            return Refusal(kind, stage, 553, enhanced, str(problem))
        if not (self._mail.isascii() and self._rcpt.isascii()) and not (envelope.smtputf8 and self._features.smtputf8):
            text = "an address has letters outside ASCII and the relay does not offer SMTPUTF8"
            if not self._mail.isascii():
                return Refusal(OutcomeKind.HELD, Stage.MAIL, 553, "5.6.7", f"sender: {text}")
            return Refusal(OutcomeKind.FAILED, Stage.RCPT, 553, "5.6.7", text)
        return self._message_refusal(envelope)

    def _message_refusal(self, envelope: Envelope) -> Refusal | None:
        features = self._features
        if features.size and len(envelope.data) > features.size:
            text = f"{len(envelope.data)} bytes are more than the {features.size} that the relay takes"
            return Refusal(OutcomeKind.HELD, Stage.MAIL, 552, "5.3.4", text)
        if envelope.smtputf8 and not features.smtputf8:
            text = "the letter needs SMTPUTF8 and the relay does not offer it"
            if envelope.recipient.isascii():
                return Refusal(OutcomeKind.HELD, Stage.MAIL, 550, "5.6.7", text)
            return Refusal(OutcomeKind.FAILED, Stage.RCPT, 550, "5.6.7", text)  # Only for this reader's address.
        if envelope.eight_bit and not features.eight_bit:
            text = "the letter has bytes above 127 and the relay does not offer 8BITMIME"
            return Refusal(OutcomeKind.HELD, Stage.MAIL, 554, "5.6.3", text)
        if envelope.needs_stuffing and _BARE_LINE_BREAK.search(envelope.data):
            text = "the letter has a CR or LF that stands alone"
            return Refusal(OutcomeKind.HELD, Stage.DATA, 554, "5.6.0", text)
        return None

    def mail(self, envelope: Envelope) -> bytes:
        """The MAIL command. The sender has passed :meth:`refusal`."""
        self._set_sender(envelope.sender)
        if not self._parameters:
            return self._mail + b"\r\n"
        features = self._features
        parameters = self._mail
        if features.sizes:
            parameters += b" SIZE=%d" % len(envelope.data)
        if envelope.eight_bit:
            parameters += b" BODY=8BITMIME"
        if envelope.smtputf8:
            parameters += b" SMTPUTF8"
        if self._dsn:
            parameters += b" RET=HDRS"
            if envelope.envid:
                parameters += b" ENVID=" + _xtext(envelope.envid)
        return parameters + b"\r\n"

    def rcpt(self, envelope: Envelope) -> bytes:
        """The RCPT command. The recipient has passed :meth:`refusal`."""
        self._set_recipient(envelope.recipient)
        return self._rcpt

    def group(self, envelope: Envelope) -> bytes:
        """MAIL, RCPT and DATA in one piece (RFC 2920)."""
        return self.mail(envelope) + self.rcpt(envelope) + b"DATA\r\n"

    def _set_sender(self, sender: str) -> None:
        """Remembered, for a run of letters has the same one."""
        if sender != self._sender:
            self._mail = f"MAIL FROM:<{smtp_mailbox(sender) if sender else ''}>".encode()
            self._sender = sender

    def _set_recipient(self, recipient: str) -> None:
        """Remembered from checking until writing."""
        if recipient != self._recipient:
            notify = " NOTIFY=FAILURE" if self._dsn else ""
            self._rcpt = f"RCPT TO:<{smtp_mailbox(recipient)}>{notify}\r\n".encode()
            self._recipient = recipient


def stuffed(data: bytes) -> bytes:
    """*data* with a second dot before each that begins a line (RFC 5321, 4.5.2)."""
    if data[:1] == b".":
        data = b"." + data
    return data.replace(b"\r\n.", b"\r\n..") if b"\r\n." in data else data


def _xtext(value: str) -> bytes:
    """RFC 3461, 4: at most 100 characters of printable ASCII."""
    encoded = _XTEXT.sub(lambda match: "".join(f"+{byte:02X}" for byte in match[0].encode()), value)
    return encoded[:100].encode()
