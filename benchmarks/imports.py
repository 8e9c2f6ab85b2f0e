"""How many lines of a list a second are taken in: ``SCALE=1 python -m benchmarks.imports``.

At SCALE 1 lists of 100,000 and of 1,000,000 readers go through ``kairan subscriber import`` into an empty newsletter, a
third list is small, and a fourth is the first one again. Beside each stands a bare COPY of the same rows into a table
without any index, in the same run. Then a small list goes the way of a page, in this process as in a worker's, and all
readers are exported as CSV and as a workbook.
"""

from __future__ import annotations

import csv
import os
import resource
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

from sqlalchemy import select, text

from models.exports import reader_export
from models.exports.reader_export import ExportFormat, ExportState, ReaderExport
from models.imports import headings, import_steps
from models.imports.import_job import ImportJob
from models.issues.newsletter import Newsletter
from models.staff.member import Member
from models.store import db
from worker import exports, imports

from . import harness, process_usage, sample_data

SIZES = {"small": 300, "100,000": 100_000, "1,000,000": 1_000_000}
SOURCE = "窓口の申込書で同意したもの"
FAMILY, GIVEN = ("佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺"), ("太郎", "花子", "一郎", "美咲", "健", "由美")
DOMAINS = ("example.jp", "mail.example.com", "city.example.lg.jp", "docomo.ne.jp", "co.example.org")


def write_list(path: Path, count: int) -> None:
    """A list such as an office keeps: names, readings, addresses, organisations."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["氏名", "フリガナ", "メールアドレス", "会社名", "備考"])
        for n in range(count):
            name = f"{FAMILY[n % 6]} {GIVEN[n // 6 % 6]}"
            writer.writerow(
                [name, "サトウ タロウ", f"reader{count}.{n}@{DOMAINS[n % 5]}", f"株式会社みなと{n % 997}", ""]
            )


def bare_copy(path: Path) -> float:
    """Seconds of a COPY of the file's rows as they are."""
    with db.engine().connect() as connection:
        connection.execute(text("CREATE TABLE bare (a text, b text, c text, d text, e text)"))
        driver = connection.connection.driver_connection
        began = time.perf_counter()
        statement = "COPY bare FROM STDIN (FORMAT csv, HEADER)"
        with driver.cursor() as cursor, cursor.copy(statement) as copy, path.open("rb") as file:
            while piece := file.read(1 << 20):
                copy.write(piece)
        connection.commit()
        seconds = time.perf_counter() - began
        connection.execute(text("DROP TABLE bare"))
        connection.commit()
    return seconds


def run(path: Path, count: int) -> dict[str, float | int]:
    """Import a list by the command, in a process of its own."""
    servers = process_usage.family(os.getpid())[1:]
    before = process_usage.cpu(servers)
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "ops.cli", "subscriber", "import", str(path), "--source", SOURCE],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ,
    )  # fmt: skip
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    assert status == 0, status
    return {
        "seconds": seconds,
        "rows/s": count / seconds,
        "µs of Python": (usage.ru_utime + usage.ru_stime) / count * 1e6,
        "µs of PostgreSQL": (process_usage.cpu(process_usage.family(os.getpid())[1:]) - before) / count * 1e6,
        "MB at most": usage.ru_maxrss * 1024 / 1e6,
    }


def page_import(path: Path) -> dict[str, float]:
    """Seconds that each step of a page's import takes."""
    taken: dict[str, float] = {}
    began = time.perf_counter()

    def step(name: str) -> None:
        nonlocal began
        taken[f"page: {name}, seconds"], began = time.perf_counter() - began, time.perf_counter()

    with db.session_scope() as session:
        person, of = session.scalars(select(Member)).one(), session.scalars(select(Newsletter)).one()
        job = import_steps.upload(session, of, person, path.name, BytesIO(path.read_bytes()), SOURCE)
        number, columns = job.id, [guess or headings.NOTHING for guess in job.guesses]
    step("uploaded")
    with db.session_scope() as session:
        job, person = session.get_one(ImportJob, number), session.scalars(select(Member)).one()
        import_steps.map_columns(session, job, person, columns, {}, "", "ja")
    imports.work(number)
    step("tried")
    with db.session_scope() as session:
        import_steps.start(session, session.get_one(ImportJob, number), session.scalars(select(Member)).one())
    imports.work(number)
    step("taken in")
    return taken


def export(format_: ExportFormat) -> dict[str, float]:
    """Readers a second of an export of all."""
    with db.session_scope() as session:
        person, of = session.scalars(select(Member)).one(), session.scalars(select(Newsletter)).one()
        number = reader_export.ask(session, of, person, format_, None, "ja").id
    began = time.perf_counter()
    exports.write(number)
    with db.session_scope() as session:
        done = session.get_one(ReaderExport, number)
        assert done.state is ExportState.READY, done.problem
        return {f"export as {format_.value}: readers/s": done.readers / (time.perf_counter() - began)}


def main() -> None:
    """Measure, print and save."""
    figures: dict[str, float | int | str] = {"load before": float(os.getloadavg()[0])}
    with harness.servers() as folder:
        with db.session_scope() as session:
            sample_data.newsletter(session)
            session.add(Member(address="clerk@example.jp", name="計測係", language="ja"))
        for name, full in SIZES.items():
            count = max(300, int(full * harness.scale()))
            path = folder / f"{count}.csv"
            write_list(path, count)
            found = run(path, count)
            found["bare COPY, rows/s"] = count / bare_copy(path)
            figures |= {f"{name}: {key}": value for key, value in found.items()}
            if name == "100,000":
                figures |= {f"{name} again: {key}": value for key, value in run(path, count).items()}
        write_list(folder / "page.csv", 299)
        figures |= page_import(folder / "page.csv")
        for format_ in ExportFormat:
            figures |= export(format_)
    harness.save("imports", figures)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
