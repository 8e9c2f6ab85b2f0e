"""An archive in which every kind of block occurs, for tests."""

from __future__ import annotations

from io import BytesIO

from PIL import Image as Picture
from sqlalchemy.orm import Session

from models.issues import image
from models.issues.block import (
    Button,
    Figure,
    Heading,
    Listing,
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
from models.issues.issue import Issue
from models.issues.newsletter import Newsletter
from models.store.clock import today
from tests.sample import card, make_article, make_sent


def picture() -> bytes:
    """A small PNG."""
    data = BytesIO()
    Picture.new("RGB", (40, 20), "#1d4f7c").save(data, "PNG")
    return data.getvalue()


def make_archive(session: Session, newsletter: Newsletter) -> Issue:
    """Two articles, and an issue with every kind of block; one of its articles is gone since."""
    stored = image.store(session, picture())
    make_article(
        session,
        newsletter,
        "hosted",
        "窓口の**改革**",
        body="# はじめに\n\n**「本文」**です。[次](article:elsewhere)\n\n<b>x</b>\n\n[悪](javascript:alert(1))",
        published_on=today(),
        topics=[newsletter.topics[0]],
        figure_image=stored.digest,
        figure_alt="棒グラフ",
        figure_source="市の調べ",
    )
    make_article(session, newsletter, "elsewhere", "よそにある記事", address="https://a.example/a", recap="要点")
    return make_sent(
        session,
        newsletter,
        "全部入りの号",
        Heading(text="見出し"),
        Prose(text="**「強い」**言葉と[リンク](https://wrong.example/a)。"),
        Prose(text="{{ reader.name | default('みなさま') }}へ。"),
        Listing(items=("一つ目", "二つ目"), ordered=True),
        Figure(
            image=stored.digest, alt="図の説明", caption="図1", source="出典元", source_address="https://s.example/"
        ),
        Table(caption="表1", header=("月", "件数"), rows=(("4月", "1,204"),)),
        Notice(title="大切", text="お知らせ"),
        Button(text="申し込む", address="https://www.example.jp/b"),
        card("hosted"),
        RankingEntry(place=1, article="elsewhere", readers=12, news=(Prose(text="その後の動き"),)),
        RelatedProducts(products=(Product(name="製品", address="https://p.example/"),)),
        TopicLinks(topics=("dx",)),
        SearchCall(),
        SignupCall(text="ぜひ"),
        card("deleted-since"),
        preheader="前置き",
    )
