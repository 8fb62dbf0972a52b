"""Figures → who and what: sums by division and bureau, by section and matter."""

from checker.desk.figures import Figures, Sums, division_order
from checker.desk.overview import ORDER
from checker.desk.paper import COLOURS, Column, Paper, Sheet, Value, yuan
from checker.rulebook import Rulebook

_CHART_ROWS = 30  # of more bars nobody reads the names
_CHART_HEIGHT = 13  # rows of 15 points
_SUMS = (
    *(Column(f"{verdict.label}\n（行）", 10, "number") for verdict in ORDER),
    *(Column(f"{verdict.label}\n（万元）", 13, "money") for verdict in ORDER),
)


def divisions_sheet(paper: Paper, figures: Figures) -> None:
    """Every division, with a chart above."""
    columns = [Column("行政区划", 17), Column("单位数", 9, "number"), *_SUMS]
    page = paper.sheet("按区划", [column.width for column in columns])
    page.title("按行政区划")
    anchor = page.room(_CHART_HEIGHT)
    divisions = figures.divisions
    counted = [[place, _bureaus_in(figures, place), *_sums(sums)] for place, sums in divisions.items()]
    total = ["合计", len(figures.bureaus), *_sums(figures.total)]
    _chart(page, anchor, page.table(columns, counted, total=total, repeat=True), "各区划金额（万元）")


def bureaus_sheet(paper: Paper, figures: Figures) -> None:
    """Every bureau, in the order of the divisions."""
    columns = [Column("行政区划", 13), Column("单位", 28), *_SUMS]
    page = paper.sheet("按单位", [column.width for column in columns])
    page.title("按单位", f"共 {len(figures.bureaus)} 个单位。")
    ordered = sorted(figures.bureaus, key=lambda key: (*division_order(key[0]), key[1]))
    rows = ([*key, *_sums(figures.bureaus[key])] for key in ordered)
    page.table(columns, rows, total=["合计", None, *_sums(figures.total)], repeat=True)


def _bureaus_in(figures: Figures, place: str) -> int:
    return sum(where == place for where, _ in figures.bureaus)


def matters_sheet(paper: Paper, figures: Figures, rulebook: Rulebook | None) -> None:
    """Sections with a chart, then every matter; what no matter was found for stands last."""
    columns = [Column("部分", 22), Column("事项", 26), *_SUMS]
    page = paper.sheet("按事项", [column.width for column in columns])
    page.title("按方案的部分和事项", "不属本方案的明细没有列入本表。")
    names = {key: _names(*key, rulebook) for key in figures.matters}
    sections: dict[str, Sums] = {}
    for key in sorted(figures.matters, key=lambda key: _matter_order(key, rulebook)):
        part = sections.setdefault(names[key][0], Sums())
        part.lines.update(figures.matters[key].lines)
        part.fen.update(figures.matters[key].fen)
    anchor = page.room(_CHART_HEIGHT)
    page.heading("部分")
    _chart(
        page,
        anchor,
        page.table(columns, ([name, None, *_sums(sums)] for name, sums in sections.items())),
        "各部分金额（万元）",
    )
    page.gap()
    page.heading("事项")
    ordered = sorted(figures.matters, key=lambda key: _matter_order(key, rulebook))
    page.table(columns, ([*names[key], *_sums(figures.matters[key])] for key in ordered))


def _names(section: str, matter: str, rulebook: Rulebook | None) -> tuple[str, str]:
    """一、创造 and 专利资助, as the plan calls them; by number where the rulebook is not at hand."""
    found = rulebook.matter(matter) if rulebook and matter else None
    if found is None:
        return section or "未归入事项", matter
    plan, known = found
    return f"{known.section}、{plan.sections[known.section].title}", known.title


def _matter_order(key: tuple[str, str], rulebook: Rulebook | None) -> tuple[int, int, str, str]:
    section, matter = key
    found = rulebook.matter(matter) if rulebook and matter else None
    if found is None:
        return (0 if section else 1), 0, section, matter
    plan, known = found
    return 0, plan.matters.index(known), section, matter


def _sums(sums: Sums) -> list[Value]:
    return [*(sums.lines[verdict] for verdict in ORDER), *(yuan(sums.fen[verdict]) for verdict in ORDER)]


def _chart(page: Sheet, anchor: int, rows: tuple[int, int], title: str) -> None:
    """Money stacked by verdict; of many rows the first only, and it says so."""
    first, last = rows
    if last < first:
        return
    shown = (first, min(last, first + _CHART_ROWS - 1))
    if shown[1] < last:
        title += f"，前{_CHART_ROWS}个"
    chart = page.chart(
        {"type": "column", "subtype": "stacked"}, title, (anchor, 0), (page.pixels, 20 * _CHART_HEIGHT - 10)
    )
    for place, verdict in enumerate(ORDER):
        page.series(
            chart, 0, 2 + len(ORDER) + place, shown,
            name=verdict.label, fill={"color": COLOURS[verdict]}, data_labels={"value": False},
        )  # fmt: skip
