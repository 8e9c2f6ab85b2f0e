"""The page of the audit log over HTTP: who may see it, what it says, how it is searched, saved and printed."""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues import workflow
from models.reports import audit_search
from models.reports.audit_search import AuditSearch
from models.staff import audit, audit_key, audit_origin
from models.staff import member as members
from models.staff.audit import AuditEntry
from models.staff.audit_origin import Origin
from models.staff.permission import Role
from models.store import clock, db
from tests.sample import make_newsletter
from tests.web.staff_login import address_of, log_in_as, make_staff

SCRIPT = Path(__file__).parents[4] / "docs" / "verify" / "audit-verify.py"
AT = "/staff/audit"


@pytest.fixture
def log(database: Engine) -> int:
    """Some acts of two days; the id of an issue that was submitted."""
    with db.session_scope() as session:
        make_staff(session)
        made = issues.create(session, make_newsletter(session), subject="説明会のお知らせ")
        made.newsletter.approvals_needed = 1
    with clock.moved(timedelta(days=-1)), db.session_scope() as session:
        audit.record(session, "kairan lane set", "edit lane", "lane/docomo", note="=HYPERLINK(1)")
    with db.session_scope() as session, audit_origin.acting(Origin("page", "192.0.2.7")):
        one, author = issues.get(session, made.id, lock=True), members.find(session, address_of(Role.AUTHOR))
        workflow.submit(session, one, author)
        one.newsletter.sender_name = "広報課"
        audit.record(session, author, "import newsletter", f"newsletter/{one.newsletter_id}")
    return made.id


def test_only_administrators_read_it(client: FlaskClient, log: int) -> None:
    pages = (AT, f"{AT}?entry=1", "/staff/audit.csv")
    assert [client.get(page).status_code for page in pages] == [302] * 3
    for role in Role:
        log_in_as(client, role)
        wanted = 200 if role is Role.ADMINISTRATOR else 403
        assert [client.get(page).status_code for page in pages] == [wanted] * 3, role
        assert ("監査ログ" in client.get("/staff/issues").text) is (role is Role.ADMINISTRATOR)


def test_it_says_who_did_what_and_what_it_was_before(client: FlaskClient, log: int) -> None:
    log_in_as(client, Role.ADMINISTRATOR)
    shown = client.get(AT).text
    assert "author（author@example.jp）が第1号「説明会のお知らせ」の決裁を依頼しました。" in shown
    assert "画面 192.0.2.7" in shown
    words = " ".join(shown.split())
    assert '<strong>状態</strong>：<del class="before">下書き</del>' in words
    assert '<ins class="after">決裁待ち</ins>' in words
    assert '<ins class="after">広報課</ins>' in words
    assert "kairan lane setが配信レーン「docomo」の設定を変更しました。" in shown
    assert "in_review" not in shown
    with db.session_scope() as session:
        head = str(audit.head(session))
    assert head in shown
    (number,) = entry_numbers(f"submit_issue {log}")
    one = client.get(f"{AT}?entry={number}").text
    assert "の決裁を依頼しました。" in one
    assert one.count('id="entry-') == 1
    assert "一つ前の記録の要約値" in one
    assert "該当する記録はありません" in client.get(f"{AT}?entry=999").text
    assert "author (author@example.jp) submitted issue 1" in client.get(f"{AT}?lang=en").text


def entry_numbers(what: str) -> list[int]:
    action, _, issue = what.partition(" ")
    query = select(AuditEntry.number).where(AuditEntry.action == action.replace("_", " "))
    with Session(db.engine()) as session:
        return list(session.scalars(query.where(AuditEntry.subject == f"issue/{issue}")))


def rows(client: FlaskClient, **asked: str) -> list[str]:
    """The acts that a search finds, by the CSV file."""
    answer = client.get("/staff/audit.csv", query_string=asked)
    assert answer.status_code == 200
    shown = client.get(AT, query_string=asked).text
    found = [row["action"] for row in csv.DictReader(StringIO(answer.text.lstrip("\ufeff")))]
    assert shown.count('id="entry-') == len(found)
    return found


