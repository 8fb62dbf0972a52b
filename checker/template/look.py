"""How the template looks: its colours and cell formats, named once."""

from functools import cached_property
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from checker.definition import Column

FONT = "微软雅黑"
INK, QUIET, ALERT = "#1F2A44", "#6B7280", "#B42318"
DARK, PALE, PAPER, LINE, MISSING = "#1F4E79", "#DCE6F1", "#FFFBEB", "#B8C4D6", "#FFD9A0"


class Look:
    """The formats of one workbook; xlsxwriter ties each format to the workbook it was added to."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook

    def format(self, **properties: Any) -> Format:
        base = {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "vcenter"}
        return self._workbook.add_format(base | properties)

    @cached_property
    def open(self) -> Format:
        """Cells outside the table: unlocked, so that rows can be deleted and helper columns added."""
        return self.format(locked=False)

    @cached_property
    def title(self) -> Format:
        return self.format(font_size=18, bold=True, font_color=DARK, align="left")

    @cached_property
    def hint(self) -> Format:
        return self.format(font_size=9, font_color=QUIET, align="left")

    @cached_property
    def heading(self) -> Format:
        return self.format(font_size=12, bold=True, font_color=DARK)

    @cached_property
    def label(self) -> Format:
        return self.format(align="right", indent=1, font_color=QUIET)

    @cached_property
    def needed_label(self) -> Format:
        return self.format(align="right", indent=1, bold=True)

    def count(self, number_format: str) -> Format:
        return self.format(bold=True, font_size=11, align="left", indent=1, font_color=DARK, num_format=number_format)

    @cached_property
    def needed_tag(self) -> Format:
        return self.format(font_size=8, align="center", bold=True, font_color=ALERT)

    @cached_property
    def tag(self) -> Format:
        return self.format(font_size=8, align="center", font_color=QUIET)

    @cached_property
    def needed_heading(self) -> Format:
        return self._column_heading(bg_color=DARK, font_color="#FFFFFF")

    @cached_property
    def column_heading(self) -> Format:
        return self._column_heading(bg_color=PALE)

    def _column_heading(self, **properties: Any) -> Format:
        return self.format(bold=True, align="center", text_wrap=True, border=1, border_color=LINE, **properties)

    @cached_property
    def text(self) -> Format:
        return self.format(text_wrap=True, border=1, border_color=LINE, indent=1)

    @cached_property
    def centred(self) -> Format:
        return self.format(text_wrap=True, border=1, border_color=LINE, align="center")

    @cached_property
    def steps(self) -> Format:
        return self.format(text_wrap=True, valign="top")

    @cached_property
    def missing(self) -> Format:
        return self._workbook.add_format({"bg_color": MISSING, "border": 1, "border_color": LINE})

    @cached_property
    def alert(self) -> Format:
        return self._workbook.add_format({"font_color": ALERT})

    @cached_property
    def filled(self) -> Format:
        return self._workbook.add_format({"border": 1, "border_color": LINE})

    def value(self, column: Column, **properties: Any) -> Format:
        """A cell to type into: unlocked, in the column's number format."""
        aligned = column.align or ("right" if column.dtype == "amount" else "left")
        shape = {"align": aligned} | ({} if aligned == "center" else {"indent": 1})
        wrap = {"text_wrap": True} if column.dtype in ("text", "list") else {}
        return self.format(**{"locked": False, "num_format": column.number_format} | shape | wrap | properties)
