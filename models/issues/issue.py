"""Issues: numbered sendings of a newsletter, and the states that they go through.

``draft → in_review → approved → scheduled → preparing → sending ⇄ paused → sent``; ``cancelled`` from any state
before ``sent``. An edit of content after ``in_review`` voids approvals and returns the issue to ``draft``.
A paused issue may be repaired (:mod:`models.issues.repair`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Computed, ForeignKey, Index, String, Text, UniqueConstraint, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ..store.base import Base
from ..store.clock import now
from ..store.db import NO_KEY_UPDATE
from ..store.errors import Invalid, NotFound, WrongState
from ..store.phrase import phrase
from . import (
    issue_words,
    search_index,  # noqa: F401  its functions must be there before the columns that call them
)
from .block import BLOCKS, Block
from .issue_state import EDITABLE, TRANSITIONS, IssueKind
from .issue_state import IssueState as S
from .newsletter import Newsletter
from .segments.segment_version import SegmentVersion
from .versions import content_version  # noqa: F401  it keeps what was saved

_PUBLIC_SQL = "public_blocks(blocks, audience)"
_WORDS_SQL = f"issue_words(subject, preheader, {_PUBLIC_SQL})"


class Issue(Base):
    """One numbered sending: a subject, a preheader and ordered blocks."""

    __tablename__ = "issue"

    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id"), index=True)
    number: Mapped[int]
    kind: Mapped[IssueKind] = mapped_column(default=IssueKind.REGULAR)
    state: Mapped[S] = mapped_column(default=S.DRAFT)
    language: Mapped[str] = mapped_column(String(2), default="ja")
    subject: Mapped[str] = mapped_column(String(500))
    preheader: Mapped[str] = mapped_column(String(500), default="")
    audience: Mapped[str] = mapped_column(String(100), default="")
    """Slug of the audience that alone gets it; empty for everyone."""
    segment: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Further conditions on readers; see :mod:`models.issues.segments`."""
    segment_version_id: Mapped[int | None] = mapped_column(ForeignKey("segment_version.id"))
    """The version of a saved segment that :attr:`segment` is a copy of."""
    public: Mapped[bool | None]
    """Whether the archive shows it; where nobody said so, it does if the issue is for everyone."""
    blocks_json: Mapped[list[Any]] = mapped_column("blocks", default=list)
    dated: Mapped[date | None]
    """The day that stands on the issue; the day of sending where empty."""
    correction_of_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id"))
    correction_note: Mapped[str] = mapped_column(default="")
    """What was wrong: on a correction, and on the archive page of what it corrects."""
    corrects_all: Mapped[bool] = mapped_column(default=False)
    """On a correction: whether it goes to everybody who got the issue, although some got it repaired."""
    ranking: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """On a ranking issue: the query and the digest of the evidence that it was drawn from."""
    rate: Mapped[float | None]
    """Letters per second for this issue, where slower than the lanes allow."""
    trouble: Mapped[str] = mapped_column(default="")
    """Why it could not be prepared, or why the sender paused it, for staff."""
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    former_author_ids: Mapped[list[Any]] = mapped_column(default=list)
    """Who was its author before it was handed over (:mod:`models.handover`), the first of them first."""
    editor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    """Who changed the content last: no more fit to approve it than its author."""
    submitter_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    """Who handed it to the approvers last, and so answers for it."""
    scheduler_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    """Who put it into the timetable: see :mod:`models.deliveries.handover`. None where a command did, for nobody."""
    frozen_digest: Mapped[str] = mapped_column(String(64), default="")
    """The digest of what the letters carry; empty while none is frozen."""
    in_repair: Mapped[bool] = mapped_column(default=False)
    """Whether the content has been changed since, so that the issue may neither go on nor be shown to readers."""
    repair_asked_at: Mapped[datetime | None]
    """When a sender asked to put the repaired content into the letters that are not yet sent."""
    not_before: Mapped[datetime | None]
    not_after: Mapped[datetime | None]
    """The window of sending that was submitted with it, and is approved with it (:mod:`.review.send_window`)."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    scheduled_at: Mapped[datetime | None]
    prepared_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    words: Mapped[str] = mapped_column(Computed(_WORDS_SQL, persisted=True), deferred=True)
    grams: Mapped[list[str]] = mapped_column(
        ARRAY(Text), Computed(f"search_grams({_WORDS_SQL})", persisted=True), deferred=True
    )
    article_slugs: Mapped[list[str]] = mapped_column(
        ARRAY(Text), Computed(f"issue_articles({_PUBLIC_SQL})", persisted=True), deferred=True
    )
    """All three are worked out by the database from what is public: what :mod:`.search_index` looks into, and the
    articles named."""

    newsletter: Mapped[Newsletter] = relationship()
    segment_version: Mapped[SegmentVersion | None] = relationship()
    correction_of: Mapped[Issue | None] = relationship(remote_side=[id])

    # Two people who save at once: the second is told. What the database works out is not fetched at once.
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}  # noqa: RUF012
    __table_args__ = (
        UniqueConstraint("newsletter_id", "number"),
        Index("ix_issue_state_scheduled_at", "state", "scheduled_at"),
        Index("ix_issue_grams", "grams", postgresql_using="gin"),
        Index("ix_issue_article_slugs", "article_slugs", postgresql_using="gin"),
    )

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks, in order; parsed once for as long as their JSON is the same."""
        parsed = self.__dict__.get("_parsed_blocks")
        if parsed is None or parsed[0] is not self.blocks_json:
            parsed = self.__dict__["_parsed_blocks"] = (self.blocks_json, BLOCKS.validate_python(self.blocks_json))
        return parsed[1]

    @hybrid_property
    def for_archive(self) -> bool:
        """Whether the public archive shows it once it is out; what only some readers get it shows only if told to."""
        return not self.audience and not self.segment if self.public is None else self.public

    @for_archive.inplace.expression
    @classmethod
    def _for_archive_sql(cls) -> ColumnElement[bool]:
        return func.coalesce(cls.public, (cls.audience == "") & (cls.segment == {}))

    @property
    def awaits_decision(self) -> bool:
        """Whether approvers decide on it now: before it goes out, or on its repair."""
        return self.state is S.IN_REVIEW or (self.state is S.PAUSED and self.in_repair)

    def is_written_by(self, member_id: int) -> bool:
        """Whether this person wrote it, changed it last, or handed it to the approvers; or did before a handover."""
        return member_id in (self.author_id, self.editor_id, self.submitter_id, *self.former_author_ids)

    @property
    def digest(self) -> str:
        """SHA-256 over the issue's own content (64 hex digits): whether it was edited.

        What an approval is bound to sees more: :mod:`templates.content.digest`.
        """
        content = [
            self.newsletter_id, self.number, self.kind.value, self.language, self.subject, self.preheader,
            self.audience, self.segment, self.blocks_json, str(self.dated or ""), self.correction_of_id,
            # On any other issue it is a stamp on the archive's page, and in no letter.
            self.correction_note if self.kind is IssueKind.CORRECTION else "", bool(self.corrects_all),
        ]  # fmt: skip
        if self.public is not None:  # approvals from before there was a choice go on counting
            content.append(self.public)
        return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    def transition_to(self, state: S) -> None:
        """Go to *state*.

        Raises:
            WrongState: there is no transition from the present state.
        """
        if state not in TRANSITIONS[self.state]:
            raise issue_words.cannot_become(self, state)
        self.state = state

    def edit(self, **content: Any) -> None:
        """Change content; approvals of the old content no longer count and the issue is a draft again.

        Arguments:
            content: attributes of the issue; ``blocks`` takes a sequence of blocks.

        Raises:
            WrongState: it is being prepared, or already out.
        """
        if self.state not in EDITABLE:
            raise issue_words.wrong_state(self, phrase("be edited"))
        before = self.digest
        self.set_content(content)
        if self.digest != before and self.state is not S.DRAFT:
            self.state = S.DRAFT
            self.scheduled_at = None

    def set_content(self, content: dict[str, Any]) -> None:
        """Change content without looking at the state: for :meth:`edit` and :mod:`models.issues.repair`."""
        if (blocks := content.pop("blocks", None)) is not None:
            self.blocks_json = BLOCKS.dump_python(tuple(blocks), mode="json")
        if content.get("segment", self.segment) != self.segment:  # what is written by hand is a copy of nothing
            content.setdefault("segment_version_id", None)
        for name, value in content.items():
            setattr(self, name, value)

    def submit(self) -> None:
        """Hand the draft to the approvers (起案)."""
        self.transition_to(S.IN_REVIEW)
        self.trouble = ""

    def schedule(self, at: datetime) -> None:
        """Send at *at* (aware), or as soon as possible where that is past.

        Raises:
            WrongState: it is not approved.
            Invalid: *at* has no time zone.
        """
        if at.tzinfo is None:
            raise Invalid("the time needs a zone, such as Asia/Tokyo", field="scheduled_at")
        if self.state is not S.SCHEDULED:
            self.transition_to(S.SCHEDULED)
        self.scheduled_at = at
        self.trouble = ""

    def unschedule(self) -> None:
        """Take it out of the timetable; its approval stays. One in review stays there: this is nobody's yes."""
        if self.state is not S.SCHEDULED:
            raise issue_words.cannot_become(self, S.APPROVED)
        self.transition_to(S.APPROVED)
        self.scheduled_at = None

    def begin_sending(self) -> None:
        """Editions and deliveries are frozen."""
        self.transition_to(S.SENDING)
        self.prepared_at = now()
        self.frozen_digest = self.digest

    def fail_preparing(self, trouble: str) -> None:
        """It could not be prepared: back to draft, with the reason for staff."""
        self.transition_to(S.DRAFT)
        self.scheduled_at = None
        self.trouble = trouble

    def pause(self) -> None:
        """Stop within a window."""
        self.transition_to(S.PAUSED)

    def resume(self) -> None:
        """Go on.

        Raises:
            WrongState: it is not paused, or letters not yet sent still have the content from before its repair.
        """
        if self.state is not S.PAUSED:  # One that is being prepared has no letters yet that could go on.
            raise issue_words.cannot_become(self, S.SENDING)
        if self.in_repair or self.repair_asked_at:
            first = phrase("Have its repair approved and applied first")
            raise WrongState(issue_words.called(self), phrase("in repair"), phrase("go on"), first)
        self.transition_to(S.SENDING)
        self.trouble = ""

    def finish(self) -> None:
        """Nothing is queued, deferred or on the wire any more."""
        self.transition_to(S.SENT)
        self.sent_at = now()

    def cancel(self) -> None:
        """Send no more of it, for good."""
        self.transition_to(S.CANCELLED)


