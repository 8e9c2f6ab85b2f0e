"""Taking in lists of readers who agreed elsewhere: quickly, again without harm, and never against a suppression."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from ..issues.newsletter import Newsletter
from ..readers import profile
from ..readers.suppression import APPLIES_SQL
from ..store import mail_address
from ..store.clock import now
from ..store.errors import Invalid
from ..store.language import Language
from ..store.phrase import phrase
from ..store.token import address_hash
from . import headings, left_readers, reader_status, topic_cell
from .csv_file import CsvRow
from .reader_status import ReaderStatus

BATCH = 1000
_LANGUAGES: dict[str, Language] = {
    **dict.fromkeys(("ja", "jp", "jpn", "jajp", "japanese", "日本語"), "ja"),
    **dict.fromkeys(("en", "eng", "enus", "engb", "english", "英語"), "en"),
}


class RejectedRow(NamedTuple):
    """A line that was not taken in, and why."""

    line: int
    address: str
    reason: str
    written: Sequence[str] = ()
    """The line's own cells."""


@dataclass(slots=True)
class ImportCounts:
    """What became of the lines so far."""

    added: int = 0
    known: int = 0
    """Subscribed already (perhaps with a newer address), or left before; nothing changed but blanks were filled."""
    suppressed: int = 0
    stopped: int = 0
    """The list says that they left, or cannot be reached: they are not mailed, and no list brings them back."""
    repeated: int = 0
    """The same address twice in one list: the first line counts."""
    refused: int = 0

    def add(self, more: ImportCounts) -> None:
        """Count *more* lines."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(more, one.name))

    @property
    def total(self) -> int:
        """All lines that something became of."""
        return sum(getattr(self, one.name) for one in fields(self))


@dataclass(slots=True)
class Importer:
    """Reads and stores the lines of one list.

    Arguments:
        newsletter: what the readers subscribe to, with its audiences and topics loaded.
        source: where the consent came from, for lines that do not say it.
        audience: slug of the audience of lines that do not say it.
        language: the language of lines that do not say it.
        left: who must not be mailed, wherever in the list that is said; see :class:`models.imports.examine.Findings`.
        name: what the list is called, for whoever asks later why somebody is not mailed.
        spoken: the language in which it is said why a line is refused.
    """

    newsletter: Newsletter
    source: str = ""
    audience: str = ""
    language: Language = "ja"
    left: Mapping[int, ReaderStatus] = field(default_factory=dict)
    name: str = ""
    spoken: Language = "en"
    _seen: set[int] = field(default_factory=set)

    @property
    def custom(self) -> dict[str, str]:
        """The newsletter's own fields, by what may stand above them."""
        own = profile.custom_fields(self.newsletter)
        return {headings.fold(heading): one.name for one in own for heading in (one.label, one.name)}

    def parse_row(self, line: CsvRow) -> dict[str, Any] | RejectedRow:
        """The row that *line* becomes, or why it becomes none. A row with a ``status`` is of a reader who left."""
        typed = line.cells.get("address", "")
        try:
            if line.error:
                raise Invalid(line.error)
            if len(typed.split()) > 1:  # a space that somebody typed, or two addresses: nobody knows
                raise Invalid(phrase("“{typed}” is not a mail address: it has a space in it", typed=typed[:80]))
            return self._row(line, mail_address.parse(typed))
        except Invalid as error:
            return RejectedRow(line.number, typed, error.say(self.spoken), line.written)

    def _row(self, line: CsvRow, to: mail_address.MailAddress) -> dict[str, Any]:
        cells = line.cells
        hashed = address_hash(to.key)
        known = {"key": to.key, "hash": hashed}
        status = self.left.get(mark(hashed), line.status)
        if status is ReaderStatus.UNCONFIRMED:
            raise Invalid("the list says that this reader never confirmed, and so did not agree")
        if status is not ReaderStatus.ACTIVE:
            return {**known, "status": status}
        taken = profile.validate(
            self.newsletter,
            name=cells.get("name", ""),
            kana=cells.get("kana", ""),
            organisation=cells.get("organisation", ""),
            audience=topic_cell.slug(cells.get("audience", ""), self.newsletter.audiences) or self.audience,
            topics=topic_cell.slugs(cells.get("topics", ""), (*self.newsletter.topics, *self.newsletter.merged_topics)),
            fields={one.name: cells.get(one.name, "") for one in profile.custom_fields(self.newsletter)},
            complete=False,
        )
        return {
            **taken.model_dump(exclude={"tracking_refused", "fields"}),
            "fields": {name: answer for name, answer in taken.fields.items() if answer},
            "language": self._language(cells.get("language", "")),
            "address": to.text,
            **known,
            "domain": to.domain,
            "source": self._source(profile.tidy(cells.get("source", "")))[:200],
        }

    def _source(self, said: str) -> str:
        """Where the reader agreed. A mere yes is no place, and a no is no consent.

        Raises:
            Invalid: nobody says where, or the list says that the reader did not agree.
        """
        if reader_status.says_no(said):
            raise Invalid(phrase("the list says that this reader did not agree: “{said}”", said=said))
        source = self.source if not said or reader_status.says_yes(said) else said
        if not source:
            raise Invalid("nobody says where the reader agreed: fill the column “source”, or give --source")
        return source

    def _language(self, said: str) -> Language:
        if not said:
            return self.language
        plain = reader_status.fold(said)
        if plain not in _LANGUAGES:
            raise Invalid(phrase("the language “{said}” is neither ja nor en", said=said))
        return _LANGUAGES[plain]

    def store_batch(self, session: Session, lines: Iterable[CsvRow]) -> tuple[ImportCounts, list[RejectedRow]]:
        """Store a batch of lines: what became of them, and those that were refused."""
        outcome, refused, rows, left = ImportCounts(), [], [], {}
        for line in lines:
            row = self.parse_row(line)
            if isinstance(row, RejectedRow):
                refused.append(row)
            elif (at := mark(row["hash"])) in self._seen:
                outcome.repeated += 1
            else:
                self._seen.add(at)
                if "status" in row:
                    left[row["hash"]] = row["status"]
                else:
                    rows.append(row)
        outcome.refused = len(refused)
        if rows:
            _store(session, self.newsletter.id, rows, outcome)
        outcome.stopped = left_readers.stop(session, self.newsletter.id, left, self.name)
        outcome.known += len(left) - outcome.stopped
        return outcome, refused


