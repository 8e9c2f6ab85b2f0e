"""An installation of an older version starts after this one, and goes on: ``tests/data/upgrade`` says what is in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
import requests
from celery import Celery
from celery.beat import PersistentScheduler
from redis import Redis
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models import migrations
from models.deliveries.delivery import Delivery, DeliveryState
from models.issues import issue as issues
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.mailbox import Mailbox
from models.readers import signup, suppression
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from models.staff import audit_check
from models.staff.audit_day import parse_head
from models.store import broker, clock, db
from models.store.token import Purpose, make
from models.tracking import spool
from models.tracking.hit import STREAM
from ops.run import run_state
from ops.run.child_process import ChildProcess
from ops.run.embedded import Postgres, Valkey
from tests.conftest import NOWHERE, set_environment
from tests.servers import SmtpCatcher, free_port, start_web, start_worker

LEFT = Path(__file__).parents[1] / "data" / "upgrade"
MADE = json.loads((LEFT / "made.json").read_text(encoding="utf-8"), object_hook=lambda found: SimpleNamespace(**found))
SPOOL_BYTES = 4 << 20
LONG = {"RETRY_GIVE_UP_HOURS": "1000000", "CONFIRM_DAYS": "36500", "HIT_DETAIL_DAYS": "36500",
        "HIT_RETENTION_MONTHS": "1200"}  # fmt: skip
"""Nothing becomes too old, however long ago all of it was made."""
OLD_TIMETABLE = {
    name: {"task": f"worker.tasks.{name.replace(' ', '_')}", "schedule": 1.0}
    for name in ("sweep", "move hits", "tend hits", "tend readers")
}


class Installation:
    """What was upgraded, while it runs."""

    def __init__(self, place: Path, catcher: SmtpCatcher) -> None:
        self.place, self.data, self.catcher = place, place / "data", catcher
        self.migrated = ""
        self.url = f"http://127.0.0.1:{free_port()}"
        self.worker: ChildProcess | None = None

    def letters(self) -> list[tuple[str, str, EmailMessage]]:
        """Recipient, subject and message of what has been sent since."""
        parsed = [(one, message_from_bytes(one.content, policy=policy.default)) for one in list(self.catcher.letters)]
        return [(one.recipients[0], str(message["Subject"]), message) for one, message in parsed]

    def recipients(self, issue_id: int) -> Counter[str]:
        """Who got an issue since, and how often."""
        with db.session_scope() as session:
            subject = issues.get(session, issue_id).subject
        return Counter(recipient for recipient, found, _ in self.letters() if found == subject)

    def wait_for(self, what: Callable[[], bool]) -> None:
        """Wait for a state that the worker brings about."""
        assert self.worker is not None
        self.worker.wait_until(what, seconds=120)


def load_database(address: str) -> None:
    with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute((LEFT / "database.sql").read_bytes())
        # Its time has just come: hours after it, an issue has missed its time, which is another case.
        connection.execute("UPDATE public.issue SET scheduled_at = now() WHERE id = %s", [MADE.due])


def load_broker(client: Redis) -> None:
    info: Any = client.info("server")
    for line in (LEFT / "broker.jsonl").read_text(encoding="utf-8").splitlines():
        words = json.loads(line.replace("RUN_ID", info["run_id"]))
        client.execute_command(  # type: ignore[no-untyped-call]
            *[word.encode("utf-8", "surrogateescape") for word in words]
        )


def copy_data(to: Path, **addresses: str) -> None:
    shutil.copytree(LEFT / "data", to)
    for file in (to / "spool").glob("hits-*"):
        os.truncate(file, SPOOL_BYTES)
    note = (to / "run.json").read_text()
    for name, address in addresses.items():
        note = note.replace(f"<{name}>", address)
    (to / "run.json").write_text(note)


def write_old_timetable(file: Path) -> None:
    with Celery("kairan", broker=os.environ["REDIS_URL"], set_as_current=False) as app:
        app.conf.beat_schedule = OLD_TIMETABLE
        PersistentScheduler(app, schedule_filename=str(file)).close()


def migrate(data: Path) -> str:
    """Run the command with nothing but the data folder, as an operator would beside a running installation."""
    unset = {*run_state.SHARED_SETTINGS, "SECRET_KEY"}
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    lock = run_state.lock(data)
    lock.acquire()  # as `kairan run` does: run.json counts while somebody holds it
    try:
        command = [sys.executable, "-m", "ops.cli", "migrate"]
        result = subprocess.run(
            command, env={**environment, "KAIRAN_DATA": str(data)}, capture_output=True, text=True, check=False
        )
    finally:
        lock.release()
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def upgraded() -> Iterator[Installation]:
    """The installation, upgraded; web and worker of this version run on it."""
    before = dict(os.environ)
    place = Path(tempfile.mkdtemp(prefix="kt-", dir="/tmp"))
    place.chmod(0o755)
    postgres, valkey, catcher = Postgres(place / "postgres", durable=False), Valkey(place / "valkey"), SmtpCatcher()
    children: list[ChildProcess] = []
    catcher.start()
    try:
        made = Installation(place, catcher)
        addresses = {"DATABASE_URL": postgres.start(), "REDIS_URL": valkey.start(), "SMTP_URL": catcher.address}
        base_url = "https://news.city.example.jp"
        copy_data(made.data, **addresses, BASE_URL=base_url)
        key = (made.data / "secret_key").read_text().strip()
        set_environment(
            **addresses, **LONG, SECRET_KEY=key, KAIRAN_DATA=str(made.data), BASE_URL=base_url, SWEEP_SECONDS="1"
        )
        load_database(addresses["DATABASE_URL"])
        load_broker(broker.client())
        write_old_timetable(place / "worker.beat")
        made.migrated = migrate(made.data)
        made.worker = start_worker(place / "worker.log", processes=2)
        children.append(made.worker)
        children.append(start_web(place / "web.log", int(made.url.rpartition(":")[2])))
        yield made
    finally:
        for child in children:
            child.stop()
        catcher.stop()
        db.dispose()
        broker.forget()
        valkey.stop()
        postgres.stop()
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        set_environment(**before)
        shutil.rmtree(place)


@pytest.fixture
def here(upgraded: Installation) -> Iterator[Session]:
    """A session on the upgraded database."""
    with db.session_scope() as session:
        yield session


def state_of(issue_id: int) -> IssueState:
    with db.session_scope() as session:
        return issues.get(session, issue_id).state


def deliveries(session: Session, issue_id: int) -> dict[str, DeliveryState]:
    """What became of each copy, by the address of its reader."""
    query = select(Subscriber.address, Delivery.state).join(Subscriber, Subscriber.id == Delivery.subscriber_id)
    return {address or "": state for address, state in session.execute(query.where(Delivery.issue_id == issue_id))}


def test_the_database_is_migrated_by_what_the_data_folder_says(upgraded: Installation, here: Session) -> None:
    assert upgraded.migrated == f"Migrated 0001 → {migrations.head()}.\n"
    assert here.scalar(text("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")) == 0


def test_the_issue_that_was_half_sent_reaches_everyone_once(upgraded: Installation) -> None:
    upgraded.wait_for(lambda: state_of(MADE.half) is IssueState.SENT)
    taken = Counter(MADE.half_recipients) + upgraded.recipients(MADE.half)
    assert [address for address, times in taken.items() if times > 1] == [], "mailed twice"
    with db.session_scope() as session:
        found = deliveries(session, MADE.half)
    by_state = {state: {address for address, is_ in found.items() if is_ is state} for state in DeliveryState}
    assert by_state[DeliveryState.ACCEPTED] == taken.keys(), "lost, or sent to somebody else"
    # Two connections had a letter on the wire each when the worker was killed: nobody can know, so staff are told.
    assert len(by_state[DeliveryState.UNKNOWN]) == 2
    assert {state for state, whose in by_state.items() if whose} == {
        DeliveryState.ACCEPTED, DeliveryState.UNKNOWN, DeliveryState.SUPPRESSED,
    }  # fmt: skip


def test_the_prepared_issue_goes_out(upgraded: Installation) -> None:
    issue_id = MADE.prepared
    upgraded.wait_for(lambda: state_of(issue_id) is IssueState.SENT)
    with db.session_scope() as session:
        found = deliveries(session, issue_id)
    accepted = {address for address, state in found.items() if state is DeliveryState.ACCEPTED}
    assert upgraded.recipients(issue_id) == Counter(accepted)
    assert len(accepted) >= 30
    assert accepted.isdisjoint(f"{who}@town.example" for who in ("left", "bounced", "complained", "held", "pending"))


def test_what_the_old_version_approved_is_approved_again(upgraded: Installation) -> None:
    """It looked at less than all that is mailed: what was due is a draft that says so, and is mailed to nobody."""
    upgraded.wait_for(lambda: state_of(MADE.due) is IssueState.DRAFT)
    with db.session_scope() as session:
        assert session.get_one(Issue, MADE.due).trouble
    assert not upgraded.recipients(MADE.due)


def test_the_copy_that_was_put_off_is_tried_again(upgraded: Installation) -> None:
    upgraded.wait_for(lambda: state_of(MADE.sent) is IssueState.SENT)
    assert upgraded.recipients(MADE.sent) == {"reader3@mobile.example": 1}
    assert "reader3@mobile.example" not in MADE.sent_recipients


def test_what_waits_for_people_waits_on(upgraded: Installation) -> None:
    assert state_of(MADE.paused) is IssueState.PAUSED
    assert state_of(MADE.cancelled) is IssueState.CANCELLED
    assert state_of(MADE.ranking_issue) is IssueState.DRAFT
    assert {name: state_of(number).value for name, number in vars(MADE.waiting).items()} == {
        name: name for name in vars(MADE.waiting)
    }
    for issue_id in (MADE.paused, MADE.cancelled, MADE.ranking_issue, *vars(MADE.waiting).values()):
        assert upgraded.recipients(issue_id) == {}


def test_single_letters_arrive(upgraded: Installation) -> None:
    def arrived() -> set[str]:
        issue_subjects = {subject for (subject,) in db_subjects()}
        return {recipient for recipient, subject, _ in upgraded.letters() if subject not in issue_subjects}

    def db_subjects() -> list[tuple[str]]:
        with db.session_scope() as session:
            return [(subject,) for subject in session.scalars(text("SELECT subject FROM issue"))]

    upgraded.wait_for(lambda: arrived() == set(vars(MADE.queued_letters)))


def test_letters_are_signed_with_the_key_in_the_data_folder(upgraded: Installation) -> None:
    upgraded.wait_for(lambda: state_of(MADE.prepared) is IssueState.SENT)
    signatures = [message["DKIM-Signature"] for _, subject, message in upgraded.letters() if subject == "準備済みの号"]
    assert signatures
    assert all("s=kairan2026" in str(signature) for signature in signatures)


def test_hits_arrive_in_their_table(upgraded: Installation) -> None:
    assert upgraded.worker is not None
    expected = sum(vars(MADE.hits).values())

    def stored() -> int:
        with db.session_scope() as session:
            return session.scalar(text("SELECT count(*) FROM hit WHERE at <= :made"), {"made": MADE.made_at}) or 0

    upgraded.wait_for(lambda: stored() == expected)
    with db.session_scope() as session:
        assert session.scalar(text("SELECT count(*) FROM waiting_hit")) == 0
    assert list(spool.abandoned_files()) == []
    upgraded.wait_for(lambda: broker.client().xlen(STREAM) == 0)


def test_the_audit_log_is_whole(here: Session) -> None:
    """Entries of before stay as they were, also for who has noted a digest then; new ones follow and are signed."""
    found = audit_check.check(here, [parse_head(MADE.audit.last)])
    assert found.faults == []
    assert found.keys.pop("") == MADE.audit.entries
    assert sum(found.keys.values()) == found.entries - MADE.audit.entries
    here.execute(text("SET LOCAL session_replication_role = replica"))
    here.execute(text("UPDATE audit_entry SET actor = 'nobody' WHERE number = 7"))
    assert [one.number for one in audit_check.check(here).faults] == [7]
    here.rollback()


def test_no_task_has_an_unknown_name(upgraded: Installation) -> None:
    """Tasks in the queues have the names that they had; the timetable's file is taken over, with new names in it."""
    upgraded.wait_for(lambda: not broker.client().llen("celery") and not broker.client().llen("deliver"))
    log = (upgraded.place / "worker.log").read_text()
    assert "unregistered task" not in log


