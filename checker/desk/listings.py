"""Figures → what a person must go through: undecided lines, XS findings, changes, files nobody could read."""

from collections import Counter
from collections.abc import Iterator

from checker.across import ACROSS, Overlap
from checker.checks import FAMILIES
from checker.desk.figures import NO_REASON, Figures, Row, Standing, larger_first
from checker.desk.paper import COLOURS, FONT, Column, Paper, Sheet, Value, yuan
from checker.report.outcome import conclusion
from checker.terms import Severity, Verdict

_CHART_HEIGHT = 13  # rows of 15 points


def undecided_sheet(paper: Paper, figures: Figures) -> None:
    """Reasons with a chart, then the lines of each reason, larger amounts first."""
    columns = [
        Column("原因", 14), Column("行政区划", 10), Column("单位", 18), Column("项目名称", 24),
        Column("金额\n（万元）", 11, "money"), Column("填报", 7, "centre"), Column("说明", 48),
        Column("文件和单元格", 24),
    ]  # fmt: skip
    page = paper.sheet("待认定", [column.width for column in columns], COLOURS[Verdict.UNDECIDED])
    count = figures.total.lines[Verdict.UNDECIDED]
    ordered = sorted(figures.reasons, key=lambda reason: (-_lines(figures, reason), reason))
    page.title("待认定的明细，按原因", f"共 {count} 行，须由人判断：方案没有写明，或填报内容不足以判断。")
    summary = [Column("原因", 0), Column("行数", 0, "number"), Column("金额（万元）", 0, "money")]
    top = page.row
    sums: Iterator[list[Value]] = (
        [reason, _lines(figures, reason), yuan(figures.reasons[reason].fen.total())] for reason in ordered
    )
    counted = page.table(summary, sums)
    page.room(max(0, top + _CHART_HEIGHT - page.row))
    if ordered:
        chart = page.chart({"type": "bar"}, "各原因的行数", (top, 3), (560, 20 * _CHART_HEIGHT - 10))
        page.series(chart, 0, 1, counted, fill={"color": COLOURS[Verdict.UNDECIDED]})
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True, "num_font": {"name": FONT, "size": 9}})
        chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    place = {reason: number for number, reason in enumerate(ordered)}
    shown = sorted(figures.undecided, key=lambda row: (place[_reason(row)], *larger_first(row)))
    page.table(columns, (_undecided(_reason(row), row) for row in shown), repeat=True)
    if count > len(shown):
        page.note(f"只列金额最大的 {len(shown)} 行，其余见各单位的标注文件。")


def _lines(figures: Figures, reason: str) -> int:
    return figures.reasons[reason].lines.total()


def _reason(row: Row) -> str:
    return row.line.judgement.reason or NO_REASON


def _undecided(reason: str, row: Row) -> list[Value]:
    line = row.line
    money = None if line.amount_fen is None else yuan(line.amount_fen)
    because = line.judgement.because
    return [reason, row.place, line.bureau, line.name, money, line.charged_level, because, f"{row.file}\n{row.where}"]


def overlaps_sheet(paper: Paper, figures: Figures) -> None:
    """What no single submission shows: each finding, then every line it speaks of, with its text and its cell."""
    columns = [
        Column("组", 5, "centre"), Column("代码", 8, "centre"), Column("单位", 20), Column("级次", 7, "centre"),
        Column("项目名称", 26), Column("项目内容", 34), Column("金额\n（万元）", 11, "money"),
        Column("相似度", 9, "share"), Column("文件和单元格", 26),
    ]  # fmt: skip
    page = paper.sheet("跨报送疑点", [column.width for column in columns], "#7030A0")
    counted = Counter(overlap.finding.code for overlap in figures.overlaps)
    told = "；".join(f"{code} {ACROSS[code].title} {counted[code]} 处" for code in sorted(counted))
    page.title(f"{FAMILIES['XS']}疑点", told or "没有发现。")
    page.note(
        "“疑似”须由人核对：同一地方或同一对象的项目，名称或内容相近，又有金额相同等印证，才列在这里。"
        "各县各自的同名活动不算同一项目。相似度是与本组第一行相比，两段文字共有的相邻二字组合所占的份额。"
    )
    page.head(columns, repeat=True)
    for number, overlap in enumerate(figures.overlaps, 1):
        _overlap(page, number, overlap, len(columns))


