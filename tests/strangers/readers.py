"""What each of the strangers says of a letter, in one form."""

from __future__ import annotations

import json
import os
import subprocess
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import compat32, default
from email.utils import parseaddr, parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Found = dict[str, Any]


def python(file: Path) -> Found:
    """The standard library's parser."""
    letter = message_from_bytes(file.read_bytes(), policy=default)
    assert not [defect for part in letter.walk() for defect in part.defects]
    [sender], [to] = letter["From"].addresses, letter["To"].addresses
    parts = {part.get_content_type(): part.get_payload(decode=True) for part in letter.walk()}
    pictures = [part.get_payload(decode=True) for part in letter.walk() if part.get_content_maintype() == "image"]
    return {
        "subject": str(letter["Subject"]),
        # Python's newer reader keeps the blank between two encoded-words (RFC 2047, 6.2), the older does not.
        "name": str(make_header(decode_header(parseaddr(" ".join(_raw_from(file).split()))[0]))),
        "from": sender.addr_spec,
        "to": to.addr_spec,
        "date": int(parsedate_to_datetime(letter["Date"]).timestamp()),
        "message_id": str(letter["Message-ID"]),
        "unsubscribe": str(letter["List-Unsubscribe"] or ""),
        "text": parts["text/plain"].decode(),
        "html": parts["text/html"].decode(),
        "pictures": sorted(sha256(data).hexdigest() for data in pictures),
    }


def _raw_from(file: Path) -> str:
    return str(message_from_bytes(file.read_bytes(), policy=compat32)["From"])


def mblaze(file: Path) -> Found:
    """mblaze: ``mhdr`` for headers, ``mshow`` for parts."""
    numbers = {}
    for line in _run("mshow", "-t", str(file)).decode().splitlines():
        words = line.split()
        for kind in ("text/plain", "text/html"):
            if kind in words:
                numbers[kind] = words[0].rstrip(":")

    def header(name: str, *options: str) -> str:
        return _run("mhdr", *options, "-h", name, str(file)).decode().rstrip("\n")

    return {
        "subject": header("subject", "-d"),
        "from": header("from", "-A").rpartition("<")[2].rstrip(">"),
        "to": header("to", "-A").rpartition("<")[2].rstrip(">"),
        "message_id": header("message-id"),
        "unsubscribe": header("list-unsubscribe"),
        "text": _run("mshow", "-O", str(file), numbers["text/plain"]).decode(),
        "html": _run("mshow", "-O", str(file), numbers["text/html"]).decode(),
    }


def go(files: list[Path], program: Path) -> list[Found]:
    """Go's net/mail, by the compiled ``parse.go``."""
    return _lines(_run(str(program), *map(str, files)))


def node(files: list[Path], modules: Path) -> list[Found]:
    """Node's mailparser, from a folder ``node_modules``."""
    return _lines(_run("node", str(HERE / "parse.js"), *map(str, files), NODE_PATH=str(modules)))


def normalised(found: Found) -> Found:
    """*found* without what parsers may do as they like: ends of lines, blanks at the ends, brackets of identifiers."""
    return {
        name: " ".join(value.strip().strip("<>").split()) if isinstance(value, str) and name not in ("text", "html")
        else value.replace("\r\n", "\n").rstrip("\n") if isinstance(value, str) else value
        for name, value in found.items()
    }  # fmt: skip


def _lines(output: bytes) -> list[Found]:
    return [json.loads(line) for line in output.decode().split("\n") if line]


def _run(*command: str, **environment: str) -> bytes:
    whole = {**os.environ, "LC_ALL": "C.UTF-8", **environment}
    done = subprocess.run(command, capture_output=True, check=False, env=whole)
    assert done.returncode == 0 or not done.stderr, f"{command[:2]}: {done.stderr.decode(errors='replace')}"
    return done.stdout
