"""A name or code as written → the division it means; a bureau's name → the level it belongs to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from checker.declaration import known_keys, read
from checker.errors import BadDeclaration
from checker.files import SCHEMAS
from checker.terms import Level
from checker.text import normalise

_CODES = SCHEMAS / "codes"
_KEYS = (
    "code", "statistics_code", "name", "short", "names", "kind", "level", "parent", "managed_by",
    "former", "now", "not_before", "not_after", "note",
)  # fmt: skip
_LISTS = ("names", "not_before", "not_after")
_BUREAU_KEYS = ("prefixes", "own_words", "branches", "national", "not_told_by_name", "institutions")
_NOT_NAMES = re.compile(r"[\d\s()\-—,、:]+|(市?本级|市直)$")
_NOTHING: Mapping[str, Level | None] = MappingProxyType({})


@dataclass(frozen=True)
class Division:
    """行政区划: a place with a name; id is its GB/T 2260 code, else its statistics code, else its name.

    level is None for zones: each plan says how it treats them. managed_by, never the code, says who manages it.
    """

    id: str
    name: str
    short: str
    kind: str
    level: Level | None = None
    code: str = ""
    statistics_code: str = ""
    names: tuple[str, ...] = ()
    parent: str = ""
    managed_by: str = ""
    former: bool = False
    now: str = ""
    not_before: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    note: str = ""

    @property
    def is_zone(self) -> bool:
        """Whether it is a development zone: an administration whose level each plan says for itself."""
        return self.level is None and not self.former


@cache
def divisions() -> tuple[Division, ...]:
    """Every division of the code list, in its order; the former ones last."""
    path = _CODES / "divisions.yaml"
    declared = known_keys(read(path), ("sources", "divisions"), f"{path.name}: -", ("divisions",))
    found = tuple(_division(entry, path.name) for entry in declared["divisions"])
    ids = [division.id for division in found]
    if twice := {id_ for id_ in ids if ids.count(id_) > 1}:
        raise BadDeclaration(f"{path.name}: {'、'.join(sorted(twice))}: 代码或名称重复")
    return found


def _division(entry: Any, path: str) -> Division:
    keys = dict(known_keys(entry, _KEYS, f"{path}: {entry}", ("name", "kind")))
    keys |= {key: tuple(keys.get(key, ())) for key in _LISTS}
    keys["id"] = keys.get("code") or keys.get("statistics_code") or keys["name"]
    keys["level"] = Level(keys["level"]) if keys.get("level") else None
    return Division(**{"short": keys["name"], **keys})


@cache
def _by_id() -> dict[str, Division]:
    return {division.id: division for division in divisions()}


def successor(division: Division) -> Division:
    """The division that took over from a former one; itself where there is none, or none that is known."""
    return _by_id().get(division.now, division)


@cache
def _by_word() -> dict[str, Division]:
    words: dict[str, Division] = {}
    for division in divisions():
        codes = (division.code, division.statistics_code)
        for word in (division.name, division.short, *division.names, *codes):
            if word:
                words.setdefault(word, successor(division))
    return words


@lru_cache(maxsize=4096)
def find(text: str) -> Division | None:
    """The division a cell names by full or short name, by code (6 digits, or 9 or 12 ending in zeros), or by both.

    None where the text names none, names several, or code and name disagree.
    """
    text = normalise(text)
    digits, name = re.findall(r"\d+", text), _NOT_NAMES.sub("", text)
    found = [_of_code(code) for code in digits]
    if name:
        found.append(_named(name))
    return found[0] if found and all(division == found[0] for division in found) else None


def _of_code(code: str) -> Division | None:
    plain = len(code) in {6, 9, 12} and not code[6:].strip("0")
    return _by_word().get(code[:6]) if plain else None


def _named(name: str) -> Division | None:
    """The last place of an address (河北省石家庄市正定县) that is nothing but places, each inside the one before."""
    if name in _by_word():
        return _by_word()[name]
    spans = _spans(name)
    whole = "".join(name[start:end] for start, end, _ in spans) == name
    return _end_of_address(spans)[2] if whole and spans and len(_addresses(spans)) == 1 else None


@lru_cache(maxsize=65_536)
def mentions(text: str) -> tuple[tuple[Division, str], ...]:
    """Every place a normalised text names, in order, with the words that name it.

    An address (石家庄市长安区) names its last place alone. A zone right after a county's name is that county's own
    (鹿泉经开区), so only the county is named.
    """
    return tuple((division, text[start:end]) for start, end, division in map(_end_of_address, _addresses(_spans(text))))


Span = tuple[int, int, Division]


def _spans(text: str) -> list[Span]:
    return [(match.start(), match.end(), _by_word()[match[0]]) for match in _pattern().finditer(text)]


def _addresses(spans: list[Span]) -> list[list[Span]]:
    """Spans that touch, together: parts of one address, as long as each lies inside the one before."""
    addresses: list[list[Span]] = []
    for span in spans:
        if addresses and addresses[-1][-1][1] == span[0] and _continues(addresses[-1][-1][2], span[2]):
            addresses[-1].append(span)
        else:
            addresses.append([span])
    return addresses


def _continues(before: Division, after: Division) -> bool:
    return before.id in _ancestors(after) or (after.is_zone and before.parent == after.parent)


def _ancestors(division: Division) -> set[str]:
    above: set[str] = set()
    while division.parent:
        above.add(division.parent)
        division = _by_id()[division.parent]
    return above


def _end_of_address(address: list[Span]) -> Span:
    """The smallest place of an address; a county's own zone is that county."""
    last = address[-1]
    own_zone = len(address) > 1 and last[2].is_zone and address[-2][2].parent == last[2].parent
    return address[-2] if own_zone else last


