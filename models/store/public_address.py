"""Which IP addresses are everybody's: what our servers may connect to when somebody else names the host.

From IANA's registries of special-purpose addresses (RFC 6890, https://www.iana.org/assignments/iana-ipv4-special-registry
and …/iana-ipv6-special-registry, read 2026-11): everything that is not globally reachable, whatever version of Python
this runs on, and every form of IPv6 that carries an IPv4 address, as that may be a private one.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

_IPV4 = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private use
            "100.64.0.0/10",  # behind carriers' NAT; Alibaba's metadata, 100.100.100.200
            "127.0.0.0/8",  # loopback
            "168.63.129.16/32",  # Azure's metadata and DNS, at an address that looks public
            "169.254.0.0/16",  # link-local; metadata of most clouds, 169.254.169.254
            "172.16.0.0/12",  # private use
            "192.0.0.0/24",  # protocol assignments; Oracle's metadata, 192.0.0.192
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays of 6to4, deprecated
            "192.168.0.0/16",  # private use
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All that is given out. Beside it are loopback, mapped and compatible IPv4, private, link-local and multicast."""
_IPV6 = tuple(
    map(
        ip_network,
        (
            "2001::/23",  # protocol assignments, such as Teredo, ORCHID and benchmarks
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4: an IPv4 address in other clothes
            "3fff::/20",  # documentation
        ),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
"""What resolvers of networks without IPv4 make of every IPv4 address (RFC 6052); its last 32 bits are that address."""
_ISATAP = 0x5EFE
"""The third quarter of an ISATAP address, which ends with an IPv4 address (RFC 5214)."""


def is_public(address: str) -> bool:
    """Whether an IP address is one that readers reach, too."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found in _NAT64:
        found = IPv4Address(int(found) & 0xFFFF_FFFF)
    if isinstance(found, IPv4Address):
        return not any(found in network for network in _IPV4)
    isatap = int(found) >> 32 & 0xFDFF_FFFF == _ISATAP
    return found in _GLOBAL_UNICAST and not isatap and not any(found in network for network in _IPV6)
