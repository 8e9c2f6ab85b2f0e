"""Count a ranking again, without Kairan: python ranking-verify.py SHEET.json CLICKS.csv REACH.json KEY.pem

`kairan ranking … --evidence SHEET.json` writes the first three; the key is published with the newsletter, at
/archive/NEWSLETTER/ranking-key.pem, and can be given as text (64 hexadecimal digits), too. Needs Python 3.9 or later
and nothing else. Says what is wrong, what was verified and what was not; ends with 0 where nothing is wrong, 1 where
something is, 2 where there is no sheet that it can read. What is not given is not verified: docs/rankings.md says what
each file proves.
"""

import base64
import csv
import hashlib
import json
import re
import sys
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

SHEET, REACH = "kairan ranking evidence 2", "kairan ranking reach 1"
CODE_LENGTH = 20  # of a reader's code in the clicks of a sheet
COLUMNS = ["time", "issue", "kind", "link", "article", "audience", "reader", "method", "verdict", "certainty", "rules"]
VERDICTS = {"human": ["human"], "human+unknown": ["human", "unknown"]}


def read(name):
    """A file's text; Windows writes UTF-16 where output goes to a file, and a mark before UTF-8."""
    raw = Path(name).read_bytes()
    return raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")


def load(text):
    """What a text in JSON says, where no name stands twice: people may read the one and a program the other."""

    def once(pairs):
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a name stands there twice")
        return dict(pairs)

    def refuse(word):
        raise ValueError(f"{word} is no number")

    return json.loads(text, object_pairs_hook=once, parse_constant=refuse)


def say(line):
    """Print a line that stays one: names in a sheet can hold whatever moves the cursor."""
    line = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)
    print(line.encode(sys.stdout.encoding or "ascii", "backslashreplace").decode(sys.stdout.encoding or "ascii"))


def sha256(text):
    """SHA-256 of a text, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest(value, without=()):
    """SHA-256 of a JSON object, its names in order, but for those in *without*."""
    kept = {name: part for name, part in value.items() if name not in without}
    return sha256(json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def no_numbers(value):
    """What never stands in a sheet or reach file: true and fractions, which Python takes for equal to 1 and 1.0."""
    if isinstance(value, (bool, float)):
        yield f"{json.dumps(value)} stands where a whole number belongs"
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from no_numbers(part)


# Ed25519 (RFC 8032, 5.1): points are (x, y) with -x² + y² = 1 + d·x²·y² modulo P. Slow, and short enough to be read.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add(one, two):
    """The sum of two points."""
    (x1, y1), (x2, y2) = one, two
    both = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + both, -1, P)
    return x % P, (y1 * y2 + x1 * x2) * pow(1 - both, -1, P) % P


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


def signature_holds(public, message, signature):
    """Whether *signature* (64 bytes) over *message* was made with the key whose public half is *public* (5.1.7)."""
    try:
        key, first = point_of(public), point_of(signature[:32])
    except (ValueError, IndexError):
        return False
    rest = int.from_bytes(signature[32:], "little")
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    base = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    return len(signature) == 64 and rest < ORDER and times(rest, base) == add(first, times(hashed, key))


def keys_of(text):
    """By name the public keys in a text, each with the time from which and until which it signed."""
    found, prefix = {}, bytes.fromhex("302a300506032b6570032100")  # RFC 8410: an Ed25519 key follows
    if re.fullmatch(r"\s*[0-9a-fA-F]{64}\s*", text):
        return {name_of(bytes.fromhex(text.strip())): (bytes.fromhex(text.strip()), "", "")}
    for head, body in re.findall(r"(.*?)-----BEGIN PUBLIC KEY-----(.*?)-----END PUBLIC KEY-----", text, re.S):
        raw = base64.b64decode(body)
        dates = dict(re.findall(r"^(Made|Retired): (\S+)", head, re.M))
        if raw.startswith(prefix) and len(raw) == 44:
            found[name_of(raw[12:])] = (raw[12:], dates.get("Made", ""), dates.get("Retired", ""))
    return found


def name_of(public):
    """What a sheet calls a key: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def check_signature(sheet, keys):
    """What is wrong with the signature, and with the dates of its key."""
    if sheet["key"] not in keys:
        yield f"the sheet is signed with the key {sheet['key']}, which is none of those given"
        return
    public, made, retired = keys[sheet["key"]]
    message = "\n".join(sheet[name] for name in ("kind", "digest", "computed_at", "key")).encode()
    if not signature_holds(public, message, base64.b64decode(sheet["signature"])):
        yield "the signature is not that of the key"
    at = datetime.fromisoformat(sheet["computed_at"])
    if (made and at < datetime.fromisoformat(made)) or (retired and at > datetime.fromisoformat(retired)):
        yield f"the key {sheet['key']} did not sign at the time of the sheet"


