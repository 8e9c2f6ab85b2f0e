"""Reports that a real Postfix writes about what a server behind it answered, read back."""

from __future__ import annotations

import smtplib
import threading
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from models.bounces import bounce
from models.bounces.bounce_reading import Reading
from tests.worker.smtp import postfix
from tests.worker.smtp.postfix import Options

pytestmark = pytest.mark.slow

SENDER = "bounces@news.example"
AT_RCPT = {
    "gone@b.example": "550 5.1.1 <gone@b.example>: Recipient address rejected: User unknown",
    "full@b.example": "552 5.2.2 mailbox is over quota",
    "nobody@docomo.ne.jp": "550 Unknown user nobody@docomo.ne.jp",
}
AFTER_DATA = {
    "filter@docomo.ne.jp": "550 Unknown user filter@docomo.ne.jp",
    "filter@au.com": "550 : User unknown",
    "spam@b.example": "554 5.7.1 Message rejected as spam",
}
EXPECTED = {
    "gone@b.example": "no_such_mailbox",
    "full@b.example": "mailbox_full",
    "nobody@docomo.ne.jp": "no_such_mailbox",
    "filter@docomo.ne.jp": "refused_by_reader",
    "filter@au.com": "refused_by_reader",
    "spam@b.example": "refused_as_spam",
    "taken@b.example": "delivered",
}


class Refusing:
    """A server that refuses some; it takes what comes back to the sender (aiosmtpd)."""

    def __init__(self) -> None:
        self.returned: list[bytes] = []
        self.all_back = threading.Event()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in AT_RCPT:
            return AT_RCPT[address]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        [address] = envelope.rcpt_tos
        if address == SENDER:
            self.returned.append(envelope.content)
            if len(self.returned) == len(EXPECTED):
                self.all_back.set()
        return AFTER_DATA.get(address, "250 taken")


def test_what_postfix_reports_is_read_as_what_was_answered() -> None:
    hop, port = Refusing(), postfix.free_port()
    controller = Controller(hop, "127.0.0.1", port)
    controller.start()
    try:
        with postfix.running(Options(("127.0.0.1", port))) as server, smtplib.SMTP("127.0.0.1", server.port) as client:
            for address in EXPECTED:
                letter = f"From: ict@news.example\r\nTo: {address}\r\nSubject: 1\r\n\r\nHello\r\n"
                client.sendmail(SENDER, address, letter, rcpt_options=["NOTIFY=SUCCESS,FAILURE"])
            hop.all_back.wait()
    finally:
        controller.stop()
    found: list[Reading] = [bounce.read(raw) for raw in hop.returned]
    assert {one.address: one.kind.value for reading in found for one in reading.recipients} == EXPECTED
