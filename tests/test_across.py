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
