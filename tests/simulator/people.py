"""People, each with their own browser and line: what the traffic of readers looks like without any machine."""

from __future__ import annotations

from dataclasses import replace

from . import browsers, networks, sources
from .browsers import DAY, Browser
from .kinds import kind
from .letter import Letter, lognormal
from .reading import anybody, choose, desktop_person, first_look, person, phone_person, read, stay


@kind(8, sources.OPENS_BY_HOUR, sources.DWELL_TIME, sources.STATCOUNTER_JP)
def phone_reader(letter: Letter) -> None:
    """Reads on a phone, in Safari or Chrome, at home or on the way."""
    read(letter, phone_person(letter))


@kind(8, sources.OPENS_BY_HOUR, sources.DWELL_TIME, sources.STATCOUNTER_JP, sources.OUTLOOK_UA)
def desktop_reader(letter: Letter) -> None:
    """Reads on a desktop, one or two sittings."""
    reader = desktop_person(letter)
    read(letter, reader)
    if letter.rng.random() < 0.2:
        read(letter, reader, start=first_look(letter.rng) + lognormal(letter.rng, DAY, 0.8))


@kind(2.5, sources.PARALLEL_TABS, sources.FIREFOX_TABS)
def three_tabs(letter: Letter) -> None:
    """Opens two to five links in background tabs, one after the other within a second or two, then reads them."""
    rng = letter.rng
    reader = desktop_person(letter)
    at = first_look(rng)
    if rng.random() < 0.8:
        letter.open(at, reader)
    at += lognormal(rng, 25, 0.8, 2)
    for link in choose(rng, letter.links, rng.choices([2, 3, 4, 5], [25, 45, 20, 10])[0]):
        letter.click(at, reader, link)
        at += lognormal(rng, 0.45, 0.5, 0.15, 3)


@kind(2, sources.OPENS_BY_HOUR, sources.DWELL_TIME)
def fast_reader(letter: Letter) -> None:
    """Reads when the notification comes, within seconds of delivery, and clicks quickly."""
    rng = letter.rng
    reader = phone_person(letter)
    at = lognormal(rng, 25, 0.7, 6, 240)
    if rng.random() < 0.8:
        letter.open(at, reader)
    at += lognormal(rng, 5, 0.6, 1.5)
    for link in choose(rng, letter.links, rng.choices([1, 2, 3], [60, 28, 12])[0]):
        letter.click(at, reader, link)
        at += lognormal(rng, 6, 0.8, 0.9)


@kind(2, sources.INNTOPIA, sources.OPENS_BY_HOUR)
def slow_returning_reader(letter: Letter) -> None:
    """Comes back to the letter again and again over weeks, from home, from the office and from the phone."""
    rng = letter.rng
    devices = [desktop_person(letter), phone_person(letter)]
    at = first_look(rng)
    for _ in range(rng.randint(2, 6)):
        read(letter, rng.choice(devices), start=at, count=rng.choice([0, 1, 1, 1, 2, 3]))
        at += lognormal(rng, 4 * DAY, 1.0, 1800, 30 * DAY)


@kind(1.2, sources.READERS, sources.DWELL_TIME)
def thorough_reader(letter: Letter) -> None:
    """Reads the letter from top to bottom and most of what it links to, over minutes or hours."""
    rng = letter.rng
    share = rng.uniform(0.5, 1.0)
    links = [n for n in range(1, letter.links + 1) if rng.random() < share]
    read(letter, anybody(letter), links=links or [1])


@kind(1.5, sources.DOUBLE_CLICKS, sources.HTTP_RULES)
def double_clicker(letter: Letter) -> None:
    """Clicks links twice, as on an icon: the browser asks twice within half a second."""
    rng = letter.rng
    reader = anybody(letter)
    at = first_look(rng)
    if rng.random() < 0.7:
        letter.open(at, reader)
    at += lognormal(rng, 20, 0.8, 2)
    for link in choose(rng, letter.links, rng.choice([1, 1, 2, 3])):
        letter.click(at, reader, link)
        letter.click(at + rng.uniform(0.09, 0.55), reader, link)
        at += stay(rng)


@kind(1.5, sources.SOUDERS, sources.HTTP_RULES)
def reloading_reader(letter: Letter) -> None:
    """Reloads, or goes back to the letter and clicks the same link again."""
    rng = letter.rng
    reader = anybody(letter)
    clicked = read(letter, reader, count=rng.choice([1, 1, 2, 3]))
    for at, link in clicked:
        for _ in range(rng.choice([0, 1, 1, 2])):
            at += lognormal(rng, 8, 1.2, 0.7, 3600)
            letter.click(at, reader, link)


