"""Two people's blocks are joined, and no word of either is left out unseen."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from models.issues.versions.block_merge import Merge, Side, merge_blocks, merge_field

Block = dict[str, Any]
_WORDS = ("窓口", "締切は三月", "予算の話", "補助金", "お知らせ", "DXの記事", "", "相談会", "三月一日から受け付けます")
_texts = st.lists(st.sampled_from(_WORDS), max_size=4).map("、".join)
_block = st.one_of(
    st.builds(lambda text: {"kind": "prose", "text": text}, _texts),
    st.builds(lambda text: {"kind": "heading", "text": text}, _texts),
    st.builds(lambda slug, lead: {"kind": "article", "article": slug, "lead": lead},
              st.sampled_from(["rpa", "cloud"]), _texts),
)  # fmt: skip
_blocks = st.lists(_block, max_size=7)


@st.composite
def _changed(draw: st.DrawFn, base: list[Block]) -> list[Block]:
    """What somebody makes of *base*: blocks written anew, removed, added and moved."""
    side = [dict(one) for one in base]
    for _ in range(draw(st.integers(0, 4))):
        act = draw(st.sampled_from(["write", "remove", "add", "move"]))
        if act == "add" or not side:
            side.insert(draw(st.integers(0, len(side))), draw(_block))
            continue
        at = draw(st.integers(0, len(side) - 1))
        if act == "write":
            side[at] = draw(_block)
        elif act == "remove":
            del side[at]
        else:
            side.insert(draw(st.integers(0, len(side) - 1)), side.pop(at))
    return side


@st.composite
def _three(draw: st.DrawFn) -> tuple[list[Block], list[Block], list[Block]]:
    base = draw(_blocks)
    sides = (_changed(base), st.just(base), _blocks)
    return base, draw(st.one_of(*sides)), draw(st.one_of(*sides))


def _kept(merge: Merge, mine: list[Block], theirs: list[Block]) -> list[Block]:
    """The joined text of somebody who chooses their own blocks, and theirs where they have none."""
    return [
        theirs[one.theirs] if one.mine is None or one.side is Side.THEIRS else mine[one.mine]
        for one in merge.blocks
        if one.mine is not None or one.theirs is not None
    ]  # type: ignore[index]


@settings(max_examples=150)
@given(_three())
def test_no_block_is_left_out_that_the_other_side_did_not_remove_untouched(
    three: tuple[list[Block], list[Block], list[Block]],
) -> None:
    base, mine, theirs = three
    merge = merge_blocks(base, mine, theirs)
    for side, places in ((mine, [one.mine for one in merge.blocks]), (theirs, [one.theirs for one in merge.blocks])):
        there = [place for place in places if place is not None]
        assert len(there) == len(set(there)), "no block stands twice"
        for place in set(range(len(side))) - set(there):
            assert side[place] in base
    for one in merge.blocks:  # what is not shown was not changed
        if one.side is Side.THEIRS and one.mine is not None:
            assert one.base is not None
            assert mine[one.mine] == base[one.base]
        if one.side is Side.MINE and one.theirs is not None:
            assert one.base is not None
            assert theirs[one.theirs] == base[one.base]


@settings(max_examples=150)
@given(_three())
def test_whoever_changed_nothing_gets_the_other_side(three: tuple[list[Block], list[Block], list[Block]]) -> None:
    base, side, _other = three
    for merge, mine, theirs in (
        (merge_blocks(base, base, side), base, side),
        (merge_blocks(base, side, base), side, base),
    ):
        assert merge.choices == ()
        assert _kept(merge, mine, theirs) == side
    assert merge_blocks(base, side, base).taken == 0
    assert (merge_blocks(base, base, side).taken == 0) == (base == side)


@settings(max_examples=150)
@given(_three())
def test_what_is_kept_does_not_depend_on_who_asks(three: tuple[list[Block], list[Block], list[Block]]) -> None:
    base, mine, theirs = three
    swapped = {Side.MINE: Side.THEIRS, Side.THEIRS: Side.MINE}
    one = {(b.side, b.base, b.mine, b.theirs) for b in merge_blocks(base, mine, theirs).blocks}
    other = {(swapped.get(b.side, b.side), b.base, b.theirs, b.mine) for b in merge_blocks(base, theirs, mine).blocks}
    assert one == other


@settings(max_examples=150)
@given(_three())
def test_my_blocks_stay_in_my_order_unless_the_other_side_moved_them(
    three: tuple[list[Block], list[Block], list[Block]],
) -> None:
    merge = merge_blocks(*three)
    mine = [one.mine for one in merge.blocks if one.mine is not None]
    places = {place: at for at, place in enumerate(mine)}
    turned = sum(places[a] > places[b] for a, b in zip(sorted(places), sorted(places)[1:], strict=False))
    assert turned == 0 or merge.moved > 0
    assert merge_blocks(*three) == merge


def _prose(*texts: str) -> list[Block]:
    return [{"kind": "prose", "text": text} for text in texts]


BASE = _prose("はじめに一言申し上げます。", "締切は三月一日です。", "窓口は二階にあります。", "結びの言葉です。")


def test_different_blocks_join_silently() -> None:
    mine, theirs = [*BASE], [*BASE]
    mine[1] = {"kind": "prose", "text": "締切は三月十日です。"}
    theirs[2] = {"kind": "prose", "text": "窓口は三階にあります。"}
    theirs.append({"kind": "heading", "text": "追伸"})
    merge = merge_blocks(BASE, mine, theirs)
    assert [one.side for one in merge.blocks] == [Side.SAME, Side.MINE, Side.THEIRS, Side.SAME, Side.THEIRS]
    assert merge.taken == 2


def test_one_block_that_both_changed_is_a_choice_and_so_is_one_that_was_removed() -> None:
    mine, theirs = [*BASE], [*BASE]
    mine[1] = {"kind": "prose", "text": "締切は三月十日です。"}
    theirs[1] = {"kind": "prose", "text": "締切は四月一日です。"}
    del theirs[2]
    mine[2] = {"kind": "prose", "text": "窓口は三階にあります。"}
    merge = merge_blocks(BASE, mine, theirs)
    assert merge.choices == merge.blocks[1:3]
    assert [(one.mine, one.theirs) for one in merge.choices] == [(1, 1), (2, None)]
    backwards = merge_blocks(BASE, theirs, mine)
    assert [(one.mine, one.theirs) for one in backwards.choices] == [(1, 1), (None, 2)]


def test_a_moved_block_keeps_what_the_other_side_wrote_in_it() -> None:
    theirs = [BASE[3], *BASE[:3]]
    mine = [*BASE[:3], {"kind": "prose", "text": "結びの言葉をすこし直しました。"}]
    merge = merge_blocks(BASE, mine, theirs)
    assert [one.mine for one in merge.blocks] == [3, 0, 1, 2]
    assert merge.blocks[0].side is Side.MINE
    assert merge.moved == 1
    both = merge_blocks(BASE, [BASE[0], BASE[3], BASE[1], BASE[2]], theirs)
    assert [one.mine for one in both.blocks] == [0, 1, 2, 3]
    assert [one.moved_twice for one in both.blocks] == [False, True, False, False]


def test_texts_of_which_nobody_knows_the_beginning_are_never_dropped() -> None:
    merge = merge_blocks((), BASE, [*BASE[:2], {"kind": "heading", "text": "別の話"}])
    assert {one.mine for one in merge.blocks} >= set(range(4))
    assert any(one.theirs == 2 for one in merge.blocks)


def test_a_field_that_both_changed_is_a_choice() -> None:
    assert merge_field("古", "古", "新") == (Side.THEIRS, "新")
    assert merge_field("古", "新", "古") == (Side.MINE, "新")
    assert merge_field("古", "新", "新") == (Side.SAME, "新")
    assert merge_field("古", "甲", "乙") == (Side.CHOICE, "甲")


def test_five_hundred_blocks_that_both_changed() -> None:
    base = _prose(*(f"第{n}号の話題を{n % 7}つ挙げます。詳しくは{n * 13 % 101}頁をご覧ください。" for n in range(500)))
    mine, theirs = (
        [{"kind": "prose", "text": str(one["text"]) + words} for one in base] for words in ("甲の追記。", "乙の追記。")
    )
    merge = merge_blocks(base, mine, theirs)
    assert [(one.base, one.mine, one.theirs) for one in merge.choices] == [(n, n, n) for n in range(500)]
