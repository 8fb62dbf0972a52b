"""One file of schemas/plans → Plan, refused with `path: id: what` where it contradicts itself or its source."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checker.declaration import known_keys, read
from checker.errors import BadDeclaration
from checker.places import find
from checker.plan import (
    By,
    Document,
    Exclusion,
    Function,
    LevelName,
    Matter,
    NotEncoded,
    Override,
    Plan,
    Section,
    Setting,
    Share,
    UpperPlan,
)
from checker.terms import Clause, Level

_PLAN = (
    "id", "domain", "place", "document", "valid_from", "valid_to", "replaces", "inherits", "levels", "sections",
    "classes", "settings", "upper_plans", "overrides", "matters", "not_encoded",
)  # fmt: skip
_PLAN_REQUIRED = ("id", "domain", "place", "document", "valid_from", "levels", "sections", "matters")
_DOCUMENT = ("title", "issuer", "number", "dated", "under", "source", "sha256")
_MATTER = (
    "id",
    "section",
    "name",
    "by",
    "clauses",
    "wording",
    "words",
    "not",
    "codes",
    "exclusions",
    "tells",
    "under",
    "note",
)
_SETTINGS = ("valid_from", "whole_city_is_county", "treated_as")
_UNDECIDED = "待认定"
# What a matter must have, and may have besides, by the way its level is told apart.
_NEEDS = {
    By.SCOPE: ("clauses",),
    By.AFFILIATION: ("clauses",),
    By.HOLDER: ("clauses",),
    By.INITIATOR: ("clauses",),
    By.OPEN: ("wording",),
    By.SHARED: ("wording", "shares"),
    By.FUNCTION: ("clauses", "functions"),
    By.ENTRUSTED: ("wording", "power", "execution"),
}


@dataclass(frozen=True)
class _File:
    """What every part of a plan file is read against."""

    name: str
    plan: str
    title: str
    text: str
    levels: Mapping[str, Level]
    sections: Mapping[str, Section]
    classes: Mapping[str, frozenset[str]]

    def refuse(self, id_: object, what: str) -> BadDeclaration:
        return BadDeclaration(f"{self.name}: {id_}: {what}")

    def level(self, text: object, id_: object) -> Level:
        if str(text) not in self.levels:
            raise self.refuse(id_, f"没有“{text}”这一级；可用：{'、'.join(self.levels)}")
        return self.levels[str(text)]

    def clause(self, quote: object, number: str, id_: object, level: Level | None = None) -> Clause:
        if not isinstance(quote, str) or not quote.strip():
            raise self.refuse(id_, "引文为空")
        if quote not in self.text:
            raise self.refuse(id_, f"引文不在原文中：{quote}")
        return Clause(self.plan, self.title, number, quote, level)


def read_plan(path: Path) -> Plan:
    """The plan a file declares; its archived source is looked for beside the file and in sources/."""
    declared = known_keys(read(path), _PLAN, f"{path.name}: -", _PLAN_REQUIRED)
    document = _document(declared, path)
    levels = _levels(declared, path)
    file = _File(
        path.name,
        declared["id"],
        document.title,
        _source(document, path),
        {word: level for level, name in levels.items() for word in (level.value, name.called)}
        | {level.value: level for level in Level},
        _sections(declared, path),
        _classes(declared, path),
    )
    return Plan(
        id=declared["id"],
        domain=declared["domain"],
        place=str(declared["place"]),
        document=document,
        levels=levels,
        sections=file.sections,
        matters=_matters(declared["matters"], file),
        valid_from=_year(declared["valid_from"], file),
        valid_to=_year(declared["valid_to"], file) if declared.get("valid_to") else None,
        replaces=tuple(declared.get("replaces") or ()),
        inherits=_inherits(declared.get("inherits") or {}, file),
        classes=file.classes,
        settings=tuple(_settings(declared.get("settings") or {}, file)),
        upper_plans=tuple(_upper_plan(id_, one, file) for id_, one in (declared.get("upper_plans") or {}).items()),
        overrides=tuple(_override(one, file) for one in declared.get("overrides") or ()),
        not_encoded=tuple(_not_encoded(one, file) for one in declared.get("not_encoded") or ()),
        text=file.text,
    )


def _document(declared: Mapping[str, Any], path: Path) -> Document:
    where = f"{path.name}: document"
    keys = dict(known_keys(declared["document"], _DOCUMENT, where, ("title", "issuer", "dated", "source", "sha256")))
    return Document(**{"number": "", **keys, "dated": str(keys["dated"])})


def _source(document: Document, path: Path) -> str:
    """The body of the archived source: what follows the first line that is nothing but ---."""
    places = [
        folder / document.source for folder in (path.parent, path.parent / "sources", path.parent.parent / "sources")
    ]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise BadDeclaration(f"{path.name}: document: 找不到存档原文 {document.source}")
    _note, line, body = found.read_text(encoding="utf-8").partition("\n---\n")
    if not line:
        raise BadDeclaration(f"{path.name}: document: {document.source} 缺少分隔说明与正文的横线“---”")
    if (digest := hashlib.sha256(body.encode()).hexdigest()) != document.sha256:
        raise BadDeclaration(f"{path.name}: document: 存档正文的 sha256 是 {digest}，与所记不符")
    return body


def _levels(declared: Mapping[str, Any], path: Path) -> dict[Level, LevelName]:
    where = f"{path.name}: levels"
    names: dict[Level, LevelName] = {}
    for text, given in known_keys(declared["levels"], tuple(Level), where).items():
        keys = known_keys(given, ("called", "names", "holds"), f"{where}.{text}")
        names[Level(text)] = LevelName(keys.get("called", text), tuple(keys.get("names", ())), keys.get("holds", ""))
    return names


def _sections(declared: Mapping[str, Any], path: Path) -> dict[str, Section]:
    return {
        numeral: Section(
            **known_keys(one, ("title", "number"), f"{path.name}: sections.{numeral}", ("title", "number"))
        )
        for numeral, one in declared["sections"].items()
    }


def _classes(declared: Mapping[str, Any], path: Path) -> dict[str, frozenset[str]]:
    classes = {}
    for name, one in (declared.get("classes") or {}).items():
        where = f"{path.name}: classes.{name}"
        classes[name] = frozenset(_divisions(known_keys(one, ("divisions", "note"), where, ("divisions",)), where))
    return classes


def _divisions(keys: Mapping[str, Any], where: str) -> tuple[str, ...]:
    found = [(text, find(str(text))) for text in keys.get("divisions", ())]
    if unknown := [str(text) for text, division in found if division is None]:
        raise BadDeclaration(f"{where}: 行政区划表中没有 {'、'.join(unknown)}")
    return tuple(division.id for _, division in found if division)


def _year(value: object, file: _File) -> int:
    if not isinstance(value, int) or not 1950 <= value <= 2200:
        raise file.refuse("valid_from", f"应是预算年度（四位数字），写的是 {value!r}")
    return value


def _inherits(given: Mapping[str, Any], file: _File) -> dict[str, tuple[Level, ...]]:
    return {plan: tuple(file.level(text, "inherits") for text in levels) for plan, levels in given.items()}


def _settings(given: Mapping[str, Any], file: _File) -> Iterable[Setting]:
    for name, value in known_keys(given, _SETTINGS, f"{file.name}: settings").items():
        for one in value if isinstance(value, list) else [value]:
            where = f"{file.name}: settings.{name}"
            keys = known_keys(one, ("divisions", "level", "note"), where, ("note",))
            level = keys.get("level", _UNDECIDED)
            yield Setting(
                name,
                keys["note"],
                _divisions(keys, where),
                None if level == _UNDECIDED else file.level(level, f"settings.{name}"),
            )


def _upper_plan(id_: str, given: object, file: _File) -> UpperPlan:
    where = f"upper_plans.{id_}"
    keys = known_keys(given, ("level", "title", "number", "note"), f"{file.name}: {where}", ("level", "title"))
    level = file.level(keys["level"], where)
    return UpperPlan(id_, level, keys["title"], keys.get("number", ""), keys.get("note", ""))


def _override(given: object, file: _File) -> Override:
    keys = known_keys(
        given, ("for", "levels", "quote", "number", "matters"), f"{file.name}: overrides", ("for", "levels", "quote")
    )
    if keys["for"] not in file.classes:
        raise file.refuse("overrides", f"classes 中没有“{keys['for']}”")
    levels = {file.level(a, "overrides"): file.level(b, "overrides") for a, b in keys["levels"].items()}
    clause = file.clause(keys["quote"], keys.get("number", ""), "overrides")
    return Override(keys["for"], file.classes[keys["for"]], levels, clause, frozenset(keys.get("matters", ())))


def _not_encoded(given: object, file: _File) -> NotEncoded:
    keys = known_keys(given, ("quote", "number", "why"), f"{file.name}: not_encoded", ("quote", "number", "why"))
    return NotEncoded(file.clause(keys["quote"], keys["number"], "not_encoded").quote, keys["number"], keys["why"])


def _matters(given: object, file: _File) -> tuple[Matter, ...]:
    if not isinstance(given, list):
        raise file.refuse("matters", "应是事项的列表")
    matters = tuple(_matter(one, file) for one in given)
    ids = [matter.id for matter in matters]
    if twice := sorted({id_ for id_ in ids if ids.count(id_) > 1}):
        raise file.refuse("、".join(twice), "事项编号重复")
    return matters


def _matter(given: object, file: _File) -> Matter:
    id_ = given.get("id", "?") if isinstance(given, dict) else "?"
    by = _by(given, id_, file)
    required = ("id", "section", "name", "by", *_NEEDS[by])
    keys = known_keys(given, dict.fromkeys([*_MATTER, *_NEEDS[by]]), f"{file.name}: {id_}", required)
    if keys["section"] not in file.sections:
        raise file.refuse(id_, f"sections 中没有“{keys['section']}”")
    number = file.sections[keys["section"]].number
    clauses = _clauses(keys.get("clauses") or {}, number, id_, file)
    return Matter(
        id=id_,
        section=keys["section"],
        number=number,
        name=keys["name"],
        by=by,
        clauses={level: clause for level, (clause, _, _) in clauses.items()},
        reads={level: reads for level, (_, reads, _) in clauses.items() if reads},
        also={level: also for level, (_, _, also) in clauses.items() if also},
        wording=file.clause(keys["wording"], number, id_) if "wording" in keys else None,
        words=tuple(keys.get("words", ())),
        not_words=tuple(keys.get("not", ())),
        codes=tuple(str(code) for code in keys.get("codes", ())),
        exclusions=_exclusions(keys.get("exclusions") or {}, number, id_, file),
        shares=_shares(keys.get("shares", ()), id_, file),
        functions=tuple(_function(name, one, id_, file) for name, one in keys.get("functions", {}).items()),
        tells={file.level(level, id_): tuple(words) for level, words in keys.get("tells", {}).items()},
        power=file.level(keys["power"], id_) if "power" in keys else None,
        execution=file.level(keys["execution"], id_) if "execution" in keys else None,
        under=keys.get("under", ""),
        note=keys.get("note", ""),
    )


def _by(given: object, id_: object, file: _File) -> By:
    by = given.get("by") if isinstance(given, dict) else None
    if by not in tuple(By):
        raise file.refuse(id_, f"by 不能是 {by!r}；可用：{'、'.join(By)}")
    return By(by)


def _clauses(given: Mapping[str, Any], number: str, id_: object, file: _File) -> dict[Level, tuple[Clause, str, str]]:
    clauses = {}
    for text, one in given.items():
        level = file.level(text, id_)
        keys = {"quote": one} if isinstance(one, str) else one
        keys = known_keys(keys, ("quote", "reads", "also"), f"{file.name}: {id_}.{text}", ("quote",))
        also = file.clause(keys["also"], number, id_).quote if "also" in keys else ""
        clauses[level] = (file.clause(keys["quote"], number, id_, level), keys.get("reads", ""), also)
    return clauses


def _exclusions(given: Mapping[str, Any], number: str, id_: object, file: _File) -> tuple[Exclusion, ...]:
    exclusions = []
    for text, one in given.items():
        level = file.level(text, id_)
        keys = known_keys(one, ("quote", "listed_in"), f"{file.name}: {id_}.{text}", ("quote", "listed_in"))
        exclusions.append(Exclusion(level, file.clause(keys["quote"], number, id_, level), tuple(keys["listed_in"])))
    return tuple(exclusions)


def _function(name: str, given: object, id_: object, file: _File) -> Function:
    keys = known_keys(given, ("level", "words"), f"{file.name}: {id_}.{name}", ("level", "words"))
    return Function(name, file.level(keys["level"], id_), tuple(keys["words"]))


def _shares(given: Iterable[object], id_: object, file: _File) -> tuple[Share, ...]:
    shares = []
    for one in given:
        keys = known_keys(one, ("level", "percent", "tier", "part", "words"), f"{file.name}: {id_}", ("level",))
        if (tier := keys.get("tier", "")) and tier not in file.classes:
            raise file.refuse(id_, f"classes 中没有“{tier}”")
        if part := keys.get("part", ""):
            file.clause(part, "", id_)
        level = file.level(keys["level"], id_)
        shares.append(Share(level, keys.get("percent"), tier, part, tuple(keys.get("words", ()))))
    _must_sum(shares, id_, file)
    return tuple(shares)


def _must_sum(shares: list[Share], id_: object, file: _File) -> None:
    for tier in dict.fromkeys(share.tier for share in shares if share.percent is not None):
        total = sum(share.percent or 0 for share in shares if share.tier == tier)
        if total != 100:
            raise file.refuse(id_, f"{tier or '各级'}的分担比例合计为 {total:g}%，应为 100%")
