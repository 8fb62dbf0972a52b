"""A package's bytes → its parts, sheets, cells and comments, as zipfile and lxml see them."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from lxml import etree
from openpyxl.utils import column_index_from_string, range_boundaries

Place = tuple[int, int]
Area = tuple[int, int, int, int]
CONTENT_TYPES = "[content_types].xml"


@dataclass(frozen=True)
class Relation:
    id: str
    kind: str
    part: str | None


@dataclass(frozen=True)
class Sheet:
    """One worksheet; order has every cell in the order written, places the first of each place."""

    name: str
    part: str
    root: Any
    comments: str | None
    order: list[Place]
    places: dict[Place, Any]
    merged: list[Area]

    def children(self, *but: str) -> list[Any]:
        """The elements of the sheet, those of some names left out."""
        return [child for child in self.root if isinstance(child.tag, str) and name_of(child) not in but]


class Book:
    """A workbook package; nothing of the marker's is used to look at it."""

    def __init__(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            self.parts = {info.filename: package.read(info) for info in package.infolist() if not info.is_dir()}
        self._spelt = {name.lower(): name for name in self.parts}
        main = (relation.part for relation in self.relations("") if relation.kind == "officeDocument")
        self.main = next((part for part in main if part), None) or self._spelt.get("xl/workbook.xml", "")
        self.root = parsed(self.parts[self.main])

    def spelt(self, name: str) -> str | None:
        """A part's name as the package spells it."""
        return self._spelt.get(name.lower())

    def relations(self, source: str) -> list[Relation]:
        data = self.parts.get(self.spelt(beside(source)) or "")
        elements = parsed(data) if data else ()
        return [self._relation(source, element) for element in elements if isinstance(element.tag, str)]

    def _relation(self, source: str, element: Any) -> Relation:
        target = element.get("Target", "").replace("\\", "/")
        path = posixpath.normpath(posixpath.join("/", posixpath.dirname(source), target)).lstrip("/")
        inside = target and element.get("TargetMode") != "External"
        part = (self.spelt(path) or self.spelt(unquote(path))) if inside else None
        return Relation(element.get("Id", ""), element.get("Type", "").rpartition("/")[2], part)

    def entries(self) -> list[tuple[Any, Relation]]:
        """Every sheet entry of the workbook and where it leads, in order."""
        known = {relation.id: relation for relation in self.relations(self.main)}
        nowhere = Relation("", "", None)
        return [(entry, known.get(relation_id(entry) or "", nowhere)) for entry in self.root.iter("{*}sheet")]

    def names(self) -> list[str]:
        return [entry.get("name") for entry, _ in self.entries()]

    def worksheets(self) -> Iterator[Sheet]:
        for entry, relation in self.entries():
            if relation.kind == "worksheet" and relation.part:
                yield self._sheet(entry.get("name"), relation.part)

    def _sheet(self, name: str, part: str) -> Sheet:
        root, comments = parsed(self.parts[part]), None
        for relation in self.relations(part):
            comments = relation.part if relation.kind == "comments" else comments
        order, places = [], dict[Place, Any]()
        for place, cell in cells(root):
            order.append(place)
            places.setdefault(place, cell)
        areas = [area(element.get("ref", "")) for element in root.iterfind("{*}mergeCells/{*}mergeCell")]
        return Sheet(name, part, root, comments, order, places, [place for place in areas if place])

    def comments(self, sheet: Sheet) -> dict[str, str]:
        """The comments of a sheet by their references."""
        entries = parsed(self.parts[sheet.comments]).iterfind("{*}commentList/{*}comment") if sheet.comments else ()
        return {entry.get("ref"): "".join(map(_own_text, entry.iterfind(".//{*}t"))) for entry in entries}

    def shapes(self, sheet: Sheet) -> str | None:
        """The part that draws the comments of a sheet."""
        drawing = sheet.root.find("{*}legacyDrawing")
        known = {relation.id: relation.part for relation in self.relations(sheet.part)}
        return None if drawing is None else known.get(relation_id(drawing) or "")

    def styles(self) -> Any:
        part = next((each.part for each in self.relations(self.main) if each.kind == "styles" and each.part), None)
        return parsed(self.parts[part]) if part else None


def parsed(data: bytes) -> Any:
    return etree.fromstring(data.lstrip(), etree.XMLParser(resolve_entities=False, huge_tree=True, no_network=True))


def well_formed(data: bytes) -> bool:
    try:
        parsed(data)
    except etree.XMLSyntaxError:
        return False
    return True


def name_of(element: Any) -> str:
    return str(etree.QName(element).localname)


def relation_id(element: Any) -> str | None:
    return next((value for key, value in element.attrib.items() if key.endswith("relationships}id")), None)


def beside(part: str) -> str:
    """The part that holds another's relationships."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _own_text(element: Any) -> str:
    return "" if name_of(element.getparent()) == "rPh" else element.text or ""


def area(reference: str) -> Area | None:
    try:
        left, top, right, bottom = range_boundaries(reference.replace("$", ""))
    except (ValueError, TypeError):
        return None
    return None if None in (left, top, right, bottom) else (top, left, bottom, right)


def cells(root: Any) -> Iterator[tuple[Place, Any]]:
    """Every written cell with its place; rows and cells without a reference follow their neighbours."""
    number = 0
    for row in root.iterfind("{*}sheetData/{*}row"):
        number, column = int(row.get("r") or number + 1), 0
        for cell in row.iterfind("{*}c"):
            letters = re.match(r"\$?([A-Za-z]+)", cell.get("r", ""))
            column = column_index_from_string(letters[1]) if letters else column + 1
            yield (number, column), cell


def meaning(element: Any, *but: str) -> tuple[Any, ...]:
    """An element as what it says: no prefixes, no order of attributes, no blanks between elements."""
    attributes = tuple(sorted((key, value) for key, value in element.attrib.items() if key not in but))
    inner = tuple(meaning(child) for child in element if isinstance(child.tag, str))
    text = element.text or ""
    return element.tag, attributes, text.strip() if inner else text, inner
