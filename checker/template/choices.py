"""Place and budget year → what the lists of the template offer."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from checker import codes, places, rulebook
from checker.errors import CheckerError

Row = tuple[str, ...]


@dataclass(frozen=True)
class Choices:
    """The code lists of one template: name of the list → its rows, the first cell being what a dropdown offers.

    titles and notes stand above each list; place is the name to fill in, or empty.
    """

    place: str
    lists: Mapping[str, tuple[Row, ...]]
    titles: Mapping[str, Row]
    notes: Mapping[str, str]


@cache
def choices_for(place: str | None, year: int | None) -> Choices:
    """The lists for one place and year; for any place or every year where they are not given.

    Raises CheckerError for a place that is not in the list of divisions.
    """
    division = places.find(place) if place else None
    if place and not division:
        raise CheckerError(f"没有行政区划“{place}”：请用行政区划的全称或6位代码。")
    plans = _plans(division, year)
    return Choices(
        place="" if division is None or _below(division) else division.name,
        lists={
            "divisions": _divisions(division, plans),
            "matters": _matters(plans),
            "functions": _names(codes.functional(year)) if year else (),
            "economics": _names(codes.economic(year)) if year else (),
        },
        titles={
            "divisions": ("名称", "代码", "级次"),
            "matters": ("事项", "所属部分"),
            "functions": ("代码", "科目名称"),
            "economics": ("代码", "科目名称"),
        },
        notes={"matters": "；".join(plan.document.title for plan in plans)},
    )


def _below(division: places.Division) -> list[places.Division]:
    return [other for other in places.divisions() if other.parent == division.id and not other.former]


def _divisions(place: places.Division | None, plans: tuple[rulebook.Plan, ...]) -> tuple[Row, ...]:
    offered = [place, *_below(place)] if place and _below(place) else places.divisions()
    return tuple(
        (division.name, division.code or "无国标代码", _level(division, plans))
        for division in offered
        if not division.former
    )


def _level(division: places.Division, plans: tuple[rulebook.Plan, ...]) -> str:
    """What a bureau of the place chooses; what the plans leave open, or see in two ways, is the office's to say."""
    said = {plan.treated_as[division.id] for plan in plans if division.id in plan.treated_as} or {division.level}
    [level] = said if len(said) == 1 else [None]
    return str(level) if level else "待认定，请问财政部门"


def _plans(place: places.Division | None, year: int | None) -> tuple[rulebook.Plan, ...]:
    rules = rulebook.load()
    if place and year:
        return rules.in_force(place.id, year)
    return tuple(plan for plan in rules.plans if year is None or plan.is_valid(year))


def _matters(plans: tuple[rulebook.Plan, ...]) -> tuple[Row, ...]:
    return tuple((matter.title, plan.sections[matter.section].title) for plan in plans for matter in plan.matters)


def _names(listed: codes.CodeList) -> tuple[Row, ...]:
    return tuple(listed.names.items())
