"""Every finding code: what trips it, what does not, and what stands just on either side of the line."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from checker import checks, rulebook
from checker.checks import CHECKS
from checker.definition import TableDefinition, definitions
from checker.pipeline import check
from checker.reader import read
from checker.rulebook import Rulebook
from checker.template import fill
from checker.terms import Finding, Severity
from tests.edits import edited, place, table_sheet

FOLDER = Path(__file__).parent / "checks"
MESSAGES = FOLDER / "messages.txt"
PLANS = Path(__file__).parent / "plans"
KINDS = ("wrong", "right", "boundary")
LEVEL_CODES = ("LV01", "LV02", "LV03")

SOUND = json.loads((FOLDER / "sound.json").read_text("utf-8"))
HEADER, LINE = SOUND["header"], SOUND["line"]
CONSOLIDATED = {"year": 2026}


@dataclass(frozen=True)
class Case:
    """One submission and where the code of its file must be found in it; a line or header field left out is sound."""

    name: str
    lines: list[dict[str, Any] | None] = field(default_factory=lambda: [{}])
    header: dict[str, Any] = field(default_factory=dict)
    table: str = "projects"
    edit: dict[str, Any] = field(default_factory=dict)
    plans: list[str] = field(default_factory=list)
    without_plan: bool = False
    finds: list[str] = field(default_factory=list)
    repeat: dict[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        header = (HEADER if self.table == "projects" else CONSOLIDATED) | self.header
        own = LINE if self.table == "projects" else LINE | HEADER
        long = {name: text * times for name, (text, times) in self.repeat.items()}
        lines = [{} if line is None else filled(own | line | long) for line in self.lines]
        return edited(fill(template(self.table), filled(header), lines), self.edit)


@cache
def template(table: str) -> TableDefinition:
    """With few ready lines: written and read in a tenth of the time."""
    return replace(definitions()[table], ready_lines=30)


def filled(values: dict[str, Any]) -> dict[str, Any]:
    """What is written: nothing where the case says null; a formula with its stored value is a list of two in YAML."""
    given = {name: value for name, value in values.items() if value is not None}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}


FILES = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yaml"))}
CASES = [(code, kind, Case(**case)) for code, file in FILES.items() for kind in KINDS for case in file.get(kind, ())]


@cache
def rules(*plans: str) -> Rulebook:
    return rulebook.load(rulebook.PLANS, *(PLANS / f"{name}.yaml" for name in plans))


def findings(case: Case) -> tuple[Finding, ...]:
    return reported(case)[0]


def reported(case: Case) -> tuple[tuple[Finding, ...], set[str]]:
    """What is found, and the reasons of the verdicts."""
    if case.without_plan:  # the law says nothing of that year, but the codes of that year are known
        return checks.run(read(case.content), {}, rules()), set()
    report = check(case.content, rules(*case.plans))
    return report.findings, {line.judgement.because for line in report.lines}


def expected(case: Case) -> list[str]:
    if not case.finds:
        return []
    sheet = table_sheet(load_workbook(BytesIO(case.content))) if case.edit else plain_sheet(case.table)
    return [where if where in ("sheet", "file") else place(sheet, where) for where in case.finds]


@cache
def plain_sheet(table: str) -> Worksheet:
    return table_sheet(load_workbook(BytesIO(Case("plain", table=table).content)))


def where(finding: Finding) -> str:
    return finding.cell.address if finding.cell else "sheet" if finding.sheet else "file"


# What the bureau reads: every message stands in one file, whose diff is what a reviewer reads.
REVIEWED = MESSAGES.read_text("utf-8").splitlines()


def spoken(code: str, case: Case, found: Iterable[Finding], reasons: set[str]) -> list[str]:
    """What the checks say; the reason of a verdict is the judgement's to word, so it stands as ‹理由›."""
    told = [said(finding) for finding in found if finding.code == code]
    for reason in reasons:
        told = [line.replace(reason, "‹理由›") for line in told]
    return [f"{code} · {case.name} · {line}" for line in told]


def said(finding: Finding) -> str:
    value = f"填报：{finding.value}" if finding.value else ""
    accepted = f"应为：{finding.accepted}" if finding.accepted else ""
    parts = [finding.severity.label, where(finding), finding.message, value, accepted, f"改法：{finding.fix}"]
    return " | ".join(filter(None, parts)).replace("\n", "⏎")


