"""A whole issue through a real Postfix: TLS, login, greylisting, refusals, few connections; nobody twice or lost."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from models.deliveries.delivery import DeliveryState
from models.issues.dkim_key import Key, KeyKind
from models.issues.issue_state import IssueState
from models.store import clock

from ..issue_sending import (
    ChangeSettings,
    counts,
    delivery_rows,
    make_issue,
    send,
    state_of,
    take_turns,
    take_turns_later,
)
from ..smtp.certificate import make
from ..smtp.test_postfix import NextHop, arrived, relaying
from .test_dkim import verified

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_services")]

READERS = 600


def key(recipient: str) -> int:
    return int(re.match(r"reader(\d+)@", recipient)[1])  # type: ignore[index]


def check(issue: int, hop: NextHop) -> None:
    """What came behind Postfix is what the books say, reader by reader."""
    accepted = {row.address for row in delivery_rows(issue) if row.state is DeliveryState.ACCEPTED}
    assert arrived(hop, len(accepted)) == Counter(accepted)


def test_with_tls_login_and_signatures(change_settings: ChangeSettings, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    certificate = make(tmp_path)
    signing = Key.new("example.lg.jp", "k1", KeyKind.RSA)
    (tmp_path / "k1.pem").write_bytes(signing.pem)
    with relaying(certificate=certificate, logins={"kairan": "p@ss"}) as (server, hop):
        change_settings(
            SMTP_URL=f"smtp+starttls://kairan:p%40ss@localhost:{server.port}?cafile={certificate.authority}"
        )
        entry = {"domain": "example.lg.jp", "selector": "k1", "key_file": str(tmp_path / "k1.pem")}
        issue = make_issue(READERS, dkim=[entry])
        send(issue)
        take_turns_later(issue, 2)
        assert counts(issue) == {DeliveryState.ACCEPTED: READERS}, server.log[-3000:]
        check(issue, hop)
    assert state_of(issue) is IssueState.SENT
    assert all(verified(message, signing) == [True] for message in hop.messages[::60])


def test_with_greylisting_refusals_and_few_connections(change_settings: ChangeSettings) -> None:
    seen: set[str] = set()

    def answer(recipient: str) -> str:
        if key(recipient) % 50 == 3:
            return "550 5.1.1 no such person"
        if key(recipient) % 10 == 5 and recipient not in seen:
            seen.add(recipient)
            return "450 4.2.0 greylisted"
        return "DUNNO"

    with relaying(answer=answer, connections_per_client=2) as (server, hop):
        change_settings(SMTP_URL=f"smtp://127.0.0.1:{server.port}", RETRY_MINUTES="[5]", CONNECTIONS="5")
        issue = make_issue(READERS)
        send(issue)
        assert counts(issue)[DeliveryState.DEFERRED] == READERS // 10
        with clock.moved(timedelta(minutes=6)):
            take_turns(issue)
        assert counts(issue) == {DeliveryState.ACCEPTED: READERS * 49 // 50, DeliveryState.BOUNCED: READERS // 50}
        assert "Connection concurrency limit exceeded" in server.log
        check(issue, hop)
    assert state_of(issue) is IssueState.SENT
