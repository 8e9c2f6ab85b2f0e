"""Conditions on readers as one sentence: 「住民で、防災を選んでいて、第12号を読んでいない人」.

Every condition is a clause that could stand before 人, or behind “readers who”. In Japanese all of them end in one of
four ways (である, でない, ている, ていない), so the form that leads on to a next one follows from the last letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from models.issues.newsletter import Newsletter
from models.issues.segments.condition import Condition, Group, How, Match, Tree, What
from models.store.language import Language

from ..translations import Phrase, phrase
from .calendar_words import date_in_words

_SAID: Mapping[tuple[What, How], tuple[Phrase, Phrase]] = {
    (What.AUDIENCE, How.IS): (phrase("are {names}"), phrase("are not {names}")),
    (What.TOPIC, How.IS): (
        phrase("get what is about {names}"),
        phrase("do not get what is about {names}"),
    ),
    (What.LANGUAGE, How.IS): (phrase("read in {names}"), phrase("do not read in {names}")),
    (What.DOMAIN, How.IS): (
        phrase("have an address that ends with {names}"),
        phrase("have no address that ends with {names}"),
    ),
    (What.FIELD, How.IS): (phrase("answered “{label}” with {names}"), phrase("did not answer “{label}” with {names}")),
    (What.FIELD, How.CONTAINS): (
        phrase("have {names} in their answer to “{label}”"),
        phrase("do not have {names} in their answer to “{label}”"),
    ),
    (What.FIELD, How.BEGINS): (
        phrase("have an answer to “{label}” that begins with {names}"),
        phrase("have no answer to “{label}” that begins with {names}"),
    ),
    (What.FIELD, How.EMPTY): (phrase("have not answered “{label}”"), phrase("have answered “{label}”")),
    (What.JOINED, How.FROM): (phrase("joined on {names} or later"), phrase("joined before {names}")),
    (What.JOINED, How.UNTIL): (phrase("joined on {names} or before"), phrase("joined after {names}")),
    (What.JOINED, How.WITHIN): (
        phrase("joined in the last {names} days"),
        phrase("joined more than {names} days ago"),
    ),
    (What.READ_ISSUE, How.IS): (phrase("have read issue {names}"), phrase("got issue {names} and have not read it")),
    (What.READ_TOPIC, How.IS): (
        phrase("have read an article on {names}"),
        phrase("have read no article on {names}"),
    ),
    (What.READ_RECENT, How.IS): (
        phrase("have read one of the last {names} issues"),
        phrase("got one of the last {names} issues and have read none"),
    ),
}
_LANGUAGES = {"ja": phrase("Japanese"), "en": phrase("English")}
_ALL_OF, _ANY_OF = phrase("meet all of ({clauses})"), phrase("meet one of ({clauses})")
_NOT_ALL_OF, _NONE_OF = phrase("do not meet all of ({clauses})"), phrase("meet none of ({clauses})")
_LEADS_ON = (("でない", "でなく"), ("である", "で"), ("ていない", "ておらず"), ("ている", "ていて"))


def sentence(newsletter: Newsletter, tree: Tree | None, language: Language) -> str:
    """Who is meant, as a noun with everything before or behind it."""
    if tree is None:
        return phrase("all who subscribe").say(language)
    clauses = [
        _group(newsletter, part, language) if isinstance(part, Group) else clause(newsletter, part, language)
        for part in tree.of
    ]
    return phrase("readers who {clauses}", clauses=_joined(clauses, tree.match, language)).say(language)


def clause(newsletter: Newsletter, condition: Condition, language: Language) -> str:
    """One condition, as it stands in the sentence."""
    said = _SAID[condition.what, condition.how][condition.negated]
    names = (" or " if language == "en" else "か").join(_names(newsletter, condition, language))
    return said.filled(names=names, label=_label(newsletter, condition.name)).say(language)


def _group(newsletter: Newsletter, group: Group, language: Language) -> str:
    clauses = [clause(newsletter, one, language) for one in group.of]
    if len(clauses) == 1 and not group.negated:
        return clauses[0]
    if len(clauses) == 1:
        return _NONE_OF.filled(clauses=clauses[0]).say(language)
    every = group.match is Match.ALL
    words = (_NOT_ALL_OF if every else _NONE_OF) if group.negated else (_ALL_OF if every else _ANY_OF)
    return words.filled(clauses=_joined(clauses, group.match, language)).say(language)


def _joined(clauses: list[str], match: Match, language: Language) -> str:
    if language == "en":
        return (" and " if match is Match.ALL else " or ").join(clauses)
    if match is Match.ANY:
        return "か、または".join(clauses)
    return "、".join([*map(_leading_on, clauses[:-1]), clauses[-1]])


def _leading_on(clause: str) -> str:
    return next((clause.removesuffix(end) + other for end, other in _LEADS_ON if clause.endswith(end)), clause)


def _names(newsletter: Newsletter, condition: Condition, language: Language) -> Iterable[str]:
    match condition.what:
        case What.AUDIENCE:
            return _called(condition.values, {one.slug: one.name for one in newsletter.audiences}, language)
        case What.TOPIC | What.READ_TOPIC:
            known = {slug: one.name for slug, one in newsletter.known_topics.items()}
            return _called(condition.values, known, language)
        case What.LANGUAGE:
            return [_LANGUAGES[one].say(language) for one in condition.values if one in _LANGUAGES]
        case What.FIELD:
            return [_quoted(one, language) for one in condition.values]
        case What.JOINED if condition.how is not How.WITHIN:
            return [date_in_words(date.fromisoformat(one), language) for one in condition.values]
        case _:
            return condition.values


def _called(slugs: Iterable[str], names: Mapping[str, str], language: Language) -> list[str]:
    return [_quoted(names.get(slug, f"{slug}?"), language) for slug in slugs]


def _quoted(text: str, language: Language) -> str:
    return f"「{text}」" if language == "ja" else f"“{text}”"


def _label(newsletter: Newsletter, name: str) -> str:
    labels = {str(field["name"]): str(field.get("label") or field["name"]) for field in newsletter.fields}
    return labels.get(name, name)
