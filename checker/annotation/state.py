"""What must be remembered to take our marks off again ↔ the text of hidden defined names."""

import json
import re
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, field

from checker.annotation.styles import Fill

# Excel takes no text longer than 255 characters inside a formula, and no formula longer than 8,192.
_TEXT_LENGTH, _TEXTS = 250, 30
_TEXT = re.compile(r'"([^"]*)"')


@dataclass(frozen=True)
class TableState:
    """What our result columns changed on a sheet.

    columns is what was written for each of our columns before; filtered is "new" where the filter is ours, how many
    columns it ended left of our first one where we widened it, None where we left it alone; name is what the hidden
    name of the filter said before.
    """

    columns: list[str | None]
    filtered: str | int | None = None
    name: str | None = None


@dataclass
class State:
    """fills are the fills under our tints, by number; tables belong to the tracked result areas, by number."""

    fills: list[Fill] = field(default_factory=list)
    tables: list[TableState] = field(default_factory=list)

    def texts(self) -> list[str]:
        """The state as formulas of constant text, each short enough for a defined name."""
        written = b64encode(json.dumps(asdict(self), separators=(",", ":")).encode()).decode()
        pieces = [f'"{written[at : at + _TEXT_LENGTH]}"' for at in range(0, len(written), _TEXT_LENGTH)]
        return ["&".join(pieces[at : at + _TEXTS]) for at in range(0, len(pieces), _TEXTS)]


def read(texts: list[str]) -> State:
    """The state from the texts of its names; an empty one where a program has spoilt them."""
    try:
        known = json.loads(b64decode("".join(piece for text in texts for piece in _TEXT.findall(text))))
        fills = [(str(fill), applied) for fill, applied in known["fills"]]
        return State(fills, [TableState(**table) for table in known["tables"]])
    except (ValueError, KeyError, TypeError):
        return State()
