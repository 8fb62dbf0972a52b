"""The column definitions of a sheet → the same with ours among them, and back."""

import re

from checker.annotation import frame
from checker.annotation.frame import Frame

Definition = tuple[int, int, str]  # first column, last column, the other attributes as written


def definitions(sheet: Frame) -> list[Definition]:
    """Every column definition of the sheet, in its order."""
    return [definition for entry in frame.elements(sheet, "cols") if (definition := _definition(entry))]


def _definition(entry: dict[str, str]) -> Definition | None:
    first, last = entry.pop("min", ""), entry.pop("max", "")
    if not (first.isdecimal() and last.isdecimal()):
        return None
    return int(first), int(last), "".join(f' {key}="{value}"' for key, value in entry.items())


def style(columns: list[Definition], column: int) -> int:
    """The cell format of a column's cells that are not written in the sheet."""
    found = re.search(r'\sstyle="(\d+)"', _text(columns, column) or "")
    return int(found[1]) if found else 0


def _text(columns: list[Definition], column: int) -> str | None:
    return next((text for first, last, text in columns if first <= column <= last), None)


def widen(sheet: Frame, first: int, widths: tuple[float, ...]) -> tuple[Frame, list[str | None]]:
    """Give columns a width each, visible; also says what was written for each of them before."""
    old = definitions(sheet)
    numbers = range(first, first + len(widths))
    ours = [
        (number, number, f' width="{width}" customWidth="1"') for number, width in zip(numbers, widths, strict=True)
    ]
    written = _written(sheet, [*_outside(old, first, numbers[-1]), *ours])
    return written, [_text(old, number) for number in numbers]


def restore(sheet: Frame, first: int, last: int, before: list[str | None]) -> Frame:
    """Give columns back what was written for them; those without become ordinary columns again."""
    back = [(first + index, first + index, text) for index, text in enumerate(before) if text is not None]
    around = _outside(definitions(sheet), first, last)
    beside = [entry for entry in around if entry[1] == first - 1 or entry[0] == last + 1]
    apart = [entry for entry in around if entry not in beside]
    return _written(sheet, [*apart, *_joined([*beside, *(entry for entry in back if entry[0] <= last)])])


def _outside(columns: list[Definition], first: int, last: int) -> list[Definition]:
    left = [(start, min(end, first - 1), text) for start, end, text in columns if start < first]
    return left + [(max(start, last + 1), end, text) for start, end, text in columns if end > last]


def _joined(cut: list[Definition]) -> list[Definition]:
    """Neighbours that say the same, as one: what we cut apart grows together again."""
    joined: list[Definition] = []
    for start, end, text in sorted(cut):
        if joined and joined[-1][1] + 1 == start and joined[-1][2] == text:
            joined[-1] = (joined[-1][0], end, text)
        else:
            joined.append((start, end, text))
    return joined


def _written(sheet: Frame, columns: list[Definition]) -> Frame:
    prefix = sheet.prefix.decode()
    written = "".join(f'<{prefix}col min="{first}" max="{last}"{text}/>' for first, last, text in sorted(columns))
    return frame.put(sheet, "cols", f"<{prefix}cols>{written}</{prefix}cols>".encode() if written else None)
