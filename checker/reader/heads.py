"""The rows above a table → its header block: label in one cell, value in the next to the right or behind a colon."""

import re
from collections.abc import Iterator

from checker.definition import TableDefinition
from checker.reader.casting import cast
from checker.reader.table import Failure, HeaderValue
from checker.reader.titles import Heading, known, title
from checker.terms import Cell
from checker.text import normalise
from checker.workbook import Sheet, Value, text_of

Said = tuple[Value, Cell]
_LONGEST_LABEL = 20
_TITLE_YEAR = re.compile(r"(?<!\d)(20\d\d)\s*年")


def header_block(sheet: Sheet, heading: Heading) -> tuple[dict[str, HeaderValue], list[Failure]]:
    """Every field of the header block whose label is there, cast, with what cannot be read as it should be."""
    definition = heading.definition
    said = _in_next_cell(sheet, heading)
    for name, found in _behind_colon(sheet, heading):
        said.setdefault(name, found)
    if "year" not in said and (year := _year_in_title(sheet, heading)):
        said["year"] = year
    header, failures = {}, []
    for column in definition.header:
        if column.field in said:
            value, cell = said[column.field]
            values, kinds = cast(column, [value], definition.unit)
            header[column.field] = HeaderValue(values[0], text_of(value), cell)
            failures += [Failure(cell.row, column.field, kind, text_of(value)) for kind in kinds.get(0, ())]
    return header, failures


def _in_next_cell(sheet: Sheet, heading: Heading) -> dict[str, Said]:
    found: dict[str, Said] = {}
    for row, column, text in _texts(sheet, heading):
        name = _label(heading.definition, title(text)) if len(text) <= _LONGEST_LABEL else None
        if name and name not in found:
            place = _after(sheet, row, column)
            value = sheet.value(row, place)
            if _label(heading.definition, title(value)):  # two labels side by side: the first was left blank
                value = ""
            if _may_be(heading.definition, name, title(text), value):
                found[name] = value, Cell(sheet.name, row, place)
    return found


def _may_be(definition: TableDefinition, name: str, label: str, value: Value) -> bool:
    """An alias of a list field (单位 for 金额单位) counts only with a value of that list: 单位 may mean the bureau."""
    column = definition.column(name)
    if label == title(column.title) or not column.values:
        return True
    return column.canonical(text_of(value)) is not None


def _behind_colon(sheet: Sheet, heading: Heading) -> Iterator[tuple[str, Said]]:
    """填报单位：某局 in one cell, also several of them, parted by spaces."""
    labels = heading.definition.labels
    alternatives = "|".join(sorted(map(re.escape, labels), key=len, reverse=True))
    pattern = re.compile(rf"(?:^|(?<=[\s;；,，(]))({alternatives})\s*[:：]\s*")
    for row, column, text in _texts(sheet, heading):
        parts = pattern.split(text.replace("\u3000", "  ").replace("\u00a0", " ").strip())
        for label, behind in zip(parts[1::2], parts[2::2], strict=True):
            name, value = labels[normalise(label)], behind.strip(" ;；,，)\n")
            if value and _may_be(heading.definition, name, title(label), value):
                yield name, (value, Cell(sheet.name, row, column))


def _year_in_title(sheet: Sheet, heading: Heading) -> Said | None:
    """The year in the printed title (石家庄市2026年项目支出预算汇总表), where no label gives it."""
    if not any(column.field == "year" for column in heading.definition.header):
        return None
    for row, column, text in _texts(sheet, heading):
        if match := _TITLE_YEAR.search(normalise(text)):
            return int(match[1]), Cell(sheet.name, row, column)
    return None


def _texts(sheet: Sheet, heading: Heading) -> Iterator[tuple[int, int, str]]:
    for row, values in enumerate(sheet.rows[: heading.row - 1], 1):
        for column, value in enumerate(values, 1):
            if isinstance(value, str) and value:
                yield row, column, value


def _label(definition: TableDefinition, text: str) -> str | None:
    return known(text, definition.labels) if text else None


def _after(sheet: Sheet, row: int, column: int) -> int:
    """The column right of a cell, or of the merged cell it begins."""
    for top, left, bottom, right in sheet.facts.merged:
        if top <= row <= bottom and left <= column <= right:
            return right + 1
    return column + 1
