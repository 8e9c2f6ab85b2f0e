"""Names are found by any form of their characters, at the beginning by an index, and in the middle."""

from __future__ import annotations

import unicodedata
from itertools import chain

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.readers.finding import name_variants, reader_list, search_words
from models.readers.finding.reader_filter import ReaderFilter
from models.readers.subscriber import Subscriber
from tests.sample import make_newsletter, make_reader

NAMES = (
    "高橋 一", "髙橋 二", "髙槗 三", "山﨑 四", "山崎 五", "斉藤 六", "斎藤 七", "齋藤 八", "齊藤 九", "渡辺 十",
    "渡邊 邉", "渡邉 辺", "沢 浜", "澤 濱", "神谷 福", "\ufa19谷 \ufa1b", "𠮷田", "吉田", "佐藤 髙", "Alex 澤",
)  # fmt: skip


def test_every_character_is_in_one_group_and_typed_as_it_stands() -> None:
    letters = list(chain.from_iterable(name_variants._GROUPS))
    assert len(letters) == len(set(letters))
    assert all(len(group) > 1 for group in name_variants._GROUPS)
    # What is looked for is NFKC, so another form would never be.
    assert [one for one in letters if unicodedata.normalize("NFKC", one) != one] == []
    assert name_variants.forms_of("鈴") == "鈴\uf9b1"
    assert name_variants.forms_of("木") == "木"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("高橋", ["高橋 一", "髙橋 二", "髙槗 三"]),
        ("髙", ["高橋 一", "髙橋 二", "髙槗 三", "佐藤 髙"]),
        ("﨑", ["山﨑 四", "山崎 五"]),
        ("斉藤", ["斉藤 六", "斎藤 七", "齋藤 八", "齊藤 九"]),
        ("渡邉", ["渡辺 十", "渡邊 邉", "渡邉 辺"]),
        ("渡辺 邊", ["渡辺 十", "渡邊 邉", "渡邉 辺"]),
        ("沢 浜", ["沢 浜", "澤 濱"]),
        ("神谷 福", ["神谷 福", "\ufa19谷 \ufa1b"]),
        ("吉田", ["𠮷田", "吉田"]),
        ("ALEX 沢", ["Alex 澤"]),
        ("藤 髙", ["佐藤 髙"]),
        ("高.", []),
    ],
)
def test_a_name_is_found_by_each_form(session: Session, typed: str, found: list[str]) -> None:
    home = make_newsletter(session)
    for n, name in enumerate(NAMES):
        make_reader(session, home, f"r{n}@example.jp", name=name)
    shown = reader_list.page(session, home, ReaderFilter(words=typed)).rows
    assert sorted(one.subscriber.name for one in shown) == sorted(found)


def test_beginnings_are_looked_up_by_the_index(session: Session) -> None:
    home = make_newsletter(session)
    for n, name in enumerate((*NAMES, "斎藤 沢辺 高", "齊藤 澤邊 髙")):
        make_reader(session, home, f"r{n}@example.jp", name=name)
    ids, more = search_words.beginnings(session, home.id, ["斉藤", "高"], 10)
    assert not more
    named = session.scalars(select(Subscriber.name).where(Subscriber.id.in_(ids))).all()
    assert sorted(named) == ["斎藤 沢辺 高", "齊藤 澤邊 髙"]
    # Many ways to write it: the index finds the first characters, and the rest is compared.
    long = "斉沢辺高"
    make_reader(session, home, "long@example.jp", name="齋澤邊髙")
    make_reader(session, home, "short@example.jp", name="齋澤邊")
    assert len(name_variants.beginnings(long)) <= 16
    assert len(search_words.beginnings(session, home.id, [long], 10)[0]) == 1
    session.execute(text("SET LOCAL enable_seqscan = off"))
    for condition in list(search_words._beginning("髙橋"))[1:5]:
        query = select(Subscriber.id).where(condition)
        compiled = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        plan = "\n".join(session.scalars(text(f"EXPLAIN {compiled}".replace(":", r"\:"))))
        assert "ix_subscriber_name_beginning" in plan
