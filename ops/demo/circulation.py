"""Who reads the demo's newsletter, month by month: lists of people who agreed elsewhere, sign-ups, and who leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.imports import subscribers
from models.imports.csv_file import CsvRow
from models.issues import newsletter as newsletters
from models.issues.newsletter import Newsletter
from models.outbox.transactional import TransactionalLetter
from models.readers import profile, signup, unsubscribe
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from models.staff import audit
from models.staff.permission import Role
from models.store import clock, mail_address

from . import mailing, past, personas
from .personas import Persona
from .seed import SLUG, staff

SHARES = {"official": 0.47, "citizen": 0.36, "vendor": 0.17}
"""How the readers are parted among the audiences."""
OFFICES = ("情報政策課", "総務課", "市民課", "税務課", "防災危機管理課", "教育総務課", "企画課", "福祉課")
FIRST_LIST = "研修会と窓口の申込書(見本)"
MONTHLY_LIST = "{month}月の研修会の申込書(見本)"


def addresses(count: int) -> list[str]:
    """The addresses of some *count* readers."""
    shares = [(audience, round(count * share)) for audience, share in SHARES.items()]
    audiences = [audience for audience, size in shares for _ in range(size)]
    return [f"reader-{number:03}@{audience}.example" for number, audience in enumerate(audiences, 1)]


def take_list(session: Session, chosen: Sequence[str]) -> int:
    """Take in those of *chosen* who are no readers yet, as a list of people who agreed; returns how many are new."""
    home = newsletters.find(session, SLUG)
    first = not session.scalar(select(Subscription.id).limit(1))
    source = FIRST_LIST if first else MONTHLY_LIST.format(month=clock.today().month)
    outcome, refused = subscribers.Importer(home, source=source).store_batch(session, _lines(chosen))
    assert not refused, refused
    counts = {name: number for name, number in asdict(outcome).items() if number}
    by = staff(session, Role.ADMINISTRATOR)
    audit.record(session, by, "import subscribers", f"newsletter/{home.id}", file=f"{source}.csv", **counts)
    return outcome.added


def _lines(chosen: Sequence[str]) -> Iterator[CsvRow]:
    for number, address in enumerate(chosen, 1):
        who = personas.reader(address)
        cells = {"address": address, "audience": who.audience, "organisation": _organisation(who)}
        yield CsvRow(number, {name: cell for name, cell in cells.items() if cell})


def _organisation(who: Persona) -> str:
    number = int(who.address.partition("-")[2].partition("@")[0])
    return f"例示市 {OFFICES[number % len(OFFICES)]}" if who.audience == "official" else ""


def sign_up(session: Session, address: str, agreed: str) -> None:
    """Sign up on the form, now, and confirm by the letter some minutes later.

    Arguments:
        agreed: the words of the form.
    """
    home, to, who = newsletters.find(session, SLUG), mail_address.parse(address), personas.reader(address)
    if _reader(session, home, address) is not None:
        return
    request = {"client": who.client, "user_agent": who.agent}
    answers = profile.validate(home, audience=who.audience, organisation=_organisation(who))
    signup.sign_up(session, home, to, answers, agreed=agreed, **request)
    link = _link(session, address)
    mailing.send_single_letters(session)
    with past.at(clock.now() + timedelta(minutes=Random(address).randint(2, 90))):  # noqa: S311
        signup.confirm(session, link, **request)
        mailing.send_single_letters(session)


def _link(session: Session, address: str) -> str:
    """The end of the link in the letter that asks whether the address's owner wants the newsletter."""
    query = select(TransactionalLetter).where(TransactionalLetter.address == address)
    letter = session.scalars(query.order_by(TransactionalLetter.id.desc()).limit(1)).one()
    return str(letter.values["link"]).rpartition("/")[2]


def _reader(session: Session, home: Newsletter, address: str) -> Subscription | None:
    return session.scalar(
        select(Subscription)
        .join(Subscriber)
        .where(Subscription.newsletter_id == home.id, Subscriber.address_key == mail_address.parse(address).key)
    )


def leave(session: Session, number: int, after: datetime) -> int:
    """Let those leave whom the issue *number* has moved to it, in the days *after* it; returns how many.

    Some use their mail program's button, some the page that the letter leads to, which a letter follows.
    """
    home = newsletters.find(session, SLUG)
    query = select(Subscription).where(
        Subscription.newsletter_id == home.id, Subscription.state == SubscriptionState.ACTIVE
    )
    leaving = [
        one
        for one in session.scalars(query.order_by(Subscription.id)).all()
        if one.subscriber.address and personas.leaves(one.subscriber.address, number)
    ]
    for one in leaving:
        assert one.subscriber.address is not None
        who, random = personas.reader(one.subscriber.address), Random(f"{one.subscriber.address} leaves")  # noqa: S311
        source = random.choice(("one-click", "page"))
        with past.at(after + timedelta(hours=random.uniform(0.3, 40))):
            unsubscribe.unsubscribe(session, one, source=source, client=who.client, user_agent=who.agent)
            if source == "page":
                unsubscribe.post_goodbye(session, one)
                mailing.send_single_letters(session)
    return len(leaving)
