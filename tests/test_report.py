"""What a person, a program or a spreadsheet is told of a run."""

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import jsonschema
import openpyxl
import pytest

from checker.errors import UnreadableWorkbook
from checker.report import Outcome, sarif, summary, text
from checker.report.json import from_json
from checker.report.json import render as render_json
from checker.report.outcome import conclusion, exit_code
from checker.report.rebuilt import rebuild
from checker.terms import (
    Cell,
    Clause,
    Finding,
    JudgedLine,
    Judgement,
    Level,
    Report,
    Severity,
    TablePlace,
    Verdict,
)

CLAUSE = Clause("plan-1", "划分方案", "二（四）", "作品登记由市级承担。")
SARIF_SCHEMA = json.loads(Path(__file__).with_name("sarif-2.1.0-rtm.4.json").read_text("utf-8"))


def finding(address: str, code: str = "LV01", severity: Severity = Severity.ERROR, **rest) -> Finding:
    column, row = ord(address[0]) - 64, int(address[1:])
    cells = (Cell("填报表", row, column), *rest.pop("also", ()))
    said = {"message": f"{address} 的级次不符", "code": code, "severity": severity, "cells": cells, "sheet": "填报表"}
    return Finding(**said | rest)


def judged(row: int, verdict: Verdict, **rest) -> JudgedLine:
    judgement = Judgement(verdict, "按隶属关系", "IP-1.1", "一", Level.CITY, CLAUSE)
    facts = {"bureau": "市局", "bureau_level": Level.CITY, "name": "作品登记", "charged_level": Level.COUNTY}
    evidence = ((Cell("填报表", row, 5), "作品登记"),)
    return JudgedLine("填报表", row, amount_fen=12_500_000, judgement=judgement, evidence=evidence, **facts | rest)


def outcome(*findings: Finding, lines: tuple[JudgedLine, ...] = (), file: str = "县局.xlsx") -> Outcome:
    places = (TablePlace("填报表", 8, 12, 20),)
    return Outcome(file, "ab" * 32, Report("ab" * 32, "plan-1@0f", ("projects", "1.0"), 2025, lines, findings, places))


UNREADABLE = Outcome("坏.xlsx", "cd" * 32, error=("encrypted", "文件有密码。请取消密码后重新报送。"))


# —— text ——


def test_a_finding_is_shown_with_sheet_cell_code_and_message():
    shown = text.render([outcome(finding("K12"))])

    assert "填报表!K12  LV01  错误  K12 的级次不符" in shown


def test_findings_that_say_the_same_stand_together_with_the_exact_total():
    alike = [finding(f"K{row}", "LN10", message="项目名称未填", value=f"第{row}个") for row in range(9, 24)]

    shown = text.render([outcome(*alike)])

    assert shown.count("项目名称未填") == 1
    assert "共 15 处，另见 K10至K23）" in shown


def test_places_that_are_not_shown_are_counted_and_all_names_every_one():
    alike = [finding(f"K{row}", "LN01", message="项目名称未填") for row in range(9, 27, 2)]

    cut, whole = (text.render([outcome(*alike)], everything=everything) for everything in (False, True))

    assert "共 9 处，另见 K11、K13、K15、K17、K19、K21、…）" in cut
    assert "共 9 处，另见 K11、K13、K15、K17、K19、K21、K23、K25）" in whole


def test_a_place_on_another_sheet_is_named_with_its_sheet():
    other = Finding("项目名称未填", (Cell("底稿", 3, 2),), code="LN01", sheet="底稿")

    shown = text.render([outcome(finding("K9", "LN01", message="项目名称未填"), other)])

    assert "（共 2 处，另见 底稿!B3）" in shown


def test_a_finding_on_a_line_names_its_project_whatever_its_family():
    shown = text.render([outcome(finding("L9", "LN03"), lines=(judged(9, Verdict.RIGHT, name="宣传周"),))])

    assert "项目：宣传周" in shown


def test_lines_whose_amount_is_not_summed_are_counted():
    lines = (judged(9, Verdict.RIGHT), replace(judged(10, Verdict.RIGHT), amount_fen=None))

    shown = text.render([outcome(lines=lines)])

    assert "级次相符 2 行 12.5万元" in shown
    assert "其中 1 行的金额没有计入" in shown


