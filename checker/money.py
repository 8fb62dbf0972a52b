"""元 and 万元 ↔ integer fen: the only place where units meet."""

import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from checker.text import tidy

FEN = {"元": 100, "万元": 1_000_000}

# Digits grouped in threes or not at all: 1,23 may be a comma for a point, and nobody can tell.
_NUMBER = re.compile(r"(?P<whole>\d{1,3}(?:[, ]\d{3})+|\d+)?(?P<part>\.\d*)?")
_DRESS = str.maketrans(
    {"，": ",", "．": ".", "－": "-", "−": "-", "–": "-", "＋": "+", "（": "(", "）": ")", "￥": "¥", "‚": ","}
)
_CURRENCY = re.compile(r"^(?:¥|RMB|CNY|人民币)\s*", re.IGNORECASE)
_UNIT = re.compile(r"\s*(万元|万|元)(?:整|人民币)?$")
_WRITTEN = FEN | {"万": FEN["万元"]}  # behind a number of money 万 says 万元, and nothing else
_BRACKETS = re.compile(r"^\((.+)\)$")
_SMALL, _CLEAR = 1_000_000, 0.0005  # below it, multiplying floats errs by less than half of the tolerance


@dataclass(frozen=True)
class Amount:
    """An amount as understood; exact is False if it had parts of a fen, which are rounded away."""

    fen: int
    exact: bool = True


def parse(value: object, unit: str = "万元") -> Amount | None:
    """What a cell says in that unit; None if it is no amount.

    Text is read exactly: 1,234.5 · 1，234 · (1,234) · ￥12 · full-width digits. A unit written behind the number
    stands (125000元 in a 万元 column is 12.5; 4.5万 is 4.5万元, in either). Refused because two readers may differ:
    1,23 · 约12 · 10-20 · 1E3.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        return None
    if isinstance(value, str):
        return _from_text(value, unit)
    if not math.isfinite(value):
        return None
    return _from_number(value, unit)


def _from_number(value: float | Decimal, unit: str) -> Amount:
    if isinstance(value, float) and abs(value) < _SMALL:
        fen = value * FEN[unit]
        if abs(fen - round(fen)) < _CLEAR:  # so near that the exact way below would say the same
            return Amount(round(fen))
    # Excel stores 0.1 + 0.2 as 0.30000000000000004: what arithmetic adds is no part of a fen.
    noise = Decimal(8 * math.ulp(value)) * FEN[unit] if isinstance(value, float) else Decimal(0)
    tolerance = max(Decimal("0.001"), noise) if isinstance(value, float) else Decimal(0)
    return _rounded(Decimal(str(value)) * FEN[unit], tolerance)


def _from_text(text: str, unit: str) -> Amount | None:
    text = tidy(text).translate(_DRESS).strip()
    negative = bool(bracketed := _BRACKETS.match(text))
    text = _CURRENCY.sub("", bracketed[1] if bracketed else text)
    scale = FEN[unit]
    if said := _UNIT.search(text):
        text, scale = text[: said.start()], _WRITTEN[said[1]]
    if text[:1] in ("-", "+"):
        negative, text = negative != (text[0] == "-"), _CURRENCY.sub("", text[1:].lstrip())
    number = _NUMBER.fullmatch(text)
    if not number or not any(map(str.isdigit, text)):
        return None
    value = Decimal(re.sub("[, ]", "", text))
    return _rounded((-value if negative else value) * scale, Decimal(0))


def _rounded(fen: Decimal, tolerance: Decimal) -> Amount:
    nearest = fen.to_integral_value(ROUND_HALF_UP)
    return Amount(int(nearest), abs(fen - nearest) <= tolerance)


def in_unit(fen: int, unit: str = "万元") -> Decimal:
    """Fen as an exact number of that unit, without trailing zeros."""
    value = Decimal(fen) / FEN[unit]
    return Decimal(int(value)) if value == value.to_integral_value() else value.normalize()


def show(fen: int, unit: str = "万元") -> str:
    """Fen as a person reads it: 1234500000 → 1,234.5万元."""
    return f"{in_unit(fen, unit):,f}{unit}"
