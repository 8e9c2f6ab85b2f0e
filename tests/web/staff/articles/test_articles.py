"""Articles are written, found and deleted in the browser; nothing that was typed is lost."""

from __future__ import annotations

import html
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image as Picture
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues.article import Article
from models.issues.block import Only, Prose
from models.issues.image import Image
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter
from models.manuscript import article_edit
from models.manuscript import edit as manuscript
from models.staff import member as members
from models.staff import membership
from models.staff.permission import Role
from models.store import clock, db
from models.store.errors import Invalid
from models.tracking.readership import NEVER, Policy, Readership
from tests.sample import card, make_article, make_newsletter, make_sent
from tests.web.hidden_fields import hidden_fields
from tests.web.staff_login import EVERY_ROLE, PASSWORD, address_of, csrf_token, log_in_as

NEW = "/staff/articles/new?newsletter=ict"
TYPED = {
    "title": "水道料金の見直し", "recap": "来年四月から変わります。", "body": "## 何が変わるか\n\n基本料金です。",
    "slug": "water", "language": "ja", "published": "2026-04-01", "topics": "dx", "address": "", "figure": "",
    "figure_alt": "", "figure_caption": "", "figure_source": "", "addresses": "https://example.jp/old en",
}  # fmt: skip


def send(client: FlaskClient, page: str, /, **values: Any) -> TestResponse:
    """A form as a browser sends it."""
    return client.post(page, data={**hidden_fields(client.get(page)), **TYPED, **values})


def write(client: FlaskClient, **values: Any) -> int:
    answer = send(client, NEW, **values)
    assert answer.status_code == 302, answer.text[:5000]
    return int(answer.headers["Location"].rpartition("/")[2])


def stored(article_id: int) -> Article:
    with db.session_scope() as session:
        found = session.get_one(Article, article_id)
        session.refresh(found, ["topics", "addresses"])
        return found


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_an_article_is_written_and_changed(author: FlaskClient) -> None:
    number = write(author)
    made = stored(number)
    assert (made.title, made.slug, made.published_on) == ("水道料金の見直し", "water", date(2026, 4, 1))
    assert [topic.slug for topic in made.topics] == ["dx"]
    assert [(one.address, one.language) for one in made.addresses] == [("https://example.jp/old", "en")]
    assert "水道料金の見直し" in author.get("/staff/articles").text
    form = author.get(f"/staff/articles/{number}/edit")
    assert "基本料金です。" in form.text
    changed = author.post(f"/staff/articles/{number}/edit", data={**hidden_fields(form), **TYPED, "topics": ["rpa"]})
    assert changed.status_code == 302
    assert [topic.slug for topic in stored(number).topics] == ["rpa"]
    assert stored(number).revision == made.revision + 1, "topics alone count, too"


