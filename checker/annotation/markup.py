"""Text → XML that says exactly that text, and XML parts → trees and back."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from checker.errors import UnreadableWorkbook
from checker.workbook.package import corrupt

CELL_LIMIT = 32_767
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
TRANSITIONAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONSHIPS = {
    STRICT: "http://purl.oclc.org/ooxml/officeDocument/relationships",
    TRANSITIONAL: "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}
Element = Any  # lxml has no type hints of its own

# What XML 1.0 cannot carry, and the escapes by which Excel would smuggle it in.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff&<>"]|_x')
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
ATTRIBUTES = rb"""[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*"""
_TAG = re.compile(rb"<(/?)(?:[\w.-]+:)?([\w.-]+)(" + ATTRIBUTES + rb")>")
_ATTRIBUTE = re.compile(rb"""([\w:.-]+)\s*=\s*("[^"]*"|'[^']*')""")


def clean(text: str, limit: int = CELL_LIMIT) -> str:
    """Text without control characters, its line breaks as Excel writes them, no longer than the limit."""
    text = _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def escape(text: str, limit: int = CELL_LIMIT) -> str:
    """Text as the content of an element or of a double-quoted attribute; never markup, never an escape of Excel's."""
    if len(text) <= limit and not _SPECIAL.search(text):
        return text
    text = _ESCAPE.sub("_x005F_", clean(text, limit)) if "_x" in text else clean(text, limit)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def parse(data: bytes, name: str, *, comments: bool = True) -> Element:
    """The root of a part; a part that declares entities is refused, nothing is fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_comments=not comments)
    try:
        root = etree.fromstring(data.lstrip(), parser)
    except etree.XMLSyntaxError as error:
        raise corrupt(f"{name} 的内容不合规范") from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableWorkbook(
            "entities", f"文件的 {name} 中带有实体声明（DOCTYPE），为安全起见不予处理。请另存为新的 .xlsx 后重试。"
        )
    return root


def serialise(root: Element) -> bytes:
    """A part as bytes, with everything that stood around its root."""
    return bytes(etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True))


def serialised_around(parent: Element) -> tuple[bytes, bytes]:
    """The part before and after the place where the next child of the parent would stand."""
    place = etree.ProcessingInstruction("checker-here")
    parent.append(place)
    before, _, after = serialise(parent).rpartition(etree.tostring(place, with_tail=False))
    return before, after


def declared(parent: Element) -> str:
    """What a child written as plain XML must declare to be in the parent's namespace."""
    return "" if parent.nsmap.get(None) == namespace(parent) else f' xmlns="{namespace(parent)}"'


def plain(data: bytes, name: str) -> bytes:
    """A part in the usual spelling: UTF-8, no comments, no CDATA sections, double quotes."""
    return serialise(parse(data, name, comments=False))


def local(element: Element) -> str:
    """An element's name without its namespace; empty for comments and instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def child(parent: Element, name: str) -> Element:
    """The first child of that name; None if there is none."""
    return next((element for element in parent if local(element) == name), None)


def namespace(element: Element) -> str:
    return str(element.tag).rpartition("}")[0].lstrip("{")


def add(parent: Element, name: str, position: int | None = None, /, **attributes: str) -> Element:
    """A new child in the parent's own namespace and prefix."""
    tag = f"{{{namespace(parent)}}}{name}" if namespace(parent) else name
    return _set(parent, parent.makeelement(tag, attributes), position)


def graft(parent: Element, text: str, position: int | None = None) -> Element:
    """A child written as plain XML, set into the parent's namespace."""
    [element] = grafts(parent, text)
    return _set(parent, element, position)


def _set(parent: Element, element: Element, position: int | None) -> Element:
    """At its place, else last: appended, since lxml walks over all the children to count them."""
    if position is None:
        parent.append(element)
    else:
        parent.insert(position, element)
    return element


def grafts(parent: Element, text: str) -> list[Element]:
    """Elements written as plain XML, in the parent's namespace, ready to be set into it."""
    return list(etree.fromstring(f'<graft xmlns="{namespace(parent)}">{text}</graft>', _huge()))


def _huge() -> Any:
    return etree.XMLParser(huge_tree=True)


def attributes(data: bytes) -> dict[str, str]:
    """The attributes of the first start tag, their values as written."""
    tag = _TAG.search(data)
    try:
        return {key.decode(): value[1:-1].decode() for key, value in _ATTRIBUTE.findall(tag[3])} if tag else {}
    except UnicodeDecodeError as error:
        raise corrupt("其中的文字不是 UTF-8") from error


def children(data: bytes, start: int = 0) -> Iterator[tuple[str, int, int]]:
    """Elements that stand side by side: name, start, end; ends where their parent ends."""
    depth, opened = 0, 0
    for tag in _TAG.finditer(data, start):
        closing, self_closed = bool(tag[1]), tag[3].endswith(b"/")
        if closing:
            depth -= 1
        if depth < 0:
            return
        if depth == 0 and not closing:
            opened = tag.start()
        if depth == 0 and (closing or self_closed):
            yield tag[2].decode(), opened, tag.end()
        if not closing and not self_closed:
            depth += 1
