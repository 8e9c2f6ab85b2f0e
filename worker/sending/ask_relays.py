"""Asking relays how large a letter may be, so that preflight and doctor can say beforehand that one is too large."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import structlog

from models.deliveries.relays import relay_address, relay_limit
from models.deliveries.relays.relay_address import RelayAddress
from models.store.db import session_scope
from models.store.errors import Invalid

from ..smtp.handshake import RelayUnreachable, open_connection
from ..timeouts import Timeouts

log = structlog.get_logger(__name__)

TOTAL_SECONDS = 10.0
"""For one relay, from looking up its name to the end of the login, however often it sends a line meanwhile."""


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
        limit = await ask_limit(relay_address.of_url(address))
    except (Invalid, RelayUnreachable) as error:
        log.info("relay not asked for its limit", error=str(error))
        relay_limit.remember(address, 0)
        return
    relay_limit.remember(address, limit)


async def ask_limit(relay: RelayAddress, seconds: float = TOTAL_SECONDS) -> int:
    """Say hello, encrypt and log in as sending does; answer the relay's limit for a letter in bytes (RFC 1870).

    Arguments:
        seconds: what all of it may take.

    Returns:
        0 where the relay names no limit.

    Raises:
        RelayUnreachable: it failed, or took longer.
    """
    try:
        async with asyncio.timeout(seconds):
            transport, features = await open_connection(relay, Timeouts(connect=seconds, reply=seconds))
    except TimeoutError:
        raise RelayUnreachable(f"not greeted and logged in within {seconds:g} s") from None
    transport.write(b"QUIT\r\n")
    transport.close()  # what was written goes out first
    return features.size
