"""Text of a line → the topics it may be about, heaviest first, with the words that say so.

What is denied is taken out first; what stands in the project name weighs more than what the content mentions; and
the purpose of the money, which ends a Chinese project name, decides over the topic that stands before it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from checker.cues import first_cue
from checker.denial import denied, without_denied
from checker.likeness import kind_of
from checker.likeness import load as load_likeness
from checker.purposes import listed, purposes_in, segment_of, takes, what_they_pay_for
from checker.terms import Evidence, Line
from checker.vocabulary import MATTERS, OTHER_DOMAINS, UNLISTED, UPPER, Found, Hit, Topic, Vocabulary, fold

_FIELDS = {"name": 3.0, "content": 1.0, "basis": 0.3}
_HEAD = 12.0
_TAKEN = 0.25  # what is left of a topic that stands before the purpose of the money
_LIKE = 40.0  # what being just like labelled lines of a kind weighs; words must have named it first
_OF_LIST = 1.5  # what being one of several in a list of the content weighs


@dataclass(frozen=True)
class Candidate:
    """A topic the line may be about.

    named: words that name it by themselves stand in the line; marked: usual words of it alone do; headed: it is the
    purpose of the money;
    taken: another topic's purpose stands behind it, so it is what that purpose is about; segments: the parts of the
    name (divided by 与, 和, 及 …) in which it stands clearly.
    """

    topic: Topic
    score: float
    in_name: float
    named: bool
    marked: bool
    headed: bool
    taken: bool
    segments: frozenset[int]
    evidence: tuple[Evidence, ...]

    @property
    def words_in_content(self) -> int:
        return sum(item.field == "content" for item in self.evidence)


@dataclass(frozen=True)
class Recognition:
    """What a line may be about, and by which words it speaks of the domain at all.

    speaks_in_name and speaks say whether words of the domain, or words that name a topic of it, stand in the name
    and anywhere; own are the words themselves; competent says whether the bureau's name tells of the domain; like
    says how like the line is to labelled lines of each kind; listed are the matters that the name (or the content,
    where the name has none) lists one after another (执法、宣传、维权援助), in their order.
    """

    candidates: tuple[Candidate, ...]
    own: tuple[Evidence, ...]
    speaks_in_name: bool
    speaks: bool
    competent: bool
    like: Mapping[str, float] = field(default_factory=dict)
    listed: tuple[Candidate, ...] = ()

    def best(self, *kinds: str) -> Candidate | None:
        """The heaviest candidate of the kinds given."""
        return next((candidate for candidate in self.candidates if candidate.topic.kind in kinds), None)


@dataclass
class _Tally:
    """What is gathered of one topic while its hits are counted."""

    score: float = 0.0
    in_name: float = 0.0
    named: bool = False
    marked: bool = False
    headed: bool = False
    taken: bool = False
    segments: set[int] = field(default_factory=set)
    evidence: dict[Evidence, float] = field(default_factory=dict)

    def count(self, where: str, words: str, weight: float) -> None:
        self.score += weight
        self.in_name += weight if where == "name" else 0.0
        if weight > 0:  # what speaks against a topic is no evidence of it
            seen = Evidence(where, words)
            self.evidence[seen] = max(weight, self.evidence.get(seen, 0.0))


def recognise(line: Line, vocabulary: Vocabulary) -> Recognition:
    """Name what a line may be about, from its name, content and basis."""
    said = _read(line.name, line.content, line.basis, vocabulary)
    by_body, competent = bureau_says(line.bureau, vocabulary)
    own_in = {evidence.field for evidence in said.own}
    named = said.named if competent else frozenset[str]()
    speaks = bool(own_in & {"name", "content"} or named & {"name", "content"} or by_body)
    in_name = "name" in own_in | named
    return Recognition(said.candidates, said.own, in_name, speaks, competent, said.like, said.listed)


@lru_cache(maxsize=16_384)
def bureau_says(bureau: str, vocabulary: Vocabulary) -> tuple[bool, bool]:
    """All that a bureau's name tells of the domain: whether it is a body of it, and whether it is competent in it."""
    name = fold(bureau)
    by_body = any(body in name for body in vocabulary.own_bodies)
    competent = not name or not vocabulary.competent or any(body in name for body in vocabulary.competent)
    return by_body, competent