class Reach:
    """What there was to rank, and who received it."""

    def __init__(self, file):
        self.topics = {a["article"]: a["topics"] for a in file["articles"]}
        self.published = {a["article"]: a["published"] for a in file["articles"]}
        self.days = {str(issue["issue"]): issue["day"] for issue in file["issues"]}
        self.copies = [(words.split(), readers) for words, readers in file["copies"]]
        self.articles, self.first = {}, {}
        for issue in file["issues"]:
            for edition, articles in issue["editions"].items():
                self.articles[f"{issue['issue']}.{edition}"] = set(articles)
                for article in articles:
                    self.first[article] = min(issue["day"], self.first.get(article, issue["day"]))

    def spans(self, query):
        """By article that can have a place, the days that count for it; the second one does not."""
        found = {}
        for article, first in self.first.items():
            if query["topic"] and query["topic"] not in self.topics[article]:
                continue
            if query["measure"] != "early":
                found[article] = (query["from"], query["until"])
            elif query["from"] <= first < query["until"]:
                found[article] = (first, str(date.fromisoformat(first) + timedelta(days=query["first_days"])))
        return found

    def received(self, until):
        """By article, how many readers received it before that day."""
        counts = Counter()
        for words, readers in self.copies:
            got = set()
            for word in words:
                issue = word.split(".")[0]
                if self.days[issue] < until:
                    got |= self.articles.get(word) or self.articles.get(f"{issue}.*") or set()
            counts.update(dict.fromkeys(got, readers))
        return counts


def count_clicks(paths, query, verdicts, spans, others):
    """By article: its readers, its clicks by rule, and the lines of each reader; and the rules that were seen."""
    readers, sums, lines, marks = defaultdict(set), defaultdict(Counter), defaultdict(dict), Counter()
    for path in paths:
        lined = csv.reader(read(path).splitlines())
        if next(lined, []) != COLUMNS:
            raise ValueError(f"{path} holds no clicks: its first line does not name the columns")
        for values in filter(None, lined):
            if len(values) != len(COLUMNS):
                raise ValueError(f"{path}: a line is not whole")
            row = {name: values[n] for n, name in enumerate(COLUMNS)}
            article, (first, end) = row["article"], spans.get(row["article"], others if row["article"] else ("", ""))
            tokyo = datetime.fromisoformat(row["time"][:16] + "+00:00") + timedelta(hours=9)
            if row["kind"] != "click" or not first <= tokyo.strftime("%Y-%m-%d") < end:
                continue
            if query["audience"] and row["audience"] != query["audience"]:
                continue
            kept = [row["time"][:16], *(value for name, value in row.items() if name not in ("time", "reader"))]
            lines[article].setdefault(row["reader"], []).append(",".join(kept))
            marks.update(set(row["rules"].split()))
            if row["verdict"] in verdicts:
                readers[article].update({row["reader"]} - {"-" * CODE_LENGTH, "-" * 16})
                sums[article][""] += 1
            else:
                sums[article][row["rules"].partition("@")[0] or row["verdict"]] += 1
    return readers, sums, lines, marks


