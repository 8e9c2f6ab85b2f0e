"""The keys of a newsletter: made, waiting for their records in the DNS, and in use.

A key is a file below ``KAIRAN_DATA/dkim``, for our account alone, named ``SELECTOR.DOMAIN.pem``. The newsletter
names those that it signs with; the others wait until somebody has put their records into the DNS. No page and no
command ever shows a private key.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.orm import Session

import settings

from ..staff import audit
from ..staff.member import Member
from ..store import clock, mail_address
from ..store.errors import Invalid
from ..store.phrase import phrase
from .dkim_key import Key, KeyKind, key_path
from .newsletter import DKIM_PARTS, Newsletter

SUFFIX = ".pem"


class NamedKey(NamedTuple):
    """A key by its file; ``key`` is None where this machine cannot read it, and ``problem`` says why."""

    domain: str
    selector: str
    file: str
    key: Key | None
    problem: Invalid | None = None


def default_folder() -> Path:
    """Where keys are kept, absolute."""
    return (settings.get().kairan_data / "dkim").absolute()


def default_selector() -> str:
    """The name of a key where nobody names one: kairan and the year."""
    return f"kairan{clock.today():%Y}"


def make(domain: str, selector: str, kinds: Sequence[KeyKind], folder: Path | None = None) -> list[NamedKey]:
    """Make a key of each kind and write it into a file that only our account may read.

    Arguments:
        domain: the one of the sender's address.
        selector: the key's name in the DNS; empty for the usual one. A second key has an ``e`` behind it.
        folder: where the files go; by default :func:`default_folder`.

    Raises:
        Invalid: domain or selector cannot stand in the DNS, or there is such a file already.
    """
    target = folder or default_folder()
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = selector or default_selector()
    keys = [Key.new(domain, name if kind is kinds[0] else f"{name}e", kind) for kind in kinds]
    return [
        NamedKey(key.domain, key.selector, str(_write(target.absolute() / _file_name(key), key)), key) for key in keys
    ]


def use(session: Session, newsletter: Newsletter, entries: Sequence[Mapping[str, str]], by: Member | str) -> list[Key]:
    """Sign the newsletter's letters with these keys from now on, and with no other.

    Arguments:
        entries: :data:`~models.issues.newsletter.DKIM_PARTS` each; none to sign no more.

    Raises:
        Invalid: a key cannot be read. Nothing is changed then.
    """
    plain = [{part: str(entry[part]) for part in DKIM_PARTS} for entry in entries]
    loaded = [Key.load(key_path(one["key_file"]), one["domain"], one["selector"]) for one in plain]
    before, newsletter.dkim = newsletter.dkim, plain
    changed = {"dkim": [before, plain]}
    audit.record(session, by, "set signing keys", f"newsletter/{newsletter.id}", keys=plain, changed=changed)
    return loaded


def in_use(newsletter: Newsletter) -> list[NamedKey]:
    """The keys that the newsletter signs with."""
    return [
        _load(str(entry["domain"]), str(entry["selector"]), str(entry["key_file"]))
        for entry in newsletter.dkim
        if isinstance(entry, dict) and set(entry) >= set(DKIM_PARTS)
    ]


def waiting(newsletter: Newsletter) -> list[NamedKey]:
    """Keys in our folder for the domain of the sender's address that the newsletter does not sign with."""
    domain = sender_domain(newsletter)
    used = {str(key_path(str(entry.get("key_file", ""))).absolute()) for entry in newsletter.dkim}
    end = f".{domain}{SUFFIX}"
    files = sorted(default_folder().glob(f"*{SUFFIX}")) if default_folder().is_dir() else []
    return [
        _load(domain, file.name.removesuffix(end), str(file))
        for file in files
        if file.name.endswith(end) and str(file) not in used
    ]


def sender_domain(newsletter: Newsletter) -> str:
    """The domain of the newsletter's sender address, in ASCII."""
    return mail_address.addr_spec(newsletter.sender_address).rpartition("@")[2].lower()


def is_aligned(domain: str, sender: str) -> bool:
    """Whether a signature of *domain* counts for mail from *sender* (RFC 7489, 3.1.1), as far as names tell."""
    own = mail_address.addr_spec(sender).rpartition("@")[2].lower()
    return own == domain or own.endswith(f".{domain}") or domain.endswith(f".{own}")


def find(keys: Iterable[NamedKey], selector: str) -> NamedKey | None:
    """The key called *selector*; None where there is none any more."""
    return next((one for one in keys if one.selector == selector), None)


def _load(domain: str, selector: str, file: str) -> NamedKey:
    try:
        return NamedKey(domain, selector, file, Key.load(key_path(file), domain, selector))
    except Invalid as problem:
        return NamedKey(domain, selector, file, None, problem)


def _file_name(key: Key) -> str:
    return f"{key.selector}.{key.domain}{SUFFIX}"


def _write(file: Path, key: Key) -> Path:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Invalid(
            phrase(
                "there is a key “{name}” already: choose another name (--selector)", name=file.name.partition(".")[0]
            ),
            field="selector",
        ) from None
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(key.pem)
    return file
