"""schemas/codes → the classification codes of a budget year, as far as they are known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from checker.declaration import known_keys, read
from checker.files import SCHEMAS

_CODES = SCHEMAS / "codes"
_LISTS = ("years", "missing")
_YEAR = ("source", "complete_under", "codes")
_FILES: Mapping[str, tuple[str, ...]] = {"functional": (), "economic": ("department",)}


@dataclass(frozen=True)
class CodeList:
    """科目表 of one budget year; without_list says why there is none (then names is empty).

    Below the codes of complete_under every code that exists is listed.
    """

    year: int
    names: Mapping[str, str] = field(hash=False)
    complete_under: tuple[str, ...] = ()
    source: str = ""
    without_list: str = ""

    def name(self, code: str) -> str | None:
        return self.names.get(code)

    def lacks(self, code: str) -> bool:
        """Whether there is surely no such code that year; False where the list does not go that far."""
        return code not in self.names and any(code.startswith(known) for known in self.complete_under)


def functional(year: int) -> CodeList:
    """支出功能分类科目 of a budget year; no other year's list stands in for it: the codes change every year."""
    return _list("functional.yaml", (), year)


def economic(year: int, kind: str = "department") -> CodeList:
    """支出经济分类科目 of a budget year, of the department budget or of the government budget (kind: government)."""
    return _list("economic.yaml", (kind,), year)


def code_list(name: str, year: int) -> CodeList | None:
    """The list `functional` or `economic` (部门预算) of that budget year; None where it is not at hand."""
    codes = _list(f"{name}.yaml", _FILES[name], year)
    return None if codes.without_list else codes


@cache
def _list(file: str, path: tuple[str, ...], year: int) -> CodeList:
    declared: Any = read(_CODES / file)
    for key in path:
        declared = declared[key]
    lists = known_keys(declared, _LISTS, f"{file}: {'.'.join(path) or '-'}", ("missing",))
    if year not in lists["years"]:
        return CodeList(year, {}, without_list=f"{year}年度科目表未收录。{lists['missing']['why']}")
    one = known_keys(lists["years"][year], _YEAR, f"{file}: {year}", ("source", "codes"))
    return CodeList(year, one["codes"], tuple(one.get("complete_under", ())), one["source"])
