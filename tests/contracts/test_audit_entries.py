"""Every page and command that changes something writes an entry of the audit log; what writes none is named here.

That the entry is there is seen over HTTP and with the commands by the tests of each; what forgets it gets one when it
is committed, which is tried at the end.
"""

from __future__ import annotations

import inspect

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from models.issues.newsletter import Newsletter
from models.staff.audit import AuditEntry
from models.staff.permission import Permission, Role
from models.store import db
from ops.cli import kairan
from tests.sample import make_newsletter
from tests.web.staff_login import address_of, log_in_as, make_staff, post
from web.app import create_app
from web.request import session as request_session
from web.staff.access_rule import AccessPlace, AccessRule
from web.staff.access_table import RULES
from web.staff.audit import act_names

from .audit_entries import actions, leads_to_entry

CHANGES_NOTHING = {
    "check_links", "second_step_passkey", "confirm_passkey", "set_up_passkey_at_login", "login_passkey",
    "new_password_passkey", "new_passkey_options", "connect", "confirm_at_provider", "accept_at_provider", "show_kept",
    "read_notification", "read_all_notifications", "read_feed", "upload_picture", "upload_article_picture", "keep_copy",
    "live_preview", "live_findings", "search_readers",
}  # fmt: skip
"""Views of forms that only show something, lead on to the provider, hand a browser the challenge that a passkey
answers, mark what the person who asks has read, or keep what they have not saved yet."""
READS = {
    "article list", "audit export", "audit head", "audit key", "audit verify", "beat", "demo", "doctor", "drill",
    "hits export", "hits import", "hits move", "issue check", "issue export", "issue list", "issue preview",
    "issue watch", "issue certificate", "lane list", "mailbox list", "mailbox serve", "mailbox show",
    "staff group list", "staff identity list",
    "newsletter export", "newsletter list", "newsletter show", "ranking verify", "relay list", "report briefing",
    "report issue", "returns", "returns read", "run", "staff list", "subscriber list", "subscriber show", "web",
    "worker", "dkim new",
}  # fmt: skip
"""Commands that change nothing that staff decide on: they look, they start others, they take in what machines noted.

``dkim new`` writes a file; ``dkim set`` puts it to use, with an entry.
"""


def test_every_form_of_staff_writes_an_entry() -> None:
    app = create_app()
    posted = {
        rule.endpoint for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule.endpoint.partition(".")[0] in ("staff", "api")
    }  # fmt: skip
    assert len(posted) > 10
    silent = set()
    for endpoint in posted:
        view = inspect.unwrap(app.view_functions[endpoint])
        if not leads_to_entry((view.__module__, view.__name__)):
            silent.add(view.__name__)
    assert silent - CHANGES_NOTHING == set()


def commands(group: click.Group, words: str = "") -> dict[str, click.Command]:
    """Every command that does something, by its words."""
    found: dict[str, click.Command] = {}
    for name in group.list_commands(click.Context(group)):
        one = group.get_command(click.Context(group), name)
        assert one is not None
        if isinstance(one, click.Group):
            found |= commands(one, f"{words}{name} ")
            if one.invoke_without_command:
                found[f"{words}{name}"] = one
        else:
            found[f"{words}{name}"] = one
    return found


def test_every_command_that_changes_something_writes_an_entry() -> None:
    found = commands(kairan)
    assert len(found) > 50
    silent = set()
    for words, one in found.items():
        function = inspect.unwrap(one.callback) if one.callback else None
        if function is None or not leads_to_entry((function.__module__, function.__name__)):
            silent.add(words)
    assert silent - READS == set()


def test_every_act_has_words_for_the_page() -> None:
    with create_app().test_request_context():
        assert actions() - act_names.acts().keys() == set(), "say it in web/staff/audit/act_names.py"


def entries() -> list[AuditEntry]:
    with Session(db.engine()) as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == "change")))


@pytest.mark.parametrize("way", ["by the row", "by a statement"])
def test_what_a_page_forgets_gets_an_entry(
    database: Engine, redis_client: object, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """With before and after, the person and where they came from."""

    def forgetful() -> str:
        changed = request_session().scalars(select(Newsletter)).one()
        if way == "by the row":
            changed.sender_name = "広報課"
        else:
            request_session().execute(update(Newsletter).values(sender_name="広報課"))
        return "done"

    with db.session_scope() as session:
        make_staff(session)
        number = make_newsletter(session).id
    app = create_app()
    app.add_url_rule("/staff/forgetful", "staff.forgetful", forgetful, methods=["POST"])
    client = app.test_client()
    monkeypatch.setitem(RULES, "staff.forgetful", AccessRule(Permission.SEND, AccessPlace.ANY))
    log_in_as(client, Role.SENDER)
    assert post(client, "/staff/forgetful", "/staff/issues").status_code == 200
    (entry,) = entries()
    assert (entry.actor, entry.edge, entry.client) == (address_of(Role.SENDER), "page", "127.0.0.1")
    if way == "by the row":
        assert entry.subject == f"newsletter/{number}"
        assert entry.changes == {f"newsletter/{number}": {"sender_name": ["みなと市 情報政策課", "広報課"]}}
    else:
        assert (entry.subject, entry.detail) == ("newsletter", {"rows": {"newsletter": "changed"}})


def test_what_a_command_forgets_gets_an_entry(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command("forgetful")
    def forgetful() -> None:
        with db.session_scope() as session:
            make_newsletter(session)

    monkeypatch.setitem(kairan.commands, "forgetful", forgetful)
    assert CliRunner().invoke(kairan, ["forgetful"], catch_exceptions=False).exit_code == 0
    (entry,) = entries()
    assert (entry.actor, entry.edge) == ("kairan forgetful", "command")
    assert set(entry.detail["rows"].values()) == {"created"}
