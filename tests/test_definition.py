"""schemas/tables/*.yaml → table definitions → what they allow and refuse."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
import yaml

from checker import definition as tables
from checker import schema
from checker.errors import BadDeclaration
from checker.files import SCHEMAS
from checker.terms import Level

TABLES = tables.definitions()
PROJECTS, CONSOLIDATED = TABLES["projects"], TABLES["projects-consolidated"]
TITLES = [
    "序号", "项目名称", "项目类别", "支出功能分类科目", "事权事项", "项目内容", "实施范围", "支出性质", "实施方式",
    "立项依据", "承担级次", "预算金额", "本级财力", "上级转移支付", "其他资金", "部门预算支出经济分类", "备注",
]  # fmt: skip
PER_LINE = ["填报单位", "单位级次", "行政区划"]
SOUND = {"name": "商标业务培训", "charged_level": "县级", "amount": 12_500_000}


def frame(*lines: dict[str, object], table: tables.TableDefinition = PROJECTS) -> pd.DataFrame:
    """Lines as the reader hands them over: row 10 onwards, blanks as it leaves them."""
    blank = {column.field: None if column.field in schema.dtypes(table) else "" for column in table.columns}
    rows = [blank | line for line in lines]
    built = pd.DataFrame(rows, index=range(10, 10 + len(rows)), dtype=object)
    return built.astype(schema.dtypes(table))


def refused(*lines: dict[str, object], table: tables.TableDefinition = PROJECTS) -> list[tuple[int, str, str]]:
    return schema.failures(frame(*lines, table=table), table, [column.field for column in table.columns])


def declare(folder: Path, **changes: object) -> Path:
    """The projects table, changed in one place, in a folder of its own."""
    declared = yaml.safe_load((SCHEMAS / "tables" / "projects.yaml").read_text("utf-8"))
    path = folder / "changed.yaml"
    path.write_text(yaml.safe_dump(declared | changes, allow_unicode=True), "utf-8")
    return path


def test_the_two_tables_have_the_columns_that_are_published():
    assert [column.title for column in PROJECTS.columns] == TITLES
    assert [column.title for column in CONSOLIDATED.columns] == [TITLES[0], *PER_LINE, *TITLES[1:]]
    assert {column.title for column in PROJECTS.header} - {column.title for column in CONSOLIDATED.header} == {
        *PER_LINE
    }


def test_the_two_tables_say_the_same_of_the_same_field():
    shared = {column.field for column in PROJECTS.columns}

    assert {PROJECTS.column(field) for field in shared} == {CONSOLIDATED.column(field) for field in shared}


@pytest.mark.parametrize("field", ["bureau_level", "charged_level"])
def test_the_levels_of_the_table_are_the_levels_of_the_vocabulary(field):
    assert PROJECTS.column(field).values == tuple(Level)


@pytest.mark.parametrize(
    ("typed", "level"),
    [("市级", "市级"), ("市本级", "市级"), ("市直", "市级"), ("区级", "县级"), ("县本级", "县级"),
     ("县（市、区）级", "县级"), ("县(市、区)", "县级"), ("市 级", "市级"), ("縣級", "县级"), ("国家级", "中央"),
     ("省本级", "省级"), ("乡级", None), ("", None)],
)  # fmt: skip
def test_a_level_is_known_by_every_usual_name(typed, level):
    assert PROJECTS.column("charged_level").canonical(typed) == level


def test_every_spelling_of_a_list_names_one_of_its_values():
    for column in (*PROJECTS.header, *PROJECTS.columns):
        assert {column.canonical(text) for text in (*column.values, *column.synonyms)} == set(column.values)


def test_a_sound_line_is_not_refused():
    assert refused(SOUND) == []


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ({"name": ""}, "required"),
        ({"charged_level": None}, "required"),
        ({"amount": None}, "required"),
        ({"charged_level": "乡级"}, "list"),
        ({"nature": "其他"}, "list"),
        ({"amount": 0}, "range"),
        ({"amount": -1}, "range"),
        ({"own_funds": -1}, "range"),
        ({"amount": 10**14 + 10**6}, "range"),
        ({"serial": 0}, "range"),
        ({"function_code": "2080"}, "pattern"),
        ({"function_code": "2.0805E+06"}, "pattern"),
        ({"economic_code": "3020101"}, "pattern"),
        ({"name": "项" * 201}, "length"),
    ],
)
def test_what_the_table_does_not_allow_is_one_failure_at_its_row(typed, kind):
    [field] = typed

    assert refused(SOUND, SOUND | typed) == [(11, field, kind)]


@pytest.mark.parametrize(
    "typed",
    [
        {"amount": 1},
        {"own_funds": 0},
        {"amount": 99_999_999 * 10**6},
        {"name": "项" * 200},
        {"function_code": "201"},
        {"function_code": "20114"},
        {"function_code": "0114011"},
        {"function_code": "2011401 行政运行"},
        {"function_code": "2011401-行政运行"},
        {"economic_code": "30227"},
        {"function_code": None, "scope": None, "serial": None},
    ],
)
def test_what_lies_on_the_limit_or_is_left_blank_is_allowed(typed):
    assert refused(SOUND | typed) == []


def test_failures_come_in_reading_order_none_lost_and_none_doubled():
    assert refused(SOUND | {"amount": 0, "name": ""}, SOUND, {"scope": "全国"}) == [
        (10, "name", "required"),
        (10, "amount", "range"),
        (12, "name", "required"),
        (12, "scope", "list"),
        (12, "charged_level", "required"),
        (12, "amount", "required"),
    ]


def test_a_column_the_bureau_left_out_is_not_tested():
    lines = frame(SOUND | {"charged_level": None})

    assert schema.failures(lines, PROJECTS, ["name", "amount"]) == []


def test_the_consolidated_table_asks_every_line_for_its_bureau():
    assert refused(SOUND, table=CONSOLIDATED) == [
        (10, field, "required") for field in ("bureau", "bureau_level", "division")
    ]


def test_threads_that_validate_at_once_find_what_one_finds():
    lines = [frame(SOUND, SOUND | {"amount": -step, "scope": "全国"}) for step in range(40)]
    fields = [column.field for column in PROJECTS.columns]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda each: schema.failures(each, PROJECTS, fields), lines))

    assert found == [[(11, "scope", "list"), (11, "amount", "range")]] * 40


def test_an_earlier_version_differs_by_what_the_table_says():
    past = tables.as_of(PROJECTS, "1.0")

    assert past.version == "1.0"
    assert past.column("charged_level").title == "支出级次"
    assert "mode" not in {column.field for column in past.columns}
    assert tables.changes(PROJECTS, "1.0") == (
        "新增“实施方式”。",
        "“项目概述”改称“项目内容”。",
        "“支出级次”改称“承担级次”。",
    )


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_title_of_an_earlier_version_is_still_known(table):
    for past in table.previous:
        earlier = tables.as_of(table, past.version)

        assert all(table.titles[title] == field for title, field in earlier.titles.items())


def fields_with(field: str, **changes: object) -> dict[str, object]:
    declared = yaml.safe_load((SCHEMAS / "tables" / "projects.yaml").read_text("utf-8"))["fields"]
    return {"fields": declared | {field: declared[field] | changes}}


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"colour": "red"}, "changed.yaml: projects: 不认识的键 colour"),
        ({"columns": ["serial", "serial"]}, "changed.yaml: projects: 同一字段在表中出现两次"),
        ({"columns": ["serial", "bureau"]}, "changed.yaml: projects: 同一字段在表中出现两次"),
        ({"columns": ["serial", "weather"]}, "changed.yaml: projects: fields 中没有 ['weather']"),
        ({"title": None}, "changed.yaml: projects: 缺少 title"),
        (
            {"previous": [{"version": "1.0", "through": 2027, "without": ["weather"]}]},
            "版本1.0: fields 中没有 ['weather']",
        ),
        (
            {"previous": [{"version": "1.0", "through": 2027, "titles": {"name": "名"}}]},
            "name: 旧标题“名”应保留在 aliases 中",
        ),
        (fields_with("name", colour="red"), "changed.yaml: projects: name: 不认识的键 colour"),
        (fields_with("name", dtype="float"), "changed.yaml: projects: name: 不认识的 dtype float"),
        (fields_with("name", aliases=["承担级次"]), "changed.yaml: projects: 标题指向两列 ['承担级次']"),
        (fields_with("scope", values=["全市", "全市"]), "changed.yaml: projects: scope: synonyms 中的值不在 values 中"),
        (
            fields_with("scope", values=["全市", "全市"], synonyms={}),
            "changed.yaml: projects: scope: 写法重复 ['全市']",
        ),
        (
            fields_with("scope", values=[], synonyms={}),
            "changed.yaml: projects: scope: list 须有 values 或 values_from 之一",
        ),
        (fields_with("name", prompt="字" * 256), "changed.yaml: projects: name: prompt 超过255个字"),
        ({"header": 5}, "changed.yaml: projects: 内容不是应有的形式"),
        ({"unit": ""}, "changed.yaml: projects: 有金额的表须写明 unit"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused_by_path_id_and_what(tmp_path, changes, what):
    with pytest.raises(BadDeclaration, match=re.escape(what)):
        tables.load(declare(tmp_path, **changes))


def test_a_key_written_twice_is_refused(tmp_path):
    path = tmp_path / "twice.yaml"
    path.write_text("id: a\nid: b\n", "utf-8")

    with pytest.raises(BadDeclaration, match=r"twice\.yaml"):
        tables.load(path)


def test_no_column_title_is_written_in_the_code_that_reads_and_writes_tables():
    package = Path(tables.__file__).parent
    code = [package / "definition.py", *package.glob("template/*.py"), *package.glob("reader/*.py")]
    titles = {column.title for column in (*CONSOLIDATED.columns, *PROJECTS.header)} - {"备注"}

    assert [(path.name, title) for path in code for title in titles if f'"{title}"' in path.read_text("utf-8")] == []
