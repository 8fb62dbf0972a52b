"""A sheet's bytes, piece by piece → its rows, one by one, and the cells of a row; no tree is ever built."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from checker.annotation import frame
from checker.annotation.frame import Frame, column_number
from checker.annotation.markup import ATTRIBUTES
from checker.terms import column_letters
from checker.workbook.package import corrupt, too_large

_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']""")
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["']\s*(\d+)""")
_COLUMN = re.compile(rb"""\sr\s*=\s*["']\$?([A-Za-z]{1,3})""")
_STYLE = re.compile(rb"""(\ss\s*=\s*)(["'])(\d*)\2""")
_SPANS = re.compile(rb"""spans\s*=\s*["']\s*(\d+):(?:[\d: ]*:)?(\d+)""")
_LONGEST = 1 << 26  # bytes of one row, or of what stands before or behind the rows
_ENDS, _END = re.compile(rb"row>|Data>"), 8
_SLASH = ord("/")


class Unusual(Exception):  # noqa: N818 a signal to spell the sheet plainly first, never an error a user sees
    """The sheet is spelt in a way that rows cannot be told apart by their end tags alone."""


@dataclass(frozen=True)
class Spelling:
    """How one sheet spells its rows and cells: with or without a prefix."""

    prefix: bytes
    row: re.Pattern[bytes]
    cell: re.Pattern[bytes]
    usual_row: re.Pattern[bytes]
    usual_cell: re.Pattern[bytes]
    row_start: bytes
    row_end: bytes
    cell_start: bytes
    cell_end: bytes


@lru_cache(maxsize=64)  # a file that is all prefixes must not fill the memory of a server
def spelling(prefix: bytes) -> Spelling:
    p = re.escape(prefix)
    return Spelling(
        prefix,
        re.compile(rb"<" + p + rb"row(?=[\s/>])(" + ATTRIBUTES + rb")>"),
        re.compile(rb"<" + p + rb"c(?=[\s/>])(" + ATTRIBUTES + rb")>"),
        re.compile(rb"\s*<" + p + rb'row r="(\d+)"'),
        re.compile(rb"<" + p + rb'c r="([A-Z]{1,3})'),
        b"<%brow" % prefix,
        b"</%brow>" % prefix,
        b"<%bc " % prefix,
        b"</%bc>" % prefix,
    )


