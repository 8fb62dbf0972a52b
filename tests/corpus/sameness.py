"""A workbook and its marked copy → every way in which the copy says something else."""

import io
import math
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from warnings import catch_warnings, simplefilter

import openpyxl
import python_calamine

from checker.annotation import annotate, is_marked, unmark
from checker.terms import Report
from tests.corpus import sheets
from tests.corpus.book import CONTENT_TYPES, Book, Place, beside, meaning, parsed, well_formed
from tests.corpus.wanted import is_result

_LARGEST_FOR_OPENPYXL = 20_000_000
_STYLES = ("fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "dxfs")


@dataclass(frozen=True)
class Pair:
    """A workbook before and after, the report it was marked with and the cells that must bear a mark."""

    content: bytes
    copy: bytes
    old: Book
    new: Book
    report: Report
    marked: dict[str, set[Place]]

    def table(self, sheet: str) -> Any:
        return next((table for table in self.report.tables if table.sheet == sheet), None)


def same_package(pair: Pair) -> Iterator[str]:
    """Well-formed, no part lost, parts without a mark byte-identical."""
    with zipfile.ZipFile(io.BytesIO(pair.copy)) as package:
        if package.testzip() or len(package.namelist()) != len(set(package.namelist())):
            yield "zip"
    touched = _touched(pair.old)
    yield from (f"{name} lost" for name in pair.old.parts.keys() - pair.new.parts.keys() - touched)
    for name, data in pair.new.parts.items():
        before = pair.old.parts.get(name)
        if before == data:
            continue
        if before is not None and name not in touched:
            yield f"{name} changed"
        if name.endswith((".xml", ".rels", ".vml")) and not well_formed(data) and well_formed(before or b"<x/>"):
            yield f"{name} malformed"


def _touched(book: Book) -> set[str]:
    """The parts that marks may change."""
    names = {CONTENT_TYPES, book.main, beside(book.main)}
    names |= {relation.part or "" for relation in book.relations(book.main) if relation.kind == "styles"}
    for sheet in book.worksheets():
        names |= {sheet.part, beside(sheet.part)}
        related = (each for each in book.relations(sheet.part) if each.kind in ("comments", "vmlDrawing"))
        names |= {relation.part or "" for relation in related}
    return {book.spelt(name) or name for name in names}


def same_references(pair: Pair) -> Iterator[str]:
    """Relationship ids unique and leading somewhere, a content type for every new part."""
    types = parsed(pair.new.parts[pair.new.spelt(CONTENT_TYPES) or ""])
    stated = {element.get("PartName", "").lower() for element in types}
    extensions = {element.get("Extension", "").lower() for element in types} - {"xml"}
    for name in pair.new.parts.keys() - pair.old.parts.keys():
        if f"/{name}".lower() not in stated and name.rpartition(".")[2].lower() not in extensions:
            yield f"no content type for {name}"
    for source in ("", pair.new.main, *(sheet.part for sheet in pair.new.worksheets())):
        now, before = pair.new.relations(source), {relation.id for relation in pair.old.relations(source)}
        if len({relation.id for relation in now}) != len(now):
            yield f"relationship ids of {source}"
        yield from (f"{source}: {each.id} leads nowhere" for each in now if each.part is None and each.id not in before)


def same_sheets(pair: Pair) -> Iterator[str]:
    """In a marked sheet only the marked cells' fill, the added cells and what refers to marks differs."""
    after = {sheet.part: sheet for sheet in pair.new.worksheets()}
    for old in pair.old.worksheets():
        now, marked, table = after[old.part], pair.marked[old.name], pair.table(old.name)
        yield from (f"{old.name}: {fault}" for fault in sheets.cell_faults(old, now, marked, table))
        yield from (f"{old.name}: {fault}" for fault in sheets.style_faults(pair.old, pair.new, old, now, marked))
        yield from (f"{old.name}: {fault}" for fault in sheets.frame_faults(old, now))
        yield from (f"{old.name}: {fault}" for fault in sheets.comment_faults(pair.old, pair.new, old, now, marked))
        titled = any("".join(cell.itertext()) == "核查结论" for cell in now.places.values())
        if table and not titled and not any("放不下" in text for text in _summary(pair.new)):
            yield f"{old.name}: no result columns"


def _summary(book: Book) -> list[str]:
    part = next(relation.part for entry, relation in book.entries() if entry.get("name").startswith("核查结果"))
    return list(parsed(book.parts[part or ""]).itertext())


def same_workbook(pair: Pair) -> Iterator[str]:
    """One sheet more, before the others; everything that counts sheets counts one more."""
    before, after = [entry for entry, _ in pair.old.entries()], [entry for entry, _ in pair.new.entries()]
    if list(map(meaning, before)) != list(map(meaning, after[1:])):
        yield "sheet list"
    if after[0].get("sheetId") in {entry.get("sheetId") for entry in before}:
        yield "sheet ids"
    if after[0].get("name").casefold() in {name.casefold() for name in pair.old.names()}:
        yield "sheet names"
    for old, now in zip(pair.old.root.iter("{*}workbookView"), pair.new.root.iter("{*}workbookView"), strict=False):
        if int(now.get("activeTab", 0)) != max(int(old.get("activeTab", 0)), 0) + 1:
            yield "active sheet"
    names = {(name.get("name"), name.get("localSheetId")): name.text for name in pair.new.root.iter("{*}definedName")}
    for name in pair.old.root.iter("{*}definedName"):
        index = name.get("localSheetId")
        key = (name.get("name"), str(int(index) + 1) if index else None)
        if names.get(key) != name.text and key[0] != "_xlnm._FilterDatabase":
            yield f"name {key}"
    yield from same_styles(pair)


def same_styles(pair: Pair) -> Iterator[str]:
    """Entries of the stylesheet keep their places: only new ones follow."""
    old, new = pair.old.styles(), pair.new.styles()
    for name in _STYLES if old is not None else ():
        before, after = ([meaning(entry) for entry in root.iterfind(f"{{*}}{name}/*")] for root in (old, new))
        if after[: len(before)] != before:
            yield f"styles: {name}"


def same_values(pair: Pair) -> Iterator[str]:
    """calamine reads the same values at the same places."""
    old = _values(pair.content)
    now = _values(pair.copy) if old else {}
    for name, before in old.items():
        after = now.get(name, {})
        for place, value in before.items():
            if not _alike(value, after.get(place)):
                yield f"{name} {place}: {value!r} → {after.get(place)!r}"
        for place in after.keys() - before.keys():
            if not is_result(pair.table(name), place):
                yield f"{name} {place} appeared"


def _values(content: bytes) -> dict[str, dict[Place, object]]:
    """Nothing for what calamine does not read at all."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [each.name for each in book.sheets_metadata if each.typ == python_calamine.SheetTypeEnum.WorkSheet]
        return {name: _sheet_values(book.get_sheet_by_name(name)) for name in names}
    except (python_calamine.CalamineError, OSError):
        return {}


def _sheet_values(sheet: python_calamine.CalamineSheet) -> dict[Place, object]:
    top, left = sheet.start or (0, 0)
    rows = enumerate(sheet.to_python(skip_empty_area=True), top + 1)
    return {(row, column): value for row, line in rows for column, value in enumerate(line, left + 1) if value != ""}


def _alike(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one) and math.isnan(other):
        return True
    return type(one) is type(other) and one == other


def same_formulas(pair: Pair) -> Iterator[str]:
    """openpyxl reads the same formulas, stored values and number formats."""
    if max(map(len, pair.old.parts.values())) > _LARGEST_FOR_OPENPYXL:
        return
    for stored in (False, True):
        old = _opened(pair.content, stored=stored)
        now = _opened(pair.copy, stored=stored) if isinstance(old, openpyxl.Workbook) else None
        if isinstance(now, Exception):
            yield f"{type(now).__name__}: {now}"
        elif now:
            for sheet in old.worksheets:
                yield from _cell_differences(sheet, now[sheet.title])


def _opened(content: bytes, *, stored: bool) -> Any:
    try:
        with catch_warnings():
            simplefilter("ignore")
            return openpyxl.load_workbook(io.BytesIO(content), data_only=stored)
    except Exception as error:  # noqa: BLE001 what it cannot read before, it need not read after
        return error


def _cell_differences(old: Any, now: Any) -> Iterator[str]:
    for place, cell in old._cells.items():  # the rows in between may be a million
        other = now._cells[place]
        if _plain(cell.value) != _plain(other.value) or cell.number_format != other.number_format:
            yield f"{old.title} {cell.coordinate}: {cell.value!r} → {other.value!r}"


def _plain(value: object) -> object:
    return vars(value) if hasattr(value, "ref") and hasattr(value, "__dict__") else value


def same_again(pair: Pair) -> Iterator[str]:
    """Marked twice is marked once."""
    again = annotate(pair.copy, pair.report)
    if not is_marked(pair.copy) or again != pair.copy:
        one, two = pair.new.parts, Book(again).parts
        yield f"differs: {[name for name in one.keys() | two.keys() if one.get(name) != two.get(name)] or 'order'}"


def same_unmarked(pair: Pair) -> Iterator[str]:
    """Without the marks the workbook says what it said."""
    bare = unmark(pair.copy)
    book = Book(bare)
    if is_marked(bare) or book.names() != pair.old.names():
        yield "marks left"
    looks = _looks(pair.old.styles()), _looks(book.styles())
    for old, now in zip(pair.old.worksheets(), book.worksheets(), strict=True):
        if pair.old.comments(old) != book.comments(now):
            yield f"{old.name}: comments"
        left = (place for place, cell in now.places.items() if place not in old.places and len(cell))
        yield from (f"{old.name}: {place} left" for place in left)
        for place, cell in old.places.items():
            if not _same_cell(cell, now.places[place], looks):
                yield f"{old.name}: {place}"
        yield from (f"{old.name}: {fault}" for fault in sheets.frame_faults(old, now))


def _same_cell(before: Any, after: Any, looks: tuple[list[Any], list[Any]]) -> bool:
    styles = [int(cell.get("s") or 0) for cell in (before, after)]
    same_look = styles[0] == styles[1] or not looks[0] or _at(looks[0], styles[0]) == _at(looks[1], styles[1])
    return same_look and meaning(before, "s") == meaning(after, "s")


def _looks(styles: Any) -> list[Any]:
    """Every cell format with the fill it shows."""
    formats = [] if styles is None else styles.findall("{*}cellXfs/{*}xf")
    fills = [] if styles is None else [meaning(fill) for fill in styles.findall("{*}fills/{*}fill")]
    return [(meaning(each, "fillId"), _at(fills, int(each.get("fillId") or 0))) for each in formats]


def _at(entries: list[Any], index: int) -> Any:
    return entries[index if index < len(entries) else 0] if entries else None


DEMANDS: tuple[Callable[[Pair], Iterator[str]], ...] = (
    same_package, same_references, same_sheets, same_workbook, same_values, same_formulas, same_again, same_unmarked,
)  # fmt: skip
