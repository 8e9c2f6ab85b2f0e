"""The tracker's own way to the database: what its errors tell."""

from __future__ import annotations

import traceback

import pytest
from sqlalchemy import Engine, text

from models.store.errors import Unavailable
from web.track.database import Database


def test_an_error_names_no_reader(database: Engine) -> None:
    own, reader = Database(), "r7@example.jp"
    try:
        with pytest.raises(Unavailable) as raised, own.ask() as connection:
            connection.execute(text("SELECT FROM nothing WHERE address = :address"), {"address": reader})
    finally:
        own.close()
    told = "".join(traceback.format_exception(raised.value))
    assert "SELECT FROM nothing" in told
    assert reader not in told
