"""ST: what is wrong, or should be known, of the workbook and its tables."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from checker.checks.registry import Submission, code
from checker.definition import changes
from checker.reader import Table
from checker.terms import Cell, Finding, Severity, column_letters

_NAMES_SHOWN = 10


@code(
    "ST01",
    "使用旧版模板",
    why="旧版模板的列与现行版本不同，少填的列会影响判断。",
    fix="本次照常核查。下次请用 checker template 取现行模板，把内容按列标题复制过去。",
    severity=Severity.WARNING,
)
def outdated_template(submission: Submission) -> Iterator[Finding]:
    """The stamp names an earlier version that is still accepted."""
    budget = submission.budget
    if not (budget.outdated and budget.template):
        return
    table, version = budget.tables[0].definition, budget.template[1]
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
    why="单位级次、行政区划和预算年度决定按哪一方案、哪一年度判断。",
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
                yield Finding(message, accepted=column.accepted, sheet=table.sheet)
            elif not said.typed.strip():
                message = f"表格上方的“{column.title}”没有填写，{len(table.lines)}行明细都缺这一项"
                yield Finding(message, (said.cell,), accepted=column.accepted)


@code(
    "ST07",
    "公式没有结果",
    why="文件由别的程序生成，公式还没有算过，读出来是空的；程序不代为计算。",
    fix="用 Excel 或 WPS 打开文件，保存一次后重新报送；或把公式粘贴为数值。",
)
def formula_without_value(submission: Submission) -> Iterator[Finding]:
    """A formula without stored value is not an empty cell."""
    for cell in submission.budget.formulas_without_value:
        yield Finding("格中的公式没有保存计算结果", (cell,), accepted="数值、文字，或已算出结果的公式")


@code(
    "ST08",
    "单元格是错误值",
    why="公式引用的内容已经删除或找不到，原来的数值看不到了。",
    fix="改正公式，或直接填写数值。",
)
def error_value(submission: Submission) -> Iterator[Finding]:
    """#REF!, #N/A and their like where a value is wanted."""
    for cell, text in submission.budget.error_cells:
        yield Finding(f"格中是错误值 {text}", (cell,), text, "数值或文字")


@code(
    "ST09",
    "名称引用失效",
    why="定义的名称指向已经删除的区域，用到它的公式和下拉列表会失效。",
    fix="在“公式—名称管理器”中删除这些名称，或改正引用位置。",
    severity=Severity.WARNING,
)
def broken_name(submission: Submission) -> Iterator[Finding]:
    """A defined name that points to nothing."""
    for name, target in submission.budget.broken_names:
        yield Finding(f"名称“{name}”的引用已失效（{target}）", value=target, accepted="存在的单元格区域")


@code(
    "ST10",
    "隐藏行中有明细",
    why="隐藏或筛选掉的行，打印和翻看时看不到，但仍是申报内容，本次照常核查。",
    fix="确属申报内容的，请取消隐藏或筛选；不申报的，请删除这些行。",
    severity=Severity.WARNING,
)
def hidden_rows(submission: Submission) -> Iterator[Finding]:
    """One finding for each run of hidden lines, at its first key cell."""
    for table in submission.budget.tables:
        hidden = [row for row in table.lines.index if row in set(table.hidden_rows)]
        for first, last in _runs(hidden):
            rows = [row for row in hidden if first <= row <= last]
            message = f"{_named_rows(first, last)}是隐藏的，其中{len(rows)}行明细已照常核查"
            yield Finding(message, tuple(_key_cell(table, row) for row in rows), accepted="没有隐藏的明细行")


@code(
    "ST11",
    "隐藏列中有内容",
    why="隐藏的列翻看时看不到，但仍是申报内容，本次照常核查。",
    fix="请取消隐藏这些列，核对其中的内容。",
    severity=Severity.WARNING,
)
def hidden_columns(submission: Submission) -> Iterator[Finding]:
    """A hidden column of the table, named by its title."""
    for table in submission.budget.tables:
        for name in table.hidden_columns:
            title = table.definition.column(name).title
            where = Cell(table.sheet, table.header_row, table.columns[name])
            yield Finding(f"“{title}”列是隐藏的，已照常核查", (where,), title, "没有隐藏的列")


@code(
    "ST12",
    "隐藏的工作表中有明细",
    why="整张表是隐藏的，翻看时看不到，但其中有申报内容，本次照常核查。",
    fix="确属申报内容的，请取消隐藏；不申报的，请删除这张工作表。",
    severity=Severity.WARNING,
)
def hidden_table(submission: Submission) -> Iterator[Finding]:
    """A sheet that holds a table is hidden or very hidden."""
    for table in submission.budget.tables:
        if table.state != "visible":
            message = f"工作表“{table.sheet}”是隐藏的，其中{len(table.lines)}行明细已照常核查"
            yield Finding(message, accepted="没有隐藏的预算表", sheet=table.sheet)


