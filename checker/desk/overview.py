"""Figures → the first sheet: what the head of the office must know, and where it stands."""

from datetime import date

from checker.checks import CHECKS
from checker.desk.figures import Figures, Sums
from checker.desk.paper import COLOURS, Column, Paper, Sheet, yuan
from checker.terms import Severity, Verdict

NAME = "总览"
_WIDTHS = (15, 11, 15, 11, 15, 11, 15, 11, 15, 11)
_CODES = 10
ORDER = (Verdict.WRONG, Verdict.UNDECIDED, Verdict.RIGHT, Verdict.OUTSIDE)
_MEANINGS = {
    Verdict.WRONG: "承担级次与划分方案不一致，须更正",
    Verdict.UNDECIDED: "方案没有写明，或填报内容不足以判断，须人工认定",
    Verdict.RIGHT: "承担级次与划分方案一致",
    Verdict.OUTSIDE: "不是方案所列事项，本次不作判断",
}


def sheet(paper: Paper, figures: Figures, on: date | None) -> None:
    page = paper.sheet(NAME, _WIDTHS, "#C00000" if figures.wrong else "#2E8B3D")
    years = "、".join(f"{year}年度" for year in sorted(figures.years))
    page.made.fit_to_pages(1, 1)  # a table cut in two is no overview
    page.title("　".join(filter(None, ("预算级次核查汇总", years))), _subtitle(figures, on))
    _tiles(page, figures)
    page.note(_sentence(figures))
    page.gap()
    rows = _verdicts(page, figures.total)
    _charts(page, rows)
    _codes(page, figures)
    page.made.set_first_sheet()
    page.made.activate()


def _subtitle(figures: Figures, on: date | None) -> str:
    day = f"核查日期：{on:%Y年%m月%d日}　" if on else ""
    return f"{day}规则版本：{'；'.join(sorted(figures.rulebooks)) or '—'}"


def _tiles(page: Sheet, figures: Figures) -> None:
    """Five figures to be seen across a desk."""
    total = figures.total
    tiles = (
        ("报送文件（份）", len(figures.standings)),
        ("预算明细（行）", total.lines.total()),
        ("申报金额（万元）", yuan(total.fen.total())),
        ("级次不符（行）", total.lines[Verdict.WRONG]),
        ("级次不符（万元）", yuan(total.fen[Verdict.WRONG])),
    )
    page.made.set_row(page.row, 36)
    page.made.set_row(page.row + 1, 18)
    for place, (caption, value) in enumerate(tiles):
        for row, content, look in ((page.row, value, "tile"), (page.row + 1, caption, "caption")):
            page.made.merge_range(row, 2 * place, row, 2 * place + 1, "", page.paper.look(look))
            page.put(row, 2 * place, content, look)
    page.row += 2
    page.gap()


def _sentence(figures: Figures) -> str:
    """What stands in the way of believing the figures, and what to do first; never approval by silence."""
    unreadable, total = len(figures.unreadable), figures.total
    parts = [
        f"{unreadable} 份文件无法核查，没有计入（见“报送文件”）" if unreadable else "全部文件都已核查",
        f"{total.lines[Verdict.UNDECIDED]} 行须人工认定（见“待认定”）" if total.lines[Verdict.UNDECIDED] else "",
        f"跨报送疑点 {len(figures.overlaps)} 处（见“跨报送疑点”）" if figures.overlaps else "没有发现跨报送疑点",
        f"{total.blind} 行的金额没有填、读不出或超出范围，没有计入金额" if total.blind else "",
    ]
    if twice := sum(overlap.finding.code == "XS03" for overlap in figures.overlaps):
        parts.append(f"{twice} 个单位有内容不同的两份文件，行数和金额可能重复计入")
    return "；".join(filter(None, parts)) + "。"


def _verdicts(page: Sheet, total: Sums) -> tuple[int, int]:
    """Lines and money by verdict; the rows the charts are drawn from."""
    page.heading("结论")
    columns = ["结论", "行数", "金额（万元）", "占金额", "含义", *[""] * 5]
    page.line(columns, ["head"] * 10)
    page.made.merge_range(page.row - 1, 4, page.row - 1, 9, "含义", page.paper.look("head"))
    lines, fen = total.lines.total(), total.fen.total()
    first = page.row
    for verdict in ORDER:
        share = total.fen[verdict] / fen if fen else 0
        values = [None, total.lines[verdict], yuan(total.fen[verdict]), share, _MEANINGS[verdict], *[None] * 5]
        _verdict_row(page, values, ("number", "money", "share", "text"))
        page.verdict(page.row - 1, 0, verdict)
    _verdict_row(
        page, ["合计", lines, yuan(fen), 1 if fen else 0, None, *[None] * 5], ("number!", "money!", "share!", "text!")
    )
    return first, first + len(ORDER) - 1


def _verdict_row(page: Sheet, values: list[str | int | float | None], looks: tuple[str, ...]) -> None:
    *numbers, meaning = looks
    page.line(values, ["centre!" if meaning.endswith("!") else "centre", *numbers, *[meaning] * 6])
    page.made.set_row(page.row - 1, 20)
    page.made.merge_range(page.row - 1, 4, page.row - 1, 9, "", page.paper.look(meaning))
    page.put(page.row - 1, 4, values[4], meaning)


def _charts(page: Sheet, rows: tuple[int, int]) -> None:
    page.gap()
    points = [{"fill": {"color": COLOURS[verdict]}} for verdict in ORDER]
    ring = page.chart({"type": "doughnut"}, "按行数", (page.row, 0), (440, 250))
    labels = {"percentage": True, "font": {"name": "微软雅黑", "size": 9, "color": "#FFFFFF", "bold": True}}
    page.series(ring, 0, 1, rows, points=points, data_labels=labels)
    ring.set_hole_size(45)
    bars = page.chart({"type": "bar"}, "按金额（万元）", (page.row, 4), (560, 250))
    page.series(bars, 0, 2, rows, points=points)
    bars.set_legend({"none": True})
    bars.set_y_axis({"reverse": True, "num_font": {"name": "微软雅黑", "size": 9}})
    bars.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    page.room(13)


def _codes(page: Sheet, figures: Figures) -> None:
    """What is found most often, errors first."""
    page.heading("最常见的疑点")
    found = sorted(figures.codes, key=lambda code: (figures.severities[code].rank, -figures.codes[code], code))
    columns = [
        Column("代码", 15, "centre"), Column("轻重", 11, "centre"), Column("疑点", 15), *[Column("", 11)] * 5,
        Column("处数", 15, "number"), Column("涉及文件", 11, "number"),
    ]  # fmt: skip
    rows = (
        [code, figures.severities[code].label, CHECKS[code].title if code in CHECKS else "", *[None] * 5,
         figures.codes[code], figures.files_of_code[code]]
        for code in found[:_CODES]
    )  # fmt: skip
    first, last = page.table(columns, rows)
    for row in range(first - 1, last + 1):
        look = "head" if row == first - 1 else "text"
        text = "疑点" if row == first - 1 else CHECKS[found[row - first]].title if found[row - first] in CHECKS else ""
        page.made.merge_range(row, 2, row, 7, "", page.paper.look(look))
        page.put(row, 2, text, look)
        page.made.set_row(row, 20)
    more = len(found) - _CODES
    findings = "，".join(
        f"{severity.label} {sum(one.findings[severity] for one in figures.standings)} 处" for severity in Severity
    )
    page.note(f"疑点合计：{findings}。" + (f"另有 {more} 种疑点没有列出。" if more > 0 else ""))
