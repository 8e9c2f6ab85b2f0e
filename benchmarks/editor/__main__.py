"""How long a key takes to be seen in an issue of 100 blocks, and how long after a pause the letter beside it follows.

``python -m benchmarks.editor``; needs Chromium, Node and a way to npm's registry. The block editor and plain TipTap
take turns in one browser with the same words in them. A key counts from the event that the browser stamps to the end of the
frame in which it is painted; the work of the page per key is what the browser itself counts as time of tasks. Keys come
in one steady row, and in bursts with pauses long enough for everything that waits for one. The real web server answers.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from models.issues import issue as issues
from models.issues.block import Block, Button, Heading, Listing, Notice, Table
from models.store import db
from tests.web.staff_login import log_in_browser, make_staff

from .. import harness, render, sample_data
from ..track import serving
from .plain_page import build

BLOCKS = 100
ROUNDS = 5
KEYS = 60
STEADY_MS, BURST, PAUSE_MS = 60, 10, 1500
"""Between two keys; keys of a burst; between two bursts, so long that preview, findings and copy are asked for."""
PAUSES = {"steady": 0, "bursts": PAUSE_MS}

Found = dict[str, tuple[list[float], list[float]]]

LETTERS = "kinou no kaigi de"
MIDDLE = "630番目の工夫"

WATCH = """() => {
  window.seen = [];
  addEventListener("keydown", event => requestAnimationFrame(() => {
    const painted = new MessageChannel();
    painted.port1.onmessage = () => window.seen.push(performance.now() - event.timeStamp);
    painted.port2.postMessage(0);
  }), true);
}"""
WRITTEN = """() => document.getElementById("editor-text").innerHTML"""
LOOK_OF = """() => {
  const text = document.getElementById("editor-text"), style = getComputedStyle(text);
  return {font: style.font, width: `${text.getBoundingClientRect().width}px`};
}"""
LOOK = """look => Object.assign(document.getElementById("editor-text").style, look)"""
FOLLOWED = """mark => new Promise(done => {
  const inside = document.querySelector(".preview-letter").contentDocument;
  const look = () => inside.body.innerText.includes(mark) && (watcher.disconnect(), requestAnimationFrame(() => {
    const painted = new MessageChannel();
    painted.port1.onmessage = () => done(performance.now() - window.lastKey);
    painted.port2.postMessage(0);
  }));
  const watcher = new MutationObserver(look);
  watcher.observe(inside, {subtree: true, childList: true, characterData: true});
  look();
})"""
LAST_KEY = """() => addEventListener("keydown", event => { window.lastKey = event.timeStamp; }, true)"""


def blocks() -> tuple[Block, ...]:
    """One hundred blocks of every kind but pictures: an issue of twenty, and eighty more of the frequent kinds."""
    first = tuple(block for block in render.blocks() if block.kind != "figure")
    first = tuple(
        block.model_copy(update={"news": tuple(part for part in block.news if part.kind != "figure")})
        if block.kind == "ranking_entry" else block for block in first
    )  # fmt: skip
    more: list[Block] = []
    for number in range(BLOCKS - len(first)):
        kinds: tuple[Block, ...] = (
            Heading(text=f"{number}番目のお知らせ"),
            render.prose(number + 20),
            Listing(items=tuple(f"{number}の{step}番目に確かめること" for step in range(4))),
            Table(header=("業務", "件数"), rows=tuple((f"業務{row}", str(row * number)) for row in range(4))),
            Notice(title="締切", text=render.WORDS.format(number)),
            Button(text="申し込む", address=f"https://www.example.lg.jp/apply/{number}"),
        )
        more.append(kinds[number % len(kinds)])
    return first + tuple(more)


def issue() -> int:
    """The issue's number, with its articles and topics there."""
    with db.session_scope() as session:
        make_staff(session)
        of = sample_data.newsletter(session)
        of.postal_address, of.contact = "みどり県みどり市中央1丁目2番3号", "000-000-0000"
        sample_data.articles(session, of, 9)
        return issues.create(session, of, subject="計測", preheader="百のブロックの号", blocks=blocks()).id


def work_ms(browser: CDPSession) -> float:
    """Milliseconds of tasks that the page has had so far."""
    found = {one["name"]: one["value"] for one in browser.send("Performance.getMetrics")["metrics"]}
    return float(found["TaskDuration"]) * 1e3


def place_cursor(page: Page) -> None:
    """Put the cursor at the end of a line of a paragraph in the middle of the text, by a click as people do."""
    middle = page.locator("#editor-text p", has_text=MIDDLE).first
    middle.scroll_into_view_if_needed()
    middle.click()
    page.keyboard.press("End")