def test_links_of_old_letters_work(upgraded: Installation) -> None:
    click = requests.get(f"{upgraded.url}/c/1/{MADE.tokens.click}", allow_redirects=False, timeout=30)
    assert (click.status_code, click.headers["Location"]) == (302, "https://city.example.jp/tebiki")
    for page in (f"/p/{MADE.tokens.preferences}", f"/u/{MADE.tokens.unsubscribe}"):
        answer = requests.get(upgraded.url + page, timeout=30)
        assert (answer.status_code, "自治体ICTだより" in answer.text) == (200, True)


def test_a_reader_leaves_by_the_button_of_an_old_letter(upgraded: Installation) -> None:
    answer = requests.post(
        f"{upgraded.url}/u/{MADE.tokens.unsubscribe}", data={"List-Unsubscribe": "One-Click"}, timeout=30
    )
    assert answer.status_code == 200
    with db.session_scope() as session:
        found = session.scalars(
            select(Subscription).join(Subscription.subscriber).where(Subscriber.address == "reader0@town.example")
        )
        states = {one.newsletter.slug: (one.state, one.newsletter_id) for one in found}
        assert states["bosai"][0] is SubscriptionState.ACTIVE
        state, newsletter_id = states["ict"]
        assert state is SubscriptionState.ENDED
        assert suppression.find(session, "reader0@town.example", newsletter_id) is not None