def test_an_amount_that_is_summed_though_it_is_doubted_is_counted():
    shown = text.render([outcome(finding("L9", "LN12", Severity.WARNING), lines=(judged(9, Verdict.RIGHT),))])

    assert "其中 1 处金额疑似填错单位，仍按填报数计入" in shown


def test_whatever_is_not_listed_is_counted_and_all_lists_it():
    many = [finding(f"K{row}", "LN08", Severity.WARNING) for row in range(9, 21)]

    cut, whole = (text.render([outcome(*many)], everything=everything) for everything in (False, True))

    assert "LN08 共 12 处，其余 9 处未列出" in cut
    assert all(f"填报表!{one.cell.address} " in whole for one in many)
    assert "未列出" not in whole


def test_errors_come_before_warnings():
    shown = text.render([outcome(finding("A9", "LN01", Severity.WARNING), finding("K12", "LV01"))])

    assert shown.index("LV01") < shown.index("LN01")


def test_the_cure_and_the_clause_stand_once_below_the_findings_that_share_them():
    shown = text.render([outcome(*(finding(f"K{row}", fix="改列市级", basis=CLAUSE) for row in (9, 10)))])

    assert shown.count("改法：改列市级") == 1
    assert shown.count("依据：《划分方案》二（四）“作品登记由市级承担。”") == 1


def test_addresses_are_aligned():
    shown = text.render([outcome(finding("K9"), finding("K1234", "LV02"))])

    rows = [line for line in shown.splitlines() if "填报表!" in line]

    assert rows[0].index("LV01") == rows[1].index("LV02")


def test_colour_is_for_terminals_only():
    plain, coloured = (text.render([outcome(finding("K12"))], colour=colour) for colour in (False, True))

    assert "\x1b[" not in plain
    assert "\x1b[" in coloured


def test_every_line_of_the_file_can_be_listed_with_its_verdict():
    shown = text.render([outcome(lines=(judged(9, Verdict.RIGHT), judged(10, Verdict.OUTSIDE)))], lines=True)

    assert "填报表!9     级次相符    作品登记：按隶属关系" in shown
    assert "填报表!10    不属本方案  作品登记：按隶属关系" in shown


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (outcome(finding("K12"), lines=(judged(9, Verdict.WRONG),)), "发现 1 处错误，请修改后重新报送。"),
        (outcome(lines=(judged(9, Verdict.RIGHT),)), "未发现错误。"),
        (outcome(lines=(judged(9, Verdict.UNDECIDED),)), "未发现错误；1 行待认定，须人工判断。"),
        (outcome(), "未发现错误；没有可以判断级次的明细行。"),
        (UNREADABLE, "无法核查，尚无结论。"),
    ],
)
def test_every_file_ends_in_a_stated_verdict(case: Outcome, said: str):
    shown = text.render([case])

    assert conclusion(case) == said
    assert shown.rstrip().endswith(f"结论：{said}")


def test_a_run_over_several_files_says_how_many_failed():
    shown = text.render([outcome(finding("K12")), outcome(lines=(judged(9, Verdict.RIGHT),)), UNREADABLE])

    assert shown.rstrip().endswith("共核查 3 个文件：1 个有错误，1 个无法核查，1 个无错误。")


def test_terminal_escapes_of_a_bureau_never_reach_the_terminal():
    hostile = "\x1b]0;owned\x07\x1b[31m红\x9b2J\u202e反\r\n行"

    shown = text.render([outcome(finding("K12", message=hostile, fix=hostile), file=f"{hostile}.xlsx")], lines=True)

    assert not set(shown) & set("\x1b\x9b\x07\r\u202e")
    assert "红反 行" in shown.replace("反  行", "反 行")


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([outcome()], 0),
        ([outcome(finding("K12", severity=Severity.WARNING))], 0),
        ([outcome(finding("K12"))], 1),
        ([outcome(finding("K12")), UNREADABLE], 2),
    ],
)
def test_the_exit_code_says_whether_errors_were_found_or_nothing_could_be_checked(outcomes, code):
    assert exit_code(outcomes) == code


