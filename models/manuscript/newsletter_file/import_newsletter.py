"""Newsletters from YAML files: everything that one is, with its topics and audiences, and changed by the same file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from ...issues import consent_version, newsletter_edit
from ...issues.block import Product
from ...issues.newsletter import DKIM_PARTS, Audience, Newsletter, Topic, Tracking
from ...staff import audit
from ...staff.member import Member
from ...store.language import LANGUAGES
from ...store.phrase import Phrase, phrase
from ..front_matter import FrontMatter, read_yaml
from ..import_issue import ImportAction
from ..source_files import read_text
from . import route_file

COMMAND = "kairan newsletter create"
LINES = (
    "name", "sender_name", "sender_address", "contact", "reply_to", "bounce_address", "list_id", "ranking_news_title",
    "quiet_from", "quiet_until",
)  # fmt: skip
TEXTS = ("description", "postal_address", "consent_text", "ranking_lead", "ranking_closing")
SWITCHES = ("open_to_signup", "public_archive", "embed_images", "own_return_path", "corrections_need_approval")
DATA: dict[str, type] = {
    "look": dict,
    "fields": list,
    "dkim": list,
    "related_products": list,
    "test_groups": list,
    "slots": list,
}
KEYS = (
    "slug", "language", "tracking", "approvals_needed", route_file.KEY, "topics", "audiences", *LINES, *TEXTS,
    *SWITCHES, *DATA,
)  # fmt: skip
_SWITCH_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}

ExtraCheck = Callable[[dict[str, Any]], tuple[str, Phrase] | None]
"""Looks at the values of a file; the key that is wrong and why, or None."""


def import_newsletter(
    session: Session, path: Path, check: ExtraCheck = lambda _: None, author: Member | None = None
) -> tuple[Newsletter, ImportAction]:
    """Read a file and make or change its newsletter: see :func:`import_text`."""
    return import_text(session, read_text(path), path.name, check, author)


def import_text(
    session: Session,
    text: str,
    file: str,
    check: ExtraCheck = lambda _: None,
    author: Member | None = None,
    *,
    only: str | None = None,
) -> tuple[Newsletter, ImportAction]:
    """Make or change a newsletter as a file says. What the file leaves out of one that is there stays.

    Arguments:
        text: what stands in the file.
        file: what it is called, for errors.
        check: a further look at the values, for what only higher layers know.
        only: the slug that the file must be about; empty for one that is not there yet; None for any.

    Raises:
        Invalid: with file and line.
    """
    front = read_yaml(text.removeprefix("\ufeff"), file)
    front.only(KEYS)
    slug = front.slug("slug", front.text("slug"))
    known = session.scalar(select(Newsletter).where(Newsletter.slug == slug))
    if only and slug != only:
        words = phrase("this file is about the newsletter “{slug}”: take it on that newsletter's page", slug=slug)
        raise front.wrong(words, "slug")
    if only == "" and known is not None:
        raise front.wrong(
            phrase("there is a newsletter “{slug}” already: take the file on its page", slug=slug), "slug"
        )
    values = _values(front, known)
    routes = route_file.from_file(
        session, front, known.approval_routes if known else None, values.pop("approvals_needed", None)
    )
    if (problem := check(values)) is not None:
        raise front.wrong(problem[1], problem[0])
    made = known or Newsletter(slug=slug)
    merged = {topic.slug: topic.merged_into for topic in made.merged_topics}
    before, columns = _content(made), _columns(made)
    made.approval_routes = routes
    for name, value in values.items():
        setattr(made, name, value)
    topics = _named(front, "topics")
    if (gone := next((slug for slug in topics if slug in merged), None)) is not None and (into := merged[gone]):
        words = phrase("the topic “{slug}” was merged into “{into}”: take its line out", slug=gone, into=into.slug)
        raise front.wrong(words, "topics")
    _merge(made.topics, Topic, topics)
    _merge(made.audiences, Audience, _named(front, "audiences"))
    if known is None:
        session.add(made)
    session.flush()
    outcome = ImportAction.CREATED if known is None else ImportAction.UPDATED
    if known is not None and _content(made) == before:
        return made, ImportAction.UNCHANGED
    consent_version.keep(session, made, author or COMMAND)
    changed = {name: [columns[name] if known else None, value] for name, value in _columns(made).items()
               if not known or value != columns[name]}  # fmt: skip
    audit.record(session, author or COMMAND, "import newsletter", f"newsletter/{made.id}", file=file,
                 outcome=outcome.value, changed=changed)  # fmt: skip
    return made, outcome


def _values(front: FrontMatter, known: Newsletter | None) -> dict[str, Any]:
    """The columns that the file gives; what it leaves out keeps its value."""
    for name in newsletter_edit.REQUIRED:
        kept = known is not None and name not in front.nodes and getattr(known, name)
        if not (kept or front.long_text(name)):
            why = phrase(" (特定電子メール法 wants it in every letter)") if name in newsletter_edit.LEGAL else ""
            raise front.wrong(phrase("“{name}” is missing{why}: add a line “{name}: …”", name=name, why=why))
    values: dict[str, Any] = {name: front.text(name) for name in LINES if name in front.nodes}
    values |= {name: front.long_text(name) for name in TEXTS if name in front.nodes}
    if "language" in front.nodes:
        values["language"] = front.choice("language", LANGUAGES, "ja")
    if "tracking" in front.nodes:
        values["tracking"] = Tracking(front.choice("tracking", (one.value for one in Tracking), "individual"))
    for name in SWITCHES:
        if name in front.nodes:
            values[name] = _SWITCH_WORDS[front.choice(name, _SWITCH_WORDS, "no")]
    if "approvals_needed" in front.nodes:
        text = front.text("approvals_needed")
        if not text.isdecimal() or int(text) > 9:
            raise front.wrong("“approvals_needed” is a number from 0 to 9", "approvals_needed")
        values["approvals_needed"] = int(text)
    return values | _data(front)


def _data(front: FrontMatter) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, kind in DATA.items():
        if name in front.nodes:
            value = front.data(name)
            if not isinstance(value, kind):
                raise front.wrong(
                    phrase(
                        "“{name}” is a {what}",
                        name=name,
                        what=phrase("list") if kind is list else phrase("mapping of keys and values"),
                    ),
                    name,
                )
            values[name] = value
    if not all(isinstance(key, dict) and set(key) == set(DKIM_PARTS) for key in values.get("dkim", ())):
        raise front.wrong(
            phrase("each key of “dkim” has {names}, and nothing else", names=", ".join(DKIM_PARTS)), "dkim"
        )
    for product in values.get("related_products", ()):
        try:
            Product.model_validate(product)
        except ValidationError:
            raise front.wrong("each product has “name”, “address” (https://…) and “text”", "related_products") from None
    return values


def _named(front: FrontMatter, key: str) -> dict[str, str]:
    """Slugs with their names, in the order of the file."""
    inner = front.mapping(key)
    if inner is None:
        return {}
    return {inner.slug(slug, slug): inner.text(slug) or slug for slug in inner.nodes}


def _merge(rows: list[Any], kind: type[Topic] | type[Audience], named: dict[str, str]) -> None:
    by_slug = {row.slug: row for row in rows}
    for position, (slug, name) in enumerate(named.items()):
        row = by_slug.get(slug)
        if row is None:
            rows.append(kind(slug=slug, name=name, position=position))
        else:
            row.name, row.position = name, position


def _columns(made: Newsletter) -> dict[str, Any]:
    names = (*LINES, *TEXTS, *SWITCHES, *DATA, "language", "tracking", "approval_routes")
    return {name: newsletter_edit.plain(getattr(made, name)) for name in names}


def _content(made: Newsletter) -> tuple[Any, ...]:
    rows: list[Topic | Audience] = [*made.topics, *made.audiences]
    return (*_columns(made).values(), [(row.slug, row.name, row.position) for row in rows])
