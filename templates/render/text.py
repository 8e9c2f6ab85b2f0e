"""Letter → plain text: the whole letter for everyone whose mail has no HTML.

Officials read mail behind gateways that strip HTML, and for them this part is the letter. It is written from the
blocks, wrapped by the rules of Japanese typesetting, and says everything that the HTML says, in its order. A
link's address stands alone on its line, so that no mail program breaks it.
"""

from __future__ import annotations

from models.deliveries.edition import LinkKind
from models.issues.block import (
    ArticleCard,
    Block,
    Button,
    Figure,
    Heading,
    Listing,
    Notice,
    Prose,
    RankingEntry,
    RelatedProducts,
    SearchCall,
    SignupCall,
    Table,
    TopicLinks,
)

from ..content.errors import CannotRender
from ..content.letter import Letter
from ..content.links import Links
from ..content.merge import evaluated, normalised
from ..content.slot import Escape, Slots
from ..content.wording import Wording
from . import frame
from .block_view import BlockView, heading_levels, loose_ends
from .text_page import TextPage


def render(letter: Letter, slots: Slots, links: Links) -> str:
    r"""The letter's text part, lines wrapped and ended by ``\n``; slots are markers.

    Arguments:
        letter: what it says.
        slots: gets every slot that the letter uses.
        links: the links of the HTML part, so that both share their numbers.

    Raises:
        CannotRender: an article, picture, address or template in it cannot be used; names the block.
    """
    letter = evaluated(letter, slots, Escape.NONE)
    return normalised(_TextWriter(letter, slots, links).letter())


class _TextWriter:
    """Writes one letter, block by block."""

    def __init__(self, letter: Letter, slots: Slots, links: Links) -> None:
        self._letter, self._links = letter, links
        self._view = BlockView(letter, links)
        self._say: Wording = self._view.say
        self._page = TextPage(slots, self._view.href, links)

    def letter(self) -> str:
        self._head()
        levels, apart = heading_levels(self._letter.blocks), loose_ends(self._letter.blocks)
        for position, (block, level) in enumerate(zip(self._letter.blocks, levels, strict=True), 1):
            if position - 1 in apart:
                self._page.blank_line()
                self._page.rule("─")
                self._page.blank_line()
            try:
                self._block(block, level)
            except CannotRender as error:
                raise error.at(position) from error
        self._foot()
        return self._page.text()

    def _head(self) -> None:
        letter, page, say = self._letter, self._page, self._say
        page.line(f"{letter.sender.newsletter} {say.issue_number(letter.number)}")
        page.line(say.date(letter.dated))
        page.blank_line()
        if letter.archive_url:
            page.line(say.this_issue)
            page.address(letter.archive_url)
        page.line(say.view_online)
        page.address(self._links.web_view())
        page.blank_line()
        frame.headline(page, letter.subject)
        if letter.correction_note:
            page.title(f"【{say.correction}】")
            page.prose(letter.correction_note)

    def _foot(self) -> None:
        letter, page, say = self._letter, self._page, self._say
        frame.imprint(page, say, letter.sender, say.why(letter.sender.newsletter))
        page.blank_line()
        page.line(say.unsubscribe)
        page.address(self._links.unsubscribe())
        page.line(say.preferences)
        page.address(self._links.preferences())
        if letter.archive_url:
            page.line(say.archive)
            page.address(self._view.href(letter.archive_home_url, LinkKind.ARCHIVE))

    def _block(self, block: Block, level: int) -> None:
        page = self._page
        match block:
            case Heading():
                page.heading(block.text, level)
            case Prose():
                page.prose(block.text)
            case Listing():
                page.listing(block.items, ordered=block.ordered)
            case Figure():
                self._figure(block)
            case Table():
                self._table(block)
            case Notice():
                page.title(f"【{block.title or self._say.notice}】")
                page.prose(block.text)
            case Button():
                self._button(block.text, block.address, LinkKind.BUTTON)
            case ArticleCard():
                self._article(block, level)
            case RankingEntry():
                self._ranking(block)
            case _:
                self._call(block)

    def _call(self, block: RelatedProducts | TopicLinks | SearchCall | SignupCall) -> None:
        page, say = self._page, self._say
        match block:
            case RelatedProducts():
                page.heading(block.title or say.products, 2)
                for product in block.products:
                    page.item(product.name, self._view.href(product.address, LinkKind.PRODUCT), product.text)
            case TopicLinks():
                page.heading(block.title or say.topics, 2)
                page.paragraph(block.lead)
                for slug in block.topics:
                    page.item(self._view.topic(slug), self._view.topic_href(slug))
            case SearchCall():
                page.heading(block.title or say.search, 2)
                self._button(say.search_link, self._links.search(), LinkKind.SEARCH)
            case SignupCall():
                page.heading(block.title or say.signup, 2)
                page.prose(block.text)
                label = block.button or say.signup_button(self._letter.sender.newsletter)
                self._button(label, self._links.signup(), LinkKind.SIGNUP)

    def _button(self, label: str, address: str, kind: LinkKind) -> None:
        self._page.button(label, self._view.href(address, kind))

    def _article(self, block: ArticleCard, level: int) -> None:
        article = self._view.article(block.article)
        self._page.heading(article.title, level)
        self._page.remove_blank_line()
        self._page.address(self._view.href(f"article:{article.slug}", LinkKind.ARTICLE))
        self._page.line(self._view.byline(article), optional=True)
        self._page.blank_line()
        self._page.prose(block.lead or article.recap)

    def _ranking(self, block: RankingEntry) -> None:
        article, page = self._view.article(block.article), self._page
        page.blank_line()
        page.rule("─")
        page.line(self._say.place(block.place))
        page.line(article.title)
        page.address(self._view.href(f"article:{article.slug}", LinkKind.ARTICLE))
        page.line(" / ".join(self._view.ranking_facts(block)), optional=True)
        page.blank_line()
        page.prose(block.recap or article.recap)
        if block.news and (title := self._view.news_title(block)):
            page.heading(title, 3)
        for part in block.news:
            self._block(part, 0)

    def _figure(self, block: Figure) -> None:
        page = self._page
        page.line(block.caption or block.alt, first=f"【{self._say.figure}】")
        if block.caption and block.alt != block.caption:
            page.line(block.alt)
        if block.source:
            page.line(self._say.source(block.source))
        if block.source and block.source_address:
            page.address(self._view.href(block.source_address, LinkKind.SOURCE))
        # A picture that is gone is an error in both parts.
        if full := self._view.full_picture(self._view.image(block.image)):
            page.line(self._say.open_picture, first="▼ ", rest="   ")
            page.address(full)
        page.blank_line()

    def _table(self, block: Table) -> None:
        page, say = self._page, self._say
        heads = " / ".join(block.header)
        page.line(block.caption or heads, first=f"【{say.table}】")
        if block.caption:
            page.line(heads)
        for row in block.rows:
            page.row(row, block.header, say.colon)
        if block.source:
            page.line(say.source(block.source))
        page.blank_line()
