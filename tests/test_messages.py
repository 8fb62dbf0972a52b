import ast
import string
from pathlib import Path

import pytest

import checker
from checker.cues import choices
from checker.declaration import read
from checker.definition import definitions
from checker.files import SCHEMAS
from checker.messages import cure, doubt, reason, title
from checker.terms import Level

SAID = read(SCHEMAS / "messages.yaml")
WORDS = dict.fromkeys(("words", "also", "column", "holder", "charged", "change", "move"), "某")
COLUMNS = {
    column.field: column for table in definitions().values() for column in (*table.header, *table.columns)
}  # fmt: skip
CALLED = {*(column.title for column in COLUMNS.values()), *(value for one in COLUMNS.values() for value in one.values)}


def texts() -> list[tuple[str, str]]:
    """Every text in the program, and where it stands; what the API shows as an example is none of its own."""
    files = [path for path in Path(checker.__file__).parent.rglob("*.py") if path.name != "shapes.py"]
    trees = [(path, ast.parse(path.read_text("utf-8"))) for path in files]
    return [
        (f"{path.name}:{node.lineno}", node.value)
        for path, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_no_code_says_what_a_column_is_called_or_what_a_dropdown_offers():
    assert [(where, text) for where, text in texts() for name in CALLED if f"“{name}”" in text] == []


@pytest.mark.parametrize("name", SAID["doubts"])
@pytest.mark.parametrize("own", [Level.PROVINCE, Level.CITY, Level.COUNTY])
def test_every_doubt_can_be_told_of_a_bureau_of_any_level_that_has_one_above_and_below(name: str, own: Level):
    told = doubt(name, own, **WORDS, **({"below": "下级", "below_area": "地方"} if own is Level.COUNTY else {}))

    assert told.why
    assert told.cure.endswith("。")


@pytest.mark.parametrize("name", SAID["reasons"])
def test_every_reason_can_be_told(name: str):
    assert reason(name, Level.CITY, words="全市")


@pytest.mark.parametrize("name", SAID["cures"])
def test_every_cure_can_be_told(name: str):
    assert cure(name, **WORDS)


def test_a_message_names_only_columns_that_the_standard_tables_have_and_choices_they_offer():
    places = {
        place
        for section in ("parts", "reasons", "doubts", "cures")
        for told in SAID[section].values()
        for text in (told.values() if isinstance(told, dict) else [told])
        for _, place, _, _ in string.Formatter().parse(text)
        if place
    }
    words = {*WORDS, *SAID["parts"], "own", "above", "below", "own_area", "below_area"}

    assert places - words - set(COLUMNS) - set(choices()) == set()
    assert {title(field) for field in COLUMNS} == {column.title for column in COLUMNS.values()}


@pytest.mark.parametrize("name", choices())
def test_a_choice_that_tells_whose_work_it_is_can_be_chosen(name: str):
    assert any(choices()[name] in column.values for column in COLUMNS.values())
