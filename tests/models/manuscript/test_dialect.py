"""Signs as Japanese input methods and office programs leave them behind, in manuscripts."""

from __future__ import annotations

import pytest

from models.issues.block import Button, Figure, Listing, Only, Prose, RelatedProducts, SearchCall
from models.store.errors import Invalid

from .test_manuscript import TOP, load, only_block, parse


@pytest.mark.parametrize(
    "text",
    [
        "：：：　検索\n：：：",
        "::：検索\n:::",
        "  ：：： search\n：：：：",
        "::: 検索\n：：：",
    ],
)
def test_full_width_colons_open_and_close_a_block_case_g9(text: str) -> None:
    assert only_block(text) == SearchCall()


def test_full_width_signs_mean_what_the_others_mean_case_g9() -> None:
    figure, entry, products = parse(
        TOP + "![棒](a.png)\n図の説明\n出典：総務省\n\n"
        "：：：　限定　audience=official，vendor\n本文\n：：：\n\n"
        "：：：　関連製品\n- [研修](https://www.example.jp/)：三十分で学べます。\n：：：\n"
    ).blocks
    assert isinstance(figure, Figure)
    assert (figure.caption, figure.source) == ("図の説明", "総務省")
    assert entry == Prose(text="本文", only=Only(audiences=("official", "vendor")))
    assert isinstance(products, RelatedProducts)
    assert products.products[0].text == "三十分で学べます。"


def test_a_name_with_spaces_is_mended_case_g3() -> None:
    figure, text, button = parse(
        TOP + "![図](figures/my pic.png)\n\n[窓口](https://www.example.jp/a b.pdf)\n\n"
        "::: button [申込](https://www.example.jp/a b?c=d&amp;e=f)\n:::\n"
    ).blocks
    assert isinstance(figure, Figure)
    assert figure.image == load("figures/my pic.png", 1)
    assert text == Prose(text="[窓口](https://www.example.jp/a b.pdf)")
    assert button == Button(text="申込", address="https://www.example.jp/a%20b?c=d&e=f")


@pytest.mark.parametrize(
    "text",
    ["[窓口](https://www.example.jp/a b.pdf", "一。\n[窓口](www.example.jp/a b)", "- [係](mailto:koho@example.jp\n"],
    ids=lambda text: f"case_g3-{text[:6]!r}",
)
def test_a_link_that_is_not_finished_is_told_with_its_line(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(TOP + text)
    assert caught.value.line == 4 + text.rstrip().count("\n")
    assert "[words](https://…)" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [("1. 一\n3. 三", 5), ("::: notice\n前\n\n1. 一\n2. 二\n2. 三\n:::", 9), ("- 前\n   1. 一\n   5. 五", 6)],
    ids=["case_g1-list", "case_g1-notice", "case_g1-inner"],
)
def test_numbers_that_the_letter_would_change_are_told(text: str, line: int) -> None:
    with pytest.raises(Invalid, match="the list goes on with") as caught:
        parse(TOP + text)
    assert caught.value.line == line


def test_items_that_are_all_numbered_one_are_counted() -> None:
    assert only_block("1. 一\n1. 二\n1. 三") == Listing(ordered=True, items=("一", "二", "三"))
