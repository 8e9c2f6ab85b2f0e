"""Who has read something, or got an issue, as sets of readers that a query joins.

Hits, readings and deliveries belong to wings above this one, so their tables are named here, not imported. Each set is
worked out once and joined by its hash: a subquery for each of a million readers would take hours, and the planner
chooses that where a set does not fit its memory.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    any_,
    cast,
    column,
    select,
    table,
)

from ..issues.article import article_topic
from .subscriber import Subscriber

_HIT = table("hit", column("issue_id", Integer), column("reader", BigInteger), column("verdict", String))
_READING = table("reading", column("article_id", Integer), column("reader", BigInteger), column("human", Integer))
_DELIVERY = table("delivery", column("issue_id", Integer), column("subscriber_id", BigInteger), column("state", String))


class ReaderSets:
    """The sets that one query needs, each once.

    Arguments:
        among: ids of the readers that are asked about; None: all.
    """

    def __init__(self, among: Sequence[int] | None = None) -> None:
        self._among = among
        self._found: dict[tuple[str, tuple[int, ...]], Subquery] = {}

    def read_issues(self, issue_ids: tuple[int, ...]) -> ColumnElement[bool]:
        """Who opened one of these issues or followed one of their links, as a person does."""
        hits = select(_HIT.c.reader).where(_HIT.c.issue_id.in_(issue_ids), _HIT.c.verdict == "human", _HIT.c.reader > 0)
        return self._is_in("read_issue", issue_ids, hits.distinct())

    def read_topics(self, topic_ids: tuple[int, ...]) -> ColumnElement[bool]:
        """Who followed a link to an article with one of these topics, as a person does."""
        about = select(article_topic.c.article_id).where(article_topic.c.topic_id.in_(topic_ids))
        readings = select(_READING.c.reader).where(
            _READING.c.article_id.in_(about), _READING.c.human > 0, _READING.c.reader > 0
        )
        return self._is_in("read_topic", topic_ids, readings.distinct())

    def got(self, issue_ids: tuple[int, ...]) -> ColumnElement[bool]:
        """Whose copy of one of these issues was accepted."""
        copies = select(_DELIVERY.c.subscriber_id).where(
            _DELIVERY.c.issue_id.in_(issue_ids), _DELIVERY.c.state == "accepted"
        )
        return self._is_in("got_issue", issue_ids, copies.distinct())

    def join(self, query: Select[int]) -> Select[int]:
        """*query*, which has Subscriber, with all sets beside it."""
        for one in self._found.values():
            query = query.outerjoin(one, one.c[0] == Subscriber.id)
        return query

    def _is_in(self, kind: str, ids: tuple[int, ...], readers: Select[int]) -> ColumnElement[bool]:
        if (kind, ids) not in self._found:
            name = f"{kind}_{len(self._found)}"
            if self._among is not None:
                readers = readers.where(readers.selected_columns[0] == any_(cast(list(self._among), ARRAY(BigInteger))))
            self._found[kind, ids] = readers.subquery(name)
        return self._found[kind, ids].c[0].is_not(None)