def _overlap(page: Sheet, number: int, overlap: Overlap, columns: int) -> None:
    finding = overlap.finding
    page.line(
        [number, finding.code, f"{ACROSS[finding.code].title}：{finding.message}"], ["centre!", "centre!", "text!"]
    )
    page.made.merge_range(page.row - 1, 2, page.row - 1, columns - 1, "", page.paper.look("text!"))
    page.put(page.row - 1, 2, f"{ACROSS[finding.code].title}：{finding.message}", "text!")
    page.fit(page.row - 1, f"{ACROSS[finding.code].title}：{finding.message}", 2, columns - 1)
    looks = ["centre", "centre", "text", "centre", "text", "text", "money", "share", "text"]
    for claim, alike in zip(overlap.claims, overlap.alike, strict=True):
        money = None if claim.amount_fen is None else yuan(claim.amount_fen)
        where = f"{claim.file}\n{claim.cell}"
        page.line(
            [number, finding.code, claim.bureau, claim.charged_level, claim.name, claim.content, money, alike, where],
            looks,
        )
    for file in overlap.files if not overlap.claims else ():
        page.line([number, finding.code, None, None, None, None, None, None, file], looks)


def changes_sheet(paper: Paper, figures: Figures) -> None:
    """What this run brought: first submissions, and what was mended in those handed in again."""
    columns = [
        Column("文件", 28), Column("单位", 20), Column("情况", 10, "centre"), Column("已改正", 8, "number"),
        Column("新出现", 8, "number"), Column("仍未\n改正", 8, "number"), Column("错误", 7, "number"),
        Column("级次不符\n（行）", 10, "number"), Column("待认定\n（行）", 9, "number"), Column("说明", 44),
    ]  # fmt: skip
    page = paper.sheet("本次变化", [column.width for column in columns], "#2E75B6")
    fresh = [one for one in figures.standings if one.is_fresh]
    again = [one for one in fresh if one.changes]
    same = len(figures.standings) - len(fresh)
    told = f"本次核查 {len(fresh)} 份，其中再次报送 {len(again)} 份；其余 {same} 份没有变化。"
    page.title("与上次运行相比", told)
    mended = [sum(len(getattr(one.changes, kind)) for one in again) for kind in ("fixed", "new", "still_open")]
    rows = [_changed(one) for one in fresh]
    page.table(
        columns,
        rows,
        total=["合计", None, None, *mended, None, None, None, None],
        repeat=True,
        nothing="本次没有新的报送。",
    )


def _changed(one: Standing) -> list[Value]:
    changes, sums = one.changes, one.sums
    kind = "再次报送" if changes else "首次报送" if one.outcome.report else "无法核查"
    told = "\n".join([*_replaced(one), *(changes.remarks[1:] if changes else ())])
    return [
        one.outcome.file, one.bureau, kind, *([len(changes.fixed), len(changes.new), len(changes.still_open)] if changes
        else [None] * 3), one.findings[Severity.ERROR], sums.lines[Verdict.WRONG], sums.lines[Verdict.UNDECIDED], told,
    ]  # fmt: skip


def _replaced(one: Standing) -> list[str]:
    return [f"取代 {'、'.join(one.replaces)}"] if one.replaces else []


def unreadable_sheet(paper: Paper, figures: Figures) -> None:
    """Every file, those nobody could read first, with the cure."""
    columns = [
        Column("文件", 34), Column("单位", 22), Column("结论或原因", 46), Column("行数", 7, "number"),
        *(Column(severity.label, 7, "number") for severity in Severity), Column("标注文件", 26),
    ]  # fmt: skip
    page = paper.sheet("报送文件", [column.width for column in columns], "#C00000" if figures.unreadable else "#2E8B3D")
    bad, old = figures.unreadable, sum(len(one.replaces) for one in figures.standings)
    page.title(
        "报送文件",
        f"共 {len(figures.standings)} 份，其中 {len(bad)} 份无法核查，排在最前；请按所写办法处理后重新报送。"
        f"{f'另有 {old} 份已由后来的报送取代，没有计入。' if old else ''}",
    )
    page.table(columns, _files(bad, [one for one in figures.standings if one.outcome.report]), repeat=True)


def _file(one: Standing) -> str:
    return "\n".join((one.outcome.file, *(f"（{told}）" for told in _replaced(one))))


def _files(bad: list[Standing], good: list[Standing]) -> Iterator[list[Value]]:
    for one in bad:
        code, message = one.outcome.error or ("", conclusion(one.outcome))
        yield [
            _file(one),
            one.bureau,
            f"✗ 无法核查（{code}）：{message}",
            None,
            None,
            None,
            None,
            one.outcome.marked,
        ]
    for one in good:
        counts = [one.findings[severity] for severity in Severity]
        yield [
            _file(one),
            one.bureau,
            conclusion(one.outcome),
            one.sums.lines.total(),
            *counts,
            one.outcome.marked,
        ]
