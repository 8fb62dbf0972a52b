"""A folded text → the words of a domain in it: topics, the patterns that point to them, and where they stand."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

from checker.text import normalise

MATTERS, UNLISTED, UPPER, RUNNING, OTHER_DOMAINS = "matters", "unlisted", "upper", "running", "other_domains"
STRENGTHS = {"names": 5.0, "marks": 3.0, "signs": 1.5, "hints": 0.5, "against": -8.0}
_OF_GROUP = 0.7  # a pattern that any word of the domain completes says less than one with words of its own
UNCUT = "|"  # marks, in a longer word, where no word of a topic may begin or end

# Marks that people put around and inside names (“蓝天”, 4·26); words are compared without them.
_DROPPED = str.maketrans("", "", "\"'《》·•・‧※*")
_PAIRS = {"《": "》", "“": "”", "「": "」", "『": "』", "（": "）", "(": ")"}
_LONGEST_TITLE = 20
_BREAK = re.compile(r"[,，。;；:：!！?？\n()（）]")
_LONGEST_GAP = 8
_BLOCK = 64


@lru_cache(maxsize=4096)  # every word list is looked for in the same text, one after the other
def fold(text: str) -> str:
    """Text as it is searched: normalised, without quotation marks and middle dots."""
    return normalise(text).translate(_DROPPED)


def as_typed(words: str, text: str) -> str:
    """Words of a folded text as they stand in the text itself, marks and spaces inside them included."""
    if words in text:
        return words
    place = _folded_by_character(text)
    start = place[0].find(words)
    return _closed_marks(text, place[1][start], place[1][start + len(words) - 1] + 1) if start >= 0 else words


def _closed_marks(text: str, start: int, end: int) -> str:
    """Words of a text, up to the mark that closes one opened in them: 宣传片《知产之光》."""
    told = text[start:end]
    for opened, closed in _PAIRS.items():
        if told.count(opened) > told.count(closed) and (there := text.find(closed, end, end + _LONGEST_TITLE)) >= 0:
            return text[start : there + 1]
    return told


@lru_cache(maxsize=64)  # several words of one text, one after the other
def _folded_by_character(text: str) -> tuple[str, tuple[int, ...]]:
    """A text folded one character at a time, and where each character that is left stood."""
    folded = [(one, place) for place, typed in enumerate(text) for one in fold(typed)]
    return "".join(one for one, _ in folded), tuple(place for _, place in folded)


@dataclass(frozen=True, eq=False)
class Topic:
    """What a line can be about; kind is the section of the file it stands in.

    heads are the words that make it the purpose of the money when a project name ends with them;
    keeps names the topics whose heads do not take this one away; why is said of an unlisted one; level is that of
    an upper one. needs_own: its words count only beside words of the domain. about: it is done about other topics
    (training, publicity), so naming one of them does not make the line that one. objects: it is this topic only where
    one of these words says what it is done to (a subsidy: for a patent granted); where none does, it gives way to the
    topics that gives_way names, too, and otherwise is said instead of why. sure: named in the name, it
    is seldom anything else. undone: words by which a line says that it is not done.
    """

    name: str
    kind: str
    heads: frozenset[str] = frozenset()
    keeps: frozenset[str] = frozenset()
    why: str = ""
    level: str = ""
    needs_own: bool = False
    about: bool = False
    objects: frozenset[str] = frozenset()
    gives_way: frozenset[str] = frozenset()
    otherwise: str = ""
    sure: bool = False
    undone: frozenset[str] = frozenset()

    def is_bare(self, words: str) -> bool:
        """Whether words of the topic do not say what it is done to."""
        return bool(self.objects) and not any(one in words for one in self.objects)


@dataclass(frozen=True)
class Pattern:
    """One way to point to a topic: parts in order, each a word or a {group}; strength: names, marks, signs or hints."""

    topic: Topic
    parts: tuple[str, ...]
    strength: str

    @cached_property
    def weight(self) -> float:
        return STRENGTHS[self.strength] * (_OF_GROUP if "{ip}" in self.parts else 1)


@dataclass(frozen=True)
class Hit:
    """A pattern found: where in the folded text, and the words that stand there, none of them cut."""

    topic: Topic
    strength: str
    weight: float
    start: int
    end: int
    words: str
    whole: tuple[int, int] | None = None  # where the words stand, if not just there

    @property
    def names(self) -> bool:
        """Whether the words name the topic by themselves."""
        return self.strength == "names"


@dataclass(frozen=True)
class Found:
    """What a text says: hits on topics, the words by which it speaks of the domain, and those by which it may."""

    hits: tuple[Hit, ...]
    own: tuple[str, ...]
    near: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Everything that can be found in a text of one domain."""

    domain: str
    name: str
    topics: tuple[Topic, ...]
    words: Mapping[str, tuple[Pattern, ...]]  # patterns of one part, by that part
    chains: Mapping[str, Mapping[str, tuple[Pattern, ...]]]  # patterns of several, by the last part, then the first
    automaton: Any = field(repr=False)  # word → its length, whether a digit begins it, the parts it can play
    heads: Mapping[str, Topic] = field(repr=False)
    longest_head: int
    own_bodies: tuple[str, ...] = ()
    competent: tuple[str, ...] = ()
    uncut: frozenset[str] = frozenset()  # longer words, marked where none of ours may begin or end
    shared: frozenset[str] = frozenset()  # own words that other domains say of their goods
    mistyped: Mapping[str, str] = field(default_factory=dict, repr=False)  # a long name with a gap → the name
    halves: Mapping[int, frozenset[str]] = field(default_factory=dict, repr=False)  # length of long names → halves

    def find(self, text: str) -> "Found":
        """All that a folded text says of the domain; words within the name of a body say nothing."""
        found = self._symbols_in(text)
        bodies, closed = found.get("institutions", []), self._closed(found)
        own, near = (
            tuple(
                text[start:end]
                for start, end in found.get(group, [])
                if not _inside((start, end), bodies) and start not in closed and end not in closed
            )
            for group in ("{own}", "{near}")
        )
        hits = [
            hit
            for hit in self._hits(found, text)
            if not _inside((hit.start, hit.end), bodies) and hit.start not in closed and hit.end not in closed
        ]
        return Found(tuple(_in_whole_words(_strongest(hits), found, text)), own, near)

    def _hits(self, found: Mapping[str, list[tuple[int, int]]], text: str) -> Iterator[Hit]:
        for part in found:
            for pattern in self.words.get(part, ()):
                for start, end in found[part]:
                    yield Hit(pattern.topic, pattern.strength, pattern.weight, start, end, text[start:end])
        for part in found.keys() & self.chains.keys():
            for first in self.chains[part].keys() & found.keys():
                for pattern in self.chains[part][first]:
                    yield from _match(pattern, found, text)

    def _closed(self, found: Mapping[str, list[tuple[int, int]]]) -> set[int]:
        """Where no word may begin or end: within a longer word, at the place marked in it."""
        return {start + part.index(UNCUT) for part in found.keys() & self.uncut for start, _ in found[part]}

    def mend(self, text: str) -> str:
        """A folded text with one mistyped character of a long name put right (软件正板化)."""
        for size, halves in self.halves.items():
            for start in range(len(text) - size + 1):
                window = text[start : start + size]
                if window[: size // 2] in halves or window[size // 2 :] in halves:  # one half has no mistake in it
                    for place in range(size):
                        if word := self.mistyped.get(f"{window[:place]}\0{window[place + 1 :]}"):
                            text = text[:start] + word + text[start + size :]
                            break
        return text

    def _symbols_in(self, text: str) -> dict[str, list[tuple[int, int]]]:
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for last, (size, begins_with_digit, parts) in self.automaton.iter(text):
            span = (last + 1 - size, last + 1)
            if begins_with_digit and _cuts_a_number(span, text):
                continue
            for part in parts:
                found[part].append(span)
        return found


def _cuts_a_number(span: tuple[int, int], text: str) -> bool:
    """Whether the digits of a span go on beyond it: 426 is not in 4260."""
    start, end = span
    return text[end : end + 1].isdigit() or text[start - 1 : start].isdigit()


def _match(pattern: Pattern, found: Mapping[str, list[tuple[int, int]]], text: str) -> Iterator[Hit]:
    for start, end in found[pattern.parts[-1]]:
        first = start
        for part in reversed(pattern.parts[:-1]):
            before = [span for span in found.get(part, ()) if _reaches(span, first, text)]
            if not before:
                break
            first = max(before)[0]
        else:
            yield Hit(pattern.topic, pattern.strength, pattern.weight, first, end, text[first:end])


def _reaches(span: tuple[int, int], start: int, text: str) -> bool:
    return span[1] <= start <= span[1] + _LONGEST_GAP and not _BREAK.search(text, span[1], start)


def _inside(span: tuple[int, int], spans: list[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)


def _strongest(hits: list[Hit]) -> list[Hit]:
    """Where one hit lies within another, the stronger stays; of equal ones the longer."""
    kept: list[Hit] = []
    near: dict[int, list[Hit]] = defaultdict(list)  # by the block of the text, for a hit lies in one only near it
    for hit in sorted(
        dict.fromkeys(hits), key=lambda hit: (-hit.weight, hit.start - hit.end, hit.start, hit.topic.name)
    ):
        blocks = range(hit.start // _BLOCK, (hit.end - 1) // _BLOCK + 1)
        others = (other for block in blocks for other in near[block])
        if not any(_gives_way(hit, other) or _gives_way(other, hit) for other in others):
            kept.append(hit)
            for block in blocks:
                near[block].append(hit)
    return kept


def _in_whole_words(hits: list[Hit], found: Mapping[str, list[tuple[int, int]]], text: str) -> Iterator[Hit]:
    """Hits with the words as they are read: 作品登记补 of 作品登记补助 is told as 作品登记补助."""
    edges = {place for hit in hits for place in (hit.start, hit.end)}
    first, last = dict[int, int](), dict[int, int]()
    for part, spans in found.items():
        if part != "institutions" and UNCUT not in part:
            for start, end in spans:
                for place in range(start + 1, end):
                    if place in edges:
                        first[place] = min(start, first.get(place, start))
                        last[place] = max(end, last.get(place, end))
    for hit in hits:
        start, end = first.get(hit.start, hit.start), last.get(hit.end, hit.end)
        if (start, end) != (hit.start, hit.end):
            start, end = first.get(start, start), last.get(end, end)
            hit = replace(hit, words=text[start:end], whole=(start, end))  # noqa: PLW2901
        yield hit


def _gives_way(hit: Hit, other: Hit) -> bool:
    return _within(hit, other) and (hit.topic == other.topic or not other.topic.is_bare(other.words))


def _within(inner: Hit, outer: Hit) -> bool:
    """Whether a hit lies within another; two of the very same words stand side by side unless one topic has both."""
    if (inner.start, inner.end) == (outer.start, outer.end):
        return inner.topic == outer.topic
    return outer.start <= inner.start and inner.end <= outer.end
