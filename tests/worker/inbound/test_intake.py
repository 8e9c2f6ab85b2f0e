"""True and forged reports about letters that the product sent, through the real listener; and its sudden death."""

from __future__ import annotations

import os
import signal
import smtplib
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.bounces.returned_mail import ReturnedMail
from models.deliveries import certificate
from models.deliveries.delivery import DeliveryState
from models.issues import issue as issues
from models.outbox.transactional import TransactionalLetter
from models.store import db

from ..issue_sending import ChangeSettings, counts, wait_for
from . import report_writer as writer
from .intake import DOMAIN, daemon, ended, hand_over, sent_letters, suppressed, wait_judged

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_services")]


def reader(number: int) -> str:
    return f"reader{number}@town.example"


def test_true_reports_have_consequences_and_forged_ones_have_none(
    change_settings: ChangeSettings, tmp_path: Path
) -> None:
    issue, letters = sent_letters(change_settings, 12)
    assert len({sender for sender, _ in letters.values()}) == 12, "each letter has a return path of its own"
    paths = {address: sender for address, (sender, _) in letters.items()}
    raw = {address: letter for address, (_, letter) in letters.items()}
    office = "ict@example.lg.jp"
    forged = paths[reader(2)].replace(paths[reader(2)].partition("@")[0][-4:], "0000")

    def bounce(number: int, to: str = office, **more: object) -> bytes:
        return writer.bounce(raw[reader(number)], reader(number), to=to, **more)  # type: ignore[arg-type]

    stripped = b"Message-ID: <1@elsewhere.example>\r\n\r\n"
    true = {
        # by the return path alone, in capitals as some gateways write it
        paths[reader(0)].upper(): bounce(0, quoted=False),
        # by the Message-ID in the returned header, to the office's own mailbox
        office: bounce(1),
    }
    with daemon(tmp_path, RETURN_DOMAIN=DOMAIN) as (child, port):
        for to, message in true.items():
            assert hand_over(port, message, to) == {}
        # Nothing proves these: another's token changed, a token of nobody, an address merely named.
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            hand_over(port, bounce(2, quoted=False), forged)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            hand_over(port, bounce(2), "somebody@elsewhere.example")
        hand_over(port, bounce(2, quoted=False), office)
        hand_over(port, writer.bounce(stripped, reader(2), to=office), office)
        message_id = writer.header_of(raw[reader(2)], "Message-ID").partition("@")[0]
        guessed = f"From: <{office}>\r\nMessage-ID: {message_id[:-4]}AAAA@example.lg.jp>\r\n\r\n".encode()
        hand_over(port, writer.bounce(guessed, reader(2), to=office), office)
        # Reader 3 has a letter, and writes a report about reader 4 with the token of their own.
        hand_over(port, writer.bounce(raw[reader(3)], reader(4), to=office, quoted=False), paths[reader(3)])
        # Soft, delayed, delivered, by a reader's own filter: nobody is struck.
        hand_over(port, bounce(5, status="5.2.2", said="552 5.2.2 mailbox is over quota"), paths[reader(5)])
        hand_over(port, bounce(6, action="delayed", status="4.4.1", said="connection timed out"), paths[reader(6)])
        hand_over(port, writer.complaint(raw[reader(7)], reader(7), to=office), office)
        answered = writer.header_of(raw[reader(8)], "Message-ID")
        away = writer.mail(sender=reader(8), to=office, subject="自動応答: 不在です", text="ただいま不在です。",
                           Auto_Submitted="auto-replied", In_Reply_To=answered)  # fmt: skip
        hand_over(port, away, paths[reader(8)])
        # The mailto of List-Unsubscribe.
        link = writer.header_of(raw[reader(9)], "List-Unsubscribe")
        token = link.partition("mailto:unsubscribe@" + DOMAIN + "?subject=unsubscribe%20")[2].partition(">")[0]
        assert len(token) == 32, link
        leave = writer.mail(sender="Other <other@elsewhere.example>", to=f"unsubscribe@{DOMAIN}",
                            subject=f"unsubscribe {token}")  # fmt: skip
        hand_over(port, leave, f"unsubscribe@{DOMAIN}", sender="other@elsewhere.example")
        for _ in range(3):  # The same report again and again is one.
            hand_over(port, true[office], office)
        # Not too large, and broken; too large is refused while its sender can hear it.
        hand_over(port, b"\0\xff" * 100 + b"\r\nSubject: =?utf-8?B?//\r\n\r\n", office)
        with pytest.raises(smtplib.SMTPResponseException, match="552"):
            hand_over(port, b"a" * 70 + b"\r\n" + (b"a" * 998 + b"\r\n") * 26_000, office)
        found = wait_judged(12, child)
    assert sorted((mail.kind, mail.proof, mail.consequence) for mail in found.values()) == sorted(
        [
            ("no_such_mailbox", "return path", "suppressed"),
            ("no_such_mailbox", "message id", "suppressed"),
            *[("no_such_mailbox", "", "unproved")] * 3,
            ("no_such_mailbox", "return path", "noted"),
            ("mailbox_full", "return path", "noted"),
            ("delayed", "return path", "nothing"),
            ("complaint", "message id", "suppressed"),
            ("auto_reply", "return path", "nothing"),
            ("unsubscribe_request", "", "left"),
            ("other", "", "nothing"),
        ]
    )
    assert {mail.sender for mail in found.values()} == {"", "other@elsewhere.example"}, "without angle brackets"
    assert suppressed() == {
        reader(0): "bounced", reader(1): "bounced", reader(7): "complained", reader(9): "unsubscribed",
    }  # fmt: skip
    assert ended() == {reader(0), reader(1), reader(9)}
    assert counts(issue) == {DeliveryState.ACCEPTED: 8, DeliveryState.BOUNCED: 2, DeliveryState.FAILED: 2}
    with db.session_scope() as session:
        drawn = certificate.compute(session, issues.get(session, issue))
        assert (drawn.returned, drawn.difference) == (4, 0)
        assert session.scalars(select(TransactionalLetter)).all() == [], "nothing that comes in is answered"


