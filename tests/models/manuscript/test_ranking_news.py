"""A place of a ranking flows as its author writes it: in one text, or under a headline of the newsletter's words."""

from __future__ import annotations

import pytest

from models import manuscript
from models.issues.block import Only, RankingEntry
from models.manuscript import Manuscript
from models.store.errors import Invalid

TOP = "---\nnumber: 7\nsubject: 七号\n---\n"


def load(path: str, _line: int) -> str:
    return {"表.png": "a" * 64, "図.png": "b" * 64}[path]


def name(digest: str) -> str:
    return {"a": "表.png", "b": "図.png"}[digest[0]]


def entry(inside: str) -> RankingEntry:
    (block,) = manuscript.parse(f"{TOP}::: ranking 1 rpa-guide\n{inside}\n:::\n", "issue.md", load).blocks
    assert isinstance(block, RankingEntry)
    return block


def kinds(block: RankingEntry) -> list[str]:
    return [part.kind for part in block.news]


FLOWING = """第4位は、RPAの記事です。

その後、対象業務の選び方に判断基準ができました。

- 量が多い
- 例外が少ない

![判断基準](表.png)
対象組織・業務の判断基準
出典: 総務省の手引

また、共同利用の検証も行われています。

1. 二つの県
2. 一つの町"""


def test_case_g15_recap_and_news_are_one_text_where_no_headline_stands() -> None:
    block = entry(FLOWING)
    assert block.recap == FLOWING[: FLOWING.index("\n\n![")]
    assert (kinds(block), block.news_title) == (["figure", "prose", "listing"], "")


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        ("![判断基準](表.png)", "figure"),
        ("| 区分 | 数 |\n|---|---|\n| 市 | 3 |", "table"),
        ("::: notice 注意\n本文\n:::", "notice"),
        ("::: list\n- 一\n:::", "listing"),
        ("::: only topic=rpa\n担当の方へ。\n:::", "prose"),
    ],
)
@pytest.mark.parametrize("recap", ["振り返り。", ""])
def test_case_g15_the_recap_ends_where_something_else_than_text_stands(first: str, kind: str, recap: str) -> None:
    block = entry(f"{recap}\n\n{first}\n\n続きです。")
    assert (block.recap, kinds(block), block.news_title) == (recap, [kind, "prose"], "")
    assert block.news[0].only == (Only(topics=("rpa",)) if "only" in first else Only())


@pytest.mark.parametrize(
    ("headline", "title"),
    [
        ("### 最新動向", None),
        ("###最新動向", None),
        ("## What is new", None),
        ("### その後の動き", "その後の動き"),
        ("## この一年で変わったこと ##", "この一年で変わったこと"),
        ("###\u3000その後", "その後"),
        ("### Since then: *2026*", "Since then: *2026*"),
    ],
)
def test_case_g15_the_headline_has_the_newsletters_words(headline: str, title: str | None) -> None:
    block = entry(f"振り返り。\n{headline}\n新しい。\n\n![図](図.png)")
    assert (block.recap, block.news_title) == ("振り返り。", title)
    assert kinds(block) == ["prose", "figure"]


def test_case_g15_only_text_is_a_place_as_well() -> None:
    block = entry("振り返りと、その後の動き。\n\n- 一\n- 二")
    assert (block.recap, block.news, block.news_title) == ("振り返りと、その後の動き。\n\n- 一\n- 二", (), None)


@pytest.mark.parametrize("inside", ["振り返り。\n### 一つ目\n本文\n### 二つ目\n本文", FLOWING + "\n\n### その後\n本文"])
def test_case_g15_a_second_headline_is_refused_with_its_line(inside: str) -> None:
    with pytest.raises(Invalid, match="no heading") as refused:
        entry(inside)
    line = (
        TOP.count("\n")
        + 1
        + max(number for number, words in enumerate(inside.split("\n"), 1) if words.startswith("###"))
    )
    assert str(refused.value).startswith(f"issue.md:{line}:")


@pytest.mark.parametrize("inside", [FLOWING, "振り返り。\n\n### その後の動き\n\n新しい。", "振り返り。"])
def test_case_g15_a_place_is_written_as_it_was_typed(inside: str) -> None:
    whole = manuscript.parse(f"{TOP}::: ranking 1 rpa-guide\n{inside}\n:::\n", "issue.md", load)
    assert isinstance(whole, Manuscript)
    assert f"::: ranking 1 rpa-guide\n{inside}\n:::" in manuscript.write(whole, name)
