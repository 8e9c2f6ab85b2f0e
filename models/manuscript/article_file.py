"""Articles as files: front matter, and below it the text where the article is read with us and not elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import settings

from ..store import link_address
from ..store.language import LANGUAGES
from ..store.phrase import Phrase, phrase
from . import dialect, front_matter
from .fence import MarkdownText
from .front_matter import FrontMatter
from .parse_context import LoadImage, ParseContext, Reference, ReferenceKind

KEYS = (
    "slug", "newsletter", "title", "language", "published", "topics", "recap", "figure", "related", "address",
    "addresses",
)  # fmt: skip
FIGURE_KEYS = ("file", "alt", "caption", "source")
_TOPICS = phrase("“topics” is a list of slugs, such as [rpa, dx]")
_RELATED = phrase("“related” is a list of articles, such as [open-data]")
ADDRESS_KEYS = ("address", "language")


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """An article as its file says it."""

    slug: str
    title: str
    newsletter: str = ""
    language: str = ""
    published: date | None = None
    topics: tuple[str, ...] = ()
    recap: str = ""
    address: str = ""
    body: str = ""
    figure_image: str = ""
    figure_alt: str = ""
    figure_caption: str = ""
    figure_source: str = ""
    related: tuple[str, ...] = ()
    """The slugs of articles that its page leads to, in this order."""
    addresses: tuple[tuple[str, str], ...] = ()
    """Other addresses under which it is known, each with its language or nothing."""
    lines: dict[str, int] = field(default_factory=dict, compare=False)
    references: tuple[Reference, ...] = field(default=(), compare=False)


def parse(text: str, file: str, load_image: LoadImage, default_slug: str = "") -> ArticleFile:
    """Read an article's file.

    Arguments:
        text: the file's content.
        file: its name, for errors.
        load_image: as for :func:`models.manuscript.parse`.
        default_slug: the slug where the file names none: its own name.

    Raises:
        Invalid: with file and line.
    """
    front, lines, first = front_matter.split(text, file)
    front.only(KEYS)
    context = ParseContext(file, load_image)
    body, body_line = _body(MarkdownText(lines, first), context)
    figure = _figure(front, load_image)
    address = _address(front, "address", front.text("address"))
    if bool(address) == bool(body):
        both = phrase("the article has an address and a text: take one out")
        raise front.wrong(both if body else phrase("the article has neither an address nor a text: add one"), "address")
    recap = front.long_text("recap")
    context.note_links(recap, front.line("recap"), following=False)
    context.note_links(body, body_line)
    return ArticleFile(
        slug=front.slug("slug", front.text("slug") or default_slug),
        title=_title(front),
        newsletter=front.text("newsletter"),
        language=front.choice("language", LANGUAGES, ""),
        published=front.date("published"),
        topics=_slugs(front, context, "topics", "topic", _TOPICS),
        related=_slugs(front, context, "related", "article", _RELATED),
        recap=recap,
        address=address,
        body=body,
        addresses=_addresses(front),
        lines=front.lines,
        references=tuple(context.references),
        **figure,
    )


def _title(front: FrontMatter) -> str:
    title = front.text("title")
    if not title:
        raise front.wrong("the article has no title: add a line “title: …” at the top")
    return title


def _slugs(front: FrontMatter, context: ParseContext, key: str, what: ReferenceKind, hint: Phrase) -> tuple[str, ...]:
    found: list[str] = []
    for slug in front.items(key):
        if not isinstance(slug, str):
            raise front.wrong(hint, key)
        context.add_reference(what, slug, front.line(key))
        found.append(slug)
    return tuple(dict.fromkeys(found))


def _figure(front: FrontMatter, load_image: LoadImage) -> dict[str, str]:
    figure = front.mapping("figure")
    if figure is None:
        return {}
    figure.only(FIGURE_KEYS)
    file = figure.text("file")
    if not file:
        raise figure.wrong("the figure has no file: add a line “file: …”")
    if not figure.text("alt"):
        raise figure.wrong("the figure has no “alt”: say in words what it shows")
    return {
        "figure_image": load_image(file, figure.line("file")),
        "figure_alt": figure.text("alt"),
        "figure_caption": figure.text("caption"),
        "figure_source": figure.text("source"),
    }


def _addresses(front: FrontMatter) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for item in front.items("addresses"):
        if isinstance(item, str):
            found[_address(front, "addresses", item)] = ""
            continue
        item.only(ADDRESS_KEYS)
        language = item.choice("language", LANGUAGES, "")
        found[_address(item, "address", item.text("address"))] = language
    return tuple(found.items())


def _address(front: FrontMatter, key: str, address: str) -> str:
    if not address:
        return ""
    if wrong := link_address.fault(address, settings.get().base_url):
        raise front.wrong(wrong, key)
    if not (checked := link_address.checked(address, settings.get().base_url)).startswith("http"):
        raise front.wrong(phrase("“{address}” is no whole address: begin it with https://", address=address[:80]), key)
    return checked


def _body(text: MarkdownText, context: ParseContext) -> tuple[str, int]:
    trimmed = text.trimmed()
    for number, line in enumerate(trimmed.lines, trimmed.line):
        if dialect.PICTURE.search(line):
            context.refuse_picture(
                line, number, phrase("an article's text has no pictures: put one under “figure:” at the top")
            )
    return "\n".join(trimmed.lines), trimmed.line
