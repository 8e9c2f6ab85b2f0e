"""What ``benchmarks.send`` sends: readers of three newsletters, and issues with sixty links and the reader's name."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.issues import issue as issues
from models.issues import workflow
from models.issues.block import Heading, Prose
from models.issues.dkim_key import Key
from models.issues.newsletter import Newsletter
from models.store import db
from models.store.clock import now

from . import sample_data

LINKS = 60
SENTENCE = "窓口で書く書類を減らすために、住民の動線を一つずつ確かめて、要らない項目を消していきます。"


def readers(count: int) -> None:
    """Subscribers 1 to *count*, each with a name."""
    with db.session_scope() as session:
        sample_data.readers(session, count)
        session.execute(text("UPDATE subscriber SET name = '読者' || id, address_hash = md5(address) || md5(address)"))
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE subscriber")


def newsletter(slug: str, count: int, key: Key | None = None, file: str = "") -> int:
    """A newsletter that the first *count* readers have subscribed to; its number.

    Arguments:
        key: signs its letters, and lies in *file* below the data folder.
    """
    with db.session_scope() as session:
        made = Newsletter(slug=slug, name="計測通信", sender_name="計測係", sender_address="bench@example.jp")
        made.approvals_needed, made.postal_address, made.contact = 0, "例示市中央1-1", "bench@example.jp"
        if key is not None:
            made.dkim = [{"domain": key.domain, "selector": key.selector, "key_file": file}]
        session.add(made)
        session.flush()
        session.execute(
            text(
                "INSERT INTO subscription "
                "(subscriber_id, newsletter_id, topic_ids, state, created_at, ended_reason, asked) "
                "SELECT id, :newsletter, '{}', 'active', now(), '', '{}' FROM subscriber WHERE id <= :count"
            ),
            {"newsletter": made.id, "count": count},
        )
        return made.id


def issue(newsletter_id: int) -> int:
    """An approved issue that is due; its number."""
    with db.session_scope() as session:
        made = _written(session, session.get_one(Newsletter, newsletter_id))
        workflow.submit(session, made, "bench")
        made.schedule(now())
        return made.id


def _written(session: Session, of: Newsletter) -> issues.Issue:
    blocks = [Prose(text='{{ reader.name | default("皆さま") }}、こんにちは。')]
    for number in range(LINKS):
        link = f"[手引の第{number}章を読む](https://www.example.jp/guide/{number})"
        blocks.append(Prose(text=f"{SENTENCE}{link}。"))
    return issues.create(session, of, subject="計測の号", blocks=(Heading(text="今月の話題"), *blocks))
