"""A handover, and what people do at that moment with their account or invitation: both happen, one after the other."""

from __future__ import annotations

from threading import Thread

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from models.handover import pass_on
from models.handover.holding import HoldingKind
from models.staff import audit, invitation
from models.staff import member as members
from models.staff.member import Member
from models.store import db
from tests.models.handover.test_pass_on import ALL, BY, PASSWORD, make_office


@pytest.mark.parametrize("meanwhile", ["an invitation is taken", "the leaver changes their name"])
def test_others_who_write_at_once_are_waited_for(database: Engine, meanwhile: str) -> None:
    with db.session_scope() as session:
        office = make_office(session)
        ids = office.leaver.id, office.successor.id
        link = invitation.make(session, members.find(session, "new@example.jp"), office.leaver)
    passed: list[list[HoldingKind]] = []

    def hand_over() -> None:
        with Session(db.engine()) as session:
            one, other = (session.get_one(Member, member_id) for member_id in ids)
            departure = pass_on.Departure(at_once=True)
            passed.append(pass_on.pass_on(session, one, other, ALL, BY, departure=departure).kinds)
            session.commit()

    with Session(db.engine()) as session:
        key, leaver = link.rpartition("/")[2], session.get_one(Member, ids[0])
        if meanwhile == "an invitation is taken":
            invitation.find(session, key)
        else:
            leaver.name = "改姓した人"
        session.flush()
        thread = Thread(target=hand_over)
        thread.start()
        with db.engine().connect() as looking:
            while not looking.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                looking.rollback()
        if meanwhile == "an invitation is taken":
            invitation.accept(session, key, "", PASSWORD)
        else:
            audit.record(session, leaver, "change name", f"member/{leaver.id}")
        session.commit()
        thread.join()
    assert len(passed) == 1, "the handover was not taken back by the database"
    assert (HoldingKind.INVITATIONS in passed[0]) is (meanwhile != "an invitation is taken")
