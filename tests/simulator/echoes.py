"""Machines that look at an address after somebody clicked it: antivirus programs, their vendors, tools of offices."""

from __future__ import annotations

from dataclasses import replace

from . import browsers, networks, sources
from .kinds import kind
from .letter import Letter, lognormal
from .machines import disguised, program, some, unnamed
from .reading import behind, clicked_by, desktop_person, first_look, person, read

OLD_ECHOES = [
    "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)",
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0)",
    "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.2 (KHTML, like Gecko) Chrome/22.0.1216.0 Safari/537.2",
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 5.1)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/28.0.1500.72 Safari/537.36",
]


@kind(2, sources.TREND_2017, sources.TREND_2008, sources.TREND_FORUM, sources.TREND_WRS)
def trend_micro_echo(letter: Letter) -> None:
    """The person's PC has Trend Micro's antivirus: the address comes again from 150.70.0.0/16, rarely from the vendor's
    other networks, with Internet Explorer 6 to 8 or a Chrome from 2012: mostly a second to an hour after the click,
    in one of six cases up to three seconds before it; of some clicks nothing comes, of some several."""
    rng = letter.rng
    for at, link in clicked_by(letter, desktop_person(letter)):
        for _ in range(rng.choices([0, 1, 2, 3], [15, 55, 20, 10])[0]):
            place = networks.changing(rng, "trend" if rng.random() < 0.9 else "trend_mail")
            echo = program(rng.choice(OLD_ECHOES), place, accept=rng.choice(["", "*/*"]))
            delay = -rng.uniform(0.1, 3) if rng.random() < 0.16 else lognormal(rng, 20, 2.0, 0.3, 12 * 3600)
            letter.click(at + delay, echo, link, "HEAD" if rng.random() < 0.05 else "GET")


@kind(1.5, sources.ANTIVIRUS, sources.KNOWBE4)
def antivirus_recheck(letter: Letter) -> None:
    """The antivirus on the person's PC gives the address to its vendor, whose crawler looks once, minutes or hours
    later."""
    rng = letter.rng
    crawler = unnamed(letter, networks.changing(rng, "hosting", "aws_europe", pool=2))
    for at, link in clicked_by(letter, desktop_person(letter)):
        if rng.random() < 0.7:
            letter.click(at + lognormal(rng, 300, 1.8, 1, 86_400), crawler, link)


@kind(1, sources.ZSCALER)
def zscaler_recheck(letter: Letter) -> None:
    """The person surfs through Zscaler, which looks at pages it does not know from another of its addresses."""
    rng = letter.rng
    reader = person(
        browsers.edge(rng, letter.delivered), networks.changing(rng, "zscaler", pool=2), source="zscaler_reader"
    )
    crawler = program(
        "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
        networks.changing(rng, "zscaler"),
        accept="*/*",
    )
    for at, link in read(letter, reader, count=rng.choice([1, 2, 3])):
        if rng.random() < 0.6:
            letter.click(at + lognormal(rng, 8, 1.0, 0.5), crawler, link)


@kind(0.8, sources.GOPHISH_3317, sources.MS_AUTOMATED, sources.BARRACUDA)
def reported_letter(letter: Letter) -> None:
    """The person reports the letter or forwards it to a ticket system, whose tools open all its links at once from a
    cloud, hours or days after delivery; a click of the person's own may stand before."""
    rng = letter.rng
    start = first_look(rng)
    if rng.random() < 0.5:
        start = clicked_by(letter, count=rng.choice([1, 1, 2]))[-1][0]
    visitor = disguised(letter, networks.changing(rng, "azure", "aws", pool=4), language=rng.choice(["", "en-US"]))
    letter.crawl(start + lognormal(rng, 1800, 1.6, 20), visitor, some(letter, 1.0, trap=0.8), rng.choice([0.05, 0.5]))


@kind(1, sources.RESEND_901, tellable=False)
def current_echo(letter: Letter) -> None:
    """Some seconds after the click the address is asked for again from another network, in a current Chrome on another
    system. From a cloud that is an echo; from an ordinary line, with a language, it looks like a colleague to whom the
    address was passed on, and cannot be told."""
    rng = letter.rng
    for at, link in clicked_by(letter):
        if rng.random() < 0.8:
            hidden = rng.random() < 0.4
            place = networks.fixed(networks.draw(rng, "residential_abroad" if hidden else "aws"))
            echo = disguised(letter, place, language="ja" if hidden else rng.choice(["", "en-US,en;q=0.9"]))
            letter.click(at + lognormal(rng, 12, 0.6, 2, 90), replace(echo, tellable=not hidden), link)


@kind(0.5, sources.AVG_2008)
def local_link_scanner(letter: Letter) -> None:
    """An antivirus on the person's PC fetches all links that the screen shows, from the person's own address, with an
    agent of its own, while the letter is read; the person's clicks come from the same address in the browser."""
    rng = letter.rng
    reader = behind(letter, desktop_person(letter))
    agent = f"Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1{rng.choice([';1813', '; SV1'])})"
    scanner = replace(program(agent, reader.address, accept="*/*"), source="")
    start = first_look(rng)
    letter.crawl(start + rng.uniform(0.2, 2), scanner, some(letter, 1.0, trap=0.3), 0.1)
    read(letter, reader, start=start, count=rng.choice([0, 1, 1, 2, 3]))
