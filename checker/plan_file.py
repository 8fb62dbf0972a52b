"""One file of schemas/plans → Plan, refused with `path: id: what` where it contradicts itself or its source."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from checker.declaration import known_keys, read
from checker.errors import BadDeclaration
from checker.matters import PlanText, read_matters
from checker.places import find
from checker.plan import Document, LevelName, NotEncoded, Override, Plan, Section, Setting, UpperPlan
from checker.terms import Level

_PLAN = {
    "id": "text", "domain": "text", "place": "text", "document": "mapping", "valid_from": "anything",
    "valid_to": "anything", "replaces": "texts", "inherits": "mapping", "levels": "mapping", "sections": "mapping",
    "classes": "mapping", "settings": "mapping", "upper_plans": "mapping", "overrides": "entries",
    "matters": "entries", "not_encoded": "entries",
}  # fmt: skip
_PLAN_REQUIRED = ("id", "domain", "place", "document", "valid_from", "levels", "sections", "matters")
_DOCUMENT = {
    "title": "text", "issuer": "text", "number": "text", "dated": "anything", "under": "text", "source": "text",
    "sha256": "text",
}  # fmt: skip
_DOCUMENT_REQUIRED = ("title", "issuer", "dated", "source", "sha256")
_LEVEL = {"called": "text", "names": "texts", "holds": "text"}
_SECTION = {"title": "text", "number": "text"}
_CLASS = {"divisions": "texts", "note": "text"}
_SETTINGS = {"valid_from": "anything", "whole_city_is_county": "anything", "treated_as": "anything"}
_SETTING = {"divisions": "texts", "level": "text", "note": "text"}
_UPPER_PLAN = {"level": "text", "title": "text", "number": "text", "note": "text"}
_OVERRIDE = {"for": "text", "levels": "mapping", "quote": "text", "number": "text", "matters": "texts"}
_NOT_ENCODED = {"quote": "text", "number": "text", "why": "text"}
_UNDECIDED = "待认定"


def read_plan(path: Path) -> Plan:
    """The plan a file declares; its archived source is looked for beside the file and in sources/."""
    declared = known_keys(read(path), _PLAN, f"{path.name}: -", _PLAN_REQUIRED)
    document, levels = _document(declared, path), _levels(declared, path)
    text = PlanText(
        path.name,
        declared["id"],
        document.title,
        _source(document, path),
        {level.value: level for level in Level} | {name.called: level for level, name in levels.items()},
        _sections(declared, path),
        _classes(declared, path),
    )
    valid_from, valid_to = _valid(declared, text)
    return Plan(
        id=declared["id"],
        domain=declared["domain"],
        place=_place(declared["place"], text),
        document=document,
        levels=levels,
        sections=text.sections,
        matters=read_matters(declared["matters"], text),
        valid_from=valid_from,
        valid_to=valid_to,
        replaces=tuple(declared.get("replaces") or ()),
        inherits={plan: _taken_over(levels, text) for plan, levels in _items(declared, "inherits")},
        classes=text.classes,
        settings=tuple(_settings(declared.get("settings") or {}, text)),
        upper_plans=tuple(_upper_plan(id_, one, text) for id_, one in _items(declared, "upper_plans")),
        overrides=tuple(_override(one, text) for one in declared.get("overrides") or ()),
        not_encoded=tuple(_not_encoded(one, text) for one in declared.get("not_encoded") or ()),
        text=text.text,
    )


def _items(declared: Mapping[str, Any], key: str) -> Iterable[tuple[str, Any]]:
    return (declared.get(key) or {}).items()


def _document(declared: Mapping[str, Any], path: Path) -> Document:
    keys = known_keys(declared["document"], _DOCUMENT, f"{path.name}: document", _DOCUMENT_REQUIRED)
    return Document(**{"number": "", **keys, "dated": str(keys["dated"])})


def _source(document: Document, path: Path) -> str:
    """The body of the archived source: what follows the first line that is nothing but ---."""
    folders = (path.parent, path.parent / "sources", path.parent.parent / "sources")
    text = next(filter(None, (_text_of(folder / document.source) for folder in folders)), "")
    if not text:
        raise BadDeclaration(f"{path.name}: document: 找不到存档原文 {document.source}，或者它不是 UTF-8 文字")
    _note, line, body = text.partition("\n---\n")
    if not line:
        raise BadDeclaration(f"{path.name}: document: {document.source} 缺少分隔说明与正文的横线“---”")
    if (digest := hashlib.sha256(body.encode()).hexdigest()) != document.sha256:
        raise BadDeclaration(f"{path.name}: document: 存档正文的 sha256 是 {digest}，与所记不符")
    return body


def _text_of(path: Path) -> str:
    """What a file says; nothing where there is none that can be read, whatever its name."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _levels(declared: Mapping[str, Any], path: Path) -> dict[Level, LevelName]:
    where = f"{path.name}: levels"
    names = {}
    for text, given in known_keys(declared["levels"], tuple(Level), where).items():
        keys = known_keys(given, _LEVEL, f"{where}.{text}")
        names[Level(text)] = LevelName(
            keys.get("called") or text, tuple(keys.get("names") or ()), keys.get("holds") or ""
        )
    return names


