"""The rows below a header → which are lines, which are totals, and which are neither."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from checker.definition import TableDefinition
from checker.money import parse
from checker.reader.casting import is_blank
from checker.reader.titles import Heading, known, title
from checker.text import normalise
from checker.workbook import Sheet, Value, text_of

_BLOCK = re.compile("小|本页")  # a total with such a word adds up one block
_REMARK = re.compile(r"\(.*$")
_LONGEST_WORD = 20
_SPACING = 4  # 合　　计
_FEWEST_REPEATED = 3
_FEWEST_NUMBERED = 4
_LONGEST_NAME = 60

LINE, TOTAL, NOTE, STRAY, NOTHING = "line", "total", "note", "stray", "nothing"


@dataclass
class Rows:
    """Physical rows by what they are; totals with their word; strays hold values but no key, so they name no line."""

    lines: list[int] = field(default_factory=list)
    totals: list[tuple[int, str]] = field(default_factory=list)
    strays: list[int] = field(default_factory=list)


def sort_rows(sheet: Sheet, heading: Heading) -> Rows:
    """Look at every row below the header; blank rows and notes are passed over and end nothing."""
    rows = Rows()
    look = _Look(sheet, heading)
    for row, values in enumerate(sheet.rows[heading.row :], heading.row + 1):
        match look.kind(row, values):
            case "line":
                rows.lines.append(row)
            case "total":
                rows.totals.append((row, look.total_word(values)))
            case "stray":
                rows.strays.append(row)
    return rows


class _Look:
    """What is needed to tell rows apart, and whether the row before was a note."""

    def __init__(self, sheet: Sheet, heading: Heading) -> None:
        definition = heading.definition
        self.heading = heading
        self.required = [
            heading.columns[c.field] - 1 for c in definition.columns if c.required and c.field in heading.columns
        ]
        self.keys = {heading.columns[name] - 1 for name in definition.keys if name in heading.columns}
        self.facts = [place - 1 for name, place in heading.columns.items() if name != "serial"]
        self.errors = {row for row, column in sheet.facts.errors if column - 1 in self.keys}
        self.unstored = {row for row, column in sheet.facts.unstored if column - 1 in self.keys}
        self.totals = {title(word) for word in definition.total_words}
        self.words = self.totals | {title(word) for word in definition.titles}
        self.longest_word = max(map(len, self.words)) + _SPACING
        self.notes = _note_pattern(definition)
        self.in_notes = False

    def kind(self, row: int, values: Sequence[Value]) -> str:
        """Most rows are lines with every required cell filled: told apart at a glance."""
        if self._is_plain_line(values):
            self.in_notes = False
            return LINE
        kind = self._kind(row, values)
        self.in_notes = kind == NOTE or (self.in_notes and kind == NOTHING)
        return kind

    def _is_plain_line(self, values: Sequence[Value]) -> bool:
        """Every required cell filled, the amount a number, and a name too long for the word of a title or total."""
        name, amount = self._value(values, "name"), self._value(values, "amount")
        return (
            isinstance(name, str)
            and (len(name) > self.longest_word or _plain(name) not in self.words)
            and isinstance(amount, (int, float))
            and all(values[place] != "" for place in self.required)
        )

    def _kind(self, row: int, values: Sequence[Value]) -> str:
        filled = [place for place in self.facts if not is_blank(values[place])]
        first = self._first_text(values)
        if not filled and not first and row not in self.errors:
            return NOTHING
        if self.total_word(values):
            return TOTAL
        if self._is_note(values, first):
            return NOTE
        if self._repeats_header(values) or _numbers_columns(values):
            return NOTHING
        return self._line_or_stray(row, values, filled)

    def _line_or_stray(self, row: int, values: Sequence[Value], filled: list[int]) -> str:
        real = [place for place in filled if values[place] != 0]  # a sum prefilled down the sheet gives 0
        if any(place in self.keys for place in real) or row in self.errors or (row in self.unstored and real):
            return LINE
        return STRAY if real else NOTHING

    def _is_note(self, values: Sequence[Value], first: str) -> bool:
        if self.in_notes and sum(not is_blank(value) for value in values) == 1:
            return True
        amount = self._value(values, "amount")
        return bool(self.notes.match(first)) and (amount == "" or parse(amount) is None)

    def total_word(self, values: Sequence[Value]) -> str:
        """The word that makes this row a total: alone in its first text or its name, or at the end of a bare name."""
        for text in (self._first_text(values), self._value(values, "name")):
            word = _plain(text) if isinstance(text, str) and len(text) < _LONGEST_NAME else ""
            if word in self.totals:
                return word
            if word.endswith(tuple(self.totals)) and self._is_bare(values):
                return word
        return ""

    def _is_bare(self, values: Sequence[Value]) -> bool:
        return all(is_blank(self._value(values, name)) for name in ("charged_level", "content"))

    def _repeats_header(self, values: Sequence[Value]) -> bool:
        titles = self.heading.definition.titles
        texts = ((name, values[place - 1]) for name, place in self.heading.columns.items())
        short = ((name, text) for name, text in texts if isinstance(text, str) and 0 < len(text) <= _LONGEST_WORD)
        same = (known(title(text), titles) == name for name, text in short)
        return sum(same) >= _FEWEST_REPEATED

    def _first_text(self, values: Sequence[Value]) -> str:
        return next((value for value in values if isinstance(value, str) and value and not is_blank(value)), "")

    def _value(self, values: Sequence[Value], name: str) -> Value:
        return values[self.heading.columns[name] - 1] if name in self.heading.columns else ""


def _plain(text: str) -> str:
    return _REMARK.sub("", title(text))


def _note_pattern(definition: TableDefinition) -> re.Pattern[str]:
    words = "|".join(sorted(map(re.escape, map(normalise, definition.note_words)), key=len, reverse=True))
    return re.compile(rf"\s*[(【\[]?(?:{words})\s*\d*\s*(?:[:：、.．]|[)\]】]?\s*$)")


def _numbers_columns(values: Sequence[Value]) -> bool:
    """栏次 1 2 3 … below the titles."""
    numbers = [text_of(value).strip("()（）") for value in values if not is_blank(value)]
    digits = [int(text) for text in numbers if text.isdecimal() and len(text) < 4]
    return len(digits) >= max(_FEWEST_NUMBERED, len(numbers) - 1) and digits == list(
        range(digits[0], digits[0] + len(digits))
    )


def covered(rows: Rows) -> dict[int, tuple[int, ...]]:
    """Which lines each total adds up, by its row.

    A word that stands once adds up all lines. One that is repeated, or speaks of a block (小计), adds up those
    since the total of its kind before; those until the next where such totals stand above their lines.
    """
    times = Counter(word for _, word in rows.totals)
    blocks = [row for row, word in rows.totals if _BLOCK.search(word) or times[word] > 1]
    above = bool(blocks and rows.lines) and blocks[0] < rows.lines[0]
    found = {row: tuple(rows.lines) for row, _ in rows.totals}
    for place, row in enumerate(blocks):
        start = row if above else (blocks[place - 1] if place else 0)
        end = (blocks[place + 1] if place + 1 < len(blocks) else rows.lines[-1] + 1) if above and rows.lines else row
        found[row] = tuple(line for line in rows.lines if start < line < end)
    return found
