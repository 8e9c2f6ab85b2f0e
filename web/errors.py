"""An error as a page, or as JSON for whoever asks for JSON: what is wrong, and what to do now."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request, url_for
from flask_limiter import RateLimitExceeded
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from redis.exceptions import RedisError
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, Unauthorized

from models.readers.address_change import AddressHeld
from models.readers.suppression import AddressSuppressed
from models.store.errors import Forbidden, Invalid, KairanError, NotFound, Unavailable, WrongState
from models.store.token import BadToken, ExpiredToken
from templates.content.calendar_words import moment_in_words

from . import kept_form, part_health
from .language import _, language
from .request import request_id
from .request_body import REFUSED
from .staff import issues, login_page

log = structlog.get_logger("web")

RETRY_SECONDS = 30
_NOTHING_TO_SEND_AGAIN = frozenset({403, 404, 405, 410})


class NextStep(NamedTuple):
    """A way forward on an error's page."""

    label: str
    address: str


class ErrorPage(NamedTuple):
    """What an error says."""

    status: int
    title: str
    text: str
    next_steps: tuple[NextStep, ...] = ()
    retry: int = 0
    """Seconds after which trying again makes sense; 0 where it does not."""


def wants_json() -> bool:
    """Whether the client is a program."""
    if request.path.startswith("/api/"):
        return True
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def respond(page: ErrorPage) -> Response:
    """The page or the JSON that tells of *page*."""
    if wants_json():
        response = jsonify(error={"status": page.status, "title": page.title, "text": page.text,
                                  "request": request_id()})  # fmt: skip
    else:
        kept = kept_form.of_request() if page.status not in _NOTHING_TO_SEND_AGAIN else None
        response = make_response(render_template("error.html", page=page, kept=kept))
    response.status_code = page.status
    if page.retry:
        response.headers["Retry-After"] = str(page.retry)
    return response


def _home() -> NextStep:
    return NextStep(_("To the start page"), url_for("public.home"))


def _not_found() -> ErrorPage:
    return ErrorPage(
        404,
        _("This page was not found"),
        _("The address may be misspelled, or the page is not published any more."),
        (_home(),),
    )


def _bad_token() -> ErrorPage:
    return ErrorPage(
        404,
        _("This link does not work"),
        _("Part of the address may have been lost when it was copied. Open the link in the letter again, "
          "or copy the whole of it into the address bar."),
        (NextStep(_("Sign up, or have a new link sent to you"), url_for("public.home")),),
    )  # fmt: skip


def _expired_token() -> ErrorPage:
    return ErrorPage(
        410,
        _("This link has expired"),
        _("For your safety, the link in the letter works for a limited time only. "
          "Nothing is lost: enter your address once more and we will send you a new link."),
        (NextStep(_("Sign up again"), url_for("public.home")),),
    )  # fmt: skip


def _address_suppressed(contact: str) -> ErrorPage:
    return ErrorPage(
        409,
        _("We do not write to this address at present"),
        _("Letters to it came back, or somebody told us not to write to it. If you would like to receive them, "
          "please write to %(contact)s, or sign up with another address.", contact=contact),
        (_home(),),
    )  # fmt: skip


def _address_held(until: datetime) -> ErrorPage:
    return ErrorPage(
        409,
        _("Your address has changed lately"),
        _("Until %(until)s it can be changed back from the old mailbox. After that time, please ask for it once more.",
          until=moment_in_words(until, language())),
        (_home(),),
    )  # fmt: skip


def _unavailable() -> ErrorPage:
    return ErrorPage(
        503,
        _("The service cannot be reached at the moment"),
        _("We are sorry. Please wait a little and load this page again. What you entered has not been sent."),
        retry=RETRY_SECONDS,
    )


def _too_many(retry: int) -> ErrorPage:
    return ErrorPage(
        429,
        _("Too many requests"),
        _("Many requests came from your network in a short time. Please wait a few minutes, then try again."),
        retry=retry or 60,
    )


def _too_slow() -> ErrorPage:
    return ErrorPage(
        408,
        _("Your form came too slowly"),
        _("It was not all here in time, so nothing has been changed. Please go back, and send it again when your "
          "connection is better; a smaller picture helps, too."),
    )  # fmt: skip


def _broken() -> ErrorPage:
    return ErrorPage(
        400,
        _("Your form came in a broken state"),
        _("It was not all here, so nothing has been changed. Please go back, and send it again."),
    )


def _csrf() -> ErrorPage:
    return ErrorPage(
        400,
        _("The form could not be checked"),
        _("It was open for too long, or your browser does not keep cookies. "
          "Go back, load the page again, and send the form once more."),
        (_home(),),
    )  # fmt: skip


