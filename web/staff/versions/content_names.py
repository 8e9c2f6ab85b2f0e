"""What parts of content are called on pages that compare it."""

from __future__ import annotations

from ...language import _


def fields() -> dict[str, str]:
    """By name a value of an issue, of an article, or of a block; what has no name here is shown by its own."""
    return {
        "subject": _("Subject"),
        "preheader": _("Preheader"),
        "kind": _("Kind of issue"),
        "language": _("Language"),
        "audience": _("Audience"),
        "dated": _("Day that stands on it"),
        "correction_of_id": _("Corrected issue"),
        "correction_note": _("Note of correction"),
        "public": _("In the public archive"),
        "slug": _("Name in addresses"),
        "title": _("Title"),
        "published_on": _("Published on"),
        "recap": _("Recap"),
        "address": _("Address"),
        "addresses": _("Other addresses of the same piece"),
        "topics": _("Topics"),
        "related": _("Related articles"),
        "figure_image": _("Picture"),
        "figure_alt": _("Picture in words"),
        "figure_caption": _("Caption"),
        "figure_source": _("Source"),
        "text": _("Text"),
        "level": _("Level of heading"),
        "items": _("Items"),
        "ordered": _("Numbered"),
        "image": _("Picture"),
        "alt": _("Picture in words"),
        "caption": _("Caption"),
        "source": _("Source"),
        "source_address": _("Address of the source"),
        "header": _("Headings of columns"),
        "rows": _("Rows of the table"),
        "article": _("Article"),
        "lead": _("Lead"),
        "place": _("Place"),
        "news": _("What has changed since"),
        "news_title": _("Headline of what has changed since"),
        "last_place": _("Place before"),
        "readers": _("Readers"),
        "products": _("Products"),
        "button": _("Button"),
        "only.audiences": _("Only for audiences"),
        "only.topics": _("Only for topics"),
        "segment": _("Further conditions on readers"),
    }


def kinds() -> dict[str, str]:
    """By kind of block, its name."""
    return {
        "heading": _("Heading"),
        "prose": _("Paragraphs"),
        "listing": _("List"),
        "figure": _("Figure"),
        "table": _("Table"),
        "notice": _("Notice"),
        "button": _("Button"),
        "article": _("Article"),
        "ranking": _("Place of the ranking"),
        "products": _("Related products"),
        "topics": _("Topics"),
        "search": _("Search"),
        "signup": _("Sign-up"),
        "paragraph": _("Paragraph"),
    }
