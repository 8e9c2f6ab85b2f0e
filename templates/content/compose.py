"""Issue → letter: what the database knows of an issue, as one kind of reader gets it, in plain values.

Everybody who shows an issue goes this way: the sender, previews, the archive. A reader's kind is a
:class:`~templates.content.variant.Variant`. One edition is rendered for each that occurs among the recipients::

    variant = Variant.of_reader(issue, audience="official", topics=("dx",))
    letter = compose.compose(session, issue, variant)

Who needs the letters of several variants reads the database once, by :func:`everything`, and narrows what it found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any
from urllib.parse import unquote

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload, undefer

import settings
from models.deliveries.letters import return_path
from models.issues.article import Article, ArticleAddress
from models.issues.block import Block, with_news
from models.issues.image import Image
from models.issues.issue import Issue
from models.issues.issue_state import IssueKind
from models.issues.newsletter import Newsletter
from models.manuscript import bare_address
from models.store.clock import TOKYO, now
from models.store.language import known

from .letter import ArticleFacts, ImageFacts, Letter, Sender, Theme
from .variant import Variant

_ARTICLE = re.compile(r"article:([a-z0-9][a-z0-9-]{0,99})")
PHONE_WIDTH = 320
"""Pixels that a telephone shows of a picture: what is wider is larger by itself than in the letter."""


def compose(session: Session, issue: Issue, variant: Variant) -> Letter:
    """The letter that *variant* of *issue*'s readers gets.

    An article or picture that a block names and that is not there is simply missing from the letter's maps:
    rendering raises :class:`~templates.content.errors.CannotRender` and names the block.
    """
    return narrow(everything(session, issue), variant)


def narrow(letter: Letter, variant: Variant) -> Letter:
    """What *variant* gets of a letter with every block (:func:`everything`)."""
    blocks = tuple(variant.blocks(letter.blocks))
    shown = _digests(blocks)
    images = {digest: image for digest, image in letter.images.items() if digest in shown}
    return replace(letter, language=variant.language, blocks=blocks, images=images)


def everything(session: Session, issue: Issue) -> Letter:
    """The letter with every block of *issue*, whoever each is for."""
    newsletter, blocks = issue.newsletter, issue.blocks
    articles, texts = _articles(session, newsletter, blocks)
    base = settings.get().base_url.rstrip("/")
    home = archive_home(newsletter)
    return Letter(
        sender=sender(newsletter),
        theme=Theme(**newsletter.look),
        language=known(issue.language) or "ja",
        number=issue.number,
        kind=issue.kind.value,
        subject=issue.subject,
        preheader=issue.preheader,
        blocks=blocks,
        base_url=base,
        archive_url=f"{home}/{issue.number}" if newsletter.public_archive and issue.for_archive else "",
        archive_home_url=home,
        dated=dated(issue),
        articles=articles,
        article_ids=_article_ids(session, newsletter, texts),
        images=_images(session, blocks, embed=newsletter.embed_images),
        topics={slug: topic.name for slug, topic in newsletter.known_topics.items()},
        issue_id=issue.id or 0,
        tracking=newsletter.tracking.value,
        embed_images=newsletter.embed_images,
        leave_address=return_path.leave_address(),
        correction_note=issue.correction_note if issue.kind is IssueKind.CORRECTION else "",
        reader_fields=tuple(str(field["name"]) for field in newsletter.fields),
    )


def sender(newsletter: Newsletter) -> Sender:
    """Who sends the newsletter: the facts for headers and footer, also of transactional letters."""
    return Sender(
        newsletter=newsletter.name,
        slug=newsletter.slug,
        name=newsletter.sender_name,
        address=newsletter.sender_address,
        postal_address=newsletter.postal_address,
        contact=newsletter.contact,
        reply_to=newsletter.reply_to,
        list_id=newsletter.list_id,
        bounce_address=newsletter.bounce_address,
    )


def archive_home(newsletter: Newsletter) -> str:
    """The address of the newsletter's public archive."""
    return f"{settings.get().base_url.rstrip('/')}/archive/{newsletter.slug}"


def article_address(newsletter: Newsletter, article: Article) -> str:
    """Where an article is read: on the web, or hosted in our archive."""
    return article.address or f"{archive_home(newsletter)}/articles/{article.slug}"


