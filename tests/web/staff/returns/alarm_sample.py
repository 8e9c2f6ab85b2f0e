"""Two weeks of letters in several lanes, complaints, and events of sending services."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.bounces.bounce_class import BounceClass
from models.bounces.events.provider_event import ProviderEvent
from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.lease import Lease
from models.deliveries.letters import letter_tally
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter
from models.store import clock
from tests.models.bounces.test_consequences import report
from tests.sample import make_newsletter, make_reader, make_sent

LANE_IDS = (1, 4, 6, 7)


def fill(session: Session, home: Newsletter) -> None:
    """Two weeks of letters in four lanes; the last issue is paused for its complaints, a lane for unknown mailboxes."""
    for ago in range(12, -1, -2):
        with clock.moved(-timedelta(days=ago)):
            issue = make_sent(session, home, f"{ago}日前のお知らせ", days_ago=0)
            for place, lane in enumerate(LANE_IDS):
                kinds = {"accepted": 1500 - 400 * place, "no_such_mailbox": 40 + 9 * ago * place, "network": 3 * place}
                letter_tally.add(session, Lease(issue.id, issue.id, home.id, lane, 1), kinds)
    issue.state = IssueState.SENDING
    for number in range(15):
        reader = make_reader(session, home, f"reader{number}@example.jp")
        session.add(Delivery(issue_id=issue.id, subscriber_id=reader.subscriber_id, edition=1, lane_id=1, attempts=1,
                             batch_id=issue.id, state=DeliveryState.ACCEPTED, at=clock.now()))  # fmt: skip
        session.flush()
        report(session, issue, reader, BounceClass.COMPLAINT if number < 12 else BounceClass.MAILBOX_FULL)
    other = make_sent(session, make_newsletter(session, "another"), "別の号", days_ago=0)
    letter_tally.add(session, Lease(other.id, other.id, other.newsletter_id, 4, 1), {"accepted": 55_555})
    odd = make_reader(session, home, "odd@example.jp")
    session.add(Delivery(issue_id=issue.id, subscriber_id=odd.subscriber_id, edition=1, lane_id=7, attempts=1,
                         batch_id=issue.id, state=DeliveryState.ACCEPTED, at=clock.now()))  # fmt: skip
    letter_tally.add(session, Lease(issue.id, issue.id, home.id, 7, 1), {"no_such_mailbox": 200})
    session.flush()
    report(session, issue, odd, BounceClass.NO_SUCH_MAILBOX)


def add_events(session: Session, home: Newsletter) -> None:
    """Sixty events, of which a third says that letters have arrived, and one that nobody knows."""
    reader = session.scalars(select(Delivery.subscriber_id)).first()
    for number in range(60):
        known = number % 3
        session.add(ProviderEvent(
            provider=("ses", "sendgrid", "relay")[known], key=f"event-{number}", at=clock.now(), raw="{}",
            kind=("complaint", "no_such_mailbox", "delivered")[known], address=f"hanako{number}@city.example.jp",
            message_ids=[], return_paths=[], status="5.1.1" if known == 1 else "", tries=0,
            said="550 5.1.1 user unknown" if known == 1 else "", handled_at=clock.now(),
            consequence="suppressed" if known == 0 else "unproved",
            newsletter_id=home.id if known == 0 else None, subscriber_id=reader if known == 0 else None,
        ))  # fmt: skip
    session.flush()
    session.add(ProviderEvent(provider="brevo", key="x", at=clock.now(), raw="{}", kind="other", address="",
                              message_ids=[], return_paths=[], status="", said=""))  # fmt: skip
