"""Titles, tables and charts → a workbook that looks the same on every sheet and prints on A4 landscape."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import xlsxwriter

from checker.annotation import palette
from checker.money import in_unit
from checker.report.safe import cell_text, starts_a_formula, width
from checker.terms import Verdict

Value = str | int | float | None
FONT = "微软雅黑"
NAVY, GRID = "#1F3864", "#BFBFBF"
COLOURS = {
    Verdict.RIGHT: "#6AA84F",
    Verdict.WRONG: "#C0392B",
    Verdict.UNDECIDED: "#E69F00",
    Verdict.OUTSIDE: "#A6A6A6",
}
_LINE_HEIGHT, _PADDING, _HIGHEST = 14.5, 6, 409
_BASE: dict[str, Any] = {"font_name": FONT, "font_size": 10, "valign": "vcenter", "font_color": "#262626"}
_BOXED = {**_BASE, "border": 1, "border_color": GRID}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {**_BASE, "font_size": 18, "bold": True, "font_color": NAVY},
    "subtitle": {**_BASE, "font_size": 9, "font_color": "#595959"},
    "heading": {**_BASE, "font_size": 12, "bold": True, "font_color": NAVY, "bottom": 2, "bottom_color": NAVY},
    "note": {**_BASE, "font_size": 9, "font_color": "#595959", "text_wrap": True, "valign": "top"},
    "head": {**_BOXED, "bold": True, "font_color": "#FFFFFF", "bg_color": NAVY, "align": "center", "text_wrap": True},
    "text": {**_BOXED, "align": "left", "indent": 1, "text_wrap": True},
    "centre": {**_BOXED, "align": "center", "text_wrap": True},
    "number": {**_BOXED, "num_format": "#,##0;-#,##0;–", "align": "right", "indent": 1},
    "money": {**_BOXED, "num_format": "#,##0.00;-#,##0.00;–", "align": "right", "indent": 1},
    "share": {**_BOXED, "num_format": "0.0%;-0.0%;–", "align": "right", "indent": 1},
    "link": {**_BOXED, "font_color": "#0563C1", "underline": 1},
    "blank": {**_BOXED, "bg_color": "#FFF9E5"},
    "tile": {**_BOXED, "font_size": 20, "bold": True, "align": "center", "font_color": NAVY, "num_format": "#,##0.##"},
    "caption": {**_BOXED, "font_size": 9, "align": "center", "font_color": "#595959", "bg_color": "#F2F2F2"},
}
_STRONG = {"bold": True, "bg_color": "#F2F2F2"}
_AMISS = {"bold": True, "font_color": "#9C1C14", "bg_color": "#FBE3E1"}


@dataclass(frozen=True)
class Column:
    """One column of a table: its title, its width in characters, and the look of its cells."""

    title: str
    width: float
    look: str = "text"


@dataclass
class Paper:
    """A workbook being written; formats are made once."""

    book: xlsxwriter.Workbook
    formats: dict[str, Any] = field(default_factory=dict)

    def look(self, name: str) -> Any:
        """A format by name: text! is bold, as totals are; number~ is amiss; text' could be taken for a formula."""
        if name not in self.formats:
            plain = name.rstrip("!'~")
            facts = dict(_LOOKS[plain]) if plain in _LOOKS else _verdict_look(plain)
            facts |= _STRONG if "!" in name else {}
            facts |= _AMISS if "~" in name else {}
            facts |= {"quote_prefix": True} if "'" in name else {}
            self.formats[name] = self.book.add_format(facts)
        return self.formats[name]

    def sheet(self, name: str, widths: Sequence[float], colour: str = NAVY) -> "Sheet":
        """A new sheet, ready to be printed."""
        made = self.book.add_worksheet(name)
        made.set_tab_color(colour)
        made.hide_gridlines(2)
        made.set_landscape()
        made.set_paper(9)  # A4
        made.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        made.fit_to_pages(1, 0)
        made.set_footer(f'&L&"{FONT}"&8预算级次核查汇总 · &A&R&"{FONT}"&8第 &P 页，共 &N 页')
        for column, wide in enumerate(widths):
            made.set_column(column, column, wide)
        return Sheet(self, made, name, tuple(widths))


def _verdict_look(label: str) -> dict[str, Any]:
    """The look of a verdict's sign and name."""
    verdict = next(verdict for verdict in Verdict if verdict.label == label)
    look = palette.VERDICTS[verdict]
    ink, paper = f"#{look.ink[2:]}", f"#{look.paper[2:]}"
    return {**_BOXED, "bold": True, "align": "center", "font_color": ink, "bg_color": paper}


