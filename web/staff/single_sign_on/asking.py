"""Around views that ask the provider: its silence, its mistakes and its refusals become pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec

from flask import Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models.staff.single_sign_on.sign_in_refusal import RefusalReason, SignInRefused
from models.store.errors import NotFound

from ..login_session import safe_next
from . import attempt as attempts
from . import code_flow, provider, refusal_page
from .attempt import SignInAttempt, SignInPurpose
from .bounded_http import ProviderDown, ProviderWrong
from .onward import lead_on

P = ParamSpec("P")


def answers_refusals(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let what is refused within *view* be a page."""

    @wraps(view)
    def answered(*arguments: P.args, **named: P.kwargs) -> ResponseReturnValue:
        if not provider.is_used():
            raise NotFound("there is no identity provider")
        try:
            return view(*arguments, **named)
        except SignInRefused as refused:
            return refusal_page.respond(refused, _way_back(refused))

    return answered


@contextmanager
def asking() -> Iterator[None]:
    """Around whatever may ask the provider: its silence and its mistakes are refusals."""
    try:
        with provider.question():
            yield
    except provider.ProviderBusy as error:
        raise SignInRefused(RefusalReason.BUSY) from error
    except ProviderDown as error:
        raise SignInRefused(RefusalReason.PROVIDER_DOWN, str(error)) from error
    except ProviderWrong as error:
        raise SignInRefused(RefusalReason.PROVIDER_WRONG, str(error)) from error


def go_there(begun: SignInAttempt, *, anew: bool = False) -> Response:
    """Send the browser to the provider by a redirect, which a link may lead to."""
    with asking():
        there = code_flow.question_address(begun, anew=anew)
    response = make_response(redirect(there))
    attempts.keep(begun, response)
    return response


def lead_there(begun: SignInAttempt, *, anew: bool = False) -> Response:
    """Send the browser to the provider by a page, which a form may lead to."""
    with asking():
        there = code_flow.question_address(begun, anew=anew)
    response = lead_on(there)
    attempts.keep(begun, response)
    return response


def _way_back(refused: SignInRefused) -> str:
    """Where another try begins; empty where only the person knows, who has the link of an invitation."""
    begun = attempts.find(request.args.get("state", "")[:4000])
    purpose = begun.purpose if begun else SignInPurpose.LOG_IN
    wanted = safe_next(begun.next if begun else request.args.get("next", ""))
    match purpose:
        case SignInPurpose.CONNECT:
            return url_for("staff.connected")
        case SignInPurpose.CONFIRM:
            return url_for("staff.confirm", next=wanted)
        case SignInPurpose.ACCEPT:
            return ""
    anew = refusal_page.is_about_person(refused.reason)  # who may be a colleague at the same computer
    return url_for("staff.start_sign_in", next=wanted, anew=1 if anew else None)
