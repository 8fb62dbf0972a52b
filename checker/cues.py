"""Words every domain shares, as declared → where a line says them: who does the work, for whom, and who pays."""

import re
from collections.abc import Callable
from functools import cache, lru_cache

from checker.common import common
from checker.denial import without_denied
from checker.terms import Evidence, Level, Line
from checker.vocabulary import fold

_GAP = "[^,。;)]{0,12}?"
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"


@cache
def choices() -> dict[str, str]:
    """Name → what a dropdown offers, of the choices that say whose work or money it is."""
    return dict(common("declared"))


@cache
def _cues(name: str, levels: tuple[Level, ...]) -> re.Pattern[str]:
    """One list of common words as one pattern; … is a few characters of the same clause. Some lists are by level."""
    listed = common(name)
    words = [word for level in levels for word in listed.get(level, ())] if isinstance(listed, dict) else listed
    behind: dict[str, list[str]] = {}  # by the first part, so that it is looked for once at every place
    for word in words:
        first, *rest = map(_part, word.split("…"))
        behind.setdefault(first, []).append("".join(_GAP + part for part in rest))
    return re.compile("|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in behind.items()) or r"(?!)")


def _part(written: str) -> str:
    """One part of a word as a pattern: {x} is any word of a group, # a number."""
    return "".join(map(_piece, re.split(r"(\{\w+\})", written)))


def _piece(written: str) -> str:
    if written.startswith("{"):
        words = sorted(common("groups")[written[1:-1]], key=len, reverse=True)
        return f"(?:{'|'.join(map(_part, words))})"
    return re.escape(fold(written)).replace(r"\#", _NUMBER)


def cue(name: str, line: Line, *levels: Level) -> Evidence | None:
    """The first words of a line, name before content, that the common list of this name knows, for these levels."""
    return first_cue(name, line.name, line.content, levels)


@lru_cache(maxsize=256)  # lines of one text come one after another
def first_cue(name: str, title: str, content: str, levels: tuple[Level, ...] = ()) -> Evidence | None:
    """The same of texts; one that is not to be looked into is left empty."""
    left = _LEFT.get(name, without_denied)
    for field, text in (("name", title), ("content", content)):
        if match := _cues(name, levels).search(left(fold(text))):
            return Evidence(field, match[0])
    return None


def _as_demanded(text: str) -> str:
    """A folded text without the money it says is not asked for: a share one level does not bear is asked of another."""
    return _not_demanded().sub("", text)


def _as_claimed(text: str) -> str:
    """A folded text without what it denies, and without the work of the whole city that it only joins."""
    return _cues("joins", ()).sub("", without_denied(text))


# What of a text is looked into for some lists; for the others, all that it does not deny.
_LEFT: dict[str, Callable[[str], str]] = {"cost_shift": _as_demanded, "own_whole_city": _as_claimed}


@cache
def _not_demanded() -> re.Pattern[str]:
    words = "|".join(re.escape(fold(word)) for word in common("not_demanded"))
    return re.compile(f"(?:{words})[^,。;)\n]*")


def is_declared(value: str, name: str) -> bool:
    """Whether a dropdown holds the value that common.yaml lists under this name."""
    return value == choices()[name]
