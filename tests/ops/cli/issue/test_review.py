"""`kairan newsletter`, `article`, `issue` and `staff`, as a person types them, against a real database."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image
from sqlalchemy import Engine

from models.issues import newsletter as newsletters
from models.issues import send_time
from models.store import clock, db
from models.store.errors import Forbidden, Invalid, KairanError
from ops.cli import kairan
from tests.sample import make_reader, working_morning

NEWSLETTER = """slug: ict
name: 自治体ICTだより
sender_name: 例示市 情報政策課
sender_address: ict@example.lg.jp
postal_address: 例示県例示市一丁目1番1号
contact: ict@example.lg.jp
topics: {rpa: RPA}
audiences: {official: 自治体職員}
"""
ARTICLE = "---\ntitle: RPAの始め方\npublished: 2026-04-01\naddress: https://example.jp/rpa\nrecap: 手順です。\n---\n"
ISSUE = """---
number: 1
subject: 第1号をお届けします
preheader: RPAの始め方をご紹介します
dated: 2026-04-15
---

今月の記事をご紹介します。

::: article rpa
:::

![業務を選ぶ三つの問い](chart.png)
業務の選び方
出典: 例示市の調べ
"""


def run(*words: str, ok: bool = True) -> Result:
    """One command; its output."""
    result = CliRunner().invoke(kairan, words)
    if ok:
        assert result.exit_code == 0, f"{result.output}\n{result.exception!r}"
    return result


@pytest.fixture
def files(tmp_path: Path, database: Engine) -> Path:
    """A newsletter and an article in the database, and a manuscript in a folder."""
    (tmp_path / "ict.yaml").write_text(NEWSLETTER, encoding="utf-8")
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "rpa.md").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "issue.md").write_text(ISSUE, encoding="utf-8")
    Image.new("RGB", (600, 300), "#1d4f7c").save(tmp_path / "chart.png")
    assert run("newsletter", "create", str(tmp_path / "ict.yaml")).output == "ict: created\n"
    assert run("article", "import", str(tmp_path / "articles")).output == "rpa: created\n"
    with db.session_scope() as session:
        make_reader(session, newsletters.single(session))
    return tmp_path


def imported(files: Path) -> str:
    """The number of the imported issue."""
    output = run("issue", "import", str(files / "issue.md")).output
    match = re.fullmatch(r"Issue (\d+) \(no\. 1 of ict\): created\.\n", output)
    assert match, output
    return match.group(1)


def a_morning(days: int = 7) -> str:
    """9 o'clock on a working day, at least so many days from now."""
    return f"{working_morning(days):%Y-%m-%d %H:%M}"


def approved(files: Path) -> str:
    """The number of an issue that an author has submitted and an approver approved."""
    number = imported(files)
    for role in ("author", "approver"):
        run("staff", "add", f"{role}@example.jp", "--name", role, "--role", role)
    run("issue", "submit", number, "--as", "author@example.jp")
    assert "is approved" in run("issue", "approve", number, "--as", "approver@example.jp").output
    return number


def test_from_file_to_timetable(files: Path) -> None:
    number = imported(files)
    for name, role in (("author", "author"), ("approver", "approver")):
        output = run("staff", "add", f"{name}@example.jp", "--name", "情報政策課", "--role", role).output
        assert re.fullmatch(rf"{name}@example\.jp  \S{{16}}\n", output)
    assert "0 errors" in run("issue", "check", number).output
    run("issue", "submit", number, "--as", "author@example.jp")
    assert "is approved" in run("issue", "approve", number, "--as", "approver@example.jp").output
    at = a_morning()
    said = run("issue", "schedule", number, "--at", at).output
    assert at in said
    assert "Readers now: 1" in said
    [line] = run("issue", "list", "--json").output.splitlines()
    assert json.loads(line)["scheduled_at"].startswith(f"{at[:10]}T00:00:00")
    run("issue", "unschedule", number)
    run("issue", "import", str(files / "issue.md"))
    assert "approved" in run("issue", "list").output
    (files / "issue.md").write_text(ISSUE.replace("今月", "来月"), encoding="utf-8")
    assert "It is a draft again" in run("issue", "import", str(files / "issue.md")).output


