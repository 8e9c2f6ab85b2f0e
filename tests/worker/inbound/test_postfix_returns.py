"""An issue through a real Postfix, which takes every letter and hands back by LMTP what servers behind it refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from models.deliveries import certificate
from models.deliveries.delivery import DeliveryState
from models.issues import issue as issues
from models.issues.issue_state import IssueState
from models.reports.kept import issue_sums
from models.reports.kept.issue_sums import LetterCount
from models.store import db

from ..issue_sending import ChangeSettings, counts, delivery_rows, make_issue, send, state_of, wait_for
from ..smtp import postfix
from ..smtp.postfix import Options
from .intake import DOMAIN, daemon, ended, suppressed, wait_judged

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_services")]

READERS = 100
ANSWERS = {
    "reader3@town.example": "550 5.1.1 User unknown",
    "reader33@town.example": "550 5.2.1 The mailbox is disabled",
    "reader44@town.example": "552 5.2.2 mailbox is over quota",
    "reader55@town.example": "554 5.7.1 Message rejected as spam",
    "member@town.example": "550 5.1.1 User unknown",
}
GROUP = "reader77@town.example"
"""Postfix hands its letters to a member, who is gone."""


class RefusingHop:
    """The servers behind Postfix (aiosmtpd)."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in ANSWERS:
            return ANSWERS[address]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken += envelope.rcpt_tos
        return "250 taken"


def test_letters_that_come_back_later(change_settings: ChangeSettings, tmp_path: Path) -> None:
    hop, port = RefusingHop(), postfix.free_port()
    controller = Controller(hop, "127.0.0.1", port)
    controller.start()
    try:
        with daemon(tmp_path, RETURN_DOMAIN=DOMAIN) as (child, lmtp):
            group = f"inline:{{ {{ {GROUP} = member@town.example }} }}"
            back = f"inline:{{ {{ {DOMAIN} = lmtp:inet:[127.0.0.1]:{lmtp} }} }}"
            options = Options(("127.0.0.1", port), settings={"transport_maps": back, "virtual_alias_maps": group})
            with postfix.running(options) as server:
                change_settings(SMTP_URL=f"smtp://127.0.0.1:{server.port}", RETURN_DOMAIN=DOMAIN)
                issue = make_issue(READERS)
                send(issue)
                found = wait_judged(len(ANSWERS), child)
                wait_for(lambda: len(hop.taken) == READERS - len(ANSWERS))
                assert "status=bounced" in server.log
                assert "undeliverable" not in server.log, "what we were given was not given back"
    finally:
        controller.stop()
    assert state_of(issue) is IssueState.SENT
    assert {mail.proof for mail in found.values()} == {"return path"}
    assert suppressed() == {"reader3@town.example": "bounced", "reader33@town.example": "bounced"}
    assert ended() == set(suppressed())
    expected = {DeliveryState.ACCEPTED: READERS - 5, DeliveryState.BOUNCED: 2, DeliveryState.FAILED: 3}
    assert counts(issue) == expected
    amended = {row.address for row in delivery_rows(issue) if row.state is not DeliveryState.ACCEPTED}
    assert amended == {*ANSWERS, GROUP} - {"member@town.example"}
    [of_group] = [mail for mail in found.values() if mail.address == GROUP]
    assert (of_group.kind, of_group.consequence) == ("no_such_mailbox", "noted"), "the group is there"
    with db.session_scope() as session:
        drawn = certificate.compute(session, issues.get(session, issue))
        assert (drawn.counts, drawn.returned, drawn.difference) == (expected, 5, 0)
        issue_sums.refresh(session, [issue])
        letters = session.query(LetterCount).where(LetterCount.issue_id == issue).all()
        assert {one.state: one.letters for one in letters} == expected