@code(
    "ST13",
    "有其他隐藏的工作表",
    why="隐藏的工作表不是标准表，没有核查，报送前应知道它在文件里。",
    fix="请取消隐藏，看是否需要随文件报送；不需要的请删除。",
    severity=Severity.INFO,
)
def hidden_sheets(submission: Submission) -> Iterator[Finding]:
    """Sheets that are not ours and cannot be seen, all in one finding."""
    names = [name for name, _ in submission.budget.hidden_sheets]
    if names:
        yield Finding(f"有{len(names)}张隐藏的工作表没有核查：{_listed(names)}", value=_listed(names))


@code(
    "ST14",
    "文件带有宏",
    why="宏没有运行，也不会运行；由宏算出的内容以文件中保存的为准。",
    fix="不需要宏的，请另存为“Excel 工作簿（*.xlsx）”后报送。",
    severity=Severity.WARNING,
)
def macros(submission: Submission) -> Iterator[Finding]:
    """Reported, never run."""
    if submission.budget.macros:
        yield Finding("文件带有宏，没有运行", accepted="不带宏的工作簿")


@code(
    "ST15",
    "引用了别的文件",
    why="外部链接的数值是上次保存时的，别的文件改了，这里不会跟着改。",
    fix="用“选择性粘贴—数值”把引用的结果变成数值，再断开链接。",
    severity=Severity.WARNING,
)
def external_links(submission: Submission) -> Iterator[Finding]:
    """Reported, never followed."""
    links = submission.budget.external_links
    if links:
        yield Finding(
            f"文件引用了{len(links)}个别的文件：{_listed(links)}", value=_listed(links), accepted="没有外部链接"
        )


@code(
    "ST16",
    "有几张预算表",
    why="一个文件里有几张填了内容的预算表时，每张都已核查，金额也都计入。",
    fix="请确认各表都要报送；重复的或作废的请删除。",
    severity=Severity.INFO,
)
def several_tables(submission: Submission) -> Iterator[Finding]:
    """Every table is checked; a forgotten copy would count twice."""
    tables = submission.budget.tables
    if len(tables) > 1:
        told = [f"{table.sheet}（{len(table.lines)}行）" for table in tables]
        yield Finding(f"文件中有{len(tables)}张预算表，均已核查：{_listed(told)}", accepted="一个文件一张预算表")


@code(
    "ST17",
    "没有模板标识",
    why="文件不是由标准模板填成的，或标识已被删去，只能按列标题识别，改过名的列可能认不出来。",
    fix="本次照常核查。请改用 checker template 生成的标准模板填报。",
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
    why="这些行没有项目名称、项目内容和预算金额，不能作为一行明细，没有核查。",
    fix="是明细的，请补填项目名称和预算金额；是说明文字的，请移到表格下方或另一张工作表。",
    severity=Severity.WARNING,
)
def stray_rows(submission: Submission) -> Iterator[Finding]:
    """Something stands in the row, but nothing that makes it a line."""
    for table in submission.budget.tables:
        for row in table.stray_rows:
            yield Finding("这一行有内容，但缺少项目名称和预算金额，没有核查", (_key_cell(table, row),))


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
            told = _listed([_named_rows(first, last) for first, last in _runs(blank)])
            message = f"明细之间有{len(blank)}行是空行或说明，没有作为明细核查：{told}"
            yield Finding(message, tuple(_key_cell(table, row) for row in blank))


@code(
    "ST20",
    "金额单位不是标准单位",
    why="标准表一律用万元；用别的单位容易在汇总时差一万倍。",
    fix="改用万元填报，把金额单位和列标题中的单位改回“万元”。",
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


def _key_cell(table: Table, row: int) -> Cell:
    keys = [name for name in table.definition.keys if name in table.columns]
    return table.cell(row, keys[0]) if keys else Cell(table.sheet, row, 1)


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Consecutive rows as (first, last)."""
    groups = (list(group) for _, group in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]))
    return [(group[0][1], group[-1][1]) for group in groups]


def _named_rows(first: int, last: int) -> str:
    return f"第{first}行" if first == last else f"第{first}至{last}行"


def _listed(names: Sequence[str]) -> str:
    shown = "、".join(names[:_NAMES_SHOWN])
    return shown if len(names) <= _NAMES_SHOWN else f"{shown}等{len(names)}项"
