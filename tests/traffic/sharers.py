"""People who pass letters and links on, and what fetches a preview of them."""

from __future__ import annotations

from functools import partial

from . import home_readers, programs
from .address_space import address
from .home_readers import reads
from .office_readers import edge, outlook_picture, work_hours
from .reading_scene import HOUR, MINUTE, Scene


def forwarder(s: Scene) -> None:
    """Sends the letter on to colleagues and friends, who read it where they are."""
    at, browser, where = work_hours(s), edge(s), address(s.rng, "office")
    s.open(at, where, outlook_picture(s))
    reads(s, at, browser, lambda: where)
    at += s.spread(10 * MINUTE, 3)
    for _ in range(s.rng.randint(2, 10)):
        when = at + s.spread(3 * HOUR, 5)
        if s.chance(0.5):
            other, there = edge(s), address(s.rng, "office")
        else:
            other, there = programs.android(s.rng, s.delivered), home_readers.mobile(s)
        s.open(when, there, other, source="forwarded")
        reads(s, when, other, partial(str, there), 0.6, source="forwarded", most=3)


def passed_to_many(s: Scene) -> None:
    """One link of one copy is put where many see it: sixty people within two days, each with an own device."""
    link, start = s.link(), work_hours(s)
    reads(s, start, edge(s), lambda: "203.138.44.5", 1.0, most=1)
    for _ in range(s.rng.randint(25, 60)):
        at = start + s.spread(6 * HOUR, 3)
        browser = (
            programs.iphone(s.rng, s.delivered)
            if s.chance(0.5)
            else programs.android(s.rng, s.delivered)
            if s.chance(0.5)
            else programs.desktop(s.rng, s.delivered)
        )
        s.click(
            at, link, home_readers.mobile(s) if s.chance(0.6) else home_readers.at_home(s), browser, source="passed on"
        )


def _friends(s: Scene, link: int, at: float, count: int, app: str) -> None:
    for _ in range(count):
        when, phone = at + s.spread(25 * MINUTE, 6), s.chance(0.7)
        if phone and s.chance(0.5):
            browser = programs.webview(s.rng, s.delivered, app)
        else:
            browser = programs.iphone(s.rng, s.delivered) if phone else programs.desktop(s.rng, s.delivered)
        s.click(when, link, home_readers.mobile(s) if phone else home_readers.at_home(s), browser, source="friend")


def line_sharer(s: Scene) -> None:
    """Puts a link into a group of LINE: its machine fetches a preview, then friends click."""
    at, browser, where = s.opening(), programs.android(s.rng, s.delivered), home_readers.mobile(s)
    s.open(at, where, programs.webview(s.rng, s.delivered, ""))
    for when, link in reads(s, at, browser, lambda: where, 1.0, most=1):
        shared = when + s.spread(50, 2)
        s.click(
            shared,
            link,
            address(s.rng, "line"),
            programs.machine("facebookexternalhit/1.1;line-poker/1.0"),
            "machine",
            "line preview",
        )
        _friends(s, link, shared + 3, s.rng.randint(1, 8), f"Line/15.{s.rng.randint(1, 20)}.0/IAB")


def slack_sharer(s: Scene) -> None:
    """Puts a link into a channel of Slack."""
    at, browser, where = work_hours(s), programs.desktop(s.rng, s.delivered), address(s.rng, "office")
    s.open(at, where, browser)
    for when, link in reads(s, at, browser, lambda: where, 1.0, most=1):
        shared = when + s.spread(50, 2)
        s.click(
            shared,
            link,
            address(s.rng, "aws"),
            programs.machine("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"),
            "machine",
            "slack preview",
        )
        _friends(s, link, shared + 3, s.rng.randint(1, 6), "")


def teams_sharer(s: Scene) -> None:
    """Puts a link into a chat of Teams."""
    at, browser, where = work_hours(s), edge(s), address(s.rng, "office")
    s.open(at, where, outlook_picture(s))
    for when, link in reads(s, at, browser, lambda: where, 1.0, most=1):
        shared = when + s.spread(40, 2)
        s.click(
            shared,
            link,
            address(s.rng, "skype"),
            programs.machine(
                "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com"
            ),
            "machine",
            "teams preview",
        )
        _friends(s, link, shared + 3, s.rng.randint(1, 6), "")


def imessage_sharer(s: Scene) -> None:
    """Sends a link by iMessage: the preview is fetched by the sender's own telephone, under a borrowed name."""
    safari, where, at = programs.iphone(s.rng, s.delivered), home_readers.mobile(s), s.opening()
    preview = programs.machine(
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 "
            "(KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 "
            "facebookexternalhit/1.1 Facebot Twitterbot/1.0"
        ),
        accept=programs.SAFARI_HTML,
        language="ja-JP",
    )
    for when, link in reads(s, at, safari, lambda: where, 1.0, most=1):
        shared = when + s.spread(40, 2)
        s.click(shared, link, where, preview, "machine", "imessage preview")
        _friends(s, link, shared + 3, s.rng.randint(1, 3), "")


def posted_publicly(s: Scene) -> None:
    """Posts a link on X and Facebook: a crowd of machines in the first minute, then readers."""
    at, browser, where = s.opening(), programs.android(s.rng, s.delivered), home_readers.mobile(s)
    s.open(at, where, browser)
    for when, link in reads(s, at, browser, lambda: where, 1.0, most=1):
        shared = when + s.spread(60, 2)
        fetchers = [
            ("twitter", "Twitterbot/1.0"),
            ("meta", "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"),
            ("aws", "Mozilla/5.0 (compatible; TrendsmapResolver/0.1)"),
            ("gcp", "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)"),
            ("hosting", "Mastodon/4.5.2 (http.rb/5.3.1; +https://mstdn.example/)"),
            ("hosting", "python-requests/2.32.3"),
            ("aws", "Go-http-client/2.0"),
            ("hosting", "Bluesky Cardyb/1.1; +mailto:support@bsky.app"),
        ]
        for network, agent in s.rng.sample(fetchers, s.rng.randint(3, len(fetchers))):
            s.click(
                shared + s.spread(9, 2.5),
                link,
                address(s.rng, network),
                programs.machine(agent),
                "machine",
                "public preview",
            )
        _friends(s, link, shared + 20, s.rng.randint(3, 15), "")