def test_it_is_searched(client: FlaskClient, log: int) -> None:
    log_in_as(client, Role.ADMINISTRATOR)
    today, yesterday = clock.today().isoformat(), (clock.today() - timedelta(days=1)).isoformat()
    assert rows(client, person="author@") == ["submit issue", "import newsletter"]
    assert rows(client, person="lane set") == ["edit lane"]
    assert rows(client, person="%") == []
    assert rows(client, thing="説明会") == ["submit issue"]
    assert rows(client, thing=f"issue/{log}") == ["submit issue"]
    assert rows(client, thing="docomo", act="edit lane") == ["edit lane"]
    assert rows(client, act="submit issue") == ["submit issue"]
    assert rows(client, **{"from": yesterday, "to": yesterday}) == ["edit lane"]
    assert "edit lane" not in rows(client, **{"from": today})
    assert "該当する記録はありません" in client.get(f"{AT}?person=nobody").text
    wrong = client.get(f"{AT}?from=1.12.2026&person=author")
    assert wrong.status_code == 422
    assert "2026-12-01" in wrong.text
    assert 'value="author"' in wrong.text
    assert client.get(f"{AT}?before=x").status_code == 404


def test_pages_of_fifty_have_links_that_stay(client: FlaskClient, log: int) -> None:
    with db.session_scope() as session:
        for place in range(120):
            audit.record(session, "test", "edit lane", f"lane/{place}")
    log_in_as(client, Role.ADMINISTRATOR)
    address, seen = f"{AT}?person=test", []
    while address:
        shown = client.get(address).text
        numbers = [int(part.split('"')[0]) for part in shown.split('id="entry-')[1:]]
        assert len(numbers) <= 50
        seen += numbers
        link = shown.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
        address = AT + link if link else ""
        if link and len(seen) == 50:
            second = address
    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)
    before = client.get(second).text
    with db.session_scope() as session:
        audit.record(session, "test", "edit lane", "lane/later")
    assert [part[:5] for part in client.get(second).text.split('id="entry-')] == [
        part[:5] for part in before.split('id="entry-')
    ]
    assert parse_qs(urlsplit(second).query)["person"] == ["test"]
    assert client.get(f"{AT}?person=test&view=print").text.count('id="entry-') == 121


def test_the_file_runs_no_formula_and_is_checked_without_kairan(client: FlaskClient, log: int, tmp_path: Path) -> None:
    with db.session_scope() as session:
        audit.record(session, "=cmd|' /C calc'!A0", "-x", "@sum", note="+1\u2028=2")
        key = audit_key.list_keys(session)[0].public_key.hex()
    log_in_as(client, Role.ADMINISTRATOR)
    text = client.get("/staff/audit.csv").get_data(as_text=True)
    table = list(csv.DictReader(StringIO(text.lstrip("\ufeff"))))
    assert not any(cell[:1] in tuple("=+-@\t\r") for row in table for cell in row.values() if cell)
    assert "author（author@example.jp）が第1号" in text
    file = tmp_path / "audit-log.csv"
    file.write_text(text, encoding="utf-8", newline="")
    command = [sys.executable, str(SCRIPT), str(file), "--key", key]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    file.write_text(text.replace("lane/docomo", "lane/au"), encoding="utf-8", newline="")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, "entry 1 is changed")


def test_staff_of_one_newsletter_find_nothing_of_another(database: Engine, log: int) -> None:
    with db.session_scope() as session:
        one = issues.get(session, log).newsletter_id
        other = make_newsletter(session, "other").id
        audit.record(session, "test", "import newsletter", "newsletter/other")
        for ids, wanted in (
            ({one}, {"submit issue", "import newsletter"}),
            ({other}, {"import newsletter"}),
            (set(), set()),
        ):
            found = audit_search.page(session, AuditSearch(newsletters=ids))
            assert {entry.action for entry in found} == wanted
        (number,) = (e.number for e in audit_search.page(session, AuditSearch(action="submit issue")))
        assert audit_search.page(session, AuditSearch(number=number, newsletters={other})) == []
        assert len(audit_search.page(session, AuditSearch(number=number, newsletters={one}))) == 1
        assert newsletters.find(session, "other").id == other
