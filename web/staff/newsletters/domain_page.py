"""The sender's domain as receivers see it: asked for by a button, examined by a worker, read here."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.issues import newsletter as newsletters
from models.sender_domain import domain_check
from models.sender_domain.domain_finding import DomainFinding, Grade
from templates.sender_domain import finding_words

from ...language import language
from ...request import session
from ..login_session import blueprint, member
from . import section as frame

WAITS = timedelta(minutes=3)
"""How long the page loads itself again while a worker examines."""
_ORDER = (Grade.BAD, Grade.DOUBTFUL, Grade.GOOD)


class ShownFinding(NamedTuple):
    """A finding in the words of the page."""

    part: str
    grade: Grade
    message: str
    remedy: str
    zone: tuple[str, ...]


class FindingGroup(NamedTuple):
    """What was found about one newsletter, or about all of them; the worst first."""

    title: str
    open: list[ShownFinding]
    good: list[ShownFinding]


@blueprint.get("/sender-domain")
def sender_domain() -> ResponseReturnValue:
    """What the last examination of the senders' domains has found, with lines for the zone."""
    last, waits = domain_check.latest(session()), domain_check.is_running(session(), WAITS)
    return frame.page("sender_domain", None, "sender_domain", check=last, groups=_groups(last.found if last else []),
                      waits=waits, refresh=3 if waits else 0, grades=Grade)  # fmt: skip


@blueprint.post("/sender-domain")
def examine_domain() -> ResponseReturnValue:
    """Have the domains, the servers and the newest letters examined, which takes up to a minute."""
    domain_check.request(session(), member())
    return frame.done(url_for("staff.sender_domain"), _("The examination has begun."))


def _groups(found: list[DomainFinding]) -> list[FindingGroup]:
    names = {one.slug: one.name for one in newsletters.list_all(session())}
    groups = []
    for slug in dict.fromkeys(one.newsletter for one in found):
        shown = sorted(
            (_shown(one) for one in found if one.newsletter == slug), key=lambda one: _ORDER.index(one.grade)
        )
        title = names.get(slug, slug) if slug else _("Servers, and the address of this installation")
        groups.append(
            FindingGroup(
                title,
                [one for one in shown if one.grade is not Grade.GOOD],
                [one for one in shown if one.grade is Grade.GOOD],
            )
        )
    return groups


def _shown(found: DomainFinding) -> ShownFinding:
    said = language()
    return ShownFinding(finding_words.part(found, said), finding_words.grade(found), finding_words.message(found, said),
                        finding_words.remedy(found, said), found.zone)  # fmt: skip
