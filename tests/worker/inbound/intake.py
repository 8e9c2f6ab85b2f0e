"""What the intake's tests share: the real daemon as a process of its own, and letters that the product has sent."""

from __future__ import annotations

import os
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from models.bounces.returned_mail import ReturnedMail
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from models.readers.suppression import Suppression
from models.store import db
from ops.run import programs
from ops.run.child_process import ChildProcess

from ...servers import ROOT, free_port
from ..issue_sending import ChangeSettings, make_issue, send, smtp_server, url, wait_for

DOMAIN = "bounce.news.example"


def sent_letters(
    change_settings: ChangeSettings, readers: int, **newsletter: object
) -> tuple[int, dict[str, tuple[str, bytes]]]:
    """An issue that the product has sent: its id, and by reader the envelope sender and the letter as received."""
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server), RETURN_DOMAIN=DOMAIN)
        issue = make_issue(readers, **newsletter)
        send(issue)
        return issue, {one.recipient: (one.sender, one.data) for one in server.accepted}


@contextmanager
def daemon(folder: Path, port: int = 0, **environment: str) -> Iterator[tuple[ChildProcess, int]]:
    """``kairan returns``, listening by LMTP; with its port."""
    port = port or free_port()
    values = {**os.environ, "PYTHONPATH": str(ROOT), "RETURNS_LMTP": f"127.0.0.1:{port}", **environment}
    child = ChildProcess("intake", programs.kairan("returns"), log=folder / "returns.log", environment=values)
    try:
        child.wait_until(lambda: _answers(port), seconds=60)
        yield child, port
    finally:
        child.stop()


def _answers(port: int) -> bool:
    try:
        with smtplib.LMTP("127.0.0.1", port, timeout=5):
            return True
    except OSError:
        return False


def hand_over(port: int, raw: bytes, *to: str, sender: str = "") -> dict[str, tuple[int, bytes]]:
    """Give a message to the daemon as a mail server does; what it refused, by recipient."""
    with smtplib.LMTP("127.0.0.1", port, local_hostname="mx.example", timeout=30) as client:
        return client.sendmail(sender, list(to), raw)


def wait_judged(count: int, child: ChildProcess | None = None) -> dict[str, ReturnedMail]:
    """Wait until so many messages are judged; they, by the class that was read."""

    def judged() -> bool:
        with db.session_scope() as session:
            query = select(func.count()).select_from(ReturnedMail).where(ReturnedMail.judged_at.is_not(None))
            return session.scalar(query) == count

    wait_for(judged, 60, worker=child)
    with db.session_scope() as session:
        return {one.digest: one for one in session.scalars(select(ReturnedMail))}


def ended() -> set[str]:
    """Addresses of readers whose subscription is over."""
    with db.session_scope() as session:
        query = select(Subscriber.address).join(Subscription, Subscription.subscriber_id == Subscriber.id)
        return {one or "" for one in session.scalars(query.where(Subscription.state == SubscriptionState.ENDED))}


def suppressed() -> dict[str, str]:
    """By address, why it is not mailed."""
    with db.session_scope() as session:
        query = select(Subscriber.address, Suppression.reason)
        rows = session.execute(query.join(Suppression, Suppression.address_hash == Subscriber.address_hash))
        return {address or "": reason.value for address, reason in rows}
