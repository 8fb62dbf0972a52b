"""A workbook → a report with findings on every kind of cell it has and has not."""

from checker.terms import Cell, Clause, Finding, JudgedLine, Judgement, Level, Report, Severity, TablePlace, Verdict
from tests.corpus.book import Book, Place, Sheet, area

LAST = (1_048_576, 16_384)
LINES = 200
_CLAUSE = Clause("plan", "划分方案", "二（四）", "原文“<&>”", Level.CITY)
_WORDS = "说明 =1+1 <b>&amp;\x07_x0041_"


def report(book: Book) -> tuple[Report, dict[str, set[Place]]]:
    """The report, and per sheet the cells that must bear a mark."""
    findings, lines, tables, marked = list[Finding](), list[JudgedLine](), list[TablePlace](), {}
    for sheet in book.worksheets():
        places = sorted(_targets(book, sheet))
        marked[sheet.name] = {_shown(place, sheet) for place in places}
        findings += [_finding(sheet.name, place, number) for number, place in enumerate(places)]
        if table := _table(sheet):
            tables.append(table)
            lines += [_line(sheet.name, row) for row in range(table.header_row + 1, table.last_row + 1)[:LINES]]
    findings += [Finding("没有位置", code="ST01"), Finding("没有这个表", (Cell("不存在的表", 3, 3),), code="ST02")]
    made = Report("0" * 64, "规则-1", ("projects", "1.0"), 2026, tuple(lines), tuple(findings), tuple(tables))
    return made, marked


def _finding(sheet: str, place: Place, number: int) -> Finding:
    severity = list(Severity)[number % len(Severity)]
    return Finding(_WORDS, (Cell(sheet, *place),), "值", "应填", "改法", _CLAUSE, f"LV{number % 99:02}", severity)


def _line(sheet: str, row: int) -> JudgedLine:
    verdict = list(Verdict)[row % len(Verdict)]
    judgement = Judgement(verdict, "因为", clause=_CLAUSE, responsible_level=Level.CITY)
    return JudgedLine(sheet, row, "局", Level.CITY, "项目", 12_345_678, Level.CITY, judgement)


def _targets(book: Book, sheet: Sheet) -> set[Place]:
    """Existing cells, cells not written yet, cells in merged areas, the last cell, commented cells."""
    written = sorted(sheet.places)
    rows = {row for row, _ in written}
    last_row = max(rows, default=0)
    gap = next((row for row in range(1, last_row) if row not in rows), last_row + 2)
    found = {*written[:2], *written[len(written) // 2 :][:2], *written[-2:], LAST}
    found |= {(min(gap, LAST[0]), 2), (min(last_row + 5, LAST[0]), 5), (min(rows, default=1), 40)}
    for top, left, bottom, right in sheet.merged[:2]:
        found |= {(top, left), (bottom, right)}
    commented = [area(reference) for reference in list(book.comments(sheet))[:2]]
    return found | {place[:2] for place in commented if place}


def _shown(place: Place, sheet: Sheet) -> Place:
    """The cell that shows a place: the first of its merged area."""
    for top, left, bottom, right in sheet.merged:
        if top <= place[0] <= bottom and left <= place[1] <= right:
            return top, left
    return place


def _table(sheet: Sheet) -> TablePlace | None:
    filled = [place for place, cell in sheet.places.items() if len(cell)]
    if not filled:
        return None
    rows, columns = [row for row, _ in filled], [column for _, column in filled]
    return TablePlace(sheet.name, min(rows), max(*rows, min(rows) + 1), max(columns))


def is_result(table: TablePlace | None, place: Place) -> bool:
    """Whether a cell may be one of the result columns."""
    return table is not None and table.header_row <= place[0] <= table.last_row and place[1] > table.last_column