@dataclass
class Sheet:
    """A sheet as it grows downwards; row is the next free one, from 0."""

    paper: Paper
    made: Any
    name: str
    widths: tuple[float, ...]
    row: int = 0

    def title(self, text: str, subtitle: str = "") -> None:
        self._across(text, "title", 34)
        if subtitle:
            self._across(subtitle, "subtitle", 16)
        self.row += 1

    def heading(self, text: str) -> None:
        self._across(text, "heading", 22)

    def note(self, text: str) -> None:
        lines = -(-width(text) * 0.95 // sum(self.widths))
        self._across(text, "note", 14 * max(lines, 1) + 2)

    def gap(self) -> None:
        self.made.set_row(self.row, 8)
        self.row += 1

    def _across(self, text: str, look: str, height: float) -> None:
        self.made.set_row(self.row, height)
        last = len(self.widths) - 1
        self.made.merge_range(self.row, 0, self.row, last, "", self.paper.look(look))
        self.put(self.row, 0, text, look)
        self.row += 1

    def put(self, row: int, column: int, value: Value, look: str) -> None:
        """One cell; text is never taken for a formula."""
        if isinstance(value, str) and value:
            text = cell_text(value)
            self.made.write_string(row, column, text, self.paper.look(f"{look}'" if starts_a_formula(text) else look))
        elif value is None or value == "":
            self.made.write_blank(row, column, None, self.paper.look(look))
        else:
            self.made.write_number(row, column, value, self.paper.look(look))

    def line(self, values: Sequence[Value], looks: Sequence[str]) -> None:
        """One row of a table, as high as its texts need, since not every program finds that out."""
        for column, (value, look) in enumerate(zip(values, looks, strict=True)):
            self.put(self.row, column, value, look)
        self.made.set_row(self.row, self._height(values))
        self.row += 1

    def fit(self, row: int, text: str, first: int, last: int) -> None:
        """Make a row as high as a text needs that stands over several columns."""
        lines = _lines(text, sum(self.widths[first : last + 1]))
        self.made.set_row(row, min(_LINE_HEIGHT * lines + _PADDING, _HIGHEST))

    def _height(self, values: Sequence[Value]) -> float:
        lines = max(
            (_lines(value, wide) for value, wide in zip(values, self.widths, strict=False) if isinstance(value, str)),
            default=1,
        )
        return min(_LINE_HEIGHT * lines + _PADDING, _HIGHEST)

    def head(self, columns: Sequence[Column], *, repeat: bool = False) -> int:
        """The titles of a table; repeated on every printed page, and kept in sight, where the table is the sheet's."""
        self.line([column.title for column in columns], ["head"] * len(columns))
        if repeat:
            self.made.repeat_rows(self.row - 1)
            self.made.freeze_panes(self.row, 0)
        return self.row

    def table(
        self,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Value]],
        *,
        total: Sequence[Value] | None = None,
        repeat: bool = False,
        nothing: str = "没有。",
    ) -> tuple[int, int]:
        """A table and the first and last row of its lines, from 0; says so where it is empty."""
        first, looks = self.head(columns, repeat=repeat), [column.look for column in columns]
        for row in rows:
            self.line(row, looks)
        last = self.row - 1
        if last < first:
            self.note(nothing)
        elif repeat:
            self.made.autofilter(first - 1, 0, last, len(columns) - 1)
        if total is not None and last >= first:
            self.line(total, [f"{look}!" for look in looks])
        return first, last

    def verdict(self, row: int, column: int, verdict: Verdict) -> None:
        self.put(row, column, f"{palette.VERDICT_SIGNS[verdict]} {verdict.label}", verdict.label)

    @property
    def pixels(self) -> int:
        """How wide the columns are together."""
        return sum(int(7 * wide + 5) for wide in self.widths)

    def room(self, rows: int) -> int:
        """Leave rows free for a chart; the first of them."""
        first = self.row
        for _ in range(rows):
            self.made.set_row(self.row, 15)
            self.row += 1
        return first

    def chart(self, kind: dict[str, str], title: str, place: tuple[int, int], size: tuple[int, int]) -> Any:
        """An empty chart at a cell, in the look of all charts."""
        chart = self.paper.book.add_chart(kind)
        chart.set_title({"name": title, "name_font": {"name": FONT, "size": 11, "color": NAVY}, "overlay": False})
        chart.set_legend({"position": "bottom", "font": {"name": FONT, "size": 9}})
        chart.set_size({"width": size[0], "height": size[1]})
        chart.set_chartarea({"border": {"color": GRID}})
        for axis in (chart.set_x_axis, chart.set_y_axis):
            axis({"num_font": {"name": FONT, "size": 9}, "major_gridlines": {"visible": False}})
        self.made.insert_chart(*place, chart, {"object_position": 2})
        return chart

    def series(self, chart: Any, names: int, values: int, rows: tuple[int, int], **facts: Any) -> None:
        """One series of a chart: the columns its categories and its values stand in."""
        first, last = rows
        label = {"value": True, "font": {"name": FONT, "size": 8}, "num_format": "#,##0.##;;"}
        chart.add_series(
            {
                "categories": [self.name, first, names, last, names],
                "values": [self.name, first, values, last, values],
                "data_labels": label,
                "gap": 60,
                **facts,
            }
        )


def _lines(text: str, wide: float) -> int:
    """Lines a text takes in a column: at this size a Chinese character is about as wide as two digits."""
    return sum(max(1, ceil(width(line) / max(wide - 2, 1))) for line in text.split("\n"))


def yuan(fen: int) -> float:
    """万元, as the sheets show them."""
    return float(in_unit(fen))