def touch(session: Session, issue_id: int) -> None:
    """Say that letters of a sent or cancelled issue have changed, so that what reports keep of them is counted anew.

    Call it after batches and letters are locked, and before anything is written to the audit log, which one at a time
    holds: whoever ends an issue holds a batch, then the issue, and then writes there.
    """
    session.execute(update(Issue).where(Issue.id == issue_id).values(updated_at=now()))


def create(
    session: Session, newsletter: Newsletter, *, subject: str, blocks: Sequence[Block] = (), **content: Any
) -> Issue:
    """A new draft with the next free number of its newsletter.

    The newsletter's row is locked, so that two drafts made at once get two numbers.
    """
    session.execute(select(Newsletter.id).where(Newsletter.id == newsletter.id).with_for_update(key_share=True))
    number = content.pop("number", None)
    if number is None:
        highest = session.scalar(select(func.max(Issue.number)).where(Issue.newsletter_id == newsletter.id))
        number = (highest or 0) + 1
    issue = Issue(
        newsletter=newsletter,
        number=number,
        subject=subject,
        blocks_json=BLOCKS.dump_python(tuple(blocks), mode="json"),
        **{"language": newsletter.language, **content},
    )
    session.add(issue)
    session.flush()
    return issue


def get(session: Session, issue_id: int, *, lock: bool = False) -> Issue:
    """The issue, locked for a change of state where *lock*.

    Raises:
        NotFound: there is none.
    """
    issue = session.get(Issue, issue_id, with_for_update=NO_KEY_UPDATE if lock else None, populate_existing=lock)
    if issue is None:
        raise NotFound(
            phrase("there is no issue with the ID {issue_id}: `kairan issue list` shows them all", issue_id=issue_id)
        )
    return issue


def newsletter_id(session: Session, issue_id: int) -> int | None:
    """The newsletter of an issue; None where there is no such issue."""
    return session.scalar(select(Issue.newsletter_id).where(Issue.id == issue_id))
