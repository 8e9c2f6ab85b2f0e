"""The blueprint that every page for readers hangs on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("public", __name__)
