"""``kairan article``: articles from files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from sqlalchemy import select

from models.issues.article import Article
from models.issues.newsletter import Newsletter
from models.manuscript.import_article import import_article
from models.store import db
from models.store.errors import Invalid

from . import void_approvals


@click.group
def article() -> None:
    """Articles: the pieces that issues refer to."""


@article.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
def import_files(paths: tuple[Path, ...]) -> None:
    """Read articles from Markdown files, or from all that are in a folder. All of them, or none where one is wrong.

    An article is known by its slug: the same file again changes it.
    """
    done: list[str] = []
    with db.session_scope() as session:
        for path in _files(paths):
            made, outcome = import_article(session, path)
            done.append(f"{made.slug}: {outcome.value}")
        done += void_approvals.return_changed(session, "article import")
    click.echo("\n".join(done))


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(path.glob("*.md"))
        if not found:
            raise Invalid("there are no files *.md in this folder", file=str(path))
        yield from found


@article.command("list")
@click.option("--newsletter", default="", help="Only articles of the newsletter with this slug.")
def list_articles(newsletter: str) -> None:
    """List articles, the newest first."""
    query = select(Article, Newsletter.slug).join(Newsletter, Newsletter.id == Article.newsletter_id)
    if newsletter:
        query = query.where(Newsletter.slug == newsletter)
    with db.session_scope() as session:
        rows = session.execute(query.order_by(Article.published_on.desc().nulls_last(), Article.slug)).all()
    for found, home in rows:
        click.echo(f"{found.published_on or '':10}  {home:16}  {found.slug:32}  {found.title}")
    if not rows:
        click.echo("There are no articles.", err=True)
