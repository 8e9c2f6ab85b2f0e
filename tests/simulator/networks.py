"""Networks: ranges from which readers and machines come, and addresses drawn from them.

Vendors' ranges are such as firewalls' instructions and SPF records name, clouds' are excerpts of the lists that AWS,
Azure, Google and Oracle publish, those of Japanese providers allocations of JPNIC and APNIC; most were written down
from memory and not compared with the lists of today. A few prefixes of each stand for all: the simulator needs places,
not completeness.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from ipaddress import ip_network

RANGES: dict[str, str] = {
    # Japanese access networks, fixed and mobile.
    "ocn": "153.128.0.0/10 114.144.0.0/12 180.0.0.0/11 122.16.0.0/13",
    "ocn6": "2400:4050::/30 2400:2410::/30",
    "kddi": "27.80.0.0/12 106.160.0.0/12 59.128.0.0/12",
    "kddi6": "240f::/28",
    "softbank": "126.0.0.0/9 219.0.0.0/12 221.16.0.0/13",
    "softbank6": "2400:2650::/28",
    "jpne6": "240b:10::/28 2404:7a80::/29",
    "provincial": "59.84.0.0/15 118.104.0.0/15 218.33.128.0/17 124.108.0.0/16 210.146.0.0/16",
    "docomo": "1.72.0.0/13 49.96.0.0/13 183.72.0.0/13",
    "docomo6": "240a:61::/32",
    "au": "106.128.0.0/12 111.86.140.0/22 182.249.240.0/20",
    "au6": "2001:268::/32",
    "softbank_mobile": "126.157.0.0/16 126.166.0.0/16 126.211.0.0/17",
    "softbank_mobile6": "2400:2200::/29",
    "rakuten": "133.106.0.0/16 119.31.128.0/18",
    "rakuten6": "240b:c010::/30",
    # Offices: leased lines, and the exits of the prefectures' security clouds.
    "office": "202.214.0.0/16 210.138.0.0/16 61.206.0.0/16 211.13.0.0/16 203.138.0.0/16 118.151.0.0/17",
    "prefecture": "202.232.0.0/16 210.149.0.0/16 27.121.0.0/17 163.139.0.0/16",
    "university": "133.11.0.0/16 130.69.0.0/16 150.65.0.0/16 133.5.0.0/16",
    # Data centres and clouds.
    "aws": (
        "3.208.0.0/12 34.192.0.0/12 52.0.0.0/15 54.144.0.0/14 35.160.0.0/13 52.32.0.0/14 54.200.0.0/15 44.224.0.0/13"
    ),
    "aws_tokyo": "3.112.0.0/14 13.112.0.0/14 18.176.0.0/15 52.192.0.0/15 54.64.0.0/15 35.72.0.0/13",
    "aws_europe": "34.240.0.0/13 52.208.0.0/13 54.72.0.0/14 3.120.0.0/14 18.192.0.0/15 35.156.0.0/14",
    "azure": "20.33.0.0/16 20.40.0.0/13 40.76.0.0/14 52.224.0.0/11 13.64.0.0/11 104.208.0.0/13 40.112.0.0/13",
    "azure_japan": "52.185.128.0/18 13.71.128.0/19 40.115.128.0/17 20.44.128.0/18 138.91.0.0/19",
    "azure6": "2603:1040:400::/40 2603:1030::/32",
    "google_cloud": "34.64.0.0/11 35.184.0.0/13 35.192.0.0/12 104.196.0.0/14 34.84.0.0/16",
    "oracle": "129.146.0.0/16 129.213.0.0/16 132.145.0.0/16 140.238.0.0/16 150.230.0.0/16 158.101.0.0/16",
    "hosting": "138.68.0.0/16 159.65.0.0/16 165.227.0.0/16 51.68.0.0/16 65.108.0.0/16 95.216.0.0/16 45.79.0.0/16",
    "hosting_japan": "49.212.0.0/16 133.167.0.0/16 160.16.0.0/16 133.130.0.0/16 150.95.0.0/16 153.120.0.0/15",
    "vpn": "45.87.212.0/22 146.70.0.0/16 138.199.0.0/18 156.146.32.0/20 185.242.4.0/22 37.19.192.0/20 103.125.232.0/22",
    "residential_abroad": "73.0.0.0/9 98.192.0.0/11 82.64.0.0/14 84.128.0.0/11 99.224.0.0/12",
    # Mailbox providers.
    "google_proxy": "66.249.80.0/20 66.102.6.0/23 66.102.8.0/23 74.125.208.0/20 64.233.172.0/23 209.85.238.0/24",
    "google": "66.249.64.0/20 72.14.192.0/18 74.125.0.0/16 64.233.160.0/19 108.177.0.0/17",
    "google6": "2001:4860:4801::/48",
    "yahoo": "67.195.0.0/16 98.136.0.0/15 74.6.0.0/16 69.147.64.0/18 87.248.112.0/21",
    "yahoo_japan": "183.79.0.0/16 182.22.0.0/17 124.83.128.0/17 114.111.64.0/18",
    "exchange_online": "40.92.0.0/15 40.107.0.0/16 52.100.0.0/14 104.47.0.0/17",
    "outlook": "40.94.0.0/16 40.96.0.0/13 52.96.0.0/14 20.190.128.0/18",
    "apple_relay": "172.224.224.0/19 172.225.0.0/16 104.28.0.0/16 146.75.128.0/17 140.248.0.0/17",
    "apple_relay6": "2a02:26f7::/32 2606:54c0::/32 2a09:bac2::/32 2a04:4e41::/32",
    # Vendors of mail security.
    "proofpoint": "148.163.128.0/19 67.231.144.0/20 205.220.160.0/19 208.86.200.0/22",
    "mimecast": "205.139.110.0/23 207.211.30.0/23 170.10.128.0/21 146.101.78.0/24 91.220.42.0/24 195.130.217.0/24",
    "barracuda": "64.235.144.0/20 209.222.80.0/21",
    "cisco": "68.232.128.0/19 139.138.32.0/19 207.54.64.0/19 216.71.128.0/19",
    "symantec": "216.82.240.0/20 67.219.240.0/20 85.158.136.0/21 193.109.254.0/23 195.245.230.0/23 117.120.16.0/21",
    "trend": "150.70.0.0/16",
    "trend_mail": "216.104.0.0/19 66.180.80.0/21",
    "fortinet": "173.243.128.0/20 208.91.112.0/22 154.52.0.0/19",
    "forcepoint": "208.87.232.0/21 85.115.32.0/19 86.111.216.0/21 116.50.56.0/21 103.1.196.0/22",
    "zscaler": "165.225.0.0/17 147.161.128.0/17 136.226.0.0/16 104.129.192.0/20 167.103.0.0/16",
    "hornetsecurity": "94.100.128.0/20 185.140.204.0/22 83.246.65.0/24 173.45.18.0/24",
    "umbrella": "146.112.0.0/16 155.190.0.0/16",
    "cloudflare": "104.28.0.0/16 8.21.8.0/21 172.64.0.0/16",
    # Previewers, search engines, archives, assistants.
    "facebook": "31.13.24.0/21 66.220.144.0/20 69.171.224.0/19 173.252.64.0/18",
    "facebook6": "2a03:2880::/32",
    "line": "147.92.128.0/17 203.104.128.0/19",
    "teams": "52.112.0.0/14 52.122.0.0/15",
    "bing": "40.77.167.0/24 157.55.39.0/24 207.46.13.0/24 52.167.144.0/24",
    "archive": "207.241.224.0/20 208.70.24.0/21",
    "openai": "23.98.142.176/28 40.84.180.224/28 13.65.138.96/28 172.183.222.128/28 20.63.221.64/28 52.225.75.208/28",
    "openai_crawl": "20.171.206.0/24 20.171.207.0/24 52.230.152.0/24",
}
_NETWORKS = {name: [ip_network(cidr) for cidr in cidrs.split()] for name, cidrs in RANGES.items()}

Address = Callable[[], str]
"""Gives the address of the next request."""


def draw(rng: random.Random, *names: str) -> str:
    """An address from one of the networks named."""
    network = rng.choice(_NETWORKS[rng.choice(names)])
    if network.version == 6:
        # Access networks give a /64 each, and devices choose the rest at random (RFC 8981).
        return str(network[rng.getrandbits(128 - network.prefixlen)])
    return str(network[rng.randrange(1, network.num_addresses - 1)])


def fixed(address: str) -> Address:
    """Always the same address."""
    return lambda: address


def changing(rng: random.Random, *names: str, pool: int = 0) -> Address:
    """A new address for every request, out of *pool* addresses where it is given."""
    if pool:
        addresses = [draw(rng, *names) for _ in range(pool)]
        return lambda: rng.choice(addresses)
    return lambda: draw(rng, *names)


def home(rng: random.Random) -> Address:
    """A home's fixed line: half have IPv6, which browsers try first but do not always get (RFC 8305)."""
    old, new = rng.choice([("ocn", "ocn6"), ("kddi", "kddi6"), ("softbank", "softbank6"), ("ocn", "jpne6")])
    if rng.random() < 0.15:
        return fixed(draw(rng, "provincial"))
    if rng.random() < 0.5:
        return fixed(draw(rng, old))
    first, second = draw(rng, new), draw(rng, old)
    return lambda: second if rng.random() < 0.06 else first


def mobile(rng: random.Random) -> Address:
    """A phone's carrier: IPv6, or an exit that many phones share and that changes (RFC 6888)."""
    carrier = rng.choices(["docomo", "au", "softbank_mobile", "rakuten"], [38, 27, 24, 11])[0]
    current = [draw(rng, carrier + "6") if rng.random() < 0.55 else draw(rng, carrier)]

    def address() -> str:
        if rng.random() < 0.05:
            current[0] = draw(rng, carrier + "6" if ":" in current[0] else carrier)
        return current[0]

    return address
