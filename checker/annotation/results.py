"""The result columns of a table: where there is room for them, what they say row by row, and the filter over them."""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from checker.annotation import columns, frame, marks, palette
from checker.annotation.frame import COLUMNS, Area, Frame
from checker.annotation.marks import SheetMarks
from checker.annotation.markup import escape
from checker.annotation.rows import Added
from checker.annotation.sheet import Beside
from checker.annotation.state import TableState
from checker.annotation.styles import Styles
from checker.terms import TablePlace, column_letters

_COUNT = len(marks.TITLES)
_OWN = marks.TITLES.index("疑点说明")
_ROW, _WORDS = "\x00", "\x01"  # no text of a cell can hold them


@dataclass(frozen=True)
class Block:
    """The result columns of one table on one sheet; at_end if nothing stands right of them in its rows."""

    table: TablePlace
    first: int
    prefix: str
    at_end: bool

    @cached_property
    def area(self) -> Area:
        return self.table.header_row, self.first, self.table.last_row, self.first + _COUNT - 1


def area(table: TablePlace) -> Area:
    return table.header_row, 1, table.last_row, table.last_column


def place(table: TablePlace, found: SheetMarks, beside: Beside, taken: list[Area], prefix: bytes) -> Block | None:
    """The first columns right of the table in which nothing stands in its rows; None if the sheet has no room."""
    top, _, bottom, edge = area(table)
    cells = {*beside.occupied, *(column for row, column in found.tints if top <= row <= bottom and column > edge)}
    used = set(cells)
    for above, left, below, right in taken:
        if above <= bottom and below >= top and right > edge:
            used.update(range(max(left, edge + 1), right + 1))
    first = edge + 1
    while clash := used.intersection(range(first, first + _COUNT)):
        first = max(clash) + 1
    if first + _COUNT - 1 > COLUMNS:
        return None
    return Block(table, first, prefix.decode(), max(cells, default=0) < first)


def rows_of(found: SheetMarks, table: TablePlace) -> set[int]:
    """The rows of a table that get results: its header, its lines, and rows with a finding."""
    inside = range(table.header_row + 1, table.last_row + 1)
    return {table.header_row, *(row for row in {*found.lines, *found.rows} if row in inside)}


def cells(block: Block, found: SheetMarks, row: int, styles: Styles) -> Added | None:
    """The result cells of one row; none for a row outside the table or without a result."""
    top, _, bottom, _ = block.area
    if row == top:
        return _written(block, row, marks.TITLES, (styles.look(palette.HEADER),) * _COUNT)
    result = marks.result(found, row) if top < row <= bottom else None
    if result is None:
        return None
    body, centre = styles.look(palette.RESULT), styles.look(palette.CENTRE)
    verdict = styles.look(palette.VERDICTS[result.verdict]) if result.verdict else centre
    code = styles.look(palette.SEVERITIES[result.severity]) if result.severity else centre
    return _written(block, row, result.texts, (verdict, centre, code, body, body, body))


def _written(block: Block, row: int, texts: tuple[str, ...], styles: tuple[int, ...]) -> Added:
    """Most lines differ from others only by their row and explanation: the rest is put together once."""
    before, after = _pattern(block.prefix, block.first, styles, (*texts[:_OWN], *texts[_OWN + 1 :]))
    number, explanation = str(row).encode(), escape(texts[_OWN]).encode()
    written = number.join(before) + explanation + number.join(after)
    return Added(block.first, block.first + _COUNT - 1, written, block.at_end)


@lru_cache(maxsize=4096)
def _pattern(
    p: str, first: int, styles: tuple[int, ...], texts: tuple[str, ...]
) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """The result cells of a row before and after its explanation, cut where the row's number stands."""
    all_texts = [*map(escape, texts[:_OWN]), _WORDS, *map(escape, texts[_OWN:])]
    written = "".join(
        f'<{p}c r="{column_letters(column)}{_ROW}" s="{style}" t="inlineStr"><{p}is>'
        f'<{p}t xml:space="preserve">{text}</{p}t></{p}is></{p}c>'
        if text
        else f'<{p}c r="{column_letters(column)}{_ROW}" s="{style}"/>'
        for column, (style, text) in enumerate(zip(styles, all_texts, strict=True), first)
    )
    before, after = (half.encode().split(_ROW.encode()) for half in written.split(_WORDS))
    return tuple(before), tuple(after)


def framed(around: Frame, block: Block, first_title: int, tables: list[Area]) -> tuple[Frame, TableState]:
    """The frame with our columns wide enough and a filter over them, and what was there before."""
    around, before = columns.widen(around, block.first, marks.WIDTHS)
    around = frame.include(around, block.area)
    return _filtered(around, block, first_title, tables, TableState(before))


def _filtered(
    around: Frame, block: Block, first_title: int, tables: list[Area], state: TableState
) -> tuple[Frame, TableState]:
    """One filter over table and results; an Excel table keeps its own, and the results get one beside it."""
    top, first, bottom, last = block.area
    old = frame.filtered(around)
    if old and old[0] == top and old[3] < first:
        return frame.filter_over(around, (top, old[1], old[2], last)), replace(state, filtered=first - old[3])
    if old or frame.find(around, "autoFilter"):
        return around, state
    has_own = any(above <= bottom and below >= top for above, _, below, _ in tables)
    start = first if has_own else min(first_title, first)
    return frame.filter_over(around, (top, start, bottom, last)), replace(state, filtered="new")


def unframed(around: Frame, place: Area, state: TableState) -> Frame:
    """The frame as it was before our columns stood in that area."""
    around = columns.restore(around, place[1], place[3], state.columns)
    old = frame.filtered(around)
    if old is None or state.filtered is None or old[3] < place[1]:
        return around
    if state.filtered == "new":
        return frame.filter_over(around, None)
    return frame.filter_over(around, (old[0], old[1], old[2], max(place[1] - int(state.filtered), old[1])))
