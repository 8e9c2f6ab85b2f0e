"""What becomes of a letter on its way to a reader, as pure functions for previews and tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import nh3
from lxml import etree
from lxml import html as trees
from markupsafe import Markup

from .content.slot import FieldSlot, HeaderSlot, Slot, Slots, WrappedSlot
from .message.mime import fill_slots, split_at_slots
from .message.stamp import Reader
from .message.stamp import slot_values as slot_values

MARK = "data-block"
"""The attribute by which the preview beside the editor finds blocks; no letter has it."""
SAMPLE_TOKEN = "sample".ljust(32, "-")
"""Stands where a reader's token would: as long as one, and good for nothing."""

_DARK = "@media (prefers-color-scheme:dark)"
_KEPT_TAGS = {"h1", "h2", "h3", "h4", "p", "br", "strong", "em", "ul", "ol", "li", "table", "caption"} | {
    *("thead", "tbody", "tr", "th", "td", "div"),
}
_PLAIN_PAGE = Markup(
    '<!DOCTYPE html>\n<html lang="%s"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1"><title>%s</title>'
    "<style>body{margin:16px;color:#111;background:#fff;font:15px/1.7 %s}"
    "pre{margin:0;font:inherit;white-space:pre-wrap;overflow-wrap:anywhere}"
    "table{border-collapse:collapse}th,td{border:1px solid #767676;padding:4px 8px;text-align:left}</style>"
    "</head><body>\n%s\n</body></html>\n"
)
_MONOSPACE = "'BIZ UDGothic','MS Gothic','Osaka-Mono','Noto Sans Mono CJK JP',IPAGothic,monospace"


def fill_sample(rendered: str, slots: Slots, values: Mapping[str, str]) -> str:
    """*rendered* (HTML or text) with its slots filled: see :func:`samples`."""
    return fill_slots(split_at_slots(rendered, slots), samples(values))


def samples(values: Mapping[str, str]) -> Callable[[Slot], str]:
    """What stands in each slot of a letter to nobody: fields and headers from *values*, or fallbacks; sample tokens."""
    of_reader = slot_values(Reader(0, "", values.get("name", ""), values), 0, b"")

    def value_of(slot: Slot) -> str:
        match slot:
            case FieldSlot():
                return of_reader(slot)
            case WrappedSlot():
                return slot.filled(of_reader, "\n")
            case HeaderSlot(name):
                return values.get(name, "")
        return SAMPLE_TOKEN

    return value_of


def text_only(html: str, text: str) -> str:
    """A page that shows the text part as a client without HTML does; language and title are those of the HTML part."""
    return _page(trees.document_fromstring(html), Markup("<pre>%s</pre>") % text, _MONOSPACE)


def without_images(html: str) -> str:
    """The letter as a client shows it that loads no images: their alternative texts stand in their places."""
    tree = trees.document_fromstring(html)
    for image in list(tree.iter("img")):
        words = (image.get("alt") or "").strip()
        if words:
            place = etree.Element("span", {"role": "img", "aria-label": words})
            place.set("style", "display:block;padding:12px;border:1px dashed #767676;font-size:14px;line-height:1.6")
            place.text = words
            place.tail = image.tail
            image.getparent().replace(image, place)
        else:
            image.drop_tag()
    return _serialised(tree)


def sanitised(html: str) -> str:
    """What a municipal gateway leaves of a letter (無害化): its text, without links, images and styles.

    Nothing is hidden any more: the preheader is seen, too, as it is by readers behind such a gateway.
    """
    tree = trees.document_fromstring(html)
    for table in list(tree.iter("table")):
        if table.get("role") == "presentation":
            _unfold_table(table)
    body = etree.tostring(tree.find("body"), encoding="unicode", method="html", with_tail=False)
    clean = nh3.clean(body, tags=_KEPT_TAGS, attributes={"*": {MARK}}, clean_content_tags={"style", "script", "title"})
    return _page(tree, Markup(clean), "sans-serif")  # noqa: S704 (nh3 has cleaned it)


def dark(html: str) -> str:
    """The letter with its dark colours, whatever the browser prefers."""
    return html.replace(_DARK, "@media all").replace('content="light dark"', 'content="dark"')


def _unfold_table(table: trees.HtmlElement) -> None:
    """Make what a table for the layout holds stand by itself, one cell below the other."""
    for cell in list(table.iter("td", "tr", "tbody")):
        owner = next(cell.iterancestors("table"))
        if owner is table:
            if cell.tag == "td":
                cell.tag = "div"
            else:
                cell.drop_tag()
    table.tag = "div"


def _page(tree: trees.HtmlElement, body: Markup, font: str) -> str:
    return str(_PLAIN_PAGE % (tree.get("lang") or "ja", tree.findtext("head/title") or "", Markup(font), body))  # noqa: S704


def _serialised(tree: trees.HtmlElement) -> str:
    document: str = etree.tostring(tree, encoding="unicode", method="html", doctype="<!DOCTYPE html>")
    return document
