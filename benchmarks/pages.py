"""The server's time of every staff page: a million readers, 200 issues, ten million hits.

``python -m benchmarks.pages [ENDPOINT …]``; ``SCALE=0.01`` makes readers and hits a hundredth. Every GET route of the
table of access is asked for, with one issue, article or list after the other, and so are the searches and the counts of
segments.

The application is asked in this process, by Flask's test client, before a real PostgreSQL and Valkey: so the clock
shows what the view, its queries and its template take, and neither a browser nor a network; and the processor's time of
Python and of the database can be told apart, which counts where other work takes part of the machine.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from itertools import cycle, islice
from statistics import median, quantiles
from typing import Any, NamedTuple

from flask.testing import FlaskClient
from sqlalchemy import event, text
from werkzeug.routing import Rule

from models.store import db, logs
from models.store.clock import today
from web.app import create_app, settle
from web.staff import access_table
from web.staff.access_table import RULES

from . import harness, process_usage
from .staff_pages import pages_asked, pages_data

READERS, ISSUES, HITS = 1_000_000, 200, 10_000_000
HEADING = f"{'route':38}" + "".join(
    f"{name:>9}" for name in ("median", "p95", "largest", "queries", "work", "python", "database", "KB", "runs")
)
RUNS, LONGEST = 30, 40.0
"""Requests of a route, and the seconds after which no more are made (but three)."""


class Request(NamedTuple):
    """One request of a series."""

    address: str
    form: dict[str, Any] | None = None


class Series(NamedTuple):
    """Requests that are measured together."""

    name: str
    requests: list[Request]


class Answer(NamedTuple):
    """What came back."""

    status: int
    size: int


class Figures(NamedTuple):
    """What the requests of a route took, in milliseconds."""

    route: str
    median: float
    p95: float
    largest: float
    queries: int
    """The most of one request."""
    work: float
    """The 95th percentile of the processor time of Python and the database's connections in one request."""
    python: float
    database: float
    """Processor time of all processes of PostgreSQL."""
    kilobytes: int
    """Of the largest page."""
    runs: int


class Measurement:
    """A client that is logged in, and the counters around it."""

    def __init__(self) -> None:
        self.client: FlaskClient = create_app().test_client()
        settle()  # as in a process of the web server
        self.queries = 0
        self.token = self._token("/staff/login")
        form = {"csrf_token": self.token, "address": pages_data.EVERY_ROLE, "password": pages_data.PASSWORD}
        assert self.client.post("/staff/login", data=form).status_code == 302
        self.token = self._token("/staff/account")
        with db.session_scope() as session:
            backend = session.scalar(text("SELECT pg_backend_pid()"))
        self.server = process_usage.parent(int(backend or 0))
        event.listen(db.engine(), "before_cursor_execute", self._count)

    def _token(self, page: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(page).text)
        assert found, page
        return found[1]

    def _count(self, *_: object) -> None:
        self.queries += 1

    def ask(self, request: Request) -> Answer:
        """Ask for a page."""
        if request.form is None:
            answer = self.client.get(request.address)
        else:
            answer = self.client.post(request.address, data=request.form | {"csrf_token": self.token})
        return Answer(answer.status_code, len(answer.data))

    def search(self, words: str) -> str:
        """The query of a list of readers, in which *words* are sealed."""
        form = {"csrf_token": self.token, "words": words}
        answer = self.client.post("/staff/newsletters/bench/readers", data=form)
        assert answer.status_code in (302, 303), answer.status_code
        return answer.headers["Location"].partition("?")[2]

    def measure(self, of: Series) -> Figures:
        """What a series takes; the first request is asked once more before, to warm up."""
        self.ask(of.requests[0])
        taken, worked, queries, sizes = [], [], 0, []
        backends = process_usage.children(self.server)
        python, database = time.process_time(), process_usage.cpu(process_usage.family(self.server))
        began = time.perf_counter()
        for request in of.requests:
            before, moment = time.process_time() + process_usage.running(backends), time.perf_counter()
            self.queries = 0
            status, size = self.ask(request)
            taken.append(1000 * (time.perf_counter() - moment))
            worked.append(1000 * (time.process_time() + process_usage.running(backends) - before))
            if status != 200:
                print(f"{request}: {status}", file=sys.stderr)
            queries = max(queries, self.queries)
            sizes.append(size)
            if time.perf_counter() - began > LONGEST and len(taken) > 2:
                break
        python = time.process_time() - python
        database = process_usage.cpu(process_usage.family(self.server)) - database
        each = 1000 / len(taken)
        return Figures(of.name, median(taken), _p95(taken), max(taken), queries, _p95(worked), each * python,
                       each * database, max(sizes) // 1000, len(taken))  # fmt: skip


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1]


def routes(of: FlaskClient) -> Iterator[Rule]:
    """The pages of the table of access that are asked for by GET, without those that are skipped."""
    for rule in sorted(of.application.url_map.iter_rules(), key=lambda one: one.endpoint):
        if rule.endpoint in RULES and "GET" in (rule.methods or ()) and name_of(rule) not in pages_asked.SKIPPED:
            yield rule


def name_of(rule: Rule) -> str:
    """The endpoint without the blueprint."""
    return rule.endpoint.removeprefix("staff.")


