"""Texts and numbers, row by row → the XML of a worksheet of our own, ready to be read and printed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil

from checker.annotation.markup import escape
from checker.annotation.palette import Look
from checker.annotation.styles import Styles
from checker.terms import column_letters

Value = str | int | float | None
_LINKS = 65_000  # Excel drops all links of a sheet that has more than 65,530
_LINE, _HIGHEST, _PADDING = 14.5, 409, 1  # points, points, digits
_PRINTED = (
    '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
    '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
    "<headerFooter><oddFooter>&amp;L{}&amp;R第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter>"
)


@dataclass
class Page:
    """A sheet as it grows: rows not handed on yet, and what must be said of cells when all rows are there.

    row is the last one written, heading the one that repeats on every printed page and begins the filter.
    """

    styles: Styles
    main: str
    widths: tuple[float, ...]
    row: int = 0
    heading: int = 0
    rows: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)

    @property
    def last(self) -> str:
        return column_letters(len(self.widths))

    @property
    def filtered(self) -> str:
        """The area of the list with its headings."""
        return f"A{self.heading}:{self.last}{max(self.row, self.heading + 1)}"

    @property
    def takes_links(self) -> bool:
        return len(self.links) < _LINKS

    def add(self, cells: Sequence[tuple[Value, Look]], height: float = 0) -> None:
        """One row; without a height it is as high as its texts need, since not every program finds that out."""
        self.row += 1
        height = height or self._height(cells)
        written = "".join(self._cell(column, *cell) for column, cell in enumerate(cells, 1))
        self.rows.append(f'<row r="{self.row}" ht="{height:g}" customHeight="1">{written}</row>')

    def _height(self, cells: Sequence[tuple[Value, Look]]) -> float:
        texts = ((str(value or ""), width) for (value, _), width in zip(cells, self.widths, strict=False))
        lines = max((_lines(text, width - _PADDING) for text, width in texts), default=1)
        return min(_LINE * lines + 6, _HIGHEST)

    def _cell(self, column: int, value: Value, look: Look) -> str:
        start = f'<c r="{column_letters(column)}{self.row}" s="{self.styles.look(look)}"'
        if value is None or value == "":
            return f"{start}/>"
        if isinstance(value, str):
            return f'{start} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        return f"{start}><v>{value}</v></c>"

    def across(self, value: str, look: Look, height: float) -> None:
        """One text over the whole width."""
        self.add([(value, look), *((None, look) for _ in self.widths[1:])], height)
        self.merge("A", self.last)

    def height_across(self, value: str) -> float:
        """What a text over the whole width needs in small letters."""
        return 15 * _lines(value, sum(self.widths))

    def merge(self, first: str, last: str) -> None:
        self.merged.append(f"{first}{self.row}:{last}{self.row}")

    def link(self, column: str, target: str) -> None:
        self.links.append((f"{column}{self.row}", target))

    def start(self, tab: str) -> bytes:
        """What stands before the rows; tab is the colour of the sheet's tab."""
        columns = "".join(
            f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
            for number, width in enumerate(self.widths, 1)
        )
        return (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{self.main}"><sheetPr>'
            f'<tabColor rgb="{tab}"/><pageSetUpPr fitToPage="1"/></sheetPr>'
            '<sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>'
        ).encode()

    def handed_on(self) -> bytes:
        """The rows since the last time."""
        written, self.rows = "".join(self.rows), []
        return written.encode()

    def end(self, footer: str) -> bytes:
        """What stands behind the rows."""
        links = (
            f'<hyperlink ref="{cell}" location="{escape(target)}" display="{escape(target)}"/>'
            for cell, target in self.links
        )
        parts = (
            f'</sheetData><autoFilter ref="{self.filtered}"/>',
            *_list("mergeCells", (f'<mergeCell ref="{area}"/>' for area in self.merged)),
            *_list("hyperlinks", links),
            _PRINTED.format(footer),
            "</worksheet>",
        )
        return "".join(parts).encode()


def _lines(text: str, width: float) -> int:
    """Lines a text takes in a column of that width: a Chinese character is about as wide as two digits."""
    return sum(max(1, ceil(_width(line) / width)) for line in text.split("\n"))


def _width(text: str) -> float:
    return 1.1 * len(text) + 0.4 * (
        len(text.encode(errors="replace")) - len(text)
    )  # a Chinese character is three bytes long


def _list(name: str, entries: Iterable[str]) -> Iterator[str]:
    if written := "".join(entries):
        yield f"<{name}>{written}</{name}>"
