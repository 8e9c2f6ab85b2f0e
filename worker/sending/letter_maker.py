"""A claimed delivery becomes an envelope: stamped for its reader, and signed where the newsletter signs."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from models.deliveries.claim import ClaimedDelivery
from models.deliveries.delivery_result import DeliveryResult
from models.deliveries.edition import Edition
from models.deliveries.letters import return_path
from models.deliveries.reply_code import OutcomeKind
from models.store.clock import now
from models.store.db import session_scope
from models.store.errors import Invalid
from templates.message.freeze import FrozenMessage
from templates.message.mime import StampedLetter, date_value
from templates.message.stamp import Stamper
from worker.smtp.envelope import Envelope

from .batch_store import Assignment
from .dkim import Signer


def signed(letter: StampedLetter, signer: Signer | None) -> bytes:
    """*letter* as it goes over the wire: the newsletter's signatures (RFC 6376) before its headers, if it signs."""
    if signer is None:
        return letter.raw
    return b"".join(
        (signer.sign(letter.headers, letter.body, canonical_body=True), letter.headers, b"\r\n", letter.body)
    )


class LetterMaker:
    """Makes the letters of one batch.

    Arguments:
        assignment: the batch.
    """

    def __init__(self, assignment: Assignment) -> None:
        newsletter, self._signer = assignment.newsletter, assignment.signer
        self._issue_id = assignment.lease.issue_id
        self._sender = return_path.maker(newsletter, self._issue_id)
        self._plain_sender = self._sender(0).isascii() and newsletter.sender_address.isascii()
        self._stampers: dict[int, Stamper] = {}
        self._date = b""

    def load(self, editions: Iterable[int]) -> None:
        """Fetch editions that are needed next. May block; the other methods do not."""
        if set(editions) - self._stampers.keys():
            with session_scope() as session:
                self.load_from(session, editions)
        self._date = date_value(now())

    def load_from(self, session: Session, editions: Iterable[int]) -> None:
        """Fetch editions that are needed next, some of which may not be committed yet."""
        for number in set(editions) - self._stampers.keys():
            frozen = FrozenMessage.unpack(session.get_one(Edition, (self._issue_id, number)).frozen)
            self._stampers[number] = Stamper(frozen, self._issue_id)
        self._date = date_value(now())

    def envelope(self, delivery: ClaimedDelivery) -> Envelope | DeliveryResult:
        """The letter of one reader; or why it cannot be made, as the result of the attempt."""
        address = delivery.address
        try:
            data = self._letter_bytes(self._stampers[delivery.edition], delivery)
        except Invalid as error:
            return DeliveryResult(
                delivery.subscriber_id, delivery.attempt, OutcomeKind.FAILED, "mail", answer=str(error)[:500]
            )
        smtputf8 = not (self._plain_sender and address.isascii())
        envid = f"{self._issue_id}-{delivery.subscriber_id}"
        # Bodies are base64 and headers our own: no line begins with a dot, and only addresses go beyond ASCII. Without
        # names, an envelope costs half.
        sender = self._sender(delivery.subscriber_id)
        return Envelope(delivery.subscriber_id, sender, address, data, False, False, smtputf8, envid)

    def _letter_bytes(self, stamper: Stamper, delivery: ClaimedDelivery) -> bytes:
        if self._signer is None:
            return stamper.whole(delivery, self._date)
        return signed(stamper.stamp(delivery, self._date), self._signer)
