"""The matters of a plan file → Matter: every clause word for word in the source, every way with what it needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from checker.declaration import known_keys
from checker.errors import BadDeclaration
from checker.plan import By, Exclusion, Function, Matter, Section, Share
from checker.terms import Clause, Level

_KEYS = {
    "id": "text", "section": "text", "name": "text", "by": "text", "clauses": "mapping", "wording": "text",
    "words": "texts", "not": "texts", "codes": "texts", "exclusions": "mapping", "tells": "mapping", "under": "text",
    "note": "text", "shares": "entries", "functions": "mapping", "power": "text", "execution": "text",
}  # fmt: skip
_REQUIRED = ("id", "section", "name", "by")
# What a matter must have besides, by the way its level is told apart; the last four belong to these ways alone.
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
_OF_ONE_WAY = {"shares", "functions", "power", "execution"}
_CLAUSE = {"quote": "text", "reads": "text", "also": "text"}
_EXCLUSION = {"quote": "text", "listed_in": "texts"}
_SHARE = {"level": "text", "percent": "anything", "tier": "text", "part": "text", "words": "texts"}


@dataclass(frozen=True)
class PlanText:
    """What every part of a plan file is read against: its names of levels, sections, classes, and its source."""

    name: str
    plan: str
    title: str
    text: str
    levels: Mapping[str, Level]
    sections: Mapping[str, Section]
    classes: Mapping[str, frozenset[str]]

    def refuse(self, id_: object, what: str) -> BadDeclaration:
        return BadDeclaration(f"{self.name}: {id_}: {what}")

    def where(self, id_: object) -> str:
        return f"{self.name}: {id_}"

    def level(self, text: object, id_: object) -> Level:
        if not isinstance(text, str) or text not in self.levels:
            raise self.refuse(id_, f"没有“{text}”这一级；可用：{'、'.join(self.levels)}")
        return self.levels[text]

    def clause(self, quote: object, number: str, id_: object, level: Level | None = None) -> Clause:
        if not isinstance(quote, str) or not quote.strip():
            raise self.refuse(id_, "引文为空")
        if quote not in self.text:
            raise self.refuse(id_, f"引文不在原文中：{quote}")
        return Clause(self.plan, self.title, number, quote, level)


def read_matters(given: Iterable[object], file: PlanText) -> tuple[Matter, ...]:
    """Every matter in the order of the file; raises BadDeclaration, also for an id given twice."""
    matters = tuple(_matter(one, file) for one in given)
    ids = [matter.id for matter in matters]
    if twice := sorted({id_ for id_ in ids if ids.count(id_) > 1}):
        raise file.refuse("、".join(twice), "事项编号重复")
    return matters


def _matter(given: object, file: PlanText) -> Matter:
    id_ = given.get("id", "?") if isinstance(given, dict) else "?"
    by = _way(given, id_, file)
    allowed = {key: kind for key, kind in _KEYS.items() if key not in _OF_ONE_WAY or key in _NEEDS[by]}
    keys = known_keys(given, allowed, file.where(id_), (*_REQUIRED, *_NEEDS[by]))
    if keys["section"] not in file.sections:
        raise file.refuse(id_, f"sections 中没有“{keys['section']}”")
    number = file.sections[keys["section"]].number
    clauses = {file.level(level, id_): _clause(one, level, number, id_, file) for level, one in _items(keys, "clauses")}
    return Matter(
        id=id_,
        section=keys["section"],
        number=number,
        name=keys["name"],
        by=by,
        clauses={level: file.clause(one["quote"], number, id_, level) for level, one in clauses.items()},
        reads={level: one["reads"] for level, one in clauses.items() if one.get("reads")},
        also={level: one["also"] for level, one in clauses.items() if one.get("also")},
        wording=file.clause(keys["wording"], number, id_) if keys.get("wording") else None,
        words=tuple(keys.get("words") or ()),
        not_words=tuple(keys.get("not") or ()),
        codes=tuple(keys.get("codes") or ()),
        exclusions=tuple(_exclusion(level, one, number, id_, file) for level, one in _items(keys, "exclusions")),
        shares=_shares(keys.get("shares") or (), id_, file),
        functions=tuple(_function(name, one, id_, file) for name, one in _items(keys, "functions")),
        tells={file.level(level, id_): _words(words, id_, file) for level, words in _items(keys, "tells")},
        power=file.level(keys["power"], id_) if keys.get("power") else None,
        execution=file.level(keys["execution"], id_) if keys.get("execution") else None,
        under=keys.get("under") or "",
        note=keys.get("note") or "",
    )


def _items(keys: Mapping[str, Any], key: str) -> Iterable[tuple[str, Any]]:
    return (keys.get(key) or {}).items()


def _way(given: object, id_: object, file: PlanText) -> By:
    by = given.get("by") if isinstance(given, dict) else None
    if by not in tuple(By):
        raise file.refuse(id_, f"by 不能是 {by!r}；可用：{'、'.join(By)}")
    return By(by)


def _words(given: object, id_: object, file: PlanText) -> tuple[str, ...]:
    return tuple(known_keys({"words": given}, {"words": "texts"}, file.where(id_), ("words",))["words"])


def _clause(given: object, level: str, number: str, id_: object, file: PlanText) -> Mapping[str, Any]:
    """A clause written as its quote alone, or with what is elided (reads) and what belongs to it (also)."""
    where = file.where(f"{id_}.{level}")
    keys = known_keys({"quote": given} if isinstance(given, str) else given, _CLAUSE, where, ("quote",))
    if keys.get("also"):
        file.clause(keys["also"], number, id_)
    return keys


def _exclusion(level: str, given: object, number: str, id_: object, file: PlanText) -> Exclusion:
    keys = known_keys(given, _EXCLUSION, file.where(f"{id_}.{level}"), _EXCLUSION)
    holder = file.level(level, id_)
    return Exclusion(holder, file.clause(keys["quote"], number, id_, holder), tuple(keys["listed_in"]))


def _function(name: str, given: object, id_: object, file: PlanText) -> Function:
    keys = known_keys(given, {"level": "text", "words": "texts"}, file.where(f"{id_}.{name}"), ("level", "words"))
    return Function(name, file.level(keys["level"], id_), tuple(keys["words"]))


def _shares(given: Iterable[object], id_: object, file: PlanText) -> tuple[Share, ...]:
    shares = tuple(_share(one, id_, file) for one in given)
    for tier in dict.fromkeys(share.tier for share in shares if share.percent is not None):
        total = sum(share.percent or 0 for share in shares if share.tier == tier)
        if total != 100:
            raise file.refuse(id_, f"{tier or '各级'}的分担比例合计为 {total:g}%，应为 100%")
    return shares


def _share(given: object, id_: object, file: PlanText) -> Share:
    keys = known_keys(given, _SHARE, file.where(id_), ("level",))
    percent, tier, part = keys.get("percent"), keys.get("tier") or "", keys.get("part") or ""
    if percent is not None and (isinstance(percent, bool) or not isinstance(percent, int | float)):
        raise file.refuse(id_, f"percent 应是数字，写的是 {percent!r}")
    if tier and tier not in file.classes:
        raise file.refuse(id_, f"classes 中没有“{tier}”")
    if part:
        file.clause(part, "", id_)
    return Share(file.level(keys["level"], id_), percent, tier, part, tuple(keys.get("words") or ()))
