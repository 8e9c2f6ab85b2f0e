"""Counting a ranking's evidence again: what is wrong with a sheet, by its files and the published key alone.

What is not given is not verified, and is named. ``docs/verify/ranking-verify.py`` does the same without this program.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.orm import Session

from ..store.clock import tokyo_date
from ..store.errors import Invalid
from ..store.phrase import phrase
from . import evidence, evidence_files, ranking_key, ranking_reach
from .evidence import KIND, VERDICTS, ArticleClicks, article_clicks, digest_of_clicks, digest_of_codes, line
from .hit_export import HitRow
from .ranking import Measure, Query
from .ranking_clicks import CODE_LENGTH, Span
from .ranking_reach import ReachFile

_FORMER_KIND = re.compile(r"kairan ranking evidence [01]")
_KEY = re.compile(r"(.*?)-----BEGIN PUBLIC KEY-----(.*?)-----END PUBLIC KEY-----", re.DOTALL)
_OTHER_KIND = phrase("this sheet is of the kind “{kind}”, which is not signed, and this version reads “{kind2}”: draw "
                     "the ranking again, or verify it with the version that made it")  # fmt: skip
_DATE = re.compile(r"^(Made|Retired): (\S+)", re.MULTILINE)
_DER_PREFIX = bytes.fromhex("302a300506032b6570032100")
"""What precedes the 32 bytes of an Ed25519 key as SubjectPublicKeyInfo (RFC 8410, 4)."""


@dataclass(slots=True)
class Verification:
    """What came out of counting a sheet again."""

    faults: list[str] = field(default_factory=list)
    """What is wrong; empty where nothing is, of what was verified."""
    verified: list[str] = field(default_factory=list)
    unverified: list[str] = field(default_factory=list)
    """With what would be needed."""


class PublishedKey(NamedTuple):
    """A public key and when it signed."""

    public: bytes
    made_at: datetime | None = None
    retired_at: datetime | None = None


def verify(
    found: Mapping[str, Any],
    rows: Iterable[HitRow] | None,
    reach: Mapping[str, Any] | None = None,
    keys: Mapping[str, PublishedKey] | None = None,
) -> Verification:
    """Count a sheet again.

    Arguments:
        found: the sheet.
        rows: the clicks that go with it, of which clicks that cannot count do not matter; None leaves them out.
        reach: its reach file; None leaves out what only this proves.
        keys: public keys by their names; None leaves out the signature.

    Raises:
        Invalid: this is no sheet, or one of a former kind; or no reach file.
    """
    refuse_other_kinds(found)
    try:
        done = _verify(found, rows, reach, keys)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError, RecursionError) as error:
        raise Invalid("this is no evidence sheet, or not a whole one, or its reach file is not") from error
    # Names in a sheet can hold whatever moves the cursor and hides a line.
    return Verification([*map(_printable, done.faults)], [*map(_printable, done.verified)], done.unverified)


def _printable(told: str) -> str:
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in told)


def refuse_other_kinds(found: Mapping[str, Any]) -> None:
    """Raise Invalid for what is no sheet of today's kind; a sheet of a former one is told from others."""
    kind = found.get("kind")
    if kind == KIND:
        return
    if isinstance(kind, str) and _FORMER_KIND.fullmatch(kind):
        raise Invalid(_OTHER_KIND.filled(kind=kind, kind2=KIND))
    raise Invalid("this is no evidence sheet")


def _verify(
    found: Mapping[str, Any],
    rows: Iterable[HitRow] | None,
    file: Mapping[str, Any] | None,
    keys: Mapping[str, PublishedKey] | None,
) -> Verification:
    query, done = Query.from_json(found["query"]), Verification(verified=["the sheet's digest"])
    done.faults += evidence_files.no_numbers([found, file])
    if found["digest"] != evidence.digest(found):
        done.faults.append("the digest is not that of the sheet")
    if found["verdicts"] != VERDICTS[query.policy]:
        done.faults.append("the verdicts that count are not those of the query")
    if (found["query"]["from"], found["query"]["until"]) != (
        query.period.start.isoformat(),
        query.period.end.isoformat(),
    ):
        done.faults.append("the days are not those of the period")
    if keys is None:
        done.unverified.append(
            "the signature (no public key given): whoever changed the sheet can have made a new digest"
        )
    else:
        done.faults += _check_signature(found, keys)
        done.verified.append(f"the signature, with the key {found['key']}")
    reach = None if file is None else ReachFile(file)
    if file is None or reach is None:
        done.unverified.append("who received each article, and which articles can have a place (no reach file given)")
    else:
        done.faults += _check_reach_file(found, query, file)
        done.verified.append("who received each article, and which articles can have a place")
    if rows is None:
        done.unverified.append("clicks, readers, rules and order (no clicks given)")
    else:
        done.faults += _check_numbers(found, query, rows, reach)
        done.verified.append("clicks, readers, rules and order")
    return done


