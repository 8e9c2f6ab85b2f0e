"""An edition: the letter of one variant of an issue, rendered and frozen, with the issue's table of links."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from models.deliveries.edition import Edition, Link, LinkKind
from models.issues.issue import Issue
from templates.content.letter import Letter
from templates.content.links import LinkRow
from templates.message.freeze import freeze
from templates.render import edition


class RenderedEdition(NamedTuple):
    """An edition that has no number yet, and the table of links, with those of the editions before."""

    edition: Edition
    links: tuple[LinkRow, ...]


def render_edition(letter: Letter, links: Iterable[LinkRow] = ()) -> RenderedEdition:
    """Render *letter* and freeze it.

    Arguments:
        letter: of one variant of the issue.
        links: the table of links of the issue's editions so far.

    Raises:
        Unfit, Invalid: the issue cannot be rendered; the text says where and why.
    """
    rendered = edition.render(letter, links)
    frozen = freeze(rendered.message)
    made = Edition(
        issue_id=letter.issue_id,
        link_numbers=list(rendered.link_numbers),
        frozen=frozen.pack(),
        html=rendered.neutral_html,
        text=rendered.neutral_text,
        size=frozen.size,
        digest=frozen.digest,
    )
    return RenderedEdition(made, rendered.links)


def link_rows(links: Iterable[Link]) -> list[LinkRow]:
    """Stored links as rendering knows them."""
    return [LinkRow(link.number, link.url, LinkKind(link.kind), link.article_id) for link in links]


def stored_links(issue: Issue, links: Iterable[LinkRow]) -> list[Link]:
    """Rows of rendering as they are stored."""
    return [
        Link(issue_id=issue.id, number=row.number, url=row.url, kind=row.kind.value, article_id=row.article_id)
        for row in links
    ]