@dataclass(frozen=True)
class _Said:
    """What the words of a line say by themselves, whoever wrote them; named are the fields that name a topic."""

    candidates: tuple[Candidate, ...]
    own: tuple[Evidence, ...]
    named: frozenset[str]
    like: Mapping[str, float]
    listed: tuple[Candidate, ...]


@lru_cache(maxsize=64)  # lines of one text come one after another
def _read(name: str, content: str, basis: str, vocabulary: Vocabulary) -> _Said:
    typed = {"name": name, "content": content, "basis": basis}
    texts = {where: without_denied(fold(text)) for where, text in typed.items()}
    tallies: dict[Topic, _Tally] = defaultdict(_Tally)
    own, near, named = [], [], set()
    said = _find(texts, vocabulary)
    for where, found in said.items():
        _weigh(where, texts[where], found.hits, vocabulary, tallies)
        own += [Evidence(where, words) for words in found.own]
        near += [Evidence(where, words) for words in found.near]
        named |= {where for hit in found.hits if hit.names and _names_domain(hit.topic)}
    if _best(tallies, MATTERS, UNLISTED, UPPER) > (0.0 if own else _named(tallies, OTHER_DOMAINS)):
        own += near  # a book may be 正版 anywhere: it speaks of the domain where a topic of it is told as well
    if own and all(one.words in vocabulary.shared for one in own) and _is_of_another(tallies):
        own, named = [], set()
    for topic in [topic for topic in tallies if topic.undone and _is_undone(topic, typed, texts)]:
        del tallies[topic]
    in_lists = _listed_in(texts, said, tallies, vocabulary)
    like = _likeness(name, content, vocabulary.domain)
    for topic, tally in tallies.items():
        tally.score += _LIKE * max(0.0, like.get(kind_of(topic), 0.0)) if tally.score > 0 else 0.0
    ranked = _ranked(tallies)
    places = {one.topic: one for one in ranked}
    return _Said(ranked, tuple(own), frozenset(named), like, tuple(places[one] for one in in_lists if one in places))


def _is_undone(topic: Topic, typed: Mapping[str, str], left: Mapping[str, str]) -> bool:
    """Whether a line says that a topic is not done, and nowhere that it is; left is what it does not deny."""
    said = {part for text in typed.values() for part in denied(fold(text))}
    return any(part.endswith(word) for part in said for word in topic.undone) and not any(
        word in text for text in (left["name"], left["content"]) for word in topic.undone
    )


def _best(tallies: Mapping[Topic, _Tally], *kinds: str) -> float:
    """What the heaviest topic of these kinds weighs."""
    return max((tally.score for topic, tally in tallies.items() if topic.kind in kinds), default=0.0)


def _named(tallies: Mapping[Topic, _Tally], kind: str) -> float:
    """What the heaviest topic of a kind weighs that words name by themselves."""
    return _best({topic: tally for topic, tally in tallies.items() if tally.named}, kind)


def _is_of_another(tallies: Mapping[Topic, _Tally]) -> bool:
    """Whether another domain is named, or its goods are in a name that names no more than their being checked.

    Words that it shares with ours are its own then (假冒卷烟).
    """
    others = [tally for topic, tally in tallies.items() if topic.kind == OTHER_DOMAINS]
    matters = [topic for topic, tally in tallies.items() if topic.kind == MATTERS and tally.named]
    return any(one.named or (one.in_name > 0 and all(topic.sure for topic in matters)) for one in others)


def _find(texts: Mapping[str, str], vocabulary: Vocabulary) -> dict[str, Found]:
    """What each text says; if none says anything, they are read again with mistyped names put right."""
    said = {where: _found_in(text, vocabulary) for where, text in texts.items()}
    if any(found.own or any(hit.names for hit in found.hits) for found in said.values()):
        return said
    return {where: _as_typed(vocabulary.find(vocabulary.mend(text)), text) for where, text in texts.items()}


