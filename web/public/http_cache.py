"""Pages that browsers and proxies may keep for a while."""

from __future__ import annotations

from functools import wraps
from typing import Any

from flask import Response, make_response, request

from ..request import View

MAX_AGE = 60
"""A correction must show soon."""


def cached(view: View) -> View:
    """Let what *view* answers be kept for a minute, and be asked for again by its digest."""

    @wraps(view)
    def kept(*args: Any, **values: Any) -> Response:
        response = make_response(view(*args, **values))
        if response.status_code == 200:
            response.cache_control.public = True
            response.cache_control.max_age = MAX_AGE
            response.add_etag()
            response.make_conditional(request)
        return response

    return kept  # type: ignore[return-value]
