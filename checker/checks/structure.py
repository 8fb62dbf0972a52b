"""ST: what is wrong, or should be known, of the template, the columns, the header block and the rows."""

from collections.abc import Iterator

from checker.checks.registry import Submission, code
from checker.checks.wording import key_cell, listed, named_rows, runs
from checker.definition import changes, definitions
from checker.messages import titled
from checker.reader import Table
from checker.terms import Cell, Finding, Severity, column_letters


@code(
    "ST01",
    "使用旧版模板",
    why="旧版模板的列与现行版本不同，少填的列会影响判断。",
    fix="本次照常核查。下次请向财政部门取现行模板，把内容按列标题复制过去。",
    severity=Severity.WARNING,
)
def outdated_template(submission: Submission) -> Iterator[Finding]:
    """The stamp names an earlier version that is still accepted."""
    budget = submission.budget
    if not (budget.outdated and budget.template):
        return
    table, version = definitions()[budget.template[0]], budget.template[1]
    what = "".join(changes(table, version))
    yield Finding(
        f"所用模板是{version}版，现行是{table.version}版。不同之处：{what}", value=version, accepted=table.version
    )


@code(
    "ST02",
    "缺少必填列",
    why="缺了必填列，这一列的内容无从核查，判断级次也可能没有依据。",
    fix="按标准模板补上这一列并填写；列标题改过的，请改回原标题。",
)
def required_column_missing(submission: Submission) -> Iterator[Finding]:
    """One finding a column, with the number of lines it stands for, instead of one a line."""
    for table in submission.budget.tables:
        for name in table.missing:
            column = table.definition.column(name)
            if column.required:
                message = f"没有找到“{column.title}”列，{len(table.lines)}行明细都缺这一项，不再逐行列出"
                yield Finding(message, (_title_row(table),), accepted=column.title)


@code(
    "ST03",
    "缺少选填列",
    why="选填列可以空着，但列没有了，与它有关的核查就做不了。",
    fix="如需核查这些内容，请按标准模板补上这些列。",
    severity=Severity.INFO,
)
def optional_column_missing(submission: Submission) -> Iterator[Finding]:
    """All of a table in one finding: none of them is asked for."""
    for table in submission.budget.tables:
        columns = [table.definition.column(name) for name in table.missing]
        titles = [column.title for column in columns if not column.required]
        if titles:
            yield Finding(f"没有找到选填列：{'、'.join(titles)}", (_title_row(table),), accepted="、".join(titles))


@code(
    "ST04",
    "列标题重复",
    why="同一标题有两列时，以哪一列为准要由填报单位说明。",
    fix="只保留一列；另一列删去，或改成别的标题。",
)
def column_doubled(submission: Submission) -> Iterator[Finding]:
    """Two columns claim the same field; the reader took the first."""
    for table in submission.budget.tables:
        for name, cells in table.doubled.items():
            title, taken = table.definition.column(name).title, column_letters(table.columns[name])
            yield Finding(f"“{title}”有{len(cells)}列，本次按{taken}列核查", tuple(cells), title, "只有一列")


@code(
    "ST05",
    "不认识的列",
    why="标准模板没有这些列，其中的内容没有核查。",
    fix="如果是标准列改了名，请改回原标题；自己加的列可以保留。",
    severity=Severity.INFO,
)
def column_unknown(submission: Submission) -> Iterator[Finding]:
    """Titles that belong to no field."""
    for table in submission.budget.tables:
        for title, cell in table.unknown:
            yield Finding(f"“{title}”不是标准模板的列，没有核查", (cell,), title, "标准模板的列标题")


