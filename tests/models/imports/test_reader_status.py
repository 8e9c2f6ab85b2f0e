"""What lists say of a reader's subscription, in the words of tools and people."""

from __future__ import annotations

import pytest

from models.imports import reader_status
from models.imports.reader_status import ReaderStatus, by_mark, by_word
from models.store.errors import Invalid


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("active enabled Subscribed CONFIRMED 配信中 購読中 登録済み 有効 本登録", "active"),
        (
            "unsubscribed Unsubscribed disabled opted-out 配信停止 停止中 解除 解除済み 退会 受信拒否 無効 ﾊｲｼﾝ停止",
            "unsubscribed",
        ),
        ("bounced bouncing cleaned hard_bounced エラー停止 不達", "bounced"),
        ("complained Marked_as_spam 迷惑メール報告", "complained"),
        ("blocklisted blacklisted ブラックリスト", "blocked"),
        ("unconfirmed pending non-subscribed 仮登録", "unconfirmed"),
    ],
)
def test_case_i5_words_of_states(words: str, status: str) -> None:
    for word in words.replace("ﾊｲｼﾝ", "配信").split():
        assert by_word(word, {}) is ReaderStatus(status), word


@pytest.mark.parametrize("word", ["保留中", "1", "休止", "member", "soft bounced", "N/A", "?"])
def test_case_i5_words_that_nobody_knows(word: str) -> None:
    assert by_word(word, {}) is None
    told = reader_status.told({word: "unsubscribed"})
    assert by_word(f" {word.upper()} ", told) is ReaderStatus.UNSUBSCRIBED


def test_no_word_says_nothing() -> None:
    assert by_word(" ", {}) is ReaderStatus.ACTIVE


@pytest.mark.parametrize(
    ("holds", "cells", "status"),
    [
        ("stopped", "2024-01-05 2024/1/5 20240105 2024年1月5日 令和6年1月5日 2024-01-05T10:00:00Z", "unsubscribed"),
        ("stopped", "1 ○ true 済 停止 はい", "unsubscribed"),
        ("stopped", "0 false いいえ - 0000-00-00 なし 配信中 正常", "active"),
        ("stopped", "不要 拒否 停止 解除済み ゴミ箱", "unsubscribed"),
        ("bounced", "1 2024-01-05 ○ エラー停止", "bounced"),
        ("wanted", "1 ○ true 希望する 可 はい 2024-01-05", "active"),
        ("wanted", "email digest abridged", "active"),
        ("wanted", "none No_email", "unsubscribed"),
        ("wanted", "0 × false 希望しない 否 いいえ 不要", "unsubscribed"),
    ],
)  # fmt: skip
def test_case_i5_marks_and_days(holds: str, cells: str, status: str) -> None:
    for cell in cells.split():
        assert by_mark(holds, cell, {}) is ReaderStatus(status), cell


def test_case_i5_nothing_where_others_are_ticked_is_asked_about() -> None:
    assert by_mark("stopped", "", {}) is ReaderStatus.ACTIVE
    assert by_mark("wanted", "", {}) is None
    assert by_mark("wanted", "", reader_status.told({"": "unsubscribed"})) is ReaderStatus.UNSUBSCRIBED
    assert by_mark("stopped", "たぶん", {}) is None


@pytest.mark.parametrize("holds", ["stopped", "bounced"])
@pytest.mark.parametrize(
    "word", ["x", "X", "×", "✕", "不可", "希望しない", "要", "有効", "無効", "Enabled", "active", "登録済み"]
)
def test_case_i5_what_may_be_said_of_the_mark_or_of_letters_is_asked_about(holds: str, word: str) -> None:
    assert by_mark(holds, word, {}) is None
    assert by_mark(holds, word, reader_status.told({word: "blocked"})) is ReaderStatus.BLOCKED


def test_case_i5_a_letter_x_ticks_or_crosses_out() -> None:
    assert by_mark("wanted", " Ｘ", {}) is None
    assert by_mark("wanted", "×", {}) is ReaderStatus.UNSUBSCRIBED


@pytest.mark.parametrize("holds", ["stopped", "bounced"])
def test_case_i5_what_is_said_of_nothing_is_said_of_wishes_alone(holds: str) -> None:
    assert by_mark(holds, " ", reader_status.told({"": "unsubscribed"})) is ReaderStatus.ACTIVE


def test_state_that_we_are_told_must_exist() -> None:
    with pytest.raises(Invalid, match="the states are active, unconfirmed"):
        reader_status.told({"保留中": "asleep"})
