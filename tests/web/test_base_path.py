"""A BASE_URL with a path: everything of ours lies below it, behind a proxy that takes it off or leaves it on."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect
from pydantic import ValidationError
from sqlalchemy import Engine, select

import setting_checks
import settings
from models.issues.issue import Issue
from models.outbox.transactional import TransactionalLetter
from models.readers.subscriber import Subscriber
from models.store import db, token
from models.store.token import Purpose
from ops.run.child_process import ChildProcess
from tests.archive_sample import make_archive
from tests.conftest import set_environment
from tests.crawl import Crawl, over_http
from tests.journeys.test_signup_journey import fill_in
from tests.sample import make_newsletter, make_reader
from tests.servers import free_port, start_web
from tests.web.staff_login import EVERY_ROLE, PASSWORD, make_staff
from web.app import create_app


def nginx(folder: Path, port: int, target: str) -> ChildProcess:
    """nginx that hands /mail/ on to *target*, and answers 418 to everything else."""
    (folder / "nginx.conf").write_text(
        f"""daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}
        http {{ access_log off;
          client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
          uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
          server {{ listen 127.0.0.1:{port}; location / {{ return 418; }}
            location /mail/ {{ proxy_pass {target}; proxy_set_header Host $host:{port};
              proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme; }} }} }}""",
        "utf-8",
    )
    return ChildProcess("nginx", ["nginx", "-c", f"{folder}/nginx.conf", "-p", str(folder)], log=folder / "nginx.log")


@pytest.fixture(params=["/", "/mail/"], ids=["taken-off", "left-on"])
def site(request: pytest.FixtureRequest, tmp_path: Path, database: Engine, redis_client: object) -> Iterator[str]:
    """The real web server behind a real proxy, with an archive and staff; its BASE_URL."""
    before, port, proxy_port = settings.get().base_url, free_port(), free_port()
    base = f"http://127.0.0.1:{proxy_port}/mail"
    set_environment(BASE_URL=base, TRUSTED_PROXIES="1")
    proxy = nginx(tmp_path, proxy_port, f"http://127.0.0.1:{port}{request.param}")
    web = start_web(tmp_path / "web.log", port)
    try:
        with db.session_scope() as session:
            newsletter = make_newsletter(session, look={"primary": "#0b5d51"})
            make_archive(session, newsletter)
            make_reader(session, newsletter)
            make_staff(session)
        proxy.wait_until(lambda: answers(f"{base}/healthz"), seconds=60)
        yield base
    finally:
        web.stop()
        proxy.stop()
        set_environment(BASE_URL=before, TRUSTED_PROXIES="0")


def answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=10).ok
    except requests.RequestException:
        return False


def test_everything_lies_below_the_path_case_j5(site: str, page: Page) -> None:
    with db.session_scope() as session:
        reader, issue = session.scalars(select(Subscriber.id)).one(), session.scalars(select(Issue.id)).one()
    crawl = Crawl(site, over_http)
    links = {Purpose.UNSUBSCRIBE: "u", Purpose.PREFERENCES: "p"}
    own = [f"{site}/{path}/{token.make(purpose, issue, reader)}" for purpose, path in links.items()]
    crawl.walk(f"{site}/", f"{site}/staff/login", f"{site}/archive/ict/feed.atom", *own)
    assert crawl.dead == []
    assert len(crawl.seen) > 15
    assert f"{site}/static/kairan.css" in crawl.seen
    assert f"<id>{site}/archive/ict/1</id>" in crawl.seen[f"{site}/archive/ict/feed.atom"].text

    # A login asked for on the way leads back there, and a form with a cookie works.
    page.goto(f"{site}/staff/rankings")
    expect(page).to_have_url(re.compile(re.escape(f"{site}/staff/login?next=") + ".*rankings"))
    page.fill("#address", EVERY_ROLE)
    page.fill("#password", PASSWORD)
    page.click("main button")
    expect(page).to_have_url(f"{site}/staff/rankings")
    cookies = page.context.cookies()
    assert cookies
    assert {cookie["path"] for cookie in cookies} == {"/mail"}
    page.goto(f"{site}/staff/issues/{issue}")
    broken = [one for one in page.evaluate("Array.from(document.styleSheets, sheet => sheet.href)") if site not in one]
    assert broken == []

    # A reader signs up; the letter's link has the path, too.
    page.context.clear_cookies()
    fill_in(page, site)
    expect(page).to_have_url(re.compile(re.escape(f"{site}/subscribe/ict/sent")))
    with db.session_scope() as session:
        [letter] = session.scalars(select(TransactionalLetter)).all()
        assert letter.values["link"].startswith(f"{site}/confirm/")
        link = letter.values["link"]
    page.goto(link)
    page.locator("main form button").click()
    expect(page.locator("h1")).to_be_visible()
    assert page.url.startswith(f"{site}/")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("https://example.jp/archive", "cannot begin with /archive"),
        ("https://example.jp/staff/mail", "cannot begin with /staff"),
        ("https://example.jp/c", "cannot begin with /c"),
        ("https://example.jp/mail?x=1", "nothing with ?"),
        ("https://example.jp/mail#x", "nothing with ?"),
        ("https://example.jp/mail?", "nothing with ?"),
        ("https://user:pw@example.jp/", "nothing with ?"),
        ("https://example.jp//mail", "single slashes"),
        ("https://example.jp/mail/../x", "single slashes"),
        ("https://example.jp/回覧", "letters from A to z"),
        ("https://example.jp/a b", "letters from A to z"),
        ("https://example.jp/%6dail", "letters from A to z"),
        ("https://example.jp:99999/", "BASE_URL"),
        ("example.jp/mail", "whole address"),
    ],
)
def test_a_path_that_cannot_work_is_refused_at_the_start_case_j5(address: str, says: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(says) if says != "BASE_URL" else "base_url"):
        settings.Settings(base_url=address)


@pytest.mark.parametrize("address", ["https://example.jp/mail", "https://example.jp/mail/", "https://example.jp/a/b-c"])
def test_a_path_is_known_without_its_slash_case_j5(address: str) -> None:
    assert settings.Settings(base_url=address).base_path == "/" + address.split("/", 3)[3].rstrip("/")


def test_no_page_of_ours_can_be_taken_for_the_path_case_j5(database: Engine, redis_client: object) -> None:
    firsts = {rule.rule.split("/")[1] for rule in create_app().url_map.iter_rules()} - {""}
    assert {first for first in firsts if not first.startswith("<")} | {"c", "o", "v"} <= setting_checks.OWN_PATHS


def test_the_command_line_says_what_is_wrong_case_j5() -> None:
    from ops.run import programs

    environment = {"BASE_URL": "https://example.jp/staff", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(programs.kairan("doctor"), env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "BASE_URL" in done.stderr + done.stdout
    assert "cannot begin with /staff" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("base", "name", "path"),
    [
        ("https://example.jp", "__Host-kairan", "/"),
        ("https://example.jp/mail", "__Secure-kairan", "/mail"),
        ("http://example.jp/mail", "kairan", "/mail"),
    ],
)
def test_cookies_are_for_our_path_alone_case_j5(
    base: str, name: str, path: str, database: Engine, redis_client: object
) -> None:
    before = settings.get().base_url
    set_environment(BASE_URL=base)
    try:
        [cookie] = create_app().test_client().get("/staff/login").headers.getlist("Set-Cookie")
    finally:
        set_environment(BASE_URL=before)
    assert cookie.startswith(f"{name}=")
    assert re.search(rf"; Path={path}(;|$)", cookie)
    assert ("; Secure" in cookie) == base.startswith("https")
