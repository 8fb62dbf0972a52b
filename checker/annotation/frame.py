"""What stands around the rows of a sheet → the same with columns, filter, dimension and comments reference changed."""

import re
from dataclasses import dataclass

from checker.annotation.markup import RELATIONSHIPS, STRICT, TRANSITIONAL, attributes, children
from checker.terms import column_letters

ROWS, COLUMNS = 1_048_576, 16_384
Area = tuple[int, int, int, int]  # first row, first column, last row, last column

_ORDER = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "drawingHF",
    "legacyDrawing",
    "legacyDrawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
]
_ROOT = re.compile(rb"""<([\w.-]+:)?worksheet((?:\s[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*)?)>""")
_PLACE = re.compile(rb"\$?([A-Za-z]{1,3})\$?([0-9]+)")


@dataclass(frozen=True)
class Frame:
    """A sheet without its rows: head ends before the rows, tail begins behind them; prefix of the main namespace."""

    head: bytes
    tail: bytes
    prefix: bytes

    @property
    def strict(self) -> bool:
        return STRICT.encode() in self.head[: _root_end(self.head)]


def prefix_of(head: bytes) -> bytes | None:
    """The prefix the sheet gives its elements, with the colon; None if this is no worksheet."""
    root = _ROOT.search(head)
    return None if root is None else root[1] or b""


def _root_end(head: bytes) -> int:
    root = _ROOT.search(head)
    return root.end() if root else 0


def area(reference: str) -> Area | None:
    """A1:B2 → (1, 1, 2, 2); None for what is no reference."""
    places = _PLACE.findall(reference.encode())
    if not 1 <= len(places) <= 2 or not re.fullmatch(r"[$A-Za-z0-9]+(:[$A-Za-z0-9]+)?", reference):
        return None
    (first, row), (last, end) = places[0], places[-1]
    return int(row), column_number(first), int(end), column_number(last)


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def reference(place: Area) -> str:
    first, last = f"{column_letters(place[1])}{place[0]}", f"{column_letters(place[3])}{place[2]}"
    return first if first == last else f"{first}:{last}"


def find(frame: Frame, name: str) -> bytes | None:
    """The first top-level element of that name around the rows."""
    for data, start in ((frame.head, _root_end(frame.head)), (frame.tail, 0)):
        for found, begin, end in children(data, start):
            if found == name:
                return data[begin:end]
    return None


def elements(frame: Frame, name: str) -> list[dict[str, str]]:
    """The attributes of the elements inside a top-level element, as of each mergeCell of mergeCells."""
    outer = find(frame, name)
    if outer is None:
        return []
    inner = outer.index(b">") + 1
    return [attributes(outer[begin:end]) for _, begin, end in children(outer, inner)]


def put(frame: Frame, name: str, element: bytes | None) -> Frame:
    """Replace, add or (None) take away a top-level element, where the schema wants it."""
    in_head = _ORDER.index(name) < _ORDER.index("sheetData")
    data = frame.head if in_head else frame.tail
    data = _put(data, _root_end(data) if in_head else 0, name, element)
    return Frame(data, frame.tail, frame.prefix) if in_head else Frame(frame.head, data, frame.prefix)


def _put(data: bytes, start: int, name: str, element: bytes | None) -> bytes:
    place = start
    for found, begin, end in children(data, start):
        if found == name:
            return data[:begin] + (element or b"") + data[end:]
        if _rank(data, found, begin, end) < _ORDER.index(name):
            place = end
    return data[:place] + (element or b"") + data[place:]


def _rank(data: bytes, name: str, begin: int, end: int) -> int:
    """The place of an element in the order; of an alternative, that of what it holds."""
    if name == "AlternateContent":
        inner = re.findall(rb"<(?:[\w.-]+:)?(\w+)", data[begin:end])
        name = next((known.decode() for known in inner if known.decode() in _ORDER), "controls")
    return _ORDER.index(name) if name in _ORDER else _ORDER.index("sheetData")


def include(frame: Frame, marked: Area) -> Frame:
    """The dimension, where there is one, made to include an area."""
    element = find(frame, "dimension")
    old = area(attributes(element).get("ref", "")) if element else None
    if old is None:
        return frame
    new = (*map(min, old[:2], marked[:2]), *map(max, old[2:], marked[2:]))
    written = b'<%bdimension ref="%b"/>' % (frame.prefix, reference((new[0], new[1], new[2], new[3])).encode())
    return frame if new == old else put(frame, "dimension", written)


def comments_reference(frame: Frame) -> str | None:
    """The relationship id of the sheet's comment shapes."""
    element = find(frame, "legacyDrawing")
    if element is None:
        return None
    return next((value for key, value in attributes(element).items() if key.endswith(":id")), None)


def refer_to_comments(frame: Frame, relation_id: str) -> Frame:
    """Point the sheet at its comment shapes."""
    space = RELATIONSHIPS[STRICT if frame.strict else TRANSITIONAL].encode()
    declared = b'xmlns:r="%b"' % space in frame.head[: _root_end(frame.head)]
    declaration = b"" if declared else b' xmlns:r="%b"' % space
    written = b'<%blegacyDrawing%b r:id="%b"/>' % (frame.prefix, declaration, relation_id.encode())
    return put(frame, "legacyDrawing", written)


def filtered(frame: Frame) -> Area | None:
    """The area of the sheet's own filter."""
    element = find(frame, "autoFilter")
    return area(attributes(element).get("ref", "")) if element else None


def filter_over(frame: Frame, place: Area | None) -> Frame:
    """Give the sheet's filter an area, keeping its criteria; None takes the filter away."""
    element = find(frame, "autoFilter")
    if place is None or element is None:
        written = place and b'<%bautoFilter ref="%b"/>' % (frame.prefix, reference(place).encode())
        return put(frame, "autoFilter", written or None)
    written = re.sub(rb"""(\sref\s*=\s*)("[^"]*"|'[^']*')""", rb'\1"%b"' % reference(place).encode(), element, count=1)
    return put(frame, "autoFilter", written)
