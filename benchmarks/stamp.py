"""How long one reader's copy takes: ``python -m benchmarks.stamp`` prints a table and writes ``results/stamp.json``.

The letter is the one that figures of sending are for: 40 KB of HTML and 3 KB of text, 60 tracked links, about 60 KB on
the wire, with the reader's name in both parts and without. Figures are the best of several interleaved rounds, as
other work on the machine can only slow them down.
"""

from __future__ import annotations

import json
import timeit
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import settings
from models.deliveries.edition import LinkKind
from templates.content.letter import Letter, Sender, Theme
from templates.content.links import Links
from templates.content.slot import Escape, FieldSlot, Slots
from templates.message import mime
from templates.message.freeze import FrozenMessage, freeze
from templates.message.mime import Message
from templates.message.stamp import Reader, Stamper, slot_values

RESULTS = Path(__file__).with_name("results")
ROUNDS, READERS = 9, 2000
ISSUE = 1
WORDS = (
    "庁内の申請を一つの画面にまとめると、窓口で待つ時間が目に見えて短くなります。"
    "何から手を付けるかを、三つの市の担当課に聞きました。"
)


def letter() -> Letter:
    """What the letter is, but for its blocks: the parts are written here, so that their sizes stay as they are."""
    sender = Sender(
        newsletter="自治体ICTだより",
        slug="ict",
        name="みどり県 情報政策課",
        address="ict@news.example.jp",
        postal_address="みどり県みどり市中央1丁目2番3号",
        contact="000-000-0000",
        bounce_address="bounce@news.example.jp",
    )
    return Letter(
        sender=sender,
        theme=Theme(),
        language="ja",
        number=12,
        kind="regular",
        subject="【自治体ICTだより 第12号】窓口の待ち時間を短くする、三つの市の取り組み",
        preheader="",
        blocks=(),
        base_url="https://news.example.jp",
        archive_url="https://news.example.jp/archive/ict/12",
        archive_home_url="https://news.example.jp/archive/ict",
        dated=datetime(2026, 12, 1, tzinfo=UTC),
        issue_id=ISSUE,
    )


def message(personal: bool = True) -> Message:
    """The letter: 60 tracked links, an open pixel, and the reader's name in both parts where it is *personal*."""
    whole, slots = letter(), Slots()
    links = Links(whole, slots)

    def name(escape: Escape) -> str:
        return slots.marker(FieldSlot("name", "読者の皆さま", escape)) if personal else "読者の皆さま"

    clicks = [links.link(f"https://www.example.lg.jp/ict/{number}", LinkKind.ARTICLE) for number in range(60)]
    html = [f'<!DOCTYPE html><html lang="ja"><body><p>{name(Escape.HTML)}、こんにちは。</p>']
    style = "padding:0 0 16px;font-size:16px;line-height:1.85;color:#1f2933"
    html += [
        f'<tr><td style="{style}"><p style="margin:0 0 18px">{WORDS * 2}{"続き" * (number % 3 + 5)}</p>'
        f'<a href="{click}" style="color:#0b5394">記事{number}を読む</a></td></tr>'
        for number, click in enumerate(clicks)
    ]
    html.append(
        f'<a href="{links.web_view()}">ブラウザーで読む</a> <a href="{links.preferences()}">設定</a> '
        f'<a href="{links.unsubscribe()}">停止</a><img src="{links.open_pixel()}" width="1" height="1" alt="">'
        "</body></html>"
    )
    text = [f"{name(Escape.NONE)}、こんにちは。", "", links.web_view(), ""]
    for click in clicks[:9]:
        text += [WORDS, click, ""]
    text += [WORDS * 3, "", "停止", links.unsubscribe(), "設定", links.preferences()]
    return mime.build_message(whole, "\n".join(html), "\n".join(text), slots)


def measure() -> dict[str, float]:
    """Microseconds of each step, and sizes in bytes."""
    whole = message()
    frozen = freeze(whole)
    stamper, plain = Stamper(frozen, ISSUE), Stamper(freeze(message(personal=False)), ISSUE)
    date = mime.date_value(datetime(2026, 12, 1, tzinfo=UTC))
    reader = Reader(123_456, "taro.reader@example.jp", "山田 太郎")
    assert stamper.stamp(reader, date) == mime.write(whole, slot_values(reader, ISSUE, date))
    joined, count = plain.whole(reader, date), 160
    pieces = [joined[at : at + len(joined) // count] for at in range(0, len(joined), len(joined) // count)]
    steps: dict[str, tuple[Callable[[], object], int]] = {
        "stamp_us": (lambda: stamper.stamp(reader, date), READERS),
        "whole_us": (lambda: stamper.whole(reader, date), READERS),
        "whole_without_fields_us": (lambda: plain.whole(reader, date), READERS),
        "tokens_us": (lambda: plain._make_tokens(123_456), READERS),
        "join_us": (lambda: b"".join(pieces), READERS),
        "write_afresh_us": (lambda: mime.write(whole, slot_values(reader, ISSUE, date)), 20),
        "make_stamper_us": (lambda: Stamper(FrozenMessage.unpack(frozen.pack()), ISSUE).stamp(reader, date), 20),
    }
    best = dict.fromkeys(steps, float("inf"))
    for _ in range(ROUNDS):
        for key, (step, count) in steps.items():
            best[key] = min(best[key], timeit.timeit(step, number=count) / count * 1e6)
    return {
        **{key: round(value, 2) for key, value in best.items()},
        "html_bytes": frozen.html_size,
        "text_bytes": frozen.text_size,
        "wire_bytes": frozen.size,
    }


def main() -> None:
    """Print the table, write the file."""
    settings.reload(SECRET_KEY="benchmark-key-of-more-than-thirty-two-characters")
    found = measure()
    for key, value in found.items():
        print(f"{key:<26}{value:>12,}")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "stamp.json").write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