def _failure() -> ErrorPage:
    return ErrorPage(
        500,
        _("Something went wrong on our side"),
        _("We have noted it and will look into it. If it happens again, tell us the number below."),
        (_home(),),
    )


def page_for(error: KairanError) -> ErrorPage:
    """What one of our own errors says to a person."""
    match error:
        case ExpiredToken():
            return _expired_token()
        case BadToken():
            return _bad_token()
        case NotFound():
            return _not_found()
        case Forbidden():
            return ErrorPage(403, _("You may not do this"), error.say(language()), (_home(),))
        case AddressHeld(until=until):
            return _address_held(until)
        case AddressSuppressed(contact=contact):
            return _address_suppressed(contact)
        case WrongState():
            return ErrorPage(409, _("This cannot be done now"), error.say(language()), (_home(),))
        case Invalid():
            return ErrorPage(422, _("The input cannot be taken"), error.say(language()), (_home(),))
        case Unavailable():
            return _unavailable()
        case _:
            return _failure()


def page_for_http(error: HTTPException) -> ErrorPage:
    """What an HTTP error says to a person."""
    match error:
        case CSRFError():
            return _csrf()
        case RateLimitExceeded():
            retry = error.get_response().headers.get("Retry-After", "")
            return _too_many(int(retry) if retry.isdigit() else 0)
    match error.code or 500:
        case 400 if request.environ.get(REFUSED):
            return _broken()
        case 404:
            return _not_found()
        case 405:
            return ErrorPage(
                405, _("This cannot be done here"), _("Go back and use the buttons of the page."), (_home(),)
            )
        case 408:
            return _too_slow()
        case 413:
            return ErrorPage(413, _("This is too large"), _("Send less text or a smaller file."))
        case 422:
            return ErrorPage(422, _("The input cannot be taken"), error.description or "", (_home(),))
        case 503:
            return _unavailable()
        case code if code < 500:
            return ErrorPage(code, _("The request cannot be answered"), error.description or "", (_home(),))
        case _:
            return _failure()


def init_app(app: Flask) -> None:
    """Let *app* answer errors so."""
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(KairanError, _on_our_own)
    for unreachable in (OperationalError, InterfaceError, PoolTimeout, RedisError):
        app.register_error_handler(unreachable, _on_unreachable)
    app.register_error_handler(DBAPIError, _on_database)
    app.register_error_handler(DataError, _on_data)
    app.register_error_handler(Exception, _on_unexpected)


_WITHOUT_LOGIN = frozenset(
    f"staff.{name}"
    for name in ("submit_login", "accept_invitation", "make_first", "ask_for_new_password", "save_new_password")
)
"""Forms of staff's pages that nobody is logged in for, so that logging in would help nobody."""


def _session_ended() -> bool:
    """Whether somebody of the staff was logged in when they opened the form, and is not any more."""
    elsewhere = request.blueprint != "staff" or request.endpoint in _WITHOUT_LOGIN
    return not elsewhere and not current_user.is_authenticated


def _on_http(error: HTTPException) -> Response:
    if error.response is not None or (error.code and error.code < 400):
        return make_response(error.get_response())
    if isinstance(error, CSRFError | Unauthorized) and _session_ended():
        return make_response(login_page.ask_again())
    return respond(page_for_http(error))


def _on_our_own(error: KairanError) -> Response:
    """A step of an issue that came too late shows the issue; everything else, its page. Never raises one of our own."""
    issue_id = (request.view_args or {}).get("issue_id")
    if isinstance(error, WrongState) and request.blueprint == "staff" and issue_id and current_user.is_authenticated:
        try:
            return make_response(issues.page_as_it_is(issue_id))
        except KairanError as second:
            return respond(page_for(second))
    return respond(page_for(error))


def _on_unreachable(error: Exception) -> Response:
    log.error("a part does not answer", error=str(error))
    return respond(_unavailable())


def _on_database(error: DBAPIError) -> Response:
    """A database that takes no writes, or that is not at this code's migration, is a part that is away."""
    away = error.connection_invalidated or part_health.database() != part_health.OK
    return _on_unreachable(error) if away else _on_unexpected(error)


def _on_data(_error: DataError) -> Response:
    """No column can hold what was asked for or typed, though every view should have said so before."""
    if request.method in ("GET", "HEAD"):
        return respond(_not_found())
    return respond(ErrorPage(422, _("The input cannot be taken"), _("A number or a date is out of range."), (_home(),)))


def _on_unexpected(error: Exception) -> Response:
    """The last resort: whatever nobody foresaw is logged whole and told briefly."""
    log.exception("unforeseen", exc_info=error)
    return respond(_failure())