def _check_signature(found: Mapping[str, Any], keys: Mapping[str, PublishedKey]) -> Iterator[str]:
    key = keys.get(found["key"])
    if key is None:
        yield f"the sheet is signed with the key {found['key']}, which is none of those given"
        return
    try:
        signature = base64.b64decode(found["signature"])
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, evidence.signed_message(found))
    except (InvalidSignature, binascii.Error):
        yield "the signature is not that of the key"
    at = datetime.fromisoformat(found["computed_at"])
    if (key.made_at and at < key.made_at) or (key.retired_at and at > key.retired_at):
        yield f"the key {found['key']} did not sign at the time of the sheet"


def _check_reach_file(found: Mapping[str, Any], query: Query, file: Mapping[str, Any]) -> Iterator[str]:
    if found["reach"] != ranking_reach.digest(file):
        yield "the reach file is not the one that the sheet was counted from"
    if (file["newsletter"], file["audience"]) != (query.newsletter, query.audience):
        yield "the reach file is of another newsletter or audience"
    if found["issues"] != [one["issue"] for one in file["issues"]]:
        yield "the issues are not those of the reach file"


class _Clicks(NamedTuple):
    """What was counted of one article."""

    clicks: ArticleClicks
    readers: int
    digests: dict[str, str]
    kinds: frozenset[bool]
    """Whether readers have codes of evidence; both where some have others."""


_NONE = _Clicks(ArticleClicks(0, 0, {}), 0, {"digest": digest_of_clicks([])}, frozenset())


def _check_numbers(
    found: Mapping[str, Any], query: Query, rows: Iterable[HitRow], reach: ReachFile | None
) -> Iterator[str]:
    ranked, places = [*found["places"], *found["others"]], len(found["places"])
    entries = [*ranked, *found["unread"]]
    spans = {one["article"]: (date.fromisoformat(one["from"]), date.fromisoformat(one["until"])) for one in entries}
    covers_all = reach is None and not query.topic and query.measure is not Measure.EARLY
    if reach is not None:
        spans = reach.days(query)
    counts, marks = _count(rows, query, found["verdicts"], spans, covers_all)
    received = reach.received([one["article"] for one in ranked], query.period.end.isoformat()) if reach else {}
    for number, entry in enumerate(entries, 1):
        slug = entry["article"]
        if slug not in spans:
            yield f"{slug}: can have no place in this ranking"
            continue
        counted = counts.get(slug, _NONE)
        right: dict[str, Any] = counted.clicks._asdict()
        right |= {"from": spans[slug][0].isoformat(), "until": spans[slug][1].isoformat()}
        if number <= len(ranked):
            right |= {"number": number, "readers": counted.readers}
            if reach is not None:
                published = reach.published.get(slug) or reach.first_day[slug]
                right |= {"received": received[slug], "published": published}
        elif counted.readers:
            yield f"{slug}: has {counted.readers} readers and is missing"
        if number <= places:
            right |= counted.digests
        for name, value in right.items():
            if entry[name] != value:
                yield f"{slug}: {name} is {entry[name]}, should be {value}"
    yield from _check_list(found, entries, counts, marks)
    for first, second in pairwise(ranked):
        if _sort_key(first, query.measure) > _sort_key(second, query.measure):
            yield f"{first['article']}: stands before {second['article']}"


def _check_list(
    found: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], counts: Mapping[str, _Clicks], marks: Counter[str]
) -> Iterator[str]:
    listed = Counter(one["article"] for one in entries)
    yield from (f"{slug}: stands there twice" for slug, often in listed.items() if often > 1)
    for slug, counted in counts.items():
        if slug not in listed:
            yield f"{slug}: has {counted.readers} readers and is missing"
    if len(frozenset[bool]().union(*(counted.kinds for counted in counts.values()))) > 1:
        yield "readers have codes of two kinds: the clicks are of two exports"
    if found["rules"] != dict(marks):
        wrong = sorted(mark for mark in {*found["rules"], *marks} if found["rules"].get(mark) != marks.get(mark))
        yield f"the rules are not those of the clicks: {', '.join(wrong)}"


