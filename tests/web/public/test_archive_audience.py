"""The archive, its search, feed and articles know only what anybody may read."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from models.issues.block import Figure, Listing, Only, Prose, RankingEntry
from models.issues.issue import Issue
from models.issues.issue_state import IssueKind
from models.issues.newsletter import Newsletter
from models.store import db
from templates.content import compose
from tests.sample import card, make_article, make_newsletter, make_sent
from web.app import create_app

OFFICIALS = Only(audiences=("official",))
SECRET = "内部監査"
SECRET_BLOCKS = {
    "prose": Prose(text=f"{SECRET}の件", only=OFFICIALS),
    "listing": Listing(items=("一つ目", SECRET), only=OFFICIALS),
    "figure": Figure(image="0" * 64, alt=SECRET, source=SECRET, only=OFFICIALS),
    "card": card("hidden").model_copy(update={"lead": SECRET, "only": OFFICIALS}),
    "link": Prose(text=f"[{SECRET}](article:hidden)", only=OFFICIALS),
    "ranking": RankingEntry(place=1, article="hidden", recap=SECRET, only=OFFICIALS),
    "news": RankingEntry(
        place=1, article="shown", news=(Prose(text=f"{SECRET}[記事](article:hidden)", only=OFFICIALS),)
    ),
    "audience and topic": Prose(text=SECRET, only=Only(audiences=("official",), topics=("dx",))),
}
PAGES = ("", "/feed.atom", "/1", "/2", "/3", "/search?q=内部監査", "/search?q=監査", "/topics/dx", "/ranking/2025",
         "/articles/hidden", "/articles/shown")  # fmt: skip


@pytest.fixture
def client(database: Engine, redis_client: object) -> FlaskClient:
    with db.session_scope() as session:
        newsletter = make_newsletter(session)
        make_article(session, newsletter, "hidden", "職員向けの記事", published_on=None)
        make_article(session, newsletter, "shown", "皆さまの記事", published_on=None)
    return create_app().test_client()


def send(subject: str, *blocks: object, **values: object) -> None:
    with db.session_scope() as session:
        newsletter = session.scalars(select(Newsletter)).one()
        make_sent(session, newsletter, subject, *blocks, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", SECRET_BLOCKS)
def test_case_a6_block_for_some_readers_is_nowhere_in_the_archive(client: FlaskClient, kind: str) -> None:
    send("皆さまへの号", Prose(text="誰でも読める案内"), card("shown"), SECRET_BLOCKS[kind])
    for path in PAGES:
        answer = client.get(f"/archive/ict{path}")
        typed = answer.text.replace(f'value="{SECRET}"', "").replace(f"「{SECRET}」", "")
        assert SECRET not in typed or "0件" in answer.text, path
        assert "職員向けの記事" not in answer.text, path
    assert "0件" in client.get("/archive/ict/search?q=内部監査").text
    assert client.get("/archive/ict/articles/hidden").status_code == 404
    assert client.get("/archive/ict/articles/shown").status_code == 200
    assert "1件" in client.get("/archive/ict/search?q=誰でも").text


HELD_BACK = [
    f"{{# {SECRET} #}}",
    f"{{% if issue.number > 9 %}}{SECRET}{{% endif %}}",
    f"{{% if issue.number > 9 %}}{{% if true %}}{SECRET}{{% endif %}}{SECRET}{{% else %}}前{{% endif %}}",
    f"{{%- for one in [] -%}}{SECRET}{{%- endfor -%}}",
    f"{{% raw %}}{{% endif %}}{{% endraw %}}{{% if issue.number > 9 %}}{SECRET}{{% endif %}}",
    f"{{% if issue.number > 9 %}}[記事](article:hidden){{% endif %}}{{# [{SECRET}](article:hidden) #}}",
]


@pytest.mark.parametrize("template", HELD_BACK)
def test_case_a6_what_a_template_holds_back_is_nowhere_in_the_archive(client: FlaskClient, template: str) -> None:
    send(
        f"題{template}名", Prose(text=f"誰でも{template}読める案内"), card("shown"), preheader=f"前置き{template}の言葉"
    )
    send("次の号")
    for path in PAGES:
        answer = client.get(f"/archive/ict{path}")
        typed = answer.text.replace(f'value="{SECRET}"', "").replace(f"「{SECRET}」", "")
        assert SECRET not in typed or "0件" in answer.text, path
        assert "職員向けの記事" not in answer.text, path
    assert "0件" in client.get("/archive/ict/search?q=内部監査").text
    assert client.get("/archive/ict/articles/hidden").status_code == 404
    assert "1件" in client.get("/archive/ict/search?q=誰でも").text


def test_case_a6_lists_show_a_subject_as_its_page_does(client: FlaskClient) -> None:
    """Not as its author wrote it."""
    template = '{{ reader.name | default("A&B") }}へ'
    send(f"{template}の号", card("shown"), preheader=f"{template}の前置き")
    send("次の号")
    for path in ("", "/feed.atom", "/1", "/2", "/search?q=前置き", "/articles/shown"):
        text = client.get(f"/archive/ict{path}").text
        assert "reader.name" not in text, path
        assert "A&amp;Bへの" in re.sub("</?span[^>]*>", "", text), path


@pytest.mark.parametrize(
    "readers", [{"audience": "official"}, {"segment": {"domains": ["city.example"]}}, {"public": False}]
)
def test_case_a6_issue_for_some_readers_is_not_public(client: FlaskClient, readers: dict[str, object]) -> None:
    send("前の号")
    send(f"{SECRET}の号", RankingEntry(place=1, article="hidden"), preheader=SECRET, kind=IssueKind.RANKING,
         ranking={"query": {"period": "2025-fiscal"}}, **readers)  # fmt: skip
    send("後の号", kind=IssueKind.CORRECTION, correction_of_id=None)
    for path in PAGES:
        answer = client.get(f"/archive/ict{path}")
        assert f"{SECRET}の号" not in answer.text, path
        assert "職員向けの記事" not in answer.text, path
    for path in ("/2", "/ranking/2025", "/articles/hidden"):
        assert client.get(f"/archive/ict{path}").status_code == 404, path
    assert "/archive/ict/2" not in client.get("/archive/ict/3").text


def test_case_a6_letter_of_an_issue_that_is_not_public_links_to_no_page_of_it(client: FlaskClient) -> None:
    send("職員への号", audience="official")
    with db.session_scope() as session:
        issue = session.scalars(select(Issue)).one()
        assert compose.everything(session, issue).archive_url == ""
        issue.public = True
        assert compose.everything(session, issue).archive_url.endswith("/archive/ict/1")


def test_case_a6_issue_for_an_audience_is_public_where_staff_say_so(client: FlaskClient) -> None:
    others = Prose(text="事業者だけの話", only=Only(audiences=("vendor",)))
    send("職員への号", SECRET_BLOCKS["prose"], others, audience="official", public=True)
    assert SECRET in client.get("/archive/ict/1").text
    assert "1件" in client.get("/archive/ict/search?q=内部監査").text
    assert "事業者だけ" not in client.get("/archive/ict/1").text
    assert "0件" in client.get("/archive/ict/search?q=事業者").text


def test_case_a6_issue_in_repair_is_not_found(client: FlaskClient) -> None:
    send("直している号", Prose(text=SECRET), in_repair=True)
    assert "0件" in client.get("/archive/ict/search?q=内部監査").text
    assert "直している号" not in client.get("/archive/ict").text + client.get("/archive/ict/feed.atom").text
    assert SECRET not in client.get("/archive/ict/1").text


def test_case_a6_search_and_page_agree_for_every_condition(client: FlaskClient) -> None:
    """Words are found exactly where the page shows them, whoever the issue and its blocks are for."""
    audiences, conditions = ("", "official", "citizen"), ((), ("official",), ("citizen",), ("official", "citizen"))
    for number, audience in enumerate(audiences, 1):
        blocks = [
            Prose(text=f"言葉{'甲乙丙丁'[place]}{'あい'[len(topics)]}", only=Only(audiences=whose, topics=topics))
            for place, whose in enumerate(conditions)
            for topics in ((), ("dx",))
        ]
        send(f"号{number}", *blocks, audience=audience, public=True)
        page = client.get(f"/archive/ict/{number}").text
        with db.session_scope() as session:
            words = session.scalars(select(Issue.words).where(Issue.number == number)).one()
        for block in blocks:
            assert (block.text in page) == (block.text in words), (audience, block.only)
