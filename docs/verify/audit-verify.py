"""Check an audit log without Kairan: python audit-verify.py LOG.jsonl [--key KEY]… [--head HEAD]…

`kairan audit export --out LOG.jsonl` writes the log; a CSV file from the page does, too, if it holds every entry (and a
--key is given). KEY is a public key that you noted (64 hexadecimal digits, `kairan audit key`); without one, the keys
in the log itself are believed. HEAD is a line that you noted (`kairan audit head`). Needs Python 3.9 or later and
nothing else. Names what was changed, removed or put in, the first one first; ends with 0 where nothing was, 1 where
something was, 2 where there is no log that it can read. docs/audit.md describes what it does.
"""

import argparse
import base64
import csv
import hashlib
import io
import json
import re
import sys
import unicodedata
from datetime import datetime
from pathlib import Path

# Ed25519 (RFC 8032, 5.1): points are (x, y) with -x² + y² = 1 + d·x²·y² modulo P. Slow, and short enough to be read.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add(one, two):
    """The sum of two points."""
    (x1, y1), (x2, y2) = one, two
    both = D * x1 * x2 * y1 * y2
    return (x1 * y2 + x2 * y1) * pow(1 + both, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - both, -1, P) % P


def times(number, point):
    """A point added to itself, as often as *number* says."""
    total = (0, 1)
    while number:
        total = add(total, point) if number & 1 else total
        point, number = add(point, point), number >> 1
    return total


def point_of(raw):
    """The point that 32 bytes stand for (5.1.3)."""
    odd, y = raw[31] >> 7, int.from_bytes(raw, "little") % 2**255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (not x and odd):
        raise ValueError("this is no point of the curve")
    return (P - x if x % 2 != odd else x), y


def holds(public, message, text):
    """Whether a signature in base64 over *message* was made with the key whose public half is *public* (5.1.7)."""
    try:
        signature = base64.b64decode(text)
        key, first = point_of(public), point_of(signature[:32])
    except (ValueError, IndexError):
        return False
    rest = int.from_bytes(signature[32:], "little")
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    base = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    return len(signature) == 64 and rest < ORDER and times(rest, base) == add(first, times(hashed, key))


def signed(row, keys):
    """Whether the signature of an entry or of a day's head holds."""
    message = f"kairan audit log 1\n{row['day']}\n{row['number']}\n{row['digest']}".encode()
    return row["key"] in keys and holds(keys[row["key"]], message, row["signature"])


