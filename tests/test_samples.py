"""The samples: made again they are the same, and what stands beside each is what the checker says of it."""

import json
import re
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from checker import annotate, check
from checker.checks import CHECKS
from checker.cli import cli
from checker.errors import UnreadableWorkbook
from checker.places import find
from checker.report.rebuilt import needs_rebuilding, rebuild
from checker.terms import Report, Verdict
from samples.resubmission import resubmission
from samples.snapshot import told
from samples.write import BY_LIBREOFFICE, FICTITIOUS, FOLDER, MADE, SAMPLES, rules

UNREADABLE = "other-year.xlsx"
CHECKED = [name for name in SAMPLES if name != UNREADABLE]


@cache
def content(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


@cache
def report(name: str) -> Report:
    return check(content(name), rules(name))


@cache
def marked(name: str) -> bytes:
    return annotate(rebuild(content(name)) if needs_rebuilding(content(name)) else content(name), report(name))


def findings(one: Report) -> list[tuple[str, str]]:
    return [(str(finding.cell or finding.sheet), finding.code) for finding in one.findings]


def verdicts(one: Report) -> list[tuple[str, int, Verdict]]:
    return [(line.sheet, line.row, line.judgement.verdict) for line in one.lines]


@pytest.mark.parametrize("name", MADE)
def test_a_sample_made_again_is_the_same_to_the_byte(name: str):
    assert MADE[name]() == content(name)


@pytest.mark.parametrize("name", SAMPLES)
def test_what_stands_beside_a_sample_is_what_the_checker_says_of_it(name: str):
    beside = (FOLDER / name).with_suffix(".txt").read_text("utf-8")

    assert told(content(name), rules(name)) == beside


def test_every_file_in_the_folder_is_a_sample_or_the_text_of_one():
    files = {path.name for path in FOLDER.iterdir() if path.suffix in (".xlsx", ".xlsm", ".xls", ".ods", ".txt")}

    assert {name for name in files if ".checked." not in name} == {
        *SAMPLES,
        *(Path(name).with_suffix(".txt").name for name in SAMPLES),
    }


def test_the_readme_names_every_sample():
    readme = (FOLDER / "README.md").read_text("utf-8")

    assert [name for name in SAMPLES if f"`{name}`" not in readme] == []


def test_every_code_in_the_registry_is_found_in_a_sample():
    texts = (path.read_text("utf-8") for path in FOLDER.glob("*.txt"))

    assert {code for text in texts for code in re.findall(r"^\S+ ([A-Z]{2}\d{2}) ", text, re.MULTILINE)} == set(CHECKS)


def test_all_but_five_codes_are_found_in_one_file():
    """A file is stamped or not, and of one year; what the law of that year cannot give rise to is not in it."""
    assert set(CHECKS) - {finding.code for finding in report("every-code.xlsm").findings} == {
        "ST17",
        "LN06",
        "LN07",
        "LV14",
        "BA04",
    }


def test_the_clean_city_bureau_has_no_finding():
    assert findings(report("city-clean.xlsx")) == []


def test_the_consolidated_table_has_the_city_and_all_of_its_divisions():
    lines = load_workbook(BytesIO(content("consolidated-22.xlsx")))["填报表"]
    names = {place.name for cell in lines["D"] if (place := find(str(cell.value or "")))}

    assert len(names) == 23


@pytest.mark.parametrize("name", SAMPLES)
def test_every_bureau_says_that_it_is_an_example(name: str):
    if name == UNREADABLE:
        return

    assert {
        line.bureau for line in report(name).lines if "（示例）" not in line.bureau and "(示例)" not in line.bureau
    } <= {"知识产权服务专班"}


@pytest.mark.parametrize("name", CHECKED)
def test_a_marked_sample_is_opened_by_another_program_and_has_the_summary_first(name: str):
    book = load_workbook(BytesIO(marked(name)))

    assert book.sheetnames[0] == "核查结果"


@pytest.mark.parametrize("name", CHECKED)
def test_marking_twice_is_marking_once(name: str):
    assert annotate(marked(name), report(name)) == marked(name)


@pytest.mark.parametrize("name", [name for name in CHECKED if name not in BY_LIBREOFFICE])
def test_a_marked_sample_is_a_submission_in_which_the_same_is_found(name: str):
    again = check(marked(name), rules(name))

    assert findings(again) == findings(report(name))
    assert verdicts(again) == verdicts(report(name))


def test_the_marked_file_corrected_is_free_of_what_was_corrected():
    before, after = report("county-pushed.xlsx"), check(resubmission(rules()), rules())

    assert after.template == before.template
    assert len(after.lines) == len(before.lines)
    assert before.counts["wrong"] == 7
    assert after.counts["wrong"] == after.counts["error"] == 0


def test_a_file_marked_by_an_earlier_run_is_checked_like_one_marked_today():
    today = check(resubmission(rules()), rules())

    assert findings(report("resubmission.xlsx")) == findings(today)
    assert verdicts(report("resubmission.xlsx")) == verdicts(today)


def test_what_another_format_says_is_what_the_original_says():
    original = report("wps.xlsx")

    assert [findings(report(name)) for name in BY_LIBREOFFICE] == [findings(original)] * 2
    assert [verdicts(report(name)) for name in BY_LIBREOFFICE] == [verdicts(original)] * 2


def test_a_year_without_a_plan_is_refused_by_name_and_the_command_ends_with_2():
    with pytest.raises(UnreadableWorkbook) as caught:
        check(content(UNREADABLE), rules())
    result = CliRunner().invoke(cli, ["check", "--no-mark", str(FOLDER / UNREADABLE)])

    assert caught.value.code == "no-plan-in-force"
    assert result.exit_code == 2
    assert "2019" in result.stdout


@pytest.mark.parametrize("name", [name for name in CHECKED if name != FICTITIOUS])
def test_the_command_line_says_in_json_what_python_says(name: str):
    result = CliRunner().invoke(cli, ["check", "--no-mark", "--format", "json", str(FOLDER / name)])
    [file] = json.loads(result.stdout)["files"]
    said = [
        (f"{one['sheet']}!{one['cell']}" if one["cell"] else one["sheet"] or "None", one["code"])
        for one in file["findings"]
    ]

    assert said == [(where or "None", code) for where, code in findings(report(name))]
    assert [(line["sheet"], line["row"], line["verdict"]) for line in file["lines"]] == verdicts(report(name))
    assert file["counts"] == report(name).counts
    assert result.exit_code == (1 if report(name).counts["error"] else 0)
