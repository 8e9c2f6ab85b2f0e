"""Pages about many readers and letters: shown at once, with numbers of a moment ago, or a way to ask for them."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from models.deliveries import progress
from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.lane import list_all
from models.deliveries.letters import waiting
from models.deliveries.preparation import Preparation
from models.deliveries.scheduling import recipient_count
from models.issues import issue as issues
from models.issues.block import Prose
from models.issues.issue_state import IssueState
from models.store import clock, db
from tests.sample import make_newsletter, make_reader
from tests.web.hidden_fields import hidden_fields
from tests.web.staff_login import EVERY_ROLE, PASSWORD, make_staff

READERS = 3


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """One is many."""
    monkeypatch.setattr(recipient_count, "FEW", 1)
    monkeypatch.setattr(progress, "FEW", 1)
    monkeypatch.setattr(waiting, "FEW", 1)


@pytest.fixture
def made(client: FlaskClient) -> dict[IssueState, int]:
    """An issue that may be sent, and one that is paused with letters that wait; somebody with every role is there."""
    found = {}
    with db.session_scope() as session:
        make_staff(session)
        home = make_newsletter(session)
        readers = [make_reader(session, home, f"r{n}@town.example").subscriber_id for n in range(READERS)]
        for state in (IssueState.APPROVED, IssueState.PAUSED):
            one = issues.create(session, home, subject="号", blocks=[Prose(text="本文です。")])
            one.state = state
            session.flush()
            found[state] = one.id
        one.prepared_at = clock.now()
        lane = list_all(session)[0]
        session.add_all(
            Delivery(issue_id=one.id, subscriber_id=reader, edition=1, lane_id=lane.id, state=DeliveryState.QUEUED)
            for reader in readers
        )
        session.add(Preparation(issue_id=one.id, targeted=READERS, left_out=0, editions=1, batches=1))
    form = {"csrf_token": hidden_fields(client.get("/staff/login"))["csrf_token"], "address": EVERY_ROLE}
    assert client.post("/staff/login", data=form | {"password": PASSWORD}).status_code == 302
    return found


def link_to_count(page: str) -> str:
    """Where a script, or a person without scripts, asks for the number."""
    [address] = set(re.findall(r'data-count="([^"]+)"', page))
    assert f'<a href="{address}"' in page
    return address.replace("&amp;", "&")


@pytest.mark.usefixtures("many")
def test_sending_is_confirmed_with_a_number_that_was_counted(client: FlaskClient, made: dict[IssueState, int]) -> None:
    home = f"/staff/issues/{made[IssueState.APPROVED]}"
    page = client.get(f"{home}/send?lang=en").text
    assert 'name="readers"' not in page, "nobody confirms a number that nobody has counted"
    counted = client.get(f"{home}/send{link_to_count(page)}")
    form = hidden_fields(counted)
    assert form["readers"] == str(READERS)
    assert "counted at" not in counted.text
    again = client.get(f"{home}/send?lang=en")
    assert "counted at" in again.text
    assert hidden_fields(again)["readers"] == str(READERS)
    with db.session_scope() as session:
        make_reader(session, issues.get(session, made[IssueState.APPROVED]).newsletter, "late@town.example")
    refused = client.post(f"{home}/send", data=form)
    assert refused.status_code in (302, 409)
    if refused.status_code == 409:
        assert hidden_fields(refused)["readers"] == str(READERS + 1), "the number that is confirmed is the one of now"


@pytest.mark.usefixtures("many")
def test_an_issue_and_its_paper_tell_when_its_readers_were_counted(
    client: FlaskClient, made: dict[IssueState, int]
) -> None:
    home = f"/staff/issues/{made[IssueState.APPROVED]}"
    for page in (home, f"{home}/draft-paper"):
        assert link_to_count(client.get(page).text).endswith("count=now")
    client.get(f"{home}?count=now")
    for page in (home, f"{home}/draft-paper"):
        shown = client.get(f"{page}?lang=en").text
        assert "data-count=" not in shown
        assert "counted at" in shown


@pytest.mark.usefixtures("many")
def test_lanes_tell_when_what_waits_was_counted(client: FlaskClient, made: dict[IssueState, int]) -> None:
    page = client.get("/staff/lanes?lang=en").text
    assert "letters of issue" not in page
    assert f"{READERS} letters of issue" in client.get(f"/staff/lanes{link_to_count(page)}").text
    again = client.get("/staff/lanes?lang=en").text
    assert f"{READERS} letters of issue" in again
    assert "were counted at" in again


def test_few_are_told_as_they_are(client: FlaskClient, made: dict[IssueState, int]) -> None:
    for page in (f"/staff/issues/{made[IssueState.APPROVED]}/send", "/staff/lanes"):
        shown = client.get(f"{page}?lang=en").text
        assert "data-count=" not in shown
        assert "counted at" not in shown
