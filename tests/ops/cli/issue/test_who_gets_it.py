"""Who gets an issue, as a manuscript says it: what would reach others than it seems to say is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select

from models.issues import newsletter as newsletters
from models.issues.issue import Issue
from models.store import db
from models.store.errors import Invalid
from ops.cli import kairan
from tests.sample import make_reader

NEWSLETTER = """slug: ict
name: 自治体ICTだより
sender_name: 例示市 情報政策課
sender_address: ict@example.lg.jp
postal_address: 例示県例示市一丁目1番1号
contact: ict@example.lg.jp
topics: {rpa: RPA}
audiences: {official: 自治体職員, citizen: 住民}
fields: [{name: kubun, label: 区分}]
"""
ISSUE = "---\nsubject: 第1号をお届けします\n{}\n---\n\n{}\n"


def run(*words: str) -> Result:
    """One command."""
    return CliRunner().invoke(kairan, words)


@pytest.fixture
def folder(tmp_path: Path, database: Engine) -> Path:
    """A folder; a newsletter with two readers, the second at a Japanese domain, is in the database."""
    (tmp_path / "ict.yaml").write_text(NEWSLETTER, encoding="utf-8")
    assert run("newsletter", "create", str(tmp_path / "ict.yaml")).output == "ict: created\n"
    with db.session_scope() as session:
        make_reader(session, newsletters.single(session), "a@city.example.lg.jp")
        make_reader(session, newsletters.single(session), "b@例え.jp")
    return tmp_path


def imported(folder: Path, key: str, text: str = "今月の記事です。") -> Result:
    """What importing an issue with this key and text says."""
    (folder / "issue.md").write_text(ISSUE.format(key, text), encoding="utf-8")
    return run("issue", "import", str(folder / "issue.md"))


def refused(result: Result, line: int, said: str) -> None:
    """The import says in which line what is wrong."""
    assert isinstance(result.exception, Invalid), result.output
    assert str(result.exception).startswith(f"issue.md:{line}: ")
    assert said in str(result.exception)
    with db.session_scope() as session:
        assert session.scalar(select(Issue.id)) is None


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("segment: {audiences: []}", "“audiences” is empty"),
        ("segment: {languages: [], topics: [rpa]}", "“languages” is empty"),
        ("segment: {fields: {}}", "“fields” is empty"),
        ("segment: {joined_from: }", "“joined_from” is empty"),
        ("segment: {}", "“segment” is empty"),
        ("segment:", "“segment” is empty"),
        ("audience:", "“audience” is empty"),
        ("audience: # official", "“audience” is empty"),
    ],
)
def test_an_empty_condition_is_not_everybody_case_b3(folder: Path, key: str, said: str) -> None:
    refused(imported(folder, key), 3, said)


@pytest.mark.parametrize(
    "key",
    [
        "segment: {domains: ['https://lg.jp']}",
        "segment: {domains: [example.lg.jp, 'lg.jp/']}",
        "segment: {domains: [example.lg.jp, 'lg,jp']}",
        "segment: {domains: ['%']}",
        "segment: {domains: ['*']}",
        "segment: {domains: ['a@lg.jp']}",
        "segment: {joined_from: 20260231}",
        "segment: {joined_from: 1767225600}",
        "segment: {joined_from: 0}",
        "segment: {joined_from: 2026-01-01 10:00:00}",
        "segment: {joined_from: 1e3}",
        "segment: {joined_from: yes}",
        "segment: {fields: {kubun: ''}}",
        "segment: {fields: {kubun: a, kubun: b}}",
        "segment: {joined_from: 2026-06-01, joined_until: 2026-01-01}",
    ],
)
def test_a_condition_that_cannot_be_meant_is_refused_case_b4(folder: Path, key: str) -> None:
    refused(imported(folder, key), 3, "in “")


def test_audiences_that_exclude_each_other_are_refused_case_b3(folder: Path) -> None:
    refused(imported(folder, "audience: official\nsegment: {audiences: [citizen]}"), 4, "nobody is in these")


@pytest.mark.parametrize(
    ("key", "readers"),
    [
        ("segment: {domains: ['*.lg.jp']}", 1),
        ("segment: {domains: [例え.jp]}", 1),
        ("segment: {domains: ['@例え。jp', ｌｇ.jp]}", 2),
        ("segment: {domains: ['LG.jp.']}", 1),
        ("segment: {joined_from: 20260101}", 2),
        ("segment: {joined_from: '２０２６-０１-０１'}", 2),
    ],
)
def test_a_condition_means_what_it_says_case_b4(folder: Path, key: str, readers: int) -> None:
    result = imported(folder, key)
    assert result.exit_code == 0, result.exception
    with db.session_scope() as session:
        number = session.scalars(select(Issue.id)).one()
    sent = run("issue", "send", str(number), "--yes")
    assert f"Readers now: {readers} " in sent.output


@pytest.mark.parametrize(
    ("key", "line", "said"),
    [
        ("kind: correction", 3, "which issue this corrects"),
        ("kind: correction\ncorrects:", 4, "“corrects” is empty"),
        ("corrects: 1", 3, "any other kind goes to everybody"),
        ("kind: notice\ncorrects: 1", 4, "any other kind goes to everybody"),
    ],
)
def test_half_a_correction_is_not_for_everybody_case_b3(folder: Path, key: str, line: int, said: str) -> None:
    refused(imported(folder, key), line, said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('::: prose {only={"audiences":["x"]}}\n庁内だけに\n:::', "there is no audience “x”"),
        ('::: notice 題 {only={"topics":["rpaa"]}}\n庁内だけに\n:::', "there is no topic “rpaa”"),
    ],
)
def test_a_part_for_unknown_readers_is_refused_case_b3(folder: Path, text: str, said: str) -> None:
    refused(imported(folder, "preheader: 記事", text), 6, said)


def test_a_part_that_is_closed_too_early_is_refused_case_b3(folder: Path) -> None:
    text = "::: only audience=official\n:::\n庁内だけに"
    refused(imported(folder, "preheader: 記事", text), 6, "this part is empty")