def test_links_are_asked_where_that_is_wanted(files: Path) -> None:
    article, nowhere = files / "articles" / "rpa.md", "http://nothing.invalid:9/rpa"
    article.write_text(ARTICLE.replace("https://example.jp/rpa", "http://127.0.0.1:9/rpa"), encoding="utf-8")
    assert "private network" in str(run("article", "import", str(article), ok=False).exception)
    article.write_text(ARTICLE.replace("https://example.jp/rpa", nowhere), encoding="utf-8")
    run("article", "import", str(files / "articles"))
    number = imported(files)
    assert "0 errors" in run("issue", "check", number).output
    result = run("issue", "check", number, "--links", "--language", "en")
    assert f"{nowhere} could not be checked (there is no server of that name)" in result.output


def test_returned_issues_are_drafts(files: Path) -> None:
    number = imported(files)
    run("staff", "add", "approver@example.jp", "--name", "課長", "--role", "approver")
    run("staff", "add", "author@example.jp", "--name", "係長", "--role", "author")
    run("issue", "submit", number, "--as", "author@example.jp")
    run("issue", "return", number, "--as", "approver@example.jp", "--note", "図を直す")
    assert "draft" in run("issue", "list", "--state", "draft").output


def test_an_exported_issue_is_imported_unchanged(files: Path, tmp_path: Path) -> None:
    number = imported(files)
    written = run("issue", "export", number, "--out", str(tmp_path / "out")).output.strip()
    assert "unchanged" in run("issue", "import", written).output


@pytest.mark.parametrize("embed", ["yes", "no"])
def test_a_preview_is_a_folder_that_needs_no_server(files: Path, tmp_path: Path, embed: str) -> None:
    (files / "ict.yaml").write_text(f"{NEWSLETTER}embed_images: {embed}\n", encoding="utf-8")
    run("newsletter", "create", str(files / "ict.yaml"))
    run("issue", "preview", imported(files), "--out", str(tmp_path / "seen"))
    seen = {path.name for path in (tmp_path / "seen").iterdir()}
    assert seen >= {"letter.html", "dark.html", "without-images.html", "sanitised.html", "letter.txt", "letter.eml"}
    html = (tmp_path / "seen" / "letter.html").read_text(encoding="utf-8")
    [picture] = re.findall(r'src="(pictures/[0-9a-f]{64}\.png)"', html)
    assert (tmp_path / "seen" / picture).is_file()
    assert (b"Content-ID: <" in (tmp_path / "seen" / "letter.eml").read_bytes()) == (embed == "yes")
    assert "RPAの始め方" in (tmp_path / "seen" / "letter.txt").read_text(encoding="utf-8")


def test_what_is_wrong_stops_everything(files: Path) -> None:
    (files / "bad.md").write_text(ISSUE.replace("article rpa", "article rpo").replace("number: 1", "number: 2"))
    result = run("issue", "import", str(files / "issue.md"), str(files / "bad.md"), ok=False)
    assert isinstance(result.exception, Invalid)
    assert str(result.exception) == "bad.md:10: there is no article “rpo”; did you mean “rpa”?"
    assert run("issue", "list").output == "There are no such issues.\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("issue", "check", "99"), "there is no issue with the ID 99"),
        (("issue", "schedule", "1", "--at", "tomorrow"), "“tomorrow” is no time"),
        (("issue", "schedule", "1", "--at", "2020-01-01 09:00"), "has passed"),
        (("newsletter", "show", "nothing"), "there is no newsletter “nothing”"),
        (("staff", "password", "nobody@example.jp"), "nobody on the staff"),
        (("staff", "add", "nobody", "--name", "a", "--role", "author"), "is no mail address"),
    ],
)
def test_errors_are_of_our_own(database: Engine, words: tuple[str, ...], message: str) -> None:
    result = run(*words, ok=False)
    assert isinstance(result.exception, KairanError)
    assert message in str(result.exception)


def test_a_newsletter_with_a_bad_look_or_address_is_refused(files: Path) -> None:
    for change, message in (
        ("look: {primary: '#ffff00'}", "contrast"),
        ("look: {colour: red}", "“colour” is not known"),
        ("reply_to: nobody", "is not a mail address"),
    ):
        (files / "ict.yaml").write_text(NEWSLETTER + change + "\n", encoding="utf-8")
        result = run("newsletter", "create", str(files / "ict.yaml"), ok=False)
        assert message in str(result.exception)
        assert "ict.yaml:9: " in str(result.exception)