def series(rule: Rule, measurement: Measurement) -> Iterator[Series]:
    """The requests of one route; what is about an issue that went to all readers is measured by itself."""
    known = known_values(rule)
    if name_of(rule) == "reader_list":
        known["queries"] = [*map(measurement.search, pages_asked.LOOKED_FOR), *pages_asked.FILTERS]
    if "issue_id" not in rule.arguments:
        yield Series(name_of(rule), requests(rule, known))
        return
    there = pages_asked.states_there_are()
    shown = {
        state for state, issue in there.items()
        if measurement.ask(requests(rule, known | {"issue_id": [issue]}, 1)[0]).status == 200
    }  # fmt: skip
    found = pages_asked.issue_ids(shown)
    for name, ids in ((name_of(rule), found.usual), (f"{name_of(rule)}, to all readers", found.large)):
        if ids:
            yield Series(name, requests(rule, known | {"issue_id": ids}))


def requests(rule: Rule, values: dict[str, list[Any]], number: int = RUNS) -> list[Request]:
    """Requests with one value after the other."""
    turns = {name: cycle(values[name]) for name in rule.arguments - set(rule.defaults or ())}
    queries = cycle(values.get("queries") or pages_asked.QUERIES.get(name_of(rule), [""]))
    return [
        Request(address(rule, {name: next(turn) for name, turn in turns.items()}, next(queries))) for _ in range(number)
    ]


def address(rule: Rule, values: dict[str, Any], query: str) -> str:
    """The address of a page."""
    path = re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda found: str(values[found[1]]), rule.rule)
    of_query = RULES[rule.endpoint].place is access_table.of_query
    full = "&".join(filter(None, ("newsletter=bench" if of_query else "", query)))
    return f"{path}?{full}" if full else path


def check_values() -> None:
    """See to it that every route can be asked for, before anything is filled.

    Raises:
        KeyError: an address has a part of which the benchmark knows no value.
    """
    for rule in routes(create_app().test_client()):
        for name in rule.arguments - set(rule.defaults or ()) - {"issue_id"}:
            if name not in known_values(rule):
                raise KeyError(f"{rule}: say in known_values what {name} is, or in pages_asked why it is not asked for")


def known_values(rule: Rule) -> dict[str, list[Any]]:
    """What addresses name, by the names of their parts."""

    def column(query: str) -> list[Any]:
        with db.session_scope() as session:
            return list(session.scalars(text(query)))

    about_lane = rule.endpoint.startswith("staff.lane")
    return {
        "slug": column("SELECT slug FROM lane ORDER BY id") if about_lane else ["bench"],
        "member_id": column("SELECT id FROM member ORDER BY id DESC LIMIT 30"),
        "article_id": column("SELECT id FROM article WHERE id % 41 = 0 ORDER BY id"),
        "segment_id": column("SELECT id FROM saved_segment"),
        "section": pages_asked.SECTIONS,
        "reader_id": column("SELECT id FROM subscriber ORDER BY address_hash LIMIT 30"),
        "import_id": column("SELECT id FROM import_job"),
        "digest": column("SELECT digest FROM returned_mail"),
        "kind": ["unknown", "policy", "failed", "bounced", "deferred"],
    }


def figures(wanted: list[str]) -> Iterator[Figures]:
    """The figures of every page, or of the endpoints that are *wanted*."""
    measurement = Measurement()
    for rule in routes(measurement.client):
        if not wanted or name_of(rule) in wanted:
            for one in series(rule, measurement):
                yield measurement.measure(one)
    for name, page, forms in pages_asked.FORMS:
        if not wanted or name in wanted:
            asked = [Request(page.format(issue_id=pages_asked.draft()), form) for form in islice(cycle(forms), RUNS)]
            yield measurement.measure(Series(f"POST {name}", asked))


def main() -> None:
    """Fill a database, ask for every page, print a table, and save it."""
    size, found = harness.scale(), []
    with harness.servers(max_wal_size="8GB"):
        logs.set_up()
        began = time.monotonic()
        check_values()
        readers, hits = round(READERS * size), round(HITS * size)
        pages_data.fill(today().year - 1, readers=readers, issues_count=ISSUES, hits=hits)
        print(f"filled in {time.monotonic() - began:.0f} s", flush=True)
        print(HEADING)
        for one in figures(sys.argv[1:]):
            found.append(one)
            print(line(one), flush=True)
    found.sort(key=lambda one: -one.p95)
    harness.RESULTS.mkdir(exist_ok=True)
    table = {"readers": readers, "issues": ISSUES, "hits": hits, "pages": [one._asdict() for one in found]}
    (harness.RESULTS / "pages.json").write_text(json.dumps(table, indent=1) + "\n")
    print("\nby p95:")
    for one in found:
        print(line(one))


def line(one: Figures) -> str:
    """A row of the table, in milliseconds."""
    times = f"{one.median:9.1f}{one.p95:9.1f}{one.largest:9.1f}{one.queries:9}"
    worked = f"{one.work:9.1f}{one.python:9.1f}{one.database:9.1f}"
    return f"{one.route:38}{times}{worked}{one.kilobytes:9}{one.runs:9}"


if __name__ == "__main__":
    main()
