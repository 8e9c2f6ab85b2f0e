"""Finding words in issues and articles, also Japanese ones of two characters, by an index.

PostgreSQL's trigrams cannot look up a word of two characters, and Japanese has no spaces to split at. So every text
is kept once more as plain words (NFKC, without Markdown) and as the pairs of neighbouring characters in them
(bigrams), which have an index: a text that holds all pairs of a word is looked into. The pairs are kept and not only
indexed, as PostgreSQL would make them anew for every text that it reads without the index.

Of an issue only what its public page shows is looked into: a block for some readers alone has no words here, and an
article that it names is not one of the issue's public articles. Staff's templates are not evaluated here: what one of
them holds has no words either.

The functions live in the database, so that the words are right whoever writes the row; their bodies are bound when
they are made (BEGIN ATOMIC), so that a dump can be restored.
"""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import DDL, ColumnElement, SQLColumnExpression, and_, event, func, true

from ..store.base import Base

MAX_TERMS = 8
MAX_LENGTH = 100
"""Characters of a query that are looked at."""

_HIRAGANA = "".join(map(chr, (*range(0x3041, 0x3097), 0x309D, 0x309E)))
_KATAKANA = "".join(chr(ord(letter) + 0x60) for letter in _HIRAGANA)
_TO_KATAKANA = str.maketrans(_HIRAGANA, _KATAKANA)
_TO_HIRAGANA = str.maketrans(_KATAKANA, _HIRAGANA)

_BEFORE, _FIRST = r"(?<![\\*0-9])", r"(?![*0-9\s、。，．:：;；!！?？)）」』】])"
_LAST, _BEHIND = r"[^*\s(（「『【]", r"(?![*0-9])"
_MARKS = (
    (r"\{\{[^{}]*\}\}", "''", "g"),
    (r"^[-*_=|:` \t]*$", "chr(31)", "gn"),
    (
        r"^([ \t]*(#{1,6}(?=[ \t])|>|[-+*](?=[ \t])|\|))+[ \t]*|[ \t]*\|[ \t]*$|[ \t]+#+[ \t]*$",
        "chr(31)",
        "gn",
    ),
    (r"[ \t]*\|[ \t]*", "' / '", "g"),
    (r"!?\[([^][\n]*)\]\(([^()\n]|\([^()\n]*\))*\)", r"'\1'", "g"),
    (rf"(?<![\\*0-9A-Za-z\u4e00-\u9fff])\*{_FIRST}([^*\n]*{_LAST})\*{_BEHIND}", r"'\1'", "g"),
    (rf"{_BEFORE}\*\*{_FIRST}([^*\n]*{_LAST})\*\*{_BEHIND}", r"'\1'", "g"),
    (rf"{_BEFORE}\*\*\*{_FIRST}([^*\n]*{_LAST})\*\*\*{_BEHIND}", r"'\1'", "g"),
    (r"\\(?=[][*<])|\\$", "''", "gn"),
)
"""What is mark-up in a text, the expression of what is put in its place, and flags: one after the other."""


def _unmarked(column: str) -> str:
    """The expression of a text without mark-up."""
    for pattern, instead, flags in _MARKS:
        column = f"regexp_replace({column},\n    '{pattern}', {instead}, '{flags}')"
    return column


