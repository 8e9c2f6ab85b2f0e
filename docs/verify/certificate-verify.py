"""Check a certificate without Kairan: python certificate-verify.py CERTIFICATE.json LETTERS.csv

Both are from `kairan issue certificate ID --json --csv LETTERS.csv`. Needs Python 3.9 or later and nothing else.
"""

import hashlib
import json
import sys
from collections import Counter
from pathlib import Path

sheet = json.loads(Path(sys.argv[1]).read_text("utf-8"))
heading, *lines = Path(sys.argv[2]).read_text("utf-8").splitlines()
columns = heading.split(",")
reader_at, state_at = columns.index("reader"), columns.index("state")

digest, counts, readers = "", Counter(), []
for line in lines:
    digest = hashlib.sha256((digest + line).encode()).hexdigest()
    cells = line.split(",")
    counts[cells[state_at]] += 1
    readers.append(int(cells[reader_at]))

states = ("accepted", "bounced", "failed", "suppressed", "unknown", "queued", "sending", "deferred")
faults = [f"{state} is {sheet[state]}, should be {counts[state]}" for state in states if sheet[state] != counts[state]]
faults += ["a state that there is not" for state in counts if state not in states]
if sheet["targeted"] != len(lines):
    faults.append(f"{sheet['targeted']} readers were targeted, {len(lines)} letters are listed")
if readers != sorted(set(readers)):
    faults.append("a reader stands twice, or the lines are out of their order")
if sheet["digest"] != digest:
    faults.append(f"the digest is {sheet['digest']}, should be {digest}")
print("\n".join(faults) or f"Every letter of the {len(lines)} is accounted for, and the digest is right.")
sys.exit(bool(faults))
