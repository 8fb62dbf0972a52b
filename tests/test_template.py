"""Table definition → the standard workbook, blank or filled in."""

import re
import subprocess
import zlib
from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils import range_boundaries

from checker import definition as tables
from checker import places, rulebook, schema
from checker.definition import TableDefinition
from checker.errors import CheckerError
from checker.files import TEMPLATES
from checker.reader import read
from checker.template import fill, template
from checker.template.carry import carry_over

TABLES = tables.definitions()
PROJECTS, CONSOLIDATED = TABLES["projects"], TABLES["projects-consolidated"]
EVERY_TABLE = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
HEADER = {
    "bureau": "赵县市场监督管理局",
    "bureau_level": "县级",
    "division": "赵县",
    "year": 2027,
    "date": date(2026, 11, 20),
}
LINES = [
    {"serial": 1, "name": "商标业务培训", "charged_level": "县级", "amount": 12.5, "own_funds": 12.5},
    {"serial": 2, "name": "知识产权执法", "content": "查处侵权案件", "amount": 0.1},
    {"serial": 3, "content": "发放宣传手册", "charged_level": "市级", "amount": 0.2, "own_funds": 0.1},
    {"serial": 4, "remark": "没有名称、内容和金额的不算一行"},
    {"name": " 合 计 ", "amount": 12.8},
]


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(content))


def blank(table: TableDefinition) -> openpyxl.Workbook:
    return opened((TEMPLATES / f"{table.id}.xlsx").read_bytes())


def titles_row(sheet) -> int:
    return next(cell.row for cell in sheet["A"] if cell.value == "序号")


def place_of(sheet, text: str):
    """The cell that holds exactly this text."""
    return next(cell for row in sheet.iter_rows(max_row=20) for cell in row if cell.value == text)


def beside(sheet, label: str):
    """The cell right of a label."""
    cell = place_of(sheet, label)
    return sheet.cell(cell.row, cell.column + 1)


def offered(book: openpyxl.Workbook, sheet, address: str) -> list[str] | None:
    """What the dropdown of a cell offers; None if it has none."""
    rule = next((rule for rule in sheet.data_validations.dataValidation if address in rule.cells), None)
    if rule is None or rule.type != "list":
        return None
    if rule.formula1.startswith('"'):
        return rule.formula1.strip('"').split(",")
    name, where = book.defined_names[rule.formula1.lstrip("=")].attr_text.split("!")
    return [row[0].value for row in book[name.strip("'")][where.replace("$", "")]]


def dropdowns(table: TableDefinition, columns: str) -> dict[str, list[str]]:
    """Field → what its cell offers, in the table (columns) or above it (header)."""
    book = blank(table)
    sheet, row = book[table.sheet], titles_row(book[table.sheet])
    found = {}
    for column in getattr(table, columns):
        title = place_of(sheet, column.title)
        cell = sheet.cell(row + 1, title.column) if columns == "columns" else beside(sheet, column.title)
        if (values := offered(book, sheet, cell.coordinate)) is not None:
            found[column.field] = values
    return found


