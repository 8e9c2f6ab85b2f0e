"""Whatever fails, no log holds an address, a name or a token."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sqlalchemy import Engine, text

from models.readers.subscriber import SubscriptionState
from models.store import db, token
from models.store.log_redaction import redact, redact_event
from models.store.token import Purpose
from ops.run.child_process import ChildProcess
from tests.sample import make_newsletter, make_reader
from tests.servers import free_port, start_web
from web.public import bot_check

ADDRESS, NAME = "secret-citizen@example.jp", "秘密花子"


@pytest.fixture
def failing(database: Engine) -> Iterator[None]:
    """Triggers by which a sign-up loses its connection, and another one breaks a rule that quotes the whole row."""
    with database.begin() as connection:
        connection.execute(
            text("""
            CREATE FUNCTION drop_connection() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$
        """)
        )
        connection.execute(
            text("""
            CREATE TRIGGER dropping BEFORE INSERT ON subscriber FOR EACH ROW EXECUTE FUNCTION drop_connection()
        """)
        )
        connection.execute(text("ALTER TABLE consent ADD CONSTRAINT nobody CHECK (text = '') NOT VALID"))
        connection.execute(text("ALTER TABLE subscription ADD CONSTRAINT noname CHECK (asked::text NOT LIKE '%秘密%')"))
    yield
    with database.begin() as connection:
        connection.execute(text("DROP FUNCTION drop_connection() CASCADE"))
        connection.execute(text("ALTER TABLE consent DROP CONSTRAINT nobody"))
        connection.execute(text("ALTER TABLE subscription DROP CONSTRAINT IF EXISTS noname"))


@pytest.fixture(params=["text", "json"])
def web(request: pytest.FixtureRequest, tmp_path: Path, postgres: Engine, valkey: str) -> Iterator[tuple[str, Path]]:
    """A web server of its own with its log."""
    port, log = free_port(), tmp_path / "web.log"
    child: ChildProcess = start_web(log, port, {"LOG_FORMAT": request.param, "SIGNUP_SECONDS": "0"})
    yield f"http://127.0.0.1:{port}", log
    child.stop()


def sign_up(base: str, address: str) -> int:
    browser = requests.Session()
    page = browser.get(f"{base}/subscribe/ict", timeout=30).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    assert bot_check.TIME_FIELD in hidden
    form = {**hidden, "address": address, "name": NAME, "audience": "citizen", "agreed": "yes"}
    return browser.post(f"{base}/subscribe/ict", data=form, timeout=30, allow_redirects=False).status_code


def test_case_a10_dropped_connection_leaves_no_reader_in_any_log(
    web: tuple[str, Path], failing: None, servers_folder: Path
) -> None:
    base, log = web
    with db.session_scope() as session:
        session.execute(text("ALTER TABLE subscriber DISABLE TRIGGER dropping"))
        waiting = make_reader(session, make_newsletter(session), "known-citizen@example.jp", SubscriptionState.ENDED)
        link = token.make_expiring(Purpose.CONFIRM, waiting.id, 60)
        session.execute(text("ALTER TABLE subscriber ENABLE TRIGGER dropping"))
    assert sign_up(base, ADDRESS) == 503
    with db.session_scope() as session:
        session.execute(text("ALTER TABLE subscriber DISABLE TRIGGER dropping"))
    assert sign_up(base, ADDRESS) == 500, "the rule that quotes the row"
    requests.get(f"{base}/confirm/{link}", timeout=30)
    logs = {path: path.read_text(errors="replace") for path in (log, *servers_folder.rglob("*.log"))}
    assert "a part does not answer" in logs[log]
    assert "unforeseen" in logs[log]
    for path, words in logs.items():
        for secret in (ADDRESS, "secret-citizen", "known-citizen", NAME, NAME.encode("unicode_escape").decode(), link):
            assert secret not in words, path


KINDS = {
    "address": f"cannot send to <{ADDRESS}>: refused",
    "encoded": "GET /staff?search=secret-citizen%40example.jp",
    "full width": "typed secret-citizen＠example.jp",
    "row": f"duplicate key\nDETAIL:  Key (name)=({NAME}) exists.\n[SQL: INSERT]",
    "context": f"bad json\nDETAIL:  Token is invalid.\nCONTEXT:  JSON data, line 1: {NAME}",
    "place": f"syntax error\nLINE 1: SELECT '{NAME}'",
    "answer": "550 5.1.1 secret-citizen@xn--4dkp5a8a.jp unknown",
}


@pytest.mark.parametrize("words", KINDS.values(), ids=[f"case_a10-{name}" for name in KINDS])
def test_reader_in_a_text_is_hidden(words: str) -> None:
    assert "secret-citizen" not in redact(words)
    assert NAME not in redact(words)


def test_case_a10_tokens_are_hidden_and_what_helps_stays(servers_folder: Path) -> None:
    for number in range(200):
        made = token.make(Purpose.CLICK, 7, number)
        assert made not in redact(f"/c/3/{made} failed") + redact(f"token={made}")
    assert redact("worker@host ready, 12 letters; models.readers.signup") == (
        "worker@host ready, 12 letters; models.readers.signup"
    )


def test_case_a10_values_of_every_shape_are_hidden() -> None:
    event = {"event": "x", "error": ValueError(ADDRESS), "many": [(ADDRESS,), {ADDRESS: ADDRESS}], "count": 3}
    found = redact_event(logging.getLogger(), "info", event)
    assert "secret-citizen" not in json.dumps(found)
    assert found["count"] == 3


@pytest.mark.parametrize("word", ["a", "a@", "a%40", "a.", "@", "a@a.", "-", "Aa-", "DETAIL:", "\nCONTEXT:", "LINE 1"])
def test_case_d4_redaction_takes_time_that_grows_with_the_length_alone(word: str) -> None:
    def seconds(length: int) -> float:
        text = word * (length // len(word))
        began = time.thread_time()
        redact(text)
        return time.thread_time() - began

    # Ten times the length: ten times the time, where a pattern that begins anew everywhere takes a hundred times.
    assert seconds(200_000) < 40 * max(min(seconds(20_000) for _ in range(3)), 0.01)
