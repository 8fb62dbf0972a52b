"""What is written about codes and matters is what the checks and the plans say."""

import ast
from pathlib import Path

import pytest

from checker import documentation
from checker.checks import CHECKS
from checker.documentation import codes, explain, matters, unreadable
from checker.plan import By
from checker.rulebook import load
from docs.write import written

PACKAGE = Path(documentation.__file__).parent


@pytest.mark.parametrize("path", written(), ids=lambda path: path.name)
def test_a_generated_document_is_in_step(path: Path):
    assert path.read_text("utf-8") == written()[path], "run `make docs`"


def test_every_code_has_its_section():
    assert [code for code in CHECKS if f'### <a id="{code.lower()}"></a>{code} ' not in codes()] == []


def test_every_matter_has_its_section_and_every_clause_its_quote():
    book, text = load(), matters(load())

    missing = [
        matter.id
        for plan in book.plans
        for matter in plan.matters
        if f"#### {matter.title}" not in text or any(clause.quote not in text for clause in matter.clauses.values())
    ]

    assert missing == []


def refusals() -> set[str]:
    """The first text given to whatever raises, or reports like, an UnreadableWorkbook."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"UnreadableWorkbook", "_refusal"}:
                found |= {one.value for one in node.args[:1] if isinstance(one, ast.Constant)}
            if isinstance(node, ast.keyword) and node.arg == "error" and isinstance(node.value, ast.Tuple):
                found |= {one.value for one in node.value.elts[:1] if isinstance(one, ast.Constant)}
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "LOST":
                found.add(ast.literal_eval(node.value)[0])
    return found


def test_every_reason_for_not_checking_is_explained_and_no_other():
    assert set(unreadable()) == refusals()


def test_a_code_is_explained_in_any_case():
    told = explain("lv01", load())

    assert told is not None
    assert told.startswith("LV01 ")
    assert CHECKS["LV01"].fix in told


@pytest.mark.parametrize("word", ["IP-4.7", "侵权纠纷的行政裁决", "IP-4.7 侵权纠纷的行政裁决", "行政裁决"])
def test_a_matter_is_explained_by_its_number_its_name_or_a_part_of_it(word: str):
    told = explain(word, load())

    assert told is not None
    assert "未列入中央、省级财政事权的知识产权侵权纠纷的行政裁决" in told
    assert "县级：方案中没有条款" in told


def test_a_reason_for_not_checking_is_explained():
    assert "密码" in (explain("encrypted", load()) or "")


@pytest.mark.parametrize("word", ["LV99", "知识产权", ""])
def test_a_word_that_is_none_of_them_or_names_several_is_not_explained(word: str):
    assert explain(word, load()) is None


def test_every_way_of_telling_the_level_is_put_into_words():
    assert set(documentation.WAYS) == set(By)
