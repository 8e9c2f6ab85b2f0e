"""Failures told in plain text: whether it is one, whom it names, and what it says of each.

Programs that know no RFC 3464, and gateways in offices, write for people: an address on a line of its own, what was
answered below it, then the letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from . import recognition
from .mail_text import addresses

_DAEMON = recognition.pattern("daemon")
_SUBJECT = recognition.pattern("report_subject")
_SAID = recognition.pattern("said")
_STRONG = recognition.pattern("strong")
_CODE = re.compile(r"(?<!\d)[45]\d\d[ -](?:[45]\.\d|[<\w(-])|(?<![\d.])[45]\.\d\.\d{1,3}(?![\d.])")
_ANSWERS = re.compile(r"\s*(?:re|fwd?|tr|wg|aw|sv|転送)\s*[:：]", re.IGNORECASE)
_STILL_TRIED = recognition.pattern("still_tried")
_GIVEN_UP = recognition.pattern("given_up")
_MARKS = recognition.pattern("before_recipient", at_end=True)
_ABOUT_SENDER = recognition.pattern("before_sender", at_end=True)
_STAGES = {name: recognition.pattern(f"stage_{name}") for name in ("dot", "rcpt", "mail", "data", "connect")}
_OPENING = re.compile(r"[<\"'(\s*>→・:：=]{0,12}\Z")
_EXPANDED = re.compile(r"\((?:expanded|generated) from\b", re.IGNORECASE)
_MOST_NAMED = 300


_Picker = Callable[[str, str, str], bool]


class NamedRecipient(NamedTuple):
    """An address, and what is said of it."""

    address: str
    text: str


def looks_returned(sender: str, subject: str, text: str, *, by_program: bool) -> bool:
    """Whether plain text tells of a failure or a delay: who wrote it and what it says agree.

    Arguments:
        by_program: whether the envelope or the header say that no person wrote it.
    """
    says = bool(_SAID.search(text[:6000]) or _STILL_TRIED.search(text[:6000]))
    titled = bool(_SUBJECT.search(subject[:300]))
    if is_daemon(sender):
        return says or titled
    if by_program and _STRONG.search(text[:3000]):
        return not _ANSWERS.match(subject)
    return says and titled and not _ANSWERS.match(subject) and (by_program or bool(_CODE.search(text[:6000])))


def has_code(text: str) -> bool:
    """Whether an answer of a server is quoted."""
    return bool(_CODE.search(text[:6000]))


def is_titled(subject: str) -> bool:
    """Whether the subject is that of a report."""
    return bool(_SUBJECT.search(subject[:300]))


def is_daemon(sender: str) -> bool:
    """Whether a program that hands mail over wrote it, to go by its name."""
    return bool(_DAEMON.search(sender[:300]))


def is_delay(subject: str, text: str) -> bool:
    """Whether it is still being tried."""
    found = _STILL_TRIED.search(f"{subject[:300]}\n{text[:6000]}")
    return found is not None and not _GIVEN_UP.search(text[:6000])


def stage_of(text: str) -> str:
    """The command that was answered, as Postfix, Exim, sendmail, qmail and others say it; empty where nobody does."""
    text = text[:6000]
    if ">>> " in text and "<<< " in text and (command := _of_transcript(text)):
        return command
    return next((stage for stage, pattern in _STAGES.items() if pattern.search(text)), "")


def _of_transcript(text: str) -> str:
    """The command above the first refusal in sendmail's transcript.

    Commands are pipelined there: a refusal that names the address belongs to RCPT even below ``>>> DATA``.
    """
    command = ""
    for line in text.split("\n"):
        line = line.strip()
        if line[:4] == ">>> ":
            command = {"MAIL": "mail", "RCPT": "rcpt", "DATA": "data", ".": "dot"}.get(
                line[4:8].strip().upper(), command
            )
        elif re.match(r"<<< [45]\d\d", line) and not line.startswith(("<<< 503", "<<< 554 5.5.1")):
            if command == "data" and "<" in line[4:] and "@" in line[4:]:
                return "rcpt"
            return "dot" if command == "data" else command
    return command if command != "data" else "dot"


def named(
    text: str, ours: Iterable[str], letter_to: Iterable[str] = (), *, leading: bool = False
) -> list[NamedRecipient]:
    """Addresses that a text gives up on, each with the lines that belong to it.

    Addresses at the beginning of a line count first; then those behind words such as RCPT TO; then any. Where the
    returned letter tells whom it was written to, the first kind that holds such an address counts, and of the last
    kind nothing else.

    Arguments:
        text: what stands before the returned letter.
        ours: addresses that are never meant: whom the report was sent to and who wrote it.
        letter_to: whom the returned letter was written to, where that is known.
        leading: only addresses at the beginning of a line.
    """
    own, known, lines = {one.lower() for one in ours}, {one.lower() for one in letter_to}, text.split("\n")
    picks = (_leads_line,) if leading else (_leads_line, _is_marked, _anywhere)
    picked = [_places(lines, own, pick) for pick in picks]
    for places, pick in zip(picked, picks, strict=True):
        if meant := [one for one in places if one[1].lower() in known]:
            return _blocks(lines, meant if pick is _anywhere else places)
    return next((_blocks(lines, places) for places in picked if places), [])


def expanded_to(text: str, address: str) -> str:
    """The member in whose place a text names *address*: ``<b@x> (expanded from <a@x>)``; empty where it does not.

    Postfix writes both in one line, Exim (*generated from*) and sendmail in two.
    """
    member = ""
    for line in text.split("\n") if address and _EXPANDED.search(text) else []:
        before, *origin = _EXPANDED.split(line[:1000], maxsplit=1)
        member = next(addresses(before), member)
        if origin and address.lower() in {one.lower() for one in addresses(origin[0])}:
            return member
    return ""


def _places(lines: list[str], own: set[str], pick: _Picker) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for number, line in enumerate(lines):
        if "@" not in line:
            continue
        for address in addresses(line[:1000]):
            key = address.lower()
            before = line[: line.find(address)]
            if key not in own and not _is_service(key) and pick(line, before, address):
                found.append((number, address))
                break
        if len(found) >= _MOST_NAMED:
            break
    return found


def _is_service(key: str) -> bool:
    return key.startswith("mailer-daemon@") or key.endswith("@smtp")


def _leads_line(line: str, before: str, address: str) -> bool:
    """``<a@b.example>:`` or an address alone, as Postfix, qmail, Exim, sendmail and GMX write it."""
    after = line[len(before) + len(address) :].lstrip(">\"')")
    return bool(_OPENING.fullmatch(before)) and (
        not after.strip()
        or after[0] in ":,;"
        or after.startswith((" on ", " (", " <", "<mailto", " [", "...", "…"))
        or _SAID.search(after[:300]) is not None
    )


def _is_marked(line: str, before: str, address: str) -> bool:
    return bool(_MARKS.search(before[-80:]))


def _anywhere(line: str, before: str, address: str) -> bool:
    return not _ABOUT_SENDER.search(before[-40:]) and "message-id" not in before.lower()


def _blocks(lines: list[str], places: list[tuple[int, str]]) -> list[NamedRecipient]:
    """Each address with every line that belongs to it: from where it is named to where another one is."""
    names = {address.lower(): address for _, address in reversed(places)}
    texts: dict[str, list[str]] = {key: [] for _, address in places if (key := address.lower())}
    current = places[0][1].lower()
    for line in lines[places[0][0] :]:
        if "@" in line:
            found = {key for one in addresses(line[:1000]) if (key := one.lower()) in texts}
            current = next(iter(found)) if len(found) == 1 else current
        texts[current].append(line)
    return [NamedRecipient(names[key], "\n".join(text)) for key, text in texts.items()]
