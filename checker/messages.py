"""schemas/messages.yaml → what a bureau is told where columns, choices and levels are named; no code names them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from checker.cues import choices
from checker.declaration import known_keys, read
from checker.definition import definitions
from checker.files import SCHEMAS
from checker.terms import Level

_SECTIONS = {"areas": "mapping", "parts": "mapping", "reasons": "mapping", "doubts": "mapping", "cures": "mapping"}
_LEVELS = tuple(Level)


@dataclass(frozen=True)
class Doubt:
    """Why no level can be told, and what the bureau can do so that the next check decides."""

    why: str
    cure: str


def reason(name: str, own: Level, **words: str) -> str:
    """By what the level of a work is told; own is the bureau's level."""
    return _section("reasons")[name].format_map(_Words(_names() | _levels(own) | words))


def doubt(name: str, own: Level | None = None, **words: str) -> Doubt:
    """The doubt of this name; own is the bureau's level where that is known."""
    told = known_keys(_section("doubts")[name], ("why", "cure"), f"messages.yaml: {name}")
    known = _Words(_names() | (_levels(own) if own else {}) | words)
    return Doubt(told["why"].format_map(known), told["cure"].format_map(known))


def cure(name: str, **words: str) -> str:
    """What to do about a line whose level is told."""
    return _section("cures")[name].format_map(_Words(_names() | words))


def titled(text: str, **words: str) -> str:
    """A text that names columns by their {field} → the same with their titles."""
    return text.format_map(_names() | words)


def title(field: str) -> str:
    """What the standard tables call a column."""
    return _names()[field]


class _Words(dict[str, str]):
    """What stands in the places of a message; a part that messages share is made out when one asks for it."""

    def __missing__(self, name: str) -> str:
        return _section("parts")[name].format_map(self)


def _section(name: str) -> Mapping[str, str]:
    return _messages()[name]


@cache
def _messages() -> Mapping[str, Mapping[str, str]]:
    path = SCHEMAS / "messages.yaml"
    return known_keys(read(path), _SECTIONS, f"{path.name}: -", tuple(_SECTIONS))


@cache
def _names() -> dict[str, str]:
    """Field → the title of its column, and name → what the dropdowns offer."""
    columns = (column for table in definitions().values() for column in (*table.header, *table.columns))
    return {column.field: column.title for column in columns} | choices()


@cache
def _levels(own: Level) -> dict[str, str]:
    """A level, those next to it, and what an area of such a level is called."""
    areas = _section("areas")
    told = {"own": own.value, "own_area": areas[own]}
    if own.rank > 0:
        told["above"] = _LEVELS[own.rank - 1].value
    if own.rank + 1 < len(_LEVELS):
        below = _LEVELS[own.rank + 1]
        told |= {"below": below.value, "below_area": areas[below]}
    return told