class Rows:
    """One reading of a sheet: iterate it for (number, bytes) of each row; frame is complete when it has ended."""

    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = iter(stream)
        head, self.opening, self._held = self._head()
        prefix = frame.prefix_of(head)
        if prefix is None:
            raise corrupt("工作表的开头不合规范")
        self.spelling = spelling(prefix)
        self.frame = Frame(head, b"", self.spelling.prefix)

    def _head(self) -> tuple[bytes, bytes, bytes]:
        held = b""
        for piece in self._stream:
            held += piece
            _refuse_unusual(held)
            start = re.search(rb"<((?:[\w.-]+:)?)sheetData(?=[\s/>])[^>]*>", held)
            if start:
                closed = start[0].endswith(b"/>")
                opening = b"<%bsheetData>" % start[1] if closed else start[0]
                rest = held[start.end() :]
                return held[: start.start()], opening, b"</%bsheetData>" % start[1] + rest if closed else rest
            if len(held) > _LONGEST:
                break
        raise corrupt("工作表没有内容部分")

    @property
    def closing(self) -> bytes:
        return b"</%bsheetData>" % self.spelling.prefix

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        number, end = 0, self.spelling.row_end
        for complete, usual in self._pieces():
            for row in complete:
                for raw in (row + end,) if usual else self._apart(row + end):
                    number = self._number(raw, number)
                    yield number, raw
        rest, _, tail = self._held.partition(self.closing)
        for raw in self._apart(rest):
            number = self._number(raw, number)
            yield number, raw
        self.frame = Frame(self.frame.head, self._tail(tail), self.spelling.prefix)

    def _pieces(self) -> Iterator[tuple[list[bytes], bool]]:
        """Rows without their end tags, and whether each of them has one; what follows the last row stays held."""
        start, end = self.spelling.row_start, self.spelling.row_end
        while True:
            starts = self._held.count(start)
            *complete, self._held = self._held.split(end)
            yield complete, starts - self._held.count(start) == len(complete)
            if self.closing in self._held:
                return
            self._held = self._up_to_an_end()

    def _up_to_an_end(self) -> bytes:
        """What is held and as much more as brings the end of a row or of all rows."""
        pieces, size = [self._held], len(self._held)
        for piece in self._stream:
            _refuse_unusual(piece)
            seam = pieces[-1][-_END:] + piece[:_END]
            pieces.append(piece)
            size += len(piece)
            if _ENDS.search(piece) or _ENDS.search(seam):
                return b"".join(pieces)
            if size > _LONGEST:
                raise too_large("工作表中有一行过长")
        raise Unusual

    def _tail(self, start: bytes) -> bytes:
        pieces, size = [start], len(start)
        for piece in self._stream:
            pieces.append(piece)
            size += len(piece)
            if size > _LONGEST:
                raise too_large("工作表的附加设置过多")
        return b"".join(pieces)

    def _apart(self, raw: bytes) -> list[bytes]:
        """Rows without cells close themselves and so stand before the row that ends here."""
        if raw.count(self.spelling.row_start) < 2:
            return [raw] if raw.strip() else []
        tags = [*self.spelling.row.finditer(raw)]
        cuts = [tag.end() for tag in tags if tag[1].endswith(b"/")]
        if len(tags) - len(cuts) > raw.count(self.spelling.row_end):
            raise Unusual
        pieces = [raw[start:end] for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
        return [piece for piece in pieces if piece.strip()]

    def _number(self, raw: bytes, previous: int) -> int:
        usual = self.spelling.usual_row.match(raw)
        if usual:
            return int(usual[1])
        tag = self.spelling.row.search(raw)
        if tag is None:
            raise corrupt("工作表的行不合规范")
        found = _ROW_NUMBER.search(tag[1])
        return int(found[1]) if found else previous + 1


def _refuse_unusual(piece: bytes) -> None:
    """Comments and CDATA sections may hold what looks like a row; other encodings hide what does."""
    encoding = _ENCODING.match(piece[:200])
    if piece[:2] in (b"\xff\xfe", b"\xfe\xff") or (encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii")):
        raise Unusual
    if b"!" in piece and b"<!" in piece:
        raise Unusual


@dataclass(frozen=True)
class Span:
    """Where one cell stands in its row's bytes."""

    column: int
    start: int
    tag_end: int
    end: int


def cells(raw: bytes, spelt: Spelling) -> list[Span]:
    """Every cell of a row; one without a reference follows its neighbour."""
    found: list[Span] = []
    column = 0
    for tag in spelt.cell.finditer(raw):
        place = _COLUMN.search(tag[1])
        column = column_number(place[1]) if place else column + 1
        end = tag.end() if tag[1].endswith(b"/") else raw.find(spelt.cell_end, tag.end()) + len(spelt.cell_end)
        found.append(Span(column, tag.start(), tag.end(), end))
    return found


def spot(raw: bytes, spelt: Spelling, row: int, column: int) -> tuple[int, int] | None:
    """Where a cell's start tag begins and ends, if the cell begins with its reference as most do."""
    start = raw.find(b'%br="%b"' % (spelt.cell_start, reference(row, column)))
    tag = spelt.cell.match(raw, start) if start >= 0 else None
    return (start, tag.end()) if tag else None


def last_column(raw: bytes, spelt: Spelling) -> int:
    """The column of a row's last cell; 0 if it has none."""
    start = raw.rfind(spelt.cell_start)
    usual = spelt.usual_cell.match(raw, start) if start >= 0 else None
    if usual:
        return letters_number(usual[1])
    tag = spelt.cell.match(raw, start) if start >= 0 else None
    place = _COLUMN.search(tag[1]) if tag else None
    if place is None:
        return max((cell.column for cell in cells(raw, spelt)), default=0)
    return column_number(place[1])


def style(tag: bytes) -> int:
    """The cell format a start tag names; none means the first."""
    found = _STYLE.search(tag)
    return int(found[3] or 0) if found else 0


def restyled(tag: bytes, style: int) -> bytes:
    """A start tag with another cell format."""
    if _STYLE.search(tag):
        return _STYLE.sub(rb'\g<1>"%d"' % style, tag, count=1)
    end = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:end].rstrip() + b' s="%d"' % style + tag[end:]


def row_style(raw: bytes, spelt: Spelling) -> int | None:
    """The cell format of a row's unwritten cells, where it has one of its own."""
    tag = spelt.row.search(raw)
    if tag is None or not re.search(rb"""\scustomFormat\s*=\s*["'](?:1|true)""", tag[1]):
        return None
    return style(tag[1])


class Added(NamedTuple):
    """Cells to put into a row, side by side: the columns of the first and the last, and their bytes.

    at_end says it is known that no cell of the row stands right of them.
    """

    first: int
    last: int
    written: bytes
    at_end: bool = False


def insert(raw: bytes, spelt: Spelling, added: Iterable[Added]) -> bytes:
    """A row with more cells, in the order of their columns."""
    for more in added:
        raw = _opened(raw, spelt, more)
        if more.at_end or last_column(raw, spelt) < more.first:
            at = raw.rfind(spelt.row_end)
        else:
            right = (span.start for span in cells(raw, spelt) if span.column > more.first)
            at = next(right, raw.rfind(spelt.row_end))
        raw = raw[:at] + more.written + raw[at:]
    return raw


def _opened(raw: bytes, spelt: Spelling, added: Added) -> bytes:
    """A row ready to take cells: with an end tag, its spans wide enough."""
    end = raw.find(b">", raw.find(spelt.row_start)) + 1
    if raw[end - 2] == _SLASH:
        raw = raw[: end - 2].rstrip() + b">" + spelt.row_end + raw[end:]
    start = raw.find(b"spans", 0, end)
    if start < 0:
        return raw
    return raw[:start] + _wide_enough(raw[start:end], added.first, added.last) + raw[end:]


@lru_cache(maxsize=256)
def _wide_enough(tag: bytes, first: int, last: int) -> bytes:
    """The end of a row's start tag, from its spans on."""
    spans = _SPANS.match(tag)
    if spans is None:
        return tag
    wider = b"%d:%d" % (min(int(spans[1]), first), max(int(spans[2]), last))
    return tag[: spans.start(1)] + wider + tag[spans.end(2) :]


letters = cache(column_letters)
letters_number = lru_cache(maxsize=32_768)(column_number)


def reference(row: int, column: int) -> bytes:
    return f"{letters(column)}{row}".encode()