@kind(0.7, sources.CHROME_IOS_SESSIONS, sources.SOUDERS, tellable=False)
def restored_tabs(letter: Letter) -> None:
    """Has tabs that the browser loads again after days or weeks, several in one second. These cannot be told from
    a program that replays the addresses: same device, all at once, nobody at the keyboard; they count as the
    person's."""
    rng = letter.rng
    reader = phone_person(letter) if rng.random() < 0.7 else desktop_person(letter)
    clicked = read(letter, reader, count=rng.choice([1, 2, 3, 4]))
    later = clicked[-1][0] + lognormal(rng, 9 * DAY, 0.8, 3600, 60 * DAY)
    restored = replace(reader, tellable=len(clicked) == 1)
    for _, link in clicked:
        letter.click(later, restored, link)
        later += rng.uniform(0.02, 0.6)


@kind(0.4, sources.TEXT_BROWSERS)
def text_browser_reader(letter: Letter) -> None:
    """Reads in a terminal: no pictures, an agent that is no Mozilla, no fetch metadata."""
    rng = letter.rng
    place = networks.fixed(networks.draw(rng, "university", "provincial", "hosting_japan"))
    read(
        letter,
        person(browsers.text_browser(rng, letter.delivered), place),
        shows_pictures=0,
        count=rng.choice([1, 1, 2, 3]),
    )


@kind(0.8, sources.OLD_SYSTEMS)
def old_browser_reader(letter: Letter) -> None:
    """Has a browser that its system does not update any more."""
    read(letter, person(browsers.old_browser(letter.rng, letter.delivered), networks.home(letter.rng)))


@kind(1.2, sources.TOR)
def private_reader(letter: Letter) -> None:
    """Has a browser or an extension that sends fewer headers, or the same ones as everybody who has it."""
    rng = letter.rng
    browser = browsers.private_browser(rng, letter.delivered)
    is_tor = "Windows NT 10.0; rv:" in browser.agent
    place = networks.changing(rng, "hosting", pool=3) if is_tor else networks.home(rng)
    read(letter, person(browser, place), shows_pictures=0.25, count=rng.choice([1, 1, 2, 3]))


@kind(3, sources.NO_PICTURES, sources.OPENS_BY_HOUR)
def no_pictures_reader(letter: Letter) -> None:
    """Has a mail program that shows no pictures: clicks come without an open."""
    read(letter, anybody(letter), shows_pictures=0, count=letter.rng.choice([1, 1, 1, 2, 2, 3, 5]))


@kind(0.6, sources.WEBAIM)
def screen_reader_user(letter: Letter) -> None:
    """Steps from link to link with a screen reader, opens some with the keyboard, and stays long on each."""
    rng = letter.rng
    browser = rng.choice([browsers.chrome, browsers.edge, browsers.firefox, browsers.safari_phone])(
        rng, letter.delivered
    )
    reader = person(browser, networks.home(rng))
    at = first_look(rng)
    if rng.random() < 0.3:
        letter.view(at, reader)
    for link in sorted(choose(rng, letter.links, rng.choice([1, 2, 3, 5, 8]))):
        at += lognormal(rng, 120, 0.9, 6)
        letter.click(at, reader, link)


@kind(1.2, sources.READERS)
def web_view_reader(letter: Letter) -> None:
    """Asks for the letter as a web page, which loads the pixel, too, and clicks there."""
    rng = letter.rng
    reader = anybody(letter)
    at = first_look(rng)
    letter.view(at, reader)
    letter.open(at + rng.uniform(0.2, 1.2), reader)
    read(letter, reader, start=at + 1, shows_pictures=0)


@kind(1, sources.LINE_AGENT)
def line_in_app_reader(letter: Letter) -> None:
    """Passes the letter's link on in LINE and opens it in LINE's own browser."""
    rng = letter.rng
    app = f"Line/{rng.randint(13, 15)}.{rng.randint(0, 20)}.{rng.randint(0, 2)}"
    browser = browsers.webview(rng, letter.delivered, f"{app}/IAB", f"Safari {app}")
    read(letter, person(browser, networks.mobile(rng)), shows_pictures=0, count=rng.choice([1, 1, 2]))


@kind(1.2, sources.OUTLOOK_IOS, sources.CUSTOM_TABS)
def outlook_mobile_reader(letter: Letter) -> None:
    """Reads in Outlook on a phone, whose own view loads the pictures; links open inside or in Edge."""
    rng = letter.rng
    place = networks.mobile(rng)
    app = browsers.webview(rng, letter.delivered, "")
    if "iPhone" in app.agent:
        number, version = rng.randint(712, 760), f"4.{rng.randint(2440, 2640)}.0"
        mail = f"Outlook-iOS/{number}.{rng.randint(2_000_000, 9_000_000)}.prod.iphone ({version})"
        app = Browser(mail, app.page, {"accept": "image/*,*/*;q=0.8", "accept-language": app.page["accept-language"]})
    browser = app if rng.random() < 0.4 and "Outlook-iOS" not in app.agent else browsers.phone(rng, letter.delivered)
    read(letter, person(browser, place), pictures=person(app, place))


