"""Rows and texts → how a message names them, and how they are compared."""

from collections.abc import Sequence
from itertools import groupby

from checker.reader import Table
from checker.terms import Cell
from checker.text import normalise

_NAMES_SHOWN = 10
_LONGEST_SHOWN = 40


def cut(text: str) -> str:
    """A text as typed, cut where it is too long for a message."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…（共{len(text)}个字）"


def key_cell(table: Table, row: int) -> Cell:
    """Where to look for a row as a whole: its first key cell."""
    keys = [name for name in table.definition.keys if name in table.columns]
    return table.cell(row, keys[0]) if keys else Cell(table.sheet, row, 1)


def folded(text: str) -> str:
    """A text as compared with placeholders, whatever its width and case."""
    return normalise(text).casefold()


def placeholders(table: Table) -> frozenset[str]:
    """The words that fill a cell and say nothing."""
    return frozenset(map(folded, table.definition.placeholders))


def runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Consecutive rows as (first, last)."""
    groups = (list(group) for _, group in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]))
    return [(group[0][1], group[-1][1]) for group in groups]


def named_rows(first: int, last: int) -> str:
    """第3至5行"""
    return f"第{first}行" if first == last else f"第{first}至{last}行"


def listed(names: Sequence[str]) -> str:
    """The first of them, with the exact total where some are not named."""
    shown = "、".join(names[:_NAMES_SHOWN])
    return shown if len(names) <= _NAMES_SHOWN else f"{shown}等{len(names)}项"
