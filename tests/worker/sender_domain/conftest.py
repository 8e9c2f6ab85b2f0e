"""A name server of the tests' own, which settings point to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import settings
from tests.name_server import NameServer

from . import right_zone


@pytest.fixture(scope="module")
def one_server() -> Iterator[NameServer]:
    server = NameServer()
    server.start()
    before = settings.get().dns_servers
    settings.reload(DNS_SERVERS=server.address)
    yield server
    settings.reload(DNS_SERVERS=before)
    server.stop()


@pytest.fixture
def zone(one_server: NameServer) -> NameServer:
    """A name server whose zone is right."""
    right_zone.fill(one_server)
    return one_server
