"""The start page: the newsletters that one can sign up for."""

from __future__ import annotations

from flask import render_template

from .room import blueprint


@blueprint.get("/")
def home() -> str:
    """List the newsletters; with only one, go to its form."""
    return render_template("public/home.html")
