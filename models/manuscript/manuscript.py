"""Manuscripts: an issue as a Markdown file with front matter, both ways. ``docs/manuscript.md`` tells the format.

Reading knows no database: what a manuscript names (articles, topics, audiences) is handed back with its lines, and
:mod:`models.manuscript.import_issue` looks it up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import ValidationError

from ..issues.block import Block
from ..issues.issue import Issue
from ..issues.issue_state import IssueKind
from ..issues.segments import condition
from ..issues.segments.condition import What
from ..issues.segments.segment import EITHER, Segment
from ..store.language import LANGUAGES
from ..store.phrase import Phrase, phrase
from . import fence, front_matter, nested_block, writer
from .front_matter import FrontMatter
from .parse_context import LoadImage, ParseContext, Reference, ReferenceKind, explanation
from .writer import NameImage

KEYS = (
    "newsletter", "number", "kind", "subject", "preheader", "language", "audience", "dated", "corrects",
    "correction_note", "segment", "public",
)  # fmt: skip

_PUBLIC = {"": None, "yes": True, "no": False}
_WHO = ("audience", "segment", "corrects")
"""Keys that say who gets the issue: left out they mean everybody, so left empty they are a slip."""
_NAMED_BY: dict[What, ReferenceKind] = {
    What.AUDIENCE: "audience", What.TOPIC: "topic", What.READ_TOPIC: "topic", What.FIELD: "field",
    What.READ_ISSUE: "read",
}  # fmt: skip
"""What the values of a condition name, or its own name."""
REFERENCE_KEYS: tuple[ReferenceKind, ...] = ("newsletter", "number", "audience", "corrects")


@dataclass(frozen=True, slots=True)
class Manuscript:
    """An issue as its file says it. Empty fields are left to the newsletter."""

    subject: str
    blocks: tuple[Block, ...] = ()
    newsletter: str = ""
    number: int | None = None
    kind: IssueKind = IssueKind.REGULAR
    preheader: str = ""
    language: str = ""
    audience: str = ""
    dated: date | None = None
    corrects: int | None = None
    """The number of the issue that this one corrects."""
    correction_note: str = ""
    segment: dict[str, Any] = field(default_factory=dict)
    public: bool | None = None
    """Whether the archive shows it; None where the file does not say."""
    references: tuple[Reference, ...] = field(default=(), compare=False)
    """What it names that must exist, with lines."""

    def line(self, what: ReferenceKind) -> int:
        """Where it first names something of that kind, from 1; 1 where it does not."""
        return next((reference.line for reference in self.references if reference.what == what), 1)


def parse(text: str, file: str, load_image: LoadImage) -> Manuscript:
    """Read a manuscript.

    Arguments:
        text: the file's content.
        file: its name, for errors.
        load_image: gives the digest of a picture that is named by path and line; raises Invalid where it cannot.

    Raises:
        Invalid: with file and line, what is wrong and what to do.
    """
    front, lines, first = front_matter.split(text, file)
    front.only(KEYS)
    context = ParseContext(file, load_image)
    for what in REFERENCE_KEYS:
        if front.text(what):
            context.add_reference(what, front.text(what), front.line(what))
    _check_who(front)
    subject = front.text("subject")
    if not subject:
        raise front.wrong("the issue has no subject: add a line “subject: …” at the top")
    return Manuscript(
        subject=subject,
        newsletter=front.text("newsletter"),
        number=front.number("number"),
        kind=IssueKind(front.choice("kind", (kind.value for kind in IssueKind), IssueKind.REGULAR.value)),
        preheader=front.text("preheader"),
        language=front.choice("language", LANGUAGES, ""),
        audience=front.text("audience"),
        dated=front.date("dated"),
        corrects=front.number("corrects"),
        correction_note=front.long_text("correction_note"),
        public=_PUBLIC[front.choice("public", filter(None, _PUBLIC), "")],
        segment=_segment(front, context),
        blocks=tuple(nested_block.blocks(fence.split(lines, first, file), context)),
        references=tuple(context.references),
    )


def _check_who(front: FrontMatter) -> None:
    """Refuse what looks as if only some readers got the issue, where everybody would.

    Raises:
        Invalid: a key is empty, or there is but one half of a correction.
    """
    for key in _WHO:
        if front.is_empty(key):
            raise front.wrong(phrase("“{key}” is empty: say who gets the issue, or take the line away", key=key), key)
    corrected, correction = front.text("corrects"), front.text("kind") == IssueKind.CORRECTION.value
    if correction and not corrected:
        raise front.wrong("say which issue this corrects: add a line “corrects: NUMBER”", "kind")
    if corrected and not correction:
        raise front.wrong("“corrects” goes with “kind: correction”: any other kind goes to everybody", "corrects")


def _segment(front: FrontMatter, context: ParseContext) -> dict[str, Any]:
    """Who gets the issue, as it is kept; each name in it is noted with its line.

    Raises:
        Invalid: a key is not known or empty, a value is none that it can have, or nobody can meet all of them.
    """
    found = front.mapping("segment")
    if found is None:
        return {}
    found.only(Segment.model_fields)
    for key in found.nodes:
        if found.is_empty(key):
            raise found.wrong(
                phrase("in “segment”: “{key}” is empty: say who gets the issue, or take it away", key=key), key
            )
        try:
            Segment.model_validate({key: found.data(key)})
        except ValidationError as error:
            raise found.wrong(phrase("in “segment”: {explanation}", explanation=_explained(key, error)), key) from None
    if "conditions" in found.nodes and len(found.nodes) > 1:
        raise found.wrong(phrase("in “segment”: {explanation}", explanation=EITHER), "conditions")
    whole = Segment.model_validate({key: found.data(key) for key in found.nodes})
    _note_conditions(whole, context, found.line("conditions"))
    if whole.joined_from and whole.joined_until and whole.joined_from > whole.joined_until:
        raise found.wrong("in “segment”: nobody joined from a day until an earlier one", "joined_until")
    audience = front.text("audience")
    if audience and whole.audiences and audience not in whole.audiences:
        raise found.wrong(
            phrase("in “segment”: nobody is in these audiences and in “{audience}”", audience=audience), "audiences"
        )
    named: dict[ReferenceKind, Iterable[str]] = {
        "audience": whole.audiences, "topic": whole.topics, "field": whole.fields,
    }  # fmt: skip
    for what, names in named.items():
        for name in names:
            context.add_reference(what, name, found.line(f"{what}s"))
    return whole.kept()


def _explained(key: str, error: ValidationError) -> Phrase:
    return (condition.fault(error) if key == "conditions" else None) or explanation(Segment, error)


def _note_conditions(whole: Segment, context: ParseContext, line: int) -> None:
    """Note what a tree of conditions names; a tree has one line."""
    for one in whole.conditions.conditions() if whole.conditions else ():
        if kind := _NAMED_BY.get(one.what):
            for name in (one.name,) if kind == "field" else one.values:
                context.add_reference(kind, name, line)


def write(manuscript: Manuscript, name_image: NameImage) -> str:
    """The file that :func:`parse` reads as *manuscript* again.

    Arguments:
        name_image: gives the path under which the file names the picture with a digest.
    """
    front = front_matter.write(
        {
            "newsletter": manuscript.newsletter,
            "number": manuscript.number,
            "kind": manuscript.kind.value,
            "subject": manuscript.subject,
            "preheader": manuscript.preheader,
            "language": manuscript.language,
            "audience": manuscript.audience,
            "dated": manuscript.dated,
            "corrects": manuscript.corrects,
            "correction_note": manuscript.correction_note,
            "segment": manuscript.segment,
            "public": {value: word for word, value in _PUBLIC.items()}[manuscript.public],
        }
    )
    return front + "\n" + writer.write(manuscript.blocks, name_image)


def of_issue(issue: Issue) -> Manuscript:
    """What a file says of an issue that is kept in the database."""
    return Manuscript(
        subject=issue.subject,
        blocks=issue.blocks,
        newsletter=issue.newsletter.slug,
        number=issue.number,
        kind=issue.kind,
        preheader=issue.preheader,
        language=issue.language,
        audience=issue.audience,
        dated=issue.dated,
        corrects=issue.correction_of.number if issue.correction_of else None,
        correction_note=issue.correction_note,
        segment=issue.segment,
        public=issue.public,
    )
