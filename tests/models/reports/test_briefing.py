"""The briefing says what stands out, and nothing where too few have read."""

from __future__ import annotations

from datetime import timedelta
from math import isclose

import pytest
from sqlalchemy.orm import Session

from models.reports import briefing
from models.store.errors import NotFound
from models.tracking import ingest

from ..tracking import world
from ..tracking.world import PUBLISHED, World


@pytest.fixture
def made(session: Session) -> World:
    """Officials (every third reader) all read both articles on the cloud and one in five of the others."""
    made = world.make(session, issue_count=1, article_count=4, reader_count=300)
    entries = []
    for n, reader in enumerate(made.readers):
        official = n % 3 == 1
        for link in range(1, 5):
            cloud = link in (2, 4)
            if (official and cloud) or (n + link) % 5 == 0:
                at = PUBLISHED + timedelta(hours=link, minutes=n)
                entries.append(world.click(made.issues[0].id, reader, link, at))
    ingest.store(session, entries)
    return made


def test_what_stands_out(session: Session, made: World) -> None:
    found = briefing.brief(session, "dx-letter")
    assert [(lean.audience, lean.topic) for lean in found.leans] == [("official", "cloud")]
    (lean,) = found.leans
    assert lean.readers == 200
    assert isclose(lean.expected, 40, rel_tol=0.01)
    assert lean.low < lean.ratio < lean.high
    assert isclose(lean.ratio, 5, rel_tol=0.01)


def test_it_is_silent_where_few_have_read(session: Session, made: World) -> None:
    assert briefing.brief(session, "dx-letter", floor=201).leans == ()
    with pytest.raises(NotFound):
        briefing.brief(session, "nothing")


def test_without_issues(session: Session) -> None:
    world.make(session, issue_count=0)
    assert briefing.brief(session, "dx-letter").issues == ()


def test_the_interval() -> None:
    """A worked example: 30 of 100 against 10 of 100."""
    ratio, low, high = briefing.interval(30, 100, 10, 100)
    assert (round(ratio, 3), round(low, 3), round(high, 3)) == (3.0, 1.551, 5.803)
