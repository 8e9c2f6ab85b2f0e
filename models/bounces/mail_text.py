"""Text of returned mail: addresses in it, and where the returned letter begins."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import recognition

_ADDRESS = re.compile(
    r"(?<![\w.+@-])(\"[^\"\s@]{1,64}\"|[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\u00c0-\u024f-]{1,128})"
    r"@([A-Za-z0-9\u00c0-\u024f\u3040-\u30ff\u4e00-\u9fff](?:[A-Za-z0-9.\u00c0-\u024f-]{0,250}[A-Za-z0-9])?|\[[0-9.]{7,15}\])"
)
_WIDE = re.compile(r"(?<=[!-~])(?=[\u3000-\u9fff\uac00-\ud7af])|(?<=[\u3000-\u9fff\uac00-\ud7af])(?=[!-~])")
_LONG = re.compile(r"(\S{160})\S+")
_QUOTE_BEGINS = recognition.pattern("letter_begins")
_LETTER_FIELD = re.compile(
    r"^(?:Received|Return-Path|DKIM-Signature|X-Received|ARC-Seal|X-Originating-IP|X-Google-[\w-]{1,30}):",
    re.IGNORECASE,
)
_SOME_FIELD = re.compile(
    r"^(?:From|To|Cc|Subject|Date|Message-Id|MIME-Version|Content-[\w-]{1,30}|Reply-To|X-[\w-]{1,40}):", re.I
)
_SUBJECT_LINE = re.compile(r"^[ \t>・*-]{0,8}(?:subject|件 ?名|題 ?名|表題|タイトル)[ \t]{0,4}[::].*$", re.I | re.M)
_MOST_LINES = 1500
_ANSWERED = re.compile(
    r"\s*(?:-{2,} ?(?:Original Message|元のメッセージ|転送)|_{10,}|On .{5,120} wrote:"
    r"|.{5,80}(?:のメール|さんは書きました):)",
    re.IGNORECASE,
)


def one_address(value: str) -> str:
    """The address that *value* holds, without brackets; empty where there is none."""
    value = value.strip()[:600].replace('"', "") if value.count('"') == 2 and " " not in value else value.strip()[:600]
    found = _ADDRESS.search(value)
    if found is None and "@" in value and re.fullmatch(r"<?[^\s<>@]{1,64}@[^\s<>@]{1,200}>?", value):
        return value.strip("<>").rstrip(".")
    return f"{found[1]}@{found[2]}".rstrip(".") if found else ""


def addresses(text: str) -> Iterator[str]:
    """Every address in a text, in its order."""
    for found in _ADDRESS.finditer(text):
        local = found[1].strip("'`=").lstrip("*/|")
        if local:
            yield f"{local}@{found[2]}".rstrip(".")


def spaced(text: str) -> str:
    """*text* with blanks between Japanese and Latin letters, in one line, long words cut: safe for every rule."""
    return _LONG.sub(r"\1", _WIDE.sub(" ", " ".join(text.split())))


def before_letter(text: str) -> str:
    """What stands before the returned letter.

    It begins where a line says so, with a field that only whole messages have, or with three of the others in a row.
    """
    lines = text.split("\n")[:_MOST_LINES]
    others = 0
    for number, line in enumerate(lines):
        if _LETTER_FIELD.match(line) or (number and _letter_begins(line)):
            return "\n".join(lines[: number - others] if others else lines[:number])
        others = others + 1 if _SOME_FIELD.match(line) else 0
        if others == 3:
            return "\n".join(lines[: number - 2])
    return "\n".join(lines)


def without_subjects(text: str) -> str:
    """A notice without the lines that name the letter's subject: our own words say nothing of why it came back."""
    return _SUBJECT_LINE.sub("", text)


def _letter_begins(line: str) -> bool:
    """Whether a line says that the returned letter follows."""
    line = line.strip(" \t>*=_-")[:140].lower()
    found = _QUOTE_BEGINS.search(line)
    return (
        found is not None and found.start() <= 60 and "@" not in line and not line.endswith(("was", "has", "is", "to"))
    )


def without_answered(text: str) -> str:
    """A person's own words: without the lines that an answer quotes."""
    kept = []
    for line in text.split("\n")[:_MOST_LINES]:
        if _ANSWERED.match(line[:300]):
            break
        if not line.lstrip().startswith((">", "|", ">")):
            kept.append(line)
    return "\n".join(kept)
