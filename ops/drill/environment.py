"""What a drill stands on: servers and a data folder of its own, and an issue for invented readers."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from models import migrations
from models.deliveries.lane import Lane
from models.issues import issue as issues
from models.issues import workflow
from models.issues.block import Heading, Only, Prose
from models.issues.newsletter import Audience, Newsletter
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from models.store import clock, db, token
from models.store.token import address_hash

from ..run import reconnect
from ..run.embedded import Postgres, Valkey
from . import small_disk

LANES = {"docomo": "docomo.example", "gmail": "gmail.example", "yahoo-japan": "yahoo.example"}
"""Some lanes of a drill, with domains that nobody has (RFC 2606). All other readers are at ``town.example``."""
_BATCH = 5000
_TEXT = "{{ reader.name | default('皆さま') }}、火災訓練のお知らせです。" + "落ち着いて行動してください。" * 20


class DrillServers(NamedTuple):
    """The servers of a drill, and the folder that all data lie in."""

    folder: Path
    database: Postgres
    broker: Valkey


@contextmanager
def servers(disk: bool = False) -> Iterator[DrillServers]:
    """PostgreSQL and Valkey in a folder that goes away, with every table; this process uses them from here on.

    Arguments:
        disk: whether the folder is a small disk of its own, which can be filled; where we may not make one, it is not.
    """
    folder = Path(tempfile.mkdtemp(prefix="kd-", dir="/tmp"))
    mounted = disk and small_disk.mount(folder)
    folder.chmod(0o755)
    database, broker = Postgres(folder / "postgres"), Valkey(folder / "valkey")
    try:
        reconnect.apply(
            SECRET_KEY=secrets.token_urlsafe(48), KAIRAN_DATA=str(folder / "data"), BASE_URL="https://drill.example"
        )
        token.forget_keys()
        reconnect.apply(DATABASE_URL=database.start(), REDIS_URL=broker.start())
        migrations.upgrade()
        yield DrillServers(folder, database, broker)
    finally:
        db.dispose()
        broker.stop()
        database.stop()
        if mounted:
            small_disk.unmount(folder)
        shutil.rmtree(folder, ignore_errors=True)


def create_issue(recipients: int) -> int:
    """Readers and an approved issue with a conditional block for them; its number. It is not due yet."""
    with db.session_scope() as session:
        home = Newsletter(
            slug="drill",
            name="火災訓練",
            sender_name="訓練係",
            sender_address="drill@drill.example",
            postal_address="訓練市一丁目1番1号",
            contact="drill@drill.example",
            approvals_needed=0,
        )
        official = Audience(newsletter=home, slug="official", name="職員")
        session.add_all([home, official])
        session.flush()
        for slug, domain in LANES.items():
            session.execute(update(Lane).where(Lane.slug == slug).values(domains=[domain]))
        for first in range(0, recipients, _BATCH):
            _add_readers(session, home.id, official.id, range(first, min(first + _BATCH, recipients)))
        blocks = (
            Heading(text="訓練"),
            Prose(text=_TEXT),
            Prose(text="職員の方は持ち場へ。", only=Only(audiences=("official",))),
        )
        issue = issues.create(session, home, subject="火災訓練のお知らせ", blocks=blocks)
        workflow.submit(session, issue, "kairan drill")
        return issue.id


def _add_readers(session: Session, newsletter: int, official: int, numbers: range) -> None:
    domains = [*LANES.values(), "town.example", "town.example"]
    rows = []
    for number in numbers:
        domain = domains[number % len(domains)]
        key = f"reader{number}@{domain}"
        rows.append({"address": key, "address_key": key, "address_hash": address_hash(key), "domain": domain,
                     "name": f"読者{number}" if number % 2 else ""})  # fmt: skip
    ids = session.scalars(insert(Subscriber).returning(Subscriber.id, sort_by_parameter_order=True), rows).all()
    subscriptions = [
        {
            "subscriber_id": number,
            "newsletter_id": newsletter,
            "state": SubscriptionState.ACTIVE,
            "audience_id": official if number % 3 == 0 else None,
        }
        for number in ids
    ]
    session.execute(insert(Subscription), subscriptions)


def start_sending(issue_id: int) -> None:
    """Let the issue go out now."""
    with db.session_scope() as session:
        workflow.schedule(session, issues.get(session, issue_id, lock=True), clock.now(), "kairan drill")
