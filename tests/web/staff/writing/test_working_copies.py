"""What the editor sends between saves and on saving: kept, joined, or refused in words, and never lost."""

from __future__ import annotations

import json
import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues.block import Block, Prose
from models.issues.issue_state import IssueState
from models.issues.versions import content_version
from models.issues.writing.working_copy import WorkingCopy
from models.staff import membership
from models.staff.member import Member
from models.staff.permission import Role
from models.store import clock, db
from tests.web.staff_login import EVERY_ROLE, PASSWORD, address_of, csrf_token
from web.staff.writing import block_document

BLOCKS = (Prose(text="一つ目の段落です。"), Prose(text="二つ目の話題です。"), Prose(text="三つ目の結びです。"))
FIELDS = {"subject": "件名", "preheader": "", "audience": "", "dated": "", "public": ""}
MINE, OTHER = "a" * 24, "b" * 24


@pytest.fixture
def issue_id(author: FlaskClient) -> int:
    with db.session_scope() as session:
        return issues.create(session, newsletters.find(session, "ict"), subject="件名", blocks=BLOCKS).id


class Tab:
    """A tab of a browser in which the issue is open."""

    def __init__(self, client: FlaskClient, issue_id: int, name: str) -> None:
        self.client, self.home, self.name, self.step = client, f"/staff/issues/{issue_id}/write", name, 0
        self.token = csrf_token(client, f"/staff/issues/{issue_id}/edit")
        self.version = 1

    def message(self, *blocks: Block, **more: Any) -> dict[str, Any]:
        self.step += 1
        own = {"tab": self.name, "version": self.version, "step": self.step, "fields": FIELDS}
        return own | ({"document": block_document.of(blocks)} if blocks else {}) | more

    def post(self, address: str, message: Any) -> TestResponse:
        headers = {"X-CSRFToken": self.token, "Accept": "application/json"}
        data = message if isinstance(message, bytes) else json.dumps(message)
        return self.client.post(address, data=data, headers=headers)

    def copy(self, *blocks: Block, **more: Any) -> TestResponse:
        return self.post(f"{self.home}/copy", self.message(*blocks, **more))

    def save(self, *blocks: Block, **more: Any) -> TestResponse:
        answer = self.post(self.home, self.message(*blocks, **more))
        if answer.status_code == 200:
            self.version = answer.json["version"]  # type: ignore[index]
        return answer


def log_in(client: FlaskClient, address: str) -> FlaskClient:
    form = {"csrf_token": csrf_token(client, "/staff/login"), "address": address, "password": PASSWORD}
    assert client.post("/staff/login", data=form).status_code == 302
    return client


@pytest.fixture
def mine(author: FlaskClient, issue_id: int) -> Tab:
    return Tab(author, issue_id, MINE)


@pytest.fixture
def other(app: Flask, author: FlaskClient, issue_id: int) -> Tab:
    return Tab(log_in(app.test_client(), EVERY_ROLE), issue_id, OTHER)


def with_words(at: int, words: str) -> tuple[Block, ...]:
    return (*BLOCKS[:at], Prose(text=BLOCKS[at].text + words), *BLOCKS[at + 1 :])


def stored(issue_id: int) -> list[str]:
    with db.session_scope() as session:
        return [str(getattr(block, "text", "")) for block in issues.get(session, issue_id).blocks]


def kept(issue_id: int, tab: str) -> WorkingCopy | None:
    with db.session_scope() as session:
        return session.get(WorkingCopy, (issue_id, tab))


def test_a_working_copy_is_no_content_and_makes_no_version(mine: Tab, other: Tab, issue_id: int) -> None:
    with db.session_scope() as session:
        issues.get(session, issue_id).state = IssueState.APPROVED
    for words in ("書", "書い", "書いて"):
        assert mine.copy(*with_words(0, words)).status_code == 200
    assert stored(issue_id) == [block.text for block in BLOCKS]
    with db.session_scope() as session:
        issue = issues.get(session, issue_id)
        assert issue.state is IssueState.APPROVED
        assert content_version.last_number(session, issue) == 1
    assert other.copy().json["writers"] == [{"name": "author", "own": False}]  # type: ignore[index]
    notice = "まだ保存していない文章があります（書いた人：author）"
    assert notice in mine.client.get(f"/staff/issues/{issue_id}").text
    saved = mine.save(*with_words(0, "書いて"))
    assert notice not in mine.client.get(f"/staff/issues/{issue_id}").text
    assert "下書きに戻りました" in saved.json["message"]  # type: ignore[index]
    copy = kept(issue_id, MINE)
    assert copy is not None
    assert copy.text is None


