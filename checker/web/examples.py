"""The cases a check is tested with → a wrong and a right example for those who ask what its code means."""

import json
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

import yaml

from checker.definition import definitions
from checker.files import CASES

_SHOWN = 2
_LINES = 6
# What a case does to a sound workbook after it was filled in.
_DONE = {
    "version": "模板版本改为 {}",
    "delete_columns": "删去“{}”列",
    "rename_sheet": "工作表改名为“{}”",
    "hide_sheet": "隐藏工作表“{}”",
    "hide_rows": "隐藏第 {} 行明细",
    "hide_columns": "隐藏“{}”列",
    "hide_letters": "隐藏 {} 列",
    "delete_sheet": "删去工作表“{}”",
    "define_name": "名称“{}”指向已不存在的单元格",
    "define_good_name": "名称“{}”指向现有的单元格",
    "copy_table": "预算表又复制了一张，名为“{}”",
    "copy_empty_table": "空白的预算表又复制了一张，名为“{}”",
    "clear": "删去“{}”",
    "add_sheet": "增加工作表“{}”",
    "add_hidden_sheet": "增加一张深度隐藏的工作表“{}”",
    "macros": "文件带有宏",
    "external_link": "引用了别的工作簿",
}


@dataclass(frozen=True)
class Field:
    """One cell of an example: its title, what stands in it, and whether the check finds it."""

    title: str
    value: str
    found: bool = False


@dataclass(frozen=True)
class Example:
    """A few lines of a workbook, what was done to it besides, and where else the check finds something."""

    header: tuple[Field, ...]
    lines: tuple[tuple[Field, ...], ...]
    done: tuple[str, ...]
    finds: tuple[str, ...]


@cache
def examples(code: str) -> dict[str, tuple[Example, ...]]:
    """wrong and right → examples; none where the cases are not at hand."""
    path = CASES / f"{code}.yaml"
    if not path.is_file():
        return {}
    cases = yaml.safe_load(path.read_text("utf-8"))
    return {kind: tuple(map(_example, cases[kind][:_SHOWN])) for kind in ("wrong", "right")}


def _example(case: dict[str, Any]) -> Example:
    finds = set(case.get("finds") or ())
    long = {field: text * times for field, (text, times) in (case.get("repeat") or {}).items()}
    changed = {**(case.get("edit") or {})}
    placed = {_plain(where): value for where, value in (changed.pop("cells", None) or {}).items()}
    lines = [
        () if line is None else _fields(_sound()["line"] | line | long, number, finds, placed)
        for number, line in enumerate((case.get("lines") or [{}])[:_LINES], 1)
    ]
    header = _fields(case.get("header") or {}, 0, finds, placed)
    told = {f"{one.title} {number}" for number, line in enumerate(lines, 1) for one in line}
    rest = finds - told - {one.title for one in header}
    return Example(
        header,
        tuple(lines),
        tuple(chain(_done(changed), _placed(placed, told), ["本年度没有划分方案"] if case.get("without_plan") else ())),
        tuple(sorted(map(_where, rest))),
    )


def _fields(values: dict[str, Any], number: int, finds: set[str], placed: dict[str, Any]) -> tuple[Field, ...]:
    """The cells of a line, or with number 0 of the header block."""
    titled = {_titles().get(field, field): value for field, value in values.items()}
    places = {title: f"{title} {number}" if number else title for title in titled}
    return tuple(
        Field(title, _told(placed.get(places[title], value)), places[title] in finds) for title, value in titled.items()
    )


def _done(changed: dict[str, Any]) -> list[str]:
    return [
        _DONE.get(what, "{}").format("、".join(map(_plain, to)) if isinstance(to, list) else to)
        for what, to in changed.items()
        if what != "at"
    ] + [f"{cell} 写着 {value}" for cell, value in (changed.get("at") or {}).items()]


def _placed(placed: dict[str, Any], told: set[str]) -> list[str]:
    """What was written into cells that the lines do not show."""
    return [
        f"列标题“{where.removeprefix('title ')}”改为“{value}”"
        if where.startswith("title ")
        else f"“{where}”写着 {value}"
        for where, value in placed.items()
        if where not in told
    ]


def _where(place: str) -> str:
    title = place.removeprefix("title ")
    return {"file": "整个文件", "sheet": "整张表"}.get(place, f"列标题“{title}”" if title != place else place)


def _plain(where: Any) -> str:
    """A title as it is spelt in cases, also after the field it stands for; the label of a value is the label."""
    return str(where).removeprefix("label ")


def _told(value: Any) -> str:
    """What stands in the cell; a formula with its result, nothing as such."""
    if isinstance(value, list):
        return " → ".join(map(str, value))
    return "（空）" if value is None else str(value)


@cache
def _sound() -> dict[str, dict[str, Any]]:
    """A line, and a header block, in which nothing is found; a case says how it differs."""
    sound: dict[str, dict[str, Any]] = json.loads((CASES / "sound.json").read_text("utf-8"))
    return sound


@cache
def _titles() -> dict[str, str]:
    """Field → title, over all tables."""
    return {
        column.field: column.title
        for table in definitions().values()
        for column in (*table.header, *table.columns)
    }  # fmt: skip