def parts(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


@EVERY_TABLE
def test_the_committed_workbook_is_what_the_definition_gives(table):
    committed, made = (TEMPLATES / f"{table.id}.xlsx").read_bytes(), template(table)

    assert parts(committed) == parts(made), "run `make templates`"
    assert committed == made or "ng" in zlib.ZLIB_RUNTIME_VERSION  # another deflate packs the same parts differently


@EVERY_TABLE
def test_the_same_input_gives_the_same_bytes(table):
    assert fill(table, HEADER, LINES) == fill(table, HEADER, LINES)


@EVERY_TABLE
def test_the_sheets_stand_in_order_and_the_stamp_is_out_of_sight(table):
    book = blank(table)

    assert book.sheetnames == ["填报表", "填报说明", "代码表", "模板标识"]
    assert [sheet.sheet_state for sheet in book] == ["visible", "visible", "visible", "veryHidden"]
    assert list(book["模板标识"].values) == [("模板编号", table.id), ("模板版本", table.version)]


@EVERY_TABLE
def test_every_title_and_label_stands_word_for_word_and_its_cell_may_be_typed_into(table):
    sheet = blank(table)[table.sheet]
    row = titles_row(sheet)

    assert [cell.value for cell in sheet[row]] == [column.title for column in table.columns]
    for column in table.header:
        assert not beside(sheet, column.title).protection.locked
    assert all(not cell.protection.locked for cell in sheet[row + table.ready_lines])
    assert all(cell.protection.locked for cell in sheet[row])


@EVERY_TABLE
def test_every_list_of_the_definition_is_offered_word_for_word(table):
    for columns in ("header", "columns"):
        lists = {column.field: [*column.values] for column in getattr(table, columns) if column.values}

        assert lists.items() <= dropdowns(table, columns).items()


@EVERY_TABLE
def test_every_value_a_dropdown_offers_passes_the_schema(table):
    for field, values in dropdowns(table, "columns").items():
        lines = pd.DataFrame({field: values}, dtype=object)

        assert schema.failures(lines, table, [field]) == []


@EVERY_TABLE
def test_every_division_and_matter_offered_is_known_by_what_is_offered(table):
    lists = dropdowns(table, "header") | dropdowns(table, "columns")
    rules = rulebook.load()

    assert [name for name in lists["division"] if places.find(name).name != name] == []
    assert [text for text in lists["matter"] if rules.matter(text)[1].title != text] == []
    assert len(lists["matter"]) == sum(len(plan.matters) for plan in rules.plans)


@EVERY_TABLE
def test_what_the_schema_refuses_is_not_offered(table):
    strange = ["乡级", "全国", "其他", "人员类", "市 级", ""]

    for field, values in dropdowns(table, "columns").items():
        lines = pd.DataFrame({field: strange}, dtype=object)
        refused = {strange[row] for row, _, _ in schema.failures(lines, table, [field])}

        assert refused.isdisjoint(values)


@EVERY_TABLE
def test_rules_and_counters_reach_the_last_line_of_the_capacity(table):
    sheet = blank(table)[table.sheet]
    last = titles_row(sheet) + table.capacity
    reached = [range_boundaries(str(rule.sqref))[3] for rule in sheet.data_validations.dataValidation]

    assert reached.count(last) == len(table.columns)
    assert str(last) in beside(sheet, "已填行数").value


@EVERY_TABLE
def test_every_cell_that_is_entered_says_what_it_wants(table):
    rules = blank(table)[table.sheet].data_validations.dataValidation

    prompts = {rule.promptTitle: rule.prompt for rule in rules}
    assert prompts == {column.title: column.prompt for column in (*table.header, *table.columns)}


@EVERY_TABLE
def test_it_prints_on_a4_across_with_its_titles_on_every_page(table):
    sheet = blank(table)[table.sheet]
    row = titles_row(sheet)

    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in {(1, 0), (None, 0)}
    assert sheet.print_title_rows == f"${row - 1}:${row}"
    assert sheet.freeze_panes.endswith(str(row + 1))


@EVERY_TABLE
def test_protection_prevents_accidents_and_nothing_else(table):
    protection = blank(table)[table.sheet].protection

    assert protection.sheet
    assert protection.password is None
    hindered = {
        "sort",
        "autoFilter",
        "insertRows",
        "deleteRows",
        "insertColumns",
        "formatCells",
        "formatColumns",
        "formatRows",
    }
    assert {name for name in hindered if getattr(protection, name)} == set()  # true means: forbidden


@EVERY_TABLE
def test_the_guide_explains_every_field_from_the_definition(table):
    guide = {cell.value for row in blank(table)[table.guide_sheet].iter_rows() for cell in row}

    for column in (*table.header, *table.columns):
        assert {column.title, column.guide or column.prompt, column.accepted} <= guide
    assert {*table.instructions, *tables.changes(table, "1.0")} <= guide


def test_which_level_a_zone_chooses_is_what_the_plan_says_of_it():
    book = opened(template(PROJECTS))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]

    said = {cell.value: cell.offset(0, 2).value for cell in cells if cell.parent.title == PROJECTS.codes_sheet}

    assert said["石家庄高新技术产业开发区"] == said["辛集市"] == "县级"
    assert said["石家庄循环化工园区"] == "待认定，请问财政部门"
    assert [cell.value for cell in cells if "开发区均选" in cell.value] == []


def test_a_county_is_filled_in_and_a_city_limits_the_list_to_its_own():
    county = opened(template(PROJECTS, place="130133", year=2027))[PROJECTS.sheet]
    city = opened(template(PROJECTS, place="石家庄市", year=2027))

    assert (beside(county, "行政区划").value, beside(county, "预算年度").value) == ("赵县", 2027)
    sheet = city[PROJECTS.sheet]
    cell = beside(sheet, "行政区划")
    assert cell.value is None
    assert offered(city, sheet, cell.coordinate)[:2] == ["石家庄市", "长安区"]


def test_a_year_without_a_plan_offers_no_matter():
    book = opened(template(PROJECTS, year=2016))
    sheet = book[PROJECTS.sheet]
    cell = sheet.cell(titles_row(sheet) + 1, place_of(sheet, "事权事项").column)

    assert offered(book, sheet, cell.coordinate) is None


def test_an_unknown_place_is_refused_with_the_cure():
    with pytest.raises(CheckerError, match="全称或6位代码"):
        template(PROJECTS, place="桃花源")


def test_what_is_filled_in_stands_where_its_label_and_title_say():
    sheet = opened(fill(PROJECTS, HEADER, LINES))[PROJECTS.sheet]
    row = titles_row(sheet) + 1

    assert beside(sheet, "填报单位").value == "赵县市场监督管理局"
    assert beside(sheet, "填报日期").value.date() == date(2026, 11, 20)
    assert beside(sheet, "金额单位").value == "万元"
    assert sheet.cell(row, place_of(sheet, "项目名称").column).value == "商标业务培训"
    assert sheet.cell(row, place_of(sheet, "预算金额").column).value == 12.5


