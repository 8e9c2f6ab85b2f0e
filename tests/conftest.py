"""Fixtures: real servers, started when a test first asks for them, one set per pytest process.

``session``       a session whose work is rolled back after the test, commits included
``database``      for tests of several processes: real commits; every table is emptied afterwards
``redis_client``  the broker, emptied before the test
``smtp_catcher``  an SMTP server; ``letters`` holds what came, emptied before the test; SMTP_URL points to it
``live_server``   the address of the real web server in a process of its own
``celery_worker`` a real worker with its timetable in a process of its own
``oidc``          an identity provider, and this process's settings for it
``browser``, ``page``  headless Chromium
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser, Error, Page, sync_playwright
from psycopg.errors import DeadlockDetected
from redis import Redis
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import settings
from models import migrations
from models.staff import password
from models.store import broker, db, enqueue, token
from models.store.base import Base
from models.tracking import anonymity, salt, spool
from ops.run.child_process import ChildProcess
from ops.run.embedded import Postgres, Valkey
from ops.run.memory_valkey import MemoryValkey
from templates import jinja
from web.staff.single_sign_on import provider

from .oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcProvider
from .servers import SmtpCatcher, free_port, start_web, start_worker

os.environ["LANGUAGE"] = "en"
"""Messages of the command line are compared in English; tests of other languages say so."""
hypothesis.settings.register_profile("kairan", deadline=None)
hypothesis.settings.load_profile("kairan")
"""No test is timed: machines are shared."""
SECRET = "test-only-secret-key-of-forty-eight-letters-0123"
NOWHERE = {
    "DATABASE_URL": "postgresql+psycopg://nobody@/nothing?host=/nonexistent",
    "REDIS_URL": "unix:///nonexistent/valkey?db=0",
    "SALTS_URL": "unix:///nonexistent/salts?db=0",
    "SMTP_URL": "smtp://127.0.0.1:1",
}


def set_environment(**values: str) -> None:
    """Change settings of this process and of the processes that it starts; reconnect where needed."""
    settings.reload(**values)
    db.dispose()
    broker.forget()
    enqueue.forget_broker()
    token.forget_keys()
    salt.forget()
    anonymity.forget()


def keep_seeds() -> None:
    """Keep a copy of the rows that migrations have written, in a schema of its own."""
    with db.engine().begin() as connection:
        connection.execute(text("CREATE SCHEMA pristine"))
        for table in Base.metadata.sorted_tables:
            if connection.execute(select(table).limit(1)).first():
                connection.execute(text(f'CREATE TABLE pristine."{table.name}" AS TABLE public."{table.name}"'))


def empty_tables() -> None:
    """Leave nothing in any table but what migrations have written."""
    while True:
        try:
            return _empty_tables()
        except OperationalError as error:
            # A worker that still sweeps may have locked the same tables in another order.
            if not isinstance(error.orig, DeadlockDetected):
                raise


def _empty_tables() -> None:
    names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    with db.engine().begin() as connection:
        # Append-only tables refuse this by trigger; the replica role passes triggers by.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(f"TRUNCATE {names} CASCADE"))
        for name in inspect(connection).get_table_names("pristine"):
            columns = ", ".join(f'"{c.name}"' for c in Base.metadata.tables[name].columns if c.computed is None)
            connection.execute(text(f'INSERT INTO "{name}" ({columns}) SELECT {columns} FROM pristine."{name}"'))


@pytest.fixture(scope="session", autouse=True)
def servers_folder() -> Iterator[Path]:
    """A temporary folder with a short path. Until a test asks for servers, every address leads nowhere."""
    path = Path(tempfile.mkdtemp(prefix="kt-", dir="/tmp"))
    path.chmod(0o755)  # PostgreSQL runs under another account when we are root
    # Known from the beginning, so that a worker that starts before the web server writes the same links.
    base_url = f"http://127.0.0.1:{free_port()}"
    set_environment(BASE_URL=base_url)
    set_environment(SECRET_KEY=SECRET, KAIRAN_DATA=str(path / "data"), SWEEP_SECONDS="1", **NOWHERE)
    yield path
    shutil.rmtree(path)


@pytest.fixture(autouse=True)
def same_settings(servers_folder: Path) -> Iterator[None]:
    """Put back whatever a test changes in the environment: servers that start later would have it, and differ."""
    before, read = dict(os.environ), settings.get()
    yield
    before["PYTEST_CURRENT_TEST"] = os.environ["PYTEST_CURRENT_TEST"]
    if os.environ != before or settings.get() != read:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        set_environment(**before)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """argon2id at its least cost in this process: people are made and log in by the thousand here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(password, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(servers_folder: Path) -> Iterator[None]:
    """Jinja compiles a template once for all applications of this process; nearly every test makes one."""
    (folder := servers_folder / "templates").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(jinja.WHITE_SPACE, "bytecode_cache", FileSystemBytecodeCache(str(folder)))
        yield


@pytest.fixture(scope="session")
def postgres(servers_folder: Path) -> Iterator[Engine]:
    """PostgreSQL with every migration run."""
    server = Postgres(servers_folder / "postgres", durable=False)
    set_environment(DATABASE_URL=server.start())
    try:
        migrations.upgrade()
        keep_seeds()
        yield db.engine()
    finally:
        db.dispose()
        server.stop()


@pytest.fixture(scope="session")
def valkey(servers_folder: Path) -> Iterator[str]:
    """Valkey; its address."""
    server, salts = Valkey(servers_folder / "valkey"), MemoryValkey(servers_folder / "salts")
    set_environment(REDIS_URL=server.start(), SALTS_URL=salts.start())
    try:
        yield server.address
    finally:
        broker.forget()
        enqueue.forget_broker()
        salt.forget()
        salts.stop()
        server.stop()


@pytest.fixture
def session(postgres: Engine) -> Iterator[Session]:
    """A session inside a transaction that is rolled back after the test; its commits are savepoints."""
    with db.engine().connect() as connection:
        transaction = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as opened:
            yield opened
        transaction.rollback()


@pytest.fixture
def database(postgres: Engine) -> Iterator[Engine]:
    """The engine, for tests that need real commits. Afterwards every table is as migrations left it."""
    yield db.engine()
    empty_tables()


@pytest.fixture
def redis_client(valkey: str) -> Redis:
    """The client of this process, on an empty database; what binds Celery's queues stays, workers may run.

    Hits that wait on disk for the broker are gone too.
    """
    client = broker.client()
    for segment in spool.abandoned_files():
        segment.safe = segment.end
        segment.close()
    for key in client.scan_iter(count=1000):
        if not key.startswith(b"_kombu."):
            client.delete(key)
    return client


@pytest.fixture(scope="session")
def smtp_server() -> Iterator[SmtpCatcher]:
    """The catching SMTP server; use ``smtp_catcher``."""
    server = SmtpCatcher()
    server.start()
    set_environment(SMTP_URL=server.address)
    yield server
    server.stop()


@pytest.fixture
def smtp_catcher(smtp_server: SmtpCatcher) -> SmtpCatcher:
    """The catching SMTP server, its letters emptied."""
    smtp_server.letters.clear()
    return smtp_server


@pytest.fixture(scope="session")
def web_server(servers_folder: Path, postgres: Engine, valkey: str) -> Iterator[str]:
    """The web server; use ``live_server``."""
    base_url = settings.get().base_url
    child = start_web(servers_folder / "web.log", int(base_url.rpartition(":")[2]))
    yield base_url
    child.stop()


@pytest.fixture
def live_server(web_server: str, database: Engine, redis_client: Redis) -> str:
    """The address of the real web server. Real commits, so every table is emptied after the test."""
    return web_server


@pytest.fixture(scope="module")
def worker_process(
    servers_folder: Path, postgres: Engine, valkey: str, smtp_server: SmtpCatcher
) -> Iterator[ChildProcess]:
    """The worker's process; use ``celery_worker``. It ends with the module: others prepare and send by themselves."""
    child = start_worker(servers_folder / "worker.log")
    yield child
    child.stop()


@pytest.fixture
def celery_worker(worker_process: ChildProcess, database: Engine, smtp_catcher: SmtpCatcher) -> ChildProcess:
    """A real worker. Real commits, so every table is emptied after the test."""
    return worker_process


@pytest.fixture(scope="session")
def oidc_server() -> Iterator[OidcProvider]:
    """The identity provider; use ``oidc``."""
    server = OidcProvider()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def oidc(oidc_server: OidcProvider, monkeypatch: pytest.MonkeyPatch) -> Iterator[OidcProvider]:
    """The identity provider, as it is when nothing is wrong, and this process's settings for it."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # the provider's own: it is asked over http here
    oidc_server.reset()
    oidc_server.redirect_uri = f"{settings.get().base_url}/staff/sign-in/finish"
    before = {name for name in os.environ if name.startswith("OIDC_")}
    provider.forget()
    set_environment(OIDC_ISSUER=oidc_server.issuer, OIDC_CLIENT_ID=CLIENT_ID, OIDC_CLIENT_SECRET=CLIENT_SECRET,
                    OIDC_NAME="庁内認証")  # fmt: skip
    yield oidc_server
    for name in {name for name in os.environ if name.startswith("OIDC_")} - before | {"PASSWORD_LOGIN"}:
        os.environ.pop(name, None)
    set_environment()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium of the system, or the one that $CHROMIUM names.

    One per module: while Playwright runs, its event loop is this thread's, and no test may run one of its own.
    """
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        try:
            opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        except Error as error:
            pytest.fail(
                f"Chromium does not start from {program}: install it (Debian: scripts/system-packages does), "
                f"or set CHROMIUM to its program.\n{error}",
                pytrace=False,
            )
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page, 1280 × 900, with cookies of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="ja-JP")
    yield context.new_page()
    context.close()
