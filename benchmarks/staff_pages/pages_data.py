"""What staff's pages show beside the year of :mod:`benchmarks.year_data`: texts, subscriptions, drafts, people, acts.

Two issues more go to every reader: one is out, one is paused half-way.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from itertools import cycle

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.bounces import returned_mail
from models.deliveries import progress
from models.imports import import_steps
from models.issues import issue as issues
from models.issues.article import Article
from models.issues.block import ArticleCard, Block, Button, Heading, Prose, Table
from models.issues.issue import Issue
from models.issues.issue_state import SENT_STATES, IssueState
from models.issues.newsletter import Newsletter
from models.issues.segments import saved_segment
from models.issues.starting import issue_template
from models.staff import member as members
from models.staff.member import Member
from models.staff.permission import Role
from models.store import broker, db
from models.store.clock import now
from worker import sweep
from worker.tracking import ingest

from .. import sample_data, year_data

PASSWORD = "a long enough password"
EVERY_ROLE = "all@example.jp"
PEOPLE, AUDIT_ENTRIES, VERSIONS, BELLS = 60, 100_000, 30, 400
SUBJECTS = (
    "避難所の開設",
    "下水道の更新",
    "マイナンバーカード",
    "粗大ごみの出し方",
    "デジタル化の手引き",
    "子育て支援",
)
_BODY = "窓口の混雑を減らすため、申請の受付を見直しました。**必要なもの**は次のとおりです。\n\n" * 4


def fill(year: int, *, readers: int, issues_count: int, hits: int) -> None:
    """Fill an empty database with all that staff's pages show."""
    year_data.fill(year, readers=readers, issues=issues_count, hits=hits)
    with db.session_scope() as session:
        of = session.scalars(select(Newsletter)).one()
        of.postal_address, of.contact = "〒000-0000 みなと市中央1-1", "bench@example.jp"
        of.fields = [{"name": "place", "label": "都道府県", "required": False}]
        people = _people(session)
        _articles(session)
        _texts(session)
        large = [_large_issue(session, of, readers, state) for state in (IssueState.SENT, IssueState.PAUSED)]
        _drafts(session, of, people[0])
        lines = "".join(f"new{n}@example.jp,新しい読者{n}\n" for n in range(1000))
        import_steps.upload(
            session, of, people[0], "list.csv", BytesIO(f"address,name\n{lines}".encode()), "窓口の申込書で同意しました"
        )
        returned_mail.take_in(session, b"From: reader@example.jp\r\nSubject: away\r\n\r\nI am away.\r\n", way="import",
                              sender="reader@example.jp", recipients=["bench@example.jp"])  # fmt: skip
        session.flush()
        values = {"newsletter": of.id, "member": people[0].id, "paused": large[1].id, "year": year}
        for statement in (_SUBSCRIPTIONS, _OUTCOMES, _ATTEMPTS, _PREPARATIONS, _EDITIONS, _BATCHES, _AUDIT, _BELLS):
            session.execute(text(statement), values)
    with db.session_scope() as session:
        # What the worker has done by then, and noted while it sent.
        progress.reset(broker.client(), large[1].id, progress.count_by_lane(session, large[1].id))
    ingest.count_for_reports()
    sweep.draw_certificates()
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def _people(session: Session) -> list[Member]:
    first = members.create(session, EVERY_ROLE, "計測係 主任", set(Role), PASSWORD)
    roles = cycle((Role.AUTHOR, Role.APPROVER, Role.SENDER, Role.ANALYST))
    return [first, *(members.create(session, f"p{n}@example.jp", f"職員{n}", {next(roles)}) for n in range(PEOPLE))]


def _articles(session: Session) -> None:
    for n, one in enumerate(session.scalars(select(Article).order_by(Article.id))):
        one.title, one.recap = f"{SUBJECTS[n % len(SUBJECTS)]}（第{n}回）", "要点を三行でまとめました。"
        one.body = _BODY + f"第{n}回の本文です。"
        one.published_on = now().date() - timedelta(days=n % 360)


def blocks(slugs: list[str]) -> list[Block]:
    """The text of a usual issue."""
    return [
        Heading(text="今月のお知らせ"),
        Prose(text=_BODY),
        *(ArticleCard(article=slug) for slug in slugs),
        Table(caption="受付の件数", header=("月", "件数"), rows=tuple((f"{n}月", f"{n * 37}") for n in range(1, 13))),
        Prose(text=_BODY),
        Button(text="手続きを見る", address="https://www.example.jp/procedure"),
    ]


def _texts(session: Session) -> None:
    """Blocks of each issue, by its links; of each tenth, many versions."""
    named: dict[int, list[str]] = {}
    rows = session.execute(text("SELECT l.issue_id, a.slug FROM link l JOIN article a ON a.id = l.article_id "
                                "ORDER BY l.issue_id, l.number"))  # fmt: skip
    for issue_id, slug in rows:
        named.setdefault(issue_id, []).append(slug)
    for n, one in enumerate(session.scalars(select(Issue).order_by(Issue.id)).all()):
        one.subject = f"{SUBJECTS[n % len(SUBJECTS)]}ほか（第{one.number}号）"
        one.blocks_json = _json(blocks(named[one.id]))
        for version in range(VERSIONS if n % 10 == 0 else 0):
            session.flush()
            one.blocks_json = _json([*blocks(named[one.id]), Prose(text=f"第{version}稿")])


