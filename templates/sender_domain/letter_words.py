"""The words of findings about one letter."""

from __future__ import annotations

from typing import Final

from models.sender_domain.domain_finding import Grade

from ..translations import phrase
from .words_of_kind import WordsOfKind

_GOOD, _DOUBTFUL, _BAD = Grade.GOOD, Grade.DOUBTFUL, Grade.BAD
_LETTER = phrase("letter")
_REPORT = phrase("Whatever changes letters on the way must leave that alone; Kairan itself does not write it so.")

LETTER_WORDS: Final[dict[str, WordsOfKind]] = {
    "letter.good": WordsOfKind(
        _GOOD, _LETTER, phrase("is as Gmail, Yahoo, Microsoft and the carriers want it ({bytes} bytes)")
    ),
    "letter.unwritten": WordsOfKind(
        _BAD, _LETTER, phrase("The letter cannot be written: {reason}"), phrase("Put that right in the issue.")
    ),
    "letter.twice": WordsOfKind(
        _BAD, _LETTER, phrase("There is more than one {header}; Gmail refuses such letters (RFC 5322, 3.6)."), _REPORT
    ),
    "letter.from": WordsOfKind(
        _BAD,
        _LETTER,
        phrase("From does not hold exactly one address with a full domain: {value}"),
        phrase("Put the sender's address right in the newsletter's settings."),
    ),
    "letter.free_mail": WordsOfKind(
        _BAD,
        _LETTER,
        phrase(
            "From is an address of {domain}, in whose name nobody else may send: Gmail, Yahoo and others refuse it."
        ),
        phrase("Send from an address of your own domain."),
    ),
    "letter.to": WordsOfKind(_DOUBTFUL, _LETTER, phrase("There is no To; many filters take that for spam."), _REPORT),
    "letter.date": WordsOfKind(_BAD, _LETTER, phrase("Date is missing or cannot be read: {value}"), _REPORT),
    "letter.clock": WordsOfKind(
        _BAD, _LETTER, phrase("Date is more than a day off: {value}"), phrase("Let NTP set this machine's clock.")
    ),
    "letter.message_id": WordsOfKind(
        _BAD,
        _LETTER,
        phrase("Message-ID is missing or has no valid form: {value}. SoftBank and Gmail refuse that."),
        _REPORT,
    ),
    "letter.reply": WordsOfKind(
        _DOUBTFUL,
        _LETTER,
        phrase("The subject looks like an answer and is none: “{subject}”. Gmail and Yahoo call that misleading."),
        phrase("Write a subject without Re: or Fwd:."),
    ),
    "letter.unsigned": WordsOfKind(
        _BAD,
        _LETTER,
        phrase("The letter has no DKIM signature."),
        phrase("Make a key on the newsletter's page “Signature against forgery (DKIM)”, or by `kairan dkim new`."),
    ),
    "letter.signature_unaligned": WordsOfKind(
        _DOUBTFUL,
        _LETTER,
        phrase("No signature ({keys}) is of {domain}, the domain in From."),
        phrase("Sign with a key of {domain}."),
    ),
    "letter.unaligned": WordsOfKind(
        _BAD,
        _LETTER,
        phrase("Neither a signature nor the return path ({path}) agrees with {domain} in From: DMARC fails."),
        phrase("Sign with a key of {domain}, or have letters come back to an address of it."),
    ),
    "letter.uncovered": WordsOfKind(
        _BAD,
        _LETTER,
        phrase(
            "The signature “{selector}” does not cover {headers}; without it, one-click unsubscribing does not count."
        ),
        _REPORT,
    ),
    "letter.no_unsubscribe": WordsOfKind(
        _BAD,
        _LETTER,
        phrase("There is no List-Unsubscribe, which Gmail, Yahoo and Microsoft want in every letter to many."),
        _REPORT,
    ),
    "letter.unsubscribe_address": WordsOfKind(
        _BAD,
        _LETTER,
        phrase("List-Unsubscribe has no https address: {value}"),
        phrase("Set BASE_URL to an address with https://."),
    ),
    "letter.one_click": WordsOfKind(
        _BAD, _LETTER, phrase("There is no List-Unsubscribe-Post: List-Unsubscribe=One-Click (RFC 8058)."), _REPORT
    ),
    "letter.large": WordsOfKind(
        _DOUBTFUL,
        _LETTER,
        phrase("The letter has {bytes} bytes; au takes {most} at most."),
        phrase("Link to pictures instead of embedding them."),
    ),
    "letter.headers_large": WordsOfKind(
        _DOUBTFUL,
        _LETTER,
        phrase("The headers have {bytes} bytes; SoftBank takes {most} at most."),
        phrase("Shorten subject and sender's name; see what relays add."),
    ),
    "letter.line_ends": WordsOfKind(
        _BAD,
        _LETTER,
        phrase("There is a CR or LF that stands alone; Gmail and others refuse that (RFC 5321, 2.3.8)."),
        _REPORT,
    ),
    "letter.long_line": WordsOfKind(
        _BAD,
        _LETTER,
        phrase("A line has {bytes} bytes; {most} are allowed (RFC 5322), and docomo refuses more."),
        _REPORT,
    ),
    "letter.raw_headers": WordsOfKind(
        _DOUBTFUL,
        _LETTER,
        phrase("The headers are not ASCII; receivers that do not know SMTPUTF8 refuse the letter."),
        phrase("Use a sender's address in ASCII."),
    ),
    "letter.no_text": WordsOfKind(
        _DOUBTFUL, _LETTER, phrase("There is no text part; some phones show nothing, and filters distrust it."), _REPORT
    ),
    "letter.clipped": WordsOfKind(
        _DOUBTFUL,
        _LETTER,
        phrase("The HTML has {bytes} bytes; Gmail shows {most}, and hides the way to unsubscribe."),
        phrase("Shorten texts to summaries and link to the rest."),
    ),
    "letter.shortened": WordsOfKind(
        _DOUBTFUL,
        _LETTER,
        phrase("Links are hidden behind {hosts}; filters distrust shortened addresses."),
        phrase("Link to the pages themselves."),
    ),
}
