"""Picture proxies of mailbox providers: at the open, and ahead of it."""

from __future__ import annotations

from . import browsers, networks, sources
from .browsers import Browser
from .kinds import kind
from .letter import Letter, Visitor, lognormal
from .reading import anybody, choose, clicks_wanted, first_look, person, phone_person, read, stay

GOOGLE = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
GOOGLE_AHEAD = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 "
    "Safari/537.36 Edge/12.246 Mozilla/5.0"
)
YAHOO = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"
APPLE = "Mozilla/5.0"
BARE_WEBKIT = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
"""What Microsoft's proxy and now and then Apple's say."""
_BARE = {"accept": "*/*"}


def proxy(
    letter: Letter, agent: str, *places: str, by: str = "proxy", tellable: bool = True, **headers: str
) -> Visitor:
    """A picture proxy with addresses that change."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Visitor(Browser(agent, sent, sent), networks.changing(letter.rng, *places), by, tellable)


def google(letter: Letter, *, by: str = "proxy", tellable: bool = True, agent: str = GOOGLE) -> Visitor:
    """Gmail's picture proxy."""
    return proxy(letter, agent, "google_proxy", by=by, tellable=tellable)


def click_through(letter: Letter, start: float, chance: float = 0.6) -> None:
    """The person behind a proxy: clicks with their own browser."""
    rng = letter.rng
    if rng.random() < chance:
        reader = phone_person(letter) if rng.random() < 0.65 else anybody(letter)
        at = start + lognormal(rng, 20, 0.8, 1.5)
        for link in choose(rng, letter.links, max(1, clicks_wanted(rng))):
            letter.click(at, reader, link)
            at += stay(rng)


@kind(5, sources.UA_PARSER_494, sources.CUSTOM_TABS, sources.GMAIL_IOS)
def gmail_reader(letter: Letter) -> None:
    """Reads in Gmail: the proxy asks for the pixel when the letter is opened, then links open in Chrome or Safari."""
    rng = letter.rng
    at = first_look(rng)
    letter.open(at, google(letter))
    click_through(letter, at)
    if rng.random() < 0.25:  # The cache does not hold for ever.
        letter.open(at + lognormal(rng, 86_400, 1.2, 3600), google(letter))


@kind(2.5, sources.SPARKPOST, sources.MAIL_TRACKER_255, tellable=False)
def gmail_prefetch(letter: Letter) -> None:
    """Has Gmail open somewhere while the letter comes: Google asks for the pixel 0.5 to 8 s after delivery, mostly with
    the agent of an Edge 12; later the person reads, or does not. A person who has the letter open within those seconds
    looks the same; such opens cannot be told."""
    rng = letter.rng
    agent = GOOGLE_AHEAD if rng.random() < 0.55 else GOOGLE
    letter.open(lognormal(rng, 2.2, 0.7, 0.5, 8), google(letter, by="machine", agent=agent))
    if rng.random() < 0.03:
        letter.open(rng.uniform(5, 9), google(letter, tellable=False))
    elif rng.random() < 0.6:
        at = first_look(rng)
        letter.open(at, google(letter))
        click_through(letter, at)


@kind(1.2, sources.UA_PARSER_494, sources.LITMUS_YAHOO)
def yahoo_reader(letter: Letter) -> None:
    """Reads in Yahoo Mail or AOL: the proxy asks for the pixel, sometimes up to four times within seconds."""
    rng = letter.rng
    at = first_look(rng)
    visitor = proxy(letter, YAHOO, "yahoo", **_BARE)
    for _ in range(rng.choices([1, 2, 3, 4], [65, 15, 10, 10])[0]):
        letter.open(at, visitor)
        at += lognormal(rng, 1.2, 0.8, 0.05)
    click_through(letter, at)


@kind(1.8, sources.CRAWLERDEX)
def yahoo_japan_reader(letter: Letter) -> None:
    """Reads in Yahoo! JAPAN's webmail: pictures come through its proxy or straight into the browser."""
    rng = letter.rng
    at = first_look(rng)
    if rng.random() < 0.5:
        letter.open(at, proxy(letter, YAHOO, "yahoo_japan", **_BARE))
        click_through(letter, at)
    else:
        read(letter, anybody(letter), start=at)


@kind(1.5, sources.WARMBLY_410, sources.WARMBLY_569, sources.MAILPING)
def outlook_com_reader(letter: Letter) -> None:
    """Reads at Outlook.com or in the new Outlook: Microsoft's proxy loads pictures at the open, with a bare agent of
    WebKit, or the program itself."""
    rng = letter.rng
    at = first_look(rng)
    version = browsers.chrome_version(rng, letter.delivered)
    if rng.random() < 0.6:
        agent = (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 "
            f"Safari/537.36 Edg/{version}.0.0.0 OneOutlook/1.{rng.randint(2024, 2026)}.{rng.randint(100, 1200)}.100"
        )
        reader = anybody(letter)
        own = person(browsers.chromium(agent, version, "Microsoft Edge WebView2", "ja"), reader.address)
        read(letter, reader, start=at, pictures=own, shows_pictures=1)
    else:
        letter.open(at, proxy(letter, BARE_WEBKIT, "outlook", accept="image/*,*/*;q=0.8"))
        click_through(letter, at)


@kind(4, sources.WTTW_MPP, sources.SOCKETLABS, sources.UAP_509, sources.WARMBLY_569, tellable=False)
def apple_mail_prefetch(letter: Letter) -> None:
    """Has Apple Mail with Mail Privacy Protection: the pixel comes through Apple's relay minutes or hours after
    delivery, whether or not anybody reads. When the letter is read before that, the same request is a real open: the
    two are alike, the published practice is to count neither, so the real open is what cannot be told."""
    rng = letter.rng
    ahead = lognormal(rng, 2400, 1.5, 2, 4 * 86_400)
    at = first_look(rng)
    reads = rng.random() < 0.5
    is_real = reads and at < ahead
    visitor = proxy(
        letter,
        APPLE if rng.random() < 0.85 else BARE_WEBKIT,
        *("apple_relay", "apple_relay6"),
        by="proxy" if is_real else "machine",
        tellable=not is_real,
        accept="*/*",
        accept_language=rng.choice(["ja", "ja-JP,ja;q=0.9", ""]),
    )
    letter.open(at if is_real else ahead, visitor)
    if reads:
        reader = person(
            browsers.safari_phone(rng, letter.delivered),
            networks.mobile(rng) if rng.random() < 0.5 else networks.home(rng),
        )
        read(letter, reader, start=at, shows_pictures=0)


@kind(0.6, sources.PRIVATE_MAIL, tellable=False)
def private_mailbox_reader(letter: Letter) -> None:
    """Has a mailbox whose provider loads pictures itself at the open. Unless it says who it is, it looks like a scanner
    from a data centre, and such opens cannot be told."""
    rng = letter.rng
    at = first_look(rng)
    agent = rng.choice(["Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0", "Mozilla/5.0", ""])
    letter.open(at, proxy(letter, agent, "hosting", accept="image/*,*/*", tellable=False))
    click_through(letter, at)
