"""Line → Facts: whose bureau, whose work, in whose name, whose money; kept apart, each with the words that say so."""

from dataclasses import dataclass

from checker import places
from checker.cues import cue, first_cue, is_declared
from checker.messages import doubt, reason, title
from checker.places import Division
from checker.plan import Plan
from checker.terms import Evidence, Level, Line
from checker.vocabulary import fold

_ABOVE_THE_CITY = (Level.CENTRAL, Level.PROVINCE)


@dataclass(frozen=True)
class Facts:
    """What a line says of levels, before any plan is asked.

    affiliation is the level the bureau belongs to; work is the level whose work it is, None where the words do not
    carry it, and then doubt says why. cost_shift and from_above are words about money, scope_doubt words that speak
    against the declared scope, of_other words by which a body of another level takes part; cure is what the bureau can
    do about the doubt; cause is the name of the doubt (schemas/messages.yaml).
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
    of_other: Evidence | None = None
    cure: str = ""
    cause: str = ""


def establish(line: Line, plan: Plan) -> Facts:
    """What a line says of levels, places treated as the plan's settings say."""
    division = places.find(line.division) if line.division else None
    affiliation = told_by_bureau(line.bureau, line.division, plan)[0] or line.bureau_level or _owner(line)
    work = _work(line, affiliation, division, plan)
    money, shift = cue("from_above", line), cue("cost_shift", line)
    other = cue("of_above", line, *_above(affiliation)) or _of_another(line, affiliation)
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
        of_other=other,
        cure=work.cure,
        cause=work.cause,
    )


def _of_another(line: Line, affiliation: Level | None) -> Evidence | None:
    """Words that name an institution of another level than the bureau's."""
    return cue("owned_by", line, *(level for level in Level if level is not affiliation)) if affiliation else None


def _owner(line: Line) -> Level | None:
    """The level the words say an institution belongs to, where nothing else tells."""
    return next((level for level in Level if cue("owned_by", line, level)), None)


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
    cause: str = ""


def _open(cause: str, own: Level | None, *evidence: Evidence, against: Evidence | None = None, **words: str) -> _Work:
    """Work of no level that the words tell, and why; against is what speaks against the declared scope."""
    told = doubt(cause, own, **({"words": evidence[0].words} if evidence else {}), **words)
    return _Work(None, "", told.why, evidence, against, told.cure, cause)


def _work(line: Line, affiliation: Level | None, division: Division | None, plan: Plan) -> _Work:
    if affiliation is None:
        return _open("no_level", None)
    if upper := _work_for_an_upper_level(line, affiliation, plan):
        return upper
    if affiliation is Level.COUNTY:
        return _work_of_county(line, division, plan)
    if affiliation is Level.CITY:
        return _work_of_city(line, division)
    if affiliation in plan.divides:
        return _work_of_an_upper_level(line, affiliation, division)
    return _open("not_of_this_plan", affiliation)


def _work_for_an_upper_level(line: Line, own: Level, plan: Plan) -> _Work | None:
    """In a plan that has levels above the city: what one of them entrusts to a bureau below, or a name claims of it."""
    for level in (level for level in reversed(_above(own)) if level in plan.divides):
        declared = own is Level.CITY and is_declared(line.mode, "entrusted")  # a county's is the city's to entrust
        if given := Evidence("mode", line.mode) if declared else cue("entrusted_by", line, level):
            return _Work(level, reason("for_level_above", own, above=level), evidence=(given,))
        if wide := first_cue("whole_area", line.name, "", (level,)):
            return _open("name_of_level_above", own, wide, above=level)
    return None


def _work_of_an_upper_level(line: Line, own: Level, division: Division | None) -> _Work:
    """A bureau above the city, in a plan that divides matters between its level and those below."""
    wide, below = cue("whole_area", line, own), _one_below(line, division, own)
    if down := handed_down(line) or cue("run_by_county", line):
        return _open("money_for_below", own, down)
    if line.scope and not wide:  # whatever the dropdown offers is a part of the area
        scope = Evidence("scope", line.scope)
        return _open("part_of_area", own, scope, against=scope)
    if below and not wide:
        return _open("one_place", own, below)
    return _Work(own, _by_own_level(own, None, wide), evidence=_some(wide))


def _by_own_level(own: Level, scope: Evidence | None, wide: Evidence | None = None) -> str:
    if scope:
        return reason("by_own_level_as_filled", own, words=scope.words)
    return reason("by_own_level_in_words", own, words=wide.words) if wide else reason("by_own_level", own)


def _work_of_county(line: Line, division: Division | None, plan: Plan) -> _Work:
    own, own_city = Level.COUNTY, plan.means_county_by_whole_city(division)
    scope = Evidence("scope", line.scope) if line.scope else None
    if (hosts := cue("hosts", line)) and cue("hosts_pay", line):
        return _open("hosts", own, hosts)
    if entrusted := _entrusted(line, division if own_city else None):
        return _Work(Level.CITY, reason("for_level_above", own), evidence=(entrusted,))
    if scope and is_declared(line.scope, "whole_city") and not own_city:
        wide = cue("own_whole_city", line)
        also = f"，文字里也写着“{wide.words}”" if wide else ""
        return _open("scope_of_level_above", own, scope, against=scope, also=also)
    if not own_city and (wide := _claims_whole_city(line)):
        return _open("text_of_level_above", own, wide, column=title(wide.field))
    if scope and is_declared(line.scope, "across") and not cue("with_neighbour", line):
        return _open("across", own, scope)
    whole = own_city and is_declared(line.scope, "whole_city")
    why = reason("whole_city_is_county", own) if whole else _by_own_level(own, scope)
    return _Work(own, why, evidence=_some(scope))


def _claims_whole_city(line: Line) -> Evidence | None:
    """Words by which a county's line is work for the whole city, in its name or its content."""
    return first_cue("own_whole_city", line.name, "") or first_cue("works_for_whole_city", "", line.content)


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
    own = Level.CITY
    if places.is_branch(line.bureau):
        return _Work(own, reason("branch", own), evidence=(Evidence("bureau", line.bureau),))
    if (by_county := cue("run_by_county", line)) and not first_cue("own_whole_city", line.name, ""):
        return _Work(Level.COUNTY, reason("by_level_below", own), evidence=(by_county,))
    return _work_of_city_itself(line, _one_below(line, division, own))


def _work_of_city_itself(line: Line, county: Evidence | None) -> _Work:
    own = Level.CITY
    if down := handed_down(line) or cue("hands_down", line):
        return _open("handed_down", own, down)
    scope = Evidence("scope", line.scope) if line.scope else None
    wide = cue("place_only", line) or cue("whole_city", line)
    alone = cue("for_one_county", line) or not wide
    if county and alone and not is_declared(line.scope, "whole_city"):
        return _open("one_county", own, county)
    if scope and is_declared(line.scope, "one_county") and not wide:
        return _open("scope_of_level_below", own, scope, against=scope)
    if county:
        return _Work(own, reason("only_the_place", own, words=county.words), evidence=_some(wide or scope))
    return _Work(own, _by_own_level(own, scope, wide), evidence=_some(scope or wide))


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
