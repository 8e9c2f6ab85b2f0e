"""What an answer means: code, enhanced code, text and stage → kind of outcome, and what it speaks of. No state.

What is known about answers stands in ``answers.toml``. Words come before codes where they speak of rate, sender, policy
or space, and the enhanced code (RFC 3463, 5248, 7504, 7505) before the basic one (RFC 5321).
"""

from __future__ import annotations

import enum
import re
from functools import lru_cache
from typing import NamedTuple

from . import answer_table
from .answer_table import AnswerSubject, Stop


class OutcomeKind(enum.Enum):
    """What became of a letter; :class:`worker.smtp.Outcome` says what each means."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    FILTERED = "filtered"
    FAILED = "failed"
    POLICY = "policy"
    RATE = "rate"
    HELD = "held"
    RETURNED = "returned"
    UNKNOWN = "unknown"


class Stage(enum.Enum):
    """How far a letter had come when its outcome was decided."""

    CONNECT = "connect"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"


class AnswerMeaning(NamedTuple):
    """What a refusal means."""

    kind: OutcomeKind
    subject: AnswerSubject = AnswerSubject.UNKNOWN
    stop: Stop = Stop.NOTHING
    """What stops for it: at once where the letter is held, else where several readers are refused alike."""
    gone: bool = False
    """Whether nobody has the mailbox any more."""
    row: str = ""
    """The row of the table that says so."""


_FINAL = frozenset({OutcomeKind.BOUNCED, OutcomeKind.FILTERED, OutcomeKind.FAILED})
_OUR_LOGIN = frozenset([530, 534, 535, 538])


def classify(code: int, enhanced: str, text: str, stage: Stage) -> OutcomeKind:
    """The kind of outcome that a final answer means.

    Arguments:
        code: basic code, 200 to 599.
        enhanced: such as ``5.1.1``, or empty.
        text: the text of the answer.
        stage: the command that it answers. Before DOT only refusals are final.

    Raises:
        ValueError: a positive answer before the final dot decides nothing.
    """
    if 200 <= code <= 299 and stage is Stage.DOT:
        return OutcomeKind.ACCEPTED
    if code < 400:
        raise ValueError(f"{code} at {stage.value} decides nothing")
    return interpret(code, enhanced, text, stage).kind


@lru_cache(4096)
def interpret(code: int, enhanced: str, text: str, stage: Stage) -> AnswerMeaning:
    """What a refusal (400 to 599) means; arguments as for :func:`classify`."""
    if stage is Stage.CONNECT:
        return AnswerMeaning(_at_connect(code, enhanced, text), AnswerSubject.RELAY)
    if code == 421 and stage is not Stage.DOT:
        return AnswerMeaning(OutcomeKind.RETURNED, AnswerSubject.RELAY)
    if enhanced[:2] not in ("4.", "5."):
        enhanced = ""  # 2.x.x beside a refusal says nothing.
    transient = code == 421 or _is_transient(code, enhanced)
    row = answer_table.find(code, enhanced, text, stage.value, transient=transient)
    if row is None or (code == 421 and row.kind != OutcomeKind.HELD.value):
        return AnswerMeaning(OutcomeKind.DEFERRED)
    if code < 500 and OutcomeKind(row.kind) in _FINAL:
        # The codes contradict each other (450 5.1.1): nobody is given up while one of them says “later”.
        return AnswerMeaning(OutcomeKind.DEFERRED, row.subject, row=row.name)
    return AnswerMeaning(OutcomeKind(row.kind), row.subject, row.stop, row.gone, row.name)


_REASON = re.compile(r"([45]\d\d) (?:([45]\.\d{1,3}\.\d{1,3})(?=\s|\Z))?(.*)", re.DOTALL)
_ABOUT_US = frozenset({OutcomeKind.HELD, OutcomeKind.POLICY, OutcomeKind.RATE, OutcomeKind.FAILED})


def subject_of(reason: str) -> AnswerSubject:
    """What an answer speaks of for which something has stopped, as :func:`.delivery_result.format_answer` wrote it.

    The command that it answered is not known any more: MAIL says more about us than the others, so it comes last.
    """
    if (found := _REASON.fullmatch(reason)) is None:
        return AnswerSubject.UNKNOWN
    code, enhanced, words = int(found[1]), found[2] or "", f"{found[2] or ''}{found[3]}".strip()
    if code in _OUR_LOGIN:
        return AnswerSubject.LOGIN
    for stage in (Stage.DOT, Stage.RCPT, Stage.MAIL):
        meaning = interpret(code, enhanced, words, stage)
        if meaning.kind in _ABOUT_US and meaning.subject is not AnswerSubject.UNKNOWN:
            return meaning.subject
    return AnswerSubject.UNKNOWN


def _is_transient(code: int, enhanced: str) -> bool:
    """The enhanced code's first digit decides, where there is one that says something."""
    return enhanced.startswith("4.") or (code < 500 and not (enhanced.startswith("5.") and enhanced != "5.0.0"))


def _at_connect(code: int, enhanced: str, text: str) -> OutcomeKind:
    if (enhanced[:1] or str(code)[0]) == "4":
        return OutcomeKind.RETURNED
    if enhanced.startswith("5.7.") or code in _OUR_LOGIN:
        return OutcomeKind.POLICY
    row = answer_table.find(code, "", text, Stage.RCPT.value, transient=False)
    return OutcomeKind.POLICY if row and row.subject is AnswerSubject.RELAY else OutcomeKind.FAILED
