"""What is filled in → the live counters above the table: their formulas and the values stored with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checker import money
from checker.definition import TableDefinition
from checker.template.layout import Layout, absolute

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Counter:
    """A label and a formula; value is what Excel would make of the formula, stored so that every reader sees it."""

    label: str
    formula: str
    value: float
    number_format: str = "#,##0"
    is_missing: bool = False


def counters(
    definition: TableDefinition, places: Layout, header: Values, lines: Sequence[Values]
) -> tuple[Counter, ...]:
    """Lines filled in, required cells still blank (those of the header block too), and the sum of the amounts.

    Rows that bear a total are no lines.
    """
    counted = [line for line in lines if _is_line(definition, line)]
    is_line = _is_line_formula(definition, places)
    return (
        Counter("已填行数", f"=SUMPRODUCT({is_line})", len(counted)),
        Counter(
            "必填未填",
            _missing_formula(definition, places, is_line),
            _missing(definition, header, counted),
            number_format='#,##0"格"',
            is_missing=True,
        ),
        Counter(
            "金额合计",
            f"=SUMPRODUCT({is_line},{places.range('amount')})",
            _total(definition, counted),
            number_format=f'{definition.column("amount").number_format}"{definition.unit}"',
        ),
    )


def _total(definition: TableDefinition, lines: Sequence[Values]) -> float:
    """The sum of what Excel takes for numbers, exact to the fen."""
    amounts = (line["amount"] for line in lines if isinstance(line.get("amount"), (int, float)))
    parsed = (money.parse(amount, definition.unit) for amount in amounts)
    return float(money.in_unit(sum(amount.fen for amount in parsed if amount), definition.unit))


def _is_line(definition: TableDefinition, line: Values) -> bool:
    bears_total = any(_text(line.get(field)).replace(" ", "") in definition.total_words for field in _LABELS)
    return any(_text(line.get(field)) for field in definition.keys) and not bears_total


_LABELS = ("serial", "name")  # where the word of a total stands


def _is_line_formula(definition: TableDefinition, places: Layout) -> str:
    words = ",".join(f'"{word}"' for word in definition.total_words)
    filled = "+".join(f"(LEN(TRIM({places.range(field)}))>0)" for field in definition.keys)
    no_total = "*".join(f'ISNA(MATCH(SUBSTITUTE({places.range(field)}," ",""),{{{words}}},0))' for field in _LABELS)
    return f"(({filled})>0)*{no_total}"


def _missing(definition: TableDefinition, header: Values, lines: Sequence[Values]) -> int:
    needed = [column for column in definition.header if column.required and not column.fixed]
    above = sum(not _text(header.get(column.field)) for column in needed)
    columns = [column for column in definition.columns if column.required]
    return above + sum(not _text(line.get(column.field)) for line in lines for column in columns)


def _missing_formula(definition: TableDefinition, places: Layout, is_line: str) -> str:
    above = [
        f"(LEN(TRIM({absolute(row, slot.first)}))=0)"
        for place, column in enumerate(definition.header)
        if column.required and not column.fixed
        for row, slot in [places.header_cell(place)]
    ]
    below = "+".join(f"(LEN(TRIM({places.range(column.field)}))=0)" for column in definition.columns if column.required)
    return f"={'+'.join(above)}+SUMPRODUCT({is_line}*({below}))"


def _text(value: object) -> str:
    if isinstance(value, tuple):
        value = value[1]
    return "" if value is None else str(value).strip()