@cache
def _pattern() -> re.Pattern[str]:
    """All names, longest first; where a short name may be part of another word, what stands beside it decides."""
    words = sorted((word for word in _by_word() if not word.isdigit()), key=len, reverse=True)
    first = "".join(sorted({word[0] for word in words}))
    return re.compile(f"(?=[{first}])(?:{'|'.join(map(_guarded, words))})")


def _guarded(word: str) -> str:
    division = _by_word()[word]
    if word == division.name:
        return word
    before = "".join(f"(?<!{other})" for other in division.not_after)
    after = f"(?!{'|'.join(division.not_before)})" if division.not_before else ""
    return f"{before}{word}{after}"


def is_within(division: Division, place: str) -> bool:
    """Whether the division is the place with this id or lies in it."""
    return place == division.id or place in _ancestors(division)


@cache
def _bureaus() -> Mapping[str, Any]:
    path = _CODES / "bureaus.yaml"
    return known_keys(read(path), _BUREAU_KEYS, f"{path.name}: -", _BUREAU_KEYS)


def level_of_bureau(
    name: str, division: Division | None = None, treated_as: Mapping[str, Level | None] = _NOTHING
) -> Level | None:
    """The level a bureau belongs to by its name, None where the name does not say.

    division is the place of the submission: it tells whose 市X局 it is. treated_as gives the level of zones by id.
    """
    known, name = _bureaus(), normalise(name).partition("(")[0]
    for institution in known["institutions"]:
        if name.startswith(institution["name"]):
            return Level(institution["level"])
    if name.startswith(tuple(known["national"])):
        return Level.CENTRAL
    if any(word in name for word in known["not_told_by_name"]):
        return None
    addresses = _addresses(_spans(name))
    return _level_of_head(name, addresses[0], treated_as) if addresses else _own_level(name, division)


def _level_of_head(name: str, address: list[Span], treated_as: Mapping[str, Level | None]) -> Level | None:
    _, end, head = _end_of_address(address)
    branch = is_branch(name) and "局" not in name[end:-2]
    if branch and head.level is not Level.CITY:
        return None
    return head.level or treated_as.get(head.id)


def _own_level(name: str, division: Division | None) -> Level | None:
    for prefix in _bureaus()["prefixes"]:
        name = name.removeprefix(prefix)
    for own in _bureaus()["own_words"]:
        if name.startswith(own["word"]) and not name[1:].startswith(tuple(own.get("not_before", ()))):
            return _whose(own["word"], Level(own["level"]), division)
    return None


def _whose(word: str, level: Level, division: Division | None) -> Level | None:
    """市X局 belongs to the county-level city that submits it, else to the city the division lies in."""
    if level is Level.CITY and division is None:
        return None
    return division.level if division and division.level and division.name.endswith(word) else level


def is_branch(name: str) -> bool:
    """Whether a bureau's name ends as that of another bureau's branch does (分局)."""
    return name.endswith(tuple(_bureaus()["branches"]))