def image_address(image: Image) -> str:
    """Where a picture is fetched from."""
    return f"{settings.get().base_url.rstrip('/')}/i/{image.file_name}"


def dated(issue: Issue) -> datetime:
    """The day that stands on the issue: its own, else that of sending (aware, Asia/Tokyo)."""
    if issue.dated:
        return datetime.combine(issue.dated, time(), TOKYO)
    return (issue.sent_at or issue.prepared_at or issue.scheduled_at or now()).astimezone(TOKYO)


def _strings(value: Any) -> Iterator[str]:
    """Every text in plain data, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)


def _addresses(text: str) -> Iterator[str]:
    """The addresses of the web in a text, in every way in which an article's may be kept."""
    for found in bare_address.find_all(text):
        typed = text[found.start : found.end]
        asked = bare_address.canonical(typed)
        yield from (typed, asked, unquote(asked))


def _articles(
    session: Session, newsletter: Newsletter, blocks: Sequence[Block]
) -> tuple[dict[str, ArticleFacts], list[str]]:
    """The articles that the blocks show, and those that texts lead to by slug (``article:SLUG``).

    Of the latter the letter knows nothing but where they are: what else stands in them, nobody reads there.

    Returns:
        them by slug, and every text: of the blocks, and the recaps of what is shown.
    """
    shown = {block.article for block in blocks if block.kind in ("article", "ranking")}
    found = {one.slug: _article_facts(newsletter, one) for one in _by_slug(session, newsletter, shown)}
    texts = [text for block in blocks for text in _strings(block.model_dump())]
    texts += [one.recap for one in found.values()]
    led_to = {slug for text in texts for slug in _ARTICLE.findall(text)} - found.keys()
    for one in _by_slug(session, newsletter, led_to):
        found[one.slug] = ArticleFacts(one.slug, "", article_address(newsletter, one), article_id=one.id)
    return found, texts


def _by_slug(session: Session, newsletter: Newsletter, slugs: set[str]) -> Sequence[Article]:
    query = select(Article).where(Article.newsletter_id == newsletter.id, Article.slug.in_(slugs))
    return session.scalars(query.options(selectinload(Article.topics))).all() if slugs else ()


def _article_ids(session: Session, newsletter: Newsletter, texts: Iterable[str]) -> dict[str, int]:
    """The articles that *texts* link to by an address of theirs, also by a former one."""
    addresses = {address for text in texts for address in _addresses(text)}
    if not addresses:
        return {}
    own = select(Article.address, Article.id).where(Article.address.in_(addresses))
    other = select(ArticleAddress.address, Article.id).join(ArticleAddress.article)
    queries = other.where(ArticleAddress.address.in_(addresses)), own
    return {
        address: number
        for query in queries
        for address, number in session.execute(query.where(Article.newsletter_id == newsletter.id))
    }


def _article_facts(newsletter: Newsletter, article: Article) -> ArticleFacts:
    return ArticleFacts(
        slug=article.slug,
        title=article.title,
        address=article_address(newsletter, article),
        recap=article.recap,
        published_on=article.published_on,
        topics=tuple(topic.slug for topic in article.topics),
        article_id=article.id,
    )


def _digests(blocks: Iterable[Block]) -> set[str]:
    """The pictures that the blocks name."""
    return {part.image for block in blocks for part in with_news(block) if part.kind == "figure"}


def _images(session: Session, blocks: Iterable[Block], *, embed: bool) -> dict[str, ImageFacts]:
    """The pictures that the blocks show; their bytes only where they are embedded."""
    whole = {image.digest: image for image in session.scalars(select(Image).where(Image.digest.in_(_digests(blocks))))}
    wanted = {image.letter_digest or digest for digest, image in whole.items()}
    query = select(Image).where(Image.digest.in_(wanted))
    shown = {image.digest: image for image in session.scalars(query.options(undefer(Image.data)) if embed else query)}
    return {
        digest: _image_facts(shown.get(image.letter_digest or digest, image), image, embed=embed)
        for digest, image in whole.items()
    }


def _image_facts(shown: Image, full: Image, *, embed: bool) -> ImageFacts:
    return ImageFacts(
        digest=full.digest,
        address=image_address(shown),
        width=shown.width,
        height=shown.height,
        media_type=shown.media_type,
        size=shown.size,
        data=shown.data if embed else b"",
        full_address=image_address(full) if full.width > PHONE_WIDTH else "",
    )
