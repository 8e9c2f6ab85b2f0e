"""Taking in lists of readers who agreed elsewhere: quickly, again without harm, and never against a suppression."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import NamedTuple

from sqlalchemy.orm import Session

from ..issues.newsletter import Newsletter
from ..readers import profile
from ..store import mail_address
from ..store.db import array_literal
from ..store.errors import Invalid
from ..store.language import Language
from ..store.phrase import phrase
from ..store.token import address_hash
from . import headings, left_readers, reader_status, store_rows, topic_cell
from .csv_file import CsvRow
from .reader_status import ReaderStatus
from .store_rows import ReaderRow, Stored

BATCH = 10_000
"""Lines that are stored in one transaction."""
MOST_CHARACTERS = 8_000_000
"""Characters of its cells after which a batch ends."""
_MOST_CHOICES = 10_000
"""Different cells that are remembered with what they mean."""
# Names as nearly all are written: a subset of what :func:`models.readers.profile.validate` leaves as it is.
_PLAIN = re.compile(r"[!-~ぁ-ゖァ-ヺー・々一-鿿]{1,100}(?: [!-~ぁ-ゖァ-ヺー・々一-鿿]{1,90})?|")
_is_plain = _PLAIN.fullmatch
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


class LeftRow(NamedTuple):
    """A reader of whom the list says that they left, or cannot be reached."""

    hash: str
    status: ReaderStatus


@dataclass(slots=True)
class ParsedBatch:
    """A batch of lines that was read and is not stored yet."""

    lines: int = 0
    reached: int = 0
    """Lines of the list that are through with this batch."""
    rows: list[ReaderRow] = field(default_factory=list)
    left: dict[str, ReaderStatus] = field(default_factory=dict)
    refused: list[RejectedRow] = field(default_factory=list)
    repeated: int = 0


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
    newsletter_fields: tuple[str, ...] = field(init=False)
    _seen: set[int] = field(default_factory=set)
    _reached: int = 0
    _sources: dict[str, str] = field(default_factory=dict)
    _chosen: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """Audience and topics by what cells say of them."""

    def __post_init__(self) -> None:
        self.newsletter_fields = tuple(one.name for one in profile.custom_fields(self.newsletter))

    @property
    def custom(self) -> dict[str, str]:
        """The newsletter's own fields, by what may stand above them."""
        own = profile.custom_fields(self.newsletter)
        return {headings.fold(heading): one.name for one in own for heading in (one.label, one.name)}

    def parse_row(self, line: CsvRow) -> ReaderRow | LeftRow | RejectedRow:
        """What *line* says of a reader, or why it cannot be taken."""
        typed = line.cells.get("address", "")
        try:
            if line.error:
                raise Invalid(line.error)
            if len(typed.split()) > 1:  # a space that somebody typed, or two addresses: nobody knows
                raise Invalid(phrase("“{typed}” is not a mail address: it has a space in it", typed=typed[:80]))
            return self._row(line, mail_address.parse(typed))
        except Invalid as error:
            return RejectedRow(line.number, typed, error.say(self.spoken), line.written)

    def _row(self, line: CsvRow, to: mail_address.MailAddress) -> ReaderRow | LeftRow:
        cells = line.cells
        hashed = address_hash(to.key)
        status = self.left.get(mark(hashed), line.status) if self.left else line.status
        if status is ReaderStatus.UNCONFIRMED:
            raise Invalid("the list says that this reader never confirmed, and so did not agree")
        if status is not ReaderStatus.ACTIVE:
            return LeftRow(hashed, status)
        get = cells.get
        name, kana, organisation = get("name", ""), get("kana", ""), get("organisation", "")
        chosen = self._chosen.get((get("audience", ""), get("topics", "")))
        fields = {field: answer for field in self.newsletter_fields if (answer := get(field, ""))}
        if chosen is None or not all(map(_is_plain, (name, kana, organisation, *fields.values()))):
            name, kana, organisation, fields, chosen = self._checked(cells)
        said = get("language", "")
        return ReaderRow(
            to.text, to.key, hashed, to.domain, name, kana, organisation,
            self._language(said) if said else self.language,
            json.dumps(fields, ensure_ascii=False) if fields else "{}", *chosen, self._source(get("source", "")),
        )  # fmt: skip

    def _checked(self, cells: Mapping[str, str]) -> tuple[str, str, str, dict[str, str], tuple[str, str]]:
        """The answers of a line, checked in the long way as those of a sign-up are."""
        audience, topics = cells.get("audience", ""), cells.get("topics", "")
        taken = profile.validate(
            self.newsletter,
            name=cells.get("name", ""),
            kana=cells.get("kana", ""),
            organisation=cells.get("organisation", ""),
            audience=topic_cell.slug(audience, self.newsletter.audiences) or self.audience,
            topics=topic_cell.slugs(topics, (*self.newsletter.topics, *self.newsletter.merged_topics)),
            fields={name: cells.get(name, "") for name in self.newsletter_fields},
            complete=False,
        )
        fields = {name: answer for name, answer in taken.fields.items() if answer}
        chosen = ("" if taken.audience_id is None else str(taken.audience_id), array_literal(taken.topic_ids))
        if len(self._chosen) < _MOST_CHOICES:
            self._chosen[audience, topics] = chosen
        return taken.name, taken.kana, taken.organisation, fields, chosen

    def _source(self, typed: str) -> str:
        """Where the reader agreed, kept for the next line: most lists say the same in all of them."""
        known = self._sources.get(typed)
        if known is None:
            known = self._checked_source(profile.tidy(typed))[:200]
            if len(self._sources) < _MOST_CHOICES:
                self._sources[typed] = known
        return known

    def _checked_source(self, said: str) -> str:
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
        plain = reader_status.fold(said)
        if plain not in _LANGUAGES:
            raise Invalid(phrase("the language “{said}” is neither ja nor en", said=said))
        return _LANGUAGES[plain]

    def parse_batch(self, lines: Iterable[CsvRow]) -> ParsedBatch:
        """Read a batch of lines; of an address that comes twice in a list, the first line counts."""
        parsed, seen = ParsedBatch(), self._seen
        for line in lines:
            row = self.parse_row(line)
            parsed.lines += 1
            if isinstance(row, RejectedRow):
                parsed.refused.append(row)
            elif (at := mark(row.hash)) in seen:
                parsed.repeated += 1
            else:
                seen.add(at)
                if isinstance(row, LeftRow):
                    parsed.left[row.hash] = row.status
                else:
                    parsed.rows.append(row)
        self._reached += parsed.lines
        parsed.reached = self._reached
        return parsed

    def store_parsed(self, session: Session, parsed: ParsedBatch, import_id: int | None = None) -> ImportCounts:
        """Store a batch that was read; what became of its lines.

        Arguments:
            import_id: the stored import that this is part of, where it is one.
        """
        stored = store_rows.store(session, self.newsletter.id, parsed.rows, import_id) if parsed.rows else Stored(0, 0)
        return self._counts(session, parsed, stored, import_id)

    def foresee(self, session: Session, parsed: ParsedBatch) -> tuple[ImportCounts, int]:
        """What would become of a batch, and of how many readers blanks would be filled; nothing is changed."""
        stored = store_rows.foresee(session, self.newsletter.id, parsed.rows) if parsed.rows else Stored(0, 0)
        tried = session.begin_nested()
        outcome = self._counts(session, parsed, stored)
        tried.rollback()
        return outcome, stored.filled

    def _counts(
        self, session: Session, parsed: ParsedBatch, stored: Stored, import_id: int | None = None
    ) -> ImportCounts:
        outcome = ImportCounts(refused=len(parsed.refused), repeated=parsed.repeated)
        if parsed.rows:
            outcome.added, outcome.suppressed = stored.added, stored.suppressed
            outcome.known = len(parsed.rows) - stored.added - stored.suppressed
        outcome.stopped = left_readers.stop(session, self.newsletter.id, parsed.left, self.name, import_id)
        outcome.known += len(parsed.left) - outcome.stopped
        return outcome

    def store_batch(self, session: Session, lines: Iterable[CsvRow]) -> tuple[ImportCounts, list[RejectedRow]]:
        """Read and store a batch of lines: what became of them, and those that were refused."""
        parsed = self.parse_batch(lines)
        return self.store_parsed(session, parsed), parsed.refused


def mark(hashed: str) -> int:
    """What stands for an address in a list of a million: the first 64 bits of its hash."""
    return int(hashed[:16], 16)


def batches(lines: Iterator[CsvRow]) -> Iterator[list[CsvRow]]:
    """*lines* in portions that are stored at once."""
    portion: list[CsvRow] = []
    size = 0
    for line in lines:
        portion.append(line)
        size += sum(map(len, line.written))
        if len(portion) >= BATCH or size > MOST_CHARACTERS:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion
