"""The reports on two workbooks of one bureau → what was mended, what is new, and what is still as it was."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass

from checker.terms import Finding, JudgedLine, Report
from checker.text import normalise

_TOLD = 6  # projects named in one sentence; the number of the rest is said


@dataclass(frozen=True)
class Changes:
    """fixed are findings of the earlier report, the others of the later one; each in the order of its file.

    projects gives the project a finding is about, by the finding's identity in its report.
    """

    fixed: tuple[Finding, ...] = ()
    new: tuple[Finding, ...] = ()
    still_open: tuple[Finding, ...] = ()
    projects: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]] = ((), (), ())
    other_law: bool = False

    @property
    def sentence(self) -> str:
        """What a bureau reads first when its corrected workbook comes back."""
        return (
            f"与上次报送相比：已改正 {len(self.fixed)} 处，新出现 {len(self.new)} 处，"
            f"仍未改正 {len(self.still_open)} 处。"
        )

    @property
    def remarks(self) -> tuple[str, ...]:
        """The sentence, and which findings they are, for the first sheet of the marked workbook."""
        kinds = zip(
            ("已改正", "新出现", "仍未改正"), (self.fixed, self.new, self.still_open), self.projects, strict=True
        )
        told = (f"{kind}：{_named(found, projects)}" for kind, found, projects in kinds if found)
        law = ("上次核查所用的规则与本次不同，增减的疑点可能由此而来。",) if self.other_law else ()
        return (self.sentence, *told, *law)


def _named(found: Iterable[Finding], projects: Iterable[str]) -> str:
    """LV02“专利导航”、LN01“宣传周”等 9 处"""
    counted = Counter(
        f"{finding.code}“{project}”" if project else finding.code
        for finding, project in zip(found, projects, strict=True)
    )
    shown = [f"{word}{f' {times} 处' if times > 1 else ''}" for word, times in list(counted.items())[:_TOLD]]
    return "、".join(shown) + (f"等 {counted.total()} 处" if len(counted) > _TOLD else "")


def stands_for(after: Report, before: Report) -> bool:
    """Whether a file, under whatever name, is an earlier one corrected: it has at least half of its projects again.

    One that has fewer is an addition, or a part, and takes nothing away from the earlier one.
    """
    known = {sign for line in after.lines for sign in _signs(line)}
    again = sum(not known.isdisjoint(_signs(line)) for line in before.lines)
    return 2 * again >= len(before.lines)


def _signs(line: JudgedLine) -> set[Hashable]:
    """What a project can be known again by: its name, or what is done for how much, where it was given a better one."""
    name, content = normalise(line.name), normalise(line.content)
    return {*([name] if name else []), *([(content, line.amount_fen)] if content else [])}


def compare(before: Report, after: Report) -> Changes:
    """Tell the findings of two reports apart by code and line; rows that move change nothing.

    A line is known by bureau, name and amount, then by bureau and name, then by bureau and amount, so that it stays
    the same line when one of them is corrected. A finding that comes twice in one report and once in the other is once
    still open and once fixed or new.
    """
    same_columns = _columns(before) == _columns(after)
    earlier, later = _placed(before, same_columns), _placed(after, same_columns)
    old, new = dict(enumerate(earlier)), dict(enumerate(later))
    kept: set[int] = set()
    for known_by in (_by_all, _by_name, _by_amount, _by_words, _by_address):
        for place, other in list(_matched(old, new, known_by)):
            del old[place], new[other]
            kept.add(other)
    parts = (
        list(old.values()),
        [one for place, one in enumerate(later) if place not in kept],
        [one for place, one in enumerate(later) if place in kept],
    )
    fixed, fresh, still_open = (tuple(one.finding for one in part) for part in parts)
    names = tuple(tuple(one.line.name if one.line else "" for one in part) for part in parts)
    return Changes(fixed, fresh, still_open, (names[0], names[1], names[2]), before.rulebook != after.rulebook)


@dataclass(frozen=True)
class _Placed:
    """A finding with the line it is about; column is 0 where the columns of the two files cannot be compared."""

    finding: Finding
    line: JudgedLine | None
    column: int


def _columns(report: Report) -> tuple[tuple[str, int], ...]:
    return tuple((table.sheet, table.last_column) for table in report.tables)


def _placed(report: Report, same_columns: bool) -> list[_Placed]:
    lines = {(line.sheet, line.row): line for line in report.lines}
    return [
        _Placed(
            finding,
            lines.get((finding.cell.sheet, finding.cell.row)) if finding.cell else None,
            finding.cell.column if finding.cell and same_columns else 0,
        )
        for finding in report.findings
    ]


_Key = Hashable | None


def _matched(
    old: dict[int, _Placed], new: dict[int, _Placed], known_by: Callable[[_Placed], _Key]
) -> Iterator[tuple[int, int]]:
    """Findings of the same key, in the order of the two files, as often as both have it."""
    waiting: dict[_Key, list[int]] = defaultdict(list)
    for place, one in old.items():
        waiting[known_by(one)].append(place)
    for place, one in new.items():
        key = known_by(one)
        if key is not None and waiting[key]:
            yield waiting[key].pop(0), place


def _by_all(one: _Placed) -> _Key:
    line = one.line
    if line is None or not line.name:
        return None
    return one.finding.code, one.column, normalise(line.bureau), normalise(line.name), line.amount_fen


def _by_name(one: _Placed) -> _Key:
    line = one.line
    return (one.finding.code, one.column, normalise(line.bureau), normalise(line.name)) if line and line.name else None


def _by_amount(one: _Placed) -> _Key:
    line = one.line
    return (one.finding.code, one.column, normalise(line.bureau), line.amount_fen) if line and line.amount_fen else None


def _by_words(one: _Placed) -> _Key:
    """What stands outside the lines, by what is said of it."""
    return None if one.line else (one.finding.code, one.finding.sheet, one.finding.message)


def _by_address(one: _Placed) -> _Key:
    """A header cell, or a line that has neither name nor amount."""
    cell = one.finding.cell
    return (one.finding.code, cell) if cell and (one.line is None or not one.line.name) else None
