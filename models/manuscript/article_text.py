"""Articles → files, as :mod:`.article_file` reads them: the exact form of an article, to keep or to move."""

from __future__ import annotations

from datetime import date
from typing import Any

from ..issues.article import Article
from . import front_matter
from .article_file import ArticleFile
from .writer import NameImage


def write(article: ArticleFile, name_image: NameImage) -> str:
    """Front matter, and below it the text where the article is read with us."""
    figure = {
        "file": name_image(article.figure_image) if article.figure_image else "",
        "alt": article.figure_alt,
        "caption": article.figure_caption,
        "source": article.figure_source,
    }
    front = front_matter.write(
        {
            "newsletter": article.newsletter,
            "slug": article.slug,
            "title": article.title,
            "language": article.language,
            "published": article.published,
            "topics": list(article.topics),
            "recap": article.recap,
            "figure": {key: value for key, value in figure.items() if value} if article.figure_image else {},
            "related": list(article.related),
            "address": article.address,
            "addresses": [
                {"address": address, "language": language} if language else address
                for address, language in article.addresses
            ],
        }
    )
    return f"{front}\n{article.body}\n" if article.body else front


def of_article(article: Article, newsletter: str = "") -> ArticleFile:
    """What a file says of an article that is kept in the database.

    Arguments:
        newsletter: the slug that the file names; none by default.
    """
    return ArticleFile(
        slug=article.slug,
        title=article.title,
        newsletter=newsletter,
        language=article.language,
        published=article.published_on,
        topics=tuple(topic.slug for topic in article.topics),
        recap=article.recap,
        address=article.address,
        body=article.body,
        figure_image=article.figure_image,
        figure_alt=article.figure_alt,
        figure_caption=article.figure_caption,
        figure_source=article.figure_source,
        related=tuple(article.related),
        addresses=tuple((row.address, row.language) for row in article.addresses),
    )


def of_version(content: dict[str, Any]) -> ArticleFile:
    """What a file says of a kept state (:mod:`models.issues.versions.content_version`)."""
    published = content["published_on"]
    same = ("slug", "title", "language", "recap", "address", "body", "figure_image", "figure_alt", "figure_caption",
            "figure_source")  # fmt: skip
    return ArticleFile(
        published=date.fromisoformat(published) if published else None,
        topics=tuple(content["topics"]),
        related=tuple(content.get("related", ())),  # kept states from before there were any have none
        addresses=tuple((address, language) for address, language in content["addresses"]),
        **{name: content[name] for name in same},
    )
