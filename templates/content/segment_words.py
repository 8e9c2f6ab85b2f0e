"""Who gets an issue, in words: its audience and segment as staff would say them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from models.issues.issue import Issue
from models.issues.issue_state import IssueKind
from models.issues.newsletter import Newsletter
from models.issues.segments.condition import Condition, How, Match, Tree, What
from models.issues.segments.segment import Segment, parse
from models.store.errors import Invalid
from models.store.language import Language

from ..translations import phrase
from . import condition_words
from .calendar_words import date_in_words

_LANGUAGES = {"ja": phrase("Japanese"), "en": phrase("English")}


def describe(issue: Issue, language: Language) -> list[str]:
    """Conditions that all must hold, in *language*; one that says so where there is none."""
    try:
        wanted = parse(issue.segment)
    except Invalid as error:
        return [phrase("the segment cannot be read: {reason}", reason=error).say(language)]
    found = list(_conditions(issue, wanted, language))
    if issue.kind is IssueKind.CORRECTION and issue.correction_of is not None:
        number = issue.correction_of.number
        everybody = phrase("everybody who got issue {number}", number=number)
        which = (
            everybody if issue.corrects_all else phrase("those who got what was wrong in issue {number}", number=number)
        )
        found.insert(0, which.say(language))
    return found or [phrase("all who subscribe").say(language)]


def sentence(newsletter: Newsletter, audience: str, kept: Mapping[str, Any], language: Language) -> str:
    """Audience and segment of an issue as one sentence in *language*, whichever form the segment has."""
    tree = parse(kept).tree
    if not audience:
        return condition_words.sentence(newsletter, tree, language)
    only = Condition.model_construct(what=What.AUDIENCE, name="", how=How.IS, values=(audience,), negated=False)
    if tree is None or tree.match is Match.ALL:
        both = Tree.model_construct(match=Match.ALL, of=(only, *(tree.of if tree else ())))
        return condition_words.sentence(newsletter, both, language)
    alone = condition_words.sentence(newsletter, Tree.model_construct(match=Match.ALL, of=(only,)), language)
    return phrase("{one}; of these: {other}", one=alone,
                  other=condition_words.sentence(newsletter, tree, language)).say(language)  # fmt: skip


def _conditions(issue: Issue, wanted: Segment, language: Language) -> Iterator[str]:
    audiences = {one.slug: one.name for one in issue.newsletter.audiences}
    if issue.audience:
        yield phrase("audience: {names}", names=_named([issue.audience], audiences)).say(language)
    if wanted.audiences:
        yield phrase("audience: {names}", names=_named(wanted.audiences, audiences)).say(language)
    if wanted.topics:
        topics = {one.slug: one.name for one in issue.newsletter.topics}
        yield phrase("chose the topic {names}, or none", names=_named(wanted.topics, topics)).say(language)
    if wanted.languages:
        names = " / ".join(_LANGUAGES[one].say(language) for one in wanted.languages)
        yield phrase("language: {names}", names=names).say(language)
    if wanted.domains:
        yield phrase("the address ends with {names}", names=" / ".join(wanted.domains)).say(language)
    if wanted.joined_from:
        yield phrase("joined on {day} or later", day=date_in_words(wanted.joined_from, language)).say(language)
    if wanted.joined_until:
        yield phrase("joined on {day} or before", day=date_in_words(wanted.joined_until, language)).say(language)
    if wanted.conditions:
        yield condition_words.sentence(issue.newsletter, wanted.conditions, language)
    labels = {str(field["name"]): str(field.get("label") or field["name"]) for field in issue.newsletter.fields}
    for name, value in wanted.fields.items():
        yield phrase("{label} is “{value}”", label=labels.get(name, name), value=value).say(language)


def _named(slugs: Iterable[str], names: Mapping[str, str]) -> str:
    return " / ".join(names.get(slug, f"“{slug}”?") for slug in slugs)
