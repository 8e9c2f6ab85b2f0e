"""Fixtures for the sender.

``own_services``  a database and a broker's database that no worker of other tests looks at: those would take these
          tests' letters to servers of their own
``change_settings``   changes settings for the rest of a test that has ``own_services``
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, text

from models import migrations
from models.store import broker, db
from worker.sending import deliver

from ..conftest import empty_tables, keep_seeds, set_environment

DATABASE = "sender_tests"
ADDRESSES = ("DATABASE_URL", "REDIS_URL", "SMTP_URL")


@pytest.fixture(scope="session")
def own_service_addresses(postgres: Engine, valkey: str) -> dict[str, str]:
    """Addresses of a database and a broker's database of their own; use ``own_services``."""
    before = {name: os.environ[name] for name in ADDRESSES}
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {DATABASE}"))
    parts = {
        "DATABASE_URL": before["DATABASE_URL"].replace("/kairan?", f"/{DATABASE}?"),
        "REDIS_URL": valkey.replace("db=0", "db=1"),
    }
    set_environment(**parts)
    migrations.upgrade()
    keep_seeds()
    set_environment(**before)
    return parts


@pytest.fixture
def own_services(own_service_addresses: dict[str, str]) -> Iterator[None]:
    """The sender's own parts for one test, empty; whatever the test changes in the environment is undone."""
    before = dict(os.environ)
    set_environment(**own_service_addresses, LEASE_SECONDS="10", RETRY_MINUTES="[5, 15, 30]")
    broker.client().flushdb()
    yield
    deliver.close_sender()
    empty_tables()
    for name in os.environ.keys() - before.keys():
        del os.environ[name]
    set_environment(**before)


@pytest.fixture
def change_settings(own_services: None) -> Callable[..., None]:
    """Change settings (``SMTP_URL=…``) of this process and of workers that it starts, until the test ends."""
    return set_environment
