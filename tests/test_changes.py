"""A bureau hands in again: what was mended, what is new, what is still as it was."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from checker.annotation import annotate
from checker.changes import Changes, compare
from tests.submissions import outcome, workbook

BUREAU = "正定县市场监督管理局"
CITY_ITEM = {"name": "作品登记审核", "content": "对国内作者作品登记进行审核"}
WEEK = {"name": "知识产权宣传周活动", "content": "面向本县企业开展知识产权宣传教育"}
UNFOUNDED = {"name": "商业秘密保护指导", "content": "指导本县企业保护商业秘密", "basis": ""}


def changes(before: list[dict], after: list[dict]) -> Changes:
    first, second = (outcome("a.xlsx", workbook(BUREAU, lines)).report for lines in (before, after))
    return compare(first, second)


def test_the_same_file_has_everything_still_open():
    found = changes([CITY_ITEM, UNFOUNDED], [CITY_ITEM, UNFOUNDED])

    assert (found.fixed, found.new) == ((), ())
    assert {finding.code for finding in found.still_open} == {"LV01", "BA01"}


def test_a_mended_line_is_fixed_and_the_others_are_still_open():
    found = changes([CITY_ITEM, UNFOUNDED], [UNFOUNDED])

    assert [finding.code for finding in found.fixed] == ["LV01"]
    assert [finding.code for finding in found.still_open] == ["BA01"]
    assert found.new == ()


def test_a_line_whose_level_alone_was_changed_is_fixed_and_found_to_stand_in_the_wrong_budget():
    found = changes([CITY_ITEM], [CITY_ITEM | {"charged_level": "市级"}])

    assert [finding.code for finding in found.fixed] == ["LV01"]
    assert [finding.code for finding in found.new] == ["LV15"]


def test_lines_that_move_are_the_same_lines():
    before, after = [CITY_ITEM, UNFOUNDED], [WEEK, WEEK | {"name": "专利转化对接会"}, UNFOUNDED, CITY_ITEM]

    found = changes(before, after)

    assert found.fixed == ()
    assert {finding.code for finding in found.still_open} == {"LV01", "BA01"}


@pytest.mark.parametrize("other", [{"amount": 99}, {"name": "作品登记审核经费"}, {"name": "作品登记审核　"}])
def test_a_line_stays_the_same_when_its_amount_or_its_name_is_changed(other: dict):
    found = changes([CITY_ITEM, WEEK], [WEEK, CITY_ITEM | other])

    assert [finding.code for finding in found.still_open] == ["LV01"]
    assert not found.fixed


def test_of_two_alike_lines_one_mended_is_one_fixed():
    lines = [UNFOUNDED, UNFOUNDED | {"amount": 20}]

    found = changes(
        lines,
        [UNFOUNDED, UNFOUNDED | {"amount": 20, "basis": WEEK.get("basis", "《工作方案》（正政办字〔2025〕12号）")}],
    )

    assert [finding.code for finding in found.fixed if finding.code == "BA01"] == ["BA01"]
    assert [finding.code for finding in found.still_open if finding.code == "BA01"] == ["BA01"]


def test_a_line_that_comes_wrong_is_new():
    found = changes([WEEK], [WEEK, CITY_ITEM])

    assert [finding.code for finding in found.new] == ["LV01"]


def test_the_first_sheet_says_what_changed_and_names_the_projects():
    before, after = (outcome("a.xlsx", workbook(BUREAU, lines)) for lines in ([CITY_ITEM, UNFOUNDED], [UNFOUNDED]))
    content = workbook(BUREAU, [UNFOUNDED])

    marked = annotate(content, after.report, compare(before.report, after.report).remarks)

    texts = [str(cell.value) for row in load_workbook(BytesIO(marked)).worksheets[0] for cell in row if cell.value]
    assert "说明：与上次报送相比：已改正 1 处，新出现 0 处，仍未改正 1 处。" in texts
    assert "说明：已改正：LV01“作品登记审核”" in texts
    assert "说明：仍未改正：BA01“商业秘密保护指导”" in texts
