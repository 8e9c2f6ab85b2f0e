"""What readers say of themselves, on the sign-up form and on the page of their preferences."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from models.store.language import Language

from ..issues.newsletter import Newsletter
from ..store import input_rule
from ..store.errors import Invalid
from ..store.phrase import phrase
from .subscriber import Subscriber, Subscription

MAX_LENGTH = 200
"""Characters of a name or of any other answer."""
DETAILS = ("name", "kana", "organisation", "fields")
"""What tells who the reader is."""


class Field(NamedTuple):
    """A custom field of a newsletter."""

    name: str
    label: str
    required: bool


class Profile(BaseModel):
    """One reader's answers, checked. Kept as JSON in ``Subscription.asked`` until the reader confirms."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    name: str = ""
    kana: str = ""
    organisation: str = ""
    language: Language = "ja"
    audience_id: int | None = None
    topic_ids: tuple[int, ...] = ()
    fields: dict[str, str] = {}
    tracking_refused: bool = False

    def without_details(self, subscription: Subscription) -> Profile:
        """These answers, but for the details: what is known of them stays."""
        kept = current(subscription.subscriber, subscription)
        return self.model_copy(update={name: getattr(kept, name) for name in DETAILS})

    def apply(self, subscription: Subscription, *, keep_existing: bool) -> None:
        """Write the answers to the reader.

        Arguments:
            keep_existing: leave what is there where an answer is empty.
        """
        subscriber = subscription.subscriber
        for attribute in ("name", "kana", "organisation"):
            if (answer := getattr(self, attribute)) or not keep_existing:
                setattr(subscriber, attribute, answer)
        subscriber.fields = {
            **subscriber.fields,
            **{name: text for name, text in self.fields.items() if text or not keep_existing},
        }
        subscriber.language = self.language
        subscriber.tracking_refused = self.tracking_refused or (keep_existing and subscriber.tracking_refused)
        if self.audience_id is not None or not keep_existing:
            subscription.audience_id = self.audience_id
        subscription.topic_ids = list(self.topic_ids)


def tidy(text: str) -> str:
    """*text* as one line in the form of :mod:`models.store.input_rule`; a name keeps its own characters (髙, ㈱, 福).

    Controls are taken out. What nobody can read (外字) is still in it, so that the name is refused and not maimed.
    """
    return " ".join(input_rule.normalised(input_rule.without_controls(text)).split())


def tidy_kana(text: str) -> str:
    """A name in kana, half-width characters made full-width."""
    return tidy(unicodedata.normalize("NFKC", text))


def custom_fields(newsletter: Newsletter) -> list[Field]:
    """The newsletter's own questions."""
    return [
        Field(str(one["name"]), str(one.get("label") or one["name"]), bool(one.get("required")))
        for one in newsletter.fields
    ]


def audience_id(newsletter: Newsletter, slug: str) -> int | None:
    """The number of an audience; none for an empty *slug*.

    Raises:
        Invalid: the newsletter has no such audience.
    """
    if not slug:
        return None
    for audience in newsletter.audiences:
        if audience.slug == slug:
            return audience.id
    raise Invalid(phrase("{name} has no audience “{slug}”", name=newsletter.name, slug=slug), field="audience")


def topic_ids(newsletter: Newsletter, slugs: tuple[str, ...] | list[str]) -> tuple[int, ...]:
    """The numbers of topics. All of them are the same as none: whoever wants everything wants new topics, too.

    Raises:
        Invalid: the newsletter has no such topic.
    """
    known = {slug: topic.id for slug, topic in newsletter.known_topics.items()}
    for slug in slugs:
        if slug not in known:
            raise Invalid(phrase("{name} has no topic “{slug}”", name=newsletter.name, slug=slug), field="topics")
    chosen = sorted({known[slug] for slug in slugs})
    return () if len(chosen) == len(newsletter.topics) else tuple(chosen)


_CALLED = {"name": phrase("the name"), "kana": phrase("the reading"), "organisation": phrase("the organisation")}
"""What people call the fields that every newsletter has."""


def validate(
    newsletter: Newsletter,
    *,
    name: str = "",
    kana: str = "",
    organisation: str = "",
    audience: str = "",
    topics: tuple[str, ...] | list[str] = (),
    fields: Mapping[str, str] | None = None,
    language: Language = "ja",
    tracking_refused: bool = False,
    complete: bool = True,
) -> Profile:
    """Tidy and check what somebody typed.

    Arguments:
        audience, topics: slugs.
        fields: answers to the newsletter's custom fields by name; others are dropped.
        complete: whether a required field must be there; a list of somebody else may lack it.

    Raises:
        Invalid: names the field that cannot be taken.
    """
    texts = {"name": tidy(name), "kana": tidy_kana(kana), "organisation": tidy(organisation)}
    own = {field.name: tidy((fields or {}).get(field.name, "")) for field in custom_fields(newsletter)}
    called: dict[str, object] = {**_CALLED, **{field.name: field.label for field in custom_fields(newsletter)}}
    for key, text in (texts | own).items():
        if input_rule.fault(text, lines=False):
            raise Invalid(
                phrase(
                    "{key} has a character that only your own machine can show (外字): write another one",
                    key=called[key],
                ),
                field=key,
            )
        if len(text) > MAX_LENGTH:
            raise Invalid(
                phrase("{key} is longer than {max_length} characters", key=called[key], max_length=MAX_LENGTH),
                field=key,
            )
    for field in custom_fields(newsletter):
        if complete and field.required and not own[field.name]:
            raise Invalid(phrase("{label} is missing", label=field.label), field=field.name)
    return Profile(
        **texts,
        language=language,
        audience_id=audience_id(newsletter, audience),
        topic_ids=topic_ids(newsletter, topics),
        fields=own,
        tracking_refused=tracking_refused,
    )


def current(subscriber: Subscriber, subscription: Subscription | None) -> Profile:
    """What is known of a reader now."""
    return Profile(
        name=subscriber.name,
        kana=subscriber.kana,
        organisation=subscriber.organisation,
        language="en" if subscriber.language == "en" else "ja",
        audience_id=subscription.audience_id if subscription else None,
        topic_ids=tuple(subscription.topic_ids) if subscription else (),
        fields={name: str(text) for name, text in subscriber.fields.items()},
        tracking_refused=subscriber.tracking_refused,
    )
