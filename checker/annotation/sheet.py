"""A sheet's bytes → the same bytes with cells tinted and cells added, row by row."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from checker.annotation import columns, frame, rows
from checker.annotation.frame import Area, Frame
from checker.annotation.markup import plain
from checker.annotation.package import Parts
from checker.annotation.rows import Added, Rows, Spelling
from checker.terms import Severity

_BLOCK = 1 << 18
Pieces = Callable[[], Iterable[bytes]]


@dataclass(frozen=True)
class Beside:
    """What stands right of a table: columns in use in its rows, and the first titled column of its header row."""

    occupied: frozenset[int]
    first_title: int


@dataclass(frozen=True)
class Survey:
    """What must be known of a sheet before it is rewritten; pieces reads it again from its start.

    written are its rows, where they do not stand in order and so cannot be known in passing.
    """

    frame: Frame
    spelling: Spelling
    beside: tuple[Beside, ...]
    written: frozenset[int] | None
    pieces: Pieces


@dataclass(frozen=True)
class Edit:
    """What shall stand on a sheet: a tint per cell, and cells added to rows.

    added gives the cells of a row; style turns a cell format and a severity into the tinted format.
    """

    tints: dict[int, dict[int, Severity]]
    style: Callable[[int, Severity], int]
    added: Callable[[int], list[Added]]
    wanted: set[int]


def survey(parts: Parts, name: str, tables: Sequence[Area]) -> Survey:
    """Read a sheet once; tables are the areas beside which something shall be added."""
    try:
        return _survey(lambda: parts.stream(name), tables)
    except rows.Unusual:
        spelt = plain(parts.read(name), name)
        return _survey(lambda: (spelt,), tables)


def _survey(pieces: Pieces, tables: Sequence[Area]) -> Survey:
    reading, previous, ordered = Rows(pieces()), 0, True
    spelt, occupied, titles = reading.spelling, [set[int]() for _ in tables], [1 for _ in tables]
    for number, raw in reading:
        ordered, previous = ordered and number > previous, number
        for index, (first, _, last, edge) in enumerate(tables):
            if first <= number <= last and rows.last_column(raw, spelt) > edge:
                occupied[index].update(cell.column for cell in rows.cells(raw, spelt) if cell.column > edge)
            if number == first:
                titles[index] = _first_title(raw, spelt)
    beside = tuple(Beside(frozenset(found), title) for found, title in zip(occupied, titles, strict=True))
    written = None if ordered else frozenset(number for number, _ in Rows(pieces()))
    return Survey(reading.frame, spelt, beside, written, pieces)


def _first_title(raw: bytes, spelt: Spelling) -> int:
    filled = (cell.column for cell in rows.cells(raw, spelt) if cell.end > cell.tag_end)
    return next(filled, 1)


def rewritten(seen: Survey, edit: Edit, around: Frame) -> Iterator[bytes]:
    """The sheet with its edits, in blocks; around is its frame as it shall be."""
    reading = Rows(seen.pieces())
    column_styles = columns.definitions(seen.frame)
    yield around.head + reading.opening
    block: list[bytes] = []
    size = 0
    for number, raw in _all_rows(reading, seen, edit.wanted):
        tints, added = edit.tints.get(number), edit.added(number)
        tinted = _tinted(raw, number, tints, edit, seen.spelling, column_styles) if tints else raw
        block.append(rows.insert(tinted, seen.spelling, added) if added else tinted)
        size += len(block[-1])
        if size > _BLOCK:
            yield b"".join(block)
            block, size = [], 0
    yield b"".join((*block, reading.closing, around.tail))


def _all_rows(reading: Rows, seen: Survey, wanted: set[int]) -> Iterator[tuple[int, bytes]]:
    """The rows of the sheet and, in their places, those it does not write but shall have."""
    prefix = seen.spelling.prefix
    missing = iter(sorted(wanted - seen.written if seen.written else wanted))
    next_missing = next(missing, None)
    for number, raw in reading:
        while next_missing is not None and next_missing <= number:
            if next_missing < number:
                yield next_missing, _empty(next_missing, prefix)
            next_missing = next(missing, None)
        yield number, raw
    while next_missing is not None:
        yield next_missing, _empty(next_missing, prefix)
        next_missing = next(missing, None)


def _empty(row: int, prefix: bytes) -> bytes:
    return b'<%brow r="%d"></%brow>' % (prefix, row, prefix)


def _tinted(
    raw: bytes, number: int, tints: dict[int, Severity], edit: Edit, spelt: Spelling, styles: list[columns.Definition]
) -> bytes:
    """A row with the tint on its cells; a cell that is not written yet takes the look of its row or column."""
    spots, own = _spots(raw, number, tints, spelt), rows.row_style(raw, spelt)
    tags, added = dict[tuple[int, int], bytes](), list[Added]()
    for column in sorted(tints):  # in this order, written or not, so that marking again numbers the formats alike
        spot = spots.get(column)
        if spot:
            tag = raw[spot[0] : spot[1]]
            tags[spot] = rows.restyled(tag, edit.style(rows.style(tag), tints[column]))
        else:
            style = edit.style(columns.style(styles, column) if own is None else own, tints[column])
            reference = rows.reference(number, column)
            added.append(Added(column, column, b'<%bc r="%b" s="%d"/>' % (spelt.prefix, reference, style)))
    for (start, end), tag in sorted(tags.items(), reverse=True):
        raw = raw[:start] + tag + raw[end:]
    return rows.insert(raw, spelt, added) if added else raw


def _spots(raw: bytes, number: int, tints: Iterable[int], spelt: Spelling) -> dict[int, tuple[int, int]]:
    """Where the start tags of cells stand in a row; looked for as they are usually spelt, then one by one."""
    found = {column: spot for column in tints if (spot := rows.spot(raw, spelt, number, column))}
    missing = set(tints) - found.keys()
    every = reversed(rows.cells(raw, spelt)) if missing else ()
    return found | {cell.column: (cell.start, cell.tag_end) for cell in every if cell.column in missing}


def merged_areas(around: Frame) -> list[Area]:
    """The merged areas of a sheet."""
    found = (frame.area(entry.get("ref", "")) for entry in frame.elements(around, "mergeCells"))
    return [place for place in found if place]


def shown_at(places: Iterable[tuple[int, int]], merged: list[Area]) -> dict[tuple[int, int], tuple[int, int]]:
    """Cells inside a merged area → the cell that shows it; other cells are left out."""
    wanted = sorted(set(places))
    shown = {}
    for top, left, bottom, right in merged:
        for row, column in wanted[bisect_left(wanted, (top, left)) : bisect_right(wanted, (bottom, right))]:
            if left <= column <= right:
                shown[row, column] = (top, left)
    return shown