def test_a_sign_up_is_confirmed_by_its_old_link(here: Session) -> None:
    with clock.moved(datetime.fromisoformat(MADE.made_at) - clock.now()):
        confirmed = signup.confirm(here, MADE.confirm)
    assert confirmed.state is SubscriptionState.ACTIVE
    assert confirmed.subscriber.name == "保留"


def test_caught_letters_are_listed(upgraded: Installation) -> None:
    entries = Mailbox(upgraded.data / "mailbox").entries()
    assert sorted((entry.number, entry.subject) for entry in entries) == [(1, "first"), (2, "二通目")]


def test_links_and_refusals_are_known_from_disk(upgraded: Installation, tmp_path: Path) -> None:
    """Without database and broker: where a link leads, and that this reader does not want to be known."""
    data = tmp_path / "data"
    copy_data(data)
    for file in (data / "spool").glob("hits-*"):
        file.unlink()
    (refused,) = json.loads((data / "spool" / "links" / "refused.json").read_text())
    port = free_port()
    web = start_web(tmp_path / "web.log", port, {**NOWHERE, "KAIRAN_DATA": str(data)})
    try:
        for reader in (1, refused):
            token = make(Purpose.CLICK, MADE.sent, reader)
            answer = requests.get(f"http://127.0.0.1:{port}/c/1/{token}", allow_redirects=False, timeout=60)
            assert (answer.status_code, answer.headers["Location"]) == (302, "https://city.example.jp/tebiki")
        (file,) = (data / "spool").glob("hits-*")
        # The other's waits in memory until the database says how many readers it would tell of.
        (known,) = file.read_bytes().rstrip(b"\0").splitlines()
        assert b"127.0.0.1" in known
    finally:
        web.stop()
