"""The stylesheet of a workbook → the same one with our formats added, and cell formats told apart again."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from checker.annotation import palette
from checker.annotation.markup import Element, add, child, escape, graft, local, parse, serialise
from checker.annotation.palette import Look
from checker.terms import Severity

# Excel refuses a workbook with more cell formats; a cell that needs one more keeps its own look and has its comment.
_MOST_FORMATS = 64_000
_SECTIONS = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs")
_STARTERS = {
    "fonts": '<font><sz val="11"/><name val="Calibri"/><family val="2"/></font>',
    "fills": '<fill><patternFill patternType="none"/></fill>',
    "borders": "<border><left/><right/><top/><bottom/><diagonal/></border>",
    "cellXfs": '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',
}
SKELETON = (
    '<styleSheet xmlns="{}"><fonts count="1">' + _STARTERS["fonts"] + '</fonts><fills count="2">'
    + _STARTERS["fills"] + '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1">'
    + _STARTERS["borders"] + '</borders><cellStyleXfs count="1">' + _STARTERS["cellXfs"] + '</cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)  # fmt: skip
Fill = tuple[str, str | None]  # the fill as plain XML, the format's applyFill


class Styles:
    """A stylesheet; fills lists the original fills under our marks, in the order of their numbers."""

    def __init__(self, data: bytes, name: str, fills: tuple[Fill, ...] = ()) -> None:
        self._root = parse(data, name)
        self._sections = {name: _Section(self._root, name) for name in ("fonts", "fills", "borders")}
        self._sections["cellXfs"] = _Section(self._root, "cellXfs", self._sections["fills"])
        self._formats = self._sections["cellXfs"]
        self.fills: list[Fill] = list(fills)
        self._marked: dict[tuple[int, Severity], int] = {}
        self._looks: dict[Look, int] = {}
        self._size = self._entries()

    def to_bytes(self) -> bytes:
        for section in self._sections.values():
            section.count()
        return serialise(self._root)

    @property
    def has_grown(self) -> bool:
        """Whether a format was added that the stylesheet had not."""
        return self._size != self._entries()

    def _entries(self) -> int:
        return sum(len(section.element) for section in self._sections.values())

    def marked(self, style: int, severity: Severity) -> int:
        """The format that looks like another one, but for our fill of that severity."""
        if (style, severity) not in self._marked:
            self._marked[style, severity] = self._mark(self._formats.at(style), severity, style)
        return self._marked[style, severity]

    def _mark(self, original: Element, severity: Severity, style: int) -> int:
        fill = self._fill(original)
        if fill not in self.fills:
            self.fills.append(fill)
        number = self.fills.index(fill)
        if number >= palette.FILLS or self._formats.full:
            return style
        tint = self._sections["fills"].place(palette.solid(palette.tint(severity, number)))
        return self._formats.place(_copy(original, fillId=str(tint), applyFill="1"))

    def _fill(self, cell_format: Element) -> Fill:
        fill = self._sections["fills"].at(int(cell_format.get("fillId") or 0))
        return _plain(fill), cell_format.get("applyFill")

    def look(self, look: Look) -> int:
        """The format of one of our own cells."""
        if look not in self._looks:
            self._looks[look] = self._formats.place(self._look(look))
        return self._looks[look]

    def _look(self, look: Look) -> Element:
        parts = {"fontId": ("fonts", look.font), "fillId": ("fills", look.fill), "borderId": ("borders", look.border)}
        places = {key: str(self._sections[section].place(text)) for key, (section, text) in parts.items()}
        # quotePrefix: text that begins with = stays text when somebody edits the cell
        text = '<xf quotePrefix="1">' if look.number_format == 0 else "<xf>"
        element = graft(self._formats.element, f"{text}{look.alignment}</xf>")
        self._formats.element.remove(element)
        applied = dict.fromkeys(("applyFont", "applyFill", "applyBorder", "applyAlignment", "applyNumberFormat"), "1")
        for key, value in {"numFmtId": str(look.number_format), **places, "xfId": "0", **applied}.items():
            element.set(key, value)
        return element

    def originals(self) -> "Originals":
        return Originals(self)

    def ours(self) -> dict[int, Fill]:
        """The formats with our fill, each with the fill that it lies over."""
        return {
            index: self.fills[number]
            for index, cell_format in enumerate(self._formats.element)
            if (number := self._number(cell_format)) is not None and number < len(self.fills)
        }

    def original(self, style: int, fill: Fill) -> int:
        """The same format over its own fill, restored where a program has dropped it."""
        text, applied = fill
        place = self._sections["fills"].place(text)
        return self._formats.place(_copy(self._formats.at(style), fillId=str(place), applyFill=applied))

    def _number(self, cell_format: Element) -> int | None:
        fill = self._sections["fills"].at(int(cell_format.get("fillId") or 0))
        pattern = child(fill, "patternFill")
        colour = child(pattern, "fgColor") if pattern is not None and pattern.get("patternType") == "solid" else None
        return palette.tint_number(colour.get("rgb")) if colour is not None else None


class Originals(Mapping[int, int]):
    """Formats with our fill → the formats they were made from, made out when a cell has one.

    A format that no cell has any more may be of an earlier marking, and its number now another fill's.
    """

    def __init__(self, styles: Styles) -> None:
        self._styles, self._ours = styles, styles.ours()
        self._known: dict[int, int] = {}

    def __getitem__(self, style: int) -> int:
        if style not in self._known:
            self._known[style] = self._styles.original(style, self._ours[style])
        return self._known[style]

    def __iter__(self) -> Iterator[int]:
        return iter(self._ours)

    def __len__(self) -> int:
        return len(self._ours)


class _Section:
    """One list of the stylesheet, whose entries are known by their place."""

    def __init__(self, root: Element, name: str, fills: "_Section | None" = None) -> None:
        self._fills = fills
        self.element = child(root, name)
        if self.element is None:
            before = _SECTIONS[: _SECTIONS.index(name)]
            place = max((index + 1 for index, element in enumerate(root) if local(element) in before), default=0)
            self.element = add(root, name, place)
        for element in [element for element in self.element if not local(element)]:
            self.element.remove(element)  # a comment is no entry
        if not len(self.element):
            graft(self.element, _STARTERS[name])
        self._places: dict[Any, int] = {}
        for index, element in enumerate(self.element):
            self._places.setdefault(self._meaning(element), index)

    @property
    def full(self) -> bool:
        return len(self.element) >= _MOST_FORMATS

    def at(self, index: int) -> Element:
        """An entry; one that does not exist is shown by Excel as the first."""
        return self.element[index if 0 <= index < len(self.element) else 0]

    def place(self, entry: Element | str) -> int:
        """Where an entry stands that means this, added if there is none."""
        element = graft(self.element, entry) if isinstance(entry, str) else entry
        meaning = self._meaning(element)
        if meaning in self._places:
            if isinstance(entry, str):
                self.element.remove(element)
            return self._places[meaning]
        if not isinstance(entry, str):
            self.element.append(element)
        return self._places.setdefault(meaning, len(self.element) - 1)

    def _meaning(self, element: Element) -> tuple[Any, ...]:
        """Of a cell format, the fill it shows: the same fill may stand twice in the list."""
        meaning = _meaning(element)
        if self._fills is None:
            return meaning
        return meaning, _meaning(self._fills.at(int(element.get("fillId") or 0)))

    def count(self) -> None:
        self.element.set("count", str(len(self.element)))


def _copy(cell_format: Element, **attributes: str | None) -> Element:
    copied = deepcopy(cell_format)
    copied.tail = None
    for key, value in attributes.items():
        copied.attrib.pop(key, None)
        if value is not None:
            copied.set(key, value)
    return copied


def _meaning(element: Element) -> tuple[Any, ...]:
    """What two entries that look alike have in common, whatever their prefixes and the order of their attributes."""
    attributes = tuple(sorted((key, value) for key, value in element.attrib.items() if key != "fillId"))
    text = (element.text or "").strip()
    return local(element), attributes, text, tuple(_meaning(entry) for entry in element if local(entry))


def _plain(element: Element) -> str:
    """An element as XML without namespace, fit to be grafted elsewhere."""
    attributes = "".join(
        f' {key}="{escape(value)}"' for key, value in element.attrib.items() if not key.startswith("{")
    )
    inner = "".join(_plain(entry) for entry in element if local(entry))
    return f"<{local(element)}{attributes}>{inner}</{local(element)}>"
