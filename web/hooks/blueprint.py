"""The blueprint that hooks hang on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("hooks", __name__)
