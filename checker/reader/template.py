"""Sheets → which template they say they are; one that is unknown, too old or empty is refused with its cure."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from checker.definition import TableDefinition, as_of
from checker.errors import UnreadableWorkbook
from checker.text import normalise
from checker.workbook import Sheet, text_of

_STAMP_ROWS = 20
_SHOWN = 6
_LONGEST_LABEL = 20

Stamp = tuple[str, str]


def stamp(sheets: Iterable[Sheet], definitions: Sequence[TableDefinition]) -> Stamp | None:
    """Template id and version, wherever their labels stand side by side with them."""
    labels = {normalise(definition.stamp.id): normalise(definition.stamp.version) for definition in definitions}
    for sheet in sheets:
        said = _pairs(sheet)
        for id_label, version_label in labels.items():
            if id_label in said and version_label in said:
                return said[id_label], _spelled(said[version_label], definitions)
    return None


def _spelled(version: str, definitions: Sequence[TableDefinition]) -> str:
    """A version as we write it: a program that takes 2.0 for a number hands back 2."""
    known = (one for table in definitions for one in (table.version, *(past.version for past in table.previous)))
    return next((one for one in known if _number(one) == _number(version)), version)


def _pairs(sheet: Sheet) -> dict[str, str]:
    """Every short text with the text to its right, at the top of a sheet."""
    top = (values[:4] for values in sheet.rows[:_STAMP_ROWS])
    pairs = (pair for values in top for pair in pairwise(values))
    short = ((label, value) for label, value in pairs if isinstance(label, str) and 0 < len(label) < _LONGEST_LABEL)
    return {normalise(label): text_of(value).strip() for label, value in short}


def accepted(said: Stamp | None, definitions: Sequence[TableDefinition]) -> tuple[TableDefinition, ...]:
    """The definitions to look for, as they stood in the version that is stamped.

    Raises UnreadableWorkbook for a template that is not ours, is no longer accepted, or is newer than this program.
    """
    if said is None:
        return tuple(definitions)
    current = next((definition for definition in definitions if definition.id == said[0]), None)
    if current is None:
        raise _refusal("wrong-template", f"文件所用模板的编号是“{said[0]}”，不是本系统的模板。{wanted(definitions)}")
    if said[1] == current.version:
        return tuple(definitions)
    if _number(said[1]) > _number(current.version):
        raise _refusal(
            "newer-template", f"文件所用模板是{said[1]}版，本程序只认到{current.version}版。请升级程序后再核查。"
        )
    if said[1] not in {past.version for past in current.previous}:
        raise _refusal("older-template", f"文件所用模板是{said[1]}版，已停止使用。{wanted([current])}")
    return tuple(as_of(table, said[1]) for table in definitions if said[1] in {past.version for past in table.previous})


def refuse_expired(said: Stamp | None, definitions: Sequence[TableDefinition], year: int | None) -> None:
    """An earlier version serves up to the budget year its table names, and no longer."""
    current = next((definition for definition in definitions if said and definition.id == said[0]), None)
    past = next((past for past in current.previous if said and past.version == said[1]), None) if current else None
    if said and current and past and year and year > past.through:
        raise _refusal(
            "older-template",
            f"文件所用模板是{said[1]}版，只用到{past.through}年度预算，不能用于{year}年度。{wanted([current])}"
            "填好的内容可用命令 checker template --from 旧表.xlsx 搬进现行模板。",
        )


def not_ours(sheets: Sequence[Sheet], definitions: Sequence[TableDefinition]) -> UnreadableWorkbook:
    """No sheet holds a standard table: what was seen instead, and what is wanted."""
    seen = "；".join(f"“{sheet.name}”{_first_words(sheet)}" for sheet in sheets[:_SHOWN])
    more = f"等{len(sheets)}张工作表" if len(sheets) > _SHOWN else ""
    return _refusal(
        "wrong-template", f"文件中没有找到标准预算表。看到的是：{seen or '没有工作表'}{more}。{wanted(definitions)}"
    )


def no_lines(sheet: str, definition: TableDefinition) -> UnreadableWorkbook:
    """The table is there and nothing is filled in."""
    keys = "、".join(definition.column(name).title for name in definition.keys)
    return _refusal("no-lines", f"工作表“{sheet}”是空表：没有一行填写了{keys}。请填好后重新报送。")


def wanted(definitions: Sequence[TableDefinition]) -> str:
    """Which template to use and where to get it."""
    names = "或".join(f"《{definition.title}》（{definition.version}版）" for definition in definitions)
    command = f"checker template {definitions[0].id}"
    return f"请使用{names}填报，模板可向财政部门索取，或用命令 {command} 生成。"


def _refusal(code: str, message: str) -> UnreadableWorkbook:
    return UnreadableWorkbook(code, message)


def _first_words(sheet: Sheet) -> str:
    values = (text_of(value).strip() for row in sheet.rows[:10] for value in row[:20] if value != "")
    words = [text[:12] for text in values if text][:4]
    return f"（{'、'.join(words)}）" if words else "（空表）"


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d{1,6}", re.sub(r"(\.0+)+$", "", version)))
