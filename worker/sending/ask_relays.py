"""Asking relays how large a letter may be, so that preflight can say beforehand that one is too large."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import structlog

from models.deliveries import relay_limit
from models.store.db import session_scope
from models.store.errors import Invalid

from ..smtp.handshake import RelayUnreachable, open_connection
from ..timeouts import Timeouts
from . import relay_shares

log = structlog.get_logger(__name__)

_TIMEOUTS = Timeouts(connect=10.0, reply=10.0)


def ask(*, again: bool = False) -> None:
    """Ask every relay in use, all at once, and remember what it says.

    Arguments:
        again: ask those, too, that were asked a few minutes ago.
    """
    with session_scope() as session:
        addresses = relay_limit.addresses(session)
    asked = [one for one in addresses if again or not relay_limit.is_known(one)]
    asyncio.run(_ask_all(asked))


async def _ask_all(addresses: Iterable[str]) -> None:
    await asyncio.gather(*(_ask(one) for one in addresses))


async def _ask(address: str) -> None:
    try:
        relay = relay_shares.parse(address)
        transport, features = await open_connection(relay, _TIMEOUTS)
    except (Invalid, RelayUnreachable) as error:
        log.info("relay not asked for its limit", error=str(error))
        relay_limit.remember(address, 0)
        return
    transport.write(b"QUIT\r\n")
    transport.close()  # what was written goes out first
    relay_limit.remember(address, features.size)
