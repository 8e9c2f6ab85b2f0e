"""SPF (RFC 7208): what a record says of an address from which a letter comes."""

from __future__ import annotations

import enum
import ipaddress
import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from models.store.lookup.dns_answers import DnsAnswers

MOST_LOOKUPS = 10
"""Terms that ask the DNS (RFC 7208, 4.6.4)."""
MOST_EMPTY = 2
"""Questions that are answered with nothing (the same section)."""
_MOST_NAMES = 10
"""Names of an MX or PTR answer that are followed."""
_OPEN_PREFIX = 8
"""An IPv4 network of such a prefix or a shorter one is of strangers, too."""

_MODIFIER = re.compile(r"([a-z][a-z0-9_.-]*)=(.*)", re.IGNORECASE)
_MECHANISM = re.compile(
    r"([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?::(.+?))?(?:/(0|[1-9]\d?\d?))?(?://(0|[1-9]\d?\d?))?",
    re.IGNORECASE,
)
_MACRO = re.compile(r"%(?:([%_-])|\{([slodiphv])(\d*)(r?)([.+,/_=-]*)\})", re.IGNORECASE)
_MACRO_STRING = re.compile(rf"(?:{_MACRO.pattern}|[\x21-\x24\x26-\x7e])*", re.IGNORECASE)
_DOMAIN_END = re.compile(
    r"(?:\.(?:[a-z0-9]*[a-z][a-z0-9]*|[a-z0-9]+-[a-z0-9-]*[a-z0-9])\.?|%\{[^}]*\}|%[%_-])\Z", re.IGNORECASE
)
"""A name ends with a label that is no number, or with a macro (RFC 7208, 7.1)."""
_MECHANISMS = frozenset({"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"})
_LITERAL = {"%": "%", "_": " ", "-": "%20"}


class SpfResult(enum.Enum):
    """What the record says (RFC 7208, 2.6)."""

    PASS = "+"  # noqa: S105  (the name of a result)
    FAIL = "-"
    SOFT_FAIL = "~"
    NEUTRAL = "?"
    NONE = "none"


class SpfBroken(Exception):
    """Receivers give up on the record (permerror).

    Arguments:
        kind: the finding: ``spf.several``, ``spf.wrong``, ``spf.lookups``, ``spf.empty`` or ``spf.include``.
        domain: whose record it is.
        detail: the term, or how many.
    """

    def __init__(self, kind: str, domain: str, detail: object = "") -> None:
        super().__init__(kind)
        self.kind, self.domain, self.detail = kind, domain, str(detail)


class _Term(NamedTuple):
    """One word of a record."""

    result: SpfResult
    name: str
    value: str
    prefixes: tuple[int, int]
    """Bits of IPv4 and IPv6 that must agree."""
    text: str


