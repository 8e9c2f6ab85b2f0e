"""A year's ranking as a page of the archive: the places of the ranking issue, as a chart and as a table."""

from __future__ import annotations

from typing import NamedTuple

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as NoPage

from models.archive import published
from models.issues.block import RankingEntry
from models.reports import period
from models.reports import ranking_key as ranking_keys
from templates.content import compose
from templates.content.letter import ArticleFacts, Letter
from templates.content.variant import Variant

from ..language import language
from ..request import session
from .blueprint import blueprint
from .http_cache import cached


class RankingRow(NamedTuple):
    """One place."""

    place: int
    article: ArticleFacts
    readers: int | None
    last_place: int | None
    share: float
    """Readers in percent of those of the most read article; 0 where they are not told."""


@blueprint.get("/archive/<slug>/ranking/<int(max=9999):year>")
@cached
def ranking(slug: str, year: int) -> ResponseReturnValue:
    """The ranking of a year, once its issue has been sent."""
    newsletter = published.newsletter_with_archive(session(), slug)
    found = published.ranking(session(), newsletter, year, request.args.get("audience"))
    letter = compose.compose(session(), found.issue, Variant.of_reader(found.issue, audience=found.issue.audience))
    rows = _rows(letter)
    names = {one.slug: one.name for one in newsletter.audiences}
    return render_template(
        "public/ranking.html",
        newsletter=newsletter,
        issue=found.issue,
        period=period.parse(found.issue.ranking["query"]["period"]).label(language()),
        audience=names.get(found.audience, ""),
        others=[one for one in published.rankings(session(), newsletter) if one != found],
        names=names,
        rows=rows,
        counted=bool(rows) and all(row.readers is not None for row in rows),
        compared=any(row.last_place for row in rows),
        evidence=found.issue.ranking.get("digest", ""),
        keys=ranking_keys.list_keys(session(), newsletter),
    )


@blueprint.get("/archive/<slug>/ranking-key.pem")
@cached
def ranking_key(slug: str) -> ResponseReturnValue:
    """The public keys that the newsletter's evidence of rankings is signed with, the latest first, with their dates."""
    newsletter = published.newsletter_with_archive(session(), slug)
    keys = ranking_keys.list_keys(session(), newsletter)
    if not keys:
        raise NoPage
    response = make_response(ranking_keys.published(keys))
    response.mimetype = "application/x-pem-file"
    return response


def _rows(letter: Letter) -> list[RankingRow]:
    """The places, the first one first. An article that is gone since is left out."""
    entries = [block for block in letter.blocks if isinstance(block, RankingEntry) and block.article in letter.articles]
    most = max((entry.readers or 0 for entry in entries), default=0)
    return [
        RankingRow(
            entry.place,
            letter.articles[entry.article],
            entry.readers,
            entry.last_place,
            100 * (entry.readers or 0) / most if most else 0,
        )
        for entry in sorted(entries, key=lambda entry: entry.place)
    ]
