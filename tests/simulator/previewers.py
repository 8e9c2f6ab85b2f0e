"""Services that look at an address because somebody passed it on, or that read mail for somebody."""

from __future__ import annotations

from dataclasses import replace

from . import browsers, networks, sources
from .kinds import kind
from .letter import Letter, lognormal
from .machines import disguised, program, some
from .reading import anybody, behind, clicked_by, first_look, person, read

_IMESSAGE = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 "
    "Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0"
)


def _pass_on(letter: Letter, agent: str, *places: str, readers: int = 2, method: str = "GET", **headers: str) -> None:
    """Somebody clicks, posts the address, the service looks, and others click what was posted."""
    rng = letter.rng
    at, link = clicked_by(letter)[-1]
    at += lognormal(rng, 60, 1.0, 5)
    letter.click(at, program(agent, networks.changing(rng, *places), **headers), link, method)
    if rng.random() < 0.3:
        letter.click(at + rng.uniform(0.2, 4), program(agent, networks.changing(rng, *places), **headers), link)
    for _ in range(rng.randint(0, readers)):
        letter.click(at + lognormal(rng, 1200, 1.5, 4), behind(letter, anybody(letter)), link)


@kind(1, sources.SLACK, sources.SUPED_AGENTS)
def slack_preview(letter: Letter) -> None:
    """Posted in Slack: Slackbot looks at the address from AWS, colleagues click it."""
    _pass_on(letter, "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "aws", readers=5, accept="*/*")


@kind(1, sources.TEAMS)
def teams_preview(letter: Letter) -> None:
    """Posted in Teams: Microsoft's previewer looks, colleagues click."""
    agent = (
        "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) SkypeUriPreview Preview/0.5 "
        "skype-url-preview@microsoft.com"
    )
    _pass_on(letter, agent, "teams", readers=5, accept="*/*")


@kind(1, sources.LINE_POKER)
def line_preview(letter: Letter) -> None:
    """Sent in LINE: its previewer looks, family or friends click."""
    _pass_on(letter, "facebookexternalhit/1.1;line-poker/1.0", "line", readers=3, accept="*/*", accept_language="ja")


@kind(0.6, sources.META)
def facebook_preview(letter: Letter) -> None:
    """Posted at Facebook: its crawler looks, friends click over days."""
    agent = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"
    _pass_on(letter, agent, "facebook", "facebook6", readers=8, accept="*/*")


@kind(0.6, sources.IMESSAGE)
def imessage_preview(letter: Letter) -> None:
    """Sent in Messages: the sender's own phone makes the preview, with an agent that names Facebook and Twitter."""
    rng = letter.rng
    at, link = clicked_by(letter, person(browsers.safari_phone(rng, letter.delivered), networks.mobile(rng)))[-1]
    letter.click(
        at + lognormal(rng, 45, 0.9, 4),
        program(_IMESSAGE, networks.mobile(rng), accept="*/*", accept_language="ja"),
        link,
    )
    if rng.random() < 0.6:
        letter.click(at + lognormal(rng, 900, 1.5, 10), behind(letter, anybody(letter)), link)


@kind(0.6, sources.SOCIAL)
def social_preview(letter: Letter) -> None:
    """Posted in public: several networks' previewers look within a minute, strangers click for days."""
    rng = letter.rng
    at, link = clicked_by(letter)[-1]
    agents = [
        "Twitterbot/1.0",
        "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        "http.rb/5.1.1 (Mastodon/4.3.2; +https://mstdn.example/) Bot",
        "Bluesky Cardyb/1.1; +mailto:support@bsky.app",
    ]
    for agent in rng.sample(agents, rng.randint(1, 4)):
        for _ in range(rng.choice([1, 1, 5]) if "Mastodon" in agent else 1):
            letter.click(
                at + lognormal(rng, 8, 1.0, 0.5),
                program(agent, networks.changing(rng, "hosting", "aws"), accept="*/*"),
                link,
            )
    for _ in range(rng.randint(0, 12)):
        letter.click(at + lognormal(rng, 20_000, 1.6, 10), behind(letter, anybody(letter)), link)


@kind(0.8, sources.OPENAI_RANGES)
def chatgpt_user(letter: Letter) -> None:
    """Somebody gives the letter to an assistant, which opens one or several links to summarise them."""
    rng = letter.rng
    at = first_look(rng)
    read(letter, behind(letter, anybody(letter)), start=at, count=rng.choice([0, 0, 1]))
    agent = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0; +https://openai.com/bot"
    visitor = program(
        agent,
        networks.changing(rng, "openai"),
        accept="text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        accept_language="en-US,en;q=0.9",
    )
    letter.crawl(at + lognormal(rng, 90, 0.9, 5), visitor, some(letter, rng.choice([0.1, 0.3, 1.0]), trap=0.15), 1.2)


@kind(0.8, sources.BROWSER_AGENTS, tellable=False)
def agent_in_browser(letter: Letter) -> None:
    """An assistant works through the letter in the person's own browser, on the person's line: link after link, some
    seconds apart, only visible links. Nothing in the requests tells it from somebody who skims; they count as
    machine's."""
    rng = letter.rng
    reader = behind(letter, anybody(letter))
    at = first_look(rng)
    letter.open(at, reader)
    machine = replace(reader, by="machine", source="", tellable=False)
    links = sorted(rng.sample(range(1, letter.links + 1), min(letter.links, rng.randint(2, 8))))
    letter.crawl(at + lognormal(rng, 30, 0.6, 5), machine, links, 9, 0.5)


@kind(0.8, sources.FEEDS)
def feed_reader(letter: Letter) -> None:
    """The letter goes to a mail-to-feed service: it loads pictures through its own servers and looks at the links."""
    rng = letter.rng
    agent = rng.choice(
        [
            "Feedbin feed-id:1234567 - 1 subscribers",
            "Mozilla/5.0 (compatible; Inoreader; +https://www.inoreader.com)",
            "Readwise/1.0 (+https://readwise.io)",
            "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)",
        ]
    )
    visitor = program(agent, networks.changing(rng, "aws", "hosting", pool=2), accept="*/*")
    at = lognormal(rng, 300, 1.2, 5)
    letter.open(at, visitor)
    letter.crawl(at + 1, visitor, some(letter, rng.choice([0.2, 1.0]), trap=0.3), 0.8)
    if rng.random() < 0.3:
        read(letter, behind(letter, anybody(letter)), shows_pictures=0, count=1)


@kind(0.6, sources.LIVE_DIRECT, sources.SUPED_AGENTS)
def background_check(letter: Letter) -> None:
    """A phone's mail program checks links in the background, HEAD only, from the person's own line, before they
    read."""
    rng = letter.rng
    place = networks.home(rng)
    checker = program(
        rng.choice(["Mail/3774.600.62 CFNetwork/1568.200.51 Darwin/24.1.0", "dataaccessd/1.0"]),
        place,
        accept="*/*",
        accept_language="ja",
    )
    letter.crawl(lognormal(rng, 400, 1.2, 3), checker, some(letter, 0.6, trap=0.3), 0.3, method="HEAD")
    if rng.random() < 0.6:
        read(letter, behind(letter, person(browsers.safari_phone(rng, letter.delivered), place)))


@kind(0.5, sources.SUPED_AGENTS, sources.GOOGLE_FETCHERS)
def mail_assistant_cloud(letter: Letter) -> None:
    """A mail assistant in a cloud (summaries, unsubscribing, receipts) reads the mailbox and opens links headlessly."""
    rng = letter.rng
    visitor = disguised(letter, networks.changing(rng, "google_cloud", "aws", pool=2), language="en-US,en;q=0.9")
    letter.crawl(lognormal(rng, 900, 1.3, 20), visitor, some(letter, rng.choice([0.3, 0.6]), trap=0.35), 0.7)
    read(letter, behind(letter, anybody(letter)), count=rng.choice([0, 1, 2]))