class SpfEvaluation:
    """Evaluates the record of a domain for one address.

    Arguments:
        answers: the DNS.
        address: where letters come from. Without one nothing matches but ``all``, so that every term is looked at.
        sender: the return path.
        helo: the name that the server greets with.
    """

    def __init__(self, answers: DnsAnswers, address: str = "", sender: str = "", helo: str = "") -> None:
        self._answers, self._sender, self._helo = answers, sender, helo
        self._address = _plain(address) if address else None
        self.lookups = 0
        self._empty = 0
        self.open_by = ""
        """The term by which strangers pass, where there is one."""
        self.has_ptr = False
        """Whether it asks for names of addresses, which many receivers pass over (RFC 7208, 5.5)."""

    def result(self, domain: str) -> SpfResult:
        """What the record of *domain* says.

        Raises:
            SpfBroken: receivers give up on it.
            DnsSilent: nobody answered.
        """
        found = records(self._answers, domain)
        if not found:
            return SpfResult.NONE
        if len(found) > 1:
            raise SpfBroken("spf.several", domain, len(found))
        redirect = ""
        terms = list(_terms(found[0], domain))
        for term in terms:
            if term.name == "redirect":
                redirect = term.value
            elif term.name in _MECHANISMS and self._matches(term, domain):
                if term.result is SpfResult.PASS and self._address is None:
                    self.open_by = self.open_by or term.text
                return term.result
        if not redirect:
            return SpfResult.NEUTRAL
        self._count(domain)
        target = self._expand(redirect, domain)
        result = self.result(target)
        if result is SpfResult.NONE:
            raise SpfBroken("spf.include", domain, target)
        return result

    def _matches(self, term: _Term, domain: str) -> bool:
        match term.name:
            case "all":
                return True
            case "ip4" | "ip6":
                return self._in_network(term)
        self._count(domain)
        target = self._expand(term.value, domain) if term.value else domain
        match term.name:
            case "include":
                result = self.result(target)
                if result is SpfResult.NONE:
                    raise SpfBroken("spf.include", domain, target)
                return result is SpfResult.PASS
            case "a":
                self._filled(self._of_family(target), domain)
                return self._is_of(target, term)
            case "mx":
                servers = self._filled(self._answers.mail_servers(target), domain)
                if len(servers) > _MOST_NAMES:
                    raise SpfBroken("spf.lookups", domain, len(servers))
                return any(self._is_of(one, term) for one in servers if one != ".")
            case "exists":
                return bool(self._filled(self._answers.ipv4(target), domain)) and self._address is not None
            case _:  # ptr
                self.has_ptr = True
                return self._is_named(target)

    def _in_network(self, term: _Term) -> bool:
        network = ipaddress.ip_network(f"{term.value}/{term.prefixes[term.name == 'ip6']}", strict=False)
        if self._address is None and term.result is SpfResult.PASS and network.prefixlen <= _OPEN_PREFIX:
            self.open_by = self.open_by or term.text
        return self._address is not None and self._address in network

    def _of_family(self, name: str) -> list[str]:
        """The addresses of a name that can be ours."""
        if self._address is None:
            return self._answers.addresses(name)
        return self._answers.ipv4(name) if self._address.version == 4 else self._answers.ipv6(name)

    def _is_of(self, name: str, term: _Term) -> bool:
        return self._address is not None and any(
            self._address in ipaddress.ip_network(f"{one}/{term.prefixes[':' in one]}", strict=False)
            for one in self._of_family(name)
        )

    def _is_named(self, domain: str) -> bool:
        if self._address is None:
            return False
        address = str(self._address)
        names = [one for one in self._answers.pointers(address)[:_MOST_NAMES] if f".{one}".endswith(f".{domain}")]
        return any(address in self._answers.addresses(one) for one in names)

    def _count(self, domain: str) -> None:
        self.lookups += 1
        if self.lookups > MOST_LOOKUPS and self._address is not None:
            raise SpfBroken("spf.lookups", domain, self.lookups)
        if self.lookups > 5 * MOST_LOOKUPS:  # it may include itself
            raise SpfBroken("spf.lookups", domain, self.lookups)

    def _filled(self, found: list[str], domain: str) -> list[str]:
        if not found:
            self._empty += 1
            if self._empty > MOST_EMPTY:
                raise SpfBroken("spf.empty", domain, self._empty)
        return found

    def _expand(self, text: str, domain: str) -> str:
        """Fill the macros of a name (RFC 7208, 7)."""
        local, _, sender_domain = self._sender.rpartition("@")
        address = self._address or ipaddress.ip_address("192.0.2.1")
        dotted = str(address) if address.version == 4 else ".".join(address.exploded.replace(":", ""))
        values = {
            "s": self._sender, "l": local or "postmaster", "o": sender_domain, "d": domain, "i": dotted,
            "p": "unknown", "v": "in-addr" if address.version == 4 else "ip6", "h": self._helo,
            "c": str(address), "r": "unknown", "t": "0",
        }  # fmt: skip

        def fill(found: re.Match[str]) -> str:
            if found[1]:
                return _LITERAL[found[1]]
            parts = re.split(f"[{re.escape(found[5] or '.')}]", values[found[2].lower()])
            parts = parts[::-1] if found[4] else parts
            return ".".join(parts[-int(found[3]) :] if found[3] else parts)

        return _MACRO.sub(fill, text).rstrip(".").lower()


def records(answers: DnsAnswers, domain: str) -> list[str]:
    """The SPF records of *domain*."""
    return [one for one in answers.texts(domain) if one.lower() == "v=spf1" or one.lower().startswith("v=spf1 ")]


def _plain(address: str) -> IPv4Address | IPv6Address:
    found = ipaddress.ip_address(address)
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _terms(record: str, domain: str) -> Iterator[_Term]:
    """The words of a record; all of them are read before any counts (RFC 7208, 4.6)."""
    seen: set[str] = set()
    for text in record.split(" ")[1:]:
        if not text:
            continue
        modifier = _MODIFIER.fullmatch(text)
        term = _modifier(modifier) if modifier else _mechanism(text)
        if term is None or (term.name in ("redirect", "exp") and term.name in seen):
            raise SpfBroken("spf.wrong", domain, text[:100])
        seen.add(term.name)
        yield term


def _modifier(found: re.Match[str]) -> _Term | None:
    """``redirect=``, ``exp=``, or one that nobody knows, which is passed over."""
    name, value = found[1].lower(), found[2]
    right = _is_name(value) if name in ("redirect", "exp") else _MACRO_STRING.fullmatch(value)
    return _Term(SpfResult.NEUTRAL, name, value, (0, 0), found[0]) if right else None


def _mechanism(text: str) -> _Term | None:
    found = _MECHANISM.fullmatch(text)
    if not found:
        return None
    name, value, ipv4, ipv6 = found[2].lower(), found[3] or "", found[4], found[5]
    if name in ("ip4", "ip6"):
        return _address_term(found[1], name, value, ipv4, text) if ipv6 is None else None
    bits = int(ipv4 or 32), int(ipv6 or 128)
    has_bits = ipv4 is not None or ipv6 is not None
    if bits[0] > 32 or bits[1] > 128 or (has_bits and name not in ("a", "mx")):
        return None
    if (value and (name == "all" or not _is_name(value))) or (name in ("include", "exists") and not value):
        return None
    return _Term(SpfResult(found[1] or "+"), name, value, bits, text)


def _address_term(sign: str, name: str, value: str, bits: str | None, text: str) -> _Term | None:
    whole = 128 if name == "ip6" else 32
    prefix = int(bits) if bits is not None else whole
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return None
    if prefix > whole or address.version != (6 if name == "ip6" else 4):
        return None
    return _Term(SpfResult(sign or "+"), name, value, (prefix, prefix), text)


def _is_name(text: str) -> bool:
    return bool(_MACRO_STRING.fullmatch(text) and _DOMAIN_END.search(text)) and not re.search(r"%\{.0", text)
