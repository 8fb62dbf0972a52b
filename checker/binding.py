"""A division and a budget year, either of them perhaps unsaid → the plans that may bind, and what is to be said."""

from dataclasses import dataclass

from checker.places import find
from checker.plan import Plan
from checker.rulebook import Rulebook

UNSAID = "年度或区划不明"  # why a line is undecided where the plans that may bind it disagree


@dataclass(frozen=True)
class Binding:
    """choices: each set of plans that may bind a line, the latest last; one where both are said and a plan is in force.

    unsaid names what the submission leaves open, told says what was done about it; both are empty where nothing is.
    """

    choices: tuple[tuple[Plan, ...], ...]
    unsaid: str = ""
    told: str = ""


def binding(division: str, year: int | None, rulebook: Rulebook) -> Binding:
    """The plans that bind a division in a budget year; one that is not said may be any in which a plan is in force."""
    places = [division] if division else sorted({plan.place for plan in rulebook.plans})
    years = [year] if year else _turning_years(rulebook)
    begins: dict[tuple[Plan, ...], str] = {}
    for one in years:
        for place in places:
            if plans := rulebook.in_force(place, one):
                begins.setdefault(plans, f"{'' if division else _called(place)}{one}年度{'' if year else '起'}")
    unsaid = "、".join([*([] if division else ["行政区划"]), *([] if year else ["预算年度"])])
    return Binding(tuple(begins), unsaid, _told(unsaid, list(begins.values())))


def _turning_years(rulebook: Rulebook) -> list[int]:
    """The years in which the plans in force can change."""
    ends = (plan.valid_to + 1 for plan in rulebook.plans if plan.valid_to)
    return sorted({*(plan.valid_from for plan in rulebook.plans), *ends})


def _told(unsaid: str, begins: list[str]) -> str:
    if not unsaid or not begins:
        return ""
    if len(begins) == 1:
        return f"{unsaid}没有填清楚，本次按{begins[0]}有效的方案判断"
    return f"{unsaid}没有填清楚，可能适用的方案有{len(begins)}种（{'、'.join(begins)}），几种结论相同的才采用"


def _called(division: str) -> str:
    place = find(division)
    return place.name if place else division
