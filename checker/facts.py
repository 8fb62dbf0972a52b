"""Line → Facts: whose bureau, whose work, in whose name, whose money; kept apart, each with the words that say so."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from checker import cures, places
from checker.declaration import read
from checker.denial import without_denied
from checker.files import SCHEMAS
from checker.places import Division
from checker.plan import Plan
from checker.terms import Evidence, Level, Line
from checker.vocabulary import fold

_FIELDS = ("name", "content")
_GAP = "[^,。;)]{0,12}?"
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"


@dataclass(frozen=True)
class Facts:
    """What a line says of levels, before any plan is asked.

    affiliation is the level the bureau belongs to; work is the level whose work it is, None where the words do not
    carry it, and then doubt says why. cost_shift and from_above are words about money, scope_doubt words that speak
    against the declared scope, of_above words by which a body of a level above takes part; cure is what the bureau can
    do about the doubt.
    """

    division: Division | None = None
    affiliation: Level | None = None
    work: Level | None = None
    why: str = ""
    doubt: str = ""
    evidence: tuple[Evidence, ...] = ()
    from_above: Evidence | None = None
    cost_shift: Evidence | None = None
    scope_doubt: Evidence | None = None
    of_above: Evidence | None = None
    cure: str = ""


@cache
def _common() -> dict[str, Any]:
    return read(SCHEMAS / "domains" / "common.yaml")


@cache
def _declared() -> dict[str, str]:
    return dict(_common()["declared"])


@cache
def _cues(name: str) -> re.Pattern[str]:
    """One list of common words as one pattern; … is a few characters of the same clause."""
    return re.compile("|".join(_GAP.join(map(_part, word.split("…"))) for word in _common()[name]))


def _part(written: str) -> str:
    """One part of a word as a pattern: {x} is any word of a group, # a number."""
    return "".join(map(_piece, re.split(r"(\{\w+\})", written)))


def _piece(written: str) -> str:
    if written.startswith("{"):
        words = sorted(_common()["groups"][written[1:-1]], key=len, reverse=True)
        return f"(?:{'|'.join(map(_part, words))})"
    return re.escape(fold(written)).replace(r"\#", _NUMBER)


def cue(name: str, line: Line) -> Evidence | None:
    """The first words of a line, name before content, that the common list of this name knows."""
    return _first_cue(name, line.name, line.content)


@lru_cache(maxsize=256)  # lines of one text come one after another
def _first_cue(name: str, *texts: str) -> Evidence | None:
    left = _as_demanded if name == "cost_shift" else without_denied
    for field, text in zip(_FIELDS, texts, strict=True):
        if match := _cues(name).search(left(fold(text))):
            return Evidence(field, match[0])
    return None


def _as_demanded(text: str) -> str:
    """A folded text without the money it says is not asked for: a share one level does not bear is asked of another."""
    return _not_demanded().sub("", text)


@cache
def _not_demanded() -> re.Pattern[str]:
    words = "|".join(re.escape(fold(word)) for word in _common()["not_demanded"])
    return re.compile(f"(?:{words})[^,。;)\n]*")


def establish(line: Line, plan: Plan) -> Facts:
    """What a line says of levels, places treated as the plan's settings say."""
    division = places.find(line.division) if line.division else None
    affiliation = told_by_bureau(line.bureau, line.division, plan)[0] or line.bureau_level
    work = _work(line, affiliation, division, plan)
    money, shift = cue("from_above", line), cue("cost_shift", line)
    above = cue("of_above", line)
    return Facts(
        division=division,
        affiliation=affiliation,
        work=work.level,
        why=work.why,
        doubt=work.doubt,
        evidence=work.evidence,
        from_above=money,
        cost_shift=shift,
        scope_doubt=work.scope_doubt,
        of_above=above,
        cure=work.cure,
    )


def is_declared(value: str, name: str) -> bool:
    """Whether a dropdown holds the value that common.yaml lists under this name."""
    return value == _declared()[name]


def told_by_bureau(bureau: str, division: str, plan: Plan) -> tuple[Level | None, str]:
    """All that a bureau's name tells of its own level: the level, and the name itself where it is a branch's."""
    place = places.find(division) if division else None
    return places.level_of_bureau(bureau, place, plan.treated_as), bureau if places.is_branch(bureau) else ""


def handed_down(line: Line) -> Evidence | None:
    """That the line says it is a transfer to the level below: money for another level's matter, not its payment."""
    return Evidence("nature", line.nature) if is_declared(line.nature, "handed_down") else None


@dataclass(frozen=True)
class _Work:
    level: Level | None
    why: str = ""
    doubt: str = ""
    evidence: tuple[Evidence, ...] = ()
    scope_doubt: Evidence | None = None
    cure: str = ""


