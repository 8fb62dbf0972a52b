"""The cases a check is tested with → a wrong and a right example for those who ask what its code means."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from checker.definition import definitions
from checker.files import CASES

_SHOWN = 2


@dataclass(frozen=True)
class Example:
    """A few lines, each as (column title, what stands in it), and where the check finds something."""

    lines: tuple[tuple[tuple[str, str], ...], ...]
    finds: tuple[str, ...]


@cache
def examples(code: str) -> dict[str, tuple[Example, ...]]:
    """wrong and right → examples that can be shown as lines; none where the cases are not at hand."""
    path = CASES / f"{code}.yaml"
    if not path.is_file():
        return {}
    cases = yaml.safe_load(path.read_text("utf-8"))
    found = {kind: tuple(filter(None, map(_example, cases.get(kind) or ()))) for kind in ("wrong", "right")}
    return {kind: several[:_SHOWN] for kind, several in found.items() if several}


def _example(case: dict[str, Any]) -> Example | None:
    if case.get("edit") or case.get("repeat"):
        return None
    given = [case.get("header") or {}, *(line or {} for line in case.get("lines") or ())]
    lines = tuple(filter(None, map(_titled, given)))
    return Example(lines, tuple(case.get("finds") or ())) if lines else None


def _titled(line: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((_titles().get(name, name), _told(value)) for name, value in line.items())


def _told(value: Any) -> str:
    """What stands in the cell; a formula by its result, nothing as such."""
    if isinstance(value, list):
        return " → ".join(map(str, value))
    return "（空）" if value is None else str(value)


@cache
def _titles() -> dict[str, str]:
    """Field → title, over all tables."""
    return {
        column.field: column.title
        for table in definitions().values()
        for column in (*table.header, *table.columns)
    }  # fmt: skip
