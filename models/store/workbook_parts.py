"""What stands around the rows of a workbook: how its sheets begin and end, and the parts that name and style them.

Names and structure are those of ECMA-376, parts 1 (SpreadsheetML) and 2 (packages).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

BOLD, DAY, MOMENT = ' s="1"', ' s="2"', ' s="3"'
"""Styles of a cell, as attributes."""
SHEET_END = "</sheetData></worksheet>"
_MOST_TITLE = 31
_NOT_IN_TITLE = re.compile(r"[\\*?:/\[\]\x00-\x1f\ufffe\uffff\ud800-\udfff]")
_NARROWEST, _WIDEST = 10, 60
_START = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_BOOK_LINKS = f"""{_START}<Relationships xmlns="{_PACKAGE}/relationships">\
<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""
_STYLES = f"""{_START}<styleSheet xmlns="{_MAIN}"><numFmts count="2">\
<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ h:mm:ss"/>\
</numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4">\
<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>\
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


def sheet_start(heading: Sequence[str]) -> str:
    """A sheet up to its first row: the first line stays in sight, and columns are as wide as their headings."""
    # A sign of Japanese is as wide as two of the figures that Excel counts.
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{min(_WIDEST, max(_NARROWEST, 2 * len(text)))}" customWidth="1"/>'
        for n, text in enumerate(heading, 1)
    )
    return (
        f'{_START}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"{f'<cols>{columns}</cols>' if columns else ''}<sheetData>"
    )


def around(title: str, sheets: int) -> Iterator[tuple[str, str]]:
    """The name and the content of each part beside the sheets.

    Arguments:
        title: what the sheets are called; where it is empty, as Excel calls them.
        sheets: how many there are.
    """
    yield "_rels/.rels", _BOOK_LINKS
    yield "xl/styles.xml", _STYLES
    numbers = range(1, sheets + 1)
    names = [_sheet_name(title, n) for n in numbers]
    listed = "".join(f'<sheet name="{escape(names[n - 1])}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    yield (
        "xl/workbook.xml",
        f'{_START}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{listed}</sheets></workbook>",
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{_START}<Relationships xmlns="{_PACKAGE}/relationships">{links}'
        f'<Relationship Id="rId{sheets + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    )
    types = {"workbook": "sheet.main", "styles": "styles"} | {f"worksheets/sheet{n}": "worksheet" for n in numbers}
    listed = "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="{_TYPE}.{kind}+xml"/>' for name, kind in types.items()
    )
    yield (
        "[Content_Types].xml",
        f'{_START}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>',
    )


def column_letters(number: int) -> str:
    """What a column is called: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def _sheet_name(title: str, number: int) -> str:
    cleaned = _NOT_IN_TITLE.sub(" ", title).strip().strip("'")
    suffix = str(number) if number > 1 or not cleaned else ""
    return (cleaned or "Sheet")[: _MOST_TITLE - len(suffix)] + suffix
