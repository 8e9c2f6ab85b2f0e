"""A year's ranking as a page of the archive: the places of the ranking issue, as a chart and as a table."""

from __future__ import annotations

from typing import NamedTuple

from flask import render_template
from flask.typing import ResponseReturnValue

from models.issues import archive
from models.issues.block import RankingEntry
from models.responses import period
from templates import compose
from templates.letter import ArticleFacts

from ..language import language
from ..request import session
from .caching import kept_for_a_while
from .room import blueprint


class Row(NamedTuple):
    """One place."""

    place: int
    article: ArticleFacts
    readers: int | None
    last_place: int | None
    share: float
    """Readers in percent of those of the most read article; 0 where they are not told."""


@blueprint.get("/archive/<slug>/ranking/<int(max=9999):year>")
@kept_for_a_while
def ranking(slug: str, year: int) -> ResponseReturnValue:
    """The ranking of a year, once its issue has been sent."""
    newsletter = archive.of(session(), slug)
    years = archive.rankings(session(), newsletter)
    issue = archive.ranking(session(), newsletter, year)
    letter = compose.compose(session(), issue, compose.variant_for(issue, audience=issue.audience))
    entries = [block for block in letter.blocks if isinstance(block, RankingEntry)]
    most = max((entry.readers or 0 for entry in entries), default=0)
    rows = [
        Row(
            entry.place,
            letter.articles[entry.article],
            entry.readers,
            entry.last_place,
            100 * (entry.readers or 0) / most if most else 0,
        )
        for entry in sorted(entries, key=lambda entry: entry.place)
        if entry.article in letter.articles
    ]
    return render_template(
        "public/ranking.html",
        newsletter=newsletter,
        issue=issue,
        period=period.parse(issue.ranking["query"]["period"]).label(language()),
        years=[one for one in years if one != year],
        rows=rows,
        counted=bool(rows) and all(row.readers is not None for row in rows),
        compared=any(row.last_place for row in rows),
    )
