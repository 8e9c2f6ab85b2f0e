"""Letters a second through the whole pipeline, from scheduled to recorded, beside Postfix's own ``smtp-source``.

``RECIPIENTS=N python -m benchmarks.send``. Real PostgreSQL, Valkey and Celery worker; the letters of about 60 KB go to
Postfix's ``smtp-sink`` on this machine, and so do as many ready-made messages of that size over as many connections.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import text

import settings
from models.deliveries import progress
from models.deliveries.delivery import Batch, DeliveryState
from models.issues import flow
from models.issues import issue as issues
from models.issues.block import Heading, Prose
from models.issues.issue import IssueState
from models.store import db, nudge
from models.store.clock import now
from tests.servers import start_worker
from worker.prepare import prepare

from . import crowd, ground
from .processes import cpu, family, rss_mb
from .smtp import sink

RECIPIENTS = int(os.environ.get("RECIPIENTS", "100000"))
PROCESSES = 2
CONNECTIONS = 4
LINKS = 60
SENTENCE = "窓口で書く書類を減らすために、住民の動線を一つずつ確かめて、要らない項目を消していきます。"


def fill() -> int:
    """Readers with active subscriptions, and an approved issue with sixty links; the issue's number."""
    with db.session_scope() as session:
        of = crowd.newsletter(session)
        of.approvals_needed, of.postal_address, of.contact = 0, "例示市中央1-1", "bench@example.jp"
        crowd.readers(session, RECIPIENTS)
        names = "name = '読者' || id, address_hash = md5(address) || md5(address)"
        session.execute(text(f"UPDATE subscriber SET {names}"))
        session.execute(
            text(
                "INSERT INTO subscription "
                "(subscriber_id, newsletter_id, topic_ids, state, created_at, ended_reason, asked) "
                "SELECT id, :newsletter, '{}', 'active', now(), '', '{}' FROM subscriber"
            ),
            {"newsletter": of.id},
        )
        blocks = [Prose(text='{{ reader.name | default("皆さま") }}、こんにちは。')]
        for number in range(LINKS):
            link = f"[手引の第{number}章を読む](https://www.example.jp/guide/{number})"
            blocks.append(Prose(text=f"{SENTENCE}{link}。"))
        made = issues.create(session, of, subject="計測の号", blocks=(Heading(text="今月の話題"), *blocks))
        flow.submit(session, made, "bench")
        made.schedule(now())
        return made.id


def settled(issue_id: int) -> bool:
    """Whether the issue has gone out."""
    with db.session_scope() as session:
        return issues.get(session, issue_id).state is IssueState.SENT


def send(folder: Path, issue_id: int, port: int) -> dict[str, float | int | str]:
    """Let two worker processes send the prepared issue; what it took."""
    environment = {"SMTP_URL": f"smtp://127.0.0.1:{port}", "CONNECTIONS": str(CONNECTIONS), "LOG_LEVEL": "info"}
    worker = start_worker(folder / "worker.log", environment, processes=PROCESSES, beat=False)
    try:
        processes = family(worker.pid)
        before, began = cpu(processes), time.monotonic()
        name_batches(issue_id)
        while not settled(issue_id):
            time.sleep(0.05)
        took, used = time.monotonic() - began, cpu(family(worker.pid)) - before
        largest = max(rss_mb(one) for one in family(worker.pid))
    finally:
        worker.stop()
    with db.session_scope() as session:
        accepted = progress.count(session, issue_id)[DeliveryState.ACCEPTED]
    assert accepted == RECIPIENTS, f"{accepted} of {RECIPIENTS} letters were accepted"
    return {
        "letters_per_s": RECIPIENTS / took,
        "cpu_us_per_letter": used / RECIPIENTS * 1e6,
        "rss_mb_max": largest,
    }


def name_batches(issue_id: int) -> None:
    """What preparing did when nobody listened yet."""
    with db.session_scope() as session:
        for batch_id in session.scalars(text("SELECT id FROM batch WHERE issue_id = :id"), {"id": issue_id}):
            nudge.nudge(session, nudge.DELIVER, batch_id)


def smtp_source(port: int, size: int) -> float:
    """Postfix's own client with as many ready-made messages over as many connections: letters a second."""
    count = min(RECIPIENTS, 20000)
    began = time.monotonic()
    sessions = PROCESSES * CONNECTIONS
    command = ["/usr/sbin/smtp-source", "-d", "-s", str(sessions), "-m", str(count), "-l", str(size)]
    subprocess.run([*command, f"127.0.0.1:{port}"], check=True)
    return count / (time.monotonic() - began)


def main() -> None:
    """Measure, print a table, and keep the figures."""
    with ground.servers() as folder, sink() as (port, _):
        settings.reload(SMTP_URL=f"smtp://127.0.0.1:{port}")
        issue_id = fill()
        began = time.monotonic()
        prepare(issue_id)
        prepared = time.monotonic() - began
        with db.session_scope() as session:
            size = session.scalar(text("SELECT max(size) FROM edition")) or 0
            assert session.query(Batch).count() > 0
        before = smtp_source(port, size)
        figures = send(folder, issue_id, port)
        yardstick = (before + smtp_source(port, size)) / 2
    rate = figures["letters_per_s"]
    assert isinstance(rate, float)
    ground.keep(
        "send",
        {
            "recipients": RECIPIENTS,
            "bytes_per_letter": size,
            "prepare_s": prepared,
            **figures,
            "smtp_source_per_s": yardstick,
            "ratio_to_smtp_source": rate / yardstick,
        },
    )


if __name__ == "__main__":
    sys.exit(main())
