"""The register of an office: what it has determined and excused, read from its workbook and applied."""

import datetime as dt
import json
import pickle
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

import checker
from checker import register as registers
from checker.checks import CHECKS
from checker.cli import main
from checker.definition import definitions
from checker.errors import UnreadableWorkbook
from checker.register import Register, load
from checker.rulebook import load as load_rules
from checker.template import fill
from checker.template.register import new
from checker.terms import Judgement, Level, Report, Severity, Verdict

BLANK = new(load_rules())
Run = tuple[int, str, str]
RULES = load_rules()
HEADER = {"bureau": "正定县市场监督管理局", "bureau_level": "县级", "division": "正定县", "year": 2026, "unit": "万元"}
BASIS = {"basis": "《正定县知识产权工作要点》（正政办〔2024〕12号）"}
AWARD = {"name": "专利资助资金", "content": "对本县授权发明专利给予资助", "charged_level": "县级", "amount": 20}
WORKS = {"name": "作品登记审核", "content": "国内作者作品登记的审核", "charged_level": "县级", "amount": 12.5}

DETERMINED = {
    "事项表述": "专利资助",
    "所属领域或方案": "知识产权",
    "承担级次": "县级",
    "文件名称": "关于明确知识产权资助承担级次的批复",
    "文号": "某财函〔2025〕3号",
    "日期": dt.date(2025, 3, 1),
    "认定单位": "某某市财政局",
}
EXCUSED = {
    "疑点代码": "LV01",
    "预算单位": "正定县市场监督管理局",
    "项目名称": "作品登记审核",
    "理由": "机构改革过渡期",
    "依据文件": "2025年第3次会议纪要",
    "批准人": "分管局长",
    "有效期至": dt.date(2026, 12, 31),
}


def kept(determinations: tuple[dict, ...] = (), waivers: tuple[dict, ...] = ()) -> bytes:
    """The blank register filled in as an officer does: by column title, from the first free row on."""
    book = openpyxl.load_workbook(BytesIO(BLANK))
    for sheet, entries in ((book["认定"], determinations), (book["豁免"], waivers)):
        places = {cell.value: cell.column for cell in sheet[4]}
        for row, entry in enumerate(entries, 5):
            for title, value in entry.items():
                sheet.cell(row, places[title], value)
    book.save(buffer := BytesIO())
    return buffer.getvalue()


def determining(*entries: dict) -> Register:
    return load(kept(tuple(DETERMINED | entry for entry in entries)), RULES)


def excusing(*entries: dict) -> Register:
    return load(kept((), tuple(EXCUSED | entry for entry in entries)), RULES)


def checked(line: dict, register: Register | None, on: dt.date | None = None, **header: object) -> Report:
    content = fill(definitions()["projects"], HEADER | header, [BASIS | line])
    return checker.check(content, RULES, register, on=on)


def judged(line: dict, register: Register | None, on: dt.date | None = None, **header: object) -> Judgement:
    return checked(line, register, on, **header).lines[0].judgement


def refused(content: bytes) -> str:
    with pytest.raises(UnreadableWorkbook) as error:
        load(content, RULES, CHECKS)
    assert error.value.code == "bad-register"
    return error.value.message


# —— determinations ——


def test_an_unlisted_matter_is_undecided_without_a_determination():
    judgement = judged(AWARD, None)

    assert (judgement.verdict, judgement.responsible_level) == (Verdict.UNDECIDED, None)


@pytest.mark.parametrize(("level", "verdict"), [("县级", Verdict.RIGHT), ("市级", Verdict.WRONG)])
def test_a_determination_decides_an_unlisted_matter_and_is_named(level: str, verdict: Verdict):
    judgement = judged(AWARD, determining({"承担级次": level}))

    assert (judgement.verdict, judgement.responsible_level) == (verdict, Level(level))
    assert judgement.document == "某某市财政局《关于明确知识产权资助承担级次的批复》（某财函〔2025〕3号，2025-03-01）"
    assert judgement.document in judgement.because


def test_a_line_wrong_by_determination_is_an_error_that_names_the_document():
    report = checked(AWARD, determining({"承担级次": "市级"}))

    [finding] = [one for one in report.findings if one.severity is Severity.ERROR]
    assert (finding.code, "某财函〔2025〕3号" in finding.message) == ("LV01", True)