def typing(page: Page, devtools: CDPSession, pause_ms: float) -> tuple[list[float], float]:
    """Milliseconds that each of some keys took to be seen, and of work per key; with *pause_ms* between bursts."""
    page.evaluate("() => { window.seen = []; }")
    before = work_ms(devtools)
    for number in range(KEYS):
        page.keyboard.press(LETTERS[number % len(LETTERS)])
        page.wait_for_timeout(pause_ms if pause_ms and number % BURST == BURST - 1 else STEADY_MS)
    work = (work_ms(devtools) - before) / KEYS
    page.wait_for_function(f"() => window.seen.length >= {KEYS}")
    seen = list(page.evaluate("() => window.seen"))
    for _ in range(KEYS):
        page.keyboard.press("Backspace")
    return seen, work


def following(page: Page) -> list[float]:
    """Milliseconds from the last key of each of some words until the letter beside the text shows the word."""
    page.evaluate(LAST_KEY)
    taken = []
    for number in range(ROUNDS * 4):
        mark = f"q{number}z"
        page.keyboard.type(mark, delay=STEADY_MS)
        taken.append(float(page.evaluate(FOLLOWED, mark)))
        page.wait_for_timeout(PAUSE_MS)
    return taken


def ninety_fifth(values: list[float]) -> float:
    """The 95th percentile."""
    return quantiles(values, n=20)[18]


def opened(browser: Browser) -> tuple[Page, CDPSession]:
    """A page of its own, and what counts its work."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="ja-JP")
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Performance.enable")
    return page, devtools


def open_both(browser: Browser, address: str, issue_id: int, plain_page: Path) -> dict[str, tuple[Page, CDPSession]]:
    """The block editor with an issue, and plain TipTap with what stands in it, in the same type and width."""
    pages = {which: opened(browser) for which in ("ours", "plain")}
    ours, plain = pages["ours"][0], pages["plain"][0]
    log_in_browser(ours, address)
    ours.goto(f"{address}/staff/issues/{issue_id}/write")
    ours.wait_for_selector("#editor-text")
    ours.frame_locator(".preview-letter").locator("h1").wait_for()
    plain.goto(plain_page.as_uri())
    plain.evaluate("content => window.start(content)", ours.evaluate(WRITTEN))
    plain.evaluate(LOOK, ours.evaluate(LOOK_OF))
    for page, _ in pages.values():
        page.evaluate(WATCH)
    return pages


def take_turns(pages: dict[str, tuple[Page, CDPSession]]) -> Found:
    """Milliseconds that keys took to be seen, and of work per key, by editor and pace."""
    found: Found = {f"{which}_{pace}": ([], []) for which in pages for pace in PAUSES}
    for turn in range(ROUNDS + 1):
        for which, (page, devtools) in pages.items():
            page.bring_to_front()
            for pace, pause in PAUSES.items():
                place_cursor(page)
                seen, work = typing(page, devtools, pause)
                if turn:  # the first warms up
                    found[f"{which}_{pace}"][0].extend(seen)
                    found[f"{which}_{pace}"][1].append(work)
    return found


def measure(folder: Path) -> dict[str, float | int | str]:
    """Every figure, with the web server and a browser started for it."""
    issue_id = issue()
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    plain_page = build(folder / "plain")
    with serving(folder, "web.asgi:app") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        pages = open_both(browser, address, issue_id, plain_page)
        found = take_turns(pages)
        ours = pages["ours"][0]
        ours.bring_to_front()
        place_cursor(ours)
        followed = following(ours)
        browser.close()
    return figures(found, followed)


def figures(found: Found, followed: list[float]) -> dict[str, Any]:
    """What was seen, and how ours compares with plain TipTap."""
    said: dict[str, float] = {}
    for name, (seen, work) in found.items():
        said |= {f"{name}_ms": median(seen), f"{name}_p95_ms": ninety_fifth(seen), f"{name}_work_ms": median(work)}
    for pace in PAUSES:
        for what in ("ms", "p95_ms", "work_ms"):
            said[f"{pace}_{what.removesuffix('ms')}ratio"] = said[f"ours_{pace}_{what}"] / said[f"plain_{pace}_{what}"]
    return said | {"preview_ms": median(followed), "preview_p95_ms": ninety_fifth(followed)}


if __name__ == "__main__":
    with harness.servers() as folder:
        harness.save("editor", measure(folder))
