"""schemas/codes → what a classification code is in a budget year, and what no list at hand can say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from checker.declaration import known_keys, read
from checker.files import SCHEMAS

_CODES = SCHEMAS / "codes"
_LISTS = ("years", "missing")
_YEAR = ("source", "complete_under", "codes")


class Standing(StrEnum):
    """What a list says of a code; only UNKNOWN is a doubt, NOT_COVERED is the list's own silence."""

    LISTED = "listed"
    UNKNOWN = "unknown"  # its parent is listed completely, and it is not there
    NOT_COVERED = "not covered"  # no list of that year, or none that reaches the code


@dataclass(frozen=True)
class CodeList:
    """The codes of one classification in one budget year; without_list says why there is none, else it is empty."""

    year: int
    names: Mapping[str, str] = field(hash=False)
    complete_under: tuple[str, ...] = ()
    source: str = ""
    without_list: str = ""

    def standing(self, code: str) -> Standing:
        """A code is listed by itself or as the parent of a listed one."""
        if any(listed.startswith(code) for listed in self.names):
            return Standing.LISTED
        return Standing.UNKNOWN if code.startswith(self.complete_under or ("-",)) else Standing.NOT_COVERED

    def name(self, code: str) -> str | None:
        return self.names.get(code)


@cache
def functional(year: int) -> CodeList:
    """支出功能分类科目 of a budget year; another year's list is never used in its place."""
    return _list("functional.yaml", (), year)


@cache
def economic(year: int, kind: str = "department") -> CodeList:
    """支出经济分类科目 of a budget year, of the department budget or of the government budget (kind: government)."""
    return _list("economic.yaml", (kind,), year)


def _list(file: str, path: tuple[str, ...], year: int) -> CodeList:
    declared: Any = read(_CODES / file)
    for key in path:
        declared = declared[key]
    lists = known_keys(declared, _LISTS, f"{file}: {'.'.join(path) or '-'}", ("missing",))
    if year not in lists["years"]:
        return CodeList(year, {}, without_list=f"{year}年度科目表未收录。{lists['missing']['why']}")
    one = known_keys(lists["years"][year], _YEAR, f"{file}: {year}", ("source", "codes"))
    return CodeList(year, one["codes"], tuple(one.get("complete_under", ())), one["source"])