def rewrite() -> None:
    """What `python -m tests.test_checks` does, when what is said was changed on purpose."""
    told = [line for code, _, case in CASES for line in spoken(code, case, *reported(case))]
    MESSAGES.write_text("\n".join(told) + "\n", "utf-8")


@pytest.mark.parametrize(("code", "kind", "case"), CASES, ids=lambda value: getattr(value, "name", value))
def test_a_code_is_found_where_its_case_says_in_the_words_that_were_reviewed(code: str, kind: str, case: Case):
    found, reasons = reported(case)

    assert [(where(one), one.code) for one in found if one.code == code] == [(at, code) for at in expected(case)]
    assert spoken(code, case, found, reasons) == [
        line for line in REVIEWED if line.startswith(f"{code} · {case.name} · ")
    ]


@pytest.mark.parametrize("code", CHECKS)
def test_every_code_has_a_message_that_was_reviewed(code: str):
    assert any(line.startswith(f"{code} · ") for line in REVIEWED)


def test_every_code_has_its_file_and_every_file_its_code():
    assert set(FILES) == set(CHECKS)


@pytest.mark.parametrize("code", FILES)
def test_a_file_has_wrong_right_and_boundary_cases(code: str):
    file = FILES[code]

    assert set(file) == set(KINDS)
    assert all(case.get("finds") for case in file["wrong"])
    assert not any(case.get("finds") for case in file["right"])


@pytest.mark.parametrize("case", [case for code, kind, case in CASES if code in LEVEL_CODES and kind == "wrong"])
def test_who_is_told_that_the_level_is_wrong_is_told_the_clause(case: Case):
    [finding] = [finding for finding in findings(case) if finding.code in LEVEL_CODES]

    assert finding.basis is not None
    assert finding.basis.quote in finding.message
    assert finding.basis.level
    assert finding.basis.level in finding.accepted


def test_codes_are_registered_in_their_order():
    assert list(CHECKS) == sorted(CHECKS, key=lambda code: (tuple(checks.FAMILIES).index(code[:2]), code))


def test_a_sound_submission_has_no_finding():
    assert findings(Case("sound")) == ()


def test_a_sound_consolidated_submission_has_no_finding():
    assert findings(Case("sound", table="projects-consolidated")) == ()


@pytest.mark.parametrize(
    "word", ["None", "nan", "NaT", "<NA>", "undefined", "Level.", "{", "}", "()", "“”", "。。", "；。"]
)
def test_no_message_shows_how_it_was_made(word: str):
    assert [line for line in REVIEWED if word in line] == []


@pytest.mark.parametrize("code", CHECKS)
def test_title_why_and_fix_are_whole_sentences_in_chinese(code: str):
    check = CHECKS[code]

    assert not check.title.endswith("。")
    assert check.why.endswith("。")
    assert check.fix.endswith("。")
    assert len(check.title) <= 22
    assert check.function.__doc__


# What holds of all checks together.


def test_findings_stand_in_reading_order_and_never_in_that_of_their_address_texts():
    case = Case("many", lines=[{"amount": -1}] * 5)

    rows = [finding.cell.row for finding in findings(case) if finding.code == "LN04" and finding.cell]

    assert rows == sorted(rows)
    assert rows[0] < 10 <= rows[-1]


def test_a_cause_suppresses_its_consequences_and_says_how_many():
    case = Case("cause", lines=[{"own_funds": "约12", "transfer": 0}])

    found = findings(case)

    assert [finding.code for finding in found] == ["LN03"]
    assert found[0].message.endswith("（由此引起的1处疑点不再另列）")


def test_a_missing_column_is_one_finding_that_names_the_number_of_lines():
    case = Case("column", lines=[{}, {}, {"name": "专利导航"}], edit={"delete_columns": ["承担级次"]})

    found = findings(case)

    assert [finding.code for finding in found if finding.severity is Severity.ERROR] == ["ST02"]
    assert "3行明细都缺这一项" in found[0].message


def test_a_check_that_cannot_be_run_says_why():
    case = Case("skip", edit={"delete_columns": ["立项依据"]})

    skipped = check(case.content, rules()).skipped

    assert skipped["BA01"] == "表中没有“立项依据”"
    assert skipped["LN06"] == "本程序没有2026年度的科目表"


def test_every_finding_names_a_fix():
    bare = [
        finding.code for _, kind, case in CASES[::7] if kind == "wrong" for finding in findings(case) if not finding.fix
    ]

    assert bare == []


if __name__ == "__main__":
    rewrite()
