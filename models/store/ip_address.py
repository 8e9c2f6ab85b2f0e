"""IP addresses as requests, proxies and logs write them."""

from __future__ import annotations

import ipaddress


def parse(written: str) -> str:
    """The address in *written*, which may have a port, brackets, quotes (RFC 7239) or a zone; empty where it has none.

    An IPv4 address that is written as an IPv6 one is the same client's.
    """
    bare = written.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)
