"""The addresses of everything that a letter links to.

A tracked link is ``BASE/c/NUMBER/TOKEN``. Its number stands for one row of the issue's table of links and its
token for the reader's copy, so that no address outside of the table can ever be asked for. All editions of an
issue share one numbering: hand the rows of the editions before to the next one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.deliveries.edition import LinkKind
from models.manuscript.bare_address import canonical
from models.store import link_address
from models.store.errors import Invalid
from models.store.token import Purpose

from .errors import CannotRender, RenderFault
from .letter import ArticleFacts, Letter
from .slot import Slots, TokenSlot


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One row of an issue's table of links."""

    number: int
    url: str
    kind: LinkKind
    article_id: int | None = None


def checked(url: str, own: str = "") -> str:
    """*url* where a letter may link to it (:mod:`models.store.link_address`).

    Arguments:
        own: our own address, which may be on this machine while Kairan is tried.

    Raises:
        CannotRender: no reader could follow it, or none should.
    """
    try:
        return link_address.checked(url, own)
    except Invalid as problem:
        raise CannotRender(RenderFault.ADDRESS, why=problem.phrase) from None


class Links:
    """Hands out the addresses of one rendering and keeps the issue's table of links.

    Arguments:
        letter: whose links they are.
        slots: gets the tokens' slots.
        rows: the table so far, from the editions of the same issue that were rendered before.
    """

    def __init__(self, letter: Letter, slots: Slots, rows: Iterable[LinkRow] = ()) -> None:
        self.table: list[LinkRow] = list(rows)
        self.used: set[int] = set()
        """The numbers of the rows that this rendering links to."""
        self._letter, self._slots = letter, slots
        self._base = letter.base_url.rstrip("/")
        self._numbers = {(row.url, row.article_id, row.kind): row.number for row in self.table}
        own = {facts.address: facts.article_id for facts in letter.articles.values()}
        self._articles = {canonical(address): number for address, number in {**letter.article_ids, **own}.items()}

    @property
    def tracked(self) -> bool:
        """Whether links lead past us."""
        return self._letter.tracking != "off"

    def article(self, slug: str) -> ArticleFacts:
        """What the letter knows of an article.

        Raises:
            CannotRender: the letter has no such article, as when it was deleted after it was placed.
        """
        facts = self._letter.articles.get(slug)
        if facts is None:
            raise CannotRender(RenderFault.UNKNOWN_ARTICLE, name=slug)
        return facts

    def resolve(self, url: str) -> tuple[str, int | None]:
        """Where *url* leads, and the article that is known to be there.

        Arguments:
            url: http, https, mailto, tel, or ``article:SLUG``; as people type it
                (:func:`models.manuscript.bare_address.canonical`).

        Raises:
            CannotRender: the address or the article cannot be linked to.
        """
        if self._slots.pattern.search(url):
            raise CannotRender(RenderFault.ADDRESS_PERSONAL)
        if url.startswith("article:"):
            facts = self.article(url.removeprefix("article:"))
            return checked(facts.address, self._base), facts.article_id
        address = checked(canonical(url), self._base)
        return address, self._articles.get(address)

    def link(self, url: str, kind: LinkKind, article: str = "") -> str:
        """The address that the letter carries for *url*.

        Equal address, article and kind share a number, from 1 in the order of first appearance. An address of
        mail or telephone is never tracked and has no row; with tracking off, rows are kept and the link is bare.

        Arguments:
            url: http, https, mailto, tel, or ``article:SLUG``.
            kind: what the link is.
            article: slug of the article that it stands for, where the address does not say so.

        Raises:
            CannotRender: the address or the article cannot be linked to.
        """
        bare, article_id = self.resolve(url)
        if article:
            article_id = self.article(article).article_id
        if bare.startswith(("mailto:", "tel:")):
            return bare
        number = self._number(bare, article_id, kind)
        return self._click(number) if self.tracked else bare

    def honeypot(self) -> str:
        """The address of the link that only machines follow; it leads to the issue in the archive, or to our home."""
        return self._click(self._number(self._letter.archive_url or f"{self._base}/", None, LinkKind.HONEYPOT))

    def open_pixel(self) -> str:
        """The picture whose request says that the letter was shown."""
        return f"{self._base}/o/{self._token(Purpose.OPEN)}.gif"

    def web_view(self) -> str:
        """The reader's own copy in a browser."""
        if self._letter.is_test:
            return self._test_page()
        return f"{self._base}/v/{self._token(Purpose.VIEW)}"

    def preferences(self) -> str:
        """Where the reader changes address, topics and other details."""
        if self._letter.is_test:
            return self._test_page()
        return f"{self._base}/p/{self._token(Purpose.PREFERENCES)}"

    def unsubscribe(self) -> str:
        """Where the reader stops the newsletter (RFC 8058 POST, and a page)."""
        if self._letter.is_test:
            return self._test_page()
        return f"{self._base}/u/{self._token(Purpose.UNSUBSCRIBE)}"

    def leave_by_mail(self) -> str:
        """What a mail program writes to stop the newsletter (RFC 6068); empty where nobody would read it."""
        if not self._letter.leave_address:
            return ""
        return f"mailto:{self._letter.leave_address}?subject=unsubscribe%20{self._token(Purpose.UNSUBSCRIBE)}"

    def topic(self, slug: str) -> str:
        """The bare address of a topic's page in the archive."""
        return f"{self._letter.archive_home_url.rstrip('/')}/topics/{slug}"

    def search(self) -> str:
        """The bare address of the archive's search."""
        return f"{self._letter.archive_home_url.rstrip('/')}/search"

    def signup(self) -> str:
        """The bare address of the newsletter's sign-up form."""
        return f"{self._base}/subscribe/{self._letter.sender.slug}"

    def _test_page(self) -> str:
        """The page that says what a reader's own link does: a test is nobody's copy."""
        return f"{self._base}/test-letter"

    def _number(self, url: str, article_id: int | None, kind: LinkKind) -> int:
        key = (url, article_id, kind)
        if key not in self._numbers:
            self._numbers[key] = len(self.table) + 1
            self.table.append(LinkRow(self._numbers[key], url, kind, article_id))
        self.used.add(self._numbers[key])
        return self._numbers[key]

    def _click(self, number: int) -> str:
        return f"{self._base}/c/{number}/{self._token(Purpose.CLICK)}"

    def _token(self, purpose: Purpose) -> str:
        return self._slots.marker(TokenSlot(purpose))
