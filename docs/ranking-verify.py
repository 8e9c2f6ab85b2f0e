"""Count a ranking again, without Kairan: python ranking-verify.py SHEET.json HITS.csv [HITS.csv ...]

SHEET.json is what `kairan ranking … --evidence` wrote, HITS.csv what `kairan hits export` wrote for the issues that
the sheet names. Needs Python 3.9 or later and nothing else. Says what is wrong, or that everything is right.
"""

import csv
import hashlib
import json
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


sheet = json.loads(Path(sys.argv[1]).read_text("utf-8"))
query, entries = sheet["query"], sheet["places"] + sheet["others"]
days = {e["article"]: (e["from"], e["until"]) for e in entries}
takes_all = not query["topic"] and query["measure"] != "early"
lines, readers, excluded, faults = defaultdict(list), defaultdict(set), defaultdict(Counter), []

for path in sys.argv[2:]:
    for row in csv.DictReader(Path(path).read_text("utf-8").splitlines()):
        article = row["article"]
        first, end = days.get(article) or ((query["from"], query["until"]) if takes_all else ("", ""))
        tokyo = datetime.strptime(row["time"], "%Y-%m-%dT%H:%M:%S.%f%z") + timedelta(hours=9)
        if row["kind"] != "click" or not article or not first <= tokyo.strftime("%Y-%m-%d") < end:
            continue
        if query["audience"] and row["audience"] != query["audience"]:
            continue
        lines[article].append(",".join(row.values()))
        if row["verdict"] in sheet["verdicts"]:
            readers[article].add(row["reader"])
        else:
            excluded[article][row["rules"].split("@")[0]] += 1

for number, e in enumerate(entries, 1):
    a = e["article"]
    right = {"number": number, "readers": len(readers[a])}
    if number <= len(sheet["places"]):
        right |= {"raw": len(lines[a]), "counted": len(lines[a]) - sum(excluded[a].values())}
        right |= {"excluded": dict(excluded[a]), "digest": sha256("\n".join(sorted(lines[a])))}
    faults += [f"{a}: {k} is {e[k]}, should be {v}" for k, v in right.items() if e[k] != v]
faults += [f"{a}: has readers and is missing" for a in readers if a not in days]
rate = {e["article"]: e["readers"] / e["received"] if e["received"] else -1 for e in entries}
pairs = [(-e["readers"], -rate[e["article"]])[:: -1 if query["measure"] == "rate" else 1] for e in entries]
keys = [(*pair, e["published"] or "9999-12-31", e["article"]) for pair, e in zip(pairs, entries)]  # noqa: B905
faults += ["the places are not in their order"] if keys != sorted(keys) else []
content = {name: value for name, value in sheet.items() if name not in ("digest", "computed_at")}
text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
faults += ["the digest is not that of the sheet"] if sheet["digest"] != sha256(text) else []
print("\n".join(faults) or f"Every number of the {len(sheet['places'])} places is right.")
sys.exit(bool(faults))
