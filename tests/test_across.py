"""XS: what is found over several submissions, and what is left alone, for a false alarm costs a telephone call."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from checker.across import ACROSS, compare
from checker.report import Outcome
from tests.submissions import outcome, workbook

FOLDER = Path(__file__).parent / "across"
KINDS = ("wrong", "right", "boundary")


@dataclass(frozen=True)
class Case:
    """Submissions by number, and the groups of them that the code of the file must name."""

    name: str
    submissions: list[dict[str, Any]]
    finds: list[list[int]] = field(default_factory=list)

    @property
    def outcomes(self) -> list[Outcome]:
        return [outcome(f"{number}.xlsx", workbook(**one)) for number, one in enumerate(self.submissions)]


FILES = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yaml"))}
CASES = [(code, kind, Case(**case)) for code, file in FILES.items() for kind in KINDS for case in file[kind]]


def found(outcomes: list[Outcome], code: str) -> list[list[int]]:
    return [[int(file[:-5]) for file in one.files] for one in compare(outcomes) if one.finding.code == code]


@pytest.mark.parametrize(("code", "kind", "case"), CASES, ids=lambda value: getattr(value, "name", value))
def test_a_code_names_the_submissions_its_case_says(code: str, kind: str, case: Case):
    assert found(case.outcomes, code) == case.finds


def test_every_code_has_its_file_with_wrong_right_and_boundary_cases():
    assert set(FILES) == set(ACROSS)
    assert all(set(file) == set(KINDS) for file in FILES.values())
    assert all(case.get("finds") for file in FILES.values() for case in file["wrong"])
    assert not any(case.get("finds") for file in FILES.values() for case in file["right"])


def test_two_files_of_a_bureau_are_told_apart_by_every_column_that_differs():
    """Seven lines were changed: two levels, a scope, a way of doing it, three amounts."""
    names = "宣传周", "维权援助", "专利导航", "版权执法", "商标宣传", "地理标志保护", "商业秘密保护", "贯标辅导"
    before = [{"name": name, "content": "面向本县企业", "amount": 10 + place} for place, name in enumerate(names)]
    changed = [*[{"charged_level": "市级"}] * 2, {"scope": "全市"}, {"mode": "委托下级"}, *[{"amount": 90}] * 3, {}]
    after = [line | other for line, other in zip(before, changed, strict=True)]
    files = [
        outcome(f"{place}.xlsx", workbook("正定县科学技术局", lines)) for place, lines in enumerate((before, after))
    ]

    [message] = [one.finding.message for one in compare(files) if one.finding.code == "XS03"]

    assert message.count("其中7行与其他文件不同（承担级次2行、预算金额3行、其他栏目2行）") == 2