def digest(entry, number):
    """The digest that an entry should have under a number."""
    if entry["form"] == 1:
        at = datetime.fromisoformat(entry["at"]).isoformat()
        content = [entry["previous"], at, *(entry[name] for name in ("actor", "action", "subject", "detail"))]
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    else:
        names = (
            "day",
            "previous",
            "at",
            "edge",
            "client",
            "member_id",
            "actor",
            "action",
            "subject",
            "detail",
            "changes",
        )
        content = [entry["form"], number, *(entry[name] for name in names)]
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def plain_cell(text):
    """A cell of a CSV file without the apostrophe that keeps spreadsheets from running it."""
    rest = text.lstrip("'")
    seen = rest.lstrip(" \u3000\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
    formula = rest[:1] in tuple("\t\r\n") or (seen and unicodedata.normalize("NFKC", seen[0])[0] in "=+-@\u2212")
    return text[1:] if text.startswith("'") and rest and formula else text


def read(path):
    """Keys, heads of days and entries of a file."""
    text = Path(path).read_bytes().decode("utf-8-sig")
    if text.startswith("{"):
        rows = [json.loads(line) for line in text.split("\n") if line]
    else:
        rows = []
        for cells in csv.DictReader(io.StringIO(text, newline="")):
            row = {name: plain_cell(cell) for name, cell in cells.items()}
            row.update(
                what="entry",
                number=int(row["number"]),
                form=int(row["form"]),
                detail=json.loads(row["detail"]),
                changes=json.loads(row["changes"]),
                member_id=int(row["member_id"]) if row["member_id"] else None,
            )
            rows.append(row)
    keys = {row["key"]: bytes.fromhex(row["public_key"]) for row in rows if row["what"] == "key"}
    days = sorted((row for row in rows if row["what"] == "day"), key=lambda row: row["day"])
    entries = sorted((row for row in rows if row["what"] == "entry"), key=lambda row: row["number"])
    return keys, days, entries


def last_cut(days, entries):
    """The head of the last day that was cut away; None where nothing was."""
    until = max((e["detail"].get("until", "") for e in entries if e["action"] == "cut audit log"), default="")
    return next((day for day in days if day["day"] == until), None)


def first_unsigned(entries, keys):
    """The first entry whose signature does not hold. Where the last one holds, all before it do: they are chained."""
    found = [entry for entry in entries if entry["form"] > 1]
    if not found or signed(found[-1], keys):
        return None
    low, high = 0, len(found) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if signed(found[middle], keys) else (low, middle)
    return found[low]


def check_entries(entries, keys, start, before):
    """What is wrong with entries, as (number, last number, words)."""
    expected, form, numbers, blamed, sound = start, 1, {before: start - 1}, 0, []
    for entry in entries:
        number, found = entry["number"], []
        gap = number > expected
        if gap:
            found.append((expected, number - 1, "missing"))
        elif number < expected:
            found.append((number, number, "put in"))
        if entry["form"] not in (form, 2) or entry["digest"] != digest(entry, number):
            found.append(moved(entry, numbers) or (number, number, "changed"))
        else:
            sound.append(entry)
            if not gap and entry["previous"] != before and blamed < number - 1:
                found.append((max(number - 1, 1), max(number - 1, 1), "changed" if number > start else "missing"))
        yield from found
        blamed = max([blamed, *(until for _, until, _ in found)])
        form, before, expected = max(form, entry["form"]), entry["digest"], max(number, expected - 1) + 1
        numbers[entry["digest"]] = number
    if forged := first_unsigned(sound, keys):
        yield forged["number"], forged["number"], "changed or put in: its signature does not hold"


def moved(entry, numbers):
    """Where an entry was moved by others that were put in or taken out before it."""
    number, followed = entry["number"], numbers.get(entry["previous"])
    if followed is not None and followed + 1 < number and entry["digest"] == digest(entry, followed + 1):
        return followed + 1, number - 1, "put in"
    for before in range(number + 1, number + 1000 if entry["form"] > 1 and followed is None else number):
        if entry["digest"] == digest(entry, before):
            return number, before - 1, "missing"
    return None


def check_days(days, entries, keys, cut):
    """What is wrong with the heads of days."""
    ends = {entry["day"]: entry for entry in entries}
    first = 1
    signing = False
    for day in days:
        number, end = day["number"], ends.get(day["day"])
        signing = signing or bool(day["signature"])
        own = end is not None and all(day[name] == end[name] for name in ("number", "digest", "key", "signature"))
        if signing and not own and not signed(day, keys):
            yield number, number, "the end of a day whose head was changed"
        if cut is None or day["day"] > cut["day"]:
            if end is None or end["number"] < number:
                yield (first if end is None else end["number"] + 1), number, "missing"
            elif end["number"] > number:
                yield number + 1, end["number"], "put in"
            elif end["digest"] != day["digest"]:
                yield number, number, "changed"
        first = number + 1
    for day in sorted(ends)[:-1] if days else []:
        if day not in {one["day"] for one in days}:
            yield ends[day]["number"], ends[day]["number"], "the end of a day whose head is missing"


def check_head(line, days, entries, start):
    """What a head that was noted says against the log."""
    noted = re.fullmatch(r"(?:(\d{4}-\d\d-\d\d)/(\d+)/)?([0-9a-f]{64})", line.strip())
    if not noted:
        raise ValueError(f"“{line}” is no head: write DAY/NUMBER/DIGEST")
    day, number, wanted = noted[1], int(noted[2] or 0), noted[3]
    end = entries[-1]["number"] if entries else start - 1
    if not day:
        if wanted not in {one["digest"] for one in [*entries, *days]}:
            yield end + 1, end + 1, "missing"
    elif number > end:
        yield end + 1, number, "missing"
    elif number >= start:
        if wanted not in {one["digest"] for one in entries if one["number"] == number}:
            yield number, number, "changed"
    elif any(one["number"] == number and one["digest"] != wanted for one in days):
        yield number, number, "the end of a day whose head was changed"


def main():
    """Check what the command line names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("log")
    parser.add_argument("--key", action="append", default=[])
    parser.add_argument("--head", action="append", default=[])
    asked = parser.parse_args()
    try:
        keys, days, entries = read(asked.log)
        if asked.key:
            keys = {hashlib.sha256(bytes.fromhex(key)).hexdigest()[:16]: bytes.fromhex(key) for key in asked.key}
        cut = last_cut(days, entries)
        start, before = (cut["number"] + 1, cut["digest"]) if cut else (1, "")
        faults = [*check_entries(entries, keys, start, before), *check_days(days, entries, keys, cut)]
        for line in asked.head:
            faults += check_head(line, days, entries, start)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"no log that can be read: {error!r}", file=sys.stderr)
        return 2
    for first, until, words in sorted(set(faults)):
        print(f"entry {first} is {words}" if first == until else f"entries {first} to {until} are {words}")
    if not faults:
        end = f" Head: {entries[-1]['day']}/{entries[-1]['number']}/{entries[-1]['digest']}" if entries else ""
        print(f"{len(entries)} entries, each as it was written.{end}")
        if not asked.key:
            print("No --key was given: the keys in the log were believed. Compare them with `kairan audit key`.")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