def test_a_determination_that_has_ended_is_told_and_decides_nothing():
    judgement = judged(AWARD, determining({"有效期至": dt.date(2025, 12, 31)}))

    assert (judgement.verdict, judgement.document) == (Verdict.UNDECIDED, "")
    assert "有效期至2025-12-31，已过期" in judgement.because


def test_a_determination_serves_the_budget_year_it_ends_in():
    register = determining({"有效期至": dt.date(2025, 12, 31)})

    assert judged(AWARD, register, year=2025).verdict is Verdict.RIGHT


def test_a_determination_does_not_serve_a_budget_year_before_it_was_made():
    judgement = judged(AWARD, determining({}), year=2024)

    assert judgement.verdict is Verdict.UNDECIDED
    assert "作出在后" in judgement.because


def test_the_day_asked_about_decides_before_the_budget_year():
    register = determining({"有效期至": dt.date(2026, 6, 30)})

    on = [judged(AWARD, register, dt.date(2026, month, 1)).verdict for month in (6, 7)]

    assert on == [Verdict.RIGHT, Verdict.UNDECIDED]


def test_without_a_budget_year_only_a_determination_without_end_decides():
    ending, lasting = determining({"有效期至": dt.date(2026, 12, 31)}), determining({"有效期至": "长期"})

    assert judged(AWARD, ending, year=None).verdict is Verdict.UNDECIDED
    assert judged(AWARD, lasting, year=None).verdict is Verdict.RIGHT


def test_the_more_specific_wording_decides():
    register = determining({"承担级次": "市级"}, {"事项表述": "发明专利资助", "承担级次": "县级"})

    assert judged(AWARD | {"name": "发明专利资助资金"}, register).responsible_level is Level.COUNTY
    assert judged(AWARD, register).responsible_level is Level.CITY


def test_determinations_that_disagree_decide_nothing_and_it_is_said():
    register = determining({"承担级次": "市级"}, {"事项表述": "商标奖励", "承担级次": "县级"})

    judgement = judged(AWARD | {"name": "商标奖励和专利资助资金"}, register)

    assert judgement.verdict is Verdict.UNDECIDED
    assert "几项认定的级次不同" in judgement.because


def test_wording_is_found_however_it_is_typed():
    register = determining({"事项表述": "PCT　資助"})

    assert judged(AWARD | {"name": "ＰＣＴ“资助”资金"}, register).verdict is Verdict.RIGHT


def test_wording_the_line_denies_is_not_found():
    line = AWARD | {"name": "企业贯标补助", "content": "对通过知识产权贯标的企业给予补助，不含专利资助"}

    assert "批复" not in judged(line, determining({})).because


def test_wording_of_another_topic_in_the_content_alone_is_not_found():
    line = AWARD | {"name": "知识产权保险保费", "content": "专利保险投保，与专利资助同步开展"}

    assert "批复" not in judged(line, determining({})).because


def test_a_listed_matter_stays_with_the_plan_whatever_is_determined():
    register = determining({"承担级次": "市级"})

    judgement = judged(WORKS | {"content": "作品登记的审核，曾列专利资助"}, register)

    assert judgement.document == ""


@pytest.mark.parametrize("wording", ["作品登记", "作品登记的审核", "知识产权宣传培训"])
def test_a_determination_of_a_matter_the_plan_lists_is_refused_with_the_clause(wording: str):
    told = refused(kept((DETERMINED | {"事项表述": wording},)))

    assert f"认定!A5：“{wording}”属" in told
    assert "二（" in told


# —— waivers ——


def test_a_waiver_turns_an_error_into_a_remark_that_says_why():
    before, after = checked(WORKS, None), checked(WORKS, excusing({}))

    assert [(one.code, one.severity) for one in before.findings] == [("LV01", Severity.ERROR)]
    assert [(one.code, one.severity) for one in after.findings] == [("LV01", Severity.INFO)]
    assert (
        "已豁免：机构改革过渡期；依据《2025年第3次会议纪要》，分管局长批准，有效期至2026-12-31"
        in after.findings[0].message
    )
    assert after.lines[0].judgement.verdict is Verdict.WRONG


