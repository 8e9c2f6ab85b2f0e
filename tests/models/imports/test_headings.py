"""Headings are known in the forms in which people and tools write them."""

from __future__ import annotations

import pytest

from models.exports import reader_rows
from models.imports import headings
from models.store.errors import Invalid


@pytest.mark.parametrize(
    "heading",
    [
        "email", "Email", "EMAIL", "Email Address", "E-mail Address", "E-Mail", "e_mail", "MAIL", "mail address",
        "MAILADDR", "E-mail 1 - Value", "電子メール アドレス", "電子メール", "ﾒｰﾙｱﾄﾞﾚｽ", "Ｅ－ｍａｉｌ", "Ｅメール",
        "Eメール",
        "Eーmail", "メールアドレス(必須)", "メールアドレス（必須）", "メールアドレス【必須】", "※メールアドレス",
        "メールアドレス*", "メール",
        "メールアドレス（半角英数）", "メールアドレス\n(PC)", "PCメールアドレス", "登録メールアドレス", "\ufeffemail",
        "「メールアドレス」",
        "メールアドレス：", "Mail アドレス", "配信先 メールアドレス",
    ],
)  # fmt: skip
def test_case_i4_headings_of_addresses(heading: str) -> None:
    assert headings.what(heading, {})[0] == "address"


@pytest.mark.parametrize(
    ("heading", "holds"),
    [
        ("氏名\n(漢字)", "name"), ("お名前（必須）", "name"), ("ご氏名", "name"), ("Name", "name"), ("氏　名", "name"),
        ("氏名(カナ)", "kana"), ("お名前（全角カタカナ）", "kana"), ("ﾌﾘｶﾞﾅ", "kana"),
        ("フリガナ（カタカナ）", "kana"), ("Yomi Name", "kana"),
        ("フリガナ(姓)", "family_kana"), ("姓（カナ）", "family_kana"), ("Phonetic Last Name", "family_kana"),
        ("姓", "family_name"), ("Last Name", "family_name"), ("LNAME", "family_name"), ("First Name", "given_name"),
        ("会社・団体名", "organisation"), ("所属（任意）", "organisation"), ("Organization 1 - Name", "organisation"),
        ("Organization Name", "organisation"), ("部署名", "department"), ("Organization Department", "department"),
        ("Status", "status"), ("配信状態", "status"), ("Email status", "status"), ("UNSUB_TIME", "stopped"),
        ("CLEAN_TIME", "bounced"), ("配信停止日時", "stopped"), ("メルマガ希望", "wanted"),
        ("Subscribed to emails", "wanted"),
        ("MEMBER_RATING", "nothing"), ("Phone 1 - Value", "nothing"), ("番地 (自宅)", "nothing"),
        ("会社電話 2", "nothing"),
        ("Group Membership", "nothing"), ("kairan_problem", "nothing"), ("登録日時", "nothing"),
        ("電子メール 2 の種類", "nothing"),
        ("E-mail 1 - Type", "nothing"), ("№", "nothing"),
        ("備考", ""), ("Notes", ""), ("旧メールアドレス", ""), ("メールアドレス(旧)", ""), ("メルマガ停止の希望", ""),
        ("所属会社の電子公告", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_headings_of_people_and_tools(heading: str, holds: str) -> None:
    assert headings.what(heading, {})[0] == holds


def test_numbers_say_which_address_comes_first() -> None:
    found = headings.columns(
        ["E-mail 2 - Value", "E-mail 1 - Value", "携帯メールアドレス", "メールアドレス3"], {}, {}, []
    )
    assert [column.holds for column in found] == ["address"] * 4
    assert sorted(found, key=lambda one: one.rank) == [found[1], found[0], found[3], found[2]]


def test_case_i6_columns_are_mapped_and_left_out() -> None:
    found = headings.columns(
        ["連絡先", "氏名\n(漢字)", "メール", "", "役"],
        {headings.fold("役職"): "role"},
        {"連絡先": "email", "氏名 (漢字)": "kana", "(4)": "organisation", "役": "役職"},
        ["ﾒｰﾙ"],
    )
    assert [column.holds for column in found] == ["address", "kana", "nothing", "organisation", "role"]


@pytest.mark.parametrize(
    ("mapped", "ignored", "why"),
    [
        ({"れんらく先": "address"}, [], "there is no heading “れんらく先”; the file has “連絡先”, “氏名”"),
        ({"連絡先": "mial"}, [], "there is no field “mial”"),
        ({}, ["備考"], "there is no heading “備考”"),
    ],
)
def test_case_i6_what_we_are_told_must_be_there(mapped: dict[str, str], ignored: list[str], why: str) -> None:
    with pytest.raises(Invalid, match=why):
        headings.columns(["連絡先", "氏名"], {}, mapped, ignored)


@pytest.mark.parametrize("language", sorted(reader_rows.HEADINGS))
def test_an_import_knows_every_heading_of_an_export(language: str) -> None:
    found = [headings.what(heading, {})[0] for heading in reader_rows.HEADINGS[language]]
    assert found == ["address", "name", "kana", "organisation", "audience", "topics", "language", "nothing"]
