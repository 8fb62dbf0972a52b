"""A package and a report → the same package, marked."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from checker.annotation import frame, marks, markup, notes, results, sheet, summary
from checker.annotation.frame import Area, Frame
from checker.annotation.marks import SheetMarks
from checker.annotation.notes import Home
from checker.annotation.package import Parts
from checker.annotation.page import Page
from checker.annotation.relations import declare, relations
from checker.annotation.results import Block
from checker.annotation.rows import Added
from checker.annotation.sheet import Edit, Survey
from checker.annotation.state import State, TableState
from checker.annotation.styles import SKELETON, Styles
from checker.annotation.workbook import (
    FILTER_NAME,
    RESULTS_NAME,
    STATE_NAME,
    SUMMARY_NAME,
    Sheet,
    Workbook,
    absolute,
    quoted,
)  # fmt: skip
from checker.terms import Report, Severity

_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SUMMARY_PART = "xl/worksheets/checker-summary{}.xml"
_STYLES_PART = "xl/styles.xml"  # openpyxl looks for it nowhere else
_OTHER_STYLES_PART = "xl/checker-styles{}.xml"


@dataclass
class Marking:
    """A package while it is being marked; areas are where results stand, remarks what could not be marked."""

    parts: Parts
    book: Workbook
    styles: Styles
    tables: list[TableState] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def mark(parts: Parts, report: Report, remarks: Iterable[str] = ()) -> None:
    """Put every mark of a report into an unmarked package, and the remarks onto its first sheet."""
    book = Workbook(parts)
    styles_part = _styles_part(book)
    marking = Marking(parts, book, Styles(parts.read(styles_part), styles_part), remarks=list(remarks))
    sheets = book.sheets()
    known = {entry.name.casefold(): entry.name for entry in sheets}
    wanted = {known.get(name.casefold(), name): found for name, found in marks.by_sheet(report).items()}
    for index, entry in enumerate(sheets):
        if entry.name in wanted and entry.kind == "worksheet" and entry.part:
            _mark_sheet(marking, entry, index, wanted.pop(entry.name))
    marking.remarks += [f"“{name}”不是本文件的普通工作表，其疑点只列在本表。" for name in sorted(wanted) if name]
    _add_summary(marking, report, known)
    _remember(marking)
    parts.write(styles_part, [marking.styles.to_bytes()])
    book.save()


def _styles_part(book: Workbook) -> str:
    known = book.related("styles")
    if known is None:
        taken = book.parts.find(_STYLES_PART)
        known = notes.free_name(book.parts, _OTHER_STYLES_PART) if taken else _STYLES_PART
        book.parts.write(known, [SKELETON.format(book.main).encode()])
        declare(book.parts, known, f"{_SPREADSHEET}.styles+xml")
        book.relate("rIdCheckerStyles", "styles", known)
    return known


def _mark_sheet(marking: Marking, entry: Sheet, index: int, found: SheetMarks) -> None:
    part = entry.part or ""
    seen = sheet.survey(marking.parts, part, [results.area(table) for table in found.tables])
    merged = sheet.merged_areas(seen.frame)
    found = marks.moved(found, sheet.shown_at(found.tints, merged))
    around, blocks = _results(marking, entry, index, found, seen, merged)
    texts = marks.comment_texts(found)
    if texts:
        around = notes.put(Home(marking.parts, part, marking.book.main), around, texts)
    if len(texts) < len(found.findings):
        marking.remarks.append(f"“{entry.name}”的疑点单元格过多，只给其中 {len(texts)} 格加了批注。")
    edit = _edit(marking.styles, found, blocks)
    around = _included(around, found)
    marking.parts.write(part, sheet.rewritten(seen, edit, around))


def _included(around: Frame, found: SheetMarks) -> Frame:
    if not found.tints:
        return around
    touched, columns = [row for row, _ in found.tints], [column for _, column in found.tints]
    return frame.include(around, (min(touched), min(columns), max(touched), max(columns)))


def _results(
    marking: Marking, entry: Sheet, index: int, found: SheetMarks, seen: Survey, merged: list[Area]
) -> tuple[Frame, list[Block]]:
    """Make room for the result columns of every table of the sheet."""
    around, blocks, own_tables = seen.frame, list[Block](), _tables(marking.parts, entry.part or "")
    for table, beside in zip(found.tables, seen.beside, strict=True):
        taken = [*merged, *own_tables, *(block.area for block in blocks)]
        block = results.place(table, found, beside, taken, seen.spelling.prefix)
        if block is None:
            marking.remarks.append(f"“{entry.name}”的列已用到工作表边缘，放不下结论列，逐行结论见核查报告。")
            continue
        blocks.append(block)
        around, state = results.framed(around, block, beside.first_title, own_tables)
        marking.tables.append(_name_filter(marking.book, entry.name, index, around, state))
        marking.areas.append(absolute(entry.name, frame.reference(block.area)))
    return around, blocks


def _name_filter(book: Workbook, name: str, index: int, around: Frame, state: TableState) -> TableState:
    """Excel keeps a hidden name for the filter of a sheet; it must say what the filter says."""
    place, old = frame.filtered(around), book.defined(FILTER_NAME, index)
    if place and (state.filtered == "new" or (state.filtered is not None and old is not None)):
        book.define(FILTER_NAME, absolute(name, frame.reference(place)), index)
    return TableState(state.columns, state.filtered, old)


def _tables(parts: Parts, part: str) -> list[Area]:
    """The areas of the Excel tables on a sheet."""
    parts_of_tables = [each.part for each in relations(parts, part) if each.kind == "table" and each.part]
    found = (frame.area(markup.attributes(parts.read(name)).get("ref", "")) for name in parts_of_tables)
    return [place for place in found if place]


def _edit(styles: Styles, found: SheetMarks, blocks: list[Block]) -> Edit:
    tints: dict[int, dict[int, Severity]] = defaultdict(dict)
    for (row, column), severity in found.tints.items():
        tints[row][column] = severity
    wanted = set(tints).union(*(results.rows_of(found, block.table) for block in blocks))

    def added(row: int) -> list[Added]:
        return [more for block in blocks if (more := results.cells(block, found, row, styles))]

    return Edit(tints, styles.marked, added, wanted)


def _add_summary(marking: Marking, report: Report, known: dict[str, str]) -> None:
    """The first sheet of the workbook; a foreign sheet of the same name keeps it."""
    book, name, number = marking.book, summary.NAME, 1
    while name.casefold() in known:
        number += 1
        name = f"{summary.NAME} ({number})"
    part = notes.free_name(marking.parts, _SUMMARY_PART)
    page = Page(marking.styles, book.main, summary.WIDTHS)
    marking.parts.write(part, summary.pieces(page, report, known, marking.remarks))
    declare(marking.parts, part, f"{_SPREADSHEET}.worksheet+xml")
    book.relate("rIdCheckerSummary", "worksheet", part)
    book.put_first(name, "rIdCheckerSummary")
    book.define("_xlnm.Print_Titles", f"{quoted(name)}!${page.heading}:${page.heading}", 0, hidden=False)
    book.define(FILTER_NAME, absolute(name, page.filtered), 0)
    book.define(SUMMARY_NAME, absolute(name, "A1"))


def _remember(marking: Marking) -> None:
    for number, area in enumerate(marking.areas):
        marking.book.define(f"{RESULTS_NAME}{number}", area)
    for number, text in enumerate(State(marking.styles.fills, marking.tables).texts()):
        marking.book.define(f"{STATE_NAME}{number}", text)
