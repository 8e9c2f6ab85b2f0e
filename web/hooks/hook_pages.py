"""``/hooks/<provider>``: a batch of events is proved, read and kept whole, or refused; a worker follows it."""

from __future__ import annotations

import time

import structlog
from flask import Blueprint, Response, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from flask_limiter import RequestLimit

import settings
from models.bounces.events import provider_event
from models.bounces.events.event_reading import parsed
from models.bounces.events.service_formats import FORMATS
from models.store.errors import Forbidden, Invalid, Unavailable

from ..input_check import judges_body
from ..request import MAX_HOOK, csrf_exempt, limiter, session
from . import signatures, sns_messages

log = structlog.get_logger("web")
blueprint = Blueprint("hooks", __name__)


def _limit() -> str:
    return settings.get().hook_limit


def _too_many(limit: RequestLimit) -> Response:
    """Services send what is refused so again, for hours (docs/delivery/events.md)."""
    answer = jsonify(error="too many requests: send it again later")
    answer.headers["Retry-After"] = str(max(1, int(limit.reset_at - time.time())))
    return make_response(answer, 429)


@blueprint.post("/hooks/<provider>")
@csrf_exempt
@judges_body
@limiter.limit(_limit, on_breach=_too_many)
def receive_events(provider: str) -> ResponseReturnValue:
    """Take events of a sending service, signed as it signs: each once, a batch whole or not at all."""
    secret = {str(name): key for name, key in settings.get().hook_keys.items()}.get(provider)
    if secret is None or not secret.get_secret_value().strip():
        return _refused(404, "no such hook")
    body = request.get_data(cache=False)
    if len(body) > MAX_HOOK:
        return _refused(413, "a batch has at most 1 MB")
    try:
        taken, known = _take(provider, secret.get_secret_value().strip(), body)
    except Forbidden as error:
        log.warning("events refused", provider=provider, reason=str(error))
        return _refused(403, str(error))
    except Invalid as error:
        log.warning("events refused", provider=provider, reason=str(error))
        return _refused(400, str(error))
    except Unavailable as error:
        log.warning("events put off", provider=provider, reason=str(error))
        return _refused(503, str(error))
    return jsonify(taken=taken, known=known)


def _take(provider: str, secret: str, body: bytes) -> tuple[int, int]:
    """How many events of a batch are new, and how many were known already.

    Raises:
        Forbidden: nothing proves that the service sent it, or it is too old.
        Invalid: it cannot be read.
        Unavailable: a part that the proof needs is away.
    """
    if provider == "ses":
        notice = sns_messages.proved(secret, body)
        if notice is None:
            return 0, 0
        readings = FORMATS[provider](notice)
    else:
        signatures.CHECKS[provider](secret, request.headers, body)
        readings = FORMATS[provider](parsed(body))
        signatures.check_age(provider, readings)
    taken = provider_event.take_in(session(), provider, readings)
    return taken, len(readings) - taken


def _refused(status: int, reason: str) -> ResponseReturnValue:
    return jsonify(error=reason), status
