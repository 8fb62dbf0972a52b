"""A sheet → where its table begins: the header row, and which column holds which field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from checker.declaration import known_keys, read
from checker.definition import TableDefinition, definitions
from checker.files import SCHEMAS
from checker.text import normalise
from checker.workbook import Sheet, Value, text_of

_SEARCHED_ROWS = 100
_SEARCHED_COLUMNS = 512
_LONGEST_TITLE = 40
_ROWS_ABOVE = 2  # a title may stand in a merged cell one or two rows above the last row of a header
_FEWEST_TITLES = 4
_MARKS = re.compile(r"[\s*:：]|\((?:必填|选填|可选|下拉选择|必选)\)")
_PARTS = re.compile(r"[\s:：]+")
_BRACKETS = re.compile(r"\(([^()]*)\)$")
_NUMBERED = re.compile(r"^[\d一二三四五六七八九十]+[.)]|^\(\d+\)")


@dataclass(frozen=True)
class Marks:
    """What the checker adds to a workbook: passed over when it comes back."""

    summary_sheet: str
    result_columns: tuple[str, ...]


@cache
def marks() -> Marks:
    declared = known_keys(
        read(SCHEMAS / "marks.yaml"), ("summary_sheet", "result_columns"), "marks.yaml: -", ("summary_sheet",)
    )
    return Marks(declared["summary_sheet"], tuple(declared["result_columns"]))


@dataclass(frozen=True)
class Heading:
    """The header of one table. units are what a title says of its own column (预算金额（元））."""

    definition: TableDefinition
    row: int
    columns: Mapping[str, int]
    doubled: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    unknown: Mapping[int, str] = field(default_factory=dict)
    results: tuple[int, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    first_row: int = 1

    @property
    def missing(self) -> tuple[str, ...]:
        """Fields of the definition without a column, in its order."""
        return tuple(column.field for column in self.definition.columns if column.field not in self.columns)


def title(text: Value) -> str:
    """A title or label as compared: no spaces, no required mark, no colon."""
    return _MARKS.sub("", normalise(text_of(text)))


def known(text: str, titles: Mapping[str, str]) -> str | None:
    """The field a compared title names, also with a remark in brackets behind or a number before it."""
    if text in titles:  # nearly always, and looking is cheap
        return titles[text]
    for marks in (_BRACKETS, _NUMBERED):
        if (candidate := marks.sub("", text)) in titles:
            return titles[candidate]
    return None


@cache
def given_above(definition: TableDefinition) -> tuple[str, ...]:
    """Header fields that stand in every line of another standard table, so that lines of all tables are alike."""
    elsewhere = {column.field for other in definitions().values() for column in other.columns}
    own = {column.field for column in definition.columns}
    return tuple(column.field for column in definition.header if column.field in elsewhere - own)


@cache
def _widened(definition: TableDefinition) -> TableDefinition:
    """The table as a bureau may extend it: what is given above may stand in its lines as well."""
    above = (replace(definition.column(name), required=False) for name in given_above(definition))
    return replace(definition, columns=(*definition.columns, *above))


def heading(sheet: Sheet, standard: tuple[TableDefinition, ...]) -> Heading | None:
    """The header that fits best: most titles, then least that is required and missing; None where none fits."""
    found: list[tuple[tuple[int, ...], int, TableDefinition]] = []
    for row in range(1, min(len(sheet.rows), _SEARCHED_ROWS) + 1):
        texts = _short_texts(sheet, row)
        for definition in standard if len(texts) >= _FEWEST_TITLES else ():
            titles = {name for text in texts.values() if (name := known(text, _widened(definition).titles))}
            if _begins_table(definition, titles):
                own = sum(column.field in titles for column in definition.columns)
                found.append(((len(titles), -_lacking(sheet, row, definition, titles), own, -row), row, definition))
        if found and row - found[0][1] >= _ROWS_ABOVE:
            break
    if not found:
        return None
    _, row, definition = max(found, key=lambda candidate: candidate[0])
    return _heading(sheet, row, definition)


def _lacking(sheet: Sheet, row: int, definition: TableDefinition, titles: set[str]) -> int:
    """How many required columns and labels are not there."""
    texts = (
        value for values in sheet.rows[: row - 1] for value in values[:_SEARCHED_COLUMNS] if isinstance(value, str)
    )
    labels = {known(title(part), definition.labels) for text in texts for part in _PARTS.split(text)}
    absent = [column.field not in titles for column in definition.columns if column.required]
    absent += [column.field not in labels | titles for column in definition.header if column.required]
    return sum(absent)


def _begins_table(definition: TableDefinition, titles: set[str]) -> bool:
    return len(titles) >= _FEWEST_TITLES and len(titles & set(definition.keys)) >= min(2, len(definition.keys))


def _short_texts(sheet: Sheet, row: int) -> dict[int, str]:
    """Column → compared text, of the cells of one row that may hold a title."""
    values = enumerate(sheet.rows[row - 1][:_SEARCHED_COLUMNS], 1)
    short = ((place, value) for place, value in values if isinstance(value, str) and 0 < len(value) <= _LONGEST_TITLE)
    return {place: title(value) for place, value in short}


def _fields(sheet: Sheet, row: int, definition: TableDefinition) -> dict[int, str]:
    """Column → field of the titles standing in one row alone."""
    texts = _short_texts(sheet, row).items()
    return {place: name for place, text in texts if (name := known(text, definition.titles))}


def _heading(sheet: Sheet, row: int, standard: TableDefinition) -> Heading:
    definition = _widened(standard)
    row = _last_header_row(sheet, row, definition)
    texts = _texts(sheet, row, definition)
    results = _results(texts)
    named = {place: known(text, definition.titles) or "" for place, text in texts.items() if place not in results}
    columns: dict[str, int] = {}
    doubled: dict[str, tuple[int, ...]] = {}
    for name in dict.fromkeys(filter(None, named.values())):
        places = [place for place in named if named[place] == name]
        exact = [place for place in places if _is_title(texts[place], definition, name)] or places
        columns[name] = exact[0]
        if len(exact) > 1:
            doubled[name] = tuple(exact)
    taken = {*columns.values(), *results, *(place for places in doubled.values() for place in places)}
    unknown = {place: text_of(_title_cell(sheet, row, place, definition)[0]) for place in texts if place not in taken}
    units = {name: unit for name, place in columns.items() if (unit := _unit(texts[place]))}
    kept = {column.field for column in standard.columns} | set(columns)
    definition = replace(definition, columns=tuple(column for column in definition.columns if column.field in kept))
    return Heading(definition, row, columns, doubled, unknown, results, units)


def _last_header_row(sheet: Sheet, row: int, definition: TableDefinition) -> int:
    """A header of two rows ends with the second: where a title is merged downwards, or the next row has titles too."""
    merged = (area for area in sheet.facts.merged if area[0] <= row < area[2])
    below = [last for top, left, last, _ in merged if _known_at(sheet, top, left, definition)]
    last = max([row, *(last for last in below if last <= row + _ROWS_ABOVE)])
    following = row + 1
    if last == row and following <= len(sheet.rows) and len(_fields(sheet, following, definition)) >= 2:
        own = _fields(sheet, row, definition)
        if all(place not in own for place in _fields(sheet, following, definition)):
            return following
    return last


def _known_at(sheet: Sheet, row: int, column: int, definition: TableDefinition) -> bool:
    return known(title(sheet.value(row, column)), definition.titles) is not None


def _texts(sheet: Sheet, row: int, definition: TableDefinition) -> dict[int, str]:
    """Column → compared title."""
    width = min(max(map(len, sheet.rows[max(row - 1 - _ROWS_ABOVE, 0) : row])), 16_384)
    texts = ((place, title(_title_cell(sheet, row, place, definition)[0])) for place in range(1, width + 1))
    return {place: text for place, text in texts if text}


def _title_cell(sheet: Sheet, row: int, column: int, definition: TableDefinition) -> tuple[Value, int]:
    """The title of a column: its cell, else a known title standing above blank cells."""
    if value := sheet.value(row, column):
        return value, row
    for above in range(row - 1, max(row - 1 - _ROWS_ABOVE, 0), -1):
        if value := sheet.value(above, column):
            return (value, above) if known(title(value), definition.titles) else ("", row)
    return "", row


def _is_title(text: str, definition: TableDefinition, name: str) -> bool:
    own = title(definition.column(name).title)
    return own in (text, _BRACKETS.sub("", text))


def _unit(text: str) -> str:
    bracket = _BRACKETS.search(text)
    return bracket[1].removeprefix("单位") if bracket else ""


def _results(texts: Mapping[int, str]) -> tuple[int, ...]:
    """The columns the checker added: they stand together, in order, behind the first of their titles."""
    names = [title(name) for name in marks().result_columns]
    start = next((place for place, text in texts.items() if text == names[0]), None)
    if start is None:
        return ()
    return tuple(place for place in range(start, start + len(names)) if texts.get(place) in names)
