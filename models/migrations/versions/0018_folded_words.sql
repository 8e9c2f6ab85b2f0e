CREATE OR REPLACE FUNCTION search_plain(markdown text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    WITH unmarked AS (SELECT regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(markdown,
'\{\{[^{}]*\}\}', '', 'g'),
'^[-*_=|:` \t]*$', chr(31), 'gn'),
'^([ \t]*(#{1,6}(?=[ \t])|>|[-+*](?=[ \t])|\|))+[ \t]*|[ \t]*\|[ \t]*$|[ \t]+#+[ \t]*$', chr(31), 'gn'),
'[ \t]*\|[ \t]*', ' / ', 'g'),
'!?\[([^][\n]*)\]\(([^()\n]|\([^()\n]*\))*\)', '\1', 'g'),
'(?<![\\*0-9A-Za-z\u4e00-\u9fff])\*(?![*0-9\s、。，．:：;；!！?？)）」』】])([^*\n]*[^*\s(（「『【])\*(?![*0-9])', '\1', 'g'),
'(?<![\\*0-9])\*\*(?![*0-9\s、。，．:：;；!！?？)）」』】])([^*\n]*[^*\s(（「『【])\*\*(?![*0-9])', '\1', 'g'),
'(?<![\\*0-9])\*\*\*(?![*0-9\s、。，．:：;；!！?？)）」』】])([^*\n]*[^*\s(（「『【])\*\*\*(?![*0-9])', '\1', 'g'),
'\\(?=[][*<])|\\$', '', 'gn') AS words)
    SELECT btrim(regexp_replace(regexp_replace(regexp_replace(
        (SELECT COALESCE(string_agg(normalize(piece[1], NFKC), '' ORDER BY place), '')
         FROM regexp_matches(words, '[^\n]{1,250}\n?|\n', 'g') WITH ORDINALITY AS m (piece, place)),
        '\s+', ' ', 'g'),
        '([^\u0001-\u024f]) (?=[^\u0001-\u024f])', '\1', 'g'),
        '[ \u001f]*\u001f[ \u001f]*', ' ', 'g'))
    FROM unmarked);

CREATE OR REPLACE FUNCTION search_fold(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN translate(lower(words), 'ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんゔゕゖゝゞ', 'ァアィイゥウェエォオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポマミムメモャヤュユョヨラリルレロヮワヰヱヲンヴヵヶヽヾ');

CREATE OR REPLACE FUNCTION search_grams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT COALESCE(array_agg(DISTINCT pair), '{}'::text[]) FROM (
        SELECT letter || lead(letter) OVER (ORDER BY place) AS pair
        FROM unnest(string_to_array(search_fold(words), NULL)) WITH ORDINALITY AS l (letter, place)
    ) AS pairs WHERE pair IS NOT NULL AND pair !~ '\s';
END;

-- What depends on them is worked out anew, as it is whenever a row is written.
UPDATE article SET title = title;
UPDATE issue SET subject = subject;
