"""The start page: the newsletters that one can sign up for."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from models.archive import published

from ..navigation import newsletter_home
from ..request import session
from .blueprint import blueprint


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """List the newsletters; where there is only one, go to it."""
    newsletters = published.public_newsletters(session())
    if len(newsletters) == 1:
        only = newsletters[0]
        if only.open_to_signup:
            return redirect(url_for("public.subscribe", slug=only.slug))
        return redirect(newsletter_home(only))
    return render_template("public/home.html", newsletters=newsletters)


@blueprint.get("/test-letter")
def test_letter() -> ResponseReturnValue:
    """Where the links of a test letter lead that would be a reader's own."""
    return render_template("public/test_letter.html"), {"X-Robots-Tag": "noindex, nofollow"}
