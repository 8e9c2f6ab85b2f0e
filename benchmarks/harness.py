"""Servers for a benchmark, with durable settings, in a temporary folder; and saving its figures."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import settings
from models import migrations
from models.store import broker, db, enqueue, token
from ops.run.embedded import Postgres, Valkey

RESULTS = Path(__file__).with_name("results")
SECRET = "benchmarks-only-secret-key-of-many-characters-0123"


def scale() -> float:
    """The size of the data, from $SCALE: 1 is the size that promised figures are for."""
    return float(os.environ.get("SCALE", "1"))


def seconds(default: float) -> float:
    """How long a timed run lasts, from $SECONDS."""
    return float(os.environ.get("SECONDS", default))


@contextmanager
def servers(**postgres: str) -> Iterator[Path]:
    """PostgreSQL and Valkey with all tables; yields the folder of this run.

    Arguments:
        postgres: settings of the database other than the defaults, such as ``shared_buffers``.
    """
    folder = Path(tempfile.mkdtemp(prefix="kb-", dir=os.environ.get("BENCH_DIR", "/tmp")))
    folder.chmod(0o755)
    database, hits = Postgres(folder / "postgres"), Valkey(folder / "valkey")
    try:
        settings.reload(SECRET_KEY=SECRET, KAIRAN_DATA=str(folder / "data"), LOG_LEVEL="warning")
        settings.reload(DATABASE_URL=database.start(), REDIS_URL=hits.start())
        for forget in (db.dispose, broker.forget, enqueue.forget_broker, token.forget_keys):
            forget()
        migrations.upgrade()
        _set(postgres)
        yield folder
    finally:
        db.dispose()
        broker.forget()
        hits.stop()
        database.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _set(options: dict[str, str]) -> None:
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name, value in options.items():
            connection.exec_driver_sql(f"ALTER SYSTEM SET {name} = '{value}'")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    db.dispose()


def save(name: str, figures: dict[str, float | int | str]) -> None:
    """Write figures to ``results/NAME.json`` and print them as a table."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(figures, indent=1) + "\n")
    for key, value in figures.items():
        shown = f"{value:,.2f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else value
        print(f"{key:32} {shown:>16}")
