"""From a ranking to an issue: a draft that counts down, ready for staff to say what has changed since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from ..issues import article as articles
from ..issues import issue as issues
from ..issues import newsletter as newsletters
from ..issues.article import Article
from ..issues.block import (
    Block,
    Figure,
    News,
    Product,
    Prose,
    RankingEntry,
    RelatedProducts,
    SearchCall,
    SignupCall,
    TopicLinks,
)
from ..issues.issue import Issue
from ..issues.issue_state import IssueKind
from ..issues.newsletter import Newsletter
from ..staff.member import Member
from ..store.errors import Invalid
from .period import PeriodKind
from .ranking import Place, Ranking

_WORDS = {
    "ja": {
        "subject": "【{period}ランキング】{audience}よく読まれた記事 TOP{top}",
        "audience": "{name}に",
        "preheader": "第{top}位から第1位まで、記事の要点とその後の動きをご紹介します。",
        "lead": "{year}、「{newsletter}」の記事のうち、多くの方にお読みいただいた{top}本を、"
        "第{top}位から順にご紹介します。順位は、記事を開いた方の人数で決めました。",
        "closing": "お読みいただきありがとうございました。これからも役立つ話題をお届けします。",
    },
    "en": {
        "subject": "The {period} ranking: the {top} articles that {audience} most",
        "audience": "{name} read",
        "preheader": "From number {top} to number 1, each with what has happened since.",
        "lead": "These are the {top} articles of “{newsletter}” that most readers opened in {year}, "
        "counted down from number {top}.",
        "closing": "Thank you for reading. We will be back with more.",
    },
}


def draft(
    session: Session,
    ranking: Ranking,
    *,
    top: int = 5,
    evidence_digest: str = "",
    author: Member | None = None,
) -> Issue:
    """A new ranking issue of the newsletter, as a draft.

    Arguments:
        top: how many places, at most as many as the ranking has.
        evidence_digest: of the sheet that goes with it; kept on the issue beside the query.

    Raises:
        Invalid: no article had a reader, or the newsletter's related products are not what they must be.
    """
    places = ranking.top(top)
    if not places:
        raise Invalid("no article had a reader in this period, so there is nothing to rank")
    newsletter = newsletters.find(session, ranking.query.newsletter)
    words = _fill(newsletter, ranking, len(places))
    return issues.create(
        session,
        newsletter,
        kind=IssueKind.RANKING,
        subject=words["subject"],
        preheader=words["preheader"],
        blocks=_blocks(session, newsletter, places, words),
        ranking={"query": ranking.query.as_json(), "top": len(places), "digest": evidence_digest},
        author_id=author.id if author else None,
    )


def _fill(newsletter: Newsletter, ranking: Ranking, top: int) -> dict[str, str]:
    """Every text, in the newsletter's language, with its values."""
    words = _WORDS[newsletter.language]
    label = ranking.query.period.label(newsletter.language)
    audience = next((found.name for found in newsletter.audiences if found.slug == ranking.query.audience), "")
    audience_words = (
        words["audience"].format(name=audience) if audience else {"ja": "", "en": "were read"}[newsletter.language]
    )
    yearly = ranking.query.period.kind in (PeriodKind.YEAR, PeriodKind.FISCAL_YEAR) and newsletter.language == "ja"
    period = f"{label} 年間" if yearly else label
    values = {
        "year": label,
        "top": str(top),
        "newsletter": newsletter.name,
        "audience": audience_words,
        "period": period,
    }
    texts = {**words, "lead": newsletter.ranking_lead or words["lead"]}
    texts["closing"] = newsletter.ranking_closing or words["closing"]
    return {name: _replaced(text, values) for name, text in texts.items()}


def _replaced(text: str, values: dict[str, str]) -> str:
    # Not str.format: staff may write other braces.
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def _blocks(session: Session, newsletter: Newsletter, places: Sequence[Place], words: dict[str, str]) -> list[Block]:
    blocks: list[Block] = [Prose(text=words["lead"])]
    blocks += [
        _entry(articles.find(session, newsletter.id, place.slug), place, newsletter.ranking_news_title or None)
        for place in reversed(places)
    ]
    blocks.append(Prose(text=words["closing"]))
    if newsletter.related_products:
        blocks.append(RelatedProducts(products=_products(newsletter.related_products)))
    if newsletter.topics:
        blocks.append(TopicLinks(topics=tuple(topic.slug for topic in newsletter.topics)))
    return [*blocks, SearchCall(), SignupCall()]


def _entry(article: Article, place: Place, news_title: str | None) -> RankingEntry:
    """One place. What is new is for staff to say; until they have written anything, preflight refuses the issue."""
    figure: tuple[News, ...] = ()
    if article.figure_image:
        figure = (
            Figure(
                image=article.figure_image,
                alt=article.figure_alt,
                caption=article.figure_caption,
                source=article.figure_source,
            ),
        )
    return RankingEntry(
        place=place.number,
        article=article.slug,
        recap=article.recap,
        news=figure,
        news_title=news_title,
        last_place=place.last_number,
        readers=place.readers,
    )


def _products(kept: Sequence[Any]) -> tuple[Product, ...]:
    try:
        return tuple(Product.model_validate(product) for product in kept)
    except ValidationError as error:
        raise Invalid("the newsletter's related products need a name and an address each: put them right") from error
