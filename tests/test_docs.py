"""What the documents promise exists: commands, options, recipes, files."""

import re
import shlex
from pathlib import Path

import click
import pytest

from checker import matters, plan_file
from checker.cli import cli
from checker.judgement import judge
from checker.plan import By
from checker.rulebook import load
from checker.terms import Level, Line, Verdict
from tests.locks import not_pinned, requirements

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "README.zh-CN.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)


def shell_lines(program: str) -> list[str]:
    """Every line of every shell block that starts with the program, comments cut off."""
    blocks = (block for path in DOCUMENTS for block in BLOCK.findall(path.read_text("utf-8")))
    lines = (line.partition("  #")[0].strip() for block in blocks for line in block.splitlines())
    return sorted({line for line in lines if line.startswith(f"{program} ")})


@pytest.mark.parametrize("line", shell_lines("checker"))
def test_every_command_in_the_documents_is_one_we_have(line: str):
    command, arguments = cli, shlex.split(line)[1:]
    while isinstance(command, click.Group) and arguments:
        command, arguments = command.commands[arguments[0]], arguments[1:]

    _, extra, _ = command.make_parser(click.Context(command)).parse_args(arguments)

    assert not extra


@pytest.mark.parametrize("line", shell_lines("make"))
def test_every_recipe_in_the_documents_is_in_the_makefile(line: str):
    makefile = (ROOT / "Makefile").read_text("utf-8")

    assert re.search(rf"^{line.split()[1]}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_a_document_links_to_exists(path: Path):
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8"))

    missing = [link for link in links if "://" not in link and not (path.parent / link).exists()]

    assert missing == []


def commands(command: click.Command = cli, name: str = "checker") -> list[tuple[str, click.Command]]:
    below = command.commands.items() if isinstance(command, click.Group) else ()
    return [(name, command), *(one for part, child in below for one in commands(child, f"{name} {part}"))]


@pytest.mark.parametrize("path", DOCUMENTS[:2], ids=lambda path: path.name)
def test_every_command_we_have_is_in_both_introductions(path: Path):
    text = path.read_text("utf-8")

    assert [name for name in cli.commands if f"checker {name}" not in text] == []


@pytest.mark.parametrize(("name", "command"), commands(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_command_and_option_explains_itself_in_chinese(name: str, command: click.Command):
    texts = [command.help, *(option.help for option in command.params if isinstance(option, click.Option))]

    assert [text for text in texts if not text or text.isascii()] == []


@pytest.mark.parametrize("path", ["requirements.lock", "benchmarks/requirements.lock"])
def test_no_machine_or_registry_is_named_in_the_lock_and_every_package_is_pinned_by_its_hash(path: str):
    lock = (ROOT / path).read_text("utf-8")

    assert "://" not in lock
    assert "index-url" not in lock
    assert len(requirements(lock)) > 50
    assert not_pinned(lock) == []


def test_a_package_that_lost_its_hashes_is_noticed():
    [whole] = [
        one for one in requirements((ROOT / "requirements.lock").read_text("utf-8")) if one.startswith("click==")
    ]
    version = whole.partition(" ")[0]

    assert not_pinned(f"{whole}\n{version}\n") == [version]


PLANS = ROOT / "docs" / "plans.md"


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The plan that the document writes out, and its source beside it."""
    text = PLANS.read_text("utf-8")
    for kind, name in (("text", "example-care.md"), ("yaml", "example-care.yaml")):
        (tmp_path / name).write_text(re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)[0], "utf-8")
    return tmp_path / "example-care.yaml"


@pytest.mark.parametrize(
    ("name", "charged", "verdict"),
    [
        ("高龄津贴发放", Level.COUNTY, Verdict.RIGHT),
        ("护理人员培训班", Level.COUNTY, Verdict.RIGHT),
        ("养老院星级评定", Level.COUNTY, Verdict.WRONG),
        ("养老规划", Level.CITY, Verdict.WRONG),
        ("社区食堂等级评定", Level.COUNTY, Verdict.UNDECIDED),
    ],
)
def test_the_plan_that_is_written_out_as_an_example_judges(example: Path, name: str, charged: Level, verdict: Verdict):
    line = Line(name, bureau="正定县民政局", bureau_level=Level.COUNTY, division="正定县", charged_level=charged)

    assert judge(line, load(example).plans).verdict is verdict


def test_every_key_of_a_plan_file_is_explained():
    text = PLANS.read_text("utf-8")
    declared = (plan_file._PLAN, plan_file._DOCUMENT, plan_file._SETTINGS, plan_file._OVERRIDE, plan_file._UPPER_PLAN)
    keys = {*matters._KEYS, *matters._SHARE, *By, *(key for one in declared for key in one)}

    assert {key for key in keys if not re.search(rf"\b{key}\b", text)} == set()
