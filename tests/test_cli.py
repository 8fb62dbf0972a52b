"""The command line as a clerk meets it: what is shown, what is written, and 0, 1 or 2."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from checker import faults
from checker.cli import main, outputs
from checker.definition import as_of, definitions
from checker.template import fill

PLAN_FILES = Path(__file__).parent / "plans"
HEADER = {"bureau": "正定县市场监督管理局", "bureau_level": "县级", "division": "正定县", "year": 2025, "unit": "万元"}
RIGHT = {"name": "本县知识产权宣传培训", "content": "面向本县企业开展培训", "charged_level": "县级", "amount": 8}
WRONG = {"name": "作品登记审核", "content": "国内作者作品登记的审核", "charged_level": "县级", "amount": 12.5}


def submission(*lines: dict, **header: object) -> bytes:
    basis = {"basis": "《正定县知识产权工作要点》（正政办〔2024〕12号）"}
    return fill(definitions()["projects"], HEADER | header, [basis | line for line in lines])


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """The program itself, in an empty folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def call(*arguments: object) -> Run:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return Run(ended.value.code, *capsys.readouterr())

    return call


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(content: bytes, name: str = "县局.xlsx") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return write


def files_in(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


# —— what is shown and written ——


def test_a_clean_workbook_passes_and_says_so(run, file):
    path = file(submission(RIGHT))

    ended = run("check", path)

    assert ended.code == 0, ended.out
    assert "级次相符 1 行 8万元" in ended.out
    assert "结论：未发现错误" in ended.out


def test_a_line_charged_to_the_wrong_level_is_an_error_with_its_clause(run, file):
    path = file(submission(RIGHT, WRONG))

    ended = run("check", path)

    assert ended.code == 1
    assert "级次不符 1 行 12.5万元" in ended.out
    assert "作品登记的审核" in ended.out


def test_the_marked_copy_is_written_beside_the_file_and_the_file_is_untouched(run, file):
    path = file(content := submission(WRONG))

    run("check", path)

    assert files_in(path.parent) == {"县局.xlsx", "县局.checked.xlsx"}
    assert path.read_bytes() == content
    assert openpyxl.load_workbook(path.with_name("县局.checked.xlsx")).sheetnames[0] == "核查结果"


def test_marked_copies_go_into_the_folder_named_and_it_is_made(run, file, tmp_path):
    path = file(submission(RIGHT))

    run("check", path, "-o", tmp_path / "结果" / "一")

    assert files_in(tmp_path / "结果") == {"县局.checked.xlsx"}


def test_no_mark_writes_nothing(run, file):
    path = file(submission(WRONG))

    run("check", path, "--no-mark")

    assert files_in(path.parent) == {"县局.xlsx"}


def test_a_second_run_replaces_its_own_marked_copy(run, file):
    path = file(submission(WRONG))

    run("check", path)
    ended = run("check", path)

    assert ended.code == 1
    assert files_in(path.parent) == {"县局.xlsx", "县局.checked.xlsx"}


@pytest.mark.parametrize("command", ["check", "mark"])
def test_a_marked_copy_that_was_corrected_is_kept_when_the_file_is_checked_again(run, file, tmp_path, command):
    path, copy = file(submission(WRONG)), tmp_path / "县局.checked.xlsx"
    report = file(run("check", path, "--format", "json").out.encode(), "r.json")
    book = openpyxl.load_workbook(copy)
    book.save(copy)
    corrected = copy.read_bytes()

    again = run(command, path, *([report] if command == "mark" else []))
    path.write_bytes(submission(RIGHT))
    of_another_state = run("check", path)

    assert again.code == 2
    assert "可能已经改正，没有覆盖" in again.out + again.err
    assert of_another_state.code == 0
    assert copy.read_bytes() != corrected


def test_a_marked_copy_can_be_handed_in_again(run, file):
    path = file(submission(WRONG))

    run("check", path)
    ended = run("check", path.with_name("县局.checked.xlsx"), "--no-mark", "--format", "json")

    [entry] = json.loads(ended.out)["files"]
    assert entry["counts"]["wrong"] == 1
    assert len(entry["lines"]) == 1


def test_json_is_the_only_thing_on_the_screen(run, file):
    path = file(submission(RIGHT, WRONG))

    ended = run("check", path, "--format", "json", "--no-mark")

    [entry] = json.loads(ended.out)["files"]
    assert [line["verdict"] for line in entry["lines"]] == ["right", "wrong"]
    assert ended.err == ""


def test_sarif_names_the_file(run, file):
    path = file(submission(WRONG))

    ended = run("check", path, "--format", "sarif", "--no-mark")

    assert json.loads(ended.out)["runs"][0]["artifacts"][0]["location"]["uri"].startswith("file://")


def test_a_summary_is_written_on_demand(run, file, tmp_path):
    paths = [file(submission(WRONG), f"{name}.xlsx") for name in "甲乙"]

    run("check", *paths, "--no-mark", "--summary", tmp_path / "汇总.xlsx")

    assert openpyxl.load_workbook(tmp_path / "汇总.xlsx")["总览"].max_row == 3


def test_marking_from_json_gives_the_same_bytes_as_checking(run, file, tmp_path):
    path = file(submission(RIGHT, WRONG))
    (tmp_path / "结果.json").write_text(run("check", path, "--format", "json").out, "utf-8")

    ended = run("mark", path, tmp_path / "结果.json", "-o", tmp_path / "另标.xlsx")

    assert ended.code == 0
    assert (tmp_path / "另标.xlsx").read_bytes() == path.with_name("县局.checked.xlsx").read_bytes()


def test_any_workbook_can_be_marked_with_any_report(run, file, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "随便"
    book.save(buffer := BytesIO())
    path = file(buffer.getvalue(), "别的.xlsx")
    found = {"sheet": "随便", "cell": "C3", "code": "X1", "severity": "warning", "message": "请看这里"}
    (tmp_path / "r.json").write_text(json.dumps({"findings": [found]}), "utf-8")

    ended = run("mark", path, tmp_path / "r.json")

    assert ended.code == 0
    assert "请看这里" in openpyxl.load_workbook(tmp_path / "别的.checked.xlsx")["随便"]["C3"].comment.text


def test_an_old_format_comes_back_as_a_new_workbook_and_it_is_said(run, file, convert):
    path = convert(file(submission(WRONG)), "ods")

    ended = run("check", path)

    assert ended.code == 1
    assert "另存为 .xlsx" in ended.out
    assert "转存说明" in openpyxl.load_workbook(path.with_name("县局.checked.xlsx")).sheetnames


# —— bad input: a clear Chinese error naming the cure, exit 2, nothing written ——


def zipped(name: str, content: bytes) -> bytes:
    with ZipFile(buffer := BytesIO(), "w") as package:
        package.writestr(name, content)
    return buffer.getvalue()


def workbook_without_table() -> bytes:
    openpyxl.Workbook().save(buffer := BytesIO())
    return buffer.getvalue()


BAD = {
    "empty": (b"", "县局.xlsx"),
    "not a workbook": ("给张三的信".encode(), "县局.xlsx"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"0" * 99, "县局.xlsx"),
    "a lock file": (b"\x05zhang san" + b" " * 150, "~$县局.xlsx"),
    "truncated": (submission(RIGHT)[:-600], "县局.xlsx"),
    "another zip": (zipped("a.txt", b"1"), "县局.xlsx"),
    "wrong template": (workbook_without_table(), "县局.xlsx"),
    "no lines": (submission(), "县局.xlsx"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_with_its_cure_and_nothing_is_written(run, file, case):
    content, name = BAD[case]
    path = file(content, name)

    ended = run("check", path)

    assert ended.code == 2, ended.out
    assert "请" in ended.out
    assert "Traceback" not in ended.out + ended.err
    assert "内部" not in ended.out
    assert files_in(path.parent) == {name}


def test_a_missing_file_and_a_folder_are_named_as_such(run, tmp_path):
    (tmp_path / "夹").mkdir()

    ended = run("check", tmp_path / "无.xlsx", tmp_path / "夹")

    assert ended.code == 2
    assert "文件打不开（不存在）" in ended.out
    assert "这是文件夹" in ended.out


def test_one_unreadable_file_does_not_stop_the_others(run, file):
    bad, good = file(b"", "坏.xlsx"), file(submission(WRONG), "好.xlsx")

    ended = run("check", bad, good)

    assert ended.code == 2
    assert files_in(good.parent) == {"坏.xlsx", "好.xlsx", "好.checked.xlsx"}
    assert "1 个有错误，1 个无法核查" in ended.out


def test_two_files_that_would_overwrite_each_other_are_refused_before_anything_is_written(run, file, tmp_path):
    paths = [file(submission(WRONG), f"{folder}/县局.xlsx") for folder in "甲乙"]

    ended = run("check", *paths, "-o", tmp_path / "结果")

    assert ended.code == 2
    assert "会互相覆盖" in ended.err
    assert not (tmp_path / "结果").exists()


def test_an_input_is_never_overwritten_by_the_copy_of_another(run, file):
    paths = [file(submission(WRONG), name) for name in ("县局.xlsx", "县局.checked.xlsx")]

    ended = run("check", *paths)

    assert ended.code == 2
    assert "也是要核查的文件" in ended.err


def a_summary_over_a_marked_copy(run, path):
    return run("check", path, "--summary", path.with_name("县局.checked.xlsx"))


def a_summary_over_the_register(run, path):
    return run("check", path, "--register", path.with_name("簿.xlsx"), "--summary", path.with_name("簿.xlsx"))


def a_summary_over_a_workbook_of_somebody(run, path):
    return run("check", path, "--summary", path.with_name("别的.xlsx"))


def a_marked_copy_over_a_workbook_of_somebody(run, path):
    path.with_name("别的.xlsx").replace(path.with_name("县局.checked.xlsx"))
    return run("check", path)


def a_marked_copy_over_the_report(run, path):
    return run("mark", path, path.with_name("r.json"), "-o", path.with_name("r.json"))


def a_marked_copy_over_the_summary(run, path):
    run("check", path, "--no-mark", "--summary", path.with_name("汇总.xlsx"))
    return run("mark", path, path.with_name("r.json"), "-o", path.with_name("汇总.xlsx"))


def a_template_over_a_filled_one(run, path):
    return run("template", "projects", "-o", path)


@pytest.mark.parametrize(
    "step",
    [
        a_summary_over_a_marked_copy, a_summary_over_the_register, a_summary_over_a_workbook_of_somebody,
        a_marked_copy_over_a_workbook_of_somebody, a_marked_copy_over_the_report, a_marked_copy_over_the_summary,
        a_template_over_a_filled_one,
    ],
)  # fmt: skip
def test_nothing_is_written_over_but_our_own_result_of_the_same_kind(run, file, tmp_path, step):
    path = file(submission(WRONG))
    file(workbook_without_table(), "别的.xlsx")
    file(b'{"findings": []}', "r.json")
    run("register", "new", "-o", tmp_path / "簿.xlsx")
    before = {found.read_bytes() for found in tmp_path.iterdir()}

    ended = step(run, path)

    assert ended.code == 2
    assert "请" in ended.err
    assert before <= {found.read_bytes() for found in tmp_path.iterdir()}


def test_a_summary_and_a_blank_template_may_be_written_again(run, file, tmp_path):
    again = [
        ("check", file(submission(RIGHT)), "--no-mark", "--summary", tmp_path / "汇总.xlsx"),
        ("template", "projects", "-o", tmp_path / "空表.xlsx"),
    ]

    codes = [run(*arguments).code for arguments in (*again, *again)]

    assert codes == [0, 0, 0, 0]


def test_the_same_file_named_twice_is_checked_once(run, file):
    path = file(submission(RIGHT))

    ended = run("check", path, path.parent / "." / path.name, "--no-mark", "--format", "json")

    assert len(json.loads(ended.out)["files"]) == 1


def test_a_place_that_cannot_be_written_is_refused_before_checking(run, file, tmp_path):
    path = file(submission(RIGHT))
    (tmp_path / "文件").write_text("")

    ended = run("check", path, "-o", tmp_path / "文件" / "里")

    assert ended.code == 2
    assert "不能写入文件夹" in ended.err
    assert ended.out == ""


def test_nothing_half_written_stays_where_writing_fails(tmp_path):
    (tmp_path / "县局.checked.xlsx").mkdir()

    with pytest.raises(IsADirectoryError):
        outputs.write(tmp_path / "县局.checked.xlsx", b"content")

    assert files_in(tmp_path) == set()


def test_an_unknown_plan_is_refused_with_the_known_ones(run, file):
    ended = run("check", file(submission(RIGHT)), "--plan", "无此方案")

    assert ended.code == 2
    assert "shijiazhuang-ip-2024" in ended.err


def test_a_plan_file_is_judged_by_before_it_is_in_force(run, file):
    ended = run("check", file(submission(RIGHT)), "--plan", PLAN_FILES / "shared.yaml", "--no-mark")
    told = run(
        "explain", "--line", "婚检", "--level", "县级", "--charged", "县级", "--plan", PLAN_FILES / "shared.yaml"
    )
    own = run("explain", "H-1", "--plan", PLAN_FILES / "shared.yaml")

    assert (ended.code, told.code, own.code) == (0, 0, 0)
    assert "级次相符 0 行" in ended.out
    assert "市级50%，县级50%" in told.out
    assert "由市级承担50%" in own.out


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("id: [甲\nname: 乙", "第2行"),
        ("id: 甲\nid: 乙", "id 写了两次"),
        ("\ud800", "UTF-8"),
        ("id: a\x07", "不该有的字符"),
        ("- 甲", "顶层应是"),
    ],
)
def test_a_plan_file_that_cannot_be_read_is_refused_in_chinese(run, file, tmp_path, content, told):
    path = tmp_path / "plan.yaml"
    path.write_text(content, "utf-8", errors="surrogatepass")

    ended = run("check", file(submission(RIGHT)), "--plan", path)

    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert not re.search(r"[a-z]{3,} [a-z]{3,}", ended.err)


@pytest.mark.parametrize("year", [{"header": 2020}, {"option": 2020}])
def test_a_year_without_a_plan_in_force_is_refused(run, file, year):
    path = file(submission(RIGHT, year=year.get("header", 2025)))

    ended = run("check", path, *(["--year", year["option"]] if "option" in year else []))

    assert ended.code == 2
    assert "2020" in ended.out
    assert files_in(path.parent) == {"县局.xlsx"}


@pytest.mark.parametrize("year", [20260, 10_000, 1, 0])
def test_a_budget_year_that_no_budget_could_have_is_a_finding_and_the_lines_are_judged(run, file, year):
    ended = run("check", file(submission(RIGHT, year=year)), "--format", "json")
    [checked] = json.loads(ended.out)["files"]

    assert ended.code == 1
    assert checked["status"] == "checked"
    assert [(one["code"], one["cell"]) for one in checked["findings"]] == [("LN04", "M3")]
    assert [line["verdict"] for line in checked["lines"]] == ["right"]


@pytest.mark.parametrize("command", [("check", "县局.xlsx"), ("explain", "--line", "专利导航"), ("template",)])
@pytest.mark.parametrize("year", ["99999", "10000", "0", "-3"])
def test_a_year_that_no_budget_could_have_is_refused_with_those_that_it_could(run, file, tmp_path, command, year):
    file(submission(RIGHT))

    ended = run(*command, "--year", year)

    assert ended.code == 2
    assert "2016至2050之间的四位年份" in ended.err
    assert files_in(tmp_path) == {"县局.xlsx"}


@pytest.mark.parametrize("arguments", [("chek",), ("check",), ("check", "--yeer", "1"), ("check", "a", "--year", "x")])
def test_a_slip_of_the_keyboard_is_answered_in_chinese(run, arguments):
    ended = run(*arguments)

    assert ended.code in {0, 2}
    assert "Usage" not in ended.err + ended.out
    assert "Error" not in ended.err + ended.out


def test_a_fault_of_ours_gets_a_reference_number_and_its_traceback_a_log(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    try:
        raise KeyError("nobody foresaw this")
    except KeyError as error:
        told = faults.record(error)

    [log] = (tmp_path / "checker").glob("*.log")
    assert log.stem in told
    assert "nobody" not in told
    assert "KeyError: 'nobody foresaw this'" in log.read_text("utf-8")


# —— the other commands ——


@pytest.mark.parametrize("table", ["projects", "projects-consolidated"])
def test_template_writes_the_standard_workbook(run, tmp_path, table):
    ended = run("template", table, "-o", tmp_path / "表.xlsx")

    assert ended.code == 0
    assert openpyxl.load_workbook(tmp_path / "表.xlsx").sheetnames[0] == "填报表"


def test_the_lines_of_an_old_template_are_carried_into_todays_also_when_its_time_is_over(run, file, tmp_path):
    old = as_of(definitions()["projects"], "1.0")
    path = file(fill(old, HEADER | {"year": 2028}, [WRONG, RIGHT]), "旧表.xlsx")
    refused = run("check", path)

    ended = run("template", "--from", path, "-o", tmp_path / "新表.xlsx")
    checked = run("check", tmp_path / "新表.xlsx", "--format", "json")

    assert "checker template --from" in refused.out
    assert (ended.code, "已把 2 行搬进《部门项目支出预算申报表》" in ended.out) == (0, True)
    [entry] = json.loads(checked.out)["files"]
    assert entry["template"]["version"] == definitions()["projects"].version
    assert [(line["name"], line["amount_fen"], line["verdict"]) for line in entry["lines"]] == [
        (WRONG["name"], 12_500_000, "wrong"),
        (RIGHT["name"], 8_000_000, "right"),
    ]


def test_what_an_old_table_has_and_the_standard_one_has_not_is_named(run, file, tmp_path):
    book = openpyxl.load_workbook(BytesIO(submission(RIGHT)))
    sheet = book["填报表"]
    sheet.protection.disable()
    titles = next(cell.row for cell in sheet["A"] if cell.value == "序号")
    sheet.cell(titles, sheet.max_column + 1).value = "内部编号"
    book.save(path := tmp_path / "旧表.xlsx")

    ended = run("template", "--from", path, "-o", tmp_path / "新表.xlsx")

    assert ended.code == 0
    assert "没有搬的列（标准表没有）：内部编号" in ended.err


def test_an_old_template_is_not_carried_over_itself_nor_to_another_place_or_year(run, file):
    path = file(content := submission(RIGHT))

    ended = [
        run("template", "--from", path, *more) for more in (("-o", path), ("--year", "2026"), ("--place", "正定县"))
    ]

    assert [one.code for one in ended] == [2, 2, 2]
    assert path.read_bytes() == content


def test_an_unknown_table_or_place_is_refused_with_what_there_is(run):
    table, place = run("template", "wages"), run("template", "--place", "火星")

    assert (table.code, place.code) == (2, 2)
    assert "projects-consolidated" in table.err
    assert "正定县" in place.err


def test_explain_tells_a_code_and_a_matter(run):
    code, matter = run("explain", "lv01"), run("explain", "IP-1.1")

    assert (code.code, matter.code) == (0, 0)
    assert "为什么：" in code.out
    assert "市级：" in matter.out


def test_a_single_line_can_be_judged_from_the_shell(run):
    line = ("--line", "作品登记审核", "--bureau", "正定县版权局", "--level", "县级", "--charged", "县级")

    judged, too_early = run("explain", *line), run("explain", *line, "--division", "正定县", "--year", 2020)

    assert judged.code == 0
    assert "结论：级次不符（应由市级承担，填报由县级承担）" in judged.out
    assert (too_early.code, "没有生效的划分方案" in too_early.err) == (2, True)


def test_labelled_lines_are_scored(run, tmp_path):
    titles = (
        "id,unit,unit_level,region,project_name,description,scope,charged_level,amount_wan,gold_section,gold_matter,"
    )
    labels = "gold_responsible_level,gold_verdict,acceptable_verdicts"
    row = "A,演示县版权局,县级,正定县,作品登记审核,,,县级,5,二,作品登记的审核,市级,wrong_level,"
    (tmp_path / "标注.csv").write_text(f"{titles}{labels}\n{row}\n", "utf-8")

    ended = run("evaluate", tmp_path / "标注.csv", "--format", "json")

    assert ended.code == 0
    assert json.loads(ended.out)["strict"] == 1.0


@pytest.mark.parametrize("typed", ["lv1", "LV1", "LV-01", "lv001", "LVO1"])
def test_a_code_without_its_zero_is_answered_with_that_code_alone(run, typed: str):
    ended = run("explain", typed)

    assert ended.code == 2
    assert "是不是 LV01？" in ended.err


def test_an_unknown_code_is_answered_with_the_nearest(run):
    ended = run("explain", "LV77")

    assert ended.code == 2
    assert "是不是 LV" in ended.err


def test_plans_can_be_listed_shown_checked_and_compared(run):
    known = "shijiazhuang-ip-2024"
    listed, shown, linted, compared = (
        run("plans", *arguments) for arguments in ((), ("show", known), ("lint",), ("diff", known, known))
    )

    assert (listed.code, shown.code, linted.code, compared.code) == (0, 0, 0, 0)
    assert known in listed.out
    assert "未编入" in shown.out
    assert "没有问题" in linted.out
    assert "相同" in compared.out


def test_a_plan_that_contradicts_itself_is_refused_with_its_place(run, tmp_path):
    (tmp_path / "x.yaml").write_text("id: x\nid: y\n", "utf-8")

    ended = run("plans", "lint", tmp_path / "x.yaml")

    assert ended.code == 2
    assert "x.yaml" in ended.err


def test_help_and_version_wait_for_nothing_heavy():
    heavy = {"pandas", "pandera", "numpy", "openpyxl", "lxml", "xlsxwriter", "python_calamine", "opencc", "yaml"}
    program = f"import sys, checker.cli; print({heavy!r} & set(sys.modules))"

    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout

    assert loaded.strip() == "set()"
