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
    page = _pages(provider_name())[refused.reason]
    log.warning("sign-in refused", reason=refused.reason.value, detail=refused.detail)
    shown = render_template("staff/single_sign_on/refused.html", page=page, again=again, number=request_id())
    response = make_response(shown, page.status)
    if page.status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def is_about_person(reason: RefusalReason) -> bool:
    """Whether it is this account that does not come in: somebody else at the same computer may."""
    return reason not in _ABOUT_THE_WAY


def _pages(provider: str) -> dict[RefusalReason, RefusalPage]:
    """By reason, the page's words: about the way in first, then about an account or a role.

    Arguments:
        provider: what the identity provider is called here.
    """
    return {
        _R.PROVIDER_DOWN: RefusalPage(
            503,
            _("%(provider)s cannot be reached", provider=provider),
            _("It does not answer at the moment. Wait a little, then try again. If it lasts, tell whoever runs the "
              "server: until it is back, the command “kairan staff enter” lets people in."),
        ),
        _R.BUSY: RefusalPage(
            503,
            _("Many people are logging in"),
            _("Wait ten seconds, then try again."),
        ),
        _R.PROVIDER_WRONG: RefusalPage(
            502,
            _("%(provider)s and Kairan do not understand each other", provider=provider),
            _("Something in the settings of the two does not fit, which you cannot mend here. Tell whoever runs "
              "the server the number below: the log says under it what is wrong."),
        ),
        _R.CANCELLED: RefusalPage(
            403,
            _("You were not logged in"),
            _("%(provider)s has not let you through, or you went back. Try again; if it happens again, ask whoever "
              "runs that login whether you may use Kairan.", provider=provider),
        ),
        _R.ATTEMPT_OVER: RefusalPage(
            400,
            _("This login is over"),
            _("It was begun more than ten minutes ago or in another browser, or it has been used already, or your "
              "browser keeps no cookies. Begin once more, in this browser."),
        ),
        _R.CLOCK: RefusalPage(
            502,
            _("Two clocks do not agree"),
            _("The clocks of %(provider)s and of this server are more than two minutes apart, so its answer looks "
              "late or early. Try once more; if it happens again, tell whoever runs the server to set its clock.",
              provider=provider),
        ),
        _R.SIGNATURE: RefusalPage(
            502,
            _("The answer could not be trusted"),
            _("What %(provider)s said about you is not signed as it should be, or is meant for somebody else. "
              "Try once more; if it happens again, tell whoever runs the server the number below.",
              provider=provider),
        ),
        _R.NOT_ASKED_ANEW: RefusalPage(
            502,
            _("%(provider)s has not asked you anew", provider=provider),
            _("To confirm that it is you, it has to ask for your password and to say when it did (auth_time). "
              "Try once more and enter it there; if it happens again, tell whoever runs the server."),
        ),
        _R.NO_ADDRESS: RefusalPage(
            403,
            _("Your mail address is missing"),
            _("%(provider)s tells no mail address of yours that works, and Kairan writes to people when something "
              "waits for them. Ask whoever runs that login to enter it, and to hand it on.", provider=provider),
        ),
        _R.UNVERIFIED: RefusalPage(
            403,
            _("Your mail address is not verified"),
            _("%(provider)s does not say that the mail address it has is yours. Verify it there; if that cannot be "
              "done, an administrator can let all its addresses count (OIDC_ADDRESSES_VERIFIED).",
              provider=provider),
        ),
        _R.ACCOUNT_EXISTS: RefusalPage(
            409,
            _("An account with your mail address exists already"),
            _("It is not connected with this login. If it is yours: log in with its password, then choose "
              "“Connect”. If that cannot be done, or it is somebody else's, tell an administrator your "
              "mail address and the number below; “kairan staff identity connect” connects it."),
        ),
        _R.CONNECTED_ELSEWHERE: RefusalPage(
            409,
            _("This login belongs to another account"),
            _("Log out here and log in with it, or ask an administrator to disconnect it there first."),
        ),
        _R.TOO_MANY_GROUPS: RefusalPage(
            403,
            _("You are in more groups than a login can tell"),
            _("Ask whoever runs %(provider)s to hand on only the groups that matter to Kairan. "
              "Nothing has been changed.", provider=provider),
        ),
        _R.INVITATION_OVER: RefusalPage(
            410,
            _("This invitation does not work"),
            _("It was used, is over, or another one took its place. Look for a newer letter, or ask whoever "
              "invited you for another."),
        ),
        _R.ANOTHER_PERSON: RefusalPage(
            403,
            _("Somebody else has logged in there"),
            _("You are logged in here as another person than at %(provider)s. Try again and log in there as "
              "yourself.", provider=provider),
        ),
        _R.NO_SECOND_FACTOR: RefusalPage(
            403,
            _("A second factor is missing"),
            _("%(provider)s has not asked for one this time. Confirm with a code or a passkey instead.",
              provider=provider),
        ),
        _R.INACTIVE: RefusalPage(
            403,
            _("Your account is deactivated"),
            _("If you should be able to work here, ask an administrator to reactivate it."),
        ),
        _R.NO_ROLE: RefusalPage(
            403,
            _("You have no role yet"),
            _("None of your groups at %(provider)s stands for a role here, and nobody has given you one. "
              "Ask an administrator which group you need, or for a role; then log in once more.",
              provider=provider),
        ),
    }  # fmt: skip
