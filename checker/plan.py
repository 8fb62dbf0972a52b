"""What a division plan says, as frozen data: its matters, who holds them by what test, and what it leaves open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from checker.places import Division
from checker.terms import Clause, Level


class By(StrEnum):
    """What tells the level of a matter apart; each value is a way of `by:` in a plan file."""

    SCOPE = "scope"  # the level whose area the work serves
    AFFILIATION = "affiliation"  # 按隶属关系: the level of the department that does it
    HOLDER = "holder"  # the levels with a clause, whoever does it
    OPEN = "open"  # 具体确定: nobody but the office
    SHARED = "shared"  # several levels together
    INITIATOR = "initiator"  # the level that set it up or organises it
    FUNCTION = "function"  # deciding here, executing there
    ENTRUSTED = "entrusted"  # the power above, the execution below, the money by special transfer


def _numbered(title: str, number: str) -> str:
    """A title with where it stands in the document, in one pair of brackets: 规划（二（一））, 规划（一）."""
    return f"{title}{number}" if number.startswith("（") else f"{title}（{number}）"


@dataclass(frozen=True)
class Share:
    """One level's part of a shared matter: percent is None where the plan gives no number.

    tier names the class of divisions it is for ("" for all); part is the component this level pays by itself,
    told by words.
    """

    level: Level
    percent: float | None = None
    tier: str = ""
    part: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Function:
    """One function of a matter that the plan divides by function (决策, 执行), and the words that tell it."""

    name: str
    level: Level
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class UpperPlan:
    """A plan of a higher level this one points at; whether it is loaded is the rulebook's to know."""

    id: str
    level: Level
    title: str
    number: str = ""
    note: str = ""

    @property
    def cited(self) -> str:
        return f"《{self.title}》" + (f"（{self.number}）" if self.number else "")


@dataclass(frozen=True)
class Exclusion:
    """未列入…的: a level holds the matter only as far as these plans, in order, do not list it."""

    level: Level
    clause: Clause
    listed_in: tuple[str, ...]
    not_loaded: tuple[UpperPlan, ...] = ()


@dataclass(frozen=True)
class Override:
    """A class of divisions for which another level takes the place of the usual one."""

    name: str
    divisions: frozenset[str]
    levels: Mapping[Level, Level] = field(hash=False)
    clause: Clause
    matters: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Setting:
    """A reading of the plan that its words leave to the office, with the note that says so."""

    name: str
    note: str
    divisions: tuple[str, ...] = ()
    level: Level | None = None


@dataclass(frozen=True)
class Matter:
    """事项: one item of a plan; a level without a clause does not hold it.

    reads spells out a level word the clause elides, in our words; also is a second sentence of the plan that
    belongs to the clause; wording is the sentence of a matter that the plan does not give level by level.
    words and not_words suggest the matter or speak against it, tells the level that initiated it: ours, not the law's.
    """

    id: str
    section: str
    number: str
    name: str
    by: By
    clauses: Mapping[Level, Clause] = field(default_factory=dict, hash=False)
    reads: Mapping[Level, str] = field(default_factory=dict, hash=False)
    also: Mapping[Level, str] = field(default_factory=dict, hash=False)
    wording: Clause | None = None
    words: tuple[str, ...] = ()
    not_words: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    shares: tuple[Share, ...] = ()
    functions: tuple[Function, ...] = ()
    tells: Mapping[Level, tuple[str, ...]] = field(default_factory=dict, hash=False)
    power: Level | None = None
    execution: Level | None = None
    under: str = ""
    inherited_from: str = ""
    note: str = ""

    def clause(self, level: Level | None) -> Clause | None:
        """The words that give the matter to this level, else those that speak of it without a level."""
        return self.clauses.get(level, self.wording) if level else self.wording

    @property
    def title(self) -> str:
        """As the dropdown of the template shows it."""
        return f"{self.id} {self.name}"

    @property
    def heading(self) -> str:
        return _numbered(self.title, self.number)


@dataclass(frozen=True)
class LevelName:
    """How a place calls a level (盟级, 旗县市（区）级), and the words by which its plan gives a matter to it."""

    called: str
    names: tuple[str, ...] = ()
    holds: str = ""


@dataclass(frozen=True)
class Section:
    title: str
    number: str

    @property
    def heading(self) -> str:
        return _numbered(self.title, self.number)


@dataclass(frozen=True)
class NotEncoded:
    """A clause read and not turned into a matter, with why."""

    quote: str
    number: str
    why: str


@dataclass(frozen=True)
class Document:
    title: str
    issuer: str
    number: str
    dated: str
    source: str
    sha256: str
    under: str = ""

    @property
    def cited(self) -> str:
        """By title, issuer and date: the number alone does not identify a document."""
        return f"《{self.title}》（{self.issuer}，{self.dated}）"


@dataclass(frozen=True)
class Plan:
    """划分方案: valid_from and valid_to are budget years, both included; text is the archived source."""

    id: str
    domain: str
    place: str
    document: Document
    levels: Mapping[Level, LevelName] = field(hash=False)
    sections: Mapping[str, Section] = field(hash=False)
    matters: tuple[Matter, ...]
    valid_from: int
    valid_to: int | None = None
    replaces: tuple[str, ...] = ()
    inherits: Mapping[str, tuple[Level, ...]] = field(default_factory=dict, hash=False)
    classes: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)
    settings: tuple[Setting, ...] = ()
    upper_plans: tuple[UpperPlan, ...] = ()
    not_loaded: tuple[UpperPlan, ...] = ()
    overrides: tuple[Override, ...] = ()
    not_encoded: tuple[NotEncoded, ...] = ()
    text: str = field(default="", repr=False)

    def __hash__(self) -> int:  # all of its matters and clauses again for every look-up would cost more than judging
        return hash((self.id, self.valid_from))

    def matter(self, text: str) -> Matter | None:
        """The matter with this id, name, or title (id 名称)."""
        return self._by_text.get(text.strip())

    @cached_property
    def _by_text(self) -> dict[str, Matter]:
        return {text: one for one in reversed(self.matters) for text in (one.id, one.name, one.title)}

    def of_section(self, numeral: str) -> tuple[Matter, ...]:
        return tuple(matter for matter in self.matters if matter.section == numeral)

    def called(self, level: Level) -> str:
        """The level as this place calls it."""
        return self.levels[level].called if level in self.levels else level.value

    @cached_property
    def divides(self) -> tuple[Level, ...]:
        """The levels between which it divides matters, the highest first: those it names, and those that hold one."""
        held = {level for one in self.matters for level in (*one.clauses, one.power, one.execution)}
        shared = {share.level for one in self.matters for share in one.shares}
        return tuple(level for level in Level if level in {*self.levels, *held, *shared})

    def is_valid(self, year: int) -> bool:
        return self.valid_from <= year and (self.valid_to is None or year <= self.valid_to)

    def treatment(self, division: Division | None) -> Setting | None:
        """The setting that says as which level the plan treats this division, if one does."""
        return self._setting("treated_as", division)

    @property
    def treated_as(self) -> dict[str, Level | None]:
        """Division id → level, as places.level_of_bureau takes it."""
        return {
            id_: setting.level for setting in self.settings if setting.name == "treated_as" for id_ in setting.divisions
        }

    def means_county_by_whole_city(self, division: Division | None) -> bool:
        """Whether 全市 in a line of this division means the division itself: a county-level city."""
        return self._setting("whole_city_is_county", division) is not None

    def _setting(self, name: str, division: Division | None) -> Setting | None:
        if division is None:
            return None
        return next((one for one in self.settings if one.name == name and division.id in one.divisions), None)
