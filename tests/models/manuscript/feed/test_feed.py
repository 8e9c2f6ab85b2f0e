"""Feeds are fetched from public addresses only, and read without following what stands in them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy.orm import Session

from models.issues.block import ArticleCard
from models.manuscript.article_edit import InvalidArticle
from models.manuscript.feed import feed_articles, feed_fetch, feed_file
from models.manuscript.feed.feed_file import FeedEntry
from models.staff import member as members
from models.staff.permission import Role
from models.store.errors import Invalid
from tests.sample import make_article, make_newsletter

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>新着</title>
<entry><title type="html">ごみの&lt;b&gt;出し方&lt;/b&gt;</title><link rel="self" href="/x"/><link href="/gomi.html"/>
<updated>2026-03-31T20:00:00Z</updated>
<summary type="html">&lt;script&gt;x()&lt;/script&gt;&lt;p&gt;四月から[変更]します。&lt;/p&gt;</summary></entry>
<entry><title>題だけ</title></entry><entry><title>悪い</title><link href="javascript:alert(1)"/></entry></feed>"""
RSS = """<?xml version="1.0" encoding="Shift_JIS"?>
<rss version="2.0"><channel><title>x</title><item><title>予算</title><link>https://example.jp/yosan</link>
<pubDate>Wed, 01 Apr 2026 09:00:00 +0900</pubDate><description><![CDATA[<p>予算が決まりました。</p>]]></description>
</item></channel></rss>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><item><title>防災</title><link>https://example.jp/bousai</link>
<dc:date>2026-04-02</dc:date></item></rdf:RDF>"""
GROWING = """<!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>
<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>&b;&f;</title><link href="https://example.jp/"/></entry></feed>"""
BASE = "https://city.example.jp/news/feed.xml"


def test_three_kinds_of_feed_are_read() -> None:
    assert feed_file.parse(ATOM.encode(), BASE) == [
        FeedEntry("ごみの出し方", "https://city.example.jp/gomi.html", date(2026, 4, 1), "四月から［変更］します。")
    ]
    assert feed_file.parse(RSS.encode("cp932"), BASE) == [
        FeedEntry("予算", "https://example.jp/yosan", date(2026, 4, 1), "予算が決まりました。")
    ]
    assert feed_file.parse(RDF.encode(), BASE) == [FeedEntry("防災", "https://example.jp/bousai", date(2026, 4, 2), "")]


@pytest.mark.parametrize("data", [GROWING, "<html></html>", "", "not xml", "<feed>" * 100_000, ATOM[:300]])
def test_what_is_no_plain_feed_is_refused(data: str) -> None:
    with pytest.raises(Invalid, match="no feed"):
        feed_file.parse(data.encode(), BASE)


def test_an_entry_that_nobody_can_follow_or_date_takes_no_other_along() -> None:
    entry = "<item><title>題</title><link>{}</link><pubDate>{}</pubDate></item>"
    day, good = "Wed, 01 Apr 2026 09:00:00 +0900", "https://example.jp/{}"
    leads = ["http://[::1", "https://[x]/", "//[", "http://\u2100.example/"]
    days = [f"Wed, 01 Apr {'9' * 20} 09:00:00 GMT", f"Wed, {'9' * 400} Apr 2026 09:00 GMT", f"{day}{'9' * 20}"]
    items = [*(entry.format(one, day) for one in leads), *(entry.format(good.format(one), one) for one in days)]
    found = feed_file.parse(f"<rss><channel>{''.join(items)}{entry.format(good, day)}</channel></rss>".encode(), BASE)
    assert [one.published for one in found] == [None, None, None, date(2026, 4, 1)]


