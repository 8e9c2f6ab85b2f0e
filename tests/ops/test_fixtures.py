"""The tests' own fixtures: what one test does, the next one does not see."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from models.deliveries.lane import Lane
from models.issues.newsletter import Newsletter
from models.store import db
from ops.run.child_process import ChildProcess
from ops.run.health_probe import web_answers
from tests.servers import SmtpCatcher


def newsletter() -> Newsletter:
    """A newsletter with what it must have."""
    return Newsletter(slug="ict", name="ICT通信", sender_name="情報政策課", sender_address="ict@example.lg.jp")


@pytest.mark.parametrize("_time", [1, 2])
def test_a_session_is_rolled_back_with_its_commits(session: Session, _time: int) -> None:
    assert session.scalar(select(func.count()).select_from(Newsletter)) == 0
    session.add(newsletter())
    session.commit()
    assert session.scalar(select(func.count()).select_from(Newsletter)) == 1


@pytest.mark.parametrize("_time", [1, 2])
def test_a_database_is_emptied_but_keeps_what_migrations_wrote(database: Engine, _time: int) -> None:
    with db.session_scope() as session:
        assert session.scalar(select(func.count()).select_from(Newsletter)) == 0
        assert session.scalars(select(Lane)).first()
        session.add(newsletter())
        session.execute(text("DELETE FROM lane"))


def test_servers_of_their_own_run(live_server: str, celery_worker: ChildProcess, smtp_catcher: SmtpCatcher) -> None:
    assert web_answers(f"{live_server}/healthz")
    assert celery_worker.returncode is None
    assert smtp_catcher.letters == []
