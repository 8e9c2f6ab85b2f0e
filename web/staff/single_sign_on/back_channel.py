"""Where the identity provider says that somebody has logged out there (OpenID Connect Back-Channel Logout 1.0)."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from flask import jsonify, request
from flask.typing import ResponseReturnValue

from models.staff import audit
from models.staff.single_sign_on import provider_session
from models.staff.single_sign_on.provider_identity import ACTOR
from models.staff.single_sign_on.sign_in_refusal import SignInRefused
from models.store.errors import NotFound

from ...request import csrf_exempt, session
from ..login_session import blueprint
from . import provider
from .bounded_http import ProviderDown, ProviderWrong
from .id_token import read_logout

log = structlog.get_logger("web")


@blueprint.post("/sign-in/back-channel-logout")
@csrf_exempt
def back_channel_logout() -> ResponseReturnValue:
    """End the sessions that a logout token names. Sent once more, it ends none that began after it was made."""
    if not provider.is_used():
        raise NotFound("there is no identity provider")
    try:
        with provider.question():
            told = read_logout(request.form.get("logout_token", "")[:20_000])
    except SignInRefused as refused:
        log.warning("logout token refused", detail=refused.detail)
        return jsonify(error="invalid_request", error_description=refused.detail), 400
    except (provider.ProviderBusy, ProviderDown, ProviderWrong) as error:
        log.warning("logout token could not be checked", detail=str(error))
        return jsonify(error="temporarily_unavailable"), 503
    ended = provider_session.end_all(
        session(),
        told["iss"],
        subject=told.get("sub", ""),
        sid=told.get("sid", ""),
        before=datetime.fromtimestamp(told["iat"] + 1, UTC),  # whole seconds, which ours are not
    )
    for member_id in ended:
        audit.record(session(), ACTOR, "log out", f"member/{member_id}")
    return "", 200
