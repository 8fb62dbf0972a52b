"""What a register holds, as frozen data, and which determination speaks of a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from checker.denial import without_denied
from checker.terms import Level, Line
from checker.vocabulary import fold

Period = tuple[date, date]


@dataclass(frozen=True)
class Determination:
    """认定: which level pays for an unlisted matter. plans are the ids it is made for.

    wording is as the office wrote it; topics are the unlisted topics it names, as far as it names any.
    """

    wording: str
    level: Level
    document: str
    dated: date
    decided_by: str
    number: str = ""
    until: date | None = None
    plans: tuple[str, ...] = ()
    topics: frozenset[str] = frozenset()

    @cached_property
    def folded(self) -> str:
        """The wording as it is compared."""
        return fold(self.wording)

    @property
    def cited(self) -> str:
        """By whom, in which document, with number and date."""
        particulars = "，".join(filter(None, (self.number, str(self.dated))))
        return f"{self.decided_by}{in_marks(self.document)}（{particulars}）"

    @property
    def told(self) -> str:
        return f"{self.cited}认定“{self.wording}”由{self.level}承担"


@dataclass(frozen=True)
class Waiver:
    """豁免: one finding code of one line of one bureau, excused until a day; no line means those of no line."""

    code: str
    bureau: str
    line: str
    reason: str
    document: str
    approved_by: str
    until: date


@dataclass(frozen=True)
class Ruling:
    """What the determinations say of one line: the one that decides, if one does, and what the reader is told."""

    told: str = ""
    determination: Determination | None = None


@dataclass(frozen=True)
class Determinations:
    """The determinations at a time: period is the budget year or the day asked about, None where it is not known."""

    entries: tuple[Determination, ...]
    period: Period | None

    def ruling(self, line: Line, plan: str, topic: str) -> Ruling:
        """The determination of an unlisted line under one plan; topic is the unlisted topic of the line, if known.

        Wording and line are compared folded (full width, traditional characters, blanks, quotation and middle dots
        do not count), and what the line denies (不含…) is left out. Words in the project name count as they stand;
        words in the content alone do not where they name another topic than the line's. A wording within another
        that fits as well gives way to it; what is left must agree on the level, else nothing is decided.
        """
        name, content = (without_denied(fold(text)) for text in (line.name, line.content))
        fitting = [one for one in self.entries if plan in one.plans and _fits(one, name, content, topic)]
        chosen = _most_specific([one for one in fitting if self._serves(one)])
        levels = dict.fromkeys(one.level for one in chosen)
        if len(levels) > 1:
            told = "；".join(one.told for one in chosen)
            return Ruling(f"{told}；几项认定的级次不同，请核实适用哪一项，或拆分成几行")
        if chosen:
            return Ruling(chosen[0].told, chosen[0])
        return Ruling("；".join(self._why_not(one) for one in _most_specific(fitting)))

    def _serves(self, one: Determination) -> bool:
        if self.period is None:
            return one.until is None
        return one.dated <= self.period[1] and is_valid(one.until, self.period)

    def _why_not(self, one: Determination) -> str:
        if self.period is None:
            return f"{one.told}，有效期至{one.until}；没有写明预算年度，不知是否适用"
        if not is_valid(one.until, self.period):
            return f"{one.told}，但有效期至{one.until}，已过期，不再适用"
        return f"{one.told}，但作出在后，不用于这一预算年度"


@dataclass(frozen=True)
class Register:
    """登记簿: version is a hash of what it says; whatever changes a judgement or a finding changes it."""

    determinations: tuple[Determination, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    version: str = ""

    def during(self, year: int | None, on: date | None = None) -> Determinations:
        """The determinations as they stand in a budget year, or on a day where one is given."""
        return Determinations(self.determinations, period_of(year, on))


def period_of(year: int | None, on: date | None = None) -> Period | None:
    """The time an entry must serve: the day given, else the budget year; an entry serves a year it ends in."""
    if on:
        return on, on
    return (date(year, 1, 1), date(year, 12, 31)) if year else None


def is_valid(until: date | None, period: Period) -> bool:
    """Whether something that ends on this day still holds when the period begins."""
    return until is None or until >= period[0]


def in_marks(document: str) -> str:
    """《document》, its marks set once."""
    return document if "《" in document else f"《{document}》"


def _fits(one: Determination, name: str, content: str, topic: str) -> bool:
    of_another = bool(topic and one.topics) and topic not in one.topics
    return one.folded in name or (one.folded in content and not of_another)


def _most_specific(fitting: Sequence[Determination]) -> list[Determination]:
    """Those whose wording is not part of another's, the longest first; equal ones in the order of the register."""
    wordings = {one.folded for one in fitting}
    outer = [one for one in fitting if not any(one.folded in other for other in wordings - {one.folded})]
    return sorted(outer, key=lambda one: -len(one.folded))