def test_long_recaps_end_with_a_sentence_and_long_feeds_with_a_hundred() -> None:
    entry = "<item><title>題</title><link>https://example.jp/{}</link><description>{}</description></item>"
    items = "".join(entry.format(number, "十文字ちょうどの文。" * 100) for number in range(150))
    found = feed_file.parse(f"<rss><channel>{items}</channel></rss>".encode(), BASE)
    assert len(found) == 100
    assert found[0].recap.endswith("。")
    assert len(found[0].recap) <= feed_file.MAX_RECAP


Answer = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def site() -> Iterator[tuple[str, dict[str, Answer]]]:
    """A site on this machine, and what it answers by path."""
    answers: dict[str, Answer] = {}

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers[self.path](self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", answers
    server.shutdown()
    server.server_close()


def answer(data: bytes, status: int = 200, **headers: str) -> Answer:
    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    return send


def test_no_inner_network_is_asked(site: tuple[str, dict[str, Answer]]) -> None:
    address, answers = site
    answers["/"] = answer(ATOM.encode())
    for inner in (f"{address}/", "http://[::1]/", "http://169.254.169.254/latest/meta-data/", "http://localhost/"):
        with pytest.raises(Invalid, match="private network"):
            feed_fetch.fetch(inner)
    assert feed_fetch.fetch(f"{address}/", allowed=lambda _: True).data == ATOM.encode()


def test_redirects_are_followed_by_the_same_rule(site: tuple[str, dict[str, Answer]]) -> None:
    address, answers = site
    answers["/old"] = answer(b"", 301, Location="/new")
    answers["/new"] = answer(RDF.encode())
    answers["/in"] = answer(b"", 302, Location="http://10.0.0.1/")
    answers["/round"] = answer(b"", 302, Location="/round")
    answers["/file"] = answer(b"", 302, Location="file:///etc/passwd")
    local = "127.0.0.1".__eq__
    assert feed_fetch.fetch(f"{address}/old", allowed=local).address == f"{address}/new"
    for path, why in (("in", "private"), ("round", "cannot be reached"), ("file", "no whole address")):
        with pytest.raises(Invalid, match=why):
            feed_fetch.fetch(f"{address}/{path}", allowed=local)


def test_slow_large_and_failing_sites_are_told_apart(site: tuple[str, dict[str, Answer]]) -> None:
    address, answers = site
    let_go = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not let_go.wait(0.05):
            handler.wfile.write(b" ")

    answers |= {"/drip": drip, "/large": answer(b"x" * (feed_fetch.MAX_BYTES + 1)), "/gone": answer(b"", 410)}
    began = time.monotonic()
    for path, why in (("drip", "within 1 seconds"), ("large", "larger than 2 MB"), ("gone", "error 410")):
        with pytest.raises(Invalid, match=why):
            feed_fetch.fetch(f"{address}/{path}", allowed=lambda _: True, seconds=1)
    let_go.set()
    assert time.monotonic() - began < 30


def test_only_what_is_new_becomes_an_article(session: Session) -> None:
    newsletter = make_newsletter(session)
    author = members.create(session, "author@example.jp", "佐藤", {Role.AUTHOR})
    make_article(session, newsletter, "known", "既知", address="https://example.jp/known")
    old, new, undated = (
        FeedEntry("古い", "https://example.jp/old", date(2026, 1, 1), "要約"),
        FeedEntry("新しい", "https://example.jp/new", date(2026, 2, 1), "要約"),
        FeedEntry("日付なし", "https://example.jp/undated", None, ""),
    )
    known = FeedEntry("既知", "https://example.jp/known", None, "")
    assert feed_articles.new_entries(session, newsletter, [undated, old, known, new, new]) == [new, old, undated]
    made = feed_articles.begin(session, newsletter, "新着", [new, undated], author)
    assert all(isinstance(block, ArticleCard) for block in made.blocks)
    assert feed_articles.new_entries(session, newsletter, [old, new, undated]) == [old]
    with pytest.raises(InvalidArticle) as refused:
        feed_articles.begin(session, newsletter, "新着", [old, new], author)
    assert set(refused.value.faults) == {"address-1"}
