"""``python -m tests.strangers COUNT GO_PROGRAM NODE_MODULES``: whether all agree on so many letters."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.strangers import readers
from tests.strangers.letters import make, store


def main(count: int, program: Path, modules: Path) -> int:
    """Print each disagreement, and the sum."""
    made, apart = make(count), 0
    with TemporaryDirectory() as folder:
        files = store(made, Path(folder))
        found = {
            "python": [readers.python(file) for file in files],
            "go": readers.go(files, program),
            "node": readers.node(files, modules),
            "mblaze": [readers.mblaze(file) for file in files],
        }
    for number, one in enumerate(made):
        reference = readers.normalised(found["python"][number]) | readers.normalised(one.said)
        for who, said in found.items():
            for name, value in readers.normalised(said[number]).items():
                if value != reference[name]:
                    apart += 1
                    print(f"letter {number}, {name}: {who} reads {value!r:.200}, not {reference[name]!r:.200}")
    print(f"{len(made)} letters, {', '.join(found)}: {apart} disagreements")
    return 1 if apart or len(made) < count else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])))
