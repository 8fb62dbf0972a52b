"""The comments of a sheet and their shapes → the same with ours among them, and back."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from checker.annotation import frame
from checker.annotation.frame import COLUMNS, ROWS
from checker.annotation.markup import (
    Element,
    add,
    child,
    clean,
    declared,
    escape,
    grafts,
    local,
    parse,
    serialise,
    serialised_around,
)
from checker.terms import column_letters

AUTHOR = "核查"
# Every comment of ours, alone or below another's words, begins so: what follows is ours, wherever the cell has moved.
MARK = "【预算级次核查】"
EMPTY = '<comments xmlns="{}"><authors/><commentList/></comments>'
_LONGEST = 2_000

_EMPTY_SHAPES = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="{}"/></o:shapelayout></xml>'
)
_DECLARATIONS = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_SHAPE_TYPE = (
    '<v:shapetype{} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape{} id="_x0000_s{}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;'
    'width:260pt;height:{}pt;z-index:{};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{}</x:Row><x:Column>{}</x:Column></x:ClientData></v:shape>"
)
_ANY_SHAPE = re.compile(rb"<((?:\w+:)?)shape[\s>].*?</\1shape\s*>", re.DOTALL)
_NOTE = re.compile(rb"""ObjectType\s*=\s*["']Note["'].*?""", re.DOTALL)
_NOTE_PLACE = re.compile(rb"<(?:\w+:)?(Row|Column)>\s*(\d+)\s*<")
_NUMBER = re.compile(rb"_s(\d+)\b")
_CHARACTERS_A_LINE, _LINES = 26, 22
Place = tuple[int, int]
Texts = Mapping[Place, str]


def with_ours(data: bytes, name: str, texts: Texts) -> tuple[Iterator[bytes], list[Place]]:
    """The comments part with our texts, piece by piece, and the places that had no comment before."""
    root = parse(data, name)
    listed, authors = child(root, "commentList"), child(root, "authors")
    authors = add(root, "authors", 0) if authors is None else authors
    listed = add(root, "commentList", 1) if listed is None else listed
    known = {place: comment for comment in listed if local(comment) and (place := _place(comment))}
    new = sorted(texts.keys() - known.keys())
    for place in texts.keys() & known.keys():
        _cut(_text(known[place]))  # ours of an earlier time, where a program has lost what told us so
        _append(_text(known[place]), "\n" + texts[place])
    author = _author(authors) if new else 0
    before, after = serialised_around(listed)
    ours = (_comment(place, author, texts[place], declared(listed)) for place in new)
    return chain([before], ours, [after]), new


def _comment(place: Place, author: int, text: str, declaration: str) -> bytes:
    reference = f"{column_letters(place[1])}{place[0]}"
    return (
        f'<comment{declaration} ref="{reference}" authorId="{author}" shapeId="0"><text>{_runs(text)}</text></comment>'
    ).encode()


def _runs(text: str) -> str:
    """Our words as two runs: the mark in bold, the findings below it."""
    before, mark, after = text.partition(MARK)
    runs = ((before + mark, "<b/>"), (clean(after, _LONGEST), ""))
    return "".join(
        f'<r><rPr>{bold}<sz val="9"/><rFont val="微软雅黑"/></rPr><t xml:space="preserve">{escape(words)}</t></r>'
        for words, bold in runs
    )


def _place(comment: Element) -> Place | None:
    found = frame.area(comment.get("ref", ""))
    return found and (found[0], found[1])


def _author(authors: Element) -> int:
    names = [author.text or "" for author in authors if local(author)]
    if AUTHOR not in names:
        add(authors, "author").text = AUTHOR
        return len(names)
    return names.index(AUTHOR)


def _text(comment: Element) -> Element:
    found = child(comment, "text")
    return add(comment, "text", 0) if found is None else found


def _append(text: Element, ours: str) -> None:
    """Our words as runs below those that stand there; words without a run get one, as the schema wants."""
    bare = child(text, "t")
    if bare is not None:
        run = add(text, "r", 0)
        run.append(bare)
    place = sum(local(element) in ("r", "t") for element in text)
    for index, run in enumerate(grafts(text, _runs(ours)), place):
        text.insert(index, run)


def without_ours(data: bytes, name: str) -> tuple[bytes, list[Place], int] | None:
    """The comments part without our words, the places that have no comment any more, and how many are left.

    None if nothing in it is ours.
    """
    root = parse(data, name)
    listed = child(root, "commentList")
    ours = [comment for comment in listed if MARK in _words(comment)] if listed is not None else []
    if not ours:
        return None
    gone = []
    for comment in ours:
        if _words(comment).startswith(MARK):
            listed.remove(comment)
            gone.append(_place(comment))
        else:
            _cut(child(comment, "text"))
    _forget_author(root)
    return serialise(root), [place for place in gone if place], sum(bool(local(comment)) for comment in listed)


def _words(comment: Element) -> str:
    return "".join(element.text or "" for element in _texts(comment))


def _texts(parent: Element) -> list[Element]:
    """The pieces of text in order; readings of characters (rPh) are no text."""
    return [element for element in parent.iter() if local(element) == "t" and local(element.getparent()) != "rPh"]


def _cut(text: Element) -> None:
    """Take away everything from our mark on, and the line break before it."""
    pieces = _texts(text)
    theirs, mark, _ = "".join(piece.text or "" for piece in pieces).partition(MARK)
    left = len(theirs.removesuffix("\n") if mark else theirs)
    for piece in pieces:
        words = piece.text or ""
        piece.text, left = words[:left], max(left - len(words), 0)
        run = piece.getparent()
        if words and not piece.text and local(run) == "r":
            run.getparent().remove(run)


def _forget_author(root: Element) -> None:
    """Our name, if it stands last and nobody uses it: another place cannot be given up without renumbering."""
    authors, listed = child(root, "authors"), child(root, "commentList")
    names = [author for author in authors if local(author)] if authors is not None else []
    used = {comment.get("authorId") for comment in listed if local(comment)}
    if names and names[-1].text == AUTHOR and str(len(names) - 1) not in used:
        authors.remove(names[-1])


def empty_shapes(comments: int) -> bytes:
    """A shapes part that draws nothing yet, with a block of numbers for every thousand shapes it shall hold."""
    return _EMPTY_SHAPES.format(",".join(str(block) for block in range(1, comments // 1024 + 2))).encode()


def with_shapes(data: bytes, places: Iterable[Place], texts: Texts) -> Iterator[bytes]:
    """The shapes part, piece by piece, with one hidden note box a place; what else it draws stays byte for byte."""
    end = data.rfind(b"</")
    if end < 0:
        yield data
        return
    yield data[:end]
    number = max((int(found) for found in _NUMBER.findall(data)), default=1024)
    standard = all(part.encode() in data for part in _DECLARATIONS.split(" "))
    said = "" if standard else f" {_DECLARATIONS}"
    if b'"_x0000_t202"' not in data:
        yield _SHAPE_TYPE.format(said).encode()
    for index, place in enumerate(places, 1):
        row, column = place[0] - 1, place[1] - 1
        height = min(lines_of(texts[place]), _LINES)
        yield _SHAPE.format(
            said, number + index, height * 15, index, _anchor(row, column, height), row, column
        ).encode()
    yield data[end:]


def _anchor(row: int, column: int, height: int) -> str:
    """Four columns wide beside the cell, inside the sheet also at its last row and column."""
    left = column + 1 if column + 5 < COLUMNS else column - 5
    top = min(max(row - 1, 0), ROWS - 2 - height)
    return f"{left}, 15, {top}, 4, {left + 4}, 15, {top + height}, 4"


def without_shapes(data: bytes, places: Iterable[Place]) -> bytes:
    """The shapes part without the note boxes of those places."""
    wanted = {(row - 1, column - 1) for row, column in places}

    def keep(shape: re.Match[bytes]) -> bytes:
        return b"" if _note_place(shape[0]) in wanted else shape[0]

    return _ANY_SHAPE.sub(keep, data)


def _note_place(shape: bytes) -> Place | None:
    found = dict(_NOTE_PLACE.findall(shape)) if _NOTE.search(shape) else {}
    return (int(found[b"Row"]), int(found[b"Column"])) if len(found) == 2 else None


def has_shapes(data: bytes) -> bool:
    """Whether anything is drawn at all."""
    return (
        re.search(rb"<(?:\w+:)?(?:shape|group|rect|roundrect|oval|line|polyline|arc|curve|image)[\s>]", data)
        is not None
    )


def count(data: bytes, name: str) -> int:
    """How many comments a part holds."""
    listed = child(parse(data, name), "commentList")
    return 0 if listed is None else sum(bool(local(comment)) for comment in listed)


def lines_of(text: str) -> int:
    """Lines a text takes in our note box."""
    return sum(1 + len(line) // _CHARACTERS_A_LINE for line in text.split("\n")) + 1
