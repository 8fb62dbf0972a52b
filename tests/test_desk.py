"""The summary on the budget office's desk: its figures are recounted from the reports, and another program opens it."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from checker.desk import gather, render
from checker.desk.figures import Row
from checker.desk.letters import Letter
from checker.desk.review import opinion
from checker.report import Outcome
from checker.report.json import from_json
from checker.report.json import render as render_json
from checker.terms import JudgedLine, Judgement, Level, Verdict
from tests.season import COUNTIES, Stand, standings
from tests.submissions import outcome, rules, workbook

SAMPLES = Path(__file__).parents[1] / "samples"

LETTER = Letter("正定县/正定县科学技术局.xlsx", "a@example.invalid", "被拒收", "550 没有这个邮箱")
SHEETS = [
    "总览", "按区划", "按单位", "按事项", "级次对照", "级次不符", "待认定", "跨报送疑点", "本次变化", "报送文件",
    "退回邮件", "评审表", "须人工填写",
]  # fmt: skip


def rendered() -> bytes:
    again = {one.outcome.file for one in standings() if one.changes}
    return render(standings(), rules(), fresh=again, on=date(2026, 11, 23), letters=[LETTER])


@pytest.fixture(scope="module")
def summary() -> Workbook:
    return load_workbook(BytesIO(rendered()))


def lines() -> list[JudgedLine]:
    return [line for one in standings() if one.outcome.report for line in one.outcome.report.lines]


def rows_of(sheet: Worksheet, title: str) -> list[dict[str, object]]:
    """The rows under the titles that begin with this one, up to the first row without a first cell."""
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    start = max(place for place, row in enumerate(values) if row[0] == title)
    titles, found = values[start], []
    for row in values[start + 1 :]:
        if row[0] is None:
            break
        found.append(dict(zip(titles, row, strict=True)))
    return found


def money(found: list[JudgedLine]) -> float:
    return sum(line.amount_fen or 0 for line in found) / 1_000_000


def with_verdict(verdict: Verdict) -> list[JudgedLine]:
    return [line for line in lines() if line.judgement.verdict is verdict]


def texts(sheet: Worksheet) -> list[str]:
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_the_season_has_every_county_and_every_verdict():
    assert {line.division for line in lines()} == {"130100", *(county.id for county in COUNTIES)}
    assert {line.judgement.verdict for line in lines()} == set(Verdict)


def test_every_sheet_stands_in_its_place(summary: Workbook):
    assert summary.sheetnames == SHEETS


@pytest.mark.parametrize("verdict", Verdict)
def test_the_overview_counts_lines_and_money_by_verdict(summary: Workbook, verdict: Verdict):
    [row] = [row for row in rows_of(summary["总览"], "结论") if verdict.label in str(row["结论"])]

    assert row["行数"] == len(with_verdict(verdict))
    assert row["金额（万元）"] == pytest.approx(money(with_verdict(verdict)))


def test_the_tiles_say_how_much_was_handed_in_and_how_much_is_wrong(summary: Workbook):
    found = texts(summary["总览"])

    assert str(len(standings())) in found
    assert str(len(lines())) in found
    assert any("1 份文件无法核查" in text for text in found)
    assert any("1 个单位有内容不同的两份文件" in text for text in found)


def test_divisions_and_bureaus_add_up_to_the_whole(summary: Workbook):
    divisions, bureaus = rows_of(summary["按区划"], "行政区划"), rows_of(summary["按单位"], "行政区划")

    for rows in (divisions, bureaus):
        *parts, total = rows
        assert total["行政区划"] == "合计"
        for title in (f"{verdict.label}\n（{unit}）" for verdict in Verdict for unit in ("行", "万元")):
            assert sum(row[title] for row in parts) == pytest.approx(total[title])
    assert [row["行政区划"] for row in divisions[1:-1]] == [county.name for county in COUNTIES]
    assert divisions[-1]["级次不符\n（行）"] == len(with_verdict(Verdict.WRONG))


def test_matters_carry_the_names_of_the_plan_and_all_lines_that_are_not_outside(summary: Workbook):
    matters = rows_of(summary["按事项"], "部分")

    inside = [line for line in lines() if line.judgement.verdict is not Verdict.OUTSIDE]
    counted = sum(row[f"{verdict.label}\n（行）"] for row in matters for verdict in Verdict)
    assert counted == len(inside)
    assert any("作品登记" in str(row["事项"]) for row in matters)


def test_the_level_matrix_is_that_of_the_lines(summary: Workbook):
    rows = rows_of(summary["级次对照"], "应承担 ↓　填报 →")
    pairs = Counter((line.judgement.responsible_level, line.charged_level) for line in lines())

    by_holder = {row["应承担 ↓　填报 →"]: row for row in rows}
    assert by_holder["应由市级承担"]["填报由县级承担"] == pytest.approx(
        money(
            [
                one
                for one in lines()
                if (one.judgement.responsible_level, one.charged_level) == (Level.CITY, Level.COUNTY)
            ]
        )
    )
    counts = [cell.value for row in summary["级次对照"].iter_rows(max_row=8) for cell in row]
    assert pairs[Level.CITY, Level.COUNTY] in counts


def test_the_largest_wrong_amounts_stand_first(summary: Workbook):
    rows = rows_of(summary["级次不符"], "序号")

    amounts = [row["金额\n（万元）"] for row in rows]
    assert amounts == sorted(amounts, reverse=True)
    assert len(rows) == min(50, len(with_verdict(Verdict.WRONG)))
    assert sum(amounts) == pytest.approx(money(with_verdict(Verdict.WRONG)))


def test_undecided_lines_are_grouped_by_reason(summary: Workbook):
    rows = rows_of(summary["待认定"], "原因")

    reasons = Counter(line.judgement.reason for line in with_verdict(Verdict.UNDECIDED))
    assert Counter(row["原因"] for row in rows) == reasons
    assert list(dict.fromkeys(row["原因"] for row in rows)) == [reason for reason, _ in reasons.most_common()]


def test_what_no_single_submission_shows_is_shown_with_both_texts_and_cells(summary: Workbook):
    rows = rows_of(summary["跨报送疑点"], "组")

    assert [row["代码"] for row in rows if str(row["单位"]).startswith(("同一", "一"))] == [
        "XS01",
        "XS02",
        "XS03",
        "XS04",
    ]
    [first, second] = [row for row in rows if row["代码"] == "XS02"][1:]
    assert (first["项目名称"], second["项目名称"]) == ("正定县家具产业专利导航", "家具产业专利导航分析")
    assert "填报表!" in first["文件和单元格"]
    assert "填报表!" in second["文件和单元格"]
    assert second["相似度"] == pytest.approx(7 / 9)


def test_the_weeks_of_22_counties_are_no_finding(summary: Workbook):
    assert not any("宣传周" in str(row["项目名称"]) for row in rows_of(summary["跨报送疑点"], "组"))


def test_what_was_handed_in_again_says_what_was_mended(summary: Workbook):
    *rows, total = rows_of(summary["本次变化"], "文件")

    changed = [one for one in standings() if one.changes]
    assert [row["情况"] for row in rows] == ["再次报送"] * 3
    assert total["已改正"] == sum(len(one.changes.fixed) for one in changed)
    assert total["仍未\n改正"] == sum(len(one.changes.still_open) for one in changed)
    assert "已改正：BA01" in str(rows[0]["说明"])


def test_what_a_file_replaces_is_told_beside_it_and_counted_nowhere():
    one = Stand(outcome("县/改.xlsx", workbook("正定县科学技术局", [{"name": "专利导航"}])), None, ("县/预算.xlsx",))

    book = load_workbook(BytesIO(render([one], rules())))

    told = [str(cell.value) for sheet in ("本次变化", "报送文件") for row in book[sheet] for cell in row]
    assert "取代 县/预算.xlsx" in told
    assert "县/改.xlsx\n（取代 县/预算.xlsx）" in told
    assert any("另有 1 份已由后来的报送取代，没有计入" in text for text in told)


def test_a_file_nobody_could_read_stands_first_with_its_cure(summary: Workbook):
    first = rows_of(summary["报送文件"], "文件")[0]

    assert first["文件"] == "辛集市/汇总（加密）.xlsx"
    assert "请清空打开密码" in str(first["结论或原因"])


def test_a_mail_that_was_refused_is_left_to_a_person(summary: Workbook):
    assert LETTER.problem in texts(summary["退回邮件"])


def test_no_text_of_a_bureau_is_taken_for_a_formula(summary: Workbook):
    cells = [cell for sheet in summary for row in sheet.iter_rows() for cell in row]

    hostile = [cell for cell in cells if str(cell.value).startswith("=")]
    assert hostile
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in hostile)


def test_equal_input_gives_equal_bytes():
    assert rendered() == rendered()


def test_every_sheet_prints_on_a4_landscape_one_page_wide(summary: Workbook):
    for sheet in summary:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        pages = (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight)
        assert pages == ((1, None) if sheet.title == "总览" else (1, 0))  # None is one: no table of it is cut in two


def test_the_charts_are_native(summary: Workbook):
    assert [len(summary[name]._charts) for name in ("总览", "按区划", "按事项", "级次对照", "待认定")] == [
        2,
        1,
        1,
        1,
        1,
    ]


def test_a_run_without_any_submission_says_so():
    found = load_workbook(BytesIO(render([])))

    assert "0" in texts(found["总览"])
    assert any("没有" in text for text in texts(found["级次不符"]))


def test_the_figures_need_only_one_report_at_a_time():
    taken = []

    def one_by_one():
        for one in standings():
            taken.append(one.outcome.file)
            yield one

    figures = gather(one_by_one())

    assert len(taken) == len(figures.standings)


@pytest.mark.slow
def test_another_program_opens_and_prints_it(tmp_path: Path, convert: Callable[[Path, str], Path]):
    file = tmp_path / "汇总.xlsx"
    file.write_bytes(rendered())

    printed = convert(file, "pdf")

    assert printed.stat().st_size > 50_000


# The reviewers' form.


def form(summary: Workbook) -> list[dict[str, object]]:
    return rows_of(summary["评审表"], "序号")


def test_the_form_has_the_lines_of_the_office_s_level(summary: Workbook):
    own = [one for one in lines() if Level.CITY in {one.charged_level, one.judgement.responsible_level}]

    assert len(form(summary)) == len(own)


def test_a_wrong_line_is_to_be_adjusted_and_nothing_is_ever_admitted_refused_or_priced(summary: Workbook):
    rows = form(summary)

    assert {row["结论"] for row in rows} == {"调整后再审", None}
    assert all(row["核定入库\n金额\n（万元）"] is None for row in rows)


def test_what_is_left_blank_is_listed_for_a_person(summary: Workbook):
    question = "是否属于市级\n财政事权和\n支出责任"
    blank = [row["序号"] for row in form(summary) if row[question] is None]

    assert blank
    assert [row["评审表\n序号"] for row in rows_of(summary["须人工填写"], "评审表\n序号")] == blank


def judged(verdict: Verdict, holder: Level | None = None, charged: Level = Level.CITY, **facts: object) -> Row:
    judgement = Judgement(verdict, "按条款", responsible_level=holder, **facts)
    return Row("a.xlsx", JudgedLine("填报表", 9, "局", Level.CITY, "项目", 100, charged, judgement))


@pytest.mark.parametrize(
    ("row", "answer", "result"),
    [
        (judged(Verdict.RIGHT, Level.CITY), "是", ""),
        (judged(Verdict.WRONG, Level.COUNTY), "否", "调整后再审"),
        (judged(Verdict.WRONG, Level.CITY, Level.COUNTY), "是", "调整后再审"),
        (judged(Verdict.UNDECIDED), "", ""),
        (judged(Verdict.OUTSIDE), "", ""),
        (judged(Verdict.RIGHT, Level.CITY, caveat="未列入中央、省级的前提没有核对"), "", ""),
        (judged(Verdict.RIGHT, Level.CITY, levels=(Level.CITY, Level.COUNTY)), "", ""),
    ],
)
def test_the_form_answers_only_what_the_clause_decides(row: Row, answer: str, result: str):
    given = opinion(row, Level.CITY)

    assert (given.answer, given.outcome) == (answer, result)
    assert given.to_do


def test_the_form_says_the_same_of_a_report_that_was_kept():
    made = outcome("市局.xlsx", (SAMPLES / "city-clean.xlsx").read_bytes())

    kept = from_json(render_json([made]))
    given = [opinion(Row("市局.xlsx", line), Level.CITY) for line in kept.lines]

    assert given == [opinion(Row("市局.xlsx", line), Level.CITY) for line in made.report.lines]
    assert "条款附有条件或由几级共同承担，须人工核实" in {one.to_do for one in given}


def test_a_line_with_an_error_of_its_own_is_to_be_adjusted():
    blank = outcome("a.xlsx", workbook("石家庄市市场监督管理局", [{"name": "知识产权宣传周活动", "amount": None}]))

    figures = gather([Stand(blank), Stand(Outcome("b.xlsx"))])

    assert opinion(figures.for_review[0], Level.CITY).outcome == "调整后再审"


def test_of_a_province_only_what_can_be_shown_is_held_and_the_cut_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("checker.desk.figures.LISTED", 3)
    monkeypatch.setattr("checker.desk.figures.REVIEWED", 4)

    book = load_workbook(BytesIO(rendered()))

    undecided = [row for row in rows_of(book["待认定"], "原因") if row["单位"]]
    reviewed = rows_of(book["评审表"], "序号")
    assert (len(undecided), len(reviewed)) == (3, 4)
    assert any("只列金额最大的 3 行" in text for text in texts(book["待认定"]))
    assert any("只列前 4 项" in text for text in texts(book["评审表"]))
    assert any(f"共 {len(with_verdict(Verdict.UNDECIDED))} 行" in text for text in texts(book["待认定"]))
