"""A name → its parts that end with the purpose of the money, and the matters that a text lists one after another.

The purpose ends a Chinese project name (行政裁决联络员培训 is training); the topic that stands before it is what it is
about, unless that topic keeps its own.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, lru_cache

from checker.common import common
from checker.vocabulary import MATTERS, OTHER_DOMAINS, UNLISTED, Hit, Topic, Vocabulary, fold

# What divides a name; an insert in brackets does not: 示范基地（站）建设 is one part.
_SEGMENT = re.compile(r"[（(]\w{1,6}[)）](?=\w)|([暨及与和、+,，;；:：()（）]|加(?=奖|补|资助|培训|宣传))")
_PART = re.compile(r"[、暨及与和+,，;；:：()（）。\n]")

Purpose = tuple[int, int, Topic, str]  # from where to where in the name, for what, in which words


def purposes_in(text: str, vocabulary: Vocabulary) -> Iterator[Purpose]:
    """Each part of a name that ends with the purpose of the money: where it stands, the topic, the words."""
    start = 0
    for end in (*_dividers(text), len(text)):
        if found := _purpose(text[start:end], vocabulary):
            yield start, end, *found
        start = end + 1


def _purpose(part: str, vocabulary: Vocabulary) -> tuple[Topic, str] | None:
    """The topic whose head ends this part of a name, trailing words like 经费 and 项目 set aside."""
    while part:
        for size in range(min(vocabulary.longest_head, len(part)), 0, -1):
            if topic := vocabulary.heads.get(part[-size:]):
                return topic, part[-size:]
        shorter = _trailers().sub("", part)
        if shorter == part:
            return None
        part = shorter
    return None


@cache
def _trailers() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(re.escape(fold(word)) for word in common('trailers'))})$")


def what_they_pay_for(purposes: list[Purpose], hits: tuple[Hit, ...], text: str) -> tuple[list[Purpose], list[Purpose]]:
    """Purposes that decide, and those that give way to what they pay for: 执法补助 is 执法, 授权补助 a subsidy."""
    decide, spent = [], []
    for start, end, topic, words in purposes:
        inside = [hit for hit in hits if hit.names and hit.topic != topic and start <= hit.start < end]
        paid = [hit for hit in inside if _keeps(hit.topic, topic)] if topic.is_bare(text[start:end]) else []
        unlisted = [hit for hit in paid if hit.topic.kind == UNLISTED]
        if paid:
            spent.append((start, end, topic, words))
        if unlisted:
            decide.append((start, end, unlisted[0].topic, unlisted[0].words))
        elif not paid:
            decide.append((start, end, topic, words))
    return decide, spent


def segment_of(place: int, text: str) -> int:
    """Which part of a name a place lies in: how many dividers stand before it."""
    return bisect_left(_dividers(text), place)


@lru_cache(maxsize=8)
def _dividers(text: str) -> tuple[int, ...]:
    return tuple(match.start() for match in _SEGMENT.finditer(text) if match[1])


def takes(purpose: Topic, topic: Topic) -> bool:
    """Whether what stands before a purpose is only what it is about."""
    return purpose != topic and purpose.name not in topic.keeps


def _keeps(topic: Topic, purpose: Topic) -> bool:
    """Whether a topic stays what the money is for where a purpose that does not say its object stands behind it."""
    return topic.name in purpose.gives_way or purpose.name in topic.keeps


def listed(text: str, hits: tuple[Hit, ...], vocabulary: Vocabulary, dividers: str = "、") -> dict[Topic, str]:
    """The matters a text lists, at least two, and their words; none where the last is done about the others."""
    if not any(divider in text for divider in dividers):
        return {}
    topics: dict[Topic, str] = {}
    start, last, words, bare = 0, None, "", False
    for match in [*_PART.finditer(text), None]:
        end = match.start() if match else len(text)
        last, words, bare = _named_in(start, end, text, hits, vocabulary)
        if last and last.kind in (MATTERS, UNLISTED, OTHER_DOMAINS):
            topics.setdefault(last, words)
        start = match.end() if match else end
    about_others = last is not None and last.about and not bare and any(not topic.about for topic in topics)
    return {} if len(topics) < 2 or about_others else topics


def _named_in(
    start: int, end: int, text: str, hits: tuple[Hit, ...], vocabulary: Vocabulary
) -> tuple[Topic | None, str, bool]:
    """What one part of a list names, by the purpose that ends it or by words inside it, and whether by no more."""
    found = _purpose(text[start:end], vocabulary)
    if found and not found[0].is_bare(text[start:end]):
        return *found, text[start:end].startswith(found[1])
    inside = [hit for hit in hits if hit.names and start <= hit.start and hit.end <= end]
    named = next(((hit.topic, hit.words) for hit in inside if not hit.topic.is_bare(hit.words)), found)
    return (*named, False) if named else (None, "", False)
