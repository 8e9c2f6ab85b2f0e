"""``kairan staff``: roles for one newsletter or for all, by whom, and what they then may do."""

from __future__ import annotations

from click.testing import CliRunner, Result
from sqlalchemy import Engine

from models.issues import issue as issues
from models.staff import member
from models.staff.permission import Role
from models.store import db
from ops.cli import kairan
from tests.sample import make_newsletter

LONG = "correct horse battery staple"
BOSS, PERSON = "boss@example.jp", "person@example.jp"


def run(*words: str, fails: bool = False) -> Result:
    result = CliRunner().invoke(kairan, ["staff", *words])
    assert (result.exit_code != 0) == fails, f"{result.output}\n{result.exception!r}"
    return result


def test_roles_for_one_newsletter_and_for_all_case_e21(database: Engine) -> None:
    with db.session_scope() as session:
        ids = {slug: make_newsletter(session, slug).id for slug in ("ict", "bousai")}

    def roles(slug: str) -> set[Role]:
        with db.session_scope() as session:
            return set(member.find(session, PERSON).roles(ids[slug]))

    run("add", BOSS, "--name", "管理者", "--role", "administrator")
    run("add", PERSON, "--name", "担当者", "--role", "author", "--newsletter", "ict", "--as", BOSS)
    assert (roles("ict"), roles("bousai")) == ({Role.AUTHOR}, set())
    run("roles", PERSON, "--role", "analyst", "--as", BOSS)
    assert (roles("ict"), roles("bousai")) == ({Role.AUTHOR, Role.ANALYST}, {Role.ANALYST})
    assert "analyst, author@ict" in run("list").output
    refused = run("roles", PERSON, "--role", "administrator", "--newsletter", "ict", "--as", PERSON, fails=True)
    assert "may not give or take roles" in str(refused.exception)
    assert "no newsletter “none”" in str(run("roles", PERSON, "--none", "--newsletter", "none", fails=True).exception)
    assert "--role" in str(run("roles", PERSON, fails=True).exception)
    run("roles", PERSON, "--none", "--newsletter", "ict")
    run("roles", PERSON, "--none")
    assert "no role" in run("list").output
    for words in (("deactivate", BOSS), ("roles", BOSS, "--role", "author")):
        assert "last administrator" in str(run(*words, fails=True).exception)
    run("deactivate", PERSON, "--as", BOSS)
    assert "(not active)" in run("list").output
    assert "not active any more" in str(run("activate", BOSS, "--as", PERSON, fails=True).exception)
    run("activate", PERSON)
    assert "(not active)" not in run("list").output


def test_handover_lists_asks_and_passes(database: Engine) -> None:
    with db.session_scope() as session:
        newsletter = make_newsletter(session)
        for address in (BOSS, PERSON, "next@example.jp"):
            member.create(session, address, address, {Role.ADMINISTRATOR if address == BOSS else Role.AUTHOR}, LONG)
        leaver = member.find(session, PERSON)
        made = issues.create(session, newsletter, subject="下書き", author_id=leaver.id).id
    words = ("handover", PERSON, "next@example.jp")
    asked = run(*words, fails=True)
    assert "下書き" in asked.output, "it asks, and nobody answers"
    assert "only an administrator" in str(run(*words, "--yes", "--as", PERSON, fails=True).exception)
    lacking = run("handover", PERSON, BOSS, "--yes", fails=True)
    assert "no author" in str(lacking.exception)
    assert "nothing is chosen" in str(run(*words, "--only", "schedules", "--yes", fails=True).exception)
    run("handover", PERSON, PERSON, "--yes", fails=True)
    assert "1 things have passed" in run(*words, "--yes", "--deactivate", "--as", BOSS).output
    assert "0 things have passed" in run(*words, "--yes").output
    with db.session_scope() as session:
        assert issues.get(session, made).author_id == member.find(session, "next@example.jp").id
        assert not member.find(session, PERSON).active
