"""Outcomes → claims: who asks how much for what, for which place, and the words that tell one item from another."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

from checker.checks.settings import setting
from checker.places import find, mentions
from checker.reasons import RUNNING
from checker.report import Outcome
from checker.terms import Cell, JudgedLine, Level, Report, Verdict
from checker.text import normalise

DEMAND = "LV09"  # the check whose finding says that a line asks money of another level
_YEARS = re.compile(r"20\d\d年?度?")
_NUMBERS = re.compile(
    r"[A-Za-z]+|\d+(?:\.\d+)?|第[一二三四五六七八九十百]+|[一二三四五六七八九十]+(?=期|批|轮|标|阶段|季度)"
)
_NOT_WORDS = re.compile(r"[\W_]+")
_NAME_LENGTH = 4  # characters before 有限公司, 大学 … that tell one from another
_PLACES_IN_CONTENT = 2  # a content that lists more counties is about none of them


@dataclass(frozen=True, slots=True)
class Wording:
    """What of a text tells one item from another: its pairs of characters, numbers, and the bodies it names."""

    core: str
    pairs: frozenset[str]
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False, slots=True)
class Claim:
    """One line of one submission, as the others see it; demand holds the words that ask another level for money."""

    file: str
    cell: Cell
    bureau: str
    bureau_level: Level | None
    division: str
    charged_level: Level | None
    name: str
    content: str
    amount_fen: int | None
    verdict: Verdict
    demand: str = ""
    who: str = ""
    places: frozenset[str] = frozenset()
    named_places: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()
    named: Wording = Wording("", frozenset())
    said: Wording = Wording("", frozenset())
    for_itself: bool = False


class Item(NamedTuple):
    """A line as far as two files are compared; the rest is every other column of the table, as one sign."""

    name: str
    amount_fen: int | None
    charged_level: Level | None
    content: str
    rest: str


@dataclass(frozen=True)
class Handed:
    """One file of one bureau: what tells it from another file of the same bureau for the same year."""

    file: str
    sha256: str
    bureau: str
    division: str
    year: int | None
    template: str
    items: tuple[Item, ...]


@dataclass(frozen=True, eq=False)
class Batch:
    """What the checks across submissions see; small beside the reports it is made from."""

    claims: list[Claim] = field(default_factory=list)
    handed: list[Handed] = field(default_factory=list)


def batch_of(outcomes: Iterable[Outcome]) -> Batch:
    """Everything the checks need, taken from each report in turn, so that reports may be read one by one."""
    batch = Batch()
    for outcome in outcomes:
        if outcome.report:
            batch.claims.extend(_claims(outcome.file, outcome.report))
            batch.handed.extend(_handed(outcome, outcome.report))
    return batch


def _claims(file: str, report: Report) -> Iterator[Claim]:
    demands = {
        (finding.cell.sheet, finding.cell.row): finding.value
        for finding in report.findings
        if finding.code == DEMAND and finding.cell
    }
    for line in report.lines:
        if line.name and line.judgement.reason != RUNNING:
            yield _claim(file, line, demands.get((line.sheet, line.row), ""))


def _claim(file: str, line: JudgedLine, demand: str) -> Claim:
    name, content = normalise(line.name), normalise(line.content)
    named = _ids(name)
    home = home_of(line.division, line.bureau)
    return Claim(
        file=file,
        cell=line.cell or Cell(line.sheet, line.row, 1),
        bureau=line.bureau,
        bureau_level=line.bureau_level,
        division=home,
        charged_level=line.charged_level,
        name=line.name,
        content=line.content,
        amount_fen=line.amount_fen,
        verdict=line.judgement.verdict,
        demand=demand,
        who=bureau_key(line.bureau, home),
        places=_one_of(_places(line, home, named, content)),
        named_places=_one_of(named),
        bodies=_one_of(_bodies(f"{name}。{content}")),
        named=wording(name),
        said=wording(content),
        for_itself=any(word in f"{name}{content}" for word in setting("across")["for_itself"]),
    )


@lru_cache(maxsize=65_536)
def _one_of(names: frozenset[str]) -> frozenset[str]:
    """The same object for equal names: of many lines few name something of their own."""
    return names


def home_of(division: str, bureau: str) -> str:
    """The place a bureau belongs to, as a code or name of the code list; by its own name where nothing else says."""
    found = find(division) if division else None
    named = mentions(normalise(bureau))
    return found.id if found else named[0][0].id if named else normalise(division)


@lru_cache(maxsize=65_536)
def bureau_key(bureau: str, home: str) -> str:
    """The same for 正定县市场监督管理局, 县市场监督管理局 and 市场监督管理局 of one place."""
    name = _without_places(normalise(bureau))
    return f"{home}/{name.lstrip('省市县区') or name}"


def _places(line: JudgedLine, home: str, named: frozenset[str], content: str) -> frozenset[str]:
    """Whose benefit a line is for: a county's lines are its own, a city's those of the counties it names, or the city.

    So 宣传周 in 22 counties are 22 items.
    """
    place = find(home) if home else None
    if place and (place.level is Level.COUNTY or place.is_zone) and line.bureau_level in {None, Level.COUNTY}:
        return frozenset({home}) | named
    inside = named or _ids(content)
    few = inside if len(inside) <= _PLACES_IN_CONTENT or inside == named else frozenset()
    return few - {home} or frozenset({home} - {""})


def _ids(text: str) -> frozenset[str]:
    return frozenset(division.id for division, _ in mentions(text))


@lru_cache(maxsize=65_536)
def wording(text: str) -> Wording:
    """The words of a normalised text without places, years, numbers and what every item is called."""
    bare = _YEARS.sub("", _without_places(text))
    numbers = frozenset(_NUMBERS.findall(bare))
    core = _NOT_WORDS.sub("", _plain().sub("", bare))
    return Wording(core, frozenset(core[at : at + 2] for at in range(len(core) - 1)), numbers)


def _without_places(text: str) -> str:
    for _, words in mentions(text):
        text = text.replace(words, "", 1)
    return text


def _bodies(text: str) -> frozenset[str]:
    """Companies, schools and the like a text names, each by the last characters before 有限公司, 大学 …"""
    known = setting("across")
    found = (match["name"][-_NAME_LENGTH:] for match in _body().finditer(text))
    return frozenset(name for name in found if not name.endswith(tuple(known["no_names"])))


@cache
def _body() -> re.Pattern[str]:
    kinds = "|".join(sorted(setting("across")["bodies"], key=len, reverse=True))
    return re.compile(f"(?P<name>[\u4e00-\u9fff]{{2,20}}?)(?:{kinds})")


@cache
def _plain() -> re.Pattern[str]:
    return re.compile("|".join(sorted(setting("across")["plain"], key=len, reverse=True)))


def _item(line: JudgedLine) -> Item:
    name, content = normalise(line.name), normalise(line.content)
    return Item(name, line.amount_fen, line.charged_level, content, line.digest)


def _handed(outcome: Outcome, report: Report) -> Iterator[Handed]:
    """A workbook of one bureau; one of many bureaus is collected by somebody else and stands beside their own."""
    owners = {(line.bureau, home_of(line.division, line.bureau)) for line in report.lines if line.bureau}
    if len(owners) == 1:
        [(bureau, home)] = owners
        items = tuple(sorted(map(_item, report.lines), key=str))
        template = report.template[0] if report.template else ""
        yield Handed(outcome.file, outcome.sha256 or report.sha256, bureau, home, report.year, template, items)