def _work(line: Line, affiliation: Level | None, division: Division | None, plan: Plan) -> _Work:
    if affiliation is Level.COUNTY:
        return _work_of_county(line, division, plan)
    if affiliation is Level.CITY:
        return _work_of_city(line, division)
    if affiliation is None:
        return _Work(None, doubt="未写明单位级次，从单位名称也看不出隶属哪一级", cure=cures.NO_LEVEL)
    doubt = f"由{affiliation}单位实施，本方案没有划分{affiliation}的事项"
    return _Work(None, doubt=doubt, cure=cures.NOT_OF_THIS_PLAN)


def _work_of_county(line: Line, division: Division | None, plan: Plan) -> _Work:
    own_city = plan.means_county_by_whole_city(division)
    scope = Evidence("scope", line.scope) if line.scope else None
    if entrusted := _entrusted(line, division if own_city else None):
        return _Work(Level.CITY, "县级单位受上级委托或以上级名义办理，属市级事务", evidence=(entrusted,))
    if is_declared(line.scope, "whole_city") and not own_city:
        wide = cue("own_whole_city", line)
        also = f"，文字里也写着“{wide.words}”" if wide else ""
        doubt = f"县级单位填报的实施范围是“全市”{also}，又没有写明受市级委托"
        return _Work(None, doubt=doubt, evidence=_some(scope), scope_doubt=scope, cure=cures.SCOPE_OF_COUNTY)
    if not own_city and (wide := _first_cue("own_whole_city", line.name, "")):
        doubt = f"县级单位的项目名称写着“{wide.words}”，又没有写明受市级委托"
        return _Work(None, doubt=doubt, evidence=(wide,), cure=cures.wide_name(wide.words))
    if is_declared(line.scope, "across"):
        doubt = "县级单位填报的实施范围是“跨县区”，由哪一级组织没有写明"
        return _Work(None, doubt=doubt, evidence=_some(scope), cure=cures.ACROSS)
    whole = own_city and is_declared(line.scope, "whole_city")
    why = "县级市所称“全市”指本市，属县级" if whole else "由县级单位在本地区实施"
    return _Work(Level.COUNTY, why, evidence=_some(scope))


def _entrusted(line: Line, own_city: Division | None) -> Evidence | None:
    """Words that say a county acts for the level above; 市局 of a county-level city is its own bureau."""
    if is_declared(line.mode, "entrusted"):
        return Evidence("mode", line.mode)
    found = cue("entrusted", line)
    if found and own_city:
        upper = places.find(own_city.parent)
        return found if upper and upper.short in line.name + line.content else None
    return found


def _work_of_city(line: Line, division: Division | None) -> _Work:
    if own := cue("run_by_county", line):
        return _Work(Level.COUNTY, "由县（市、区）自行立项、实施，市级只是代列、汇总或指导", evidence=(own,))
    if places.is_branch(line.bureau):
        bureau = Evidence("bureau", line.bureau)
        return _Work(Level.CITY, "市级部门的派出机构隶属市级", evidence=(bureau,))
    return _work_of_city_itself(line, _one_county(line, division))


def _work_of_city_itself(line: Line, county: Evidence | None) -> _Work:
    scope = Evidence("scope", line.scope) if line.scope else None
    wide = cue("place_only", line) or cue("whole_city", line)
    if county and not wide and not is_declared(line.scope, "whole_city"):
        doubt = f"市级单位实施，对象只涉及“{county.words}”，是全市性工作还是该地的工作，文字不足以认定"
        return _Work(None, doubt=doubt, evidence=(county,), cure=cures.ONE_COUNTY)
    if is_declared(line.scope, "one_county") and not wide:
        doubt = "市级单位填报的实施范围是“本县区”，是哪一县（市、区）的工作、是否由市级组织没有写明"
        return _Work(None, doubt=doubt, evidence=_some(scope), scope_doubt=scope, cure=cures.SCOPE_OF_CITY)
    if county:
        why = f"由市级组织，“{county.words}”只是实施地点或受益地之一"
        return _Work(Level.CITY, why, evidence=_some(wide or scope))
    return _Work(Level.CITY, "由市级单位面向全市实施", evidence=_some(scope or wide))


def _some(evidence: Evidence | None) -> tuple[Evidence, ...]:
    return (evidence,) if evidence else ()


def _one_county(line: Line, division: Division | None) -> Evidence | None:
    """The one county a city bureau's line is about: named in its name, or given as its division."""
    for place, words in places.mentions(fold(line.name)):
        if place.level is Level.COUNTY or place.is_zone:
            return Evidence("name", words)
    if division and (division.level is Level.COUNTY or division.is_zone):
        return Evidence("division", division.name)
    return None