# —— JSON ——


def test_json_holds_what_other_programs_rely_on():
    case = outcome(finding("K12", basis=CLAUSE, also=(Cell("代码表", 3, 1),)), lines=(judged(12, Verdict.WRONG),))

    [entry] = json.loads(render_json([case]))["files"]

    assert (entry["file"], entry["status"], entry["error"]) == ("县局.xlsx", "checked", None)
    assert entry["template"] == {"id": "projects", "version": "1.0"}
    assert entry["counts"] == {
        "right": 0, "wrong": 1, "undecided": 0, "outside": 0, "error": 1, "warning": 0, "info": 0,
    }  # fmt: skip
    assert entry["lines"] == [
        {
            "sheet": "填报表", "row": 12, "bureau": "市局", "bureau_level": "市级", "name": "作品登记",
            "amount_fen": 12_500_000, "charged_level": "县级", "responsible_level": "市级", "verdict": "wrong",
            "matter": "IP-1.1", "section": "一", "clause": "作品登记由市级承担。", "because": "按隶属关系",
            "evidence": [{"cell": "E12", "words": "作品登记"}], "reason": "",
            "basis": {"plan": "plan-1", "document": "划分方案", "clause": "二（四）", "quote": "作品登记由市级承担。"},
            "division": "", "content": "", "cell": None, "holders": [], "caveat": "", "digest": "",
        }
    ]  # fmt: skip
    assert entry["findings"] == [
        {
            "code": "LV01", "severity": "error", "sheet": "填报表", "cell": "K12", "cells": ["K12", "代码表!A3"],
            "message": "K12 的级次不符", "value": "", "accepted": "", "fix": "",
            "basis": {"plan": "plan-1", "document": "划分方案", "clause": "二（四）", "quote": "作品登记由市级承担。"},
        }
    ]  # fmt: skip


def test_json_names_why_a_file_could_not_be_checked():
    [entry] = json.loads(render_json([UNREADABLE]))["files"]

    assert entry["status"] == "unreadable"
    assert entry["error"] == {"code": "encrypted", "message": "文件有密码。请取消密码后重新报送。"}
    assert entry["findings"] == entry["lines"] == []


def test_a_report_comes_back_from_its_json_with_every_cell():
    case = outcome(
        finding("K12", basis=CLAUSE, also=(Cell("代码表", 3, 28),)),
        Finding("有宏", code="ST10", severity=Severity.INFO, sheet="填报表"),
        lines=(judged(12, Verdict.WRONG),),
    )

    back = from_json(render_json([case]))

    assert back.findings == case.report.findings
    assert render_json([Outcome("县局.xlsx", "ab" * 32, back)]) == render_json([case])


def test_a_finding_of_another_program_needs_only_five_keys():
    least = {"sheet": "Sheet 1", "cell": "AB3", "code": "X1", "severity": "warning", "message": "m"}

    report = from_json(json.dumps({"findings": [least]}))

    assert report.findings == (
        Finding("m", (Cell("Sheet 1", 3, 28),), code="X1", severity=Severity.WARNING, sheet="Sheet 1"),
    )


def test_of_several_files_the_report_with_the_same_content_is_taken():
    others = [outcome(file="甲.xlsx"), Outcome("乙.xlsx", "ef" * 32, Report("ef" * 32, "", findings=(finding("B2"),)))]

    by_hash = from_json(render_json(others), "甲.xlsx", "ef" * 32)
    by_name = from_json(render_json(others), "乙.xlsx", "00" * 32)

    assert [one.cell.address for one in by_hash.findings] == ["B2"]
    assert by_hash == by_name


@pytest.mark.parametrize(
    "content",
    ["", "{", "3", '{"findings": [{"code": "X"}]}', '{"files": []}',
     '{"findings": [{"code": "X", "severity": "error", "sheet": "s", "cell": "A0", "message": "m"}]}'],
)  # fmt: skip
def test_a_file_that_is_no_report_is_refused_with_its_cure(content: str):
    with pytest.raises(UnreadableWorkbook, match="请"):
        from_json(content)


