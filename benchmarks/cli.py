"""How quickly the command line starts: ``python -m benchmarks.cli [ROUNDS]``.

Prints the processor time of commands beside that of Python's own start, by turns in one run, because everything is
slower on a busy machine; and the seconds beyond Python's start. Measured on two busy cores, before and after commands
were imported late: the help 2.8 s → 0.05 s, `lane list --help` 1.13 s → 0.8 s, `relay list --help` 1.03 s → 0.77 s,
`mailbox list` 0.9 s → 0.28 s. What is left of a small command is SQLAlchemy, Pydantic and structlog with rich.
"""

from __future__ import annotations

import resource
import subprocess
import sys

COMMANDS = (("--help",), ("lane", "list", "--help"), ("relay", "list", "--help"), ("mailbox", "list"))


def processor_seconds(command: list[str]) -> float:
    """Seconds of processor time that *command* takes with all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(rounds: int) -> None:
    """Print the least of *rounds* for each command."""
    start: list[float] = []
    least: dict[tuple[str, ...], list[float]] = {words: [] for words in COMMANDS}
    for _ in range(rounds):
        start.append(processor_seconds([sys.executable, "-c", "pass"]))
        for words, seconds in least.items():
            seconds.append(processor_seconds([sys.executable, "-m", "ops.cli", *words]))
    bare = min(start)
    print(f"Python alone: {bare:.3f} s of processor time")
    for words, seconds in least.items():
        print(f"{' '.join(('kairan', *words)):32} {min(seconds) / bare:6.1f} ×  {min(seconds) - bare:.2f} s more")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
