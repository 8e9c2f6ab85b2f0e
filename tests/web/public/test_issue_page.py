"""The page of an issue in the archive: what a reader can do there that a letter cannot offer, and what is where."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from lxml import html as trees
from PIL import Image as Picture
from sqlalchemy import Engine

from models.issues import image
from models.issues.block import Figure, Prose, RankingEntry, SearchCall
from models.store import db
from tests.archive_sample import make_archive
from tests.sample import make_newsletter, make_sent
from web.app import create_app


@pytest.fixture
def client(database: Engine, redis_client: object) -> FlaskClient:
    with db.session_scope() as session:
        newsletter = make_newsletter(session, contact="情報政策課 電話 000-000-0000")
        make_archive(session, newsletter)
        table = image.store(session, wide_table())
        make_sent(
            session,
            newsletter,
            "【ランキング】Gov-Cloudの手順書",
            RankingEntry(
                place=1,
                article="elsewhere",
                news=(Prose(text="その後の動き"), Figure(image=table.digest, alt="表", source="市の調べ")),
            ),
            Prose(text="いかがでしたでしょうか。"),
            SearchCall(title="何をお探しですか?"),
            SearchCall(),
        )
    return create_app().test_client()


def wide_table() -> bytes:
    """The picture of a table, too wide for a telephone."""
    data = BytesIO()
    drawn = Picture.effect_noise((1600, 400), 90)
    drawn.save(data, "PNG")
    return data.getvalue()


def page(client: FlaskClient, address: str = "/archive/ict/2") -> trees.HtmlElement:
    answer = client.get(address)
    assert answer.status_code == 200
    return trees.document_fromstring(answer.text)


def test_case_g17_the_page_has_a_box_where_the_letter_has_a_link(client: FlaskClient) -> None:
    first, second = page(client).xpath("//main//form[@role='search']")
    for form, title in ((first, "何をお探しですか?"), (second, "バックナンバーを探す")):
        assert form.xpath(".//h2")[0].text_content() == title
        [box] = form.xpath(".//input[@type='search']")
        assert box.get("aria-label") == title
        assert form.xpath(".//button[@type='submit']")[0].text_content() == "検索"
        found = client.get(form.get("action"), query_string={box.get("name"): "Gov-Cloud"})
        assert "1件" in found.text, "what is typed is found"
        assert not urlsplit(form.get("action")).netloc


@pytest.mark.parametrize(
    ("contact", "leads_to"),
    [
        ("ict@example.lg.jp", "mailto:ict@example.lg.jp"),
        ("https://www.example.lg.jp/contact", "https://www.example.lg.jp/contact"),
        ("情報政策課 電話 000-000-0000", "#contact"),
        ("javascript:alert(1)", "#contact"),
        ("", None),
    ],
)
def test_the_way_to_ask_stands_at_the_top_of_every_page(
    client: FlaskClient, contact: str, leads_to: str | None
) -> None:
    with db.session_scope() as session:
        make_newsletter(session, "asked", contact=contact)
    for path in ("/archive/asked", "/archive/asked/search", "/subscribe/asked"):
        tree = page(client, path)
        links = [a.get("href") for a in tree.xpath("//header//a") if a.text_content().strip() == "お問い合わせ"]
        assert links == ([leads_to] if leads_to else []), path
        if leads_to == "#contact":
            assert contact in tree.xpath("//footer//*[@id='contact']")[0].text_content()


def test_case_g19_the_closing_is_set_apart_from_the_last_place(client: FlaskClient) -> None:
    words = trees.tostring(page(client).find(".//main"), encoding="unicode")
    assert words.index("その後の動き") < words.index("<hr") < words.index("いかがでしたでしょうか")
    assert words.count("<hr") == 1


def test_case_h7_case_h8_headings_of_pages_are_kept_together_by_style_alone(client: FlaskClient) -> None:
    [title] = page(client).xpath("//h1")
    assert title.text_content() == "【ランキング】Gov-Cloudの手順書"
    assert [(span.get("class"), span.text) for span in title] == [("opening", "【"), ("whole", "Gov-Cloud")]
    assert not title.xpath(".//@style"), "pages allow no styles in their elements"


def test_case_g16_a_figure_of_the_archive_opens_at_its_full_size(client: FlaskClient) -> None:
    [figure] = page(client).xpath("//main//figure")
    [link] = figure.xpath("./a[img]")
    shown, full = (client.get(address) for address in (link.xpath("./img/@src")[0], link.get("href")))
    widths = [Picture.open(BytesIO(answer.data)).width for answer in (shown, full)]
    assert widths == [1104, 1600]
    assert len(shown.data) < len(full.data)
    assert "画像を開く" in link.text_content()
    [of_article] = page(client, "/archive/ict/articles/hosted").xpath("//figure/a[img]")
    assert client.get(of_article.get("href")).status_code == 200