def _count(
    rows: Iterable[HitRow], query: Query, verdicts: Sequence[str], spans: Mapping[str, Span], covers_all: bool
) -> tuple[dict[str, _Clicks], Counter[str]]:
    """Count clicks by article, and the rules on them.

    Arguments:
        spans: by article the days that count.
        covers_all: whether clicks on other articles count in the period, too.
    """
    whole = (query.period.start, query.period.end) if covers_all else None
    lines: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    readers: dict[str, set[str]] = defaultdict(set)
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    marks: Counter[str] = Counter()
    for row in rows:
        days = spans.get(row.article, whole) if row.article and row.kind == "click" else None
        if days is None or not days[0] <= _day(row.time[:13]) < days[1]:
            continue
        if query.audience and row.audience != query.audience:
            continue
        lines[row.article][row.reader].append(line(row))
        marks.update(set(row.rules.split()))
        counts = row.verdict in verdicts
        sums[row.article]["" if counts else row.rules.partition("@")[0] or row.verdict] += 1
        if counts:
            readers[row.article].update([row.reader] if row.reader.strip("-") else [])
    counted = {
        slug: _Clicks(article_clicks(sums[slug]), len(readers[slug]), *_digests(by_reader))
        for slug, by_reader in lines.items()
    }
    return counted, marks


def _digests(by_reader: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], frozenset[bool]]:
    """Of an article's clicks: that of their codes only where these are evidence's, not those of exported hits."""
    kinds = frozenset(len(code) == CODE_LENGTH for code in by_reader)
    codes = {"codes": digest_of_codes(by_reader)} if True in kinds else {}
    return {"digest": digest_of_clicks(by_reader.values()), **codes}, kinds


@lru_cache(20_000)
def _day(hour: str) -> date:
    """The day in Asia/Tokyo of an hour in UTC, such as ``2021-05-01T15``."""
    return tokyo_date(datetime.fromisoformat(f"{hour}:00Z"))


def _sort_key(entry: Mapping[str, Any], measure: Measure) -> tuple[float, float, str, str]:
    rate = entry["readers"] / entry["received"] if entry["received"] else -1.0
    last = (entry["published"] or "9999-12-31", entry["article"])
    if measure is Measure.RATE:
        return (-rate, -entry["readers"], *last)
    return (-entry["readers"], -rate, *last)


def verify_here(session: Session, found: Mapping[str, Any]) -> Verification:
    """Count a sheet again from the database as it is now, with the newsletter's keys of the database.

    Raises:
        Invalid: this is no sheet, or one of a former kind.
        NotFound: there is no such newsletter, audience or topic.
    """
    refuse_other_kinds(found)
    query = Query.from_json(found.get("query") or {})
    keys = {
        key.id: PublishedKey(key.public_key, key.made_at.replace(microsecond=0), key.retired_at)
        for key in ranking_key.list_keys(session, evidence.newsletter_of(session, query))
    }
    return verify(found, evidence.rows_for(session, query), evidence.reach_for(session, query), keys)


def read_keys(text: str) -> dict[str, PublishedKey]:
    """The public keys in a text by their names: as they are published, or one as 64 hexadecimal digits.

    Raises:
        Invalid: there is none.
    """
    found = {}
    if re.fullmatch(r"\s*[0-9a-fA-F]{64}\s*", text):
        public = bytes.fromhex(text.strip())
        return {ranking_key.key_id(public): PublishedKey(public)}
    for head, body in _KEY.findall(text):
        try:
            raw = base64.b64decode(body)
            dates = {name: datetime.fromisoformat(value) for name, value in _DATE.findall(head)}
        except ValueError as error:
            raise Invalid("this key cannot be read") from error
        if raw.startswith(_DER_PREFIX) and len(raw) == len(_DER_PREFIX) + 32:
            public = raw.removeprefix(_DER_PREFIX)
            found[ranking_key.key_id(public)] = PublishedKey(public, dates.get("Made"), dates.get("Retired"))
    if not found:
        raise Invalid("this is no public key: give the file that is published with the newsletter, or 64 hex digits")
    return found