_FUNCTIONS = (
    # Marks of headings, quotations, lists, rules and tables at the beginnings of lines, addresses of links, marks of
    # emphasis and staff's templates are no words; cells of a table are parted by a stroke; a line end between two
    # characters of Japanese is no space, unless another block begins (marked by U+001F, which no text has). Signs that
    # a letter shows as typed (models.manuscript.emphasis) are words: 3*4, [注], C:\koho; a full-width sign is never
    # mark-up, so texts are normalised behind that. No pattern looks at a character again for each beginning that it
    # could have, and normalising, which sorts combining marks, gets short pieces: texts are long.
    rf"""
    CREATE OR REPLACE FUNCTION search_plain(markdown text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (
        WITH unmarked AS (SELECT {_unmarked("markdown")} AS words)
        SELECT btrim(regexp_replace(regexp_replace(regexp_replace(
            (SELECT COALESCE(string_agg(normalize(piece[1], NFKC), '' ORDER BY place), '')
             FROM regexp_matches(words, '[^\n]{{1,250}}\n?|\n', 'g') WITH ORDINALITY AS m (piece, place)),
            '\s+', ' ', 'g'),
            '([^\u0001-\u024f]) (?=[^\u0001-\u024f])', '\1', 'g'),
            '[ \u001f]*\u001f[ \u001f]*', ' ', 'g'))
        FROM unmarked)
    """,  # noqa: S608  (only the constants above are put in)
    # Words are compared in small letters and in katakana: what somebody types without converting is found as well.
    f"""
    CREATE OR REPLACE FUNCTION search_fold(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN translate(lower(words), '{_HIRAGANA}', '{_KATAKANA}')
    """,
    # Comments of staff's templates, their expressions, and what stands between if or for and its end, whether or not it
    # is shown, are no words. The text is cut at the marks and put together once: a pattern from a mark to the next
    # would look at it again for each.
    r"""
    CREATE OR REPLACE FUNCTION without_templates(source text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
        WITH uncommented AS (
            SELECT string_agg(CASE WHEN place = 1 THEN piece
                                   WHEN strpos(piece, '#}') > 0 THEN substr(piece, strpos(piece, '#}') + 2)
                                   ELSE '' END, '' ORDER BY place) AS words
            FROM string_to_table(source, '{#') WITH ORDINALITY AS t (piece, place)
        ), nested AS (
            SELECT piece, place,
                   sum(CASE WHEN place = 1 THEN 0
                            WHEN piece ~ '^[-+]?\s*(if|for)\y' THEN 1
                            WHEN piece ~ '^[-+]?\s*end(if|for)\y' THEN -1 ELSE 0 END) OVER (ORDER BY place) AS depth,
                   bool_or(piece ~ '^[-+]?\s*raw\y') OVER () AS has_raw
            FROM string_to_table((SELECT words FROM uncommented), '{%') WITH ORDINALITY AS t (piece, place)
        ), unconditional AS (
            SELECT string_agg(CASE WHEN place = 1 THEN piece
                                   WHEN depth = 0 AND NOT has_raw AND strpos(piece, '%}') > 0
                                       THEN substr(piece, strpos(piece, '%}') + 2)
                                   ELSE '' END, '' ORDER BY place) AS words
            FROM nested
        )
        SELECT COALESCE(string_agg(CASE WHEN place = 1 THEN piece
                                        WHEN strpos(piece, '}}') > 0 THEN substr(piece, strpos(piece, '}}') + 2)
                                        ELSE '' END, '' ORDER BY place), '')
        FROM string_to_table((SELECT words FROM unconditional), '{{') WITH ORDINALITY AS t (piece, place);
    END
    """,
    r"""
    CREATE OR REPLACE FUNCTION search_grams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT COALESCE(array_agg(DISTINCT pair), '{}'::text[]) FROM (
            SELECT letter || lead(letter) OVER (ORDER BY place) AS pair
            FROM unnest(string_to_array(search_fold(words), NULL)) WITH ORDINALITY AS l (letter, place)
        ) AS pairs WHERE pair IS NOT NULL AND pair !~ '\s';
    END
    """,
    # As templates.content.variant decides for a reader of the issue's own audience, or of none, who chose no topics.
    r"""
    CREATE OR REPLACE FUNCTION block_is_public(block jsonb, audience text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN COALESCE(jsonb_array_length(block #> '{only,audiences}'), 0) = 0 THEN true
                ELSE jsonb_exists(block #> '{only,audiences}', audience) END
    """,
    r"""
    CREATE OR REPLACE FUNCTION public_blocks(blocks jsonb, audience text) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT COALESCE(jsonb_agg(
            CASE WHEN jsonb_typeof(block -> 'news') = 'array' THEN jsonb_set(block, '{news}', (
                SELECT COALESCE(jsonb_agg(part ORDER BY place), '[]'::jsonb)
                FROM jsonb_array_elements(block -> 'news') WITH ORDINALITY AS n (part, place)
                WHERE block_is_public(part, audience)
            )) ELSE block END ORDER BY position), '[]'::jsonb)
        FROM jsonb_array_elements(blocks) WITH ORDINALITY AS b (block, position)
        WHERE block_is_public(block, audience);
    END
    """,
    r"""
    CREATE OR REPLACE FUNCTION issue_words(subject text, preheader text, blocks jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT concat_ws(' ', search_plain(without_templates(subject)), search_plain(without_templates(preheader)),
                         string_agg(search_plain(without_templates(leaf #>> '{}')), ' '))
        FROM jsonb_path_query(blocks, 'strict $.** ? (@.type() == "object").keyvalue()') AS pair,
             jsonb_path_query(pair -> 'value', 'strict $.** ? (@.type() == "string")') AS leaf
        WHERE pair ->> 'key' IN ('text', 'title', 'caption', 'source', 'alt', 'lead', 'recap', 'name', 'items',
                                 'header', 'rows');
    END
    """,
    r"""
    CREATE OR REPLACE FUNCTION issue_articles(blocks jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT COALESCE(array_agg(DISTINCT slug), '{}'::text[]) FROM (
            SELECT named #>> '{}' AS slug FROM jsonb_path_query(blocks, 'strict $.**.article') AS named
            UNION ALL
            SELECT match[1]
            FROM regexp_matches(without_templates(blocks::text), 'article:([a-z0-9][a-z0-9-]{0,99})', 'g') AS match
        ) AS slugs;
    END
    """,
)

