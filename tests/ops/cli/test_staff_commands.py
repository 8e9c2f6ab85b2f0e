"""``kairan staff``: roles for one newsletter or for all, by whom, and what they then may do."""

from __future__ import annotations

from click.testing import CliRunner, Result
from sqlalchemy import Engine

from models.staff import member
from models.staff.permission import Role
from models.store import db
from ops.cli import kairan
from tests.sample import make_newsletter

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
