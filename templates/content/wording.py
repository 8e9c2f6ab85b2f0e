"""The words that letters say by themselves, in Japanese and English."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from models.store.language import Language

from .calendar_words import date_in_words


@dataclass(frozen=True, slots=True)
class Wording:
    """Every phrase of a letter in one language. Functions take what stands in the phrase."""

    skip: str
    view_online: str
    issue_number: Callable[[int], str]
    date: Callable[[date], str]
    correction: str
    place: Callable[[int], str]
    last_place: Callable[[int], str]
    first_time: str
    readers: Callable[[int], str]
    news: str
    notice: str
    figure: str
    table: str
    source: Callable[[str], str]
    products: str
    topics: str
    topic: Callable[[str], str]
    search: str
    search_link: str
    signup: str
    signup_button: Callable[[str], str]
    published: Callable[[str], str]
    about: str
    why: Callable[[str], str]
    sender: str
    postal_address: str
    contact: str
    unsubscribe: str
    preferences: str
    archive: str
    this_issue: str
    colon: str
    """Between a label and what it labels."""


def _count(number: int) -> str:
    return f"{number:,}"


_JAPANESE = Wording(
    skip="本文へ進む",
    view_online="ブラウザで表示する",
    issue_number=lambda number: f"第{number}号",
    date=lambda day: date_in_words(day, "ja"),
    correction="お詫びと訂正",
    place=lambda place: f"第{place}位",
    last_place=lambda place: f"前回 第{place}位",
    first_time="初登場",
    readers=lambda count: f"読者 {_count(count)}人",
    news="最新動向",
    notice="お知らせ",
    figure="図",
    table="表",
    source=lambda source: f"出典: {source}",
    products="関連する製品・サービス",
    topics="テーマから探す",
    topic=lambda name: name,
    search="バックナンバーを探す",
    search_link="バックナンバーを検索する",
    signup="このメールが転送で届いた方へ",
    signup_button=lambda newsletter: f"「{newsletter}」を購読する",
    published=lambda date: f"{date}公開",
    about="このメールについて",
    why=lambda newsletter: f"このメールは「{newsletter}」の購読を申し込まれた方へお送りしています。",
    sender="発行",
    postal_address="所在地",
    contact="お問い合わせ",
    unsubscribe="配信を停止する",
    preferences="登録内容を変更する",
    archive="バックナンバーを見る",
    this_issue="ウェブ版",
    colon=": ",
)

_ENGLISH = Wording(
    skip="Skip to the content",
    view_online="View in a browser",
    issue_number=lambda number: f"Issue {number}",
    date=lambda day: date_in_words(day, "en"),
    correction="Correction",
    place=lambda place: f"No. {place}",
    last_place=lambda place: f"previously No. {place}",
    first_time="new entry",
    readers=lambda count: f"{_count(count)} reader{'' if count == 1 else 's'}",
    news="What is new",
    notice="Please note",
    figure="Figure",
    table="Table",
    source=lambda source: f"Source: {source}",
    products="Related products and services",
    topics="Browse by topic",
    topic=lambda name: name,
    search="Find past issues",
    search_link="Search past issues",
    signup="Was this letter passed on to you?",
    signup_button=lambda newsletter: f"Subscribe to {newsletter}",
    published=lambda date: f"Published {date}",
    about="About this letter",
    why=lambda newsletter: f"You receive this letter because you subscribed to {newsletter}.",
    sender="Sender",
    postal_address="Address",
    contact="Contact",
    unsubscribe="Unsubscribe",
    preferences="Change your details",
    archive="Browse past issues",
    this_issue="On the web",
    colon=": ",
)

_LANGUAGES: dict[Language, Wording] = {"ja": _JAPANESE, "en": _ENGLISH}


def wording(language: Language) -> Wording:
    """The words of *language*."""
    return _LANGUAGES[language]
