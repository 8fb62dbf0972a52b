"""Whatever a bureau types, every finding is fit to be read: in place, in words, in order, and never a crash."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from checker import rulebook
from checker.definition import definitions
from checker.pipeline import check
from checker.template import fill
from checker.terms import Finding, Report
from tests.test_checks import HEADER, LINE, filled, template

RULES = rulebook.load()
ODD = [
    "约12",
    "1,25",
    "－3",
    "#N/A",
    "=1/0",
    "无",
    "ＸＸ",
    "\u200b",
    "  ",
    "镇级",
    "市本级",
    "[2025]3号",
    "（25）第03号",
    "0",
    "知" * 300,
]
FIELDS = sorted(column.field for column in definitions()["projects"].columns)
VALUES = st.one_of(
    st.none(),
    st.sampled_from(ODD),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.booleans(),
)
LINES = st.lists(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=6), min_size=1, max_size=6)
HEADERS = st.dictionaries(
    st.sampled_from(["bureau", "bureau_level", "division", "date", "telephone"]), VALUES, max_size=2
)


def report(lines: list[dict[str, Any]], header: dict[str, Any]) -> Report:
    """On these lines and a sound one, so that there is something to check whatever they are."""
    return check(
        fill(template("projects"), filled(HEADER | header), [filled(LINE | line) for line in [{}, *lines]]), RULES
    )


def texts(finding: Finding) -> list[str]:
    return [finding.message, finding.fix, finding.accepted]


@settings(max_examples=25)
@given(LINES, HEADERS)
def test_whatever_is_typed_every_finding_is_fit_to_be_read(lines: list[dict[str, Any]], header: dict[str, Any]):
    made = report(lines, header)

    for finding in made.findings:
        assert finding.message
        assert finding.fix
        assert not any(word in text for text in texts(finding) for word in ("None", "nan", "<NA>"))
        assert len(set(finding.cells)) == len(finding.cells)
        assert all(cell.row >= 1 and cell.column >= 1 for cell in finding.cells)


@settings(max_examples=10)
@given(LINES)
def test_whatever_is_typed_findings_stand_in_reading_order(lines: list[dict[str, Any]]):
    made = report(lines, {})

    places = [(one.cell.row, one.cell.column, one.code) for one in made.findings if one.cell]
    assert places == sorted(places)


@settings(max_examples=10)
@given(LINES)
def test_whatever_is_typed_one_code_says_a_thing_of_a_cell_once(lines: list[dict[str, Any]]):
    made = report(lines, {})

    said = [(one.cell, one.code, one.message) for one in made.findings if one.cell]
    assert len(set(said)) == len(said)
