"""The simplest sender: a task, premailer, a message and a connection for each reader.

``benchmarks.send`` runs it with ``celery -A benchmarks.naive_sender worker`` as a second comparison.
"""

from __future__ import annotations

import os
import smtplib
import sys
import time
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import premailer
from celery import Celery
from jinja2 import Template
from sqlalchemy import text

import settings
from models.store import broker, db
from ops.run.child_process import ChildProcess
from templates.content.links import Links
from templates.content.slot import Slots
from templates.render import html

from .render import letter
from .sending_data import SENTENCE

QUEUE = "naive"
app: Celery[object] = Celery("naive")
app.conf.update(
    broker_url=broker.celery_url(),
    task_default_queue=QUEUE,
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
)


@cache
def page() -> Template:
    """A letter's HTML before its styles are inlined, with a place for the name."""
    whole, slots = letter(), Slots()
    return Template(html.styled(whole, slots, Links(whole, slots)).replace("<body", "<body title='{{ name }}'", 1))


@app.task
def send(reader: int) -> None:
    """Send one reader's copy."""
    with db.session_scope() as session:
        address, name = session.execute(text("SELECT address, name FROM naive WHERE id = :id"), {"id": reader}).one()
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "bench@example.jp", address, "計測の号"
    message.set_content(f"{name}、こんにちは。\n\n" + f"{SENTENCE}\n" * 25)
    message.add_alternative(premailer.transform(page().render(name=name)), subtype="html")
    with smtplib.SMTP("127.0.0.1", int(os.environ["NAIVE_PORT"])) as server:
        server.send_message(message)
    with db.session_scope() as session:
        session.execute(text("UPDATE naive SET sent = now() WHERE id = :id"), {"id": reader})


def measure(folder: Path, port: int, processes: int, count: int) -> float:
    """Letters a second to *count* of the readers."""
    app.conf.broker_url = broker.celery_url()
    with db.session_scope() as session:
        session.execute(text("DROP TABLE IF EXISTS naive"))
        session.execute(text("CREATE TABLE naive (id bigint PRIMARY KEY, address text, name text, sent timestamptz)"))
        session.execute(
            text("INSERT INTO naive SELECT id, address, name FROM subscriber WHERE id <= :count"), {"count": count}
        )
    app_name = "benchmarks.naive_sender"
    command = [sys.executable, "-m", "celery", "-A", app_name, "worker", "--concurrency", str(processes)]
    environment = {**os.environ, "NAIVE_PORT": str(port), "REDIS_URL": settings.get().redis_url}
    environment["DATABASE_URL"] = settings.get().database_url
    child = ChildProcess(
        "naive", [*command, "-Q", QUEUE, "--loglevel", "info"], log=folder / "naive.log", environment=environment
    )
    try:
        child.wait_until(lambda: " ready." in child.tail(100), seconds=60)
        for reader in range(1, processes + 1):
            send.delay(reader)  # The first letter of a process compiles the page.
        _wait(processes)
        began = time.monotonic()
        for reader in range(processes + 1, count + 1):
            send.delay(reader)
        _wait(count)
        return (count - processes) / (time.monotonic() - began)
    finally:
        child.stop()


def _wait(count: int) -> None:
    while True:
        with db.session_scope() as session:
            if session.scalar(text("SELECT count(sent) FROM naive")) == count:
                return
        time.sleep(0.05)
