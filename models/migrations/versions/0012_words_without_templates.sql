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
END;

CREATE OR REPLACE FUNCTION issue_words(subject text, preheader text, blocks jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT concat_ws(' ', search_plain(without_templates(subject)), search_plain(without_templates(preheader)),
                     string_agg(search_plain(without_templates(leaf #>> '{}')), ' '))
    FROM jsonb_path_query(blocks, 'strict $.** ? (@.type() == "object").keyvalue()') AS pair,
         jsonb_path_query(pair -> 'value', 'strict $.** ? (@.type() == "string")') AS leaf
    WHERE pair ->> 'key' IN ('text', 'title', 'caption', 'source', 'alt', 'lead', 'recap', 'name', 'items',
                             'header', 'rows');
END;

CREATE OR REPLACE FUNCTION issue_articles(blocks jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT COALESCE(array_agg(DISTINCT slug), '{}'::text[]) FROM (
        SELECT named #>> '{}' AS slug FROM jsonb_path_query(blocks, 'strict $.**.article') AS named
        UNION ALL
        SELECT match[1]
        FROM regexp_matches(without_templates(blocks::text), 'article:([a-z0-9][a-z0-9-]{0,99})', 'g') AS match
    ) AS slugs;
END;

-- What depends on them is worked out anew: the former words told what templates hold back.
ALTER TABLE issue DROP COLUMN words, DROP COLUMN grams, DROP COLUMN article_slugs;
ALTER TABLE issue
    ADD COLUMN words VARCHAR NOT NULL GENERATED ALWAYS AS (issue_words(subject, preheader, public_blocks(blocks, audience))) STORED,
    ADD COLUMN grams TEXT[] NOT NULL GENERATED ALWAYS AS (search_grams(issue_words(subject, preheader, public_blocks(blocks, audience)))) STORED,
    ADD COLUMN article_slugs TEXT[] NOT NULL GENERATED ALWAYS AS (issue_articles(public_blocks(blocks, audience))) STORED;
CREATE INDEX ix_issue_grams ON issue USING gin (grams);
CREATE INDEX ix_issue_article_slugs ON issue USING gin (article_slugs);
