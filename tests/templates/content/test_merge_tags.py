"""Staff's templates: what they may do, and everything that they may not."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.issues.block import Heading, Prose
from templates.content import merge_tags
from templates.content.errors import CannotRender, RenderFault
from templates.content.links import Links
from templates.content.slot import Escape, FieldSlot
from templates.render import html, text

from ..sample_letters import letter, slots

LETTER = letter(reader_fields=("section",))


def filled(template: str, escape: Escape = Escape.NONE) -> str:
    return merge_tags.fill(template, LETTER, slots(), escape)


@pytest.mark.parametrize(
    ("template", "result"),
    [
        ("そのまま", "そのまま"),
        ("第{{ issue.number }}号 {{ issue.date }}", "第12号 2026年12月18日(金)"),
        ("{{ newsletter.name }} / {{ newsletter.sender }}", "みどり県 自治体ICTだより / みどり県 企画部 情報政策課"),
        ("{% for n in range(3) %}{{ loop.index }}番 {% endfor %}", "1番 2番 3番 "),
        ("{% if issue.number > 10 %}二桁{% else %}一桁{% endif %}", "二桁"),
        ("{{ ['あ', 'い'] | join('・') }}{{ 'う' ~ 1 }}", "あ・いう1"),
        ("{% raw %}{{ }}{% endraw %}", "{{ }}"),
    ],
)
def test_what_a_template_may_do(template: str, result: str) -> None:
    assert filled(template) == result


@pytest.mark.parametrize("escape", Escape)
def test_a_readers_detail_becomes_a_slot(escape: Escape) -> None:
    known = slots()
    result = merge_tags.fill('{{ reader.section | default("各課") }}御中', LETTER, known, escape)
    assert known.known == [FieldSlot("section", "各課", escape)]
    assert result == known.marker(known.known[0]) + "御中"


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ("{{ reader.nickname }}", RenderFault.MERGE_TAG_UNKNOWN),
        ("{{ issue.price }}", RenderFault.MERGE_TAG_UNKNOWN),
        ("{{ nothing }}", RenderFault.MERGE_TAG_UNKNOWN),
        ("{% if reader.name %}x{% endif %}", RenderFault.MERGE_TAG_CONDITION),
        ("{{ reader.name == 'x' }}", RenderFault.MERGE_TAG_CONDITION),
        ("{{ reader.name | length }}", RenderFault.MERGE_TAG_CONDITION),
        ("{% for c in reader.name %}{{ c }}{% endfor %}", RenderFault.MERGE_TAG_CONDITION),
        ("{{ reader.name", RenderFault.MERGE_TAG_SYNTAX),
        ("{{", RenderFault.MERGE_TAG_SYNTAX),
        ("{% for %}", RenderFault.MERGE_TAG_SYNTAX),
        ("{% for x in 5 %}{% endfor %}", RenderFault.MERGE_TAG_SYNTAX),
        ("{{ " + "(" * 50_000, RenderFault.MERGE_TAG_SYNTAX),
        ("{{ " + "9" * 10_000 + " }}", RenderFault.MERGE_TAG_SYNTAX),
        ("{% for x in ['a'] %}" * 30 + "{% endfor %}" * 30, RenderFault.MERGE_TAG_SYNTAX),
        ("{% for i in range(10000000000) %}{% endfor %}", RenderFault.MERGE_TAG_LOOP),
        ("{% for i in range(900) %}{% for j in range(900) %}{% endfor %}{% endfor %}", RenderFault.MERGE_TAG_LOOP),
        ("{{ range(10 ** 9) }}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{% for i in range(1000) %}" + "あ" * 1000 + "{% endfor %}", RenderFault.MERGE_TAG_LARGE),
        ("{% for x in ['ああああああああ'] %}" + "{{ x ~ x }}" * 20_000 + "{% endfor %}", RenderFault.MERGE_TAG_LARGE),
        ("{{ 'a' }}" * 100_000, RenderFault.MERGE_TAG_LARGE),
        ("{% if 'a' %}" * 100_000, RenderFault.MERGE_TAG_LARGE),
        ("{{ 'a' * 1000000000 }}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{{ ''.__class__.__mro__ }}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{{ reader._slots }}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{{ reader.slots.known }}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{{ issue.__init__.__globals__ }}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{{ self }}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{{ self.__init__ }}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{{ issue }}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{{ range }}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{{ lipsum() }}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{{ cycler('a') }}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{{ 'x' | attr('__class__') }}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{{ '%s' | format(1) }}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{{ 'x'['__class__'] }}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{% set x = 1 %}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{% include '/etc/passwd' %}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{% import 'x' as y %}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{% extends 'x' %}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{% for x in 'ab' recursive %}{{ loop('ab') }}{% endfor %}", RenderFault.MERGE_TAG_FORBIDDEN),
        ("{% if " + " or ".join("1" * 5000) + " %}x{% endif %}", RenderFault.MERGE_TAG_FORBIDDEN),
    ],
)  # fmt: skip
def test_what_a_template_may_not_do(template: str, fault: RenderFault) -> None:
    with pytest.raises(CannotRender) as caught:
        filled(template)
    assert caught.value.fault is fault


@pytest.mark.parametrize(
    ("template", "line", "shown"),
    [
        ("一行目\n二行目は {{ です", 2, "{{ です"),
        ("{{", 1, "{{"),
        ("{{ reader.name }} と {% for %}", 1, "{{ reader.name }} と {% for %}"),
        ("{{ '", 1, "{{ '"),
    ],
)
def test_case_g23_an_unfinished_template_is_shown_in_the_authors_own_words(
    template: str, line: int, shown: str
) -> None:
    with pytest.raises(CannotRender) as caught:
        filled(template)
    assert caught.value.details == {"line": line, "text": shown}


_TOKENS = (
    *("{{", "}}", "{%", "%}", "{#", "#}", " ", "reader", ".", "name", "|", "default", "for", "if", "in", "endfor"),
    *("(", ")", "[", "'", "range", "loop", "_", "~", "*", "9"),
)


@given(st.lists(st.sampled_from(_TOKENS), max_size=25).map("".join))
def test_no_template_does_anything_but_work_or_be_refused(template: str) -> None:
    with suppress(CannotRender):
        filled(template)


@pytest.mark.parametrize("render", [html.render, text.render])
def test_an_error_names_the_block(render: object) -> None:
    broken = letter(Prose(text="よし"), Heading(text="{{ reader.name.x }}"))
    known = slots()
    with pytest.raises(CannotRender) as caught:
        render(broken, known, Links(broken, known))  # type: ignore[operator]
    assert caught.value.block == 2
    assert caught.value.say("ja").startswith("ブロック2: ")
    assert caught.value.say("en").startswith("block 2: ")


def test_readers_details_are_kept_out_of_addresses() -> None:
    broken = letter(Prose(text="[x](https://example.jp/?n={{ reader.name }})"))
    known = slots()
    with pytest.raises(CannotRender) as caught:
        html.render(broken, known, Links(broken, known))
    assert caught.value.fault is RenderFault.ADDRESS_PERSONAL


def test_a_subject_may_hold_a_detail() -> None:
    known = slots()
    whole = replace(LETTER, subject='{{ reader.name | default("皆さま") }}へのお知らせ')
    page = html.render(whole, known, Links(whole, known))
    marker = known.marker(FieldSlot("name", "皆さま", Escape.HTML))
    assert f"<title>{marker}へのお知らせ</title>" in page
    assert marker in page.partition("<h1")[2]