WIDE = "".join(chr(ord(letter) + 0xFEE0) if letter != " " else letter for letter in "2026/12/01 09:00")
"""As an input method writes it."""


@pytest.mark.parametrize("typed", ["2026-12-01 09:00", "2026/12/01 09:00", "2026-12-01T09:00", WIDE])
def test_times_are_those_of_tokyo(typed: str) -> None:
    assert send_time.read(typed).isoformat() == "2026-12-01T09:00:00+09:00"


def test_an_article_imported_again_voids_the_approval_case_b1(files: Path) -> None:
    number = approved(files)
    changed = ARTICLE.replace("RPAの始め方", "未決裁の題名").replace("example.jp/rpa", "example.jp/other")
    (files / "articles" / "rpa.md").write_text(changed, encoding="utf-8")
    said = run("article", "import", str(files / "articles")).output
    assert "is a draft again" in said
    assert "記事「rpa」" in said
    assert "draft" in run("issue", "list").output
    assert run("issue", "send", number, "--yes", ok=False).exit_code == 1


def test_sending_says_to_how_many_and_asks_case_b2(files: Path) -> None:
    number = approved(files)
    asked = CliRunner().invoke(kairan, ["issue", "send", number], input="n\n")
    assert asked.exit_code == 1
    assert "For: all who subscribe" in asked.output
    assert f"Send issue {number} to 1 readers now" in asked.output
    assert "approved" in run("issue", "list").output
    assert "goes out now" in CliRunner().invoke(kairan, ["issue", "send", number], input="y\n").output


@pytest.mark.parametrize(
    ("segment", "line", "said"),
    [
        ("segment: {audiences: [shokuin]}", 3, "there is no audience “shokuin”"),
        ("segment: {topics: [rpaa]}", 3, "there is no topic “rpaa”; did you mean “rpa”?"),
        ("segment: {fields: {prefecture: 例示県}}", 3, "there is no field “prefecture”"),
        ("segment: {prefecture: 例示県}", 3, "“prefecture” is not known here"),
        ("segment:\n  languages: [ja]\n  audiences: [shokuin]", 5, "there is no audience “shokuin”"),
        ("segment: {languages: [fr]}", 3, "“languages”"),
        ("segment: {joined_from: 9999-99-99}", 3, "“joined_from”"),
        ("segment: {joined_until: 9999-12-31}", 3, "“joined_until”"),
    ],
)
def test_a_segment_of_unknown_names_is_refused_with_its_line_case_b3_case_b4(
    files: Path, segment: str, line: int, said: str
) -> None:
    (files / "bad.md").write_text(ISSUE.replace("subject:", f"{segment}\nsubject:"), encoding="utf-8")
    result = run("issue", "import", str(files / "bad.md"), ok=False)
    assert isinstance(result.exception, Invalid)
    assert str(result.exception).startswith(f"bad.md:{line}: ")
    assert said in str(result.exception)


def test_a_segment_with_a_day_is_kept_case_b4(files: Path) -> None:
    (files / "issue.md").write_text(
        ISSUE.replace("subject:", "segment: {joined_from: 2026-01-01}\nsubject:"), encoding="utf-8"
    )
    imported(files)


def test_nothing_is_sent_to_nobody_case_b3(files: Path) -> None:
    (files / "issue.md").write_text(
        ISSUE.replace("subject:", "segment: {domains: [nowhere.example]}\nsubject:"), encoding="utf-8"
    )
    number = approved(files)
    for command in (("send", number, "--yes"), ("schedule", number, "--at", a_morning())):
        result = run("issue", *command, ok=False)
        assert isinstance(result.exception, Invalid)
        assert "nobody would get this issue" in str(result.exception)
    assert "approved" in run("issue", "list").output


def test_who_submits_cannot_approve_case_b5(files: Path) -> None:
    number = imported(files)
    run("staff", "add", "one@example.jp", "--name", "係長", "--role", "author", "--role", "approver")
    assert isinstance(run("issue", "submit", number, ok=False).exception, Invalid), "it must say who submits"
    run("issue", "submit", number, "--as", "one@example.jp")
    result = run("issue", "approve", number, "--as", "one@example.jp", ok=False)
    assert isinstance(result.exception, Forbidden)
    assert "in_review" in run("issue", "list").output


