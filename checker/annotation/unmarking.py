"""A marked package → the package as the bureau left it: every value where it stands, no mark of ours."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from checker.annotation import frame, notes, results, rows, state
from checker.annotation.frame import Area, Frame
from checker.annotation.markup import plain
from checker.annotation.notes import Home
from checker.annotation.relations import drop, unrelate
from checker.annotation.rows import Rows, Spelling
from checker.annotation.sheet import Pieces
from checker.annotation.state import TableState
from checker.annotation.styles import Styles
from checker.annotation.workbook import (
    FILTER_NAME,
    RESULTS_NAME,
    STATE_NAME,
    SUMMARY_NAME,
    Sheet,
    Workbook,
    absolute,
    pointed_at,
)  # fmt: skip


@dataclass
class Stripping:
    """What is ours on one sheet: result areas with what they changed, and the formats to put back."""

    formats: Mapping[int, int]
    areas: list[tuple[Area, TableState | None]] = field(default_factory=list)


def is_marked(book: Workbook) -> bool:
    return bool(book.names())


def unmark(book: Workbook) -> None:
    """Take every mark of ours out of the package, whatever other programs have made of it since."""
    names = book.names()
    known = state.read([text for name, text in sorted(names.items(), key=_number) if name.startswith(STATE_NAME)])
    styles_part = book.related("styles") if known.fills else None
    styles = Styles(book.parts.read(styles_part), styles_part, tuple(known.fills)) if styles_part else None
    formats = styles.originals() if styles else {}
    areas = _areas(names, known)
    _take_away_summary(book, names.get(SUMMARY_NAME, ""))
    for index, entry in enumerate(book.sheets()):
        if entry.kind == "worksheet" and entry.part:
            _strip(book, entry, index, Stripping(formats, areas.get(entry.name, [])))
    if styles_part and styles and styles.has_grown:
        book.parts.write(styles_part, [styles.to_bytes()])
    book.forget()
    book.save()


def _number(name: tuple[str, str]) -> tuple[str, int]:
    text = name[0].rpartition(".")[2]
    return name[0].rpartition(".")[0], int(text) if text.isdecimal() else 0


def _areas(names: dict[str, str], known: state.State) -> dict[str, list[tuple[Area, TableState | None]]]:
    """Where our result columns stand now: their names have moved with them."""
    found = defaultdict(list)
    for name, text in sorted(names.items(), key=_number):
        target = pointed_at(text) if name.startswith(RESULTS_NAME) else None
        place = frame.area(target[1]) if target else None
        if target and place:
            number = _number((name, text))[1]
            found[target[0]].append((place, known.tables[number] if number < len(known.tables) else None))
    return found


def _take_away_summary(book: Workbook, text: str) -> None:
    target = pointed_at(text)
    for index, entry in enumerate(book.sheets()):
        if target and entry.name == target[0]:
            book.take_away(index)
            if entry.part:
                unrelate(book.parts, book.part, entry.part)
                drop(book.parts, entry.part)


def _strip(book: Workbook, entry: Sheet, index: int, ours: Stripping) -> None:
    parts, part = book.parts, entry.part or ""
    try:
        _strip_sheet(book, entry, index, ours, lambda: parts.stream(part))
    except rows.Unusual:
        spelt = plain(parts.read(part), part)
        _strip_sheet(book, entry, index, ours, lambda: (spelt,))


def _strip_sheet(book: Workbook, entry: Sheet, index: int, ours: Stripping, pieces: Pieces) -> None:
    reading, part = Rows(pieces()), entry.part or ""
    touched = [number for number, raw in reading if _stripped(raw, number, ours, reading.spelling) is not raw]
    around = notes.take(Home(book.parts, part, book.main), reading.frame)
    for place, changed in ours.areas:
        if changed:
            around = results.unframed(around, place, changed)
            _name_filter(book, entry.name, index, around, changed)
    if touched or around != reading.frame:
        book.parts.write(part, _without(pieces, ours, around))


def _without(pieces: Pieces, ours: Stripping, around: Frame) -> Iterator[bytes]:
    reading = Rows(pieces())
    yield around.head + reading.opening
    for number, raw in reading:
        yield _stripped(raw, number, ours, reading.spelling)
    yield reading.closing + around.tail


def _stripped(raw: bytes, number: int, ours: Stripping, spelt: Spelling) -> bytes:
    for place, _ in ours.areas:
        if place[0] <= number <= place[2]:
            raw = _without_columns(raw, number, place[1], place[3], spelt)
    return _restyled(raw, ours.formats, spelt) if ours.formats else raw


def _without_columns(raw: bytes, number: int, first: int, last: int, spelt: Spelling) -> bytes:
    end = rows.last_column(raw, spelt)
    if end < first:
        return raw
    start = raw.find(b'<%bc r="%b"' % (spelt.prefix, rows.reference(number, first)))
    if start >= 0 and end <= last:  # as we wrote it: our cells are the last of the row
        return raw[:start] + raw[raw.rindex(spelt.row_end) :]
    for cell in reversed(rows.cells(raw, spelt)):
        if first <= cell.column <= last:
            raw = raw[: cell.start] + raw[cell.end :]
    return raw


def _restyled(raw: bytes, formats: Mapping[int, int], spelt: Spelling) -> bytes:
    """A row whose cells have their own formats again; most rows have none of ours, and that is seen at a glance."""
    if not any(b's="%d"' % style in raw for style in formats):
        return raw

    def back(tag: re.Match[bytes]) -> bytes:
        style = rows.style(tag[0])
        return rows.restyled(tag[0], formats[style]) if style in formats else tag[0]

    return spelt.cell.sub(back, raw)


def _name_filter(book: Workbook, name: str, index: int, around: Frame, changed: TableState) -> None:
    place = frame.filtered(around)
    if changed.filtered == "new" and place is None:
        if changed.name is None:
            book.undefine(FILTER_NAME, index)
        else:
            book.define(FILTER_NAME, changed.name, index)
    elif changed.filtered is not None and place and book.defined(FILTER_NAME, index) is not None:
        before, now = changed.name or "", absolute(name, frame.reference(place))
        target = pointed_at(before)
        book.define(FILTER_NAME, before if target and frame.area(target[1]) == place else now, index)
