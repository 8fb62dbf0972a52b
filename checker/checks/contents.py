"""ST: what else the workbook holds that a reader should know: formulas, errors, hidden parts, macros, links."""

from collections.abc import Iterator

from checker.checks.registry import Submission, code
from checker.checks.wording import key_cell, listed, named_rows, runs
from checker.terms import Cell, Finding, Severity


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
        for first, last in runs(hidden):
            rows = [row for row in hidden if first <= row <= last]
            message = f"{named_rows(first, last)}是隐藏的，其中{len(rows)}行明细已照常核查"
            yield Finding(message, tuple(key_cell(table, row) for row in rows), accepted="没有隐藏的明细行")


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
        yield Finding(f"有{len(names)}张隐藏的工作表没有核查：{listed(names)}", value=listed(names))


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
            f"文件引用了{len(links)}个别的文件：{listed(links)}", value=listed(links), accepted="没有外部链接"
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
        yield Finding(f"文件中有{len(tables)}张预算表，均已核查：{listed(told)}", accepted="一个文件一张预算表")
