"""Charts are true to their numbers, and are pictures with words."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from templates.charts import scale
from templates.charts.chart import HEIGHT, WIDTH, Chart, ChartKind, Series, draw

SVG = "{http://www.w3.org/2000/svg}"


def svg(chart: Chart) -> etree._Element:
    return etree.fromstring(str(draw(chart)).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def chart(kind: ChartKind, *values: list[float | None]) -> Chart:
    labels = [f"{n}月" for n in range(1, len(values[0]) + 1)]
    return Chart(
        "growth", kind, "読者数 <年>", "表と同じ数です。", labels, [Series(str(n), v) for n, v in enumerate(values)]
    )


def test_bars_stand_on_one_another_and_are_as_high_as_their_numbers() -> None:
    bars = svg(chart(ChartKind.BARS, [10, 20], [30, 0])).findall(f"{SVG}rect")
    heights = {(bar.get("class"), bar.get("x")): float(bar.get("height", "0")) for bar in bars}
    first, second = sorted({x for _, x in heights}, key=float)
    assert heights["chart-fill-1", first] == pytest.approx(3 * heights["chart-fill-0", first], abs=0.05)
    assert heights["chart-fill-0", second] == pytest.approx(2 * heights["chart-fill-0", first], abs=0.05)
    assert ("chart-fill-1", second) not in heights
    low, high = (bar for bar in bars if bar.get("x") == first)
    assert float(high.get("y", "0")) + float(high.get("height", "0")) == pytest.approx(
        float(low.get("y", "0")), abs=0.05
    )


def test_a_line_has_a_gap_where_there_is_no_number() -> None:
    lines = svg(chart(ChartKind.LINE, [1, None, 3, 4])).findall(f"{SVG}polyline")
    assert [len(line.get("points", "").split()) for line in lines] == [1, 2]


def test_it_has_a_title_and_a_description_and_nothing_that_a_policy_refuses() -> None:
    drawn = draw(chart(ChartKind.BARS, [1, 2]))
    assert "読者数 &lt;年&gt;" in drawn
    tree = svg(chart(ChartKind.BARS, [1, 2]))
    named = {one.get("id"): one.text for one in tree if one.get("id")}
    assert [named[name] for name in tree.get("aria-labelledby", "").split()] == ["読者数 <年>", "表と同じ数です。"]
    assert "style" not in drawn
    assert "script" not in drawn


def test_too_many_series_or_missing_values_are_refused() -> None:
    with pytest.raises(ValueError, match="growth"):
        draw(chart(ChartKind.LINE, *([[1.0]] * 7)))
    with pytest.raises(ValueError, match="growth"):
        draw(Chart("growth", ChartKind.LINE, "", "", ["a"], [Series("", [1, 2])]))


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e9)), min_size=1, max_size=80), st.sampled_from(ChartKind))
@example([5e-324], ChartKind.LINE)
@example([2e-9], ChartKind.BARS)
def test_nothing_is_drawn_outside(values: list[float | None], kind: ChartKind) -> None:
    for one in svg(chart(kind, values)).iter(f"{SVG}rect", f"{SVG}circle"):
        x, y = (float(one.get(a) or one.get(b) or "nan") for a, b in (("x", "cx"), ("y", "cy")))
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT


@given(st.floats(0.001, 1e12), st.booleans())
def test_an_axis_is_round_short_and_high_enough(highest: float, whole: bool) -> None:
    ticks = scale.ticks(highest, whole=whole)
    assert ticks[0] == 0
    assert ticks[-1] >= highest * 0.99999
    assert 2 <= len(ticks) <= scale.TICKS + 2
    assert not whole or all(tick == int(tick) for tick in ticks)


@pytest.mark.parametrize(("count", "found"), [(3, [0, 1, 2]), (12, [0, 2, 4, 6, 8, 10]), (0, [])])
def test_labels_are_thinned_out(count: int, found: list[int]) -> None:
    assert scale.label_places(count, 6) == found
