"""How long one edition takes to render, beside premailer alone on the same HTML: ``make bench-render``.

The issue has twenty blocks: a ranking of five with what is new in words, lists, figures and tables, and whatever else
an issue may have. A rendering is all that an edition needs: HTML with its styles inlined, the text part, and the MIME
message. Premailer is taken as it comes, with our options; the inliner of the letters is premailer, too, but keeps the
rules of a style sheet (``inlining_ms``). All are measured in turn after a warm-up, and medians are compared, so that
anything else that runs on the machine slows each of them. Texts that were never seen before cost a little more, as
phrase breaks are kept (``first_ms``).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from premailer import Premailer

import settings
from models.issues.block import (
    ArticleCard,
    Block,
    Button,
    Figure,
    Heading,
    Listing,
    News,
    Notice,
    Product,
    Prose,
    RankingEntry,
    RelatedProducts,
    SearchCall,
    SignupCall,
    Table,
    TopicLinks,
)
from templates.content.letter import ArticleFacts, ImageFacts, Letter, Sender, Theme
from templates.content.links import Links
from templates.content.slot import Slots
from templates.render import edition, html
from templates.render.css_inline import OPTIONS, inline

from .harness import save

ROUNDS, WARM_UP = 41, 3
BASE = "https://news.example.jp"
PICTURE = "a1" * 32
WORDS = (
    "庁内の申請を一つの画面にまとめると、窓口で待つ時間が目に見えて短くなります。"
    "何から手を付けるかを[三つの市の担当課に聞いた記録](https://www.example.lg.jp/ict/{0})にまとめました。"
    "**{0}番目の工夫**は、入力する項目を半分に減らすことです。"
)
TOPICS = {f"topic-{number}": f"テーマ{number}" for number in range(6)}


def prose(number: int) -> Prose:
    """Two paragraphs with a link each."""
    return Prose(text="\n\n".join(WORDS.format(number * 10 + part) for part in range(2)))


def news(place: int) -> tuple[News, ...]:
    """What is new of a place: words, a list, and a figure or a table."""
    items = tuple(f"{step}番目に、{place}位の記事で触れた帳票を数え直す" for step in range(3))
    rows = tuple((f"業務{row}", f"{row * 310 + place:,}", f"{row * 20}時間") for row in range(1, 5))
    source = "みどり県「業務改善報告書」"
    figure = Figure(image=PICTURE, alt=f"棒グラフ{place}。三割減った。", caption="窓口一件あたりの時間", source=source)
    table = Table(caption="減らせた時間", header=("業務", "件数", "時間"), rows=rows, source=source)
    return (prose(place), Listing(items=items), figure if place % 2 else table)


def blocks() -> tuple[Block, ...]:
    """Twenty blocks."""
    entries = [
        RankingEntry(place=place, article=f"article-{place}", recap=WORDS.format(place), news=news(place), readers=90)
        for place in range(5, 0, -1)
    ]
    home = "https://www.example.jp/p"
    products = tuple(Product(name=f"製品{n}", address=f"{home}/{n}", text="紹介です。") for n in "123")
    return (
        prose(6), *entries,
        Heading(text="ほかの記事もどうぞ"), *(ArticleCard(article=f"article-{n}") for n in (6, 7, 8)),
        Heading(text="研修会のお知らせ"), prose(7),
        Notice(title="締切が変わりました", text=WORDS.format(8)), *news(9)[1:],
        Button(text="研修会に申し込む", address="https://www.example.lg.jp/apply"), RelatedProducts(products=products),
        TopicLinks(topics=tuple(TOPICS)), SearchCall(), SignupCall(text="転送で届いた方もお申し込みいただけます。"),
    )  # fmt: skip


def letter() -> Letter:
    """The issue, as its readers get it."""
    sender = Sender(
        newsletter="自治体ICTだより", slug="ict", name="みどり県 情報政策課", address="ict@news.example.jp",
        postal_address="みどり県みどり市中央1丁目2番3号", contact="000-000-0000",
    )  # fmt: skip
    articles = [
        ArticleFacts(f"article-{n}", f"手続きの見直しを{n}週間で終えるための段取り", f"{BASE}/a/{n}", WORDS.format(n))
        for n in range(1, 9)
    ]
    return Letter(
        sender=sender, theme=Theme(), language="ja", number=12, kind="ranking",
        subject="自治体職員によく読まれた記事 五本", preheader="第5位から第1位までをご紹介します。", blocks=blocks(),
        base_url=BASE, archive_url=f"{BASE}/archive/ict/12", archive_home_url=f"{BASE}/archive/ict",
        dated=datetime(2026, 12, 1, tzinfo=UTC), articles={article.slug: article for article in articles},
        images={PICTURE: ImageFacts(PICTURE, f"{BASE}/i/{PICTURE}.png", 1104, 520, "image/png")}, topics=TOPICS,
        issue_id=12,
    )  # fmt: skip


def medians(steps: Sequence[Callable[[], object]]) -> list[float]:
    """The median milliseconds of each of *steps*, which take turns."""
    taken: list[list[float]] = [[] for _ in steps]
    for _ in range(ROUNDS):
        for step, times in zip(steps, taken, strict=True):
            began = time.perf_counter()
            step()
            times.append((time.perf_counter() - began) * 1e3)
    return [statistics.median(times) for times in taken]


def fresh(whole: Letter, turn: int) -> Letter:
    """*whole* with words that no letter has had before."""
    headed = tuple(
        block.model_copy(update={"text": f"{turn}回目の{block.text}"}) if isinstance(block, Heading | Prose) else block
        for block in whole.blocks
    )
    articles = {slug: replace(one, title=f"{turn}回目の{one.title}") for slug, one in whole.articles.items()}
    return replace(whole, blocks=headed, articles=articles)


def measure() -> dict[str, float | int | str]:
    """Milliseconds of a rendering and of premailer alone, and how the two compare."""
    whole, slots = letter(), Slots()
    assert len(whole.blocks) == 20
    document = html.styled(whole, slots, Links(whole, slots))
    turns = iter(range(1_000_000))
    steps: list[Callable[[], object]] = [
        lambda: edition.render(whole),
        lambda: Premailer(document, **OPTIONS).transform(pretty_print=False),
        lambda: inline(document),
        lambda: edition.render(fresh(whole, next(turns))),
    ]
    for step in steps * WARM_UP:
        step()
    render, premailer, inlining, first = medians(steps)
    return {
        "render_ms": round(render, 2),
        "premailer_ms": round(premailer, 2),
        "ratio_to_premailer": round(render / premailer, 3),
        "inlining_ms": round(inlining, 2),
        "first_ms": round(first, 2),
        "html_bytes": len(edition.render(whole).html.encode()),
    }


if __name__ == "__main__":
    settings.reload(SECRET_KEY="benchmark-key-of-more-than-thirty-two-letters")
    save("render", measure())
