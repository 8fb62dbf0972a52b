"""A folder of workbooks, each marked and examined → how many came back unharmed: python -m tests.corpus FOLDER.

Nothing here uses the marker's own view of a package: zipfile, lxml, openpyxl and calamine look at what it did.
"""

import argparse
import io
import math
import posixpath
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote
from warnings import catch_warnings, simplefilter

import openpyxl
import python_calamine
from lxml import etree
from openpyxl.utils import get_column_letter, range_boundaries

from checker.annotation import annotate, is_marked, unmark
from checker.errors import UnreadableWorkbook
from checker.terms import Cell, Clause, Finding, JudgedLine, Judgement, Level, Report, Severity, TablePlace, Verdict

MARKABLE = {".xlsx", ".xlsm"}
LAST = (1_048_576, 16_384)
TITLES = 6
_CLAUSE = Clause("plan", "划分方案", "二（四）", "原文“<&>”", Level.CITY)
_TEXT_LIMIT = 200_000


@dataclass
class Outcome:
    """What became of one workbook: refused with a reason, or completed with the faults found."""

    name: str
    refused: str = ""
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass
class Sheet:
    """One worksheet as the file has it."""

    name: str
    part: str
    root: etree._Element
    comments: str | None
    places: dict[tuple[int, int], etree._Element]
    merged: list[tuple[int, int, int, int]]


