"""Sheet XML, piece by piece → what the value reader cannot see of a sheet: hidden, merged, unstored, in error."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from checker.workbook.package import MEGABYTE, Package, corrupt

ROWS, COLUMNS = 1_048_576, 16_384
Place = tuple[int, int]  # physical row and column, from 1
Area = tuple[int, int, int, int]  # first row, first column, last row, last column

_PIECE = 4 * MEGABYTE
_LONGEST_ROW = 64 * MEGABYTE
_WIDE = 32
_NO_STORED_VALUE = re.compile(rb"(?:</f>|<f[^>]*/>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_ROW = re.compile(rb"<row\b[^>]*>")
_ROW_NUMBER = re.compile(rb'<row\b[^>]*?\sr="([0-9]+)"')
_HIDDEN = re.compile(rb'\s(?:hidden="(?:1|true|on)"|ht="0(?:\.0*)?"|width="0(?:\.0*)?")')
# The column of each cell; empty where its place is written in an unusual way.
_CELL = re.compile(rb'<c(?: r="([A-Z]{1,3})(?:[0-9]{1,6}|10[0-4][0-9]{4})"(?: (?:s|t|cm|vm|ph)="\w*")* ?/?>|[ >/])')
# The same of cells with every digit made 0: cells spelt alike are looked at once. Rows of seven digits are not here.
_SHAPE = re.compile(rb' r="([A-Z]{1,3})0{1,6}"(?: (?:s|t|cm|vm|ph)="\w*")* ?/?>')
_ALIKE = bytes.maketrans(b"123456789", b"000000000")
_CELL_PLACE = re.compile(rb'\sr="([A-Z]{1,3})([0-9]+)"')
_COLUMN = re.compile(rb"<col\b[^>]*>")
_SPAN = re.compile(rb'\s(min|max)="([0-9]+)"')
_MERGED = re.compile(rb'<mergeCell\b[^>]*?\sref="([A-Z]{1,3})([0-9]+):([A-Z]{1,3})([0-9]+)"')
_ERROR = re.compile(rb'\st="e"[^>]*>(?:.*?<v>([^<]*)</v>)?')
_PREFIXED_CELL = re.compile(rb":c[ >/]")
_SINGLE_QUOTED = re.compile(rb"='(?:(?<= [rt]=')|(?<= ht=')|(?<=hidden=')|(?<= ref=')|(?<=width='))")
_SPACES = bytes.maketrans(b"\t\r\n", b"   ")


@dataclass
class Facts:
    """What one sheet holds beside its values; last_row and last_column are where its last filled cell stands."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)
    unstored: list[Place] = field(default_factory=list)
    errors: dict[Place, str] = field(default_factory=dict)
    last_row: int = 0
    last_column: int = 0


def observe(package: Package, part: str) -> Facts:
    """Everything in one pass over the bytes; a sheet written in an unusual way, or a huge one, is parsed in full."""
    found = Facts()
    try:
        for piece in _pieces(package.stream(part)):
            _scan(piece, found)
    except _UnusualError:
        return parsed(package.stream(part))
    if found.last_row * found.last_column > package.limits.cells:  # styled empty cells count for nothing: look again
        return parsed(package.stream(part))
    return found


class _UnusualError(Exception):
    """The fast pass cannot vouch for this sheet."""