# —— SARIF ——


def test_sarif_is_valid_and_points_at_the_cell():
    case = outcome(finding("K12", basis=CLAUSE, also=(Cell("代码表", 3, 1),)), Finding("有宏", code="ST10"))

    log = sarif.to_data([case, UNREADABLE, outcome(file="/县 局/表.xlsx")])

    jsonschema.validate(log, SARIF_SCHEMA)
    [run] = log["runs"]
    result = run["results"][0]
    assert result["ruleId"] == run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "LV01"
    assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "填报表!K12"
    assert result["relatedLocations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "代码表!A3"
    assert run["invocations"][0]["executionSuccessful"] is False
    assert run["invocations"][0]["toolExecutionNotifications"][0]["descriptor"]["id"] == "encrypted"


def test_the_sarif_schema_would_notice_a_wrong_log():
    log = sarif.to_data([outcome(finding("K12"))])
    log["runs"][0]["results"][0]["level"] = "fatal"

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(log, SARIF_SCHEMA)


# —— summary workbook ——


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(content))


def test_the_summary_has_a_sheet_each_for_files_lines_and_findings():
    book = opened(
        summary.render([outcome(finding("K12", basis=CLAUSE), lines=(judged(12, Verdict.WRONG),)), UNREADABLE])
    )

    assert book.sheetnames == ["总览", "明细", "疑点"]
    assert [cell.value for cell in book["总览"]["A"]] == ["文件", "县局.xlsx", "坏.xlsx"]
    assert book["总览"]["B3"].value == "文件有密码。请取消密码后重新报送。"
    assert book["明细"]["G2"].value == 12.5
    assert [cell.value for cell in book["疑点"][2]][:4] == ["县局.xlsx", "填报表", "K12", "LV01"]


@pytest.mark.parametrize("start", ["=1+1", "+86", "-cmd|' /C calc'!A0", "@SUM(1)"])
def test_text_of_a_bureau_never_becomes_a_formula_in_the_summary(start: str):
    book = opened(
        summary.render([outcome(finding("K12", value=start), lines=(judged(12, Verdict.WRONG, name=start),))])
    )

    for cell in (book["明细"]["F2"], book["疑点"]["G2"]):
        assert (cell.value, cell.data_type, cell.quotePrefix) == (start, "s", True)


def test_rows_beyond_a_sheet_go_on_on_a_further_one():
    book = opened(summary.render([outcome(*(finding(f"K{row}") for row in range(9, 14)))], rows_a_sheet=2))

    assert book.sheetnames == ["总览", "明细", "疑点", "疑点2", "疑点3"]
    assert [book[name]["C2"].value for name in book.sheetnames[2:]] == ["K9", "K11", "K13"]
    assert book["疑点3"]["D1"].value == "代码"


def test_equal_outcomes_give_equal_bytes():
    assert summary.render([outcome(finding("K12"))]) == summary.render([outcome(finding("K12"))])


# —— rebuilt ——


def test_a_rebuilt_workbook_has_every_value_at_its_own_address_and_says_what_was_lost():
    source = openpyxl.Workbook()
    sheet = source.active
    sheet.title = "填报表"
    sheet["C5"], sheet["D5"], sheet["C7"], sheet["E9"] = "项目", 12.5, "=A1", True
    sheet["C7"].data_type = "s"
    sheet.merge_cells("A1:F1")
    source.create_sheet("藏").sheet_state = "hidden"
    buffer = BytesIO()
    source.save(buffer)

    book = opened(rebuild(buffer.getvalue()))

    assert book.sheetnames == ["填报表", "藏", "转存说明"]
    assert [book["填报表"][address].value for address in ("C5", "D5", "C7", "E9")] == ["项目", 12.5, "=A1", True]
    assert book["填报表"]["C7"].data_type == "s"
    assert [str(area) for area in book["填报表"].merged_cells.ranges] == ["A1:F1"]
    assert book["藏"].sheet_state == "hidden"
    assert "以原文件为准" in book["转存说明"]["A1"].value