@lru_cache(maxsize=1024)  # a document that many lines are based on is read once
def _found_in(text: str, vocabulary: Vocabulary) -> Found:
    return vocabulary.find(text)


@lru_cache(maxsize=64)
def _likeness(name: str, content: str, domain: str) -> Mapping[str, float]:
    likeness = load_likeness(domain)
    return likeness.of(name, content) if likeness else {}


def _as_typed(found: Found, text: str) -> Found:
    return replace(
        found, hits=tuple(replace(hit, words=text[slice(*(hit.whole or (hit.start, hit.end)))]) for hit in found.hits)
    )


def _names_domain(topic: Topic) -> bool:
    """Whether naming the topic is speaking of the domain: training and publicity there are everywhere."""
    return topic.kind == MATTERS and not topic.needs_own and not topic.about


def _ranked(tallies: dict[Topic, _Tally]) -> tuple[Candidate, ...]:
    candidates = [
        Candidate(
            topic,
            tally.score,
            tally.in_name,
            tally.named,
            tally.marked,
            tally.headed,
            tally.taken,
            frozenset(tally.segments),
            tuple(sorted(tally.evidence, key=lambda evidence: -tally.evidence[evidence])),
        )
        for topic, tally in tallies.items()
        if tally.score > 0
    ]
    return tuple(sorted(candidates, key=lambda candidate: (-candidate.score, candidate.topic.name)))


def _weigh(where: str, text: str, hits: tuple[Hit, ...], vocabulary: Vocabulary, tallies: dict[Topic, _Tally]) -> None:
    found = list(purposes_in(text, vocabulary)) if where == "name" else []
    purposes, spent = what_they_pay_for(found, hits, text)
    for _, end, topic, words in purposes:
        tallies[topic].headed = True
        tallies[topic].segments.add(segment_of(end - 1, text))
        tallies[topic].count(where, words, _HEAD)
    heaviest: dict[tuple[Topic, str], tuple[float, str]] = {}
    across: dict[Topic, set[int]] = defaultdict(set)
    for hit in hits:
        tally, weight = tallies[hit.topic], hit.weight * _FIELDS[where]
        if where != "basis":  # the title of a document does not say what a line is
            tally.named |= hit.names
            tally.marked |= hit.strength == "marks"
        taken = any(start <= hit.start < end and takes(topic, hit.topic) for start, end, topic, _ in purposes)
        if taken or any(start <= hit.start < end and topic == hit.topic for start, end, topic, _ in spent):
            tally.taken, weight = True, weight * _TAKEN
        elif where == "name" and hit.strength in ("names", "marks"):
            last = segment_of(hit.end - 1, text)
            (tally.segments if last == segment_of(hit.start, text) else across[hit.topic]).add(last)
        said = (hit.topic, text[hit.start : hit.end])
        heaviest[said] = max((weight, hit.words), heaviest.get(said, (weight, hit.words)))
    for topic, ends in across.items():  # words on both sides of 与 tell of a part where no others do
        tallies[topic].segments |= set() if tallies[topic].segments else ends
    for (topic, _), (weight, words) in heaviest.items():
        tallies[topic].count(where, words, weight)


def _listed_in(
    texts: Mapping[str, str], said: Mapping[str, Found], tallies: dict[Topic, _Tally], vocabulary: Vocabulary
) -> tuple[Topic, ...]:
    """The matters that a line lists in its name or, where the name names none, in its content."""
    if in_name := listed(texts["name"], said["name"].hits, vocabulary, "、和与及暨"):
        return tuple(in_name)
    named = any(tally.named and tally.in_name > 0 for topic, tally in tallies.items() if topic.kind == MATTERS)
    if named and not first_cue("bundle", texts["name"], ""):
        return ()
    in_content = listed(texts["content"], said["content"].hits, vocabulary)
    for topic, words in in_content.items():
        tallies[topic].count("content", words, _OF_LIST)
    return tuple(in_content)
