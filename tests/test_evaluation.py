from pathlib import Path

import pytest

from checker.errors import UnreadableWorkbook
from checker.evaluation import evaluate
from checker.terms import Verdict

LINES = Path(__file__).parent / "lines"


def test_the_judgement_keeps_its_floor_on_the_reviewed_lines():
    """These lines were at hand while the words were chosen, so the floor guards against going back, no more."""
    result = evaluate(LINES / "reviewed.csv")

    assert result.strict >= 0.95
    assert result.lenient >= 0.975
    assert result.section >= 0.93
    assert result.recall(Verdict.WRONG) >= 0.92
    assert result.recall(Verdict.OUTSIDE) >= 0.92
    assert len(result.unsupported) <= 2


def test_the_judgement_keeps_its_floor_on_lines_nobody_looked_at():
    """Labelled by people who saw neither words nor program: no word may be chosen by them."""
    result = evaluate(LINES / "kept-aside.csv")

    assert result.strict >= 0.95
    assert result.lenient >= 0.965
    assert result.section >= 0.93
    assert result.recall(Verdict.WRONG) >= 0.95
    assert result.recall(Verdict.UNDECIDED) >= 0.88
    assert result.recall(Verdict.OUTSIDE) >= 0.95
    assert result.unsupported == []


def test_a_rule_that_knows_no_plan_is_shown_beside_ours():
    result = evaluate(LINES / "kept-aside.csv")

    assert f"{result.naive:.1%}" == "58.3%"
    assert "只比承担级次与单位级次是否相同，结论一致 58.3%" in result.to_text()


def test_every_figure_can_be_read_by_a_program_and_by_a_person():
    result = evaluate(LINES / "invented-1.csv")

    assert set(result.to_data()["verdicts"]) == set(Verdict)
    assert "查全率" in result.to_text()
    assert len(result.to_data()["misses"]) == len(result.misses)


def test_a_file_without_the_columns_is_refused_by_name(tmp_path):
    path = tmp_path / "lines.csv"
    path.write_text("id,unit\n1,甲\n", "utf-8")

    with pytest.raises(UnreadableWorkbook, match="project_name"):
        evaluate(path)