def test_messages_that_overtake_each_other_do_not_bring_an_old_text_back(mine: Tab, issue_id: int) -> None:
    first, second = mine.message(*with_words(0, "古い")), mine.message(*with_words(0, "新しい"))
    assert mine.post(f"{mine.home}/copy", second).status_code == 200
    assert mine.post(f"{mine.home}/copy", first).status_code == 200
    left = mine.client.get(f"{mine.home}/copies/{MINE}").json
    assert left is not None
    assert "新しい" in json.dumps(left["document"], ensure_ascii=False)
    late = mine.message(*with_words(0, "もっと"))
    assert mine.save(*with_words(0, "もっと新しい")).status_code == 200
    assert mine.post(f"{mine.home}/copy", late).status_code == 200
    assert mine.client.get(f"{mine.home}/copies/{MINE}").json == {}


def test_presence_ends_by_itself_and_what_was_left_is_offered_to_its_writer_alone(
    mine: Tab, other: Tab, issue_id: int, author: FlaskClient
) -> None:
    mine.copy(*with_words(0, "途中"))
    second = Tab(author, issue_id, "c" * 24)
    said = second.copy().json
    assert said is not None
    assert [one["own"] for one in said["writers"]] == [True]
    assert said["left"] == []
    with clock.moved(timedelta(minutes=1)):
        assert [one["tab"] for one in second.copy().json["left"]] == [MINE]  # type: ignore[index]
        assert other.copy().json["left"] == []  # type: ignore[index]
        assert other.client.get(f"{mine.home}/copies/{MINE}").json == {}
        assert other.post(f"{mine.home}/copy", other.message(*BLOCKS, tab=MINE)).status_code == 422
        other.copy(drop=[MINE])
        assert kept(issue_id, MINE) is not None
        second.copy(*with_words(0, "途中"), drop=[MINE])
        assert kept(issue_id, MINE) is None
        second.copy(closing=True)
        assert [one["own"] for one in other.copy().json["writers"]] == []  # type: ignore[index]
        assert kept(issue_id, second.name) is not None


def test_other_blocks_join_and_the_same_block_is_a_choice(mine: Tab, other: Tab, issue_id: int) -> None:
    assert other.save(*with_words(0, "甲"), Prose(text="追伸です。")).status_code == 200
    answer = mine.save(*with_words(2, "乙"))
    assert answer.status_code == 409
    merge = answer.json["merge"]  # type: ignore[index]
    assert [sorted(block) for block in merge["blocks"]] == [["node"], ["mine"], ["mine"], ["node"]]
    assert merge["message"]["taken"] == "2か所に情報政策課 主任さんの変更を取り込みました。"
    assert stored(issue_id)[2] == "三つ目の結びです。"
    mine.version = merge["version"]
    assert mine.save(*with_words(0, "甲")[:2], with_words(2, "乙")[2], Prose(text="追伸です。")).status_code == 200
    assert stored(issue_id) == ["一つ目の段落です。甲", "二つ目の話題です。", "三つ目の結びです。乙", "追伸です。"]
    other.version = 2
    late = other.save(
        *with_words(0, "甲")[:2], with_words(2, "丙")[2], Prose(text="追伸です。"), fields=FIELDS | {"subject": "別"}
    )
    [choice] = [block for block in late.json["merge"]["blocks"] if "choice" in block]  # type: ignore[index]
    assert choice["mine"] == 2
    assert choice["choice"]["theirs"][0]["pieces"][-1] == ["added", "乙"]
    assert stored(issue_id)[2] == "三つ目の結びです。乙"


def test_two_saves_that_race_are_both_kept_or_joined(mine: Tab, other: Tab, issue_id: int) -> None:
    answers: dict[str, TestResponse] = {}
    texts = {mine: with_words(0, "甲"), other: with_words(2, "乙")}
    threads = [
        threading.Thread(target=lambda tab=tab: answers.update({tab.name: tab.save(*texts[tab])})) for tab in texts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers.values()) == [200, 409]
    [late] = [tab for tab in texts if answers[tab.name].status_code == 409]
    early = other if late is mine else mine
    merge = answers[late.name].json["merge"]  # type: ignore[index]
    assert [("node" in block) for block in merge["blocks"]] == [
        own != BLOCKS[at] for at, own in enumerate(texts[early])
    ]


