"""The words of findings about the servers that letters leave from, and about the address that letters lead to."""

from __future__ import annotations

from typing import Final

from models.sender_domain.domain_finding import Grade

from ..translations import phrase
from .words_of_kind import WordsOfKind

_GOOD, _DOUBTFUL, _BAD = Grade.GOOD, Grade.DOUBTFUL, Grade.BAD
_SERVERS, _PTR, _HELO = phrase("servers"), phrase("PTR"), phrase("HELO")
_TLS, _UNSUBSCRIBE = phrase("TLS"), phrase("unsubscribing")
_PROVIDER = phrase("Ask whoever gave you the address to write this.")
_WRITE = phrase("Write this record into the zone.")

SERVER_WORDS: Final[dict[str, WordsOfKind]] = {
    "servers.unknown": WordsOfKind(
        _DOUBTFUL,
        _SERVERS,
        phrase("Nobody has said from which addresses letters leave, so SPF and PTR cannot be examined fully."),
        phrase(
            "Set SENDING_SERVERS, such as mail.example.lg.jp/192.0.2.10: what the relay greets with, and its address."
        ),
    ),
    "servers.unreadable": WordsOfKind(
        _BAD,
        _SERVERS,
        phrase("SENDING_SERVERS has “{part}”, which is no address."),
        phrase("Write name/address, such as mail.example.lg.jp/192.0.2.10, with spaces between several."),
    ),
    "ptr.good": WordsOfKind(_GOOD, _PTR, phrase("{address} has a name that leads back")),
    "ptr.missing": WordsOfKind(
        _BAD,
        _PTR,
        phrase("{address} has no name (PTR). Gmail, Microsoft and others refuse letters from it."),
        _PROVIDER,
    ),
    "ptr.astray": WordsOfKind(
        _BAD,
        _PTR,
        phrase("The name of {address}, {name}, does not lead back to it. Gmail and others refuse that."),
        _WRITE,
    ),
    "ptr.generic": WordsOfKind(
        _DOUBTFUL,
        _PTR,
        phrase("The name of {address}, {name}, looks like that of anybody's line; many receivers distrust such."),
        phrase("Ask whoever gave you the address to write the first, and write the second into your zone."),
    ),
    "helo.good": WordsOfKind(_GOOD, _HELO, phrase("{name} is the server's own name")),
    "helo.local": WordsOfKind(
        _BAD,
        _HELO,
        phrase(
            "The server at {address} greets as {name}, which is no name that others know. au and others look at it."
        ),
        phrase("Let it greet with its full name in the DNS (Postfix: myhostname)."),
    ),
    "helo.no_host": WordsOfKind(
        _BAD, _HELO, phrase("The server greets as {name}, which has no address. Many receivers refuse that."), _WRITE
    ),
    "helo.elsewhere": WordsOfKind(
        _DOUBTFUL,
        _HELO,
        phrase("The server at {address} greets as {name}, which is at {addresses}."),
        phrase("Write this record into the zone, too, or let the server greet with its own name."),
    ),
    # The address that letters lead to
    "tls.good": WordsOfKind(_GOOD, _TLS, phrase("{address} has a valid certificate")),
    "tls.none": WordsOfKind(
        _BAD,
        _TLS,
        phrase("{address} is not https, so one-click unsubscribing fails (RFC 8058)."),
        phrase("Put a TLS proxy in front and set BASE_URL to its https:// address."),
    ),
    "tls.unreachable": WordsOfKind(
        _DOUBTFUL,
        _TLS,
        phrase("{host} cannot be reached from here: {reason}"),
        phrase("See whether readers reach it; some networks do not lead back to their own address."),
    ),
    "tls.invalid": WordsOfKind(
        _BAD,
        _TLS,
        phrase("The certificate of {host} does not verify: {reason}"),
        phrase(
            "Have it issued anew for that name, with all certificates between, and see that it is renewed by itself."
        ),
    ),
    "tls.ends_soon": WordsOfKind(
        _DOUBTFUL,
        _TLS,
        phrase("The certificate of {host} ends on {day}."),
        phrase("See why it was not renewed; afterwards links and unsubscribing fail in every letter that is out."),
    ),
    "unsubscribe.good": WordsOfKind(_GOOD, _UNSUBSCRIBE, phrase("one-click unsubscribing answers at {address}")),
    "unsubscribe.silent": WordsOfKind(
        _BAD,
        _UNSUBSCRIBE,
        phrase("One-click unsubscribing at {host} does not answer: {reason}"),
        phrase("See whether the web server runs and BASE_URL leads to it."),
    ),
    "unsubscribe.redirected": WordsOfKind(
        _BAD,
        _UNSUBSCRIBE,
        phrase(
            "One-click unsubscribing at {host} is redirected ({status}), which mail programs do not follow (RFC 8058)."
        ),
        phrase("Set BASE_URL to the address that answers itself, or let the proxy hand /u/ on."),
    ),
    "unsubscribe.refused": WordsOfKind(
        _BAD,
        _UNSUBSCRIBE,
        phrase("One-click unsubscribing at {host} is refused with {status}."),
        phrase(
            "See that proxy and firewall let POST to /u/ through without cookie or login, and that SECRET_KEY is one."
        ),
    ),
}
