"""Networks from which readers and machines of 2026 come, with where that is published.

Access providers: APNIC and JPNIC whois. Clouds: the providers' published lists (AWS ip-ranges.json, Azure service tags,
Google cloud.json). Vendors: their help pages on allow lists (Barracuda campus, Mimecast community, Proofpoint help,
Broadcom TechDocs, Cisco Secure Email, Trend Micro help, Microsoft 365 URLs and IP ranges, Zscaler config pages, Apple's
private-relay egress-ip-ranges.csv, Google's goog.json and user-triggered-fetchers.json).
"""

from __future__ import annotations

from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from random import Random

NETWORKS: dict[str, tuple[str, ...]] = {
    "docomo": ("49.96.0.0/14", "1.72.0.0/13", "110.163.0.0/16", "2400:4150::/32"),
    "au": ("106.128.0.0/12", "111.239.0.0/16", "2001:268:9000::/36"),
    "softbank": ("126.33.0.0/16", "126.156.0.0/14", "126.245.0.0/16", "2400:2200::/32"),
    "rakuten": ("133.106.0.0/16", "193.119.0.0/16", "240b:c010::/32"),
    "home4": (
        "153.128.0.0/12",
        "114.144.0.0/14",
        "118.240.0.0/14",
        "60.32.0.0/12",
        "121.80.0.0/13",
        "126.64.0.0/13",
        "124.208.0.0/13",
        "219.96.0.0/13",
        "58.80.0.0/13",
        "113.32.0.0/13",
        "180.0.0.0/12",
        "222.224.0.0/13",
        "110.128.0.0/14",
        "27.80.0.0/13",
        "14.8.0.0/13",
        "133.200.0.0/14",
    ),
    "home6": ("2400:4050::/28", "2400:2410::/28", "240b:10::/28", "240f::/24", "2405:6580::/29", "2001:f70::/32"),
    "office": (
        "203.138.0.0/16",
        "210.138.0.0/16",
        "202.32.0.0/16",
        "61.194.0.0/16",
        "210.160.0.0/16",
        "211.120.0.0/16",
    ),
    "hall": ("61.197.128.0/17", "202.229.0.0/17", "210.169.64.0/18", "203.180.0.0/17", "221.186.0.0/17"),
    "school": ("133.5.0.0/16", "133.87.0.0/16", "202.24.0.0/16", "150.65.0.0/16", "157.82.0.0/16"),
    "abroad": ("73.0.0.0/9", "81.128.0.0/12", "92.72.0.0/14", "1.160.0.0/13", "115.64.0.0/13", "177.32.0.0/14"),
    "vpn": ("146.70.0.0/16", "156.146.32.0/20", "138.199.0.0/18", "89.187.160.0/19", "193.148.16.0/22"),
    "aws_tokyo": ("3.112.0.0/14", "18.176.0.0/13", "54.64.0.0/13", "52.192.0.0/13", "13.230.0.0/15", "57.180.0.0/14"),
    "aws": (
        "3.80.0.0/12",
        "34.192.0.0/12",
        "52.0.0.0/12",
        "54.144.0.0/13",
        "18.204.0.0/14",
        "44.192.0.0/11",
        "35.152.0.0/16",
    ),
    "azure_japan": (
        "20.18.0.0/16",
        "20.43.64.0/18",
        "20.89.0.0/17",
        "52.185.128.0/18",
        "4.216.0.0/16",
        "20.210.0.0/16",
    ),
    "azure": ("20.36.0.0/14", "40.74.0.0/15", "52.224.0.0/12", "13.64.0.0/12", "20.184.0.0/13", "4.150.0.0/15"),
    "gcp": ("34.64.0.0/11", "35.184.0.0/13", "34.128.0.0/11", "104.154.0.0/15"),
    "hosting": ("51.68.0.0/16", "95.216.0.0/16", "167.99.0.0/16", "139.59.0.0/16", "45.76.0.0/16", "160.16.0.0/16"),
    "microsoft": ("40.94.0.0/16", "104.47.0.0/17", "52.100.0.0/14", "40.92.0.0/15", "2a01:111:f400::/48"),
    "skype": ("52.112.0.0/14",),
    "google_proxy": ("66.249.80.0/20", "66.102.6.0/23", "66.102.8.0/23", "74.125.208.0/20", "72.14.199.0/24"),
    "googlebot": ("66.249.64.0/20",),
    "relay": (
        "172.224.224.0/19",
        "104.28.0.0/16",
        "146.75.128.0/17",
        "140.248.0.0/17",
        "2a02:26f7::/32",
        "2606:54c0::/32",
        "2a04:4e41::/32",
    ),
    "yahoo": ("74.6.128.0/17", "98.136.0.0/14", "66.218.64.0/19"),
    "barracuda": ("64.235.144.0/20", "209.222.80.0/21"),
    "mimecast": (
        "170.10.128.0/21",
        "205.139.110.0/23",
        "207.211.30.0/23",
        "216.205.24.0/24",
        "195.130.217.0/24",
        "91.220.42.0/24",
    ),
    "proofpoint": ("148.163.128.0/19", "67.231.144.0/20", "205.220.160.0/19", "185.132.180.0/22", "91.207.212.0/23"),
    "symantec": (
        "67.219.240.0/20",
        "85.158.136.0/21",
        "46.226.48.0/21",
        "117.120.16.0/21",
        "216.82.240.0/20",
        "103.9.96.0/22",
    ),
    "cisco": ("68.232.128.0/19", "139.138.32.0/19", "207.54.64.0/19", "216.71.128.0/19", "184.94.240.0/20"),
    "trend": ("150.70.0.0/16", "216.104.0.0/19"),
    "zscaler": ("165.225.96.0/20", "136.226.0.0/16", "147.161.128.0/17", "104.129.192.0/20"),
    "forcepoint": ("85.115.32.0/19", "116.50.56.0/21", "208.87.232.0/21"),
    "fortinet": ("208.91.112.0/22", "96.45.36.0/23", "173.243.128.0/20"),
    "hornet": ("94.100.128.0/20", "185.140.204.0/22"),
    "line": ("147.92.128.0/17", "203.104.128.0/20"),
    "meta": ("31.13.64.0/18", "69.171.224.0/19", "173.252.64.0/18", "2a03:2880::/32"),
    "twitter": ("199.16.156.0/22", "192.133.76.0/22"),
    "bing": ("157.55.39.0/24", "207.46.13.0/24", "40.77.167.0/24", "52.167.144.0/24"),
    "apple_bot": ("17.241.0.0/16", "17.22.0.0/16"),
    "openai": ("20.171.206.0/23", "4.227.36.0/25", "52.230.152.0/24"),
    "anthropic": ("216.73.216.0/22",),
    "seo": ("54.36.148.0/22", "185.191.171.0/24", "85.208.96.0/22", "51.222.253.0/24"),
    "uptime": ("69.162.124.224/28", "216.144.248.16/28", "63.143.42.240/28"),
    "archive": ("207.241.224.0/20",),
    "residential_proxy": (
        "177.32.0.0/14",
        "36.64.0.0/12",
        "78.160.0.0/13",
        "188.16.0.0/14",
        "153.128.0.0/12",
        "126.64.0.0/13",
    ),
}


