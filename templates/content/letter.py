"""A letter: an issue as one kind of reader gets it, in plain values that need no database any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from models.issues.block import Block
from models.store.language import Language


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: what 特定電子メール法 wants in every letter, and the addresses of the headers."""

    newsletter: str
    """Name of the newsletter, e.g. 自治体ICTだより."""
    slug: str
    name: str
    """Name of the body that is responsible (送信者の氏名又は名称)."""
    address: str
    """The From address."""
    postal_address: str
    contact: str
    """Where questions and complaints go: a telephone number, an address, or a URL."""
    reply_to: str = ""
    list_id: str = ""
    """E.g. ``ict.example.jp``; stands in List-Id."""
    bounce_address: str = ""
    """The envelope's sender; the From address where empty."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours (#rrggbb), logo and sizes of a newsletter. Contrast is checked when it is set (WCAG 2.2, 1.4.3)."""

    primary: str = "#1d4f7c"
    on_primary: str = "#ffffff"
    background: str = "#f3f5f7"
    surface: str = "#ffffff"
    text: str = "#1f2933"
    muted: str = "#52606d"
    link: str = "#0b5394"
    logo_address: str = ""
    logo_alt: str = ""
    font_size: int = 16
    """Body text in CSS pixels."""


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What a letter says of an article; of one that it only leads to, where that is."""

    slug: str
    title: str
    address: str
    """Where it is read: on the web, or hosted in our archive."""
    recap: str = ""
    published_on: date | None = None
    topics: tuple[str, ...] = ()
    article_id: int | None = None


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """A stored picture as a letter shows it: its address, size in pixels and bytes.

    The bytes are there where the newsletter embeds its pictures (``cid:``).
    """

    digest: str
    """What blocks name it by: the digest of the picture at its full size."""
    address: str
    width: int
    height: int
    media_type: str
    size: int = 0
    data: bytes = b""
    full_address: str = ""
    """Where the picture is at its full size; empty where it is no larger than what a letter shows of it."""


TEST_MARKS: Mapping[Language, str] = {"ja": "【テスト】", "en": "[Test] "}
"""What stands before the subject of a test letter, and nowhere in it: the rest is as readers get it."""


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that a letter says, before it is HTML or text."""

    sender: Sender
    theme: Theme
    language: Language
    number: int
    kind: str
    subject: str
    preheader: str
    blocks: tuple[Block, ...]
    base_url: str
    archive_url: str
    """The stable address of the issue in the archive; empty where the newsletter has no public one."""
    archive_home_url: str
    """The address of the archive, or of where it would be."""
    dated: datetime
    articles: Mapping[str, ArticleFacts] = field(default_factory=dict)
    """The articles that it shows, and by slug alone and address those that it only leads to."""
    article_ids: Mapping[str, int] = field(default_factory=dict)
    """By an address of the web in its text the article that is known there: for counting; no reader sees it."""
    images: Mapping[str, ImageFacts] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)
    """Topic slug to its name."""
    issue_id: int = 0
    tracking: Literal["individual", "aggregate", "off"] = "individual"
    embed_images: bool = False
    leave_address: str = ""
    """Where readers' programs can ask by mail to leave (RFC 2369, 3.2); empty: nowhere."""
    correction_note: str = ""
    """What was wrong and is right now; stands above everything else of a correction."""
    is_test: bool = False
    """Whether it is a test for staff: it carries no token, and says so in a header."""
    reader_fields: tuple[str, ...] | None = None
    """Names of the newsletter's own fields of a reader, for templates; None where any may be asked for."""

    @property
    def mail_subject(self) -> str:
        """The subject as it stands in the list of mails."""
        return TEST_MARKS[self.language] + self.subject if self.is_test else self.subject
