"""Issues from files: once, again, changed, and wrong."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import manuscript
from models.issues import approval
from models.issues.image import Image
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter
from models.manuscript.import_issue import ImportAction, import_issue
from models.staff import member
from models.staff.audit import AuditEntry
from models.staff.permission import Role
from models.store import clock
from models.store.errors import Invalid, WrongState
from templates.content import digest

from .conftest import Write, make_newsletter

TOP = "---\nnumber: 7\nsubject: 七号\n---\n"
FULL = (
    TOP + "読む[記事](article:rpa-guide)。\n\n![棒](figures/chart.png)\n出典: 県\n\n"
    "::: only audience=official topic=dx\n職員の方へ。\n:::\n\n"
    "::: ranking 2 rpa-guide\n振り返り\n### 最新動向\n新しい\n:::\n\n::: ranking 1 post-office\n振り返り\n:::\n"
)

pytestmark = pytest.mark.usefixtures("newsletter")


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Issue)) or 0


def way(issue: Issue) -> tuple[IssueState, bool]:
    """Where it stands, and whether it has a time."""
    return issue.state, issue.scheduled_at is not None


def test_a_file_becomes_a_draft_with_its_pictures(session: Session, newsletter: Newsletter, write: Write) -> None:
    imported = import_issue(session, write("issue.md", FULL))
    issue = imported.issue
    assert (imported.outcome, issue.number, issue.subject, issue.language) == (ImportAction.CREATED, 7, "七号", "ja")
    assert issue.state is IssueState.DRAFT
    assert issue.newsletter is newsletter
    assert [block.kind for block in issue.blocks] == ["prose", "figure", "prose", "ranking", "ranking"]
    assert session.scalar(select(func.count()).select_from(Image)) == 1
    assert session.scalar(select(AuditEntry.action)) == "import issue"


def test_the_same_file_again_changes_nothing(session: Session, write: Write) -> None:
    first = import_issue(session, write("issue.md", FULL)).issue
    second = import_issue(session, write("issue.md", FULL))
    assert (second.outcome, second.issue.id, count(session)) == (ImportAction.UNCHANGED, first.id, 1)


def test_what_is_exported_is_imported_as_the_same(session: Session, write: Write) -> None:
    issue = import_issue(session, write("issue.md", FULL)).issue
    text = manuscript.write(manuscript.of_issue(issue), lambda digest: "figures/chart.png")
    assert import_issue(session, write("export.md", text)).outcome is ImportAction.UNCHANGED


def test_a_changed_file_changes_the_draft(session: Session, write: Write) -> None:
    issue = import_issue(session, write("issue.md", TOP + "前")).issue
    changed = import_issue(session, write("issue.md", TOP.replace("七号", "第七号") + "後"))
    assert (changed.outcome, changed.issue.subject, changed.returned) == (ImportAction.UPDATED, "第七号", False)
    assert changed.issue.id == issue.id


def test_a_file_without_a_number_is_known_by_its_subject(session: Session, write: Write) -> None:
    text = "---\nsubject: 臨時号\n---\n前"
    issue = import_issue(session, write("issue.md", text)).issue
    assert import_issue(session, write("issue.md", text + "後")).issue.id == issue.id
    issue.state = IssueState.SENT
    with pytest.raises(WrongState, match="another number, or write a correction"):
        import_issue(session, write("issue.md", text + "後"))
    assert import_issue(session, write("issue.md", text + "別の本文")).outcome is ImportAction.CREATED


def test_a_change_takes_an_approval_away_and_the_same_file_does_not(session: Session, write: Write) -> None:
    author = member.create(session, "author@example.jp", "広報担当", {Role.AUTHOR})
    approver = member.create(session, "approver@example.jp", "課長", {Role.APPROVER})
    issue = import_issue(session, write("issue.md", TOP + "前"), author).issue
    issue.submit()
    approval.approve(session, issue, approver, digest.of(session, issue))
    issue.schedule(clock.now() + timedelta(hours=1))
    assert not import_issue(session, write("issue.md", TOP + "前"), author).returned
    assert way(issue) == (IssueState.SCHEDULED, True)
    assert import_issue(session, write("issue.md", TOP + "後"), author).returned
    assert way(issue) == (IssueState.DRAFT, False)
    assert issue.author_id == author.id


@pytest.mark.parametrize(
    ("state", "advice"),
    [
        (IssueState.SENT, "corrects: 7"),
        (IssueState.SENDING, "corrects: 7"),
        (IssueState.PREPARING, "Wait until it is sent"),
        (IssueState.CANCELLED, "another number"),
    ],
)
def test_an_issue_that_is_out_is_not_changed(session: Session, write: Write, state: IssueState, advice: str) -> None:
    issue = import_issue(session, write("issue.md", TOP + "前")).issue
    issue.state = state
    with pytest.raises(WrongState, match=advice):
        import_issue(session, write("issue.md", TOP + "後"))
    assert issue.blocks[0].model_dump()["text"] == "前"


def test_a_correction_names_what_it_corrects(session: Session, write: Write) -> None:
    issue = import_issue(session, write("issue.md", TOP + "前")).issue
    text = "---\nnumber: 8\nkind: correction\nsubject: 訂正\ncorrects: {}\ncorrection_note: 誤りでした\n---\n本文"
    assert import_issue(session, write("correction.md", text.format(7))).issue.correction_of_id == issue.id
    with pytest.raises(Invalid, match=r"correction\.md:5: there is no issue 6 that could be corrected"):
        import_issue(session, write("correction.md", text.format(6)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("---\nnewsletter: itc\nsubject: a\n---\n", "issue.md:2: there is no newsletter “itc”; did you mean “ict”?"),
        ("---\naudience: oficial\nsubject: a\n---\n", "issue.md:2: there is no audience “oficial”; did you mean"),
        (TOP + "::: article rpa-guid\n:::", "issue.md:5: there is no article “rpa-guid”; did you mean “rpa-guide”?"),
        (TOP + "一\n\n[記事](article:nothing)", "issue.md:7: there is no article “nothing”"),
        (TOP + "[記事](www.example.jp)", "issue.md:5: “www.example.jp” is no whole address"),
        (TOP + "[記事](javascript:alert)", "issue.md:5: “javascript:alert” is no whole address"),
        (TOP + "::: only topic=dxx\n本文\n:::", "issue.md:5: there is no topic “dxx”; did you mean “dx”?"),
        (TOP + "::: topics\n- foo\n:::", "issue.md:5: there is no topic “foo”"),
        (TOP + "::: button [買う](article:foo)\n:::", "issue.md:5: there is no article “foo”"),
        (TOP + "![図](figures/no.png)", "issue.md:5: there is no picture “figures/no.png” beside the manuscript"),
        (TOP + "![図](figures)", "issue.md:5: this is a folder"),
        (TOP + "![図](issue.md)", "issue.md:5: the picture cannot be taken: it is none of the types"),
        (TOP + "![図](../../etc/passwd)", "issue.md:5: the picture “../../etc/passwd” lies outside"),
        (TOP + "![図](/etc/passwd)", "issue.md:5: the picture “/etc/passwd” lies outside"),
        (TOP + "![図](/dev/zero)", "issue.md:5: the picture “/dev/zero” lies outside"),
        (TOP + "![図](https://example.jp/a.png)", "issue.md:5: the picture “https://example.jp/a.png” is on the web"),
        (TOP + "::: ranking 3 rpa-guide\n:::\n::: ranking 1 post-office\n:::", "issue.md:7: place 1 follows place 3"),
        (TOP + "::: ranking 3 rpa-guide\n:::\n::: ranking 2 post-office\n:::", "issue.md:7: the ranking ends with"),
        (TOP + "::: ranking 2 rpa-guide\n:::\n::: ranking 1 rpa-guide\n:::", "issue.md:7: the article “rpa-guide” has"),
    ],
)
def test_what_there_is_not_is_said_with_its_line(session: Session, write: Write, text: str, words: str) -> None:
    with pytest.raises(Invalid) as caught:
        import_issue(session, write("issue.md", text))
    assert words in str(caught.value)
    assert count(session) == 0


def test_everything_that_is_wrong_is_said_at_once(session: Session, write: Write) -> None:
    text = TOP + "::: article one\n:::\n\n::: article two\n:::\n"
    with pytest.raises(Invalid) as caught:
        import_issue(session, write("issue.md", text))
    assert str(caught.value) == "issue.md:5: there is no article “one”\nissue.md:8: there is no article “two”"


def test_rankings_for_different_readers_count_for_themselves(session: Session, write: Write) -> None:
    places = "::: ranking 2 rpa-guide\n:::\n::: ranking 1 post-office\n:::\n"
    text = TOP + f"::: only audience=official\n{places}:::\n::: only audience=citizen\n{places}:::\n"
    assert len(import_issue(session, write("issue.md", text)).issue.blocks) == 4


def test_a_link_out_of_the_folder_is_refused(session: Session, write: Write, tmp_path: Path) -> None:
    outside = tmp_path.parent / "outside.png"
    outside.write_bytes((tmp_path / "figures" / "chart.png").read_bytes())
    os.symlink(outside, tmp_path / "inside.png")
    with pytest.raises(Invalid, match=r"issue\.md:5: the picture “inside\.png” lies outside"):
        import_issue(session, write("issue.md", TOP + "![図](inside.png)"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("---\nsubject: 件名\n---\n".encode("cp932"), "issue.md:2: the file is not UTF-8 (it looks like Shift_JIS)"),
        ("---\nsubject: a\n---\n".encode("utf-16"), "issue.md:1: the file is not UTF-8 (it looks like UTF-16)"),
        (b"x" * 2_000_001, "issue.md: the file is longer than any issue"),
    ],
)
def test_files_that_are_no_text(session: Session, tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "issue.md"
    path.write_bytes(content)
    with pytest.raises(Invalid) as caught:
        import_issue(session, path)
    assert words in str(caught.value)


def test_a_missing_file_and_a_pipe(session: Session, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"issue\.md: there is no such file"):
        import_issue(session, tmp_path / "issue.md")
    os.mkfifo(tmp_path / "pipe.md")
    with pytest.raises(Invalid, match=r"pipe\.md: this is a folder or a device"):
        import_issue(session, tmp_path / "pipe.md")


def test_with_two_newsletters_one_must_be_named(session: Session, write: Write) -> None:
    make_newsletter(session, "second")
    with pytest.raises(Invalid, match="name the one"):
        import_issue(session, write("issue.md", TOP))
