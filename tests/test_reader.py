"""bytes → Budget: what the bureau typed, where it stands, and what of it could not be read as it should be."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import annotate, check
from checker.annotation import marks as annotation_marks
from checker.annotation import summary
from checker.definition import definitions
from checker.errors import UnreadableWorkbook
from checker.reader import Budget, Failure, Table, read
from checker.reader.titles import marks
from checker.rulebook import load
from checker.template import fill
from checker.terms import Level
from checker.workbook import text_of
from tests import packages

PROJECTS = definitions()["projects"]
CONSOLIDATED = definitions()["projects-consolidated"]
HEADER = {"bureau": "赵县市场监督管理局", "bureau_level": "县级", "division": "赵县", "year": 2026, "unit": "万元"}
TITLES = ["序号", "项目名称", "项目内容", "承担级次", "预算金额", "本级财力", "上级转移支付", "其他资金", "备注"]
LINES = [
    [1, "商标业务培训", "本县企业培训", "县级", 12.5, 10, 2.5, 0, None],
    [2, "专利侵权查处", "流通领域立案查处", "市级", 8, 8, 0, 0, "续"],
    [3, "作品登记", "作品登记审核", "县级", 0.000001, None, None, None, None],
]
TOP = [
    ["部门项目支出预算申报表"],
    ["填报单位", "赵县市场监督管理局", "单位级次", "县级", "行政区划", "赵县"],
    ["预算年度", 2026, "金额单位", "万元"],
]


@dataclass(frozen=True)
class Page:
    """A sheet to be written: rows of values; merged areas (first row, first column, last row, last column), from 1."""

    rows: list[list]
    name: str = "填报表"
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    hidden: bool = False
    formulas: dict[tuple[int, int], tuple[str, object]] = field(default_factory=dict)


def written(*pages: Page) -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        for page in pages:
            _write(book.add_worksheet(page.name), page)
    return buffer.getvalue()


def _write(sheet, page: Page) -> None:
    cells = {(row, column): value for row, values in enumerate(page.rows) for column, value in enumerate(values)}
    for (row, column), value in cells.items():
        if value is not None:
            sheet.write(row, column, value)
    for top, left, bottom, right in page.merged:
        sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, cells.get((top - 1, left - 1), ""))
    for (row, column), (formula, stored) in page.formulas.items():
        sheet.write_formula(row - 1, column - 1, formula, None, stored)
    _hide(sheet, page)


def _hide(sheet, page: Page) -> None:
    for row in page.hidden_rows:
        sheet.set_row(row - 1, None, None, {"hidden": True})
    for column in page.hidden_columns:
        sheet.set_column(column - 1, column - 1, None, None, {"hidden": True})
    if page.hidden:
        sheet.very_hidden()


def page(*lines: list, titles: list | None = None, top: list | None = None, **more) -> Page:
    return Page([*(TOP if top is None else top), titles or TITLES, *(lines or LINES)], **more)


def table(*pages: Page) -> Table:
    return read(written(*pages)).tables[0]


def told(read_table: Table) -> list[tuple[str, str]]:
    """Failures as (address, kind)."""
    return [(read_table.cell(one.row, one.field).address, one.kind) for one in read_table.failures]


def refusal(content: bytes) -> UnreadableWorkbook:
    with pytest.raises(UnreadableWorkbook) as caught:
        read(content)
    return caught.value


# The template


def test_the_template_as_filled_in_is_read_in_full():
    lines = [{"name": "商标业务培训", "charged_level": "县级", "amount": 12.5, "function_code": "2011409"}]

    budget = read(fill(PROJECTS, HEADER, lines))

    [found] = budget.tables
    assert (budget.template, budget.year, budget.extension) == (("projects", "2.0"), 2026, "xlsx")
    assert found.failures == ()
    line = found.lines.loc[found.header_row + 1]
    assert (line["name"], line["charged_level"], line["amount"]) == ("商标业务培训", Level.COUNTY, 12_500_000)
    assert (line["bureau"], line["bureau_level"], line["division"]) == ("赵县市场监督管理局", "县级", "130133")
    assert (line["function_code"], line["content"], line["own_funds"]) == ("2011409", "", pd.NA) or line.isna()[
        "own_funds"
    ]


def test_a_template_filled_in_by_openpyxl_is_a_valid_submission():
    book = openpyxl.load_workbook(Path(__file__).parent.parent / "templates" / "projects.xlsx")
    sheet = book[PROJECTS.sheet]
    places = {cell.value: cell for row in sheet.iter_rows(max_row=20) for cell in row if cell.value}
    for column in PROJECTS.header:
        if column.field in HEADER:
            sheet.cell(places[column.title].row, places[column.title].column + 1).value = HEADER[column.field]
    for name, value in {"name": "商标业务培训", "charged_level": "县级", "amount": 12.5}.items():
        place = places[PROJECTS.column(name).title]
        sheet.cell(place.row + 1, place.column).value = value
    buffer = BytesIO()
    book.save(buffer)

    budget = read(buffer.getvalue())

    assert budget.tables[0].failures == ()
    assert budget.formulas_without_value == ()
    assert budget.tables[0].lines["amount"].tolist() == [12_500_000]


def test_the_consolidated_table_has_bureau_level_and_division_in_every_line():
    lines = [
        {
            "bureau": "赵县局",
            "bureau_level": "区级",
            "division": "赵县",
            "name": "甲",
            "charged_level": "县本级",
            "amount": 1,
        },
        {
            "bureau": "市局",
            "bureau_level": "市本级",
            "division": "130100",
            "name": "乙",
            "charged_level": "市直",
            "amount": 2,
        },
    ]

    [found] = read(fill(CONSOLIDATED, {"year": 2026, "unit": "万元"}, lines)).tables

    assert found.definition.id == "projects-consolidated"
    assert found.lines["bureau_level"].tolist() == ["县级", "市级"]
    assert found.lines["division"].tolist() == ["130133", "130100"]
    assert found.cell(found.lines.index[0], "bureau").row == found.lines.index[0]


def test_lines_of_both_tables_carry_the_same_facts():
    one = read(fill(PROJECTS, HEADER, [{"name": "甲", "charged_level": "县级", "amount": 1}])).tables[0]
    many = read(fill(CONSOLIDATED, {"year": 2026}, [{"name": "甲", "charged_level": "县级", "amount": 1}])).tables[0]

    assert set(one.lines.columns) == set(many.lines.columns)


def test_an_earlier_version_is_read_with_its_own_titles_and_said_to_be_outdated():
    old = PROJECTS.previous[0]
    titles = ["序号", "项目名称", old.titles["content"], old.titles["charged_level"], *TITLES[4:]]
    stamp = Page([["模板编号", "projects"], ["模板版本", old.version]], name="模板标识", hidden=True)

    budget = read(written(page(titles=titles), stamp))

    assert budget.outdated
    assert budget.template == ("projects", old.version)
    assert budget.tables[0].lines["charged_level"].tolist() == ["县级", "市级", "县级"]
    assert not set(old.without) & set(budget.tables[0].missing)


def test_a_version_that_became_a_number_is_the_same_version():
    stamp = Page([["模板编号", "projects"], ["模板版本", float(PROJECTS.version)]], name="模板标识", hidden=True)

    budget = read(written(page(), stamp))

    assert budget.template == ("projects", PROJECTS.version)
    assert not budget.outdated


@pytest.mark.parametrize(
    ("identity", "version", "year", "code"),
    [
        ("projects", "0.9", 2026, "older-template"),
        ("projects", "1.0", 2028, "older-template"),
        ("projects", "9.0", 2026, "newer-template"),
        ("wages", "2.0", 2026, "wrong-template"),
    ],
)
def test_a_template_we_cannot_take_is_named_with_the_one_wanted(identity, version, year, code):
    stamp = Page([["模板编号", identity], ["模板版本", version]], name="模板标识", hidden=True)
    top = [*TOP[:2], ["预算年度", year, "金额单位", "万元"]]

    refused = refusal(written(page(top=top), stamp))

    assert refused.code == code
    assert version in refused.message or identity in refused.message


def test_a_workbook_without_a_table_of_ours_is_told_what_was_seen_and_what_is_wanted():
    refused = refusal(written(Page([["姓名", "电话"], ["张三", "123"]], name="通讯录")))

    assert refused.code == "wrong-template"
    assert all(words in refused.message for words in ("通讯录", "姓名", PROJECTS.title, "checker template projects"))


def test_an_empty_table_is_refused_as_such():
    assert refusal((Path(__file__).parent.parent / "templates" / "projects.xlsx").read_bytes()).code == "no-lines"
    assert refusal(written(page([1] + [None] * 8, [2] + [None] * 8))).code == "no-lines"


# Finding the table


def test_titles_are_known_by_their_aliases_in_any_order_with_remarks_and_marks():
    titles = ["承担\n级次*", "申报金额（万元）", "项目名称 （必填）", "主要内容", "３"]

    found = table(page(["县级", 3, "甲", "做甲", 1], titles=titles))

    assert found.columns == {"charged_level": 1, "amount": 2, "name": 3, "content": 4}
    assert [text for text, _ in found.unknown] == ["３"]


def test_a_header_of_two_rows_is_read_from_both():
    top = [
        *TOP,
        ["序号", "项目名称", "项目内容", "承担级次", "预算金额", "资金来源", None, None, "备注"],
    ]
    second = [None, None, None, None, None, "本级财力", "上级转移支付", "其他资金", None]
    merged = (*((4, column, 5, column) for column in (1, 2, 3, 4, 5, 9)), (4, 6, 4, 8))

    for areas in ((), merged):
        found = table(page(*LINES, titles=second, top=top, merged=areas))
        assert found.columns == dict(
            zip(
                (
                    "serial",
                    "name",
                    "content",
                    "charged_level",
                    "amount",
                    "own_funds",
                    "transfer",
                    "other_funds",
                    "remark",
                ),
                range(1, 10),
                strict=True,
            )
        )
        assert found.lines.index.tolist() == [6, 7, 8]


def test_an_exact_title_wins_over_an_alias_and_two_alike_are_doubled():
    titles = ["项目名称", "预算金额", "金额", "承担级次", "承担级次", "项目内容"]

    found = table(page(["甲", 1, 9, "县级", "市级", "做"], titles=titles))

    assert found.columns["amount"] == 2
    assert [text for text, _ in found.unknown] == ["金额"]
    assert [cell.address for cell in found.doubled["charged_level"]] == ["D4", "E4"]


def test_a_column_left_out_is_missing_once_and_its_lines_hold_nothing():
    found = table(page(["甲", 1, "做"], titles=["项目名称", "预算金额", "项目内容", "备注"]))

    assert "charged_level" in found.missing
    assert found.lines["charged_level"].tolist() == [None]
    assert not [one for one in found.failures if one.field == "charged_level"]


def test_tables_on_several_sheets_are_all_read_also_hidden_ones():
    budget = read(written(page(name="甲"), page(name="乙", hidden=True), Page([["a"]], name="丙", hidden=True)))

    assert [(one.sheet, one.state, len(one.lines)) for one in budget.tables] == [
        ("甲", "visible", 3),
        ("乙", "veryHidden", 3),
    ]
    assert budget.hidden_sheets == (("丙", "veryHidden"),)


# The header block


@pytest.mark.parametrize(
    "top",
    [
        [
            ["填报单位：赵县市场监督管理局", None, "单位级次：县级", "行政区划：赵县"],
            ["预算年度：2026年", "金额单位：万元"],
        ],
        [["填报单位：赵县市场监督管理局   单位级次：县级   行政区划：赵县   预算年度：2026　金额单位：万元"]],
        [
            ["*预算单位名称：", "赵县市场监督管理局"],
            ["单位级别", "县区级"],
            ["所在地区", "130133"],
            ["年度", "2026年度", "单位：万元"],
        ],
        [
            ["石家庄市2026年部门项目支出预算申报表"],
            ["填报单位", "赵县市场监督管理局", "隶属关系", "县本级", "区划代码", 130133],
        ],
    ],
)
def test_the_header_block_is_read_however_it_is_laid_out(top):
    found = table(page(top=top))

    said = {name: one.value for name, one in found.header.items() if name in HEADER}
    assert said | {"unit": "万元"} == HEADER | {"division": "130133"}
    assert found.lines["bureau"].tolist() == ["赵县市场监督管理局"] * 3


def test_a_value_stands_right_of_a_merged_label():
    top = [["填报单位", None, None, "赵县局"]]

    found = table(page(top=top, merged=((1, 1, 1, 3),)))

    assert found.header["bureau"].cell.address == "D1"
    assert found.cell(7, "bureau").address == "D1"


def test_a_blank_or_unknown_header_value_fails_at_its_own_cell():
    top = [["填报单位", None, "单位级次", "厅级", "行政区划", "东京"], ["预算年度", "明年", "金额单位", "万元"]]

    found = table(page(top=top))

    assert told(found) == [("B1", "required"), ("D1", "list"), ("F1", "list"), ("B2", "number")]
    assert found.lines["bureau_level"].tolist() == [None] * 3
    assert found.year is None


def test_labels_that_are_not_there_are_listed_and_fail_nothing():
    found = table(page(top=[["填报单位", "赵县局"]]))

    assert "year" in found.missing_labels
    assert found.failures == ()


def test_the_unit_is_read_and_never_guessed():
    top = [["填报单位", "赵县局"], ["单位：元"]]

    in_header = table(page([1, "甲", "做", "县级", 125_000, None, None, None, None], top=[["金额单位", "元"]]))
    in_title = table(
        page(["甲", "做", "县级", 125_000], titles=["项目名称", "项目内容", "承担级次", "预算金额（元）"], top=top)
    )

    assert in_header.lines["amount"].tolist() == in_title.lines["amount"].tolist() == [12_500_000]
    assert ("B1", "list") in told(in_header)
    assert in_title.units == {"amount": "元"}


def test_a_column_of_bureaus_in_a_table_of_one_bureau_speaks_for_its_line():
    titles = ["填报单位", *TITLES[1:]]
    lines = [["赵县农业局", *LINES[0][1:]], [None, *LINES[1][1:]]]

    found = table(page(*lines, titles=titles))

    assert found.definition.id == "projects"
    assert found.lines["bureau"].tolist() == ["赵县农业局", "赵县市场监督管理局"]
    assert (found.lines["bureau_level"].tolist(), found.failures) == (["县级", "县级"], ())


@pytest.mark.parametrize(("level", "told_of"), [("局级", [("D1", "list")]), (None, [("D1", "required")])])
def test_what_the_header_block_says_wrong_stands_there_also_beside_a_column_of_it(level, told_of):
    lines = [[*line, "市级"] for line in LINES]

    found = table(page(*lines, titles=[*TITLES, "单位级次"], top=[["填报单位", "赵县局", "单位级次", level]]))

    assert told(found) == told_of
    assert found.cell(found.header_row + 1, "bureau_level").column == len(TITLES) + 1


def test_a_table_of_many_bureaus_made_by_hand_is_the_consolidated_one():
    titles = ["填报单位", *TITLES[1:]]

    found = table(page(*[["赵县农业局", *line[1:]] for line in LINES], titles=titles, top=[["2026年项目支出汇总"]]))

    assert (found.definition.id, found.year) == ("projects-consolidated", 2026)
    assert set(found.missing) >= {"bureau_level", "division"}


# Lines


def test_blank_rows_end_nothing_and_addresses_are_physical():
    blank = [None] * 9

    found = table(page(LINES[0], blank, blank, LINES[1], blank, LINES[2]))

    assert found.lines.index.tolist() == [5, 8, 10]
    assert found.cell(8, "amount").address == "E8"
    assert found.last_row == 10


def test_a_serial_a_default_or_an_empty_formula_makes_no_line():
    serial_only = [4, None, None, None, None, None, None, None, None]
    default_level = [5, None, None, "县级", None, None, None, None, None]
    sheet = page(*LINES, serial_only, default_level, [6] + [None] * 8, [7] + [None] * 8)
    formulas = {(10, 2): ('=IF(A10="","","")', ""), (11, 5): ("=SUM(F11:H11)", 0)}

    found = table(replace(sheet, formulas=formulas))

    assert found.lines.index.tolist() == [5, 6, 7]
    assert found.stray_rows == (9,)


def test_totals_are_collected_and_are_no_lines():
    rows = [
        LINES[0],
        ["小计", None, None, None, 12.5, 10, 2.5, 0, None],
        LINES[1],
        LINES[2],
        [None, "小  计", None, None, 8.000001, None, None, None, None],
        ["合计：", None, None, None, "20.500001", None, None, None, None],
    ]

    found = table(page(*rows))

    assert found.lines.index.tolist() == [5, 7, 8]
    assert [(one.row, one.word, one.covers, one.amounts["amount"]) for one in found.totals] == [
        (6, "小计", (5,), 12_500_000),
        (9, "小计", (7, 8), 8_000_001),
        (10, "合计", (5, 7, 8), 20_500_001),
    ]


def test_a_project_whose_name_ends_like_a_total_is_a_line():
    found = table(page([1, "知识产权统计与合计", "统计工作", "县级", 3, None, None, None, None], *LINES))

    assert 5 in found.lines.index


def test_notes_signatures_column_numbers_and_repeated_titles_are_no_lines():
    rows = [
        [1, 2, 3, 4, 5, 6, 7, 8, 9],
        LINES[0],
        TITLES,
        LINES[1],
        ["说明：1.本表由预算单位填报。"],
        ["2.金额以万元为单位。"],
        ["单位负责人：张三", None, "财务负责人：李四", None, "填表人：王五"],
        [None, "注：同上"],
    ]

    found = table(page(*rows))

    assert found.lines.index.tolist() == [6, 8]
    assert found.stray_rows == ()


def test_a_hidden_row_is_read_and_said_to_be_hidden():
    found = table(page(hidden_rows=(6,), hidden_columns=(4,)))

    assert found.lines.index.tolist() == [5, 6, 7]
    assert found.hidden_rows == (6,)
    assert found.hidden_columns == ("charged_level",)


def test_a_text_merged_over_several_lines_is_said_of_each_but_an_amount_is_not():
    rows = [
        [1, "甲", "同一内容", "县级", 5, None, None, None, None],
        [2, "乙", None, "县级", None, None, None, None, None],
    ]

    found = table(page(*rows, merged=((5, 3, 6, 3), (5, 5, 6, 5))))

    assert found.lines["content"].tolist() == ["同一内容", "同一内容"]
    assert told(found) == [("E6", "required")]


# Values


def test_what_had_to_be_put_right_is_put_right_and_told():
    rows = [["１", "商标\u200b培训", "内容", "市本级", "12.5", "（1，234）", "￥3", "", None]]

    found = table(page(*rows))

    line = found.lines.iloc[0]
    assert (line["name"], line["charged_level"], line["amount"]) == ("商标培训", "市级", 12_500_000)
    assert (line["own_funds"], line["transfer"]) == (-1_234_000_000, 3_000_000)
    assert told(found) == [
        ("A5", "coerced"), ("B5", "tidied"), ("E5", "coerced"), ("F5", "coerced"), ("F5", "range"), ("G5", "coerced"),
    ]  # fmt: skip
    assert found.typed.loc[5, "own_funds"] == "（1，234）"


def test_one_unreadable_cell_is_one_failure():
    rows = [
        [1, "甲", "做", "县级", "约12", None, None, None, None],
        [2, "乙", "做", "乡级", 1, None, None, None, None],
        [3, "丙", "做", None, 0, None, None, None, None],
        [4, None, "做", "县级", 0.0000001, None, None, None, None],
        [5, "丁", "做", "县级", 1e30, None, None, None, None],
    ]

    found = table(page(*rows))

    assert told(found) == [
        ("E5", "number"), ("D6", "list"), ("D7", "required"), ("E7", "range"),
        ("B8", "required"), ("E8", "precision"), ("E8", "range"), ("E9", "number"),
    ]  # fmt: skip
    assert Failure(5, "amount", "number", "约12") in found.failures
    assert found.lines["charged_level"].tolist() == ["县级", None, None, "县级", "县级"]


def test_codes_are_text_and_whole_numbers_lose_their_point():
    titles = ["项目名称", "承担级次", "预算金额", "支出功能分类科目", "部门预算支出经济分类"]

    found = table(page(["甲", "县级", 1, 2011409.0, "030227"], titles=titles))

    assert found.lines["function_code"].tolist() == ["2011409"]
    assert told(found) == [("E5", "pattern")]


def test_dates_numbers_and_truths_in_a_text_column_read_as_shown():
    found = table(page([1, 2026, True, "县级", 1, None, None, None, None]))

    assert (found.lines.loc[5, "name"], found.lines.loc[5, "content"]) == ("2026", "TRUE")


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (dt.date(2026, 11, 23), "2026-11-23"),
        ("2026年11月23日", "2026-11-23"),
        ("2026.1.2", "2026-01-02"),
        ("20261123", "2026-11-23"),
    ],
)
def test_a_date_is_read_in_every_usual_form(said, value):
    content = fill(PROJECTS, HEADER | {"date": said}, [{"name": "甲", "charged_level": "县级", "amount": 1}])

    assert read(content).tables[0].header["date"].value == value


def test_an_error_or_a_formula_without_value_is_its_own_finding_and_not_a_blank():
    sheet = page(*LINES)
    content = written(replace(sheet, formulas={(5, 5): ("=1/0", "#DIV/0!"), (6, 5): ("=8", 8)}))
    content = packages.replaced(content, packages.SHEET, "<f>8</f><v>8</v>", "<f>8</f>")

    budget = read(content)

    assert [(cell.address, text) for cell, text in budget.error_cells] == [("E5", "#DIV/0!")]
    assert [cell.address for cell in budget.formulas_without_value] == ["E6"]
    assert budget.tables[0].failures == ()
    assert budget.tables[0].lines.index.tolist() == [5, 6, 7]


def test_the_frame_has_whole_fen_and_no_floats():
    found = table(page())

    assert str(found.lines["amount"].dtype) == str(found.lines["serial"].dtype) == "Int64"
    assert found.lines["amount"].tolist() == [12_500_000, 8_000_000, 1]
    assert found.lines["own_funds"].isna().tolist() == [False, False, True]


# Our own marks


def test_a_marked_file_is_read_as_if_it_had_no_marks():
    results = list(marks().result_columns)
    rows = [[*line, "级次相符", "县级", "LV01", "说明", "依据", "改"] for line in LINES]
    findings = [["序号", "工作表", "项目名称", "预算金额", "承担级次", "备注"], [1, "填报表", "甲", 1, "县级", "无"]]
    summary = Page([["核查结果"], *findings], name=marks().summary_sheet)

    plain, marked = read(written(page())), read(written(summary, page(*rows, titles=TITLES + results)))

    assert marked.marked
    assert not plain.marked
    assert [one.sheet for one in marked.tables] == ["填报表"]
    pd.testing.assert_frame_equal(plain.tables[0].lines, marked.tables[0].lines)
    assert marked.tables[0].columns == plain.tables[0].columns
    assert (marked.tables[0].unknown, marked.tables[0].last_column) == ((), plain.tables[0].last_column)


def test_what_the_marker_writes_is_what_the_reader_passes_over():
    assert marks().summary_sheet == summary.NAME
    assert marks().result_columns == annotation_marks.TITLES


def test_a_file_our_own_marker_marked_reads_as_it_was_sent():
    lines = [{"name": "作品登记审核", "charged_level": "县级", "amount": "12.5"}, {}, {"name": "培训", "amount": 3}]
    content = fill(PROJECTS, HEADER, lines)

    sent, back = read(content), read(annotate(content, check(content, load())))

    assert back.marked
    assert _essence(back) == _essence(sent)
    assert back.tables[0].last_column == sent.tables[0].last_column


# Properties: where things stand changes, what they say does not


def _facts(found: Table) -> list[tuple]:
    fields = ["name", "content", "charged_level", "amount", "own_funds", "bureau", "division"]
    return [
        tuple(None if pd.isna(value) else value for value in line)
        for line in found.lines[fields].itertuples(index=False)
    ]


@settings(max_examples=60)
@given(st.data())
def test_addresses_follow_whatever_is_inserted_hidden_reordered_or_renamed(data):
    order = data.draw(st.permutations(range(len(TITLES))))
    inserted = data.draw(st.lists(st.integers(0, len(TITLES)), max_size=3))
    blanks = data.draw(st.lists(st.integers(0, len(LINES)), max_size=4))
    above = data.draw(st.integers(0, 5))
    rows = [[row[place] for place in order] for row in (TITLES, *LINES)]
    for place in inserted:
        rows = [
            [*row[:place], "我加的列" if number == 0 else "随手写的", *row[place:]] for number, row in enumerate(rows)
        ]
    body = rows[1:]
    for place in sorted(blanks, reverse=True):
        body.insert(place, [None] * len(rows[0]))
    top = [*TOP, *[[None]] * above]
    hidden = data.draw(st.lists(st.integers(len(top) + 2, len(top) + 1 + len(body)), max_size=3))
    sheet = Page(
        [*top, rows[0], *body],
        data.draw(st.sampled_from(["填报表", "Sheet1", "赵县-终稿(2)"])),
        hidden_rows=tuple(hidden),
    )

    found = table(sheet)

    assert _facts(found) == _facts(table(page()))
    assert found.sheet == sheet.name
    for row in found.lines.index:
        for name, place in found.columns.items():
            cell = found.cell(row, name)
            assert (cell.row, cell.column) == (row, place)
            assert found.typed.loc[row, name] == text_of(sheet.rows[row - 1][place - 1])


# As other programs write it


@pytest.fixture(scope="session")
def submission() -> bytes:
    lines = [
        {
            "serial": 1,
            "name": "商标业务培训",
            "content": "本县企业培训",
            "charged_level": "县级",
            "amount": 12.5,
            "own_funds": 12.5,
        },
        {"name": "专利侵权查处", "charged_level": "市级", "amount": "8", "function_code": "2011409"},
        {},
        {"name": "作品登记", "charged_level": "县级", "amount": 0.000001, "remark": "第一行\n第二行"},
    ]
    return fill(PROJECTS, HEADER | {"date": dt.date(2026, 11, 23)}, lines)


@pytest.fixture(scope="session")
def resaved(submission, convert, tmp_path_factory) -> dict[str, bytes]:
    path = tmp_path_factory.mktemp("submission") / "填报.xlsx"
    path.write_bytes(submission)
    forms = {"xlsx": "xlsx", "ods": "ods", "xls": "xls:MS Excel 97"}
    return {name: convert(path, form).read_bytes() for name, form in forms.items()}


@pytest.mark.parametrize("form", ["xlsx", "ods", "xls"])
def test_a_submission_saved_again_by_libreoffice_reads_the_same(submission, resaved, form):
    original, again = read(submission), read(resaved[form])

    assert _essence(again) == _essence(original)
    assert again.extension == form


def test_a_submission_as_wps_writes_it_reads_the_same(submission):
    content = packages.replaced(submission, packages.SHEET, '<dimension ref="', '<dimension ref="A1:B2" was="')
    content = packages.replaced(content, "docProps/app.xml", "<Application>", "<Application>WPS 表格</Application><x>")
    content = packages.replaced(content, "docProps/app.xml", "</Application><Doc", "</x><Doc")

    assert _essence(read(content)) == _essence(read(submission))


def _essence(budget: Budget) -> tuple:
    [found] = budget.tables
    header = {name: (one.value, one.cell.address) for name, one in found.header.items()}
    lines = found.lines.astype(object).where(found.lines.notna(), None)
    return budget.template, header, dict(found.columns), lines.to_dict("index"), told(found), found.sheet


def test_many_threads_read_as_one(submission):
    alone = _essence(read(submission))

    with ThreadPoolExecutor(4) as pool:
        together = [_essence(budget) for budget in pool.map(read, [submission] * 12)]

    assert together == [alone] * 12