def _pieces(stream: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces that end after a row, so that no cell is cut in two; a prefixed namespace is taken off."""
    held, prefix = b"", None
    for part in stream:
        held += part
        if len(held) < _PIECE:
            continue
        prefix = _prefix(held) if prefix is None else prefix
        end = held.rfind(b"</" + prefix + b"row>") + 1
        if not end and len(held) > _LONGEST_ROW:
            raise _UnusualError
        if end:
            yield _plain(held[: end - 1], prefix)
            held = held[end - 1 :]
    yield _plain(held, _prefix(held) if prefix is None else prefix)


def _prefix(start: bytes) -> bytes:
    root = re.search(rb"<([A-Za-z_][\w.-]*:)?(?:worksheet|chartsheet|dialogsheet|macrosheet)[\s>]", start[:MEGABYTE])
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or (root is None and start.strip()):
        raise _UnusualError
    return (root.group(1) or b"") if root else b""


def _plain(piece: bytes, prefix: bytes) -> bytes:
    if any(space in piece for space in (b"\n", b"\t", b"\r")):
        piece = piece.translate(_SPACES)
    return re.sub(rb"<(/?)" + re.escape(prefix), rb"<\1", piece) if prefix else piece


def _scan(piece: bytes, found: Facts) -> None:
    columns = _columns(piece)
    if b"" in columns or b"<!" in piece or _PREFIXED_CELL.search(piece) or _SINGLE_QUOTED.search(piece):
        raise _UnusualError
    found.last_column = max([found.last_column, *map(_column, columns)])
    _scan_rows(piece, found)
    if b"<col " in piece[: piece.find(b"<row ")]:
        _scan_columns(piece, found)
    if b"<mergeCell " in piece:
        found.merged += [(int(b), _column(a), int(d), _column(c)) for a, b, c, d in _MERGED.findall(piece)]
    if b"<f" in piece:
        found.unstored += [place for at in _unstored(piece) if (place := _place(piece, at))]
    if b' t="e"' in piece:
        for error in _ERROR.finditer(piece):
            if place := _place(piece, error.start() + 1):
                found.errors[place] = (error.group(1) or b"").decode("utf-8", "replace")


def _columns(piece: bytes) -> set[bytes]:
    """The letters of every column in use; empty ones for a cell whose place is written in an unusual way."""
    _, *cells = piece.translate(_ALIKE).split(b"<c")
    shapes = [(shape, _SHAPE.match(shape)) for shape in set(cells) if shape[:1] in (b" ", b">", b"/")]
    if all(match for _, match in shapes):
        return {match[1] for _, match in shapes if match}
    return set(_CELL.findall(piece))


def _scan_rows(piece: bytes, found: Facts) -> None:
    """The highest row; on a wide sheet by every cell's own reference, since rows times columns is held in memory."""
    tags = _ROW.findall(piece)
    together = b"".join(tags)
    rows = _ROW_NUMBER.findall(together)
    if len(rows) != len(tags):
        raise _UnusualError
    if found.last_column > _WIDE:
        rows += [row for _, row in _CELL_PLACE.findall(piece)]
    found.last_row = max([found.last_row, *map(int, rows)])
    if found.last_row > ROWS or found.last_column > COLUMNS:
        raise corrupt("单元格位置超出工作表的范围")
    if _HIDDEN.search(together):
        found.hidden_rows.update(int(row) for tag, row in zip(tags, rows, strict=False) if _HIDDEN.search(tag))


def _scan_columns(piece: bytes, found: Facts) -> None:
    for column in _COLUMN.findall(piece):
        if _HIDDEN.search(column) and len(span := dict(_SPAN.findall(column))) == 2:
            found.hidden_columns.append((int(span[b"min"]), int(span[b"max"])))


def _unstored(piece: bytes) -> Iterator[int]:
    """Ends of cells with a formula and no value; one computed to be empty text (t="str") has its value."""
    for end in _NO_STORED_VALUE.finditer(piece):
        start = piece.rfind(b"<c ", 0, end.start())
        if b' t="str"' not in piece[start : piece.index(b">", start)]:
            yield end.start()


def _place(piece: bytes, at: int) -> Place | None:
    """The place of the cell whose tag or content stands at a byte."""
    start = piece.rfind(b"<c ", 0, at)
    match = _CELL_PLACE.search(piece, start, start + 200)
    return (int(match.group(2)), _column(match.group(1))) if start >= 0 and match else None


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def parsed(stream: Iterable[bytes]) -> Facts:
    """The same facts by a parser, whatever the spelling: about six times slower."""
    reading = _Reading()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    try:
        for piece in stream:
            parser.Parse(piece)
        parser.Parse(b"", True)  # noqa: FBT003 - expat takes no names
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise corrupt("工作表的内容不合规范") from error
    return reading.found


class _Reading:
    """Where the parser stands in the sheet."""

    def __init__(self) -> None:
        self.found = Facts()
        self.row = self.column = 0
        self.kind, self.formula, self.filled, self.value, self.inside = "", False, False, "", False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition("}")[2]
        if name in _STARTS:
            _STARTS[name](self, attributes)
        elif name in ("f", "v", "is"):
            self.filled = True
            self.formula = self.formula or name == "f"
        self.inside = name == "v"

    def end(self, name: str) -> None:
        name = name.rpartition("}")[2]
        self.inside = False
        if name == "c":
            self.close_cell()

    def text(self, text: str) -> None:
        if self.inside:
            self.value += text

    def start_row(self, attributes: dict[str, str]) -> None:
        self.row, self.column = int(attributes.get("r", self.row + 1)), 0
        if self.row > ROWS:
            raise corrupt("行号超出工作表的范围")
        if _is_hidden(attributes, "ht"):
            self.found.hidden_rows.add(self.row)

    def start_column(self, attributes: dict[str, str]) -> None:
        if _is_hidden(attributes, "width"):
            self.found.hidden_columns.append((int(attributes["min"]), int(attributes["max"])))

    def start_cell(self, attributes: dict[str, str]) -> None:
        self.column += 1
        if place := attributes.get("r", "").upper():
            match = re.fullmatch("([A-Z]{1,3})([0-9]{1,7})", place)
            self.row, self.column = (int(match.group(2)), _column(match.group(1).encode())) if match else (0, 0)
        if not (0 < self.row <= ROWS and 0 < self.column <= COLUMNS):
            raise corrupt(f"单元格位置 {place} 超出工作表的范围")
        self.kind, self.formula, self.filled, self.value = attributes.get("t", ""), False, False, ""

    def close_cell(self) -> None:
        place = (self.row, self.column)
        if self.kind == "e":
            self.found.errors[place] = self.value
        if self.formula and not self.value.strip() and self.kind not in ("str", "e"):
            self.found.unstored.append(place)
        if self.filled:
            self.found.last_row = max(self.found.last_row, self.row)
            self.found.last_column = max(self.found.last_column, self.column)

    def merged(self, attributes: dict[str, str]) -> None:
        tag = f'<mergeCell ref="{attributes.get("ref", "")}"'.encode()
        self.found.merged += [(int(b), _column(a), int(d), _column(c)) for a, b, c, d in _MERGED.findall(tag)]


_STARTS = {
    "row": _Reading.start_row,
    "col": _Reading.start_column,
    "c": _Reading.start_cell,
    "mergeCell": _Reading.merged,
}


def _is_hidden(attributes: dict[str, str], size: str) -> bool:
    if attributes.get("hidden", "") in ("1", "true", "on"):
        return True
    try:
        return float(attributes.get(size, 1)) == 0
    except ValueError:
        return False
