"""元 and 万元 ↔ integer fen."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import money
from checker.money import Amount

FEN = st.integers(min_value=-(10**15), max_value=10**15)
UNITS = st.sampled_from(sorted(money.FEN))


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("12.5", 12_500_000),
        ("1,234.5", 1_234_500_000),
        ("1，234", 1_234_000_000),
        ("１２．５", 12_500_000),
        ("1 234 567", 1_234_567_000_000),
        (" 12 ", 12_000_000),
        ("12\u00a0", 12_000_000),
        ("\u200b12", 12_000_000),
        (".5", 500_000),
        ("5.", 5_000_000),
        ("0.000001", 1),
        ("￥12", 12_000_000),
        ("人民币12", 12_000_000),
        ("+3", 3_000_000),
        ("-3", -3_000_000),
        ("－3", -3_000_000),
        ("(1,234)", -1_234_000_000),
        ("（1，234）", -1_234_000_000),
        ("-￥12", -12_000_000),
    ],
)
def test_text_is_read_as_the_amount_a_person_sees(typed, fen):
    assert money.parse(typed) == Amount(fen)


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("12.5万元", 12_500_000),
        ("125000元", 12_500_000),
        ("12万元整", 12_000_000),
        ("4.5万", 4_500_000),
        ("8 元", 800),
    ],
)
def test_a_unit_written_behind_the_number_stands_whatever_the_column_says(typed, fen):
    assert money.parse(typed, "万元") == money.parse(typed, "元") == Amount(fen)


@pytest.mark.parametrize(
    "typed",
    ["", " ", "-", ".", ",", "1,23", "1,2345", "12,34,567", "1.2.3", "约12", "12-15", "12左右", "1E3", "十二", "12亿元",
     "NaN", "Infinity", "1/3", "=1+1", "(12", "12)", "--3", "²", "万元", "见附件"],
)  # fmt: skip
def test_what_two_readers_may_read_differently_is_refused(typed):
    assert money.parse(typed) is None


@pytest.mark.parametrize("value", [None, True, False, float("nan"), float("inf"), b"12", [12]])
def test_what_is_no_number_and_no_text_is_refused(value):
    assert money.parse(value) is None


def test_what_adding_floats_leaves_behind_is_no_part_of_a_fen():
    assert money.parse(0.1 + 0.2) == Amount(300_000)
    assert money.parse(1.1 * 3) == Amount(3_300_000)
    assert money.parse(sum([0.1] * 1000)) == Amount(100_000_000)
    assert money.parse(12_345_678.9 * 3) == Amount(37_037_036_700_000)


@pytest.mark.parametrize(("value", "fen"), [(100 / 3, 33_333_333), (0.0000005, 1), ("12.1234567", 12_123_457)])
def test_parts_of_a_fen_are_rounded_away_and_said_to_be(value, fen):
    assert money.parse(value) == Amount(fen, exact=False)


@pytest.mark.parametrize(
    ("fen", "unit", "shown"),
    [
        (1_234_500_000, "万元", "1,234.5万元"),
        (1, "万元", "0.000001万元"),
        (0, "万元", "0万元"),
        (-100, "元", "-1元"),
        (10**13, "万元", "10,000,000万元"),
        (123_450, "元", "1,234.5元"),
    ],
)
def test_an_amount_is_shown_without_noughts_behind_and_without_exponent(fen, unit, shown):
    assert money.show(fen, unit) == shown


@given(FEN, UNITS)
def test_what_is_shown_reads_back_as_the_same_fen(fen, unit):
    assert money.parse(money.show(fen, unit), unit) == Amount(fen)


@given(FEN, UNITS)
def test_an_exact_number_reads_back_as_the_same_fen(fen, unit):
    assert money.parse(money.in_unit(fen, unit), unit) == Amount(fen)
    assert money.in_unit(fen, unit) * money.FEN[unit] == fen


@given(st.integers(min_value=-(10**14), max_value=10**14), UNITS)
def test_a_cell_stored_as_a_float_reads_back_as_the_same_fen(fen, unit):
    stored = float(money.in_unit(fen, unit))

    assert money.parse(stored, unit) == Amount(fen)


@given(st.lists(st.integers(min_value=0, max_value=10**10), max_size=50))
def test_a_sum_that_excel_made_of_floats_reads_as_the_exact_sum(parts):
    stored = sum(float(Decimal(part) / 1_000_000) for part in parts)

    assert money.parse(stored) == Amount(sum(parts))


@given(st.text())
def test_any_text_is_either_an_amount_or_refused(text):
    amount = money.parse(text)

    assert amount is None or isinstance(amount.fen, int)


def test_an_amount_beyond_all_bounds_is_still_exact():
    assert money.in_unit(10**40, "元") == 10**38
