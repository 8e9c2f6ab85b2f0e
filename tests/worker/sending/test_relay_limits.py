"""Letters that a relay would not take for their size are found before anybody approves them."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from models.deliveries.relays import relay as relays
from models.deliveries.relays import relay_limit
from models.issues import issue as issues
from models.issues.block import Prose
from models.issues.issue import Issue
from models.store import db
from ops.cli import kairan
from templates import preflight
from tests.sample import make_newsletter, make_reader
from tests.web.staff_login import EVERY_ROLE, PASSWORD, make_staff
from web.app import create_app
from worker import tasks

from ...servers import SmtpCatcher
from ..issue_sending import ChangeSettings, smtp_server, url
from ..smtp.server import OFFERED


def offering(size: str) -> tuple[str, ...]:
    return tuple(size if one.startswith("SIZE") else one for one in OFFERED)


def draft() -> int:
    with db.session_scope() as session:
        newsletter = make_newsletter(session)
        make_reader(session, newsletter)
        return issues.create(session, newsletter, subject="号", preheader="先頭", blocks=[Prose(text="本文です。")]).id


def too_large(issue: int) -> list[str]:
    """What preflight says of relays, as the pages ask it."""
    with db.session_scope() as session:
        found = preflight.check_issue(session, issues.get(session, issue))
        return [one.message("en") for one in found if one.rule == "size.relay"]


def test_case_c1_every_relay_of_the_issue_is_compared(change_settings: ChangeSettings) -> None:
    with smtp_server(offered=offering("SIZE 5000")) as small, smtp_server() as large:
        issue = draft()
        with db.session_scope() as session:
            relays.add(session, "large", url(large), 9, by="test")
            relays.add(session, "small", url(small), 1, by="test")
        assert too_large(issue) == []
        tasks.ask_relays()
        [said] = too_large(issue)
        assert re.search(rf"has [0-9,]+ bytes, and the relay 127\.0\.0\.1:{small.port} takes 5,000 at most", said)
        assert not [line for line in small.commands + large.commands if line.startswith(b"MAIL")]
        with db.session_scope() as session:
            relays.remove(session, "small", by="test")
        assert too_large(issue) == []


def test_case_c1_the_only_relay_is_compared_by_command_and_page(change_settings: ChangeSettings) -> None:
    with smtp_server(offered=offering("SIZE 5000")) as server:
        change_settings(SMTP_URL=url(server))
        issue = draft()
        checked = CliRunner().invoke(kairan, ["issue", "check", str(issue)])
        assert checked.exit_code == 1
        assert "takes 5,000 at most" in checked.output
        with db.session_scope() as session:
            make_staff(session)
        with create_app().test_client() as client:
            login = client.get("/staff/login").text
            token = re.search(r'name="csrf_token" value="([^"]+)"', login)
            assert token
            form = {"csrf_token": token[1], "address": EVERY_ROLE, "password": PASSWORD}
            assert client.post("/staff/login", data=form).status_code == 302
            assert "受け取るのは5,000バイトまで" in client.get(f"/staff/issues/{issue}").text
        server.offered = OFFERED
        assert CliRunner().invoke(kairan, ["issue", "check", str(issue)]).exit_code == 0


@pytest.mark.parametrize("offered", [(), offering("SIZE"), offering("SIZE 0"), offering("SIZE many")])
def test_case_c1_a_relay_that_names_no_limit_has_none(
    offered: tuple[str, ...], change_settings: ChangeSettings
) -> None:
    with smtp_server(offered=offered) as server:
        change_settings(SMTP_URL=url(server))
        issue = draft()
        tasks.ask_relays()
        assert too_large(issue) == []


def test_a_relay_is_asked_again_only_after_a_while_and_a_dead_one_stops_nothing(
    change_settings: ChangeSettings, smtp_catcher: SmtpCatcher, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text("secret")
    with smtp_server(offered=offering("SIZE 5000")) as server:
        issue = draft()
        with db.session_scope() as session:
            relays.add(session, "dead", "smtp://127.0.0.1:1", 1, by="test")
            relays.add(
                session, "unreadable", f"smtps://user:file:{quote(str(file), safe='')}@relay.example", 1, by="test"
            )
            relays.add(session, "small", url(server), 1, by="test")
        file.unlink()
        tasks.ask_relays()
        tasks.ask_relays()
        assert len([line for line in server.commands if line.startswith(b"EHLO")]) == 1
        assert len(too_large(issue)) == 1


def test_a_broker_that_is_down_hides_no_finding_of_another_kind(change_settings: ChangeSettings) -> None:
    issue = draft()
    change_settings(REDIS_URL="redis://127.0.0.1:1/0")
    tasks.ask_relays()
    with db.session_scope() as session:
        assert relay_limit.known(session) == []
        assert session.scalars(select(Issue.id)).one() == issue
    assert too_large(issue) == []
