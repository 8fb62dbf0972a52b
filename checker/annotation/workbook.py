"""The workbook part: which sheets there are, and ours put before them without disturbing what counts sheets."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from checker.annotation.markup import (
    RELATIONSHIPS,
    STRICT,
    TRANSITIONAL,
    Element,
    add,
    child,
    local,
    namespace,
    parse,
    serialise,
)  # fmt: skip
from checker.annotation.package import Parts
from checker.annotation.relations import Relation, relate, relations
from checker.errors import UnreadableWorkbook
from checker.workbook.package import corrupt

# Hidden defined names: every program keeps them, and moves them along when rows, columns or sheets are moved.
_NAMES = "_checker."
SUMMARY_NAME = f"{_NAMES}summary"
RESULTS_NAME = f"{_NAMES}results."
STATE_NAME = f"{_NAMES}state."
FILTER_NAME = "_xlnm._FilterDatabase"
_INDEXES = ("activeTab", "firstSheet")
_BEFORE_NAMES = [
    "fileVersion",
    "fileSharing",
    "workbookPr",
    "workbookProtection",
    "bookViews",
    "sheets",
    "functionGroups",
    "externalReferences",
    "AlternateContent",
    "revisionPtr",
    "absPath",
]
_REFERENCE = re.compile(r"^(?:'((?:[^']|'')+)'|([^'!]+))!(\$?[A-Z]{1,3}\$?[0-9]+(?::\$?[A-Z]{1,3}\$?[0-9]+)?)$")


@dataclass(frozen=True)
class Sheet:
    """One sheet in its order; part is None where the file does not say where it is."""

    name: str
    part: str | None
    kind: str
    visible: bool


class Workbook:
    """The workbook part as a tree, changed in place and put back by save."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.part = _main_part(parts)
        self.root = parse(parts.read(self.part), self.part)
        self._sheets = child(self.root, "sheets")
        if local(self.root) != "workbook" or self._sheets is None:
            raise corrupt("找不到工作表目录")

    @property
    def main(self) -> str:
        """The main namespace, Strict or Transitional."""
        return STRICT if namespace(self.root) == STRICT else TRANSITIONAL

    @property
    def relationships(self) -> str:
        return RELATIONSHIPS[self.main]

    def sheets(self) -> list[Sheet]:
        known = {relation.id: relation for relation in relations(self.parts, self.part)}
        return [_sheet(element, known) for element in self._entries()]

    def _entries(self) -> list[Element]:
        return [element for element in self._sheets if local(element) == "sheet"]

    def related(self, kind: str) -> str | None:
        """The part of that kind, as styles."""
        found = (relation.part for relation in relations(self.parts, self.part) if relation.kind == kind)
        return next((part for part in found if part), None)

    def relate(self, relation_id: str, kind: str, target: str) -> None:
        relate(self.parts, self.part, relation_id, f"{self.relationships}/{kind}", target)

    def save(self) -> None:
        self.parts.write(self.part, [serialise(self.root)])

    def put_first(self, name: str, relation_id: str) -> None:
        """Enter a sheet before all others; whatever counts sheets counts one more."""
        numbers = [element.get("sheetId", "") for element in self._entries()]
        number = max((int(text) for text in numbers if text.isdecimal()), default=0) + 1
        entry = add(self._sheets, "sheet", 0, name=name, sheetId=str(number))
        entry.set(f"{{{self.relationships}}}id", relation_id)
        self._shift(lambda index: index + 1)

    def take_away(self, index: int) -> None:
        """Strike a sheet out of the list; whatever counts sheets counts one less."""
        for name in [name for name in self._name_elements() if name.get("localSheetId") == str(index)]:
            name.getparent().remove(name)
        self._sheets.remove(self._entries()[index])
        last = max(len(self._entries()) - 1, 0)
        self._shift(lambda place: min(place - (place > index), last))

    def _shift(self, move: Callable[[int], int]) -> None:
        for view in self._views():
            for key in _INDEXES:
                place = view.get(key)
                if key == "activeTab" or (place or "0") != "0":
                    view.set(key, str(move(int(place) if place and place.isdecimal() else 0)))
        for name in self._name_elements():
            if name.get("localSheetId", "").isdecimal():
                name.set("localSheetId", str(move(int(name.get("localSheetId")))))

    def _views(self) -> list[Element]:
        """Without a view the first sheet is the active one: a sheet put before it needs one to say otherwise."""
        views = child(self.root, "bookViews")
        if views is None:
            views = add(self.root, "bookViews", self.root.index(self._sheets))
        if not len(views):
            add(views, "workbookView")
        return [view for view in views if local(view)]

    def _name_elements(self) -> list[Element]:
        names = child(self.root, "definedNames")
        return [] if names is None else [name for name in names if local(name) == "definedName"]

    def names(self, prefix: str = _NAMES) -> dict[str, str]:
        """Our own defined names and what they say."""
        return {
            name.get("name"): name.text or ""
            for name in self._name_elements()
            if name.get("name", "").startswith(prefix)
        }

    def forget(self) -> None:
        """Take away every defined name of ours, and the list if nothing else is in it."""
        for name in [name for name in self._name_elements() if name.get("name", "").startswith(_NAMES)]:
            name.getparent().remove(name)
        names = child(self.root, "definedNames")
        if names is not None and not len(names):
            self.root.remove(names)

    def define(self, name: str, text: str, sheet: int | None = None, *, hidden: bool = True) -> None:
        """Add a defined name, or change what it says."""
        known = self._named(name, sheet)
        if known is None:
            local_to = {} if sheet is None else {"localSheetId": str(sheet)}
            known = add(self._names(), "definedName", name=name, **local_to, **({"hidden": "1"} if hidden else {}))
        known.text = text

    def defined(self, name: str, sheet: int) -> str | None:
        known = self._named(name, sheet)
        return None if known is None else known.text or ""

    def undefine(self, name: str, sheet: int) -> None:
        known = self._named(name, sheet)
        if known is not None:
            known.getparent().remove(known)

    def _named(self, name: str, sheet: int | None) -> Element | None:
        local_to = None if sheet is None else str(sheet)
        found = (known for known in self._name_elements() if known.get("name") == name)
        return next((known for known in found if known.get("localSheetId") == local_to), None)

    def _names(self) -> Element:
        names = child(self.root, "definedNames")
        if names is not None and len(names):
            return names
        if names is not None:
            self.root.remove(names)  # an empty list and none at all must lead to the same workbook
        known = [index for index, element in enumerate(self.root) if local(element) in _BEFORE_NAMES]
        return add(self.root, "definedNames", max(known) + 1)