@cache
def _parsed(name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(text) for text in NETWORKS[name])


def address(rng: Random, *names: str) -> str:
    """An address of one of the networks."""
    network = rng.choice(_parsed(rng.choice(names)))
    if network.version == 4:
        return str(network[rng.randrange(1, network.num_addresses - 1)])
    prefix = rng.getrandbits(64 - network.prefixlen) << 64 if network.prefixlen < 64 else 0
    return str(ip_address(int(network.network_address) + prefix + rng.getrandbits(64)))


def neighbour(rng: Random, client: str, bits: int = 24) -> str:
    """Another address of the same small network (of the same /64 for IPv6)."""
    found = ip_address(client)
    width = 32 - bits if found.version == 4 else 64
    start = int(found) >> width << width
    return str(ip_address(start + rng.randrange(1, (1 << width) - 1)))


class Mask:
    """Other addresses instead of those that a list knows: same house, same /24 and same /16 stay together.

    IPv4 goes to ranges of the United States Department of Defense (whois: no service, access provider or cloud is
    there), IPv6 to a range that nobody has (RFC 4291 leaves 3000::/4 unassigned but global).
    """

    _HOMES = (6, 7, 11, 21, 22, 26, 28, 29, 30, 33, 55, 214, 215)

    def __init__(self, seed: int) -> None:
        self._rng = Random(f"mask {seed}")
        self._known: dict[tuple[int, int], int] = {}

    def __call__(self, client: str) -> str:
        found = ip_address(client)
        if found.version == 6:
            return str(
                ip_address((0x3 << 124) + self._part(6, int(found) >> 96, 28) * (1 << 96) + int(found) % (1 << 96))
            )
        wide, narrow = int(found) >> 16, int(found) >> 8
        home = self._HOMES[self._part(1, wide, 30) % len(self._HOMES)]
        second, third = self._part(2, wide, 8), self._part(3, narrow, 8)
        return str(ip_address((home << 24) + (second << 16) + (third << 8) + int(found) % 256))

    def _part(self, which: int, value: int, bits: int) -> int:
        return self._known.setdefault((which, value), self._rng.getrandbits(bits))