def _json(of: list[Block]) -> list[object]:
    return [one.model_dump(mode="json") for one in of]


def _large_issue(session: Session, of: Newsletter, readers: int, state: IssueState) -> Issue:
    """An issue to everybody, which went out some days ago, or is paused."""
    articles = list(session.scalars(select(Article).order_by(Article.id.desc()).limit(sample_data.ARTICLES)))
    made = sample_data.issue(session, of, now() - timedelta(days=3), articles)
    made.subject, made.blocks_json = "全員への号", _json(blocks([one.slug for one in articles]))
    session.flush()
    sample_data.deliver(session, made, readers)
    if state is not IssueState.SENT:
        made.state, made.sent_at = state, None
    return made


def _drafts(session: Session, of: Newsletter, author: Member) -> None:
    slugs = [one.slug for one in session.scalars(select(Article).order_by(Article.id.desc()).limit(8))]
    segment = {"languages": ["ja"]}
    saved_segment.create(session, of, "日本語の読者", segment, "bench", "")
    for state, chosen in _states():
        one = issues.create(session, of, subject=f"これからの号（{state.value}）", blocks=tuple(blocks(slugs)),
                            author_id=author.id, segment=segment if chosen else {})  # fmt: skip
        one.state = state
        if state is IssueState.SCHEDULED:
            one.scheduled_at, one.scheduler_id = now() + timedelta(days=2), author.id
        session.flush()
        if state is IssueState.DRAFT:
            issue_template.keep(session, one, f"月例{one.id}", author)


def _states() -> Iterator[tuple[IssueState, bool]]:
    """States before sending, each without and with a segment."""
    for state in IssueState:
        if state not in (*SENT_STATES, IssueState.PREPARING, IssueState.CANCELLED):
            yield state, False
            yield state, True


_SUBSCRIPTIONS = """
INSERT INTO subscription (subscriber_id, newsletter_id, audience_id, topic_ids, state, created_at, confirmed_at,
  ended_reason, asked)
SELECT id, :newsletter, (SELECT min(id) FROM audience) + (id % 3)::int,
  CASE WHEN id % 4 = 0 THEN ARRAY[(SELECT min(id) FROM topic) + (id % 5)::int] ELSE '{}' END, 'active', now(),
  now() - id % 400 * interval '1 day', '', '{}' FROM subscriber
"""
# Of each hundred letters one bounced and one failed; of the paused issue the second half waits.
_OUTCOMES = """
UPDATE delivery SET (state, code, enhanced, answer, at) = (
  SELECT CASE WHEN issue_id = :paused AND subscriber_id > max(id) / 2 THEN 'queued'
              WHEN subscriber_id % 100 = 1 THEN 'bounced' ELSE 'failed' END, 550, '5.7.1', 'refused', at
  FROM subscriber)
WHERE issue_id >= :paused - 1
  AND (subscriber_id % 100 < 2 OR issue_id = :paused AND subscriber_id > (SELECT max(id) / 2 FROM subscriber))
"""
_ATTEMPTS = """
INSERT INTO attempt (issue_id, subscriber_id, number, kind, stage, code, enhanced, answer, relay, at)
SELECT issue_id, subscriber_id, attempts, state, 'rcpt', 550, '5.7.1', 'refused', '', at FROM delivery
WHERE state IN ('bounced', 'failed')
"""
_PREPARATIONS = """
INSERT INTO preparation (issue_id, targeted, left_out, editions, batches, at)
SELECT issue_id, count(*), 0, 1, 1, now() FROM delivery GROUP BY issue_id
"""
_EDITIONS = """
INSERT INTO edition (issue_id, number, variant, frozen, html, text, size, digest, created_at)
SELECT id, 1, '{}', '', repeat('<p>本文</p>', 2000), repeat('本文', 2000), 60000, repeat('a', 64), now() FROM issue
WHERE prepared_at IS NOT NULL
"""
_BATCHES = """
INSERT INTO batch (issue_id, lane_id, number, size, state, due_at, epoch)
SELECT issue.id, 7, n, 500, 'done', now(), 0 FROM issue, generate_series(0, 99) AS n WHERE prepared_at IS NOT NULL
"""
_AUDIT = f"""
INSERT INTO audit_entry (number, form, at, day, edge, client, member_id, actor, action, subject, detail, changes,
  previous, digest, key_id, signature)
SELECT (SELECT coalesce(max(number), 0) FROM audit_entry) + n, 2, day + interval '9 hours', day, 'page', '192.0.2.1',
  :member, '{EVERY_ROLE}', (ARRAY['log in', 'save issue', 'approve issue', 'submit issue'])[1 + n % 4],
  'issue/' || 1 + n % 200, '{{}}', '{{}}', '', md5(n::text), '', ''
FROM generate_series(1, {AUDIT_ENTRIES}) AS n,
  LATERAL (SELECT make_date(:year, 1, 1) + n * 365 / {AUDIT_ENTRIES} AS day) AS d
"""
_BELLS = f"""
INSERT INTO notification (member_id, kind, event, newsletter_id, issue_id, lane, lane_name, by, reason, created_at)
SELECT :member, 'approved', 'bench/' || n, :newsletter, 1 + n % 200, '', '', '', '', now()
FROM generate_series(1, {BELLS}) AS n
"""