def test_two_approvals_are_two_people_case_b7(files: Path) -> None:
    (files / "ict.yaml").write_text(f"{NEWSLETTER}approvals_needed: 2\n", encoding="utf-8")
    run("newsletter", "create", str(files / "ict.yaml"))
    number = imported(files)
    for name, role in (("author", "author"), ("a", "approver"), ("b", "approver")):
        run("staff", "add", f"{name}@example.jp", "--name", name, "--role", role)
    run("issue", "submit", number, "--as", "author@example.jp")
    assert "is in_review" in run("issue", "approve", number, "--as", "a@example.jp").output
    assert isinstance(run("issue", "approve", number, "--as", "a@example.jp", ok=False).exception, Forbidden)
    assert "is approved" in run("issue", "approve", number, "--as", "b@example.jp").output


def test_a_route_is_gone_with_a_substitute_a_window_and_reasons_at_blocks(files: Path) -> None:
    number = imported(files)
    for name, role in (("author", "author"), ("a", "approver"), ("b", "approver"), ("c", "approver")):
        run("staff", "add", f"{name}@example.jp", "--name", name, "--role", role)
    for wrong in ("a@example.jp", "any=all", "a@example.jp=2", "nobody@example.jp=1"):
        refused = run("newsletter", "route", "ict", "--step", wrong, ok=False)
        assert isinstance(refused.exception, KairanError), wrong
    steps = ("--step", "係長:a@example.jp,c@example.jp=1", "--step", "b@example.jp=all")
    assert (
        "係長: a@example.jp, c@example.jp (1); b@example.jp (all)" in run("newsletter", "route", "ict", *steps).output
    )
    run("newsletter", "route", "ict", "--kind", "correction", "--step", "any=1")
    assert "correction" in run("newsletter", "route", "ict").output
    today = clock.today().isoformat()
    appoint = ("--of", "b@example.jp", "--by", "c@example.jp", "--from", today, "--until", today)
    assert "c@example.jp for b@example.jp" in run("newsletter", "substitute", "ict", *appoint).output
    run("issue", "submit", number, "--as", "author@example.jp", "--note", "理由", "--not-before", a_morning(14))
    run("issue", "withdraw", number, "--as", "author@example.jp")
    run("issue", "submit", number, "--as", "author@example.jp", "--not-before", a_morning(14))
    assert isinstance(run("issue", "approve", number, "--as", "b@example.jp", ok=False).exception, Forbidden)
    back = ("--note", "直す", "--block", "1=日付", "--block", "9=ない")
    assert isinstance(run("issue", "return", number, "--as", "a@example.jp", *back, ok=False).exception, Invalid)
    run("issue", "return", number, "--as", "a@example.jp", *back[:4])
    run("issue", "submit", number, "--as", "author@example.jp", "--not-before", a_morning(14))
    assert "is in_review" in run("issue", "approve", number, "--as", "a@example.jp").output
    assert "is approved" in run("issue", "approve", number, "--as", "c@example.jp").output
    early = run("issue", "schedule", number, "--at", a_morning(7), "--yes", ok=False)
    assert "approved to go out from" in str(early.exception)
    assert "goes out at" in run("issue", "schedule", number, "--at", a_morning(15), "--yes").output


@pytest.mark.parametrize("at", ["9999-12-31 09:00", "2099-12-01 09:00", "2027-02-30 09:00"])
def test_times_out_of_reach_are_refused_case_b9(files: Path, at: str) -> None:
    result = run("issue", "schedule", approved(files), "--at", at, "--yes", ok=False)
    assert isinstance(result.exception, Invalid)


def test_an_unusual_time_is_asked_about_case_b9(files: Path) -> None:
    number, night = approved(files), a_morning().replace("09:00", "02:00")
    assert "within the quiet hours" in run("issue", "schedule", number, "--at", night, ok=False).output
    assert "approved" in run("issue", "list").output
    assert "goes out at" in run("issue", "schedule", number, "--at", night, "--yes").output
