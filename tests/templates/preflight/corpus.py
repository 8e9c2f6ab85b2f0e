"""Letters with known defects, and clean ones, from ``tests/data/preflight``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from models.issues.block import BLOCKS
from models.store.clock import TOKYO
from templates.content.letter import ArticleFacts, ImageFacts, Letter, Sender, Theme

FOLDER = Path(__file__).parents[2] / "data" / "preflight"
HOME = "https://mail.city.example.jp"
SENDER = {
    "newsletter": "自治体ICTだより",
    "slug": "ict",
    "name": "あおば市 情報政策課",
    "address": "news@city.example.jp",
    "postal_address": "〒000-0000 あおば市中央1丁目1番1号",
    "contact": "0120-000-000",
}
BLOCK = {"kind": "prose", "text": "書かない窓口を始める自治体が増えています。"}
ARTICLES = {
    "rpa": ("RPAに向く業務の選び方", "定型で件数の多い業務から始める考え方です。"),
    "post": ("郵便局と自治体の連携", "窓口の仕事を郵便局に委ねる例を集めました。"),
    "dx": ("DX推進の手順", "四つの段階に分けて解説しました。"),
    "bare": ("要約のない記事", ""),
}
NAMES = {name: name.lower() * 64 for name in "ABCDE"} | {"GONE": "0" * 64}


def load(file: str) -> list[dict[str, Any]]:
    """The letters of a corpus file, as they are written."""
    return list(yaml.safe_load_all((FOLDER / file).read_text(encoding="utf-8")))


def letter(entry: dict[str, Any]) -> Letter:
    """The letter that an entry describes; what it does not say is without a defect."""
    sizes = {"A": 40_000, **entry.get("images", {})}
    blocks = [_with_digests(block) for block in entry.get("blocks", [BLOCK])] * entry.get("repeat", 1)
    return Letter(
        sender=Sender(**(SENDER | entry.get("sender", {}))),
        theme=Theme(**entry.get("look", {})),
        language=entry.get("language", "ja"),
        number=12,
        kind=entry.get("kind", "regular"),
        subject=entry.get("subject", "窓口を変える三つの工夫"),
        preheader=entry.get("preheader", "住民も職員も楽になる始め方をまとめました。"),
        blocks=BLOCKS.validate_python(blocks),
        base_url=HOME,
        archive_url=f"{HOME}/archive/ict/12",
        archive_home_url=f"{HOME}/archive/ict",
        dated=datetime(2026, 11, 27, tzinfo=TOKYO),
        articles={
            slug: ArticleFacts(slug, title, f"{HOME}/archive/ict/articles/{slug}", recap)
            for slug, (title, recap) in ARTICLES.items()
        },
        images={
            NAMES[name]: ImageFacts(NAMES[name], f"{HOME}/i/{name}.png", 800, 400, "image/png", size)
            for name, size in sizes.items()
        },
        topics={"dx": "自治体DX", "rpa": "RPA"},
        issue_id=1,
        correction_note=entry.get("correction_note", ""),
    )


def _with_digests(block: dict[str, Any]) -> dict[str, Any]:
    """*block* with the pictures' short names replaced by their digests, also within a ranking entry."""
    made = dict(block)
    if "image" in made:
        made["image"] = NAMES[made["image"]]
    if "news" in made:
        made["news"] = [_with_digests(news) for news in made["news"]]
    return made
