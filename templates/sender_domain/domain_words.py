"""The words of findings about records of a domain: its hosts, SPF, DKIM, DMARC, BIMI."""

from __future__ import annotations

from typing import Final

from models.sender_domain.domain_finding import Grade

from ..translations import phrase
from .words_of_kind import WordsOfKind

_GOOD, _DOUBTFUL, _BAD = Grade.GOOD, Grade.DOUBTFUL, Grade.BAD
_SENDER, _PATH = phrase("sender"), phrase("return path")
_SPF, _DKIM, _DMARC, _BIMI, _DNS = phrase("SPF"), phrase("DKIM"), phrase("DMARC"), phrase("BIMI"), phrase("DNS")
_REPLACE = phrase("Replace the record by this one.")
_WRITE = phrase("Write this record into the zone.")

DOMAIN_WORDS: Final[dict[str, WordsOfKind]] = {
    "dns.silent": WordsOfKind(
        _DOUBTFUL,
        _DNS,
        phrase("The DNS did not answer for {name}. That says nothing about its records."),
        phrase("Try again later; see whether this machine may ask name servers (DNS_SERVERS)."),
    ),
    "sender.wrong": WordsOfKind(
        _BAD,
        _SENDER,
        phrase("The newsletter's addresses cannot be used: {reason}"),
        phrase("Put them right in the newsletter's settings, under “Sender of letters”."),
    ),
    # The return path, and From
    "return.good": WordsOfKind(_GOOD, _PATH, phrase("{domain} takes mail")),
    "return.no_host": WordsOfKind(
        _BAD,
        _PATH,
        phrase("{domain} has neither MX nor A: SoftBank, au and others refuse such letters, and none can come back."),
        phrase("Write this record into the zone, with the server that takes mail for it."),
    ),
    "return.null_mx": WordsOfKind(
        _BAD,
        _PATH,
        phrase("{domain} says that it takes no mail (null MX): receivers refuse what cannot come back (RFC 7505)."),
        phrase("Replace the record by this one, with the server that takes mail for it."),
    ),
    "return.mx_nowhere": WordsOfKind(
        _BAD,
        _PATH,
        phrase("The mail server {server} of {domain} has no address, so nothing can come back."),
        phrase("Write an address for it into the zone, or name another server."),
    ),
    "return.mx_alias": WordsOfKind(
        _DOUBTFUL,
        _PATH,
        phrase(
            "The MX of {domain} names {server}, which is an alias (CNAME); some servers refuse that (RFC 2181, 10.3)."
        ),
        _REPLACE,
    ),
    "return.mx_private": WordsOfKind(
        _DOUBTFUL,
        _PATH,
        phrase("The mail server {server} of {domain} has no address that others reach: {addresses}."),
        phrase("Give it an address that the internet reaches."),
    ),
    "from.no_host": WordsOfKind(
        _BAD,
        _SENDER,
        phrase("{domain}, the domain in From, has neither MX nor A. docomo and others do not deliver such letters."),
        phrase("Write this record into the zone, with the server that takes mail for it."),
    ),
    # SPF
    "spf.good": WordsOfKind(_GOOD, _SPF, phrase("{domain} lets our servers send: {addresses}")),
    "spf.missing": WordsOfKind(
        _BAD, _SPF, phrase("{domain} has no SPF record. Gmail, Yahoo, Microsoft, docomo and au want one."), _WRITE
    ),
    "spf.several": WordsOfKind(
        _BAD,
        _SPF,
        phrase("{of} has {detail} SPF records. Receivers take none of several (RFC 7208, 4.5)."),
        phrase("Leave one, with what is in all of them; at the least this one."),
    ),
    "spf.wrong": WordsOfKind(
        _BAD,
        _SPF,
        phrase("The SPF record of {of} cannot be read at “{detail}”, so receivers take nothing of it."),
        phrase("Put that word right, or replace the record; at the least by this one."),
    ),
    "spf.lookups": WordsOfKind(
        _BAD,
        _SPF,
        phrase(
            "The SPF record of {domain} asks the DNS {detail} times; receivers give up after {most} (RFC 7208, 4.6.4)."
        ),
        phrase("Name servers by ip4: and ip6:, and take out services that are not used; at the least this is needed."),
    ),
    "spf.empty": WordsOfKind(
        _BAD,
        _SPF,
        phrase("The SPF record of {of} names {detail} hosts that are not there; receivers give up after two."),
        phrase("Take out names that are gone; at the least this is needed."),
    ),
    "spf.include": WordsOfKind(
        _BAD,
        _SPF,
        phrase("The SPF record of {of} includes {detail}, which has none, so receivers take nothing of it."),
        phrase("Take that name out; at the least this is needed."),
    ),
    "spf.open": WordsOfKind(
        _BAD,
        _SPF,
        phrase("By “{term}” the SPF record of {domain} lets everybody send in its name."),
        phrase("Replace the record by this one, in which strangers do not pass."),
    ),
    "spf.no_end": WordsOfKind(
        _DOUBTFUL,
        _SPF,
        phrase("The SPF record of {domain} says nothing about strangers: it has no ~all or -all."),
        _REPLACE,
    ),
    "spf.ptr": WordsOfKind(
        _DOUBTFUL,
        _SPF,
        phrase("The SPF record of {domain} goes by names of addresses (ptr), which many receivers pass over."),
        phrase("Replace the record by this one, with the addresses of all your servers."),
    ),
    "spf.refuses": WordsOfKind(
        _BAD, _SPF, phrase("The SPF record of {domain} does not let our servers send: {addresses}."), _REPLACE
    ),
    "spf.service": WordsOfKind(
        _DOUBTFUL,
        _SPF,
        phrase("Letters leave by a service, and the SPF record of {domain} does not include it: {includes}."),
        phrase("Replace the record by this one, unless the service has a return path of its own."),
    ),
    "spf.only_ipv6": WordsOfKind(
        _DOUBTFUL,
        _SPF,
        phrase("Letters leave from IPv6 addresses alone ({addresses}); au asks that SPF names IPv4 addresses."),
        phrase("Let the server send from an IPv4 address, too, and name it in SENDING_SERVERS."),
    ),
    "spf.from": WordsOfKind(
        _BAD,
        _SPF,
        phrase("{domain}, the domain in From, does not let our servers send. docomo looks there, and au."),
        phrase("Let the zone have this record, besides that of the return path."),
    ),
    # DKIM
    "dkim.good": WordsOfKind(_GOOD, _DKIM, phrase("{name} has our key ({algorithm})")),
    "dkim.unsigned": WordsOfKind(
        _BAD,
        _DKIM,
        phrase("Letters from {domain} are not signed. Gmail, Yahoo, Microsoft and docomo want DKIM."),
        phrase("Make a key on the newsletter's page “Signature against forgery (DKIM)”, or by `kairan dkim new`."),
    ),
    "dkim.unreadable": WordsOfKind(
        _BAD,
        _DKIM,
        phrase("The key of {name} cannot be read from {file}. Letters wait."),
        phrase("Put the file back, or name another key with `kairan dkim set`."),
    ),
    "dkim.missing": WordsOfKind(
        _BAD, _DKIM, phrase("{name} is not in the DNS, so nobody can check the signature."), _WRITE
    ),
    "dkim.wrong": WordsOfKind(
        _BAD, _DKIM, phrase("{name} has another key than letters are signed with, so they seem forged."), _REPLACE
    ),
    "dkim.several": WordsOfKind(
        _BAD,
        _DKIM,
        phrase("{name} has {count} records; receivers take any of them (RFC 6376, 3.6.2.2)."),
        phrase("Leave this one alone."),
    ),
    "dkim.revoked": WordsOfKind(_BAD, _DKIM, phrase("{name} has an empty key (p=): it is withdrawn."), _REPLACE),
    "dkim.testing": WordsOfKind(
        _DOUBTFUL,
        _DKIM,
        phrase("{name} says that signatures are only tried out (t=y); some receivers do not count them."),
        _REPLACE,
    ),
    "dkim.restricted": WordsOfKind(
        _BAD, _DKIM, phrase("{name} does not allow our signatures of mail by SHA-256 (h= or s=)."), _REPLACE
    ),
    "dkim.short": WordsOfKind(
        _DOUBTFUL,
        _DKIM,
        phrase("The key of {name} has {bits} bits; 2,048 are right (RFC 8301)."),
        phrase("Make a new key with another name and change over to it."),
    ),
    "dkim.ed25519_alone": WordsOfKind(
        _BAD,
        _DKIM,
        phrase("Letters from {domain} have an Ed25519 signature alone, which Gmail and Microsoft cannot check."),
        phrase("Sign with RSA, too: `kairan dkim new --kind both` makes two keys."),
    ),
    # DMARC
    "dmarc.good": WordsOfKind(_GOOD, _DMARC, phrase("{domain} asks for {policy}; return path and signatures agree")),
    "dmarc.missing": WordsOfKind(
        _BAD,
        _DMARC,
        phrase("{domain} has no DMARC record. Gmail, Yahoo and Microsoft want one; docomo warns readers."),
        _WRITE,
    ),
    "dmarc.several": WordsOfKind(
        _BAD,
        _DMARC,
        phrase("{domain} has {count} DMARC records; receivers take none of several."),
        phrase("Leave this one alone."),
    ),
    "dmarc.wrong": WordsOfKind(
        _BAD, _DMARC, phrase("The DMARC record of {domain} has no policy that is known: {record}"), _REPLACE
    ),
    "dmarc.none": WordsOfKind(
        _DOUBTFUL,
        _DMARC,
        phrase("The DMARC record of {domain} only watches (p=none): forged letters are delivered."),
        phrase("Once the reports show that all letters pass, replace the record by this one."),
    ),
    "dmarc.no_reports": WordsOfKind(
        _DOUBTFUL,
        _DMARC,
        phrase("The DMARC record of {domain} asks for no reports (rua), so nobody sees what fails."),
        _REPLACE,
    ),
    "dmarc.report_refused": WordsOfKind(
        _DOUBTFUL,
        _DMARC,
        phrase("DMARC reports of {domain} go to {other}, which does not say that it wants them."),
        phrase("Have this record written into the zone of {other}."),
    ),
    "dmarc.unaligned": WordsOfKind(
        _BAD,
        _DMARC,
        phrase("Neither return path ({path}) nor signatures ({keys}) agree with {domain} in From, so DMARC fails."),
        phrase("Sign with a key of {domain}, or have letters come back to an address of it."),
    ),
    "dmarc.path_unaligned": WordsOfKind(
        _DOUBTFUL,
        _DMARC,
        phrase("The return path ({path}) does not agree with {domain} in From; DMARC stands on the signature alone."),
        phrase("Have letters come back to an address of {domain}, or of a domain below it."),
    ),
    "dmarc.key_unaligned": WordsOfKind(
        _DOUBTFUL,
        _DMARC,
        phrase(
            "The signatures ({keys}) do not agree with {domain} in From: DMARC fails for letters that are passed on."
        ),
        phrase("Sign with a key of {domain}."),
    ),
    # BIMI
    "bimi.good": WordsOfKind(_GOOD, _BIMI, phrase("{domain} shows its mark")),
    "bimi.none": WordsOfKind(_GOOD, _BIMI, phrase("{domain} has no mark (BIMI), which nobody must have")),
    "bimi.wrong": WordsOfKind(
        _DOUBTFUL, _BIMI, phrase("The BIMI record of {domain} names no SVG picture under https."), _REPLACE
    ),
    "bimi.no_certificate": WordsOfKind(
        _DOUBTFUL,
        _BIMI,
        phrase("The BIMI record of {domain} names no certificate (a=), so Gmail, au and docomo do not show the mark."),
        phrase("Get a mark certificate (VMC or CMC), and name it with a=."),
    ),
    "bimi.policy": WordsOfKind(
        _DOUBTFUL,
        _BIMI,
        phrase("DMARC of {domain} does not ask for quarantine or reject, so nobody shows the mark."),
        phrase("Let the zone have this record."),
    ),
}