def check_numbers(sheet, paths, spans, reach):
    """What is wrong with numbers, rules and order, by the clicks counted again."""
    query, entries = sheet["query"], sheet["places"] + sheet["others"]
    # Without the reach file nobody knows which other articles can have a place, but where all of them can.
    takes_all = not reach and not query["topic"] and query["measure"] != "early"
    others = (query["from"], query["until"]) if takes_all else ("", "")
    readers, sums, lines, marks = count_clicks(paths, query, sheet["verdicts"], spans, others)
    received = reach.received(query["until"]) if reach else {}
    for number, entry in enumerate(entries + sheet["unread"], 1):
        a = entry["article"]
        if a not in spans:
            yield f"{a}: can have no place in this ranking"
            continue
        right = {"counted": sums[a][""], "excluded": {rule: n for rule, n in sums[a].items() if rule}}
        right.update({"raw": sum(sums[a].values()), "from": spans[a][0], "until": spans[a][1]})
        if number <= len(entries):
            right.update({"number": number, "readers": len(readers[a])})
            if reach:
                right["received"] = received[a]
                right["published"] = reach.published.get(a) or reach.first.get(a, "")
        elif readers[a]:
            yield f"{a}: has readers and is missing"
        if number <= len(sheet["places"]):
            of_readers = sorted(sha256("\n".join(sorted(one))) for one in lines[a].values())
            right["digest"] = sha256("\n".join(of_readers))
            if any(len(code) == CODE_LENGTH for code in lines[a]):  # not those of exported hits, which differ
                right["codes"] = sha256("\n".join(sorted(f"{c},{one}" for c in lines[a] for one in lines[a][c])))
        yield from (f"{a}: {name} is {entry[name]}, should be {value}"
                    for name, value in right.items() if entry[name] != value)  # fmt: skip
    listed = Counter(entry["article"] for entry in entries + sheet["unread"])
    yield from (f"{a}: stands there twice" for a, often in listed.items() if often > 1)
    yield from (f"{a}: has {len(readers[a])} readers and is missing" for a in sums if a not in listed)
    if len({len(code) == CODE_LENGTH for of_article in lines.values() for code in of_article}) > 1:
        yield "readers have codes of two kinds: the clicks are of two exports"
    if sheet["rules"] != dict(marks):
        wrong = sorted(m for m in {*sheet["rules"], *marks} if sheet["rules"].get(m) != marks.get(m))
        yield f"the rules are not those of the clicks: {', '.join(wrong)}"
    keys = [sort_key(entry, query["measure"]) for entry in entries]
    if keys != sorted(keys):
        yield "the places are not in their order"


def sort_key(entry, measure):
    """By what places are ordered: ties go by rate (or readers), then publication, then name."""
    rate = entry["readers"] / entry["received"] if entry["received"] else -1
    first = (-rate, -entry["readers"]) if measure == "rate" else (-entry["readers"], -rate)
    return (*first, entry["published"] or "9999-12-31", entry["article"])


def check_reach(sheet, file):
    """Whether the reach file is that of the sheet."""
    query = sheet["query"]
    if sheet["reach"] != digest(file):
        yield "the reach file is not the one that the sheet was counted from"
    if (file["newsletter"], file["audience"]) != (query["newsletter"], query["audience"]):
        yield "the reach file is of another newsletter or audience"
    if file["kind"] != REACH:
        yield f"the reach file is not of the kind {REACH}"
    if sheet["issues"] != [issue["issue"] for issue in file["issues"]]:
        yield "the issues are not those of the reach file"