def test_killed_between_messages_it_loses_and_doubles_nothing(change_settings: ChangeSettings, tmp_path: Path) -> None:
    issue, letters = sent_letters(change_settings, 24)
    waiting = {
        sender: writer.bounce(letter, address, to=sender, quoted=False).replace(b"\n", b"\r\n")
        for address, (sender, letter) in letters.items()
    }  # as they go over the wire, so that what is handed over again has the same bytes
    assert not any(b"\r\n." in message for message in waiting.values())
    port = 0
    for answered in (7, 8):
        with daemon(tmp_path, port, RETURN_DOMAIN=DOMAIN) as (child, port):
            for sender in list(waiting)[:answered]:
                assert hand_over(port, waiting[sender], sender) == {}
                del waiting[sender]
            # The next one is on its way when it dies, and may be stored: it is handed over again.
            sender = next(iter(waiting))
            with smtplib.LMTP("127.0.0.1", port, timeout=30) as client:
                client.ehlo_or_helo_if_needed()
                client.mail("")
                client.rcpt(sender)
                client.putcmd("data")
                client.getreply()
                client.send(waiting[sender] + b".\r\n")
                os.killpg(child.pid, signal.SIGKILL)
                with suppress(OSError):
                    client.getreply()
                client.close()
            wait_for(lambda child=child: child.returncode is not None)  # type: ignore[misc]
    with daemon(tmp_path, port, RETURN_DOMAIN=DOMAIN) as (child, port):
        for sender, message in waiting.items():
            assert hand_over(port, message, sender) == {}
        wait_judged(24, child)
    with db.session_scope() as session:
        assert session.scalar(select(func.count()).select_from(ReturnedMail)) == 24
        drawn = certificate.compute(session, issues.get(session, issue))
    assert (drawn.counts, drawn.returned) == ({DeliveryState.BOUNCED: 24}, 24)
    # More than twenty and more than a tenth of a lane came back as unknown: then our sender is suspected.
    assert len(suppressed()) == 20