def _sections(declared: Mapping[str, Any], path: Path) -> dict[str, Section]:
    return {
        numeral: Section(**known_keys(one, _SECTION, f"{path.name}: sections.{numeral}", _SECTION))
        for numeral, one in declared["sections"].items()
    }


def _classes(declared: Mapping[str, Any], path: Path) -> dict[str, frozenset[str]]:
    classes = {}
    for name, one in _items(declared, "classes"):
        where = f"{path.name}: classes.{name}"
        classes[name] = frozenset(_divisions(known_keys(one, _CLASS, where, ("divisions",)), where))
    return classes


def _divisions(keys: Mapping[str, Any], where: str) -> tuple[str, ...]:
    found = [(text, find(text)) for text in keys.get("divisions") or ()]
    if unknown := [text for text, division in found if division is None]:
        raise BadDeclaration(f"{where}: 行政区划表中没有 {'、'.join(unknown)}")
    return tuple(division.id for _, division in found if division)


def _place(given: str, text: PlanText) -> str:
    """The id of the place, whether it is written as a code or by name."""
    division = find(given)
    if division is None:
        raise text.refuse("place", f"行政区划表（codes/divisions.yaml）中没有 {given}")
    return division.id


def _valid(declared: Mapping[str, Any], text: PlanText) -> tuple[int, int | None]:
    """The first and the last budget year, both included; no last one where the plan has no end."""
    first, last = _year(declared, "valid_from", text), None
    if declared.get("valid_to") is not None:
        last = _year(declared, "valid_to", text)
        if last < first:
            raise text.refuse("valid_to", f"{last} 早于 valid_from 的 {first}")
    return first, last


def _year(declared: Mapping[str, Any], key: str, text: PlanText) -> int:
    value = declared[key]
    if isinstance(value, bool) or not isinstance(value, int) or not 1950 <= value <= 2200:
        raise text.refuse(key, f"应是预算年度（四位数字），写的是 {value!r}")
    return value


def _taken_over(given: object, text: PlanText) -> tuple[Level, ...]:
    keys = known_keys({"levels": given}, {"levels": "texts"}, text.where("inherits"), ("levels",))
    return tuple(text.level(level, "inherits") for level in keys["levels"])


def _settings(given: Mapping[str, Any], text: PlanText) -> Iterable[Setting]:
    for name, value in known_keys(given, _SETTINGS, text.where("settings")).items():
        for one in value if isinstance(value, list) else [value]:
            where = text.where(f"settings.{name}")
            keys = known_keys(one, _SETTING, where, ("note",))
            level = keys.get("level") or _UNDECIDED
            treated_as = None if level == _UNDECIDED else text.level(level, f"settings.{name}")
            yield Setting(name, keys["note"], _divisions(keys, where), treated_as)


def _upper_plan(id_: str, given: object, text: PlanText) -> UpperPlan:
    keys = known_keys(given, _UPPER_PLAN, text.where(f"upper_plans.{id_}"), ("level", "title"))
    level = text.level(keys["level"], f"upper_plans.{id_}")
    return UpperPlan(id_, level, keys["title"], keys.get("number") or "", keys.get("note") or "")


def _override(given: object, text: PlanText) -> Override:
    keys = known_keys(given, _OVERRIDE, text.where("overrides"), ("for", "levels", "quote"))
    if keys["for"] not in text.classes:
        raise text.refuse("overrides", f"classes 中没有“{keys['for']}”")
    levels = {text.level(old, "overrides"): text.level(new, "overrides") for old, new in keys["levels"].items()}
    clause = text.clause(keys["quote"], keys.get("number") or "", "overrides")
    return Override(keys["for"], text.classes[keys["for"]], levels, clause, frozenset(keys.get("matters") or ()))


def _not_encoded(given: object, text: PlanText) -> NotEncoded:
    keys = known_keys(given, _NOT_ENCODED, text.where("not_encoded"), _NOT_ENCODED)
    return NotEncoded(text.clause(keys["quote"], keys["number"], "not_encoded").quote, keys["number"], keys["why"])