def test_text_that_looks_like_a_formula_stays_text_and_a_formula_keeps_its_value():
    lines = [{"name": "=1+1", "function_code": "2011409", "amount": ("=5+5", 10)}]
    content = fill(PROJECTS, HEADER, lines)
    with_values = openpyxl.load_workbook(BytesIO(content), data_only=True)[PROJECTS.sheet]
    row = titles_row(with_values) + 1

    assert with_values.cell(row, place_of(with_values, "项目名称").column).value == "=1+1"
    assert with_values.cell(row, place_of(with_values, "支出功能分类科目").column).value == "2011409"
    assert with_values.cell(row, place_of(with_values, "预算金额").column).value == 10


def test_an_earlier_version_can_be_filled_in_as_it_stood():
    sheet = opened(fill(tables.as_of(PROJECTS, "1.0"), HEADER, LINES))[PROJECTS.sheet]

    titles = [cell.value for cell in sheet[titles_row(sheet)]]
    assert "支出级次" in titles
    assert "实施方式" not in titles


COUNTERS = {"已填行数": 3, "必填未填": 2, "金额合计": 12.8}


def counted(content: bytes) -> dict[str, float]:
    sheet = openpyxl.load_workbook(BytesIO(content), data_only=True)[PROJECTS.sheet]
    return {label: beside(sheet, label).value for label in COUNTERS}


def test_the_counters_stored_are_those_of_what_is_filled_in():
    assert counted(fill(PROJECTS, HEADER, LINES)) == COUNTERS
    assert counted(template(PROJECTS)) == {"已填行数": 0, "必填未填": 4, "金额合计": 0}


@pytest.fixture(scope="session")
def recalculated(tmp_path_factory) -> bytes:
    """The filled workbook without its stored values, opened and saved by LibreOffice."""
    folder: Path = tmp_path_factory.mktemp("office")
    with ZipFile(folder / "filled.xlsx", "w") as package:
        for name, part in parts(fill(PROJECTS, HEADER, LINES)).items():
            package.writestr(name, re.sub(rb"</f><v>[^<]*</v>", b"</f>", part))
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx",
               "--outdir", str(folder / "saved"), str(folder / "filled.xlsx")]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / "saved" / "filled.xlsx").read_bytes()


def test_libreoffice_opens_it_and_counts_what_we_counted(recalculated):
    assert counted(recalculated) == pytest.approx(COUNTERS)


def test_libreoffice_keeps_every_dropdown(recalculated):
    book = opened(recalculated)
    sheet = book[PROJECTS.sheet]
    cell = sheet.cell(titles_row(sheet) + 1, place_of(sheet, "承担级次").column)

    assert offered(book, sheet, cell.coordinate) == ["中央", "省级", "市级", "县级"]


@EVERY_TABLE
def test_the_template_filled_in_with_openpyxl_by_labels_and_titles_is_a_sound_submission(table):
    book = blank(table)
    sheet = book[table.sheet]
    row = titles_row(sheet) + 1
    sound = HEADER | LINES[0]
    for column in table.header:
        if column.field in sound:
            beside(sheet, column.title).value = sound[column.field]
    for column in table.columns:
        if column.field in sound:
            sheet.cell(row, place_of(sheet, column.title).column).value = sound[column.field]
    buffer = BytesIO()
    book.save(buffer)

    budget = read(buffer.getvalue())

    assert (budget.template, budget.year) == ((table.id, table.version), 2027)
    assert [(line.failures, list(line.lines.index)) for line in budget.tables] == [((), [row])]
    assert [line.cell(row, "amount").address for line in budget.tables] == [
        f"{place_of(sheet, '预算金额').column_letter}{row}"
    ]


def test_an_earlier_version_is_carried_over_with_every_cell_as_it_was_meant():
    odd = {
        "name": "ＡＢ　展会",
        "charged_level": "区级",
        "amount": "1，234.5",
        "own_funds": "约5",
        "division": "130133",
    }
    old = tables.as_of(CONSOLIDATED, "1.0")
    lines = [line | {"bureau": "赵县市场监督管理局", "bureau_level": "县级"} for line in [*LINES[:3], odd]]
    [before] = read(fill(old, HEADER, lines)).tables

    budget = read(carry_over(before))

    [after] = budget.tables
    kept = ["bureau", "division", "name", "content", "charged_level", "amount", "own_funds"]
    assert budget.template == (CONSOLIDATED.id, CONSOLIDATED.version)
    assert after.lines[kept].reset_index(drop=True).equals(before.lines[kept].reset_index(drop=True))
    assert {(one.field, one.kind, one.value) for one in after.failures} >= {("own_funds", "number", "约5")}
    assert {one.value: one.kind for one in after.failures}.keys().isdisjoint({"1，234.5", "区级"})


def test_what_was_filled_in_in_yuan_is_carried_over_in_the_unit_of_the_template():
    [before] = read(fill(PROJECTS, HEADER | {"unit": "元"}, [LINES[0] | {"amount": 125_000, "own_funds": None}])).tables

    [after] = read(carry_over(before)).tables

    assert list(after.lines["amount"]) == [12_500_000]
    assert after.header["unit"].typed == "万元"
