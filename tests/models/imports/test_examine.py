"""What nobody can know is asked before anything is taken in, all of it at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from models.imports import examine, reader_status
from models.imports.csv_file import CsvFile, CsvRow
from models.imports.examine import Findings
from models.imports.reader_status import ReaderStatus
from models.store.errors import Invalid


def examined(path: Path, text: str | bytes, told: dict[str, str] | None = None, **options: Any) -> Findings:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    file = CsvFile(path, **options)
    return examine.examine(file, examine.in_columns(file, reader_status.told(told or {})))


def rows(path: Path, text: str | bytes, told: dict[str, str] | None = None, **options: Any) -> list[CsvRow]:
    found = examined(path, text, told, **options)
    file = CsvFile(path, **options)
    return list(examine.rows(file, found, examine.in_columns(file, reader_status.told(told or {}))))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


def test_case_i6_columns_that_nobody_knows_are_asked_about(path: Path) -> None:
    text = "メール,備考,町内会の班,空\na@example.jp,配信停止希望,3,\nb@example.jp,,4,\n"
    with pytest.raises(Invalid) as caught:
        examined(path, text)
    message = str(caught.value)
    assert "list.csv: nothing was taken in" in message
    assert "“備考”, “町内会の班”. To leave them out: --ignore “備考” --ignore “町内会の班”" in message
    assert "空" not in message, "nothing stands in it"
    found = examined(path, text, ignored=["備考"], mapped={"町内会の班": "organisation"})
    assert found.left_out == ["備考"]


def test_case_i5_status_words_that_nobody_knows_are_asked_about(path: Path) -> None:
    text = "メール,状態,退会日\na@example.jp,保留中,\nb@example.jp,配信中,そのうち\nc@example.jp,保留中,\n"
    with pytest.raises(Invalid) as caught:
        examined(path, text)
    assert "“状態” says “保留中” (lines 2, 4)" in str(caught.value)
    assert "--status “保留中=STATE”" in str(caught.value)
    assert "“退会日” says “そのうち” (line 3)" in str(caught.value)
    told = {"保留中": "unsubscribed", "そのうち": "active"}
    assert [row.status.value for row in rows(path, text, told)] == ["unsubscribed", "active", "unsubscribed"]


@pytest.mark.parametrize(
    "both", ["a@example.jp;b@example.jp", "a@example.jp b@example.jp", "花子 <a@example.jp>、b@example.jp"]
)
def test_case_i5_a_cell_of_two_addresses_says_that_both_left(path: Path, both: str) -> None:
    text = f"メール,退会日\n{both},2024-01-05\na@example.jp,\nb@example.jp,\nc@example.jp,\n"
    assert set(examined(path, text).left.values()) == {ReaderStatus.UNSUBSCRIBED}
    assert len(examined(path, text).left) == 2


def test_case_i5_who_wants_no_mail_of_a_google_group_gets_none(path: Path) -> None:
    text = "Email address,Group status,Email preference\na@example.jp,member,email\nb@example.jp,member,none\n"
    assert [row.status.value for row in rows(path, text)] == ["active", "unsubscribed"]


def test_case_i5_the_graver_of_several_states_counts(path: Path) -> None:
    text = (
        "Email Address,Status,UNSUB_TIME,CLEAN_TIME\n"
        "a@example.jp,subscribed,,\nb@example.jp,subscribed,2024-01-05,\nc@example.jp,unsubscribed,,2024-01-05\n"
    )
    assert [row.status.value for row in rows(path, text)] == ["active", "unsubscribed", "bounced"]


def test_case_i5_who_left_in_one_line_has_left_in_all(path: Path) -> None:
    found = examined(path, "mail,状態\na@example.jp,配信中\nA@EXAMPLE.JP,解除\nb@example.jp,仮登録\n")
    assert list(found.left.values()) == [ReaderStatus.UNSUBSCRIBED]


@pytest.mark.parametrize(
    "text",
    [
        "mail,address\na@example.jp,b@example.jp\n",
        "mail,name,氏名\na@example.jp,花子,太郎\n",
        "mail,所属,団体名\na@example.jp,総務課,税務課\n",
    ],
)
def test_case_f4_two_columns_that_say_the_same_and_differ(path: Path, text: str) -> None:
    with pytest.raises(Invalid, match=r"two columns say “\w+” and differ \(line 2\): .*--ignore"):
        examined(path, text)


@pytest.mark.parametrize(
    "text",
    [
        "mail,address\na@example.jp,みなと市1-1\n",
        "mail,メールアドレス\na@example.jp,A@example.jp\n",
        "mail,name,氏名\na@example.jp,,太郎\n",
    ],
)
def test_two_columns_that_do_not_differ_are_no_question(path: Path, text: str) -> None:
    assert examined(path, text).counts.records == 1


def test_second_address_of_a_line_is_told(path: Path) -> None:
    text = "E-mail 1 - Value,E-mail 2 - Value\na@example.jp,b@example.jp\nc@example.jp,\n"
    found = examined(path, text)
    assert found.second_addresses == [2]
    assert list(map(str, examine.doubts(CsvFile(path), found))) == ["line 2: a second address, which is not taken in"]


def test_case_i7_lines_of_another_encoding_are_told(path: Path) -> None:
    text = "メール,氏名\na@example.jp,山田\n".encode() + "b@example.jp,佐藤\n".encode("cp932")
    found = examined(path, text)
    assert list(map(str, examine.doubts(CsvFile(path), found))) == [
        "line 3: in Shift_JIS, the file in UTF-8; see whether its letters are right"
    ]


def test_case_i7_broken_letters_refuse_their_line(path: Path) -> None:
    text = "メール,氏名\na@example.jp,山田\nb@example.jp,".encode() + b"\xe5\xb1\n" + "c@example.jp,螻ｱ逕ｰ\n".encode()
    whole, broken, garbled = rows(path, text)
    assert whole.cells["name"] == "山田"
    assert "letters are broken" in str(broken.error)
    assert "“螻ｱ逕ｰ” was read in a wrong encoding" in str(garbled.error)


def test_cells_beyond_the_headings_refuse_their_line(path: Path) -> None:
    text = "氏名,メール,,\n例示商店,代表,a@example.jp,x,y\n花子,b@example.jp,,,,,\n一郎,c@example.jp\n"
    first, second, _ = rows(path, text)
    assert "more cells than headings" in str(first.error)
    assert (first.written, second.error) == (["例示商店", "代表", "a@example.jp", "x", "y"], "")


def test_column_without_a_heading_is_asked_about(path: Path) -> None:
    text = "氏名,メール,\n花子,a@example.jp,課長\n太郎,b@example.jp,係長\n"
    with pytest.raises(Invalid, match=r"“\(3\)”"):
        examined(path, text)
    assert [row.error for row in rows(path, text, ignored=["(3)"])] == ["", ""]


def test_case_i2_long_memo_is_left_out_with_its_column(path: Path) -> None:
    memo = "".join(f'{at} ""再掲"" a@example.jp, 済\n' for at in range(7000))
    text = f'mail,氏名,memo\na@example.jp,花子,"{memo}"\nb@example.jp,太郎,\n'
    assert [row.cells["name"] for row in rows(path, text, ignored=["memo"])] == ["花子", "太郎"]


def test_file_is_told_in_a_line(path: Path) -> None:
    found = examined(path, "名簿\nメール;氏名;登録日\na@example.jp;花子;2026/4/1\n\n")
    assert str(examine.summary(CsvFile(path), found)) == (
        "list.csv: UTF-8 with semicolons, 1 records in 4 lines (1 of them empty); "
        "address from “メール”, name from “氏名”; not taken in: “登録日”"
    )
