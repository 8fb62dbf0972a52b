"""Two readings of one sheet → what differs beyond the marks."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from openpyxl.utils import get_column_letter

from checker.terms import TablePlace
from tests.corpus.book import Book, Place, Sheet, area, meaning, name_of
from tests.corpus.wanted import LAST, is_result

MARK = "【预算级次核查】"
_OURS = ("sheetData", "dimension", "cols", "autoFilter", "legacyDrawing")
_ORDER = [
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins",
    "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors",
    "smartTags", "drawing", "drawingHF", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls",
    "webPublishItems", "tableParts", "extLst",
]  # fmt: skip
_NOTE = re.compile(rb"<(?:\w+:)?Row>(\d+)<.*?<(?:\w+:)?Column>(\d+)<", re.DOTALL)


def cell_faults(old: Sheet, now: Sheet, marked: set[Place], table: TablePlace | None) -> Iterator[str]:
    """Cells lost, changed, restyled, doubled, out of order, or added where nothing was asked for."""
    if old.order == sorted(set(old.order)) and now.order != sorted(set(now.order)):
        yield "cells out of order or doubled"
    for place, cell in old.places.items():
        other = now.places.get(place)
        if other is None or meaning(cell, "s") != meaning(other, "s"):
            yield f"cell {place} lost or changed"
        elif place not in marked and cell.get("s", "0") != other.get("s", "0"):
            yield f"cell {place} restyled"
    for place in now.places.keys() - old.places.keys() - marked:
        if not is_result(table, place):
            yield f"cell {place} added"
    yield from (f"mark missing at {place}" for place in marked - now.places.keys())


def style_faults(book: Book, new: Book, old: Sheet, now: Sheet, marked: set[Place]) -> Iterator[str]:
    """A marked cell shows a solid fill of ours, and all else as before."""
    before, after = book.styles(), new.styles()
    formats, fills = after.findall("{*}cellXfs/{*}xf"), after.findall("{*}fills/{*}fill")
    known = [] if before is None else before.findall("{*}cellXfs/{*}xf")
    for place in marked & now.places.keys():
        shown = formats[int(now.places[place].get("s") or 0)]
        pattern = fills[int(shown.get("fillId"))].find("{*}patternFill")
        if pattern is None or pattern.get("patternType") != "solid":
            yield f"cell {place}: no fill"
        style = int(old.places[place].get("s") or 0) if place in old.places else None
        if known and style is not None:
            original = known[style if style < len(known) else 0]
            if meaning(original, "fillId", "applyFill") != meaning(shown, "fillId", "applyFill"):
                yield f"cell {place}: more than the fill"


def frame_faults(old: Sheet, now: Sheet) -> Iterator[str]:
    """Rows keep their attributes, and what stands around the rows stays, in the order of the schema."""
    before, after = _rows(old), _rows(now)
    yield from (f"row {number} changed" for number, row in before.items() if after.get(number) != row)
    kept = [[meaning(child) for child in sheet.children(*_OURS)] for sheet in (old, now)]
    if kept[0] != kept[1] or dict(old.root.attrib) != dict(now.root.attrib):
        yield "something around the rows changed"
    names = [[name_of(child) for child in sheet.children() if name_of(child) in _ORDER] for sheet in (old, now)]
    if _in_order(names[0]) and not _in_order(names[1]):
        yield f"order of elements: {names[1]}"
    counts = [Counter(each) for each in names]
    yield from (f"{name} doubled" for name in _OURS if counts[1][name] > max(1, counts[0][name]))
    yield from column_faults(old, now)


def _rows(sheet: Sheet) -> dict[str | None, dict[str, str]]:
    """What is said of each row; spans only tell a reader what to expect."""
    rows = sheet.root.iterfind("{*}sheetData/{*}row")
    return {row.get("r"): {key: value for key, value in row.attrib.items() if key != "spans"} for row in rows}


def _in_order(names: list[str]) -> bool:
    return names == sorted(names, key=_ORDER.index)


def column_faults(old: Sheet, now: Sheet) -> Iterator[str]:
    """Columns other than ours keep their definitions, and definitions do not overlap."""
    before, after = _columns(old), _columns(now)
    if _overlap(after) and not _overlap(before):
        yield "column definitions overlap"
    ours = {first for first, last, _ in after if first == last}
    edges = {number for first, last, _ in [*before, *after] for number in (first, last, first + 1, last - 1)}
    for number in edges - ours:
        if 1 <= number <= LAST[1] and _at(before, number) != _at(after, number):
            yield f"column {number} changed"


def _columns(sheet: Sheet) -> list[tuple[int, int, tuple[Any, ...]]]:
    entries = sheet.root.iterfind("{*}cols/{*}col")
    return [(int(entry.get("min")), int(entry.get("max")), meaning(entry, "min", "max")) for entry in entries]


def _overlap(columns: list[tuple[int, int, tuple[Any, ...]]]) -> bool:
    return any(first <= last for (_, last, _), (first, _, _) in pairwise(columns))


def _at(columns: list[tuple[int, int, tuple[Any, ...]]], number: int) -> tuple[Any, ...]:
    return next((rest for first, last, rest in columns if first <= number <= last), ())


def comment_faults(book: Book, new: Book, old: Sheet, now: Sheet, marked: set[Place]) -> Iterator[str]:
    """Foreign comments begin as before, every marked cell has ours, and each new one has its shape."""
    before, after = book.comments(old), new.comments(now)
    wanted = {f"{get_column_letter(column)}{row}" for row, column in marked}
    yield from (f"comment {ref} lost" for ref, text in before.items() if not after.get(ref, "").startswith(text))
    yield from (f"comment {ref} missing" for ref in wanted if after.get(ref, "").count(MARK) != 1)
    yield from (f"comment {ref} appeared" for ref in after.keys() - before.keys() - wanted)
    shapes = new.shapes(now)
    notes = Counter(_NOTE.findall(new.parts[shapes])) if shapes else Counter()
    for ref in wanted - before.keys():
        row, column, *_ = area(ref) or (0, 0)
        if notes[str(row - 1).encode(), str(column - 1).encode()] != 1:
            yield f"comment {ref}: {notes[str(row - 1).encode(), str(column - 1).encode()]} shapes"
