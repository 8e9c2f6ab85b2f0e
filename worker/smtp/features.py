"""What a relay offers (RFC 5321, 4.1.1.1)."""

from __future__ import annotations

from dataclasses import dataclass

from .reply_parser import Reply


@dataclass(frozen=True, slots=True)
class Features:
    """What the relay said that it can, in its answer to EHLO. All off for one that speaks HELO only."""

    pipelining: bool = False
    size: int = 0
    """The largest message in bytes; 0 where it names no limit or SIZE is not offered."""
    sizes: bool = False
    """Whether SIZE is offered at all (RFC 1870)."""
    eight_bit: bool = False
    smtputf8: bool = False
    dsn: bool = False
    starttls: bool = False
    logins: frozenset[str] = frozenset()
    """SASL mechanisms, in capitals."""

    @classmethod
    def of(cls, reply: Reply) -> Features:
        """What an answer to EHLO offers (RFC 5321, 4.1.1.1). Unknown and malformed lines are passed over."""
        offered: dict[str, list[str]] = {}
        for line in reply.lines[1:]:
            words = line.decode("ascii", "replace").upper().replace("AUTH=", "AUTH ").split()
            if words:
                offered.setdefault(words[0], []).extend(words[1:])
        size = next(iter(offered.get("SIZE", [])), "")
        return cls(
            pipelining="PIPELINING" in offered,
            size=int(size) if size.isascii() and size.isdigit() and len(size) < 20 else 0,
            sizes="SIZE" in offered,
            eight_bit="8BITMIME" in offered,
            smtputf8="SMTPUTF8" in offered,
            dsn="DSN" in offered,
            starttls="STARTTLS" in offered,
            logins=frozenset(offered.get("AUTH", [])),
        )