def test_without_a_name_it_gets_one(author: FlaskClient) -> None:
    names = {
        stored(write(author, slug="", title=title, addresses="")).slug for title in ("DX Report", "水道", "下水道")
    }
    assert names == {"dx-report", f"article-{clock.today():%Y%m%d}", f"article-{clock.today():%Y%m%d}-2"}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("body", "", "アドレスも本文もありません"),
        ("title", "", "題名がありません"),
        ("slug", "Water Bill", "使えません"),
        ("published", "2026-13-01", "日付ではありません"),
        ("body", "![図](x.png)", "画像は入れられません"),
        ("body", "[ここ](article:nowhere)", "nowhere"),
        ("address", "https://example.jp/", "両方"),
        ("addresses", "http://127.0.0.1/", "127.0.0.1"),
        ("topics", "gone", "gone"),
        ("figure", "0" * 64, "画像はもうありません"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_all_is_kept(
    author: FlaskClient, field: str, value: str, said: str
) -> None:
    refused = send(author, NEW, **{field: value})
    assert refused.status_code == 422
    assert said in html.unescape(refused.text)
    assert f'href="#{field if value else field.replace("body", "address")}"' in refused.text
    assert "来年四月から変わります。" in refused.text
    with db.session_scope() as session:
        assert session.scalars(select(Article)).all() == []


def test_two_who_save_at_once_see_both(author: FlaskClient) -> None:
    number = write(author)
    address = f"/staff/articles/{number}/edit"
    opened = hidden_fields(author.get(address))
    assert author.post(address, data={**opened, **TYPED, "recap": "甲の要約"}).status_code == 302
    late = author.post(address, data={**opened, **TYPED, "recap": "乙の要約", "title": "乙の題名"})
    assert late.status_code == 409
    assert "甲の要約" in late.text
    assert "乙の要約" in late.text
    assert "水道料金の見直し" in late.text
    current = str(stored(number).revision)
    again = author.post(address, data={**hidden_fields(late), **TYPED, "recap": "乙の要約", "overwrite": current})
    assert again.status_code == 302
    assert stored(number).recap == "乙の要約"


def test_a_session_that_ended_keeps_what_was_typed(author: FlaskClient) -> None:
    form = hidden_fields(author.get(NEW))
    author.delete_cookie("kairan")
    asked = author.post(NEW, data={**form, **TYPED, "body": "三時間かけて\n\n書いた文。"})
    assert asked.status_code == 401
    again = author.post(
        "/staff/login", data={**hidden_fields(asked), "address": address_of(Role.AUTHOR), "password": PASSWORD}
    )
    assert "三時間かけて\n\n書いた文。" in again.text
    assert "来年四月から変わります。" in again.text


def png() -> BytesIO:
    data = BytesIO()
    Picture.new("RGB", (40, 30), "teal").save(data, "PNG")
    data.seek(0)
    return data


def test_a_picture_outlives_a_refusal(author: FlaskClient) -> None:
    refused = send(author, NEW, picture=(png(), "図.png"), figure_alt="")
    assert refused.status_code == 422
    digest = hidden_fields(refused)["figure"]
    with db.session_scope() as session:
        assert session.get(Image, digest) is not None
    number = write(author, figure=digest, figure_alt="緑の板")
    assert (stored(number).figure_image, stored(number).figure_alt) == (digest, "緑の板")
    page = author.get(f"/staff/articles/{number}/edit")
    gone = author.post(f"/staff/articles/{number}/edit", data={**hidden_fields(page), **TYPED, "no_figure": "yes"})
    assert gone.status_code == 302
    assert stored(number).figure_image == ""


def test_the_file_is_its_exact_form(author: FlaskClient) -> None:
    number = write(author)
    address = f"/staff/articles/{number}/manuscript"
    page = author.get(address)
    text = html.unescape(page.text.split('class="manuscript"')[1].split(">\n", 1)[1].split("</textarea>")[0])
    assert text.startswith("---\nnewsletter: ict\nslug: water\ntitle: 水道料金の見直し\n")
    same = author.post(address, data={**hidden_fields(page), "text": text})
    assert same.status_code == 302
    assert stored(number).revision == 1, "the same again changes nothing"
    wrong = author.post(address, data={**hidden_fields(page), "text": text.replace("[dx]", "[gone]").replace(
        "- dx", "- gone")})  # fmt: skip
    assert wrong.status_code == 422
    assert "gone" in wrong.text


def issue_with(session: Session, newsletter: Newsletter, slug: str, **values: Any) -> int:
    return issues.create(session, newsletter, subject="四月号", blocks=(card(slug),), **values).id


def test_only_what_nothing_uses_can_be_deleted_or_renamed(author: FlaskClient) -> None:
    number = write(author)
    hidden = Prose(text="職員の方へ [料金](article:water)", only=Only(audiences=("official",)))
    with db.session_scope() as session:
        newsletter = newsletters.find(session, "ict")
        made = issues.create(session, newsletter, subject="職員だけの号", blocks=(hidden,)).id
        make_article(session, newsletter, "bath", "銭湯", body="[水道](article:water)も")
    token = {"csrf_token": csrf_token(author, NEW)}
    refused = author.post(f"/staff/articles/{number}/delete", data=token)
    assert refused.status_code == 409
    assert "職員だけの号" in refused.text
    assert "銭湯" in refused.text
    renamed = send(author, f"/staff/articles/{number}/edit", slug="tap-water")
    assert renamed.status_code == 422
    assert "職員だけの号" in renamed.text
    with db.session_scope() as session:
        issues.get(session, made).edit(blocks=(Prose(text="何もない"),))
        session.delete(session.scalars(select(Article).where(Article.slug == "bath")).one())
    assert send(author, f"/staff/articles/{number}/edit", slug="tap-water").status_code == 302
    assert author.post(f"/staff/articles/{number}/delete", data=token).status_code == 302
    assert author.get(f"/staff/articles/{number}").status_code == 404


def test_an_article_that_went_while_it_was_placed_is_named_and_nothing_is_lost(author: FlaskClient) -> None:
    number = write(author)
    with db.session_scope() as session:
        made = issues.create(session, newsletters.find(session, "ict"), subject="四月号", blocks=(Prose(text="文"),)).id
    address = f"/staff/issues/{made}/edit"
    opened = author.get(address)
    text = html.unescape(opened.text.split('class="manuscript"')[1].split(">", 1)[1].split("</textarea>")[0])
    text += "\n::: article water\n:::\n\n書き足した文。\n"
    assert author.post(f"/staff/articles/{number}/delete", data=hidden_fields(opened)).status_code == 302
    refused = author.post(address, data={**hidden_fields(opened), "text": text})
    assert refused.status_code == 422
    assert "water" in refused.text
    assert "書き足した文。" in refused.text


def test_nobody_deletes_what_is_being_placed(author: FlaskClient) -> None:
    """The article stays locked until the issue that names it is saved."""
    number = write(author)
    with db.session_scope() as session:
        made = issues.create(session, newsletters.find(session, "ict"), subject="四月号").id
    with db.session_scope() as session:
        one = issues.get(session, made, lock=True)
        text = manuscript.text_of(session, one) + "\n::: article water\n:::\n"
        manuscript.save(session, one, text, members.find(session, EVERY_ROLE))
        with Session(db.engine()) as other:
            other.connection().exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
            other.delete(other.get_one(Article, number))
            with pytest.raises(OperationalError, match="lock timeout"):
                other.flush()
    with db.session_scope() as session, pytest.raises(Invalid, match="in use"):
        article_edit.delete(session, session.get_one(Article, number), members.find(session, EVERY_ROLE))


def test_an_approved_issue_is_a_draft_again_when_its_article_changes(author: FlaskClient) -> None:
    number = write(author)
    with db.session_scope() as session:
        newsletter = newsletters.find(session, "ict")
        made = issue_with(session, newsletter, "water", preheader="p")
        issues.get(session, made).state = IssueState.APPROVED
    answer = author.post(
        f"/staff/articles/{number}/edit",
        data={**hidden_fields(author.get(f"/staff/articles/{number}/edit")), **TYPED, "recap": "別の要約"},
        follow_redirects=True,
    )
    assert "下書きに戻しました" in answer.text
    with db.session_scope() as session:
        assert issues.get(session, made).state is IssueState.DRAFT


def test_the_list_finds_words_in_any_kana_and_by_topic(author: FlaskClient) -> None:
    write(author)
    with db.session_scope() as session:
        newsletter = newsletters.find(session, "ict")
        cloud = make_article(session, newsletter, "cloud", "クラウドの手引き", body="本文")
        day = {"scope": 0, "policy": Policy.HUMAN, "day": date(2026, 4, 2), "before": NEVER}
        session.add(Readership(article_id=cloud.id, readers=1234, **day))
        make_sent(session, newsletter, "三月号", card("cloud"))
    found = author.get("/staff/articles?q=くらうど").text
    assert "クラウドの手引き" in found
    assert "水道料金" not in found
    assert "1,234" in found
    assert ">第1号<" in found
    assert "クラウド" not in author.get("/staff/articles?newsletter=ict&topic=dx").text
    assert "当てはまる記事がありません" in author.get("/staff/articles?q=存在しない言葉").text
    assert author.get("/staff/articles?topic=gone").status_code == 404
    answer = author.get("/staff/articles/search?newsletter=ict&q=くらうど")
    assert [one["slug"] for one in answer.json["articles"]] == ["cloud"]  # type: ignore[index]


def test_the_list_asks_as_often_however_many_there_are(author: FlaskClient) -> None:
    author.get("/staff/articles")
    asked: list[int] = []
    for many in (2, 40):
        with db.session_scope() as session:
            newsletter = newsletters.find(session, "ict")
            for count in range(many):
                made = make_article(session, newsletter, f"a{many}-{count}", f"記事{count}", body="本文")
                made.topics = list(newsletter.topics)
                issue_with(session, newsletter, made.slug)
        with counted_queries() as queries:
            assert author.get("/staff/articles").status_code == 200
        asked.append(sum("article" in one or "issue" in one for one in queries))  # others look after the server
    assert 0 < asked[0] == asked[1]
    assert len(author.get("/staff/articles/search").json["articles"]) == 20  # type: ignore[index]


def test_who_may_not_write_sees_and_others_see_nothing(author: FlaskClient) -> None:
    number = write(author)
    with db.session_scope() as session:
        other = make_newsletter(session, "other", name="別のたより")
        foreign = make_article(session, other, "secret", "よその記事", body="本文").id
        person = members.create(session, "one@example.jp", "一紙の担当", set(), PASSWORD)
        membership.grant(session, person, Role.AUTHOR, newsletters.find(session, "ict").id, "test")
    reader = author.application.test_client()
    log_in_as(reader, Role.ANALYST)
    assert "編集" not in reader.get(f"/staff/articles/{number}").text.split("<main")[1]
    assert reader.get(f"/staff/articles/{number}/edit").status_code == 403
    only = author.application.test_client()
    token = csrf_token(only, "/staff/login")
    only.post("/staff/login", data={"csrf_token": token, "address": "one@example.jp", "password": PASSWORD})
    assert only.get(f"/staff/articles/{foreign}").status_code == 404
    assert "よその記事" not in only.get("/staff/articles").text
    assert only.get(f"/staff/articles/{number}").status_code == 200
