"""The certificate: its sum, its digest, and that anybody can check both with the file alone."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.deliveries import certificate
from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.preparation import Preparation
from models.issues import issue as issues
from models.issues.block import Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.readers import erasure
from models.readers.subscriber import Subscriber
from models.staff.audit import AuditEntry
from models.store import clock

from ...sample import make_newsletter, make_reader

ROOT = Path(__file__).parents[3]
STATES = [DeliveryState.ACCEPTED] * 5 + [
    DeliveryState.BOUNCED,
    DeliveryState.FAILED,
    DeliveryState.SUPPRESSED,
    DeliveryState.UNKNOWN,
]


def sent(session: Session, states: list[DeliveryState] = STATES) -> Issue:
    home = make_newsletter(session)
    issue = issues.create(session, home, subject="号", blocks=[Prose(text="本文です。")])
    issue.state, issue.prepared_at, issue.sent_at = IssueState.SENT, clock.now(), clock.now()
    begun = clock.now()
    for number, state in enumerate(states):
        reader = make_reader(session, home, f"reader{number}@town.example")
        relay = "relay.example:25" if state is not DeliveryState.SUPPRESSED else None
        session.add(Delivery(issue_id=issue.id, subscriber_id=reader.subscriber_id, edition=1, lane_id=1, state=state,
                             attempts=1, code=250, enhanced="2.0.0", relay=relay,
                             answer=f"<reader{number}@town.example>",
                             at=begun + timedelta(seconds=number)))  # fmt: skip
    session.add(Preparation(issue_id=issue.id, targeted=len(states), left_out=0, editions=1, batches=1))
    session.flush()
    return issue


def test_the_sum_comes_to_zero(session: Session) -> None:
    drawn = certificate.compute(session, sent(session))
    assert drawn.targeted == 9
    assert drawn.counts == {DeliveryState.ACCEPTED: 5, **dict.fromkeys(STATES[5:], 1)}
    assert (drawn.difference, drawn.open, drawn.final) == (0, 0, True)
    assert drawn.lanes == {"docomo": drawn.counts}
    assert sum(drawn.relays["relay.example:25"].values()) == 8
    assert drawn.first_at is not None
    assert drawn.last_at == drawn.first_at + timedelta(seconds=8)
    plain = drawn.as_json()
    assert plain["targeted"] == sum(plain[state.value] for state in certificate.FINAL_STATES)
    assert plain["queued"] == plain["difference"] == 0


def test_somebody_who_was_lost_shows(session: Session) -> None:
    issue = sent(session)
    session.execute(update(Preparation).values(targeted=10))
    assert certificate.compute(session, issue).difference == 1


def test_while_letters_go_out_it_is_not_final(session: Session) -> None:
    issue = sent(session, [DeliveryState.ACCEPTED, DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.SENDING])
    issue.state = IssueState.SENDING
    drawn = certificate.compute(session, issue)
    assert (drawn.open, drawn.difference, drawn.final) == (3, 0, False)


def test_the_digest_can_be_computed_from_the_lines(session: Session) -> None:
    lines: list[str] = []
    drawn = certificate.compute(session, sent(session), lines.append)
    assert lines[0] == ",".join(certificate.COLUMNS)
    digest = ""
    for line in lines[1:]:
        digest = sha256((digest + line).encode()).hexdigest()
    assert digest == drawn.digest
    assert all(len(line.split(",")) == len(certificate.COLUMNS) for line in lines)
    assert not any("town.example" in line for line in lines), "the file says who a reader is"


def test_any_change_changes_the_digest(session: Session) -> None:
    issue = sent(session)
    before = certificate.compute(session, issue).digest
    assert certificate.compute(session, issue).digest == before
    for column, value in (("code", 251), ("state", DeliveryState.ACCEPTED), ("edition", 2), ("relay", "other:25")):
        with session.begin_nested() as nested:
            last = select(Delivery.subscriber_id).order_by(Delivery.subscriber_id.desc()).limit(1).scalar_subquery()
            session.execute(update(Delivery).where(Delivery.subscriber_id == last).values({column: value}))
            assert certificate.compute(session, issue).digest != before, column
            nested.rollback()


def test_erasing_a_reader_changes_nothing(session: Session) -> None:
    issue = sent(session)
    before = certificate.compute(session, issue).digest
    for reader in session.scalars(select(Subscriber)):
        erasure.erase(session, reader)
    assert certificate.compute(session, issue).digest == before


def test_handing_it_out_is_noted(session: Session) -> None:
    drawn = certificate.compute(session, sent(session))
    certificate.record_issuance(session, drawn, "test")
    entry = session.scalars(select(AuditEntry)).one()
    assert entry.detail["digest"] == drawn.digest
    assert entry.detail["accepted"] == 5


def test_the_script_of_the_docs_checks_it(session: Session, tmp_path: Path) -> None:
    sheet, lines = tmp_path / "certificate.json", tmp_path / "certificate.csv"
    with lines.open("w") as file:
        drawn = certificate.compute(session, sent(session), lambda line: print(line, file=file))
    sheet.write_text(json.dumps(drawn.as_json()))

    def check() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "docs" / "verify" / "certificate-verify.py"), str(sheet), str(lines)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    good = check()
    assert (good.returncode, good.stdout) == (0, "Every letter of the 9 is accounted for, and the digest is right.\n")
    lines.write_text(lines.read_text().replace("bounced", "accepted"))
    bad = check()
    assert bad.returncode == 1
    assert "accepted is 5, should be 6" in bad.stdout
    assert "digest" in bad.stdout