@code(
    "ST06",
    "单位信息不全",
    why="{bureau_level}、{division}和{year}决定按哪一方案、哪一年度判断。",
    fix="在表格上方“单位信息”的相应格中补填。",
    follows=("ST07", "ST08"),
)
def header_incomplete(submission: Submission) -> Iterator[Finding]:
    """A required field of the header block has no label or no value."""
    for table in submission.budget.tables:
        for column in table.definition.header:
            if not column.required or column.field in table.columns:
                continue
            said = table.header.get(column.field)
            if said is None:
                message = f"表格上方没有找到“{column.title}”，{len(table.lines)}行明细都缺这一项"
                message += submission.taken_for_granted(table, column)
                fix = f"在表格上方补上“{column.title}”，右边一格填写内容；或把内容复制到标准模板中填报。"
                yield Finding(message, accepted=column.accepted, fix=fix, sheet=table.sheet)
            elif not said.typed.strip():
                message = f"表格上方的“{column.title}”没有填写，{len(table.lines)}行明细都缺这一项"
                message += submission.taken_for_granted(table, column)
                yield Finding(message, (said.cell,), accepted=column.accepted)


@code(
    "ST17",
    "没有模板标识",
    why="文件不是由标准模板填成的，或标识已被删去，只能按列标题识别，改过名的列可能认不出来。",
    fix="本次照常核查。下次请用财政部门发的标准模板填报。",
    severity=Severity.INFO,
)
def not_stamped(submission: Submission) -> Iterator[Finding]:
    """Known by its titles alone."""
    budget = submission.budget
    if budget.template is None and budget.tables:
        title = budget.tables[0].definition.title
        yield Finding(f"文件没有模板标识，已按列标题识别为“{title}”", accepted="标准模板")


@code(
    "ST18",
    "有内容但不算明细的行",
    why="这些行没有{name}、{content}和{amount}，不能作为一行明细，没有核查。",
    fix="是明细的，请补填{name}和{amount}；是说明文字的，请移到表格下方或另一张工作表。",
    severity=Severity.WARNING,
)
def stray_rows(submission: Submission) -> Iterator[Finding]:
    """Something stands in the row, but nothing that makes it a line."""
    for table in submission.budget.tables:
        for row in table.stray_rows:
            yield Finding(titled("这一行有内容，但缺少{name}和{amount}，没有核查"), (key_cell(table, row),))


@code(
    "ST19",
    "明细之间有未核查的行",
    why="空行、说明文字和重复的表头不是明细；空行可能是漏填，也会使筛选和排序只作用到它为止。",
    fix="请确认没有漏填；不需要的空行请删除。",
    severity=Severity.INFO,
)
def gaps(submission: Submission) -> Iterator[Finding]:
    """Rows between the first and the last line that are no line, no total and no stray; trailing ones are no gap."""
    for table in submission.budget.tables:
        rows = [int(row) for row in table.lines.index]
        taken = {*rows, *table.stray_rows, *(total.row for total in table.totals)}
        blank = [row for row in range(rows[0], rows[-1]) if row not in taken]
        if blank:
            told = listed([named_rows(first, last) for first, last in runs(blank)])
            message = f"明细之间有{len(blank)}行是空行或说明，没有作为明细核查：{told}"
            yield Finding(message, tuple(key_cell(table, row) for row in blank))


@code(
    "ST20",
    "金额单位不是标准单位",
    why="标准表一律用万元；用别的单位容易在汇总时差一万倍。",
    fix="改用标准模板的单位填报，把“{unit}”和列标题中的单位改回来。",
    severity=Severity.WARNING,
)
def other_unit(submission: Submission) -> Iterator[Finding]:
    """What the header block or the title of a column says is believed, and said to be so."""
    for table in submission.budget.tables:
        standard = table.definition.unit
        fields = [name for name, unit in table.units.items() if unit != standard]
        if fields:
            unit = table.units[fields[0]]
            titles = "、".join(table.definition.column(name).title for name in fields)
            cells = tuple(Cell(table.sheet, table.header_row, table.columns[name]) for name in fields)
            yield Finding(f"“{titles}”注明的单位是{unit}，已折算为{standard}后核查", cells, unit, standard)


def _title_row(table: Table) -> Cell:
    """The first title of the table: where to look when a column is not there."""
    return Cell(table.sheet, table.header_row, min(table.columns.values()))