class Book:
    """A package looked at with nothing but zipfile and lxml."""

    def __init__(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            self.parts = {info.filename: package.read(info) for info in package.infolist() if not info.is_dir()}
        self.lower = {name.lower(): name for name in self.parts}
        main = next((part for _, kind, part in self.relations("") if kind == "officeDocument" and part), None)
        self.main = main or self.lower.get("xl/workbook.xml", "")
        self.root = parse(self.parts[self.main])
        self.related = {relation: (kind, part) for relation, kind, part in self.relations(self.main)}

    def relations(self, source: str) -> list[tuple[str, str, str | None]]:
        folder, name = posixpath.split(source)
        data = self.parts.get(self.lower.get(posixpath.join(folder, "_rels", f"{name}.rels").lower(), ""))
        found = []
        for element in parse(data) if data else ():
            if isinstance(element.tag, str):
                target = element.get("Target", "").replace("\\", "/")
                path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/").lower()
                inside = element.get("TargetMode") != "External"
                part = (self.lower.get(path) or self.lower.get(unquote(path))) if inside and target else None
                found.append((element.get("Id", ""), element.get("Type", "").rpartition("/")[2], part))
        return found

    def entries(self) -> list[tuple[etree._Element, str, str | None]]:
        """Every sheet entry, its kind and its part, in order."""
        found = []
        for entry in self.root.iter("{*}sheet"):
            relation = next((value for key, value in entry.attrib.items() if key.endswith("relationships}id")), "")
            found.append((entry, *self.related.get(relation, ("", None))))
        return found

    def worksheets(self) -> Iterator[Sheet]:
        for entry, kind, part in self.entries():
            if kind == "worksheet" and part:
                root = parse(self.parts[part])
                comments = next((target for _, kind, target in self.relations(part) if kind == "comments"), None)
                areas = [area(element.get("ref", "")) for element in root.iterfind("{*}mergeCells/{*}mergeCell")]
                yield Sheet(entry.get("name"), part, root, comments, cells(root), [place for place in areas if place])

    def comment_texts(self, sheet: Sheet) -> dict[str, str]:
        if sheet.comments is None:
            return {}
        root = parse(self.parts[sheet.comments])
        return {
            comment.get("ref"): "".join(
                text.text or "" for text in comment.iterfind(".//{*}t") if etree.QName(text.getparent()).localname != "rPh"
            )
            for comment in root.iterfind("{*}commentList/{*}comment")
        }


def parse(data: bytes) -> etree._Element:
    return etree.fromstring(data.lstrip(), etree.XMLParser(resolve_entities=False, huge_tree=True, no_network=True))


def area(reference: str) -> tuple[int, int, int, int] | None:
    try:
        left, top, right, bottom = range_boundaries(reference.replace("$", ""))
    except (ValueError, TypeError):
        return None
    return None if None in (left, top, right, bottom) else (top, left, bottom, right)


def cells(root: etree._Element) -> dict[tuple[int, int], etree._Element]:
    """Every written cell by its place; rows and cells without a reference follow their neighbours."""
    found, row_number = {}, 0
    for row in root.iterfind("{*}sheetData/{*}row"):
        row_number = int(row.get("r") or row_number + 1)
        column = 0
        for cell in row.iterfind("{*}c"):
            letters = re.match(r"\$?([A-Za-z]+)", cell.get("r", ""))
            column = openpyxl.utils.column_index_from_string(letters[1]) if letters else column + 1
            found.setdefault((row_number, column), cell)
    return found


# ---------------------------------------------------------------------------- the report a workbook is marked with


def report(book: Book) -> tuple[Report, dict[str, dict[tuple[int, int], tuple[int, int]]]]:
    """Findings on every kind of cell of every worksheet; and per sheet, the places marked for the places meant."""
    findings, lines, tables, marked = [], [], [], {}
    for sheet in book.worksheets():
        meant = {place: shown(place, sheet) for place in sorted(targets(book, sheet))}
        marked[sheet.name] = meant
        for number, place in enumerate(meant):
            severity = list(Severity)[number % 3]
            findings.append(
                Finding("说明 =1+1 <b>&amp;\x07_x0041_", (Cell(sheet.name, *place),), "值", "应填", "改法", _CLAUSE, f"LV{number % 99:02}", severity)
            )  # fmt: skip
        if table := table_of(sheet):
            tables.append(table)
            for row in [*range(table.header_row + 1, table.last_row + 1)][:200]:
                judgement = Judgement(list(Verdict)[row % 4], "因为", clause=_CLAUSE, responsible_level=Level.CITY)
                lines.append(JudgedLine(sheet.name, row, "局", Level.CITY, "项目", 12_345_678, Level.CITY, judgement))
    findings += [Finding("没有位置", code="ST01"), Finding("没有这个表", (Cell("不存在的表", 3, 3),), code="ST02")]
    return Report("0" * 64, "规则-1", ("projects", "1.0"), 2026, tuple(lines), tuple(findings), tuple(tables)), marked


def targets(book: Book, sheet: Sheet) -> set[tuple[int, int]]:
    """Existing cells, cells not written yet, cells in merged areas, the last cell, commented cells."""
    written = sorted(sheet.places)
    rows = {row for row, _ in written}
    last_row = max(rows, default=0)
    gap = next((row for row in range(1, last_row) if row not in rows), last_row + 2)
    found = {*written[:2], *written[len(written) // 2 :][:2], *written[-2:], LAST, (gap, 2), (min(last_row + 5, LAST[0]), 5)}
    found.add((written[0][0] if written else 1, 40))
    for top, left, bottom, right in sheet.merged[:2]:
        found |= {(top, left), (bottom, right)}
    commented = [area(reference) for reference in [*book.comment_texts(sheet)][:2]]
    return found | {place[:2] for place in commented if place}


def shown(place: tuple[int, int], sheet: Sheet) -> tuple[int, int]:
    for top, left, bottom, right in sheet.merged:
        if top <= place[0] <= bottom and left <= place[1] <= right:
            return top, left
    return place


def table_of(sheet: Sheet) -> TablePlace | None:
    written = [place for place, cell in sheet.places.items() if len(cell)]
    if not written:
        return None
    rows, columns = [row for row, _ in written], [column for _, column in written]
    return TablePlace(sheet.name, min(rows), max(max(rows), min(rows) + 1), max(columns))


# ---------------------------------------------------------------------------- what must be true of the marked copy


def examine(path: Path) -> Outcome:
    """Mark one workbook every way and look at the result."""
    outcome, content = Outcome(path.name), path.read_bytes()
    try:
        book = Book(content)
        made, meant = report(book)
    except Exception as error:  # noqa: BLE001 whatever is wrong with a file, the marker must refuse it by itself
        book, made, meant = None, Report("0" * 64, "规则-1", findings=(Finding("没有位置", code="ST01"),)), {}
        outcome.notes.append(f"original: {type(error).__name__}")
    try:
        marked = annotate(content, made)
    except UnreadableWorkbook as error:
        outcome.refused = f"{error.code}: {error}"
        return outcome
    except Exception as error:  # noqa: BLE001
        outcome.faults.append(f"crashed: {type(error).__name__}: {error}")
        return outcome
    if book is None:
        outcome.faults.append("marked although it cannot be read")
        return outcome
    for check in (same_package, same_sheets, same_workbook, same_values, same_openpyxl, same_again, same_unmarked):
        try:
            outcome.faults += [f"{check.__name__}: {fault}" for fault in check(book, content, marked, made, meant)][:5]
        except Exception as error:  # noqa: BLE001
            outcome.faults.append(f"{check.__name__} crashed: {type(error).__name__}: {error}")
    return outcome


def same_package(book: Book, content: bytes, marked: bytes, made: Report, meant: dict) -> Iterator[str]:
    """Well-formed, no part lost, untouched parts byte-identical, every reference valid."""
    new = Book(marked)
    with zipfile.ZipFile(io.BytesIO(marked)) as package:
        names = package.namelist()
        if package.testzip() or len(names) != len(set(names)):
            yield "zip"
    yield from (f"lost {name}" for name in book.parts.keys() - new.parts.keys() - allowed(book))
    for name, data in new.parts.items():
        if name in book.parts and book.parts[name] != data and name not in allowed(book):
            yield f"changed {name}"
        if book.parts.get(name) != data and name.endswith((".xml", ".rels", ".vml")) and not well_formed(data):
            if name not in book.parts or well_formed(book.parts[name]):
                yield f"malformed {name}"
    yield from references(book, new)


def allowed(book: Book) -> set[str]:
    """The parts that marks may change."""
    found = {book.lower["[content_types].xml"], book.main, rels(book.main)}
    found |= {part for kind, part in book.related.values() if kind == "styles" and part}
    for sheet in book.worksheets():
        found |= {sheet.part, rels(sheet.part)}
        found |= {part for _, kind, part in book.relations(sheet.part) if kind in ("comments", "vmlDrawing") and part}
    return {book.lower.get(name.lower(), name) for name in found}


def rels(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def well_formed(data: bytes) -> bool:
    try:
        etree.fromstring(data.lstrip(), etree.XMLParser(huge_tree=True, resolve_entities=False))
    except etree.XMLSyntaxError:
        return False
    return True


def references(book: Book, new: Book) -> Iterator[str]:
    """Relationship ids unique and leading somewhere, content types stated for every new part."""
    types = parse(new.parts[new.lower["[content_types].xml"]])
    stated = [element.get("PartName", "").lower() for element in types if element.get("PartName")]
    extensions = {element.get("Extension", "").lower() for element in types}
    if len(stated) != len(set(stated)):
        old = parse(book.parts[book.lower["[content_types].xml"]])
        if len(old) == len({etree.tostring(element) for element in old}):
            yield "content type stated twice"
    for name in new.parts.keys() - book.parts.keys():
        if f"/{name}".lower() not in stated and name.rpartition(".")[2] not in extensions - {"xml"}:
            yield f"no content type for {name}"
    for source in ["", new.main, *(sheet.part for sheet in new.worksheets())]:
        ids = [relation for relation, _, _ in new.relations(source)]
        if len(ids) != len(set(ids)):
            yield f"relationship ids of {source}"
        before = {relation: part for relation, _, part in book.relations(source)}
        for relation, kind, part in new.relations(source):
            if part is None and relation not in before:
                yield f"{source}: {relation} ({kind}) leads nowhere"


def same_sheets(book: Book, content: bytes, marked: bytes, made: Report, meant: dict) -> Iterator[str]:
    """In a marked sheet only the marked cells' format, the added cells and what refers to marks differs."""
    new = Book(marked)
    after = {sheet.part: sheet for sheet in new.worksheets()}
    styles = {which: style_roots(each) for which, each in (("old", book), ("new", new))}
    tables = {table.sheet: table for table in made.tables}
    for sheet in book.worksheets():
        yield from (f"{sheet.name}: {fault}" for fault in one_sheet(book, new, sheet, after[sheet.part], meant[sheet.name], tables.get(sheet.name), styles))  # fmt: skip


def one_sheet(book, new, old: Sheet, now: Sheet, meant, table, styles) -> Iterator[str]:  # noqa: C901, PLR0913, ANN001
    places = set(meant.values())
    order = [place for place in walk(now.root)]
    if sorted(walk(old.root)) == [*walk(old.root)] and len(set(walk(old.root))) == len([*walk(old.root)]):
        if order != sorted(set(order)):
            yield "cells out of order or doubled"
    for place, cell in old.places.items():
        if place not in now.places:
            yield f"cell {place} lost"
            continue
        other = now.places[place]
        if canonical(cell, "s") != canonical(other, "s"):
            yield f"cell {place} changed"
        if cell.get("s", "0") != other.get("s", "0") and place not in places:
            yield f"cell {place} restyled"
        if place in places and not same_but_fill(styles, int(cell.get("s") or 0), int(other.get("s") or 0)):
            yield f"cell {place}: more than the fill"
    for place in now.places.keys() - old.places.keys() - places:
        beside = table and table.header_row <= place[0] <= table.last_row and place[1] > table.last_column
        if not beside:
            yield f"cell {place} added"
    yield from (f"mark missing at {place}" for place in places - now.places.keys())
    yield from rows_and_rest(old, now)
    yield from comment_faults(book, new, old, now, places)
    if table and table.last_column + TITLES <= LAST[1]:
        titles = [place for place, cell in now.places.items() if "".join(cell.itertext()) == "核查结论" and place[0] == table.header_row]
        if not titles and not any("放不下" in text for text in summary_texts(new)):
            yield "no result columns"


def summary_texts(new: Book) -> list[str]:
    part = next(part for entry, _, part in new.entries() if entry.get("name").startswith("核查结果"))
    return [text or "" for text in parse(new.parts[part]).itertext()]


def walk(root: etree._Element) -> Iterator[tuple[int, int]]:
    row_number = 0
    for row in root.iterfind("{*}sheetData/{*}row"):
        row_number = int(row.get("r") or row_number + 1)
        column = 0
        for cell in row.iterfind("{*}c"):
            letters = re.match(r"\$?([A-Za-z]+)", cell.get("r", ""))
            column = openpyxl.utils.column_index_from_string(letters[1]) if letters else column + 1
            yield row_number, column


def canonical(element: etree._Element, *ignored: str) -> tuple:
    """An element as what it means: no prefixes, no order of attributes, no blanks between elements."""
    attributes = tuple(sorted((key, value) for key, value in element.attrib.items() if key not in ignored))
    inner = tuple(canonical(child) for child in element if isinstance(child.tag, str))
    text = element.text or ""
    return element.tag, attributes, text.strip() if inner else text, inner


def rows_and_rest(old: Sheet, now: Sheet) -> Iterator[str]:
    row_attributes = [{int(row.get("r") or -1): {k: v for k, v in row.attrib.items() if k != "spans"} for row in sheet.root.iterfind("{*}sheetData/{*}row")} for sheet in (old, now)]  # fmt: skip
    for number, attributes in row_attributes[0].items():
        if row_attributes[1].get(number) != attributes:
            yield f"row {number} changed"
    touched = {"sheetData", "dimension", "cols", "autoFilter", "legacyDrawing"}
    rest = [[canonical(child) for child in sheet.root if isinstance(child.tag, str) and etree.QName(child).localname not in touched] for sheet in (old, now)]  # fmt: skip
    if rest[0] != rest[1] or dict(old.root.attrib) != dict(now.root.attrib):
        yield "something around the rows changed"
    yield from frame_faults(old, now)


def frame_faults(old: Sheet, now: Sheet) -> Iterator[str]:
    names = [etree.QName(child).localname for child in now.root if isinstance(child.tag, str)]
    for name in ("dimension", "cols", "autoFilter", "legacyDrawing", "sheetData"):
        if names.count(name) > max(1, sum(etree.QName(child).localname == name for child in old.root if isinstance(child.tag, str))):  # fmt: skip
            yield f"{name} doubled"
    known = [name for name in names if name in ORDER]
    if known != sorted(known, key=ORDER.index) and [*filter(ORDER.__contains__, (etree.QName(child).localname for child in old.root if isinstance(child.tag, str)))] == sorted((etree.QName(child).localname for child in old.root if isinstance(child.tag, str) and etree.QName(child).localname in ORDER), key=ORDER.index):  # fmt: skip
        yield f"order of elements: {known}"
    ours = [int(entry.get("min")) for entry in now.root.iterfind("{*}cols/{*}col") if entry.get("min") == entry.get("max")]
    if (before := widths(old)) and not same_widths(before, widths(now), ours):
        yield "column definitions changed"
    if len({entry for entry in widths(now)}) != len(widths(now)):
        yield "column definitions doubled"
    if any(first <= last_before for (_, last_before, _), (first, _, _) in zip(widths(now), widths(now)[1:])) and not any(first <= last_before for (_, last_before, _), (first, _, _) in zip(before, before[1:])):  # fmt: skip
        yield "column definitions overlap"


ORDER = (
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios "
    "autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting "
    "dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties "
    "cellWatches ignoredErrors smartTags drawing drawingHF legacyDrawing legacyDrawingHF picture oleObjects controls "
    "webPublishItems tableParts extLst"
).split()  # fmt: skip  # noqa: SIM905


def widths(sheet: Sheet) -> list[tuple[int, int, tuple]]:
    found = []
    for entry in sheet.root.iterfind("{*}cols/{*}col"):
        rest = tuple(sorted((key, value) for key, value in entry.attrib.items() if key not in ("min", "max")))
        found.append((int(entry.get("min")), int(entry.get("max")), rest))
    return found


def same_widths(old: list, now: list, ours: list[int]) -> bool:
    def at(columns: list, number: int) -> tuple:
        return next((rest for first, last, rest in columns if first <= number <= last), ())

    edges = {number for first, last, _ in [*old, *now] for number in (first, last, first + 1, last - 1)}
    return all(at(old, number) == at(now, number) for number in edges if number not in ours and 1 <= number <= LAST[1])


def comment_faults(book: Book, new: Book, old: Sheet, now: Sheet, places: set) -> Iterator[str]:
    before, after = book.comment_texts(old), new.comment_texts(now)
    yield from (f"comment {ref} lost" for ref, text in before.items() if not after.get(ref, "").startswith(text))
    wanted = {f"{get_column_letter(column)}{row}" for row, column in places}
    yield from (f"comment {ref} missing" for ref in wanted if "【预算级次核查】" not in after.get(ref, ""))
    yield from (f"comment {ref} appeared" for ref in after.keys() - before.keys() - wanted)
    if now.comments:
        refs = [comment.get("ref") for comment in parse(new.parts[now.comments]).iterfind("{*}commentList/{*}comment")]
        if len(refs) != len(set(refs)) and len(before) == len(refs) - len(wanted - before.keys()):
            yield "comments doubled"
    drawing = now.root.find("{*}legacyDrawing")
    shapes = {relation: part for relation, _, part in new.relations(now.part)}
    part = drawing is not None and next((shapes.get(value) for key, value in drawing.attrib.items() if key.endswith("}id")), None)
    if after and not part:
        yield "no shapes for the comments"
    elif part:
        notes = Counter(re.findall(rb"<(?:\w+:)?Row>(\d+)<.*?<(?:\w+:)?Column>(\d+)<", new.parts[part], re.DOTALL))
        missing = [ref for ref in wanted - before.keys() if not notes[tuple(str(n - 1).encode() for n in area(ref)[:2])]]
        yield from (f"no shape for {ref}" for ref in missing)


def style_roots(book: Book) -> etree._Element | None:
    part = next((part for kind, part in book.related.values() if kind == "styles" and part), None)
    return parse(book.parts[part]) if part else None


def same_but_fill(styles: dict, before: int, after: int) -> bool:
    old = [] if styles["old"] is None else styles["old"].findall("{*}cellXfs/{*}xf")
    new = styles["new"].findall("{*}cellXfs/{*}xf")
    original = old[before] if before < len(old) else (old[0] if old else None)
    fill = styles["new"].findall("{*}fills/{*}fill")[int(new[after].get("fillId"))]
    if fill.find("{*}patternFill").get("patternType") != "solid":
        return False
    return original is None or canonical(original, "fillId", "applyFill") == canonical(new[after], "fillId", "applyFill")


def same_workbook(book: Book, content: bytes, marked: bytes, made: Report, meant: dict) -> Iterator[str]:
    """One sheet more, before the others; everything that counts sheets counts one more."""
    new = Book(marked)
    before, after = [entry for entry, _, _ in book.entries()], [entry for entry, _, _ in new.entries()]
    if [canonical(entry) for entry in after[1:]] != [canonical(entry) for entry in before]:
        yield "sheet list"
    if not after[0].get("name").startswith("核查结果") or len({entry.get("name").casefold() for entry in after}) < len({entry.get("name").casefold() for entry in before}) + 1:  # fmt: skip
        yield "summary sheet"
    if len({entry.get("sheetId") for entry in after}) != len({entry.get("sheetId") for entry in before}) + 1:
        yield "sheet ids"
    for old, now in zip(book.root.iter("{*}workbookView"), new.root.iter("{*}workbookView"), strict=False):
        if int(now.get("activeTab", 0)) != max(int(old.get("activeTab", 0)), 0) + 1:
            yield "active sheet"
    old_names = {(name.get("name"), str(int(name.get("localSheetId")) + 1) if name.get("localSheetId") else None): name.text for name in book.root.iter("{*}definedName")}  # fmt: skip
    new_names = {(name.get("name"), name.get("localSheetId")): name.text for name in new.root.iter("{*}definedName")}
    for key, text in old_names.items():
        if new_names.get(key) != text and key[0] != "_xlnm._FilterDatabase":
            yield f"name {key}"
    for tag in ("fonts", "fills", "borders", "cellXfs", "cellStyleXfs", "dxfs"):
        if (old := style_roots(book)) is not None:
            was, now = [[canonical(entry) for entry in root.iterfind(f"{{*}}{tag}/*")] for root in (old, style_roots(new))]
            if now[: len(was)] != was:
                yield f"styles: {tag}"


def same_values(book: Book, content: bytes, marked: bytes, made: Report, meant: dict) -> Iterator[str]:
    """calamine reads the same values at the same places."""
    try:
        old = values(content)
    except Exception:  # noqa: BLE001 what calamine cannot read before, it need not read after
        return
    now = values(marked)
    tables = {table.sheet: table for table in made.tables}
    for name, before in old.items():
        after, table = now.get(name), tables.get(name)
        if after is None:
            yield f"{name} lost"
            continue
        for place, value in before.items():
            if not alike(value, after.get(place)):
                yield f"{name} {place}: {value!r} → {after.get(place)!r}"
        for place in after.keys() - before.keys():
            if not (table and table.header_row <= place[0] <= table.last_row and place[1] > table.last_column):
                yield f"{name} {place} appeared"


def values(content: bytes) -> dict[str, dict[tuple[int, int], object]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    found = {}
    for metadata in book.sheets_metadata:
        if metadata.typ == python_calamine.SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_name(metadata.name)
            start = sheet.start or (0, 0)
            found[metadata.name] = {
                (row, column): value
                for row, line in enumerate(sheet.to_python(skip_empty_area=True), start[0] + 1)
                for column, value in enumerate(line, start[1] + 1)
                if value != ""
            }
    return found


def alike(one: object, other: object) -> bool:
    both_nan = isinstance(one, float) and isinstance(other, float) and math.isnan(one) and math.isnan(other)
    return both_nan or (type(one) is type(other) and one == other)


def same_openpyxl(book: Book, content: bytes, marked: bytes, made: Report, meant: dict) -> Iterator[str]:
    """openpyxl reads the same formulas and the same stored values."""
    if max(len(data) for data in book.parts.values()) > 20_000_000:
        return
    for stored in (False, True):
        old = opened(content, stored)
        if isinstance(old, Exception):
            continue
        now = opened(marked, stored)
        if isinstance(now, Exception):
            yield f"openpyxl: {type(now).__name__}: {now}"
            continue
        for sheet in old.worksheets:
            other = now[sheet.title]
            for place, cell in sheet._cells.items():  # noqa: SLF001 rows in between would be millions
                before, after = plain_value(cell.value), plain_value(other._cells[place].value)  # noqa: SLF001
                if before != after or cell.number_format != other._cells[place].number_format:  # noqa: SLF001
                    yield f"{sheet.title} {cell.coordinate} ({stored=}): {before!r} → {after!r}"


def opened(content: bytes, stored: bool):  # noqa: ANN201, FBT001
    try:
        with catch_warnings():
            simplefilter("ignore")
            return openpyxl.load_workbook(io.BytesIO(content), data_only=stored)
    except Exception as error:  # noqa: BLE001
        return error


def plain_value(value: object) -> object:
    return vars(value) if hasattr(value, "ref") and hasattr(value, "__dict__") else value


def same_again(book: Book, content: bytes, marked: bytes, made: Report, meant: dict) -> Iterator[str]:
    """Marked twice is marked once."""
    if not is_marked(marked):
        yield "does not know its own marks"
    again = annotate(marked, made)
    if again != marked:
        one, two = Book(marked).parts, Book(again).parts
        yield f"differs: {[name for name in one.keys() | two.keys() if one.get(name) != two.get(name)] or 'order'}"


def same_unmarked(book: Book, content: bytes, marked: bytes, made: Report, meant: dict) -> Iterator[str]:
    """Without the marks the workbook says what it said."""
    bare = unmark(marked)
    new = Book(bare)
    if is_marked(bare) or [entry.get("name") for entry, _, _ in new.entries()] != [entry.get("name") for entry, _, _ in book.entries()]:  # fmt: skip
        yield "marks left"
    for old, now in zip(book.worksheets(), new.worksheets(), strict=True):
        if book.comment_texts(old) != new.comment_texts(now):
            yield f"{old.name}: comments"
        for place, cell in now.places.items():
            if place not in old.places and len(cell):
                yield f"{old.name}: cell {place} left"
        for place, cell in old.places.items():
            if canonical(cell, "s") != canonical(now.places[place], "s"):
                yield f"{old.name}: cell {place}"
            if not same_look(book, new, cell.get("s"), now.places[place].get("s")):
                yield f"{old.name}: format of {place}"
        yield from (f"{old.name}: {fault}" for fault in rows_and_rest(old, now))
        if (old.root.find("{*}autoFilter") is None) != (now.root.find("{*}autoFilter") is None):
            yield f"{old.name}: filter"


def same_look(book: Book, new: Book, before: str | None, after: str | None) -> bool:
    if (before or "0") == (after or "0"):
        return True
    looks = [look(root, int(style or 0)) for root, style in ((style_roots(book), before), (style_roots(new), after))]
    return looks[0] == looks[1] or looks[0] is None


def look(root: etree._Element | None, style: int) -> tuple | None:
    formats = [] if root is None else root.findall("{*}cellXfs/{*}xf")
    if not formats:
        return None
    chosen = formats[style if style < len(formats) else 0]
    fills = root.findall("{*}fills/{*}fill")
    fill = int(chosen.get("fillId") or 0)
    return canonical(chosen, "fillId"), canonical(fills[fill if fill < len(fills) else 0]) if fills else ()


# ---------------------------------------------------------------------------- the run


def converts(content: bytes, name: str) -> bool:
    """Whether LibreOffice makes a PDF of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"book{Path(name).suffix}"
        path.write_bytes(content)
        command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf", "--outdir", folder, str(path)]  # fmt: skip
        subprocess.run(command, capture_output=True, timeout=300, check=False)
        return path.with_suffix(".pdf").exists()


def with_libreoffice(folder: Path, names: list[str], wanted: int) -> Iterator[str]:
    """Workbooks whose marked copy LibreOffice does not open although it opens the original."""
    step = max(len(names) // wanted, 1)
    for name in names[::step][:wanted]:
        content = (folder / name).read_bytes()
        if converts(content, name) and not converts(annotate(content, report(Book(content))[0]), name):
            yield name


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--libreoffice", type=int, default=0, metavar="N", help="also convert N of them")
    chosen = arguments.parse_args()
    paths = sorted(path for path in chosen.folder.iterdir() if path.suffix.lower() in MARKABLE | {".xls", ".ods", ".xlsb"})
    with ProcessPoolExecutor() as pool:
        outcomes = list(pool.map(examine, paths))
    for outcome in outcomes:
        for text in [outcome.refused and f"refused: {outcome.refused}", *outcome.faults]:
            if text:
                print(f"{outcome.name}: {text}")
    completed = [outcome for outcome in outcomes if not outcome.refused]
    faulty = [outcome.name for outcome in completed if outcome.faults]
    if chosen.libreoffice and shutil.which("soffice"):
        broken = [*with_libreoffice(chosen.folder, [outcome.name for outcome in completed], chosen.libreoffice)]
        print(f"LibreOffice: {len(broken)} broken {broken}")
        faulty += broken
    print(f"{len(outcomes)} workbooks: {len(completed)} completed, {len(outcomes) - len(completed)} refused, {len(faulty)} with faults")  # fmt: skip
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(main())
