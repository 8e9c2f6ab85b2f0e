"""Letters of a newsletter with keys are signed, or wait: none ever goes out unsigned."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import update

from models.deliveries.delivery import DeliveryState
from models.deliveries.relays import relay
from models.issues import issue as issues
from models.issues import workflow
from models.issues.dkim_key import Key, KeyKind
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter
from models.store import db
from worker.preparing import prepare

from ..issue_sending import (
    ChangeSettings,
    check_deliveries,
    counts,
    issue_of,
    make_issue,
    send,
    smtp_server,
    state_of,
    take_turns,
    take_turns_later,
    url,
)
from ..smtp.server import OFFERED
from .test_dkim import verified

pytestmark = pytest.mark.usefixtures("own_services")

KEYS = [Key.new("example.lg.jp", "k1", KeyKind.RSA), Key.new("example.lg.jp", "k2", KeyKind.ED25519)]


def files(folder: Path, *keys: Key) -> list[dict[str, Any]]:
    """The keys in files, and how the newsletter names them."""
    for key in keys:
        (folder / f"{key.selector}.pem").write_bytes(key.pem)
    return [{"domain": k.domain, "selector": k.selector, "key_file": str(folder / f"{k.selector}.pem")} for k in keys]


@pytest.mark.parametrize("keys", [KEYS[:1], KEYS], ids=["rsa", "both"])
def test_every_letter_is_signed(keys: list[Key], change_settings: ChangeSettings, tmp_path: Path) -> None:
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server))
        issue = make_issue(20, dkim=files(tmp_path, *keys))
        send(issue)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 20}
    for letter in server.accepted:
        assert verified(letter.data, *keys) == [True] * len(keys)


def test_files_are_looked_for_below_the_data_folder(change_settings: ChangeSettings, tmp_path: Path) -> None:
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server), KAIRAN_DATA=str(tmp_path))
        entry = files(tmp_path, KEYS[0])[0] | {"key_file": "k1.pem"}
        issue = make_issue(1, dkim=[entry])
        send(issue)
    assert verified(server.accepted[0].data, KEYS[0]) == [True]


@pytest.mark.parametrize(
    ("entry", "trouble"),
    [
        ({"domain": "example.lg.jp", "selector": "k1", "key_file": "/nonexistent/k1.pem"}, "読み取れません"),
        ({"domain": "example.lg.jp", "selector": "k1"}, "key_file"),
        ({"domain": "", "selector": "k1", "key_file": "/x"}, "domain"),
        ("k1", "domain, selector, key_file"),
    ],
)
def test_an_issue_whose_key_is_not_there_is_a_draft_again(entry: object, trouble: str) -> None:
    issue = make_issue(2, dkim=[entry])
    prepare.prepare(issue)
    assert state_of(issue) is IssueState.DRAFT
    assert trouble in issue_of(issue).trouble


@pytest.mark.parametrize("broken", ["", "no key"], ids=["gone", "overwritten"])
def test_a_key_that_goes_away_pauses_the_issue(broken: str, change_settings: ChangeSettings, tmp_path: Path) -> None:
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server))
        issue = make_issue(10, dkim=files(tmp_path, KEYS[0]))
        prepare.prepare(issue)
        file = tmp_path / "k1.pem"
        file.write_text(broken) if broken else file.unlink()
        take_turns(issue)
        assert state_of(issue) is IssueState.PAUSED
        assert str(file) in issue_of(issue).trouble
        assert server.accepted == []
        assert counts(issue) == {DeliveryState.QUEUED: 10}
        files(tmp_path, KEYS[0])
        with db.session_scope() as session:
            workflow.resume(session, issues.get(session, issue, lock=True), "test")
        take_turns_later(issue)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 10}
    assert issue_of(issue).trouble == ""
    assert all(verified(letter.data, KEYS[0]) == [True] for letter in server.accepted)


def test_a_newsletter_without_keys_sends_unsigned(change_settings: ChangeSettings) -> None:
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server))
        issue = make_issue(1)
        with db.session_scope() as session:
            session.execute(update(Newsletter).values(dkim=[]))
        send(issue)
    assert b"DKIM-Signature" not in server.accepted[0].data


def test_a_relay_that_cannot_be_read_pauses_the_issue(change_settings: ChangeSettings, tmp_path: Path) -> None:
    """Its password stands in a file that is not there: letters wait, and staff see which file."""
    with smtp_server(logins={"kairan": "secret"}, offered=(*OFFERED, "AUTH PLAIN")) as server:
        file = tmp_path / "pass word"
        file.write_text("secret\n")
        with db.session_scope() as session:
            address = f"smtp://kairan:file:{quote(str(file), safe='')}@127.0.0.1:{server.port}"
            relay.add(session, "own", address, 1, by="test")
        file.unlink()
        issue = make_issue(3)
        send(issue)
        assert state_of(issue) is IssueState.PAUSED
        assert str(file) in issue_of(issue).trouble
        file.write_text("secret\n")
        with db.session_scope() as session:
            workflow.resume(session, issues.get(session, issue, lock=True), "test")
        take_turns_later(issue)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 3}
