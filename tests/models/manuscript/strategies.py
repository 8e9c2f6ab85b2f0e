"""Generators of blocks and manuscripts: texts as people write them, and texts that try to break the syntax."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from models.issues.block import (
    ArticleCard,
    Button,
    Figure,
    Heading,
    Listing,
    Notice,
    Only,
    Product,
    Prose,
    RankingEntry,
    RelatedProducts,
    SearchCall,
    SignupCall,
    Table,
    TopicLinks,
)
from models.issues.issue_state import IssueKind
from models.issues.segments.segment import Segment
from models.manuscript import Manuscript
from models.store import input_rule

_NASTY = (
    ":::", "::: notice", "# ", "## ", "### 最新動向", "- ", "1. ", "3) ", "> ", "---", "===", "```", "    ", "\t",
    "|", "\\", "|---|", "{", "}", '{a="b"}', " {text=", "[", "](", "](article:x)", ")", "![", "<", ">", "<b>", "&amp;",
    "*", "_", "~", "出典: ", "Source: ", "https://example.jp/", "\n", "\n\n", "\r", " ", "\u3000", "\u2028", "\x85",
    "\ufeff", '"', "'", "髙﨑①㈱", "𠮷", "🍣", "{{ reader.name }}", "{% for %}", "第5位", "<!--", "%41", "\x0b",
    "[x]: https://example.jp/",
)  # fmt: skip
_letters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
texts = st.one_of(
    st.sampled_from(["一つ目の段落です。", "読む[記事](article:rpa)。\n\n二つ目。", "**太字**と*強調*", "a\nb"]),
    st.lists(st.one_of(st.sampled_from(_NASTY), st.text(_letters, max_size=4)), max_size=8).map(
        lambda parts: input_rule.cleaned("".join(parts))
    ),
)
lines = texts.map(lambda text: " ".join(text.split()))
slugs = st.from_regex(r"[a-z0-9][a-z0-9-]{0,8}", fullmatch=True)
addresses = st.one_of(
    st.sampled_from(["https://example.jp/a?b=c&d=e", "mailto:ict@example.lg.jp", "article:rpa"]),
    texts.map(lambda text: "https://example.jp/" + text),
)
digests = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
only = st.builds(Only, audiences=st.lists(slugs, max_size=2).map(tuple), topics=st.lists(slugs, max_size=2).map(tuple))
_only = st.one_of(st.just(Only()), only)


def _tuples(of: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[Any]:
    return st.lists(of, min_size=least, max_size=3).map(tuple)


prose = st.builds(Prose, only=_only, text=texts)
listing = st.builds(Listing, only=_only, ordered=st.booleans(), items=_tuples(texts))
figure = st.builds(
    Figure,
    only=_only,
    image=digests,
    alt=texts,
    caption=texts,
    source=texts,
    source_address=st.one_of(st.just(""), addresses),
)
table = st.integers(1, 3).flatmap(
    lambda width: st.builds(
        Table,
        only=_only,
        caption=texts,
        header=st.tuples(*[texts] * width),
        rows=_tuples(st.tuples(*[texts] * width)),
        source=texts,
    )
)
notice = st.builds(Notice, only=_only, title=texts, text=texts)
news = st.one_of(prose, listing, figure, table, notice)
blocks = st.one_of(
    prose,
    listing,
    figure,
    table,
    notice,
    st.builds(Heading, only=_only, level=st.sampled_from([2, 3]), text=texts),
    st.builds(Button, only=_only, text=texts, address=addresses),
    st.builds(ArticleCard, only=_only, article=slugs, lead=texts),
    st.builds(
        RankingEntry,
        only=_only,
        place=st.integers(1, 100),
        article=slugs,
        recap=texts,
        news=_tuples(news),
        news_title=st.one_of(
            st.none(), st.just(""), st.sampled_from(["最新動向", "その後の動き", "What is new"]), texts
        ),
        last_place=st.one_of(st.none(), st.integers(1, 9)),
        readers=st.one_of(st.none(), st.integers(0, 10**6)),
    ),
    st.builds(
        RelatedProducts,
        only=_only,
        title=texts,
        products=_tuples(st.builds(Product, name=texts, address=addresses, text=texts)),
    ),
    st.builds(TopicLinks, only=_only, title=texts, lead=texts, topics=_tuples(slugs)),
    st.builds(SearchCall, only=_only, title=texts),
    st.builds(SignupCall, only=_only, title=texts, text=texts, button=texts),
)
_days = st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1))
_segments = st.fixed_dictionaries(
    {},
    optional={
        "audiences": st.lists(slugs, max_size=2, min_size=1),
        "topics": st.lists(slugs, max_size=2, min_size=1),
        "languages": st.lists(st.sampled_from(["ja", "en"]), max_size=2, min_size=1),
        "domains": st.lists(st.sampled_from(["lg.jp", "@city.example.jp", ".jp"]), max_size=2, min_size=1),
        "joined_from": _days.map(str),
        "joined_until": _days.map(str),
        "fields": st.dictionaries(slugs, lines.filter(bool), max_size=2, min_size=1),
    },
).filter(lambda one: one.get("joined_from", "") <= one.get("joined_until", "9"))
_values = st.one_of(
    *(st.fixed_dictionaries({"what": st.just(what), "values": st.lists(slugs, min_size=1, max_size=2)})
      for what in ("audience", "topic", "read_topic")),
    st.fixed_dictionaries({"what": st.just("field"), "name": slugs,
                           "how": st.sampled_from(["is", "contains", "begins"]),
                           "values": st.lists(lines.filter(bool), min_size=1, max_size=2)}),
    st.fixed_dictionaries({"what": st.just("joined"), "how": st.sampled_from(["from", "until"]),
                           "values": st.lists(_days.map(str), min_size=1, max_size=1)}),
    st.fixed_dictionaries({"what": st.just("read_issue"), "values": st.lists(st.integers(1, 99), min_size=1)}),
    st.just({"what": "field", "name": "place", "how": "empty"}),
)  # fmt: skip
_conditions = st.tuples(_values, st.booleans()).map(lambda pair: {**pair[0], "negated": pair[1]})
_match = st.sampled_from(["all", "any"])
_groups = st.fixed_dictionaries(
    {"match": _match, "negated": st.booleans(), "of": st.lists(_conditions, min_size=1, max_size=2)}
)
_trees = st.fixed_dictionaries({"match": _match, "of": st.lists(_conditions | _groups, min_size=1, max_size=3)})
segments = st.one_of(_segments.map(dict), st.fixed_dictionaries({"conditions": _trees})).map(
    lambda one: Segment.model_validate(one).kept()
)


def _possible(one: Manuscript) -> Manuscript:
    """*one*, made such that a file may say it: a correction names its issue, and somebody can be in all audiences."""
    corrects = (one.corrects or 1) if one.kind is IssueKind.CORRECTION else None
    audience = one.audience if one.audience in one.segment.get("audiences", [one.audience]) else ""
    return replace(one, corrects=corrects, audience=audience)


manuscripts = st.builds(
    Manuscript,
    subject=lines.filter(bool),
    blocks=_tuples(blocks),
    newsletter=st.one_of(st.just(""), slugs),
    number=st.one_of(st.none(), st.integers(1, 10**6)),
    kind=st.sampled_from(IssueKind),
    preheader=lines,
    language=st.sampled_from(["", "ja", "en"]),
    audience=st.one_of(st.just(""), slugs),
    dated=st.one_of(st.none(), st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1))),
    corrects=st.one_of(st.none(), st.integers(1, 10**6)),
    correction_note=texts.map(lambda text: text.replace("\r", "").strip()),
    public=st.sampled_from([None, True, False]),
    segment=segments,
).map(_possible)