def _sheet(element: Element, known: dict[str, Relation]) -> Sheet:
    relation_id = next((value for key, value in element.attrib.items() if key.endswith("relationships}id")), "")
    relation = known.get(relation_id)
    visible = element.get("state", "visible") == "visible"
    part, kind = (relation.part, relation.kind) if relation else (None, "")
    return Sheet(element.get("name", ""), part, kind, visible)


def _main_part(parts: Parts) -> str:
    found = [relation.part for relation in relations(parts, "") if relation.kind == "officeDocument"]
    part = next((part for part in found if part), None) or parts.find("xl/workbook.xml")
    if part is None or not part.lower().endswith(".xml"):
        raise UnreadableWorkbook(
            "not-xlsx",
            "文件不是 .xlsx 或 .xlsm 工作簿，不能在原文件上标注。请用 Excel 或 WPS 另存为“Excel 工作簿（*.xlsx）”。",
        )
    return part


def quoted(sheet: str) -> str:
    """A sheet's name as formulas and links write it."""
    return "'" + sheet.replace("'", "''") + "'"


def absolute(sheet: str, reference: str) -> str:
    """A1:B2 on a sheet → 'sheet'!$A$1:$B$2."""
    fixed = re.sub(r"([A-Z]+)([0-9]+)", r"$\1$\2", reference)
    return f"{quoted(sheet)}!{fixed}"


def pointed_at(text: str) -> tuple[str, str] | None:
    """What a defined name points at: sheet and area; None where it was deleted (#REF!)."""
    found = _REFERENCE.match(text)
    return (found[1].replace("''", "'") if found[1] else found[2], found[3]) if found else None
