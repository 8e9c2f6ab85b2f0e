"""Groups of addresses that test letters of a newsletter go to, such as 広報係. They are values of the newsletter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ...store import input_rule, mail_address
from ...store.errors import Invalid, NotFound
from ...store.phrase import Phrase, phrase
from ..newsletter import Newsletter

MOST_GROUPS = 20
MOST_ADDRESSES = 20
"""Addresses of one group: a test is for colleagues, and no way round approval."""
LONGEST_NAME = 100
_BETWEEN = re.compile(r"[\s,;、，；]+")


def split(typed: str) -> list[str]:
    """The addresses in *typed*, in the one form; separated by spaces, commas or line ends."""
    return list(dict.fromkeys(mail_address.normalise(part) for part in _BETWEEN.split(typed) if part))


def fault(groups: Sequence[Any]) -> Phrase | None:
    """Why a newsletter cannot have *groups*, ``{"name", "addresses"}`` each; None where it can."""
    if len(groups) > MOST_GROUPS:
        return phrase("a newsletter has up to {most} test groups: take some out", most=MOST_GROUPS)
    for group in groups:
        if not isinstance(group, dict) or set(group) != {"name", "addresses"}:
            return phrase("each test group has “name” and “addresses”, and nothing else")
        if (found := _name_fault(group["name"]) or _addresses_fault(group["addresses"])) is not None:
            return found
    names = [group["name"] for group in groups]
    if len(set(names)) < len(names):
        return phrase("two test groups have one name: give one of them another")
    return None


def _name_fault(name: object) -> Phrase | None:
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME or not input_rule.is_line(name):
        return phrase("a test group needs a name of up to {most} characters", most=LONGEST_NAME)
    return None


def _addresses_fault(addresses: object) -> Phrase | None:
    if not isinstance(addresses, list) or not addresses:
        return phrase("a test group needs at least one address")
    if len(addresses) > MOST_ADDRESSES:
        return phrase("a test group has up to {most} addresses: take some out", most=MOST_ADDRESSES)
    for address in addresses:
        try:
            mail_address.parse(str(address))
        except Invalid as error:
            return phrase("“{address}”: {why}", address=str(address)[:80], why=error.phrase)
    return None


def find(newsletter: Newsletter, name: str) -> list[str]:
    """The addresses of a group.

    Raises:
        NotFound: there is no such group.
    """
    for group in newsletter.test_groups:
        if group["name"] == name:
            return list(group["addresses"])
    raise NotFound(phrase("there is no test group “{name}”", name=name))


def changed(newsletter: Newsletter, name: str, addresses: Iterable[str]) -> list[dict[str, Any]]:
    """The groups of a newsletter once the group *name* has *addresses*; without any, once it is gone."""
    wanted = list(addresses)
    kept = [group for group in newsletter.test_groups if group["name"] != name]
    return [*kept, {"name": name, "addresses": wanted}] if wanted else kept
