"""OpenDocument content → the same facts of each table, and the sheets the office hides."""

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from checker.workbook.facts import Facts
from checker.workbook.package import Package, corrupt, too_large

_HIDDEN_ROW = {"collapse", "filter"}


@dataclass
class Content:
    """Tables in order: name, style name and facts; hidden_styles are the table styles that are not displayed."""

    tables: list[tuple[str, str, Facts]] = field(default_factory=list)
    hidden_styles: set[str] = field(default_factory=set)
    broken_names: list[tuple[str, str]] = field(default_factory=list)
    _style: str = ""
    _row: int = 0
    _rows: int = 1
    _column: int = 0
    _hidden_column: int = 0
    _hidden_row: bool = False
    _cells: list[dict[str, str]] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if handler := _STARTS.get(name.rpartition("}")[2]):
            handler(self, {key.rpartition("}")[2]: value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        local = name.rpartition("}")[2]
        if local == "table-row":
            self._row += self._rows
        elif local == "table-cell" and self._cells:
            self._close_cell(self._cells.pop())

    def text(self, words: str) -> None:
        if self._cells:
            self._cells[-1]["text"] = self._cells[-1].get("text", "") + words

    def style(self, attributes: dict[str, str]) -> None:
        self._style = attributes.get("name", "")

    def table_properties(self, attributes: dict[str, str]) -> None:
        if attributes.get("display") == "false":
            self.hidden_styles.add(self._style)

    def table(self, attributes: dict[str, str]) -> None:
        self.tables.append((attributes.get("name", ""), attributes.get("style-name", ""), Facts()))
        self._row, self._hidden_column = 1, 1

    def column(self, attributes: dict[str, str]) -> None:
        first = self._hidden_column
        self._hidden_column += int(attributes.get("number-columns-repeated", 1))
        if attributes.get("visibility") in _HIDDEN_ROW:
            self._facts.hidden_columns.append((first, self._hidden_column - 1))

    def row(self, attributes: dict[str, str]) -> None:
        self._column, self._rows = 1, int(attributes.get("number-rows-repeated", 1))
        self._hidden_row = attributes.get("visibility") in _HIDDEN_ROW

    def cell(self, attributes: dict[str, str]) -> None:
        self._cells.append(attributes)

    def covered(self, attributes: dict[str, str]) -> None:
        self._column += int(attributes.get("number-columns-repeated", 1))

    def named(self, attributes: dict[str, str]) -> None:
        target = attributes.get("expression", "") + attributes.get("cell-range-address", "")
        if "#REF!" in target:
            self.broken_names.append((attributes.get("name", ""), target))

    def _close_cell(self, cell: dict[str, str]) -> None:
        columns, facts = int(cell.get("number-columns-repeated", 1)), self._facts
        across, down = int(cell.get("number-columns-spanned", 1)), int(cell.get("number-rows-spanned", 1))
        if across * down > 1:
            facts.merged.append((self._row, self._column, self._row + down - 1, self._column + across - 1))
        if "value-type" in cell or "formula" in cell or cell.get("text"):
            self._close_filled(cell, columns)
        self._column += columns

    def _close_filled(self, cell: dict[str, str], columns: int) -> None:
        facts, place = self._facts, (self._row, self._column)
        facts.last_row = max(facts.last_row, self._row + self._rows - 1)
        facts.last_column = max(facts.last_column, self._column + columns - 1)
        if self._hidden_row and self._rows <= 1_048_576:
            facts.hidden_rows.update(range(self._row, self._row + self._rows))
        if cell.get("text", "").startswith(("#", "Err:")) and "formula" in cell:
            facts.errors[place] = cell["text"]
        elif "formula" in cell and "value-type" not in cell:
            facts.unstored.append(place)

    @property
    def _facts(self) -> Facts:
        if not self.tables:
            raise corrupt("单元格不在工作表内")
        return self.tables[-1][2]


_STARTS: dict[str, Callable[[Content, dict[str, str]], None]] = {
    "style": Content.style,
    "table-properties": Content.table_properties,
    "table": Content.table,
    "table-column": Content.column,
    "table-row": Content.row,
    "table-cell": Content.cell,
    "covered-table-cell": Content.covered,
    "named-range": Content.named,
    "named-expression": Content.named,
}


def content(package: Package) -> Content:
    """One pass over content.xml; refused when what its repetitions unfold to is beyond the limit."""
    if "content.xml" not in package:
        raise corrupt("找不到表格的内容")
    found = Content()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = found.start, found.end
    parser.CharacterDataHandler = found.text
    try:
        for piece in package.stream("content.xml"):
            parser.Parse(piece)
        parser.Parse(b"", True)  # noqa: FBT003 - expat takes no names
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise corrupt("表格的内容不合规范") from error
    if sum(facts.last_row * facts.last_column for _, _, facts in found.tables) > package.limits.cells:
        raise too_large("重复填写的行、列展开后过多")
    return found
