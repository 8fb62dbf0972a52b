"""The comments of one sheet in its package: our texts put beside the sheet, and taken away again."""

from collections.abc import Iterable
from dataclasses import dataclass

from checker.annotation import comments, frame
from checker.annotation.frame import Frame
from checker.annotation.markup import RELATIONSHIPS
from checker.annotation.package import Parts
from checker.annotation.relations import declare, declare_extension, drop, relate, relations, unrelate

_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_SHAPES_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_COMMENTS_PART = "xl/checker-comments{}.xml"
_SHAPES_PART = "xl/drawings/checker-comments{}.vml"


@dataclass(frozen=True)
class Home:
    """The sheet the comments belong to: its part and the namespace of its workbook."""

    parts: Parts
    part: str
    main: str


def put(home: Home, around: Frame, texts: comments.Texts) -> Frame:
    """Write our comments; returns the sheet's frame, pointing at the shapes."""
    around = _without_empty_parts(home, around)
    name = _comments_part(home)
    pieces, new = comments.with_ours(home.parts.read(name), name, texts)
    home.parts.write(name, pieces)
    if not new:
        return around
    shapes = _shapes_part(home, around)
    if shapes is None:
        shapes = _add(home, "rIdCheckerShapes", "vmlDrawing", _SHAPES_PART, comments.empty_shapes(len(new)))
        declare_extension(home.parts, "vml", _SHAPES_TYPE)
        around = frame.refer_to_comments(around, "rIdCheckerShapes")
    home.parts.write(shapes, comments.with_shapes(home.parts.read(shapes), new, texts))
    return around


def take(home: Home, around: Frame) -> Frame:
    """Take our comments away; returns the sheet's frame as it then is."""
    name = _related(home, "comments")
    found = comments.without_ours(home.parts.read(name), name) if name else None
    if name is None or found is None:
        return around
    data, gone, _ = found
    home.parts.write(name, [data])
    shapes = _shapes_part(home, around)
    if shapes and gone:
        home.parts.write(shapes, [comments.without_shapes(home.parts.read(shapes), gone)])
    return _without_empty_parts(home, around)


def _without_empty_parts(home: Home, around: Frame) -> Frame:
    """A sheet whose comments are all gone, and one that never had any, must lead to the same package."""
    name = _related(home, "comments")
    if name and not comments.count(home.parts.read(name), name):
        _remove(home, name)
    shapes = _shapes_part(home, around)
    if shapes and comments.has_shapes(home.parts.read(shapes)):
        return around
    if shapes:
        _remove(home, shapes)
    return frame.put(around, "legacyDrawing", None)


def _remove(home: Home, name: str) -> None:
    unrelate(home.parts, home.part, name)
    drop(home.parts, name)


def _comments_part(home: Home) -> str:
    known = _related(home, "comments")
    if known is None:
        known = _add(home, "rIdCheckerComments", "comments", _COMMENTS_PART, comments.EMPTY.format(home.main).encode())
        declare(home.parts, known, _COMMENTS_TYPE)
    return known


def _add(home: Home, relation_id: str, kind: str, pattern: str, data: bytes) -> str:
    name = free_name(home.parts, pattern)
    home.parts.write(name, [data])
    relate(home.parts, home.part, relation_id, f"{RELATIONSHIPS[home.main]}/{kind}", name)
    return name


def free_name(parts: Parts, pattern: str) -> str:
    """The first name of that pattern the package does not use."""
    number = 1
    while parts.find(pattern.format(number)):
        number += 1
    return pattern.format(number)


def _related(home: Home, kind: str) -> str | None:
    found: Iterable[str | None] = (
        relation.part for relation in relations(home.parts, home.part) if relation.kind == kind
    )
    return next((part for part in found if part), None)


def _shapes_part(home: Home, around: Frame) -> str | None:
    wanted = frame.comments_reference(around)
    return next((relation.part for relation in relations(home.parts, home.part) if relation.id == wanted), None)
