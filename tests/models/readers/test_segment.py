"""Segments choose the readers that their conditions say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.issues.segments import segment
from models.issues.segments.segment import Segment
from models.readers import segment_query, suppression
from models.readers.subscriber import Subscription, SubscriptionState
from models.readers.suppression import SuppressionReason
from models.store.clock import today
from models.store.errors import Invalid
from tests.sample import make_newsletter, make_reader


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, "abc"),
        ({"audiences": ["official"]}, "a"),
        ({"audiences": ["official", "citizen"]}, "ab"),
        ({"audiences": ["nobody"]}, ""),
        ({"topics": ["dx"]}, "ac"),
        ({"topics": ["privacy"]}, "bc"),
        ({"topics": ["none"]}, "c"),
        ({"languages": ["en"]}, "b"),
        ({"domains": ["lg.jp"]}, "a"),
        ({"domains": ["@example.jp"]}, "bc"),
        ({"fields": {"role": "課長"}}, "c"),
        ({"joined_from": today() + timedelta(days=1)}, ""),
        ({"joined_from": today(), "joined_until": today()}, "abc"),
        ({"audiences": ["official"], "languages": ["en"]}, ""),
    ],
)
def test_conditions(session: Session, conditions: dict[str, Any], expected: str) -> None:
    newsletter = make_newsletter(session)
    dx, privacy, _ = newsletter.topics
    official, citizen = newsletter.audiences
    a = make_reader(session, newsletter, "a@city.example.lg.jp")
    b = make_reader(session, newsletter, "b@example.jp", language="en")
    c = make_reader(session, newsletter, "c@sub.example.jp", fields={"role": "課長"})
    a.audience, a.topic_ids = official, [dx.id]
    b.audience, b.topic_ids = citizen, [privacy.id]
    make_reader(session, newsletter, "waiting@example.jp", SubscriptionState.PENDING)
    make_reader(session, newsletter, "barred@example.jp")
    suppression.suppress(session, "barred@example.jp", SuppressionReason.BOUNCED)
    session.flush()
    names = {one.subscriber_id: name for name, one in (("a", a), ("b", b), ("c", c))}
    wanted = segment_query.subscriptions(session, newsletter, Segment.model_validate(conditions))
    found = session.scalars(select(Subscription.subscriber_id).where(Subscription.id.in_(wanted))).all()
    assert "".join(sorted(names[one] for one in found if one in names)) == expected


def test_unknown_condition_is_refused() -> None:
    with pytest.raises(Invalid, match="colour"):
        segment.parse({"colour": "red"})
