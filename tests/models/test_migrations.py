"""The migrations, run one after another, make exactly what the models declare."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from PIL import Image as Picture
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import SchemaItem

from models import migrations
from models.issues import approval, workflow
from models.issues import issue as issues
from models.issues.article import ArticleAddress
from models.issues.block import ArticleCard
from models.issues.versions import content_version
from models.migrations import UnknownMigration
from models.staff import member as members
from models.staff import membership
from models.staff.permission import Role
from models.store.base import Base
from models.tracking import ingest
from ops.doctor import servers
from ops.doctor.check_result import Grade
from templates.content import digest
from tests import sample_requests
from tests.models.issues.test_picture import SECRET, photograph
from tests.models.tracking import sample_newsletter
from tests.sample import make_article, make_newsletter


def _known(_item: SchemaItem, name: str | None, kind: str, reflected: bool, _other: SchemaItem | None) -> bool:
    """Leave out what Alembic cannot compare: its own table, partitions, and indexes on expressions."""
    partition = kind == "table" and (name or "").startswith("hit_")
    return not (reflected and (name == "alembic_version" or partition)) and kind != "index"


def test_migrations_make_what_the_models_declare(postgres: Engine) -> None:
    with postgres.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _known, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_index_is_there(postgres: Engine) -> None:
    with postgres.connect() as connection:
        there = set(connection.scalars(text("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'")))
    wanted = {str(index.name) for table in Base.metadata.sorted_tables for index in table.indexes}
    assert wanted - there == set()


def test_the_database_is_at_the_head_and_migrating_again_changes_nothing(postgres: Engine) -> None:
    before = set(inspect(postgres).get_table_names())
    migrations.upgrade()
    assert migrations.current() == migrations.head()
    assert set(inspect(postgres).get_table_names()) == before


def test_case_d1_a_database_that_is_newer_than_the_program_is_left_alone(postgres: Engine) -> None:
    wanted = migrations.head()
    with postgres.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(UnknownMigration, match=r"at migration 9999.*newer version"):
            migrations.upgrade()
        finding = servers.migration()
        assert finding.grade is Grade.BAD
        assert "kairan migrate" not in finding.remedy
        assert "newer version" in finding.remedy
    finally:
        with postgres.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :wanted"), {"wanted": wanted})


def _at_first(postgres: Engine) -> Connection:
    """A connection to the database as the first migration once left it, with its extension. Roll it back."""
    connection = postgres.connect()
    connection.execute(text("CREATE EXTENSION pg_trgm"))
    return connection


def _run(connection: Connection, revision: str) -> None:
    script = ScriptDirectory.from_config(migrations.configuration()).get_revision(revision)
    with Operations.context(MigrationContext.configure(connection)):
        script.module.upgrade()


def _has_trigrams(connection: Connection) -> bool:
    return connection.scalar(text("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")) == 1


def test_case_a7_pictures_from_before_are_cleaned_under_their_names(postgres: Engine) -> None:
    broken, dirty = b"no picture any more", photograph(6)
    with postgres.connect() as connection:
        connection.execute(text("ALTER TABLE image DROP COLUMN source_digest, DROP COLUMN letter_digest"))
        for digest, data in (("a" * 64, dirty), ("b" * 64, broken), ("c" * 64, dirty[:-40])):
            connection.execute(
                text("INSERT INTO image (digest, media_type, width, height, size, data, created_at)"
                     " VALUES (:digest, 'image/jpeg', 64, 32, :size, :data, now())"),
                {"digest": digest, "size": len(data), "data": data},
            )  # fmt: skip
        _run(connection, "0006")
        rows = connection.execute(text("SELECT * FROM image ORDER BY digest")).all()
        assert [row.digest[0] for row in rows] == ["a", "b", "c"]
        assert [(row.width, row.height) for row in rows] == [(32, 64), (64, 32), (32, 64)]
        for row in rows:
            assert SECRET not in bytes(row.data)
            assert b"Exif" not in bytes(row.data)
            assert (row.size, row.source_digest) == (len(row.data), row.digest)
            with Picture.open(BytesIO(row.data)) as picture:
                assert picture.size == (row.width, row.height)


def test_case_j2_case_j4_words_from_before_are_worked_out_anew(postgres: Engine) -> None:
    with postgres.connect() as connection:
        for name in ("search_plain(markdown text)", "search_fold(words text)"):
            connection.execute(
                text(f"CREATE OR REPLACE FUNCTION {name} RETURNS text LANGUAGE sql IMMUTABLE RETURN 'of before'")
            )
        session = Session(connection)
        make_article(session, make_newsletter(session), "a", "題", body="## くらうど")
        words = text("SELECT words, 'ラウ' = ANY (grams) FROM article WHERE slug = 'a'")
        assert "of before" in connection.execute(words).one()[0]
        _run(connection, "0018")
        assert connection.execute(words).one() == ("題  くらうど  ", True)


def _reader_counts(session: Session, table: str) -> list[tuple[object, ...]]:
    rows = session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4"))
    return [tuple(row) for row in rows]


def test_readers_by_both_policies_are_counted_anew_where_hits_are_kept(session: Session) -> None:
    made = sample_newsletter.create(session, issue_count=2, reader_count=6)
    for number, issue in enumerate(made.issues):
        for reader, agent in enumerate(("Mozilla/5.0", "SomeReader/1.0", "curl/8", sample_requests.CHROME)):
            at = made.delivered(issue.id) + timedelta(days=1, minutes=reader)
            hit = sample_newsletter.click(issue.id, made.readers[reader], 1 + number, at, agent=agent)
            ingest.store_incoming(session, [hit])
    before = {table: _reader_counts(session, table) for table in ("turnout", "daily_reader_count")}
    revision = ScriptDirectory.from_config(migrations.configuration()).get_revision("0019").module
    with Operations.context(MigrationContext.configure(session.connection())):
        revision.downgrade()
        for table in before:
            session.execute(text(f"UPDATE {table} SET at_least = 0, at_most = at_most + 7"))
        session.execute(text("DELETE FROM hit WHERE issue_id = :gone"), {"gone": made.issues[1].id})
        revision.upgrade()
    assert any(row[-1] > row[-2] for row in before["turnout"])
    for table, rows in before.items():
        kept = [row if row[0] == made.issues[0].id else (*row[:-1], row[-1] + 7) for row in rows]
        assert _reader_counts(session, table) == kept


def test_roles_from_before_are_for_all_newsletters(session: Session) -> None:
    ict = make_newsletter(session)
    person = members.create(session, "a@example.jp", "名", {Role.AUTHOR, Role.SENDER, Role.ANALYST})
    membership.grant(session, person, Role.APPROVER, ict.id, by="test")
    members.create(session, "none@example.jp", "名", set())
    revision = ScriptDirectory.from_config(migrations.configuration()).get_revision("0021").module
    with Operations.context(MigrationContext.configure(session.connection())):
        revision.downgrade()
        rows = session.execute(text("SELECT role_names FROM member ORDER BY id")).scalars().all()
        assert rows == [["author", "sender"], []]
        revision.upgrade()
    grants = session.execute(text("SELECT member_id, role, newsletter_id FROM role_grant ORDER BY role")).all()
    assert grants == [(person.id, "author", None), (person.id, "sender", None)]


def test_a_number_of_approvals_becomes_a_route_and_yeses_go_on_counting(session: Session) -> None:
    homes = [make_newsletter(session, f"n{number}", approvals_needed=number) for number in range(3)]
    person = members.create(session, "a@example.jp", "名", {Role.APPROVER})
    waiting = issues.create(session, homes[2], subject="題名")
    workflow.submit(session, waiting, "test")
    workflow.approve(session, waiting, person, digest.of(session, waiting))
    revision = ScriptDirectory.from_config(migrations.configuration()).get_revision("0029").module
    with Operations.context(MigrationContext.configure(session.connection())):
        revision.downgrade()
        assert session.scalars(text("SELECT approvals_needed FROM newsletter ORDER BY id")).all() == [0, 1, 2]
        revision.upgrade()
    session.expire_all()
    assert [one.approvals_needed for one in homes] == [0, 1, 2]
    progress = approval.progress(session, waiting, digest.of(session, waiting))
    assert (len(progress.yeses), progress.needed) == (1, 2)


def test_what_is_there_is_the_first_version(session: Session) -> None:
    newsletter = make_newsletter(session)
    person = members.create(session, "a@example.jp", "名", {Role.AUTHOR})
    article = make_article(session, newsletter, "water", "水道", body="本文", published_on=date(2026, 4, 1))
    article.topics = list(newsletter.topics)
    article.addresses = [ArticleAddress(address=f"https://example.jp/{name}") for name in "ba"]
    issue = issues.create(session, newsletter, subject="号", dated=date(2026, 4, 2), author_id=person.id,
                          blocks=(ArticleCard(article="water"),), segment={"topics": ["dx"]})  # fmt: skip
    session.flush()
    wanted = {one: content_version.digest_of(content_version.content_of(one)) for one in (issue, article)}
    revision = ScriptDirectory.from_config(migrations.configuration()).get_revision("0030").module
    with Operations.context(MigrationContext.configure(session.connection())):
        revision.downgrade()
        revision.upgrade()
    for owner, expected in wanted.items():
        [first] = content_version.page(session, owner).versions
        assert (first.number, first.digest) == (1, expected)
        assert first.member_id == (person.id if owner is issue else None)


def test_fresh_databases_have_no_extension(postgres: Engine) -> None:
    with postgres.connect() as connection:
        assert connection.scalars(text("SELECT extname FROM pg_extension")).all() == ["plpgsql"]


def test_trigrams_go_where_nothing_uses_them(postgres: Engine) -> None:
    with _at_first(postgres) as connection:
        _run(connection, "0002")
        assert not _has_trigrams(connection)


def test_trigrams_stay_where_an_index_uses_them(postgres: Engine) -> None:
    with _at_first(postgres) as connection:
        connection.execute(text("CREATE TABLE of_others (words text)"))
        connection.execute(text("CREATE INDEX ON of_others USING gin (words gin_trgm_ops)"))
        _run(connection, "0002")
        assert _has_trigrams(connection)