for _function in _FUNCTIONS:
    event.listen(Base.metadata, "before_create", DDL(_function))  # type: ignore[no-untyped-call]


def terms(typed: str) -> list[str]:
    """The words that a query asks for, folded as texts are compared; at most eight."""
    plain = fold(unicodedata.normalize("NFKC", typed[:MAX_LENGTH]))
    return re.sub(r"[\x00-\x1f*`|\[\]\\]", " ", plain).split()[:MAX_TERMS]


def fold(words: str) -> str:
    """What ``search_fold`` of the database does: small letters, and katakana for hiragana (くらうど is クラウド)."""
    return words.lower().translate(_TO_KATAKANA)


def holds(words: SQLColumnExpression[str], term: str) -> ColumnElement[bool]:
    """Whether plain words hold one of :func:`terms`.

    By a pattern of all ways to write it: to fold each text as it is read takes fifty times as long.
    """
    return words.regexp_match("".join(map(_each_way, term)))


def _each_way(letter: str) -> str:
    """The pattern of the signs that :func:`fold` makes one of."""
    ways = {letter, letter.upper(), letter.translate(_TO_HIRAGANA)}
    escaped = sorted(re.escape(way) for way in ways if len(way) == 1)
    return escaped[0] if len(escaped) == 1 else f"[{''.join(escaped)}]"


def matches(
    words: SQLColumnExpression[str], grams: SQLColumnExpression[list[str]], wanted: list[str]
) -> ColumnElement[bool]:
    """Whether a text holds every word. A single character has no pair, so it is looked for in every text.

    Arguments:
        words, grams: a text's plain words and their pairs.
        wanted: what :func:`terms` gave.
    """
    return and_(
        true(),
        *(grams.bool_op("@>")(func.search_grams(term)) for term in wanted if len(term) > 1),
        *(holds(words, term) for term in wanted),
    )


def excerpt(words: str, wanted: list[str], length: int = 110) -> list[tuple[str, bool]]:
    """An excerpt around the first word that occurs, in pieces; true marks what was asked for.

    Arguments:
        length: characters of the excerpt, about.
    """
    low = fold(words)
    if len(low) != len(words):  # a few characters of other scripts grow in lower case
        low = words.translate(_TO_KATAKANA)
    found = [at for term in wanted if (at := low.find(term)) >= 0]
    start = max(0, min(found, default=0) - length // 3)
    end = min(len(words), start + length)
    excerpt, folded = words[start:end], low[start:end]
    pattern = "|".join(re.escape(term) for term in sorted(wanted, key=len, reverse=True)) or r"(?!)"
    pieces: list[tuple[str, bool]] = [("…", False)] if start else []
    at = 0
    for match in re.finditer(pattern, folded):
        pieces.append((excerpt[at : match.start()], False))
        pieces.append((excerpt[match.start() : match.end()], True))
        at = match.end()
    pieces += [(excerpt[at:], False), ("…" if end < len(words) else "", False)]
    return [piece for piece in pieces if piece[0]]