@kind(1.2, sources.YAHOO_APP)
def yahoo_japan_app_reader(letter: Letter) -> None:
    """Reads in Yahoo! JAPAN's app, whose agent names it."""
    rng = letter.rng
    browser = browsers.webview(
        rng, letter.delivered, "YJApp-ANDROID jp.co.yahoo.android.ymail/3.90.0", "YJApp-IOS jp.co.yahoo.mail/8.60.0"
    )
    read(letter, person(browser, networks.mobile(rng)))


@kind(3, sources.OPENS_BY_HOUR, sources.STATCOUNTER_JP)
def several_devices(letter: Letter) -> None:
    """Looks on the phone, then reads at a desktop hours later, or the other way round."""
    rng = letter.rng
    first, second = rng.sample([phone_person(letter), desktop_person(letter)], 2)
    at = first_look(rng)
    read(letter, first, start=at, count=rng.choice([0, 0, 1, 1, 2]))
    read(letter, second, start=at + lognormal(rng, 5 * 3600, 1.2, 20), count=rng.choice([1, 1, 2, 4]))


@kind(1.5, sources.FORWARDING, sources.SEEDED_CLICKS)
def forwarded_letter(letter: Letter) -> None:
    """Was forwarded: two to six people with different devices and lines, hours and days apart, on one copy."""
    rng = letter.rng
    at = first_look(rng)
    read(letter, anybody(letter), start=at)
    for _ in range(rng.randint(1, 5)):
        at += lognormal(rng, 5 * 3600, 1.3, 40)
        read(letter, anybody(letter), start=at, count=rng.choice([0, 1, 1, 2, 3]))


@kind(0.7, sources.MIC_GUIDELINES, sources.FORWARDING)
def section_mailing_list(letter: Letter) -> None:
    """Goes to the shared address of a section: up to fifteen colleagues behind one exit, on one copy, in one
    morning."""
    rng = letter.rng
    exit_address = networks.fixed(networks.draw(rng, "office"))
    standard = browsers.edge(rng, letter.delivered)
    start = first_look(rng)
    for _ in range(rng.randint(3, 15)):
        browser = standard if rng.random() < 0.6 else browsers.desktop(rng, letter.delivered)
        read(
            letter,
            person(browser, exit_address),
            start=start + lognormal(rng, 3000, 1.2),
            count=rng.choice([0, 1, 1, 1, 2, 3]),
        )


@kind(1, sources.SEC_PURPOSE, tellable=False)
def browser_prefetch(letter: Letter) -> None:
    """Has a browser that asks for a link of the web view ahead (Sec-Purpose), which nobody clicked; some are clicked
    then. Where the front end wrote that header down, it tells; elsewhere nothing does."""
    rng = letter.rng
    reader = person(browsers.chrome(rng, letter.delivered), networks.home(rng))
    ahead = replace(reader, by="machine", tellable=letter.records("sec-purpose"))
    at = first_look(rng)
    letter.view(at, reader)
    letter.open(at + 0.4, reader)
    for link in choose(rng, letter.links, rng.choice([1, 2, 3])):
        at += lognormal(rng, 15, 0.9, 1)
        purpose = rng.choice(["prefetch", "prefetch;prerender", "prefetch"])
        more = {"purpose": "prefetch"} if rng.random() < 0.6 else {}
        if rng.random() < 0.3:  # Asked for by the page as a resource, not as a navigation.
            more |= {"sec_fetch_dest": "empty", "sec_fetch_mode": "no-cors"}
        letter.click(at, ahead, link, sec_purpose=purpose, **more)
        if rng.random() < 0.55:
            letter.click(at + lognormal(rng, 0.7, 0.9, 0.08), reader, link)


@kind(0.6, sources.OLD_PREFETCH, tellable=False)
def old_prefetch(letter: Letter) -> None:
    """Has a browser that preloads with the older headers X-Moz or X-Purpose before the person goes there. Where the
    front end did not write them down, nothing tells."""
    rng = letter.rng
    is_firefox = rng.random() < 0.5
    browser: Browser = (browsers.firefox if is_firefox else browsers.safari_mac)(rng, letter.delivered)
    reader = person(browser, networks.home(rng))
    clicked = read(letter, reader, count=rng.choice([1, 2]))
    header = {"x_moz": "prefetch"} if is_firefox else {"x_purpose": "preview", "purpose": "preview"}
    for at, link in clicked:
        again = at + lognormal(rng, 3 * 3600, 1.3, 30)
        letter.click(again, replace(reader, by="machine", tellable=letter.records("x-moz")), link, **header)
        if rng.random() < 0.4:
            letter.click(again + lognormal(rng, 2, 0.8, 0.3), reader, link)