def days_of(period):
    """The first day of a period and the day after its last: 2021, 2021-fiscal, 2021-q2, 2021-05, or two days."""
    first, dots, last = period.partition("..")
    if dots:
        return first, str(date.fromisoformat(last) + timedelta(days=1))
    year, _, part = period.partition("-")
    month = {"": 1, "fiscal": 4}.get(part) or (int(part[1:]) * 3 - 2 if part[0] == "q" else int(part))
    end = int(year) * 12 + month - 1 + (12 if part in ("", "fiscal") else 3 if part[0] == "q" else 1)
    return str(date(int(year), month, 1)), str(date(end // 12, end % 12 + 1, 1))


def check(sheet, clicks, file, keys):
    """What is wrong, what was verified, and what was not."""
    faults, verified, missing = [*no_numbers([sheet, file])], ["the sheet's digest"], []
    if sheet["digest"] != digest(sheet, ("digest", "computed_at", "key", "signature")):
        faults.append("the digest is not that of the sheet")
    if sheet["verdicts"] != VERDICTS[sheet["query"]["policy"]]:
        faults.append("the verdicts that count are not those of the query")
    if days_of(sheet["query"]["period"]) != (sheet["query"]["from"], sheet["query"]["until"]):
        faults.append("the days are not those of the period")
    if keys is None:
        missing.append("the signature (no public key given): whoever changed the sheet can have made a new digest")
    else:
        faults += check_signature(sheet, keys)
        verified.append(f"the signature, with the key {sheet['key']}")
    reach = None if file is None else Reach(file)
    if reach:
        faults += check_reach(sheet, file)
        verified.append("who received each article, and which articles can have a place")
    else:
        missing.append("who received each article, and which articles can have a place (no reach file given)")
    if clicks:
        every = sheet["places"] + sheet["others"] + sheet["unread"]
        of_entries = {e["article"]: (e["from"], e["until"]) for e in every}
        faults += check_numbers(sheet, clicks, reach.spans(sheet["query"]) if reach else of_entries, reach)
        verified.append("clicks, readers, rules and order")
    else:
        missing.append("clicks, readers, rules and order (no clicks given)")
    return faults, verified, missing


def sort_files(names):
    """Which of the files are clicks, which one is the reach file, and the keys."""
    clicks, file, keys = [], None, None
    for name in names:
        text = name if re.match(r"-----BEGIN|[0-9a-fA-F]{64}$", name) else read(name)
        if "BEGIN PUBLIC KEY" in text or re.fullmatch(r"\s*[0-9a-fA-F]{64}\s*", text):
            keys = {**(keys or {}), **keys_of(text)}
        elif text.lstrip().startswith("{"):
            file = load(text)
        elif text.startswith(("time,", '"time",')):
            clicks.append(name)
        else:
            raise ValueError(f"{name} holds neither clicks nor a reach file nor a public key")
    return clicks, file, keys


BROKEN = (
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    IndexError,
    ArithmeticError,
    RecursionError,
    OSError,
    csv.Error,
)


def main(names):
    """Verify the sheet with the files beside it, say so, and return 0 where nothing is wrong."""
    if not names or names[0].startswith("-"):
        print(__doc__)
        return 2
    try:
        sheet = load(read(names[0]))
    except BROKEN as error:
        say(f"This is no sheet that can be read: {names[0]} ({type(error).__name__}: {error})")
        return 2
    if not isinstance(sheet, dict) or sheet.get("kind") != SHEET:
        say(f"This is no sheet of the kind “{SHEET}”. One of the kind 1 was made by a version of Kairan that did not")
        say("sign: draw the ranking again, or verify it with the script of that version.")
        return 2
    try:
        faults, verified, missing = check(sheet, *sort_files(names[1:]))
    except BROKEN as error:
        say(f"WRONG: the sheet or one of its files is not whole ({type(error).__name__}: {error})")
        return 1
    for told, parts in (("WRONG", faults), ("looked at", verified), ("NOT looked at", missing)):
        for one in parts:
            say(f"{told}: {one}")
    whole = f"Every number of the {len(sheet['places'])} places is right." if not missing else "Nothing else is wrong."
    say("The sheet is not right." if faults else whole)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
