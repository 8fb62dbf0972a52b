"""How the parts of a package hang together: relationships and content types, read and changed."""

import posixpath
from dataclasses import dataclass
from urllib.parse import unquote

from checker.annotation.markup import Element, add, local, parse, serialise
from checker.annotation.package import Parts

_CONTENT_TYPES = "[Content_Types].xml"
_RELATIONSHIPS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_EMPTY = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'


@dataclass(frozen=True)
class Relation:
    """One relationship of a part; kind is the last word of its type, part is None if it leads nowhere inside."""

    id: str
    kind: str
    part: str | None


def relations(parts: Parts, source: str) -> list[Relation]:
    """What a part refers to, in the order of its relationships; source "" is the package itself."""
    name = parts.find(_beside(source))
    if name is None:
        return []
    return [_relation(parts, source, element) for element in parse(parts.read(name), name) if local(element)]


def _relation(parts: Parts, source: str, element: Element) -> Relation:
    inside = element.get("TargetMode", "Internal") != "External"
    target = element.get("Target", "").replace("\\", "/")
    part = _resolve(parts, source, target) if inside and target else None
    return Relation(element.get("Id", ""), element.get("Type", "").rpartition("/")[2], part)


def _resolve(parts: Parts, source: str, target: str) -> str | None:
    path = posixpath.normpath(posixpath.join("/", posixpath.dirname(source), target)).lstrip("/")
    return parts.find(path) or parts.find(unquote(path))


def _beside(source: str) -> str:
    folder, name = posixpath.split(source)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def relate(parts: Parts, source: str, relation_id: str, kind: str, target: str) -> None:
    """Add a relationship; kind is the full type. A relationship of the same id is replaced."""
    name = parts.find(_beside(source)) or _beside(source)
    root = parse(parts.read(name) if parts.find(name) else _EMPTY, name)
    for element in [element for element in root if element.get("Id") == relation_id]:
        root.remove(element)
    add(root, "Relationship", Id=relation_id, Type=kind, Target=f"/{target}")
    if len(root) == 1 and parts.find(name):
        parts.remove(name)  # an empty part and none at all must lead to the same package
    declare_extension(parts, "rels", _RELATIONSHIPS_TYPE)
    parts.write(name, [serialise(root)])


def unrelate(parts: Parts, source: str, target: str) -> None:
    """Take away a part's relationships to another part, and its relationships part if none is left."""
    name = parts.find(_beside(source))
    if name is None:
        return
    root = parse(parts.read(name), name)
    for element in [element for element in root if local(element)]:
        if _relation(parts, source, element).part == target:
            root.remove(element)
    if len(root):
        parts.write(name, [serialise(root)])
    else:
        parts.remove(name)


def drop(parts: Parts, name: str) -> None:
    """Remove a part with its own relationships and its content type."""
    for gone in (parts.find(_beside(name)), name):
        if gone:
            parts.remove(gone)
    root = _content_types(parts)
    for element in [element for element in root if element.get("PartName", "").lower() == f"/{name}".lower()]:
        root.remove(element)
    parts.write(_CONTENT_TYPES, [serialise(root)])


def declare(parts: Parts, name: str, content_type: str) -> None:
    """State the content type of a part."""
    root = _content_types(parts)
    if all(element.get("PartName", "").lower() != f"/{name}".lower() for element in root):
        add(root, "Override", PartName=f"/{name}", ContentType=content_type)
        parts.write(_CONTENT_TYPES, [serialise(root)])


def content_type(parts: Parts, name: str) -> str:
    """The content type of a part; empty where none is stated."""
    root = _content_types(parts)
    extension = name.rpartition(".")[2].lower()
    for element in root:
        if element.get("PartName", "").lower() == f"/{name}".lower():
            return str(element.get("ContentType", ""))
    found = (element for element in root if element.get("Extension", "").lower() == extension)
    return next((str(element.get("ContentType", "")) for element in found), "")


def _content_types(parts: Parts) -> Element:
    name = parts.find(_CONTENT_TYPES)
    if name is None:
        parts.write(_CONTENT_TYPES, [b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'])
        return _content_types(parts)
    return parse(parts.read(name), name)


def declare_extension(parts: Parts, extension: str, content_type: str) -> None:
    """State the content type of every part whose name ends so, unless the package states one."""
    root = _content_types(parts)
    if all(element.get("Extension", "").lower() != extension for element in root):
        add(root, "Default", 0, Extension=extension, ContentType=content_type)
        parts.write(_CONTENT_TYPES, [serialise(root)])