@pytest.mark.parametrize(
    "entry",
    [{"疑点代码": "LV02"}, {"预算单位": "藁城区市场监督管理局"}, {"项目名称": "作品登记"}, {"项目名称": None}],
    ids=lambda entry: next(iter(entry)),
)
def test_a_waiver_of_another_code_bureau_or_line_changes_nothing(entry: dict):
    assert checked(WORKS, excusing(entry)).findings == checked(WORKS, None).findings


def test_a_waiver_that_has_ended_is_told_and_the_error_stays():
    [finding] = checked(WORKS, excusing({"有效期至": dt.date(2025, 12, 31)})).findings

    assert finding.severity is Severity.ERROR
    assert "有效期至2025-12-31，已过期" in finding.message


def test_a_line_can_be_named_by_its_row_and_a_bureau_however_it_is_typed():
    row = checked(WORKS, None).lines[0].row

    register = excusing({"项目名称": f"第{row}行", "预算单位": "正定縣市场监督管理局 "})

    assert checked(WORKS, register).counts["error"] == 0


def test_a_waiver_without_a_line_is_for_what_belongs_to_no_line():
    header = {"division": None}
    [found] = [
        one for one in checked(WORKS, None, **header).findings if one.severity is Severity.ERROR and one.code != "LV01"
    ]

    report = checked(WORKS, excusing({"疑点代码": found.code, "项目名称": None}), **header)

    assert [one.severity for one in report.findings if one.code == found.code] == [Severity.INFO]


# —— the workbook ——


def test_a_blank_register_is_read_and_changes_nothing_but_the_version():
    register = load(new(RULES), RULES)

    report, bare = checked(AWARD, register), checked(AWARD, None)

    assert (register.determinations, register.waivers) == ((), ())
    assert (report.lines, report.findings) == (bare.lines, bare.findings)


def test_the_blank_register_is_the_same_bytes_every_time():
    assert new(RULES) == new(RULES)


def test_every_title_and_dropdown_of_the_blank_register_comes_from_its_definition():
    book = openpyxl.load_workbook(BytesIO(new(RULES)))

    for definition in registers.definitions().values():
        sheet = book[definition.sheet]
        assert [cell.value for cell in sheet[4]] == [column.title for column in definition.columns]
    lists = [one.formula1 for one in book["认定"].data_validations.dataValidation if one.type == "list"]
    assert lists == ['"知识产权"', '"中央,省级,市级,县级"']


def test_the_version_of_the_law_names_the_register_by_what_it_says():
    first, same, other = determining({}), determining({}), determining({"承担级次": "市级"})

    versions = [checked(AWARD, register).rulebook for register in (first, same, other)]

    assert versions[0] == versions[1] != versions[2]
    assert versions[0] == f"{RULES.version} + {first.version}"


def test_every_fault_is_named_with_its_cell_in_one_message():
    determined = DETERMINED | {"承担级次": "乡级", "日期": "去年", "所属领域或方案": "水利"}
    excused = EXCUSED | {"疑点代码": "LV99", "理由": None}

    told = refused(
        kept((determined, DETERMINED | {"有效期至": dt.date(2020, 1, 1)}), (excused, EXCUSED | {"疑点代码": "LV99"}))
    )

    assert "认定!C5：“承担级次”写的是“乡级”" in told
    assert "认定!F5：“日期”写的是“去年”" in told
    assert "认定!H6：有效期至2020-01-01，早于认定日期2025-03-01" in told
    assert "豁免!D5：“理由”没有填" in told
    assert "豁免!A6：没有疑点代码“LV99”" in told


def test_an_unknown_plan_is_refused_with_the_known_ones():
    assert "认定!B5：没有装入“水利”" in refused(kept((DETERMINED | {"所属领域或方案": "水利"},)))


def test_a_plan_can_be_named_by_id_title_or_domain_and_none_means_all():
    [plan] = RULES.plans
    names = (plan.id, plan.document.title, "知识产权领域", None)

    found = [determining({"所属领域或方案": name}).determinations[0].plans for name in names]

    assert found == [(plan.id,)] * len(names)


