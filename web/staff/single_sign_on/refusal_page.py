"""What somebody is told who does not come in through the identity provider: what is wrong, and what to do now."""

from __future__ import annotations

from typing import NamedTuple

import structlog
from flask import Response, make_response, render_template
from flask_babel import gettext as _

from models.staff.single_sign_on.sign_in_refusal import RefusalReason, SignInRefused

from ...request import request_id
from .provider_name import provider_name

log = structlog.get_logger("web")

RETRY_SECONDS = 10
_R = RefusalReason
_ABOUT_THE_WAY = frozenset(
    (_R.PROVIDER_DOWN, _R.BUSY, _R.PROVIDER_WRONG, _R.CANCELLED, _R.ATTEMPT_OVER, _R.CLOCK, _R.SIGNATURE,
     _R.NOT_ASKED_ANEW)
)  # fmt: skip


class RefusalPage(NamedTuple):
    """A page's words."""

    status: int
    title: str
    text: str


def respond(refused: SignInRefused, again: str) -> Response:
    """The page about *refused*.

    Arguments:
        again: where another try begins; empty where there is no such page.
    """
    page = _words(refused.reason)
    log.warning("sign-in refused", reason=refused.reason.value, detail=refused.detail)
    shown = render_template("staff/single_sign_on/refused.html", page=page, again=again, number=request_id())
    response = make_response(shown, page.status)
    if page.status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def is_about_person(reason: RefusalReason) -> bool:
    """Whether it is this account that does not come in: somebody else at the same computer may."""
    return reason not in _ABOUT_THE_WAY


def _words(reason: RefusalReason) -> RefusalPage:
    provider = provider_name()
    match reason:
        case RefusalReason.PROVIDER_DOWN:
            return RefusalPage(
                503,
                _("%(provider)s cannot be reached", provider=provider),
                _("It does not answer at the moment. Wait a little, then try again. If it lasts, tell whoever runs the "
                  "server: until it is back, the command “kairan staff enter” lets people in."),
            )  # fmt: skip
        case RefusalReason.BUSY:
            return RefusalPage(
                503,
                _("Many people are logging in"),
                _("Wait ten seconds, then try again."),
            )
        case RefusalReason.PROVIDER_WRONG:
            return RefusalPage(
                502,
                _("%(provider)s and Kairan do not understand each other", provider=provider),
                _("Something in the settings of the two does not fit, which you cannot mend here. Tell whoever runs "
                  "the server the number below: the log says under it what is wrong."),
            )  # fmt: skip
        case RefusalReason.CANCELLED:
            return RefusalPage(
                403,
                _("You were not logged in"),
                _("%(provider)s has not let you through, or you went back. Try again; if it happens again, ask whoever "
                  "runs that login whether you may use Kairan.", provider=provider),
            )  # fmt: skip
        case RefusalReason.ATTEMPT_OVER:
            return RefusalPage(
                400,
                _("This login is over"),
                _("It was begun more than ten minutes ago or in another browser, or it has been used already, or your "
                  "browser keeps no cookies. Begin once more, in this browser."),
            )  # fmt: skip
        case RefusalReason.CLOCK:
            return RefusalPage(
                502,
                _("Two clocks do not agree"),
                _("The clocks of %(provider)s and of this server are more than two minutes apart, so its answer looks "
                  "late or early. Try once more; if it happens again, tell whoever runs the server to set its clock.",
                  provider=provider),
            )  # fmt: skip
        case RefusalReason.SIGNATURE:
            return RefusalPage(
                502,
                _("The answer could not be trusted"),
                _("What %(provider)s said about you is not signed as it should be, or is meant for somebody else. "
                  "Try once more; if it happens again, tell whoever runs the server the number below.",
                  provider=provider),
            )  # fmt: skip
        case RefusalReason.NOT_ASKED_ANEW:
            return RefusalPage(
                502,
                _("%(provider)s has not asked you anew", provider=provider),
                _("To confirm that it is you, it has to ask for your password and to say when it did (auth_time). "
                  "Try once more and enter it there; if it happens again, tell whoever runs the server."),
            )  # fmt: skip
        case _:
            return _about_person(reason, provider)


def _about_person(reason: RefusalReason, provider: str) -> RefusalPage:
    """Words about an account or a role, which an administrator can change."""
    match reason:
        case RefusalReason.NO_ADDRESS:
            return RefusalPage(
                403,
                _("Your mail address is missing"),
                _("%(provider)s tells no mail address of yours that works, and Kairan writes to people when something "
                  "waits for them. Ask whoever runs that login to enter it, and to hand it on.", provider=provider),
            )  # fmt: skip
        case RefusalReason.UNVERIFIED:
            return RefusalPage(
                403,
                _("Your mail address is not verified"),
                _("%(provider)s does not say that the mail address it has is yours. Verify it there; if that cannot be "
                  "done, an administrator can let all its addresses count (OIDC_ADDRESSES_VERIFIED).",
                  provider=provider),
            )  # fmt: skip
        case RefusalReason.ACCOUNT_EXISTS:
            return RefusalPage(
                409,
                _("An account with your mail address exists already"),
                _("It is not connected with this login. If it is yours: log in with its password, then choose "
                  "“Connect”. If that cannot be done, or it is somebody else's, tell an administrator your "
                  "mail address and the number below; “kairan staff identity connect” connects it."),
            )  # fmt: skip
        case RefusalReason.CONNECTED_ELSEWHERE:
            return RefusalPage(
                409,
                _("This login belongs to another account"),
                _("Log out here and log in with it, or ask an administrator to disconnect it there first."),
            )
        case RefusalReason.TOO_MANY_GROUPS:
            return RefusalPage(
                403,
                _("You are in more groups than a login can tell"),
                _("Ask whoever runs %(provider)s to hand on only the groups that matter to Kairan. "
                  "Nothing has been changed.", provider=provider),
            )  # fmt: skip
        case RefusalReason.INVITATION_OVER:
            return RefusalPage(
                410,
                _("This invitation does not work"),
                _("It was used, is over, or another one took its place. Look for a newer letter, or ask whoever "
                  "invited you for another."),
            )  # fmt: skip
        case RefusalReason.ANOTHER_PERSON:
            return RefusalPage(
                403,
                _("Somebody else has logged in there"),
                _("You are logged in here as another person than at %(provider)s. Try again and log in there as "
                  "yourself.", provider=provider),
            )  # fmt: skip
        case RefusalReason.NO_SECOND_FACTOR:
            return RefusalPage(
                403,
                _("A second factor is missing"),
                _("%(provider)s has not asked for one this time. Confirm with a code or a passkey instead.",
                  provider=provider),
            )  # fmt: skip
        case RefusalReason.INACTIVE:
            return RefusalPage(
                403,
                _("Your account is deactivated"),
                _("If you should be able to work here, ask an administrator to reactivate it."),
            )
        case _:
            return RefusalPage(
                403,
                _("You have no role yet"),
                _("None of your groups at %(provider)s stands for a role here, and nobody has given you one. "
                  "Ask an administrator which group you need, or for a role; then log in once more.",
                  provider=provider),
            )  # fmt: skip
