CREATE OR REPLACE FUNCTION search_plain(markdown text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    (SELECT COALESCE(string_agg(normalize(piece[1], NFKC), '' ORDER BY place), '')
     FROM regexp_matches(markdown, '[^\n]{1,250}\n?|\n', 'g') WITH ORDINALITY AS m (piece, place)),
    '\{\{[^{}]*\}\}', '', 'g'),
    '\]\(([^()]|\([^()]*\))*\)|[][*`\\]', '', 'g'),
    '\s+', ' ', 'g'),
    '([^\u0001-\u024f]) (?=[^\u0001-\u024f])', '\1', 'g');

CREATE OR REPLACE FUNCTION search_grams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT COALESCE(array_agg(DISTINCT pair), '{}'::text[]) FROM (
        SELECT letter || lead(letter) OVER (ORDER BY place) AS pair
        FROM unnest(string_to_array(lower(words), NULL)) WITH ORDINALITY AS l (letter, place)
    ) AS pairs WHERE pair IS NOT NULL AND pair !~ '\s';
END;

CREATE OR REPLACE FUNCTION block_is_public(block jsonb, audience text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN COALESCE(jsonb_array_length(block #> '{only,audiences}'), 0) = 0 THEN true
            ELSE jsonb_exists(block #> '{only,audiences}', audience) END;

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
END;

CREATE OR REPLACE FUNCTION issue_words(subject text, preheader text, blocks jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT concat_ws(' ', search_plain(subject), search_plain(preheader),
                     string_agg(search_plain(leaf #>> '{}'), ' '))
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
        SELECT match[1] FROM regexp_matches(blocks::text, 'article:([a-z0-9][a-z0-9-]{0,99})', 'g') AS match
    ) AS slugs;
END;

-- What depends on them is worked out anew: the first form of these columns knew what no public page shows.
ALTER TABLE issue ADD COLUMN public boolean;
ALTER TABLE issue DROP COLUMN words, DROP COLUMN grams, DROP COLUMN article_slugs;
ALTER TABLE issue
    ADD COLUMN words VARCHAR NOT NULL GENERATED ALWAYS AS (issue_words(subject, preheader, public_blocks(blocks, audience))) STORED,
    ADD COLUMN grams TEXT[] NOT NULL GENERATED ALWAYS AS (search_grams(issue_words(subject, preheader, public_blocks(blocks, audience)))) STORED,
    ADD COLUMN article_slugs TEXT[] NOT NULL GENERATED ALWAYS AS (issue_articles(public_blocks(blocks, audience))) STORED;
CREATE INDEX ix_issue_grams ON issue USING gin (grams);
CREATE INDEX ix_issue_article_slugs ON issue USING gin (article_slugs);
