"""Merging one topic of a newsletter into another, without losing what was chosen, written or counted.

The merged topic stays as a row that leads to the other one (decision 48). Readers who chose it have chosen the other;
articles that carried it carry both, so rankings of the one are what they were, and those of the other have all.
Manuscripts, lists and links go on naming it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from ..issues.article import article_topic
from ..issues.newsletter import Newsletter, Topic
from ..staff import audit
from ..staff.member import Member
from ..store.errors import Invalid
from .pending_sign_up import EARLIER
from .subscriber import Subscription

_CHOICES = text("""
    UPDATE subscription SET topic_ids = (
      SELECT array_agg(DISTINCT CASE WHEN chosen = :merged THEN :into ELSE chosen END)
      FROM unnest(topic_ids) AS chosen)
    WHERE newsletter_id = :newsletter AND topic_ids @> ARRAY[CAST(:merged AS int)]
""")


class MergeEffect(NamedTuple):
    """What a merge touches."""

    readers: int
    """Readers who chose the topic that goes, and not the other."""
    both: int
    """Readers who chose both."""
    articles: int
    """Articles that carry the topic that goes."""


def effect(session: Session, merged: Topic, into: Topic) -> MergeEffect:
    """How many readers and articles a merge would touch."""
    mine = select(func.count()).where(
        Subscription.newsletter_id == merged.newsletter_id, Subscription.topic_ids.contains([merged.id])
    )
    both = session.scalar(mine.where(Subscription.topic_ids.contains([into.id]))) or 0
    articles = select(func.count()).where(article_topic.c.topic_id == merged.id)
    return MergeEffect((session.scalar(mine) or 0) - both, both, session.scalar(articles) or 0)


def merge(session: Session, newsletter: Newsletter, merged: Topic, into: Topic, by: Member | str) -> MergeEffect:
    """Let *into* stand for *merged* from now on. It cannot be undone: nobody could tell the readers of both apart.

    Raises:
        Invalid: they are one topic, of two newsletters, or one of them was merged already.
    """
    of_newsletter = {one.id for one in newsletter.topics}
    if merged.id == into.id or not {merged.id, into.id} <= of_newsletter:
        raise Invalid("choose two topics of this newsletter that can both be chosen by readers", field="into")
    found = effect(session, merged, into)
    carried = select(article_topic.c.article_id, text(":into")).where(
        article_topic.c.topic_id == merged.id,
        article_topic.c.article_id.not_in(
            select(article_topic.c.article_id).where(article_topic.c.topic_id == into.id)
        ),
    )
    session.execute(insert(article_topic).from_select(["article_id", "topic_id"], carried), {"into": into.id})
    values = {"merged": merged.id, "into": into.id, "newsletter": newsletter.id}
    session.execute(_CHOICES, values)
    _change_pending(session, newsletter, merged.id, into.id)
    # Those that were merged into it before lead where it leads, so that nobody follows two steps.
    moved = (Topic.id == merged.id) | (Topic.merged_into_id == merged.id)
    session.execute(update(Topic).where(moved).values(merged_into_id=into.id))
    session.flush()
    session.expire_all()
    audit.record(session, by, "merge topics", f"newsletter/{newsletter.id}", merged=merged.slug, into=into.slug,
                 **found._asdict())  # fmt: skip
    return found


def _change_pending(session: Session, newsletter: Newsletter, merged: int, into: int) -> None:
    """The same in sign-ups that nobody has confirmed yet."""
    waiting = select(Subscription).where(
        Subscription.newsletter_id == newsletter.id, Subscription.pending_answers != {}
    )
    for subscription in session.scalars(waiting):
        answers = dict(subscription.pending_answers)
        if EARLIER in answers:
            answers[EARLIER] = [_changed(one, merged, into) for one in answers[EARLIER]]
        subscription.pending_answers = _changed(answers, merged, into)


def _changed(answers: dict[str, Any], merged: int, into: int) -> dict[str, Any]:
    chosen = answers.get("topic_ids") or []
    if merged not in chosen:
        return answers
    return {**answers, "topic_ids": sorted({into if one == merged else one for one in chosen})}
