"""OOXML package → what the workbook part says: its sheets in order, hidden ones, broken names, links, macros."""

import posixpath
import re
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import unquote
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZipFile

from checker.workbook.package import Package, corrupt

_ROOT = ""
_SHEET_KINDS = {"worksheet"}
_SHARED_KINDS = {"sharedStrings", "styles"}
_LISTED_SHEET = re.compile(rb"<(?:[\w.-]+:)?sheet\s[^>]*?(?:/>|></(?:[\w.-]+:)?sheet>)")


@dataclass(frozen=True)
class SheetPart:
    """A sheet as the workbook lists it; part is None where the sheet is no table (a chart, a macro sheet)."""

    name: str
    state: str
    part: str | None


@dataclass(frozen=True)
class Structure:
    """broken_names are (name, what it points to); external_links the other files; shared the parts all sheets use."""

    workbook: str
    sheets: tuple[SheetPart, ...]
    broken_names: tuple[tuple[str, str], ...]
    external_links: tuple[str, ...]
    macros: bool
    shared: tuple[str, ...]


@dataclass(frozen=True)
class Element:
    name: str
    attributes: dict[str, str]
    text: str


def structure(package: Package) -> Structure:
    """Follow the relationships from the package to the workbook and from there to its sheets."""
    start = relationships(package, _ROOT)
    workbook = next((target for kind, target, _ in start.values() if kind == "officeDocument"), "xl/workbook.xml")
    if workbook not in package:
        raise corrupt("找不到工作簿的目录")
    related = relationships(package, workbook)
    found = elements(package, workbook)
    return Structure(
        workbook,
        tuple(_sheet(element, related) for element in found if element.name == "sheet"),
        tuple(
            (element.attributes.get("name", ""), element.text)
            for element in found
            if element.name == "definedName" and "#REF!" in element.text
        ),
        tuple(_links(package, related)),
        any(name.lower().endswith("vbaproject.bin") for name in package.parts)
        or any(kind in ("xlMacrosheet", "xlIntlMacrosheet") for kind, _, _ in related.values()),
        _shared(package, related),
    )


def tables_only(package: Package, outline: Structure) -> bytes:
    """The package with every sheet taken off its list that is no table.

    The value reader gives up on a whole workbook for one macro sheet or one sheet without a part.
    """
    listed = iter(outline.sheets)

    def kept(match: re.Match[bytes]) -> bytes:
        return match[0] if (sheet := next(listed, None)) and sheet.part else b""

    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED, compresslevel=1) as copy:
        for name in package.parts:
            text = b"".join(package.stream(name))
            copy.writestr(name, _LISTED_SHEET.sub(kept, text) if name == outline.workbook else text)
    return buffer.getvalue()


def _sheet(element: Element, related: dict[str, tuple[str, str, bool]]) -> SheetPart:
    kind, target, _ = related.get(element.attributes.get("id", ""), ("", "", False))
    state = element.attributes.get("state", "visible")
    return SheetPart(element.attributes.get("name", ""), state, target if kind in _SHEET_KINDS else None)


def _shared(package: Package, related: dict[str, tuple[str, str, bool]]) -> tuple[str, ...]:
    """Found by relationship, and by the name that is usual: the value reader may go by either."""
    targets = [target for kind, target, _ in related.values() if kind in _SHARED_KINDS and target in package]
    usual = [name for name in package.parts if name.lower().endswith(("/sharedstrings.xml", "/styles.xml"))]
    return tuple(dict.fromkeys([*targets, *usual]))


def _links(package: Package, related: dict[str, tuple[str, str, bool]]) -> list[str]:
    parts = [target for kind, target, _ in related.values() if kind == "externalLink" and target in package]
    return [
        unquote(target) for part in parts for _, target, outside in relationships(package, part).values() if outside
    ]


def relationships(package: Package, part: str) -> dict[str, tuple[str, str, bool]]:
    """Relationship id → last word of its type, target as a part name, whether it leads outside the package."""
    folder, name = posixpath.split(part)
    rels = posixpath.join(folder, "_rels", f"{name}.rels")
    if rels not in package:
        return {}
    return {
        element.attributes.get("Id", ""): _relationship(element.attributes, folder, package)
        for element in elements(package, rels)
        if element.name == "Relationship"
    }


def _relationship(attributes: dict[str, str], folder: str, package: Package) -> tuple[str, str, bool]:
    kind, target = attributes.get("Type", "").rpartition("/")[2], attributes.get("Target", "")
    if attributes.get("TargetMode") == "External":
        return kind, target, True
    name = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
    return kind, package.named(name) or name, False


def elements(package: Package, part: str) -> list[Element]:
    """Every element of a small part in the order they end, names and attributes without their namespace."""
    found: list[Element] = []
    open_elements: list[tuple[str, dict[str, str], list[str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(open_elements) >= package.limits.nesting:
            raise corrupt(f"{part} 的层次过深")
        local = {key.rpartition("}")[2]: value for key, value in attributes.items()}
        open_elements.append((name.rpartition("}")[2], local, []))

    def text(words: str) -> None:
        if open_elements:
            open_elements[-1][2].append(words)

    def end(_: str) -> None:
        name, attributes, words = open_elements.pop()
        found.append(Element(name, attributes, "".join(words)))

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler, parser.CharacterDataHandler, parser.EndElementHandler = start, text, end
    try:
        parser.Parse(package.read(part), True)  # noqa: FBT003 - expat takes no names
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise corrupt(f"{part} 的内容不合规范") from error
    return found
