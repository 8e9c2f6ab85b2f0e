"""Readers, a newsletter, issues, articles and deliveries for benchmarks, written by SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.deliveries.edition import LinkKind
from models.issues import issue as issues
from models.issues.article import Article
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Audience, Newsletter, Topic

LINKS = 16
ARTICLES = 8


def newsletter(session: Session) -> Newsletter:
    """A newsletter with three audiences and five topics."""
    made = Newsletter(slug="bench", name="計測通信", sender_name="計測係", sender_address="bench@example.jp")
    made.audiences = [
        Audience(slug=slug, name=slug, position=n) for n, slug in enumerate(("citizen", "official", "firm"))
    ]
    made.topics = [Topic(slug=f"topic-{n}", name=f"テーマ{n}", position=n) for n in range(5)]
    session.add(made)
    session.flush()
    return made


def readers(session: Session, count: int) -> None:
    """Subscribers 1 to *count*."""
    session.execute(
        text(
            """
            INSERT INTO subscriber (id, address, address_key, address_hash, domain, name, kana, organisation, language,
              fields, tracking_refused, created_at)
            SELECT n, 'r' || n || '@example.jp', 'r' || n || '@example.jp', md5(n::text) || md5(n::text || 'x'),
              'example.jp', (ARRAY['佐藤', '鈴木', '高橋', '田中', '伊藤'])[1 + n % 5] || ' ' || n % 1000,
              (ARRAY['サトウ', 'スズキ', 'タカハシ', 'タナカ', 'イトウ'])[1 + n % 5], '', 'ja', '{}', false, now()
            FROM generate_series(1, :count) AS n
            """
        ),
        {"count": count},
    )


def issue(session: Session, of: Newsletter, at: datetime, articles: list[Article]) -> Issue:
    """An issue that went out at *at*, with its links: articles first, the honeypot last."""
    made = issues.create(session, of, subject="計測")
    made.state, made.prepared_at, made.sent_at = IssueState.SENT, at, at
    session.flush()
    kinds = ["article"] * len(articles) + ["prose"] * (LINKS - len(articles) - 1) + [LinkKind.HONEYPOT.value]
    for number, kind in enumerate(kinds, 1):
        session.execute(
            text(
                "INSERT INTO link (issue_id, number, url, kind, article_id, corrected_url) "
                "VALUES (:issue, :number, :url, :kind, :article, '')"
            ),
            {
                "issue": made.id, "number": number, "url": f"https://www.example.jp/{number}", "kind": kind,
                "article": articles[number - 1].id if number <= len(articles) else None,
            },
        )  # fmt: skip
    return made


def deliver(session: Session, of: Issue, count: int) -> None:
    """A copy for each of the first *count* readers."""
    session.execute(
        text(
            """
            INSERT INTO delivery (issue_id, subscriber_id, edition, lane_id, audience_id, state, attempts, at)
            SELECT :issue, n, 1, 7, :first + n % 3, 'accepted', 1, :at FROM generate_series(1, :count) AS n
            """
        ),
        {"issue": of.id, "first": of.newsletter.audiences[0].id, "at": of.prepared_at, "count": count},
    )


def articles(session: Session, of: Newsletter, count: int, first: int = 0) -> list[Article]:
    """Articles of a newsletter, each on one of its topics."""
    made = [
        Article(newsletter_id=of.id, slug=f"article-{n}", title=f"記事{n}", topics=[of.topics[n % 5]])
        for n in range(first, first + count)
    ]
    session.add_all(made)
    session.flush()
    return made
