"""Line → Facts: whose bureau, whose work, in whose name, whose money; kept apart, each with the words that say so."""

from dataclasses import dataclass

from checker import cures, places
from checker.cues import cue, first_cue, is_declared
from checker.places import Division
from checker.plan import Plan
from checker.terms import Evidence, Level, Line
from checker.vocabulary import fold

_TITLES = {"name": "项目名称", "content": "项目内容"}
_ABOVE_THE_CITY = (Level.CENTRAL, Level.PROVINCE)


@dataclass(frozen=True)
class Facts:
    """What a line says of levels, before any plan is asked.

    affiliation is the level the bureau belongs to; work is the level whose work it is, None where the words do not
    carry it, and then doubt says why. cost_shift and from_above are words about money, scope_doubt words that speak
    against the declared scope, of_above words by which a body of a level above takes part; cure is what the bureau can
    do about the doubt; hands_down says that the doubt is about money for the level below.
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
    hands_down: bool = False


def establish(line: Line, plan: Plan) -> Facts:
    """What a line says of levels, places treated as the plan's settings say."""
    division = places.find(line.division) if line.division else None
    affiliation = told_by_bureau(line.bureau, line.division, plan)[0] or line.bureau_level
    work = _work(line, affiliation, division, plan)
    money, shift = cue("from_above", line), cue("cost_shift", line)
    above = cue("of_above", line, *_above(affiliation))
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
        hands_down=work.hands_down,
    )


def _above(affiliation: Level | None) -> tuple[Level, ...]:
    """The levels above both the city and the bureau's own."""
    return tuple(level for level in _ABOVE_THE_CITY if affiliation is None or level.is_above(affiliation))


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
    hands_down: bool = False


def _work(line: Line, affiliation: Level | None, division: Division | None, plan: Plan) -> _Work:
    if affiliation is None:
        return _Work(None, doubt="未写明单位级次，从单位名称也看不出隶属哪一级", cure=cures.NO_LEVEL)
    if upper := _work_for_an_upper_level(line, affiliation, plan):
        return upper
    if affiliation is Level.COUNTY:
        return _work_of_county(line, division, plan)
    if affiliation is Level.CITY:
        return _work_of_city(line, division)
    if affiliation in plan.divides:
        return _work_of_an_upper_level(line, affiliation, division)
    doubt = f"由{affiliation}单位实施，本方案没有划分{affiliation}的事项"
    return _Work(None, doubt=doubt, cure=cures.NOT_OF_THIS_PLAN)


def _work_for_an_upper_level(line: Line, own: Level, plan: Plan) -> _Work | None:
    """In a plan that has levels above the city: what one of them entrusts to a bureau below, or a name claims of it."""
    for level in (level for level in reversed(_above(own)) if level in plan.divides):
        declared = own is Level.CITY and is_declared(line.mode, "entrusted")  # a county's is the city's to entrust
        if given := Evidence("mode", line.mode) if declared else cue("entrusted_by", line, level):
            return _Work(level, f"{own}单位受上级委托或以上级名义办理，属{level}事务", evidence=(given,))
        if wide := first_cue("whole_area", line.name, "", (level,)):
            doubt = f"{own}单位的项目名称写着“{wide.words}”，又没有写明受{level}委托"
            return _Work(None, doubt=doubt, evidence=(wide,), cure=cures.WIDER_THAN_OWN)
    return None


def _work_of_an_upper_level(line: Line, own: Level, division: Division | None) -> _Work:
    """A bureau above the city, in a plan that divides matters between its level and those below."""
    wide, below = cue("whole_area", line, own), _one_below(line, division, own)
    if down := handed_down(line) or cue("run_by_county", line):
        doubt = f"写明“{down.words}”，用这笔钱办的是{own}事务，还是下级自己的事务，文字不足以认定"
        return _Work(None, doubt=doubt, evidence=(down,), cure=cures.WHOSE_WORK)
    if line.scope and not wide:  # whatever the dropdown offers is a part of the area
        scope = Evidence("scope", line.scope)
        doubt = f"{own}单位填报的实施范围是“{line.scope}”，是哪一地的工作、是否由{own}组织没有写明"
        return _Work(None, doubt=doubt, evidence=(scope,), scope_doubt=scope, cure=cures.WHOSE_WORK)
    if below and not wide:
        doubt = f"{own}单位实施，对象只涉及“{below.words}”，是{own}的工作还是该地的工作，文字不足以认定"
        return _Work(None, doubt=doubt, evidence=(below,), cure=cures.WHOSE_WORK)
    return _Work(own, f"由{own}单位实施" + (f"，写明“{wide.words}”" if wide else ""), evidence=_some(wide))


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
    if not own_city and (wide := _claims_whole_city(line)):
        column = _TITLES[wide.field]
        doubt = f"县级单位的{column}写着“{wide.words}”，又没有写明受市级委托"
        return _Work(None, doubt=doubt, evidence=(wide,), cure=cures.wide(wide.words, column))
    if is_declared(line.scope, "across"):
        doubt = "县级单位填报的实施范围是“跨县区”，由哪一级组织没有写明"
        return _Work(None, doubt=doubt, evidence=_some(scope), cure=cures.ACROSS)
    whole = own_city and is_declared(line.scope, "whole_city")
    why = "县级市所称“全市”指本市，属县级" if whole else f"由县级单位实施{_as_filled(scope)}"
    return _Work(Level.COUNTY, why, evidence=_some(scope))


def _claims_whole_city(line: Line) -> Evidence | None:
    """Words by which a county's line is work for the whole city, in its name or its content."""
    return first_cue("own_whole_city", line.name, "") or first_cue("works_for_whole_city", "", line.content)


def _as_filled(scope: Evidence | None) -> str:
    return f"，填报的实施范围是“{scope.words}”" if scope else ""


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
    return _work_of_city_itself(line, _one_below(line, division, Level.CITY))


def _work_of_city_itself(line: Line, county: Evidence | None) -> _Work:
    if down := handed_down(line) or cue("hands_down", line):
        doubt = f"写明“{down.words}”，用这笔钱办的是市级事务，还是县（市、区）自己的事务，文字不足以认定"
        return _Work(None, doubt=doubt, evidence=(down,), cure=cures.HANDED_DOWN, hands_down=True)
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
    why = f"由市级单位实施{_as_filled(scope)}" if scope or not wide else f"由市级单位实施，写明“{wide.words}”"
    return _Work(Level.CITY, why, evidence=_some(scope or wide))


def _some(evidence: Evidence | None) -> tuple[Evidence, ...]:
    return (evidence,) if evidence else ()


def _one_below(line: Line, division: Division | None, own: Level) -> Evidence | None:
    """The one place of a level below that a bureau's line is about: named in its name, or given as its division."""
    for place, words in places.mentions(fold(line.name)):
        if place.is_zone or (place.level and own.is_above(place.level)):
            return Evidence("name", words)
    if division and (division.is_zone or (division.level and own.is_above(division.level))):
        return Evidence("division", division.name)
    return None
