"""Cells as the bureau typed them → values of their column's kind, with what had to be put right or could not be."""

import datetime as dt
import re
from collections.abc import Callable, Sequence

from checker import places
from checker.definition import Column
from checker.money import parse
from checker.terms import Level
from checker.text import normalise, tidy
from checker.workbook import Value, text_of

UNREADABLE = frozenset({"number", "date", "list"})  # kinds that leave a cell without a value
_LARGEST = 2**63 - 1
_DATE = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_EXCEL_DAYS = range(36_526, 73_051)  # 2000 to 2099
_EDGES = " \t\r\n"
_WRITTEN_YEAR = re.compile("[〇○零一二三四五六七八九]{4}")  # 二〇二七: no 十, no 百
_WRITTEN_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")

Cast = tuple[object, tuple[str, ...]]  # the value, and the kinds of failure


def cast(column: Column, values: Sequence[Value], unit: str) -> tuple[list[object], dict[int, tuple[str, ...]]]:
    """One column cast: its values, and the kinds of failure by position. Equal cells are cast once."""
    if bool in set(map(type, values)):  # TRUE equals 1 as a key, but does not read the same
        values = [text_of(value) if isinstance(value, bool) else value for value in values]
    blank: Cast = (_blank(column), ())
    one = _CASTS[column.dtype]
    done = {value: blank if is_blank(value) else one(value, column, unit) for value in dict.fromkeys(values)}
    only_values = {value: result for value, (result, _) in done.items()}
    failed = {value: kinds for value, (_, kinds) in done.items() if kinds}
    failures = {place: failed[value] for place, value in enumerate(values) if value in failed} if failed else {}
    return list(map(only_values.__getitem__, values)), failures


def is_blank(value: Value) -> bool:
    """Whether a cell holds nothing a person could see."""
    return value == "" or (isinstance(value, str) and not tidy(value))


def _blank(column: Column) -> str | None:
    return "" if column.dtype in ("text", "code") or (column.dtype == "list" and not _holds_levels(column)) else None


def _holds_levels(column: Column) -> bool:
    return bool(column.values) and set(column.values) <= set(Level)


def _text(value: Value, column: Column, _unit: str) -> Cast:
    text = text_of(value)
    tidied = tidy(text)
    return (tidied or _blank(column)), ("tidied",) if tidied != text.strip(_EDGES) else ()


def _integer(value: Value, column: Column, _unit: str) -> Cast:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return (int(value), ()) if float(value).is_integer() and abs(value) <= _LARGEST else (None, ("number",))
    digits = normalise(text_of(value))
    for suffix in column.suffixes:
        digits = digits.removesuffix(suffix).strip()
    if _WRITTEN_YEAR.fullmatch(digits):
        digits = digits.translate(_WRITTEN_DIGITS)
    return (int(digits), ("coerced",)) if re.fullmatch(r"\d{1,18}", digits) else (None, ("number",))


def _amount(value: Value, _column: Column, unit: str) -> Cast:
    amount = parse(value, unit)
    if amount is None or abs(amount.fen) > _LARGEST:
        return None, ("number",)
    kinds = ("coerced",) if isinstance(value, str) else ()
    return amount.fen, kinds if amount.exact else (*kinds, "precision")


def _list(value: Value, column: Column, unit: str) -> Cast:
    text = text_of(value)
    if column.values_from == "divisions":
        division = places.find(text)
        return (division.id, ()) if division else (None, ("list",))
    if not column.values:  # a list held elsewhere: whoever holds it compares
        return _text(value, column, unit)
    canonical = column.canonical(text)
    return (canonical, ()) if canonical is not None else (_blank(column), ("list",))


def _date(value: Value, _column: Column, _unit: str) -> Cast:
    if isinstance(value, dt.datetime):
        return value.date().isoformat(), ()
    if isinstance(value, dt.date):
        return value.isoformat(), ()
    if isinstance(value, float) and int(value) in _EXCEL_DAYS:
        return (_EXCEL_EPOCH + dt.timedelta(days=int(value))).isoformat(), ("coerced",)
    match = _DATE.fullmatch(normalise(text_of(value)).replace(" ", ""))
    try:
        return (dt.date(*map(int, match.groups())).isoformat(), ()) if match else (None, ("date",))
    except ValueError:
        return None, ("date",)


_CASTS: dict[str, Callable[[Value, Column, str], Cast]] = {
    "text": _text,
    "code": _text,
    "integer": _integer,
    "amount": _amount,
    "list": _list,
    "date": _date,
}