@pytest.mark.parametrize("version", [7, 0])
def test_a_version_that_is_not_there_makes_choices_and_loses_nothing(
    mine: Tab, other: Tab, issue_id: int, version: int
) -> None:
    other.save(*with_words(0, "甲"))
    mine.version = version
    answer = mine.save(*with_words(0, "乙"))
    assert answer.status_code == 409
    first = answer.json["merge"]["blocks"][0]  # type: ignore[index]
    assert {"mine", "node", "choice"} <= set(first)


@pytest.mark.parametrize("state", [IssueState.CANCELLED, IssueState.SENT, IssueState.SENDING])
def test_an_issue_that_can_no_longer_be_edited_still_keeps_what_is_written(
    mine: Tab, issue_id: int, state: IssueState
) -> None:
    with db.session_scope() as session:
        issues.get(session, issue_id).state = state
    answer = mine.copy(*with_words(0, "間に合わなかった"))
    assert answer.status_code == 200
    assert answer.json["refused"] != ""  # type: ignore[index]
    assert kept(issue_id, MINE) is not None
    refused = mine.save(*with_words(0, "間に合わなかった"))
    assert refused.status_code == 409
    assert "merge" not in refused.json  # type: ignore[operator]
    assert mine.client.get(f"{mine.home}/copies/{MINE}").json != {}


def test_a_role_that_was_lost_while_typing(mine: Tab, issue_id: int) -> None:
    mine.copy(*with_words(0, "前"))
    with db.session_scope() as session:
        person = session.query(Member).filter_by(address=address_of(Role.AUTHOR)).one()
        membership.set_roles(session, person, {Role.APPROVER}, None, by="test")
    answer = mine.copy(*with_words(0, "後"))
    assert answer.status_code == 403
    assert "権限がありません" in answer.json["error"]["text"]  # type: ignore[index]
    copy = kept(issue_id, MINE)
    assert copy is not None
    assert json.dumps("前")[1:-1] in (copy.text or "")


@pytest.mark.parametrize(
    "bad",
    [
        b"{", b"[" * 100_000, b"[]", b'"\xff"', {}, {"tab": "x"}, {"tab": "x" * 40}, {"tab": "../../../.."},
        {"version": "1"}, {"version": True}, {"version": -1}, {"version": 2**40}, {"step": 2**60}, {"step": -1},
        {"fields": []}, {"step": None},
    ],
)  # fmt: skip
def test_messages_that_no_editor_sends_are_refused(mine: Tab, bad: Any) -> None:
    for address in (mine.home, f"{mine.home}/copy"):
        message = mine.message(*BLOCKS) | bad if isinstance(bad, dict) and bad else bad
        assert mine.post(address, message).status_code == 422


@pytest.mark.parametrize("drop", [5, {"a": 1}, "a" * 20, ["\0" * 8], ["\ud800" * 8], [5], ["a" * 20] * 70_000])
def test_texts_that_no_editor_throws_away_are_refused(mine: Tab, drop: Any) -> None:
    assert mine.copy(*BLOCKS, drop=drop).status_code == 422


def test_ten_megabytes_are_kept_and_more_is_refused(mine: Tab, issue_id: int) -> None:
    assert mine.copy(document={"type": "doc", "content": [], "x": "長" * 1_700_000}).status_code == 200
    assert mine.copy(document={"type": "doc", "x": "x" * 13_000_000}).status_code == 413
    assert mine.copy(document={"type": "doc", "content": [], "x": "\0\ud800"}).status_code == 200
    copy = kept(issue_id, MINE)
    assert copy is not None
    assert "\\ud800" in (copy.text or "")


def test_who_has_come_from_the_editor_finds_back_to_it_from_the_versions(mine: Tab, issue_id: int) -> None:
    mine.save(*with_words(0, "新"))
    listed = mine.client.get(f"/staff/issues/{issue_id}/versions?back=write").text
    [address] = re.findall(r'action="([^"]+/restore[^"]*)"', listed)
    revision = re.findall(r'name="revision" value="(\d+)"', listed)[0]
    answer = mine.client.post(address.replace("&amp;", "&"), data={"csrf_token": mine.token, "revision": revision})
    assert answer.location.endswith(f"/staff/issues/{issue_id}/write")
    assert stored(issue_id)[0] == "一つ目の段落です。"