def mark(hashed: str) -> int:
    """What stands for an address in a list of a million: the first 64 bits of its hash."""
    return int(hashed[:16], 16)


def batches(lines: Iterator[CsvRow]) -> Iterator[list[CsvRow]]:
    """*lines* in portions that are stored at once."""
    while portion := list(islice(lines, BATCH)):
        yield portion


def _store(session: Session, newsletter_id: int, rows: list[dict[str, Any]], outcome: ImportCounts) -> None:
    result = session.execute(
        _STORE_SQL,
        {
            "rows": json.dumps(rows, ensure_ascii=False),
            "newsletter": newsletter_id,
            "now": now(),
            "no_text": sha256(b"").hexdigest(),
        },
    ).one()
    outcome.added = result.added
    outcome.suppressed = result.suppressed
    outcome.known = len(rows) - result.added - result.suppressed


# One statement a batch. A subscriber is new or gets blanks filled in; a subscription is new, or pending and now
# agreed to. A subscription that has ended stays ended, whatever a list says; so do readers who are suppressed.
# An address that nobody has now, and that a reader of the newsletter had before, stands for that reader: consent
# records keep its hash.
_STORE_SQL = text(f"""
    WITH row AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
            address text, key text, hash text, domain text, name text, kana text, organisation text, language text,
            fields jsonb, audience_id int, topic_ids int[], source text)
    ), unsuppressed AS MATERIALIZED (
        SELECT * FROM row WHERE NOT EXISTS (
            SELECT FROM suppression WHERE suppression.address_hash = row.hash AND {APPLIES_SQL})
    ), wanted AS MATERIALIZED (
        SELECT * FROM unsuppressed u WHERE EXISTS (
            SELECT FROM subscriber o WHERE o.address_key = u.key
        ) OR NOT EXISTS (
            SELECT FROM consent c
            JOIN subscriber s ON s.id = c.subscriber_id AND s.address_hash <> u.hash
            JOIN subscription x ON x.subscriber_id = s.id AND x.newsletter_id = :newsletter
            WHERE c.address_hash = u.hash)
    ), put AS (
        INSERT INTO subscriber AS s (address, address_key, address_hash, domain, name, kana, organisation, language,
                                     fields, tracking_refused, created_at)
        SELECT address, key, hash, domain, name, kana, organisation, language, fields, false, :now FROM wanted
        ON CONFLICT (address_key) DO UPDATE SET
            name = COALESCE(NULLIF(s.name, ''), excluded.name),
            kana = COALESCE(NULLIF(s.kana, ''), excluded.kana),
            organisation = COALESCE(NULLIF(s.organisation, ''), excluded.organisation),
            fields = excluded.fields || s.fields
        WHERE (s.name = '' AND excluded.name <> '') OR (s.kana = '' AND excluded.kana <> '')
           OR (s.organisation = '' AND excluded.organisation <> '') OR NOT s.fields @> (excluded.fields || s.fields)
        RETURNING id, address_key
    ), reader AS (
        SELECT id, address_key FROM put
        UNION
        SELECT s.id, s.address_key FROM subscriber s JOIN wanted w ON w.key = s.address_key
    ), joined AS (
        INSERT INTO subscription AS x (subscriber_id, newsletter_id, audience_id, topic_ids, state, created_at,
                                       confirmed_at, ended_reason, asked)
        SELECT r.id, :newsletter, w.audience_id, w.topic_ids, 'active', :now, :now, '', '{{}}'
        FROM wanted w JOIN reader r ON r.address_key = w.key
        ON CONFLICT (subscriber_id, newsletter_id) DO UPDATE SET
            state = 'active', confirmed_at = :now, asked = '{{}}',
            audience_id = COALESCE(x.audience_id, excluded.audience_id),
            topic_ids = CASE WHEN x.topic_ids = '{{}}' THEN excluded.topic_ids ELSE x.topic_ids END
        WHERE x.state = 'pending'
        RETURNING subscriber_id
    ), evidence AS (
        INSERT INTO consent (subscriber_id, newsletter_id, address_hash, kind, text, text_digest, source, at)
        SELECT j.subscriber_id, :newsletter, w.hash, 'imported', '', :no_text, w.source, :now
        FROM joined j JOIN reader r ON r.id = j.subscriber_id JOIN wanted w ON w.key = r.address_key
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM evidence) AS added,
           (SELECT count(*) FROM row) - (SELECT count(*) FROM unsuppressed) AS suppressed
""")  # noqa: S608  the one thing put in is a constant
