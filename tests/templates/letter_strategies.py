"""Letters that hypothesis makes up: any blocks in any order, with Japanese and hostile texts."""

from __future__ import annotations

from hypothesis import strategies as st

from models.issues.block import (
    ArticleCard,
    Block,
    Button,
    Figure,
    Heading,
    Listing,
    Notice,
    Product,
    Prose,
    RankingEntry,
    RelatedProducts,
    SearchCall,
    SignupCall,
    Table,
    TopicLinks,
)
from templates.content.letter import Letter

from .sample_letters import ARTICLES, CHART, MAP, TOPICS, letter
from .text_strategies import WORDS

_SNIPPETS = ('{{ reader.name | default("皆さま") }}', "{% if issue.number > 3 %}はい{% endif %}")
_MARKDOWN = (
    *("**太字**", "*強調*", "[手引き](https://www.example.lg.jp/guide)", "[記事](article:rpa)", "`", "&amp;", "</p>"),
    *("<mailto:ict@news.example.jp>", "https://www.example.lg.jp/x ", "\n\n", "\\\n", "\n- 一\n- 二\n\n"),
    "\n1. 一\n   - 二\n\n",
)
_words = st.sampled_from([word for word in WORDS if "\u200d" not in word and word not in ("[", "]")])
plain = st.lists(st.one_of(_words, st.sampled_from(_SNIPPETS)), max_size=4).map(lambda words: "題" + "".join(words))
"""Titles and captions: never empty."""
prose = st.lists(st.one_of(_words, st.sampled_from(_MARKDOWN), st.sampled_from(_SNIPPETS)), max_size=6).map("".join)
_slugs = st.sampled_from(sorted(ARTICLES))
_addresses = st.sampled_from(
    ["https://www.example.lg.jp/a", "https://www.example.lg.jp/b?x=1&y=2", "mailto:ict@news.example.jp", "article:rpa"]
)
_source = st.one_of(st.just(""), st.just("https://www.example.lg.jp/source"))
_cells = st.tuples(plain, plain, plain)
_figures = st.builds(
    Figure,
    image=st.sampled_from([CHART, MAP]),
    alt=plain,
    caption=st.one_of(st.just(""), plain),
    source=plain,
    source_address=_source,
)
_rows = st.lists(_cells, max_size=2).map(tuple)
_tables = st.builds(Table, caption=plain, header=_cells, rows=_rows, source=st.just("統計書"))
_inner = st.one_of(
    st.builds(Prose, text=prose),
    st.builds(Listing, ordered=st.booleans(), items=st.lists(prose, min_size=1, max_size=2).map(tuple)),
    _figures,
    _tables,
    st.builds(Notice, title=plain, text=prose),
)
_entries = st.builds(
    RankingEntry,
    place=st.integers(1, 100),
    article=_slugs,
    recap=prose,
    news=st.lists(_inner, max_size=2).map(tuple),
    last_place=st.one_of(st.none(), st.integers(1, 100)),
    readers=st.one_of(st.none(), st.integers(0, 10**6)),
)
_products = st.builds(Product, name=plain, address=_addresses, text=plain)
_topics = st.lists(st.sampled_from(sorted(TOPICS)), min_size=1, max_size=3).map(tuple)
_blocks: st.SearchStrategy[Block] = st.one_of(
    _inner,
    _entries,
    st.builds(Heading, level=st.sampled_from([2, 3]), text=plain),
    st.builds(Button, text=plain, address=_addresses),
    st.builds(ArticleCard, article=_slugs, lead=prose),
    st.builds(RelatedProducts, title=plain, products=st.lists(_products, min_size=1, max_size=2).map(tuple)),
    st.builds(TopicLinks, title=plain, lead=plain, topics=_topics),
    st.builds(SearchCall, title=plain),
    st.builds(SignupCall, title=plain, text=prose, button=plain),
)


def _whole(blocks: list[Block], subject: str, language: str, tracking: str, note: str) -> Letter:
    return letter(*blocks, subject=subject, language=language, tracking=tracking, correction_note=note)


letters: st.SearchStrategy[Letter] = st.builds(
    _whole,
    st.lists(_blocks, max_size=5),
    plain,
    st.sampled_from(["ja", "en"]),
    st.sampled_from(["individual", "aggregate", "off"]),
    prose,
)
