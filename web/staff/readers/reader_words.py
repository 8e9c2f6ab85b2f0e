"""Words for what is known of a reader: states, reasons, sources and kinds of consent."""

from __future__ import annotations

from models.issues.newsletter import Newsletter, Tracking
from models.readers import consent
from models.readers.by_staff.mail_stop import StopReason
from models.readers.by_staff.manual_entry import ConsentWay
from models.readers.consent import Consent, ConsentKind
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from models.readers.suppression import SuppressionReason
from models.store.mail_address import masked_within

from ...language import _


def state(one: SubscriptionState) -> str:
    """A state of a subscription."""
    return {
        SubscriptionState.PENDING: _("Not confirmed yet"),
        SubscriptionState.ACTIVE: _("Subscribes"),
        SubscriptionState.ENDED: _("Ended"),
    }[one]


def ended(reason: str) -> str:
    """Why a subscription has ended."""
    return {
        "unsubscribed": _("The reader has left"),
        "bounced": _("Letters came back"),
        "unconfirmed": _("Never confirmed"),
        "erased": _("The data were erased"),
        "restored": _("The old address was restored"),
        "complained": _("The reader complained"),
        "blocked": _("Blocked by a list"),
    }.get(reason, reason)


def suppressed(reason: SuppressionReason | str) -> str:
    """Why an address is not mailed."""
    value = reason if isinstance(reason, str) else reason.value
    return {
        "unsubscribed": _("The reader has left"),
        "left": _("The reader has left"),
        "bounced": _("Letters came back"),
        "complained": _("The reader complained"),
        "erased": _("The data were erased"),
        "staff": _("Another reason"),
    }.get(value, value)


def stop_choices() -> list[tuple[str, str]]:
    """What somebody who stops mail to a reader chooses from, first that the reader asks for it."""
    return [
        (StopReason.LEFT.value, _("The reader asks to leave: the subscription ends")),
        (StopReason.BOUNCED.value, _("Letters do not arrive")),
        (StopReason.COMPLAINED.value, _("The reader complained")),
        (StopReason.STAFF.value, _("Another reason")),
    ]


def ways() -> list[tuple[str, str]]:
    """How a reader can have agreed whom somebody adds."""
    return [(one.value, _way(one)) for one in ConsentWay]


def _way(one: ConsentWay) -> str:
    return {
        ConsentWay.PAPER: _("On paper"),
        ConsentWay.TELEPHONE: _("By telephone"),
        ConsentWay.MEETING: _("In person"),
        ConsentWay.MAIL: _("By e-mail"),
    }[one]


def consent_kind(one: Consent) -> str:
    """What a reader did, as a consent record has it."""
    if one.text == consent.TRACKING_REFUSED:
        return _("Refused to be recorded")
    if one.text == consent.TRACKING_ALLOWED:
        return _("Agreed to be recorded")
    if one.text == consent.GIVEN_BACK:
        return _("Goes on: a list had stopped it by mistake")
    return {
        ConsentKind.REQUESTED: _("Asked for it"),
        ConsentKind.CONFIRMED: _("Gave consent"),
        ConsentKind.IMPORTED: _("Agreed elsewhere"),
        ConsentKind.CHANGED: _("Changed the address"),
        ConsentKind.WITHDRAWN: _("Left"),
    }[one.kind]


def agreed_text(one: Consent) -> str:
    """The words that were agreed to; empty where the record has a mark of ours in their place."""
    return one.text if one.kind in (ConsentKind.REQUESTED, ConsentKind.CONFIRMED) else ""


def source(one: Consent) -> str:
    """Where a consent comes from."""
    said = masked_within(one.source)
    first, _blank, rest = said.partition(" ")
    way = next((way for way in ConsentWay if way.value == first), None)
    if one.kind is ConsentKind.IMPORTED and way is not None:
        return f"{_way(way)} {rest}"
    if said.startswith("staff: "):
        return _("by staff: %(note)s", note=said.removeprefix("staff: "))
    return {
        "form": _("sign-up form"),
        "one-click": _("a mail program's button"),
        "page": _("our page"),
        "mail": _("a letter"),
        "preferences": _("page of preferences"),
        "address change": _("change of address"),
        "address restored": _("change of address undone"),
        "staff": _("staff"),
    }.get(said, said)


def verdict(value: str) -> str:
    """Who is taken to have opened or followed something."""
    return {
        "human": _("a person"),
        "scanner": _("a machine"),
        "proxy": _("a mail service"),
        "prefetch": _("a program, in advance"),
        "unknown": _("nobody knows"),
    }.get(value, value)


def no_hits(newsletter: Newsletter, reader: Subscriber) -> str:
    """Why nothing is shown of what a reader opens and follows; empty where it is recorded."""
    if newsletter.tracking is Tracking.OFF:
        return _("This newsletter records no opens and clicks.")
    if newsletter.tracking is Tracking.AGGREGATE:
        return _("This newsletter counts opens and clicks in total only, so nobody can say what one reader has read.")
    if reader.tracking_refused:
        return _("This reader does not want it to be recorded what they open and follow, so it is not.")
    return ""


def field_name(newsletter: Newsletter, name: str) -> str:
    """The name of a field of a reader's form."""
    own = {f"field-{one['name']}": str(one.get("label") or one["name"]) for one in newsletter.fields}
    return {
        "name": _("Name"),
        "kana": _("Reading (kana)"),
        "organisation": _("Organisation"),
        "language": _("Language"),
        "audience": _("Audience"),
        "topics": _("Topics"),
        "tracking_refused": _("Opens and clicks are not recorded"),
        **own,
    }.get(name, name)


def shown_value(newsletter: Newsletter, name: str, value: object) -> str:
    """A value of a reader's form, as people read it."""
    if name == "topics":
        known = {one.slug: one.name for one in newsletter.topics}
        slugs = value if isinstance(value, list) else []
        return _(", ").join(known.get(str(one), str(one)) for one in slugs) or _("All topics")
    if name == "audience":
        return next((one.name for one in newsletter.audiences if one.slug == value), _("(none)"))
    if name == "language":
        return {"ja": "日本語", "en": "English"}.get(str(value), str(value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value or _("(none)"))


def standing(subscription: Subscription) -> str:
    """Where a subscription stands, and why it has ended."""
    if subscription.state is SubscriptionState.ENDED and subscription.ended_reason:
        return f"{state(subscription.state)}（{ended(subscription.ended_reason)}）"
    return state(subscription.state)
