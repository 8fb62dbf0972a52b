"""A register workbook and one more entry → the same workbook with the entry in its first free row."""

from collections.abc import Mapping
from datetime import date

from checker import register
from checker.annotation.markup import Element, add, child, escape, graft, local, parse, serialise
from checker.annotation.package import Parts
from checker.annotation.workbook import Workbook
from checker.register.sheets import Entries, read
from checker.terms import Cell
from checker.workbook.package import unpack

_DAY_ZERO = date(1899, 12, 30)  # from which Excel counts days, in both its calendars' common part


def enter(content: bytes, table: str, values: Mapping[str, str]) -> bytes:
    """Field → text; a day that can be read as one is entered as a day, and nothing else in the workbook changes.

    raises: UnreadableWorkbook
    """
    entries = next(one for one in read(content) if one.id == table)
    parts = Parts(unpack(content))
    part = next(sheet.part for sheet in Workbook(parts).sheets() if sheet.name == entries.sheet.name)
    if part is None:
        raise LookupError(entries.sheet.name)
    root = parse(parts.read(part), part)
    grid, row = child(root, "sheetData"), _free_row(entries)
    above = _row(grid, entries.table.header_row + 1)
    for name, column in sorted(entries.table.columns.items(), key=lambda item: item[1]):
        if values.get(name):
            cell = _cell(_row(grid, row), Cell("", row, column).address)
            _write(cell, values[name], entries.table.definition.column(name).dtype, _style(above, column))
    parts.write(part, [serialise(root)])
    return parts.to_bytes()


def in_the_form(message: str, content: bytes, table: str) -> str:
    """What is wrong with a register, in words for whoever filled in a form of one entry and sees no workbook."""
    entries = next(one for one in read(content) if one.id == table)
    row, fields = max(map(int, entries.table.lines.index), default=0), entries.table.definition.columns
    cells = {f"{entries.cell(row, one.field)}：": one.title for one in fields if one.field in entries.table.columns}
    _, *faults = message.split("\n")
    told = [_at_its_field(fault.strip(), cells) for fault in faults]
    if not faults or any(told_as == fault.strip() for told_as, fault in zip(told, faults, strict=True)):
        return message  # the workbook itself is amiss, and has to be put right there
    return "\n".join([f"有 {len(told)} 处须改正：", *told])


def _at_its_field(fault: str, cells: Mapping[str, str]) -> str:
    """The fault of one cell at the field of the form it comes from; any other as it is."""
    cell = next((cell for cell in cells if fault.startswith(cell)), None)
    if cell is None:
        return fault
    said = fault.removeprefix(cell).replace("，请删去这一行。", "，不必登记，按方案的条款判断即可。")
    return said if said.startswith(f"“{cells[cell]}”") else f"“{cells[cell]}”：{said}"


def shown(content: bytes | None) -> dict[str, list[dict[str, str]]]:
    """Table → its entries as they are written, field by field."""
    found: dict[str, list[dict[str, str]]] = {id_: [] for id_ in register.definitions()}
    for entries in read(content) if content else ():
        found[entries.id] += [
            {str(name): str(said) for name, said in one.items()} for one in entries.table.typed.to_dict("records")
        ]
    return found


def _free_row(entries: Entries) -> int:
    """The row below everything that is written in the table's columns."""
    table = entries.table
    return max((table.header_row, table.last_row, *map(int, table.lines.index), *table.stray_rows)) + 1


def _row(grid: Element, number: int) -> Element:
    """The row element, made at its place where there is none."""
    for place, row in enumerate(grid):
        if int(row.get("r", "0")) == number:
            return row
        if int(row.get("r", "0")) > number:
            return add(grid, "row", place, r=str(number))
    return add(grid, "row", None, r=str(number))


def _cell(row: Element, address: str) -> Element:
    """The cell element, made at its place where there is none."""
    for place, cell in enumerate(row):
        if cell.get("r") == address:
            return cell
        if _order(cell.get("r", "")) > _order(address):
            return add(row, "c", place, r=address)
    return add(row, "c", None, r=address)


def _order(address: str) -> tuple[int, str]:
    letters = address.rstrip("0123456789")
    return len(letters), letters


def _style(row: Element, column: int) -> str | None:
    """How the first line's cell of a column looks, for a row that nobody prepared."""
    address = Cell("", int(row.get("r", "0")), column).address
    return next((cell.get("s") for cell in row if cell.get("r") == address), None)


def _write(cell: Element, text: str, dtype: str, style: str | None) -> None:
    for old in [old for old in cell if local(old) in {"v", "is", "f"}]:
        cell.remove(old)
    if style and "s" not in cell.attrib:
        cell.set("s", style)
    day = _day(text) if dtype == "date" else None
    if day:
        cell.attrib.pop("t", None)
        graft(cell, f"<v>{(day - _DAY_ZERO).days}</v>")
    else:
        cell.set("t", "inlineStr")
        graft(cell, f'<is><t xml:space="preserve">{escape(text)}</t></is>')


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