@pytest.mark.parametrize("damage", ["retitled", "removed", "submission"])
def test_what_is_no_register_is_refused_with_its_cure(damage: str):
    book = openpyxl.load_workbook(BytesIO(kept((DETERMINED,), (EXCUSED,))))
    if damage == "retitled":
        for cell in book["豁免"][4]:
            cell.value = f"栏{cell.column}"
    elif damage == "removed":
        del book["豁免"]
    book.save(buffer := BytesIO())
    content = fill(definitions()["projects"], HEADER, [WORKS]) if damage == "submission" else buffer.getvalue()

    told = refused(content)

    assert "checker register new" in told


def test_columns_may_be_moved_and_rows_left_blank():
    book = openpyxl.load_workbook(BytesIO(kept((DETERMINED,), (EXCUSED,))))
    book["认定"].insert_cols(1)
    book["认定"].insert_rows(5, 2)
    book.save(buffer := BytesIO())

    assert load(buffer.getvalue(), RULES) == load(kept((DETERMINED,), (EXCUSED,)), RULES)


def test_a_formula_without_a_stored_value_is_named():
    assert "认定!D5：公式没有结果" in refused(kept((DETERMINED | {"文件名称": "=A1"},)))


def test_a_register_survives_pickling():
    register = load(kept((DETERMINED,), (EXCUSED,)), RULES)

    assert pickle.loads(pickle.dumps(register)) == register


# —— the command line ——


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return (ended.value.code, *capsys.readouterr())

    return call


def test_register_new_writes_a_register_that_check_takes_and_never_overwrites_one(run, tmp_path: Path):
    Path("县局.xlsx").write_bytes(fill(definitions()["projects"], HEADER, [BASIS | WORKS]))

    first, again = run("register", "new"), run("register", "new")

    assert (first[0], again[0]) == (0, 2)
    assert run("check", "县局.xlsx", "--no-mark", "--register", "认定豁免登记簿.xlsx")[0] == 1


def test_determination_and_waiver_stand_in_the_report_and_the_waiver_lets_it_pass(run, tmp_path: Path):
    Path("县局.xlsx").write_bytes(fill(definitions()["projects"], HEADER, [BASIS | WORKS, BASIS | AWARD]))
    Path("登记簿.xlsx").write_bytes(kept((DETERMINED,), (EXCUSED,)))

    without = run("check", "县局.xlsx", "--no-mark", "--format", "json")
    ended = run("check", "县局.xlsx", "--format", "json", "--register", "登记簿.xlsx")

    assert (without[0], ended[0]) == (1, 0)
    [entry] = json.loads(ended[1])["files"]
    assert [line["verdict"] for line in entry["lines"]] == ["wrong", "right"]
    assert "某财函〔2025〕3号" in entry["lines"][1]["because"]
    assert "会议纪要" in entry["findings"][0]["message"]
    assert "register@" in entry["rulebook"]
    texts = [str(cell) for row in openpyxl.load_workbook("县局.checked.xlsx")["填报表"].values for cell in row if cell]
    assert any("某财函〔2025〕3号" in text for text in texts)
    assert any("会议纪要" in text for text in texts)


def test_a_bad_register_stops_the_run_before_anything_is_checked(run, tmp_path: Path):
    Path("县局.xlsx").write_bytes(fill(definitions()["projects"], HEADER, [BASIS | WORKS]))
    Path("登记簿.xlsx").write_bytes(kept((DETERMINED | {"承担级次": "乡级"},)))

    code, out, err = run("check", "县局.xlsx", "--register", "登记簿.xlsx")

    assert (code, out) == (2, "")
    assert "认定!C5" in err
    assert {path.name for path in tmp_path.iterdir()} == {"县局.xlsx", "登记簿.xlsx"}


def test_a_single_line_is_explained_with_the_register(run, tmp_path: Path):
    Path("登记簿.xlsx").write_bytes(kept((DETERMINED,)))
    line = ("--line", "专利资助资金", "--bureau", "正定县市场监督管理局", "--charged", "县级", "--year", "2026")

    _, without, _ = run("explain", *line)
    _, told, _ = run("explain", *line, "--register", "登记簿.xlsx")

    assert "结论：待认定" in without
    assert "结论：级次相符" in told
    assert "某财函〔2025〕3号" in told
