"""Figures → who should pay and who was charged, and the largest amounts that are charged wrongly."""

from checker.desk.figures import Figures
from checker.desk.paper import COLOURS, Column, Paper, Sheet, Value, yuan
from checker.terms import Level, Verdict

_LARGEST = 50


def matrix_sheet(paper: Paper, figures: Figures) -> None:
    """Lines and money, responsible level by charged level; what is off the diagonal is charged wrongly."""
    levels = [level for level in Level if any(level in key for key in figures.matrix)] or [Level.CITY, Level.COUNTY]
    page = paper.sheet("级次对照", [22, *[17] * len(levels), 17])
    page.title("应承担级次 × 填报的承担级次", "只列能认定应承担级次的明细。对角线以外是级次不符，加底色。")
    page.heading("行数")
    _matrix(page, figures, levels, money=False)
    page.gap()
    page.heading("金额（万元）")
    rows = _matrix(page, figures, levels, money=True)
    page.gap()
    chart = page.chart({"type": "column"}, "金额（万元）：应由谁承担，填给了谁", (page.row, 0), (page.pixels, 260))
    shades = ("#1F3864", "#2E75B6", "#9DC3E6", "#C55A11")
    for place, level in enumerate(levels):
        page.series(chart, 0, 1 + place, rows, name=f"填报由{level}承担", fill={"color": shades[place]})


def _matrix(page: Sheet, figures: Figures, levels: list[Level], *, money: bool) -> tuple[int, int]:
    look = "money" if money else "number"
    page.head(
        [Column("应承担 ↓　填报 →", 0), *(Column(f"填报由{level}承担", 0) for level in levels), Column("合计", 0)]
    )
    first = page.row
    for holder in levels:
        values = [_value(figures, [holder], [charged], money) for charged in levels]
        looks = [
            f"{look}~" if level is not holder and value else look for level, value in zip(levels, values, strict=True)
        ]
        page.line(
            [f"应由{holder}承担", *values, _value(figures, [holder], levels, money)], ["centre!", *looks, f"{look}!"]
        )
    totals = [_value(figures, levels, [charged], money) for charged in levels]
    everything = _value(figures, levels, levels, money)
    page.line(["合计", *totals, everything], ["centre!", *[f"{look}!"] * (len(levels) + 1)])
    return first, first + len(levels) - 1


def _value(figures: Figures, holders: list[Level], charged: list[Level], money: bool) -> Value:
    cells = [figures.matrix[key] for key in figures.matrix if key[0] in holders and key[1] in charged]
    return yuan(sum(cell.fen.total() for cell in cells)) if money else sum(cell.lines.total() for cell in cells)


def wrong_sheet(paper: Paper, figures: Figures) -> None:
    """The lines charged wrongly, largest first, each with its clause."""
    columns = [
        Column("序号", 6, "centre"), Column("行政区划", 10), Column("单位", 18), Column("项目名称", 22),
        Column("金额\n（万元）", 11, "money"), Column("填报", 7, "centre"), Column("应承担", 7, "centre"),
        Column("为什么", 44), Column("条款", 9, "centre"), Column("文件和单元格", 22),
    ]  # fmt: skip
    page = paper.sheet("级次不符", [column.width for column in columns], COLOURS[Verdict.WRONG])
    count, fen = figures.total.lines[Verdict.WRONG], figures.total.fen[Verdict.WRONG]
    page.title("级次不符，金额最大的在前", f"共 {count} 行、{yuan(fen):,.2f} 万元。{_cut(count)}")
    rows = (
        [
            number, row.place, row.line.bureau, row.line.name,
            None if row.line.amount_fen is None else yuan(row.line.amount_fen), row.line.charged_level,
            row.line.judgement.responsible_level, row.line.judgement.because,
            row.line.judgement.clause.number if row.line.judgement.clause else None, f"{row.file}\n{row.where}",
        ]
        for number, row in enumerate(figures.wrong[:_LARGEST], 1)
    )  # fmt: skip
    page.table(columns, rows, repeat=True, nothing="没有级次不符的明细。")


def _cut(count: int) -> str:
    return f"只列金额最大的 {_LARGEST} 行，其余见各单位的标注文件。" if count > _LARGEST else ""
