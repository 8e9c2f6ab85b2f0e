"""A newsletter as a file: taken away, changed, brought back; what is wrong is said with its line."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models.issues import newsletter as newsletters
from models.issues.newsletter import Newsletter
from models.staff.permission import Role
from models.store import db
from tests.sample import make_newsletter
from tests.web.staff_login import log_in_as, make_staff

from .page_form import fields_of, send

PAGE = "/staff/newsletters/ict/file"


def kept(slug: str) -> Newsletter:
    with Session(db.engine()) as session:
        return newsletters.find(session, slug)


def test_a_file_is_taken_away_and_brought_back(client: FlaskClient) -> None:
    with db.session_scope() as session:
        make_staff(session)
        make_newsletter(session)
    log_in_as(client, Role.ADMINISTRATOR)
    answer = client.get(f"{PAGE}.yaml")
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.get_data(as_text=True)
    assert "name: 自治体ICTだより" in text
    changed = text.replace("自治体ICTだより", "自治体DXだより").replace("approvals_needed: 1", "approvals_needed: 2")
    assert send(client, PAGE, file=(BytesIO(changed.encode()), "n.yaml")).status_code == 302
    assert (kept("ict").name, kept("ict").approvals_needed) == ("自治体DXだより", 2)
    wrong = {
        "": "ファイルを選ぶか",
        "slug: ict\nname: [": "newsletter.yaml:",
        "slug: ict\nsender_address: nobody\n": "newsletter.yaml:2:",
        "slug: other\nname: x\n": "newsletter.yaml:1:",
        'slug: ict\nlook: {primary: "red"}\n': "newsletter.yaml:2:",
        "slug: ict\ndkim: [{domain: a.example, selector: k, key_file: /etc/passwd}]\n": "なりすまし防止の署名",
    }
    for typed, said in wrong.items():
        refused = send(client, PAGE, text=typed)
        assert (refused.status_code, said in refused.text) == (422, True), typed
        assert fields_of(refused.text)["text"].replace("\r\n", "\n").strip() == typed.strip()
    assert kept("ict").dkim == []
    new = "/staff/newsletters/import"
    assert send(client, new, text=text).status_code == 422, "it is there already"
    copied = send(client, new, text=text.replace("slug: ict", "slug: copy"))
    assert copied.headers["Location"] == "/staff/newsletters/copy"
    assert [one.slug for one in _topics("copy")] == [one.slug for one in _topics("ict")]


def _topics(slug: str) -> list[newsletters.Topic]:
    with Session(db.engine()) as session:
        return newsletters.find(session, slug).topics


@pytest.mark.parametrize(
    "wrong",
    [
        "fields: [1, 2]", "fields: [{name: 部署}]", "fields: [{name: dept, label: [a, b]}]",
        "fields: [{name: {a: 1}, label: x}]", "fields: [{name: dept}, {name: dept}]", "fields: [{name: address}]",
        f"fields: [{{name: dept, label: {'x' * 501}}}]",
        f"fields: [{', '.join(f'{{name: f{number}}}' for number in range(101))}]",
        "look: {primary: 5}", "look: {primary: null}", "look: {font_size: [16]}",
        "look: {logo_address: 5, logo_alt: x}", "look: {logo_address: 'https://a.jp/l.png', logo_alt: [x]}",
        "look: {logo_address: 'javascript:alert(1)', logo_alt: x}",
        "look: {logo_address: 'file:///etc/passwd', logo_alt: x}",
    ],
)  # fmt: skip
def test_a_file_may_say_no_more_than_pages_let_be_typed(client: FlaskClient, wrong: str) -> None:
    with db.session_scope() as session:
        make_staff(session)
        make_newsletter(session)
    log_in_as(client, Role.ADMINISTRATOR)
    before = kept("ict")
    refused = send(client, PAGE, text=f"slug: ict\n{wrong}\n")
    assert refused.status_code == 422
    assert "newsletter.yaml:2:" in refused.text
    assert (kept("ict").fields, kept("ict").look) == (before.fields, before.look)
    assert send(client, PAGE, text="slug: ict\nfields: [{name: dept}]\n").status_code in (302, 409), "named by its name"
