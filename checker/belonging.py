"""Recognition → whether a line is of the domain at all: it may run the office, be another domain's, or mix the two."""

from dataclasses import dataclass
from enum import StrEnum

from checker.cues import cue, is_declared
from checker.recognition import Candidate, Recognition
from checker.terms import Line
from checker.vocabulary import MATTERS, OTHER_DOMAINS, RUNNING, UNLISTED, UPPER

# How heavy words must be; found on labelled lines, the same for every domain.
_MIXED = 10.0  # another domain is named more than in passing
_FAR = 2.0  # a matter that weighs so many times the running costs is what they are spent on
_LIKELY = 8.5  # usual words of one matter stand in the name

_OURS = (MATTERS, UNLISTED, UPPER)


class Kind(StrEnum):
    """What a line can turn out to be."""

    MATTER = "matter"
    UNLISTED = "unlisted"
    UPPER = "upper"
    SEVERAL = "several"
    VAGUE = "vague"
    DENIED = "denied"
    RUNNING = "running"
    OTHER_DOMAIN = "other domain"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Subject:
    """What a line is about: main is the topic that decides; beside is what stands beside it (several).

    doubted: words named a matter, but labelled lines like this one were left to a person; denied are the words by
    which the line says that it is not what it is called.
    """

    kind: Kind
    main: Candidate | None = None
    beside: Candidate | None = None
    doubted: bool = False
    denied: str = ""


def not_of_domain(line: Line, seen: Recognition) -> Subject | None:
    """What a line is that is not of the domain, or only mentions it; None where it is."""
    running, other, domain = seen.best(RUNNING), seen.best(OTHER_DOMAINS), seen.best(*_OURS)
    if running and running.named and 0 < running.in_name >= in_name(domain) and not _is_of_another(running, domain):
        return Subject(Kind.RUNNING, running)
    if _is_declared_running(line, running, domain):
        return Subject(Kind.RUNNING, running)
    if not _speaks(seen) or (not seen.own and other and other.named and other.score > _score(domain)):
        return Subject(Kind.OTHER_DOMAIN if other else Kind.NOTHING, other)
    return None if seen.speaks_in_name else _only_mentioned(line, seen, other, domain)


def _is_of_another(running: Candidate, domain: Candidate | None) -> bool:
    """Whether the running costs in a name stand beside a matter, or are costs of doing it."""
    return stand_apart(running, domain) or _outweighs(domain, running)


def _outweighs(domain: Candidate | None, running: Candidate) -> bool:
    """Whether so much is said of a matter that the cost in the name is one of doing it: 差旅费 of an adjudication."""
    return domain is not None and domain.named and domain.score >= _FAR * running.score


def _only_mentioned(line: Line, seen: Recognition, other: Candidate | None, domain: Candidate | None) -> Subject | None:
    """What a line is that speaks of the domain in its content alone."""
    if not seen.competent and not any(one.named and one.topic.kind in _OURS for one in seen.candidates):
        return Subject(Kind.OTHER_DOMAIN if other else Kind.NOTHING, other)
    if other and cue("mentioned", line):
        return Subject(Kind.OTHER_DOMAIN, other)
    if other and other.named and other.in_name:
        return Subject(Kind.SEVERAL, domain, other) if domain and domain.named else Subject(Kind.OTHER_DOMAIN, other)
    return None


def _is_declared_running(line: Line, running: Candidate | None, domain: Candidate | None) -> bool:
    """Whether the bureau itself says the money runs the office, and the words do not name a matter instead."""
    if is_declared(line.nature, "running"):
        return not (domain and domain.named and domain.in_name)
    return is_declared(line.nature, "own_use") and running is not None


def _speaks(seen: Recognition) -> bool:
    """Whether a line speaks of the domain: by its words, or by usual words of one matter and none of another domain."""
    if seen.speaks:
        return True
    likely, other = seen.best(MATTERS), seen.best(OTHER_DOMAINS)
    if likely is None or likely.topic.needs_own or not seen.competent or (other and (other.named or other.in_name)):
        return False
    return likely.named if likely.topic.about or likely.topic.sure else likely.in_name >= _LIKELY


def mixed_with_another(line: Line, seen: Recognition) -> Subject | None:
    """A line that pays for office costs or another domain beside a matter; None where it does not."""
    others = [candidate for candidate in seen.candidates if candidate.topic.kind == OTHER_DOMAINS]
    running, listed = seen.best(RUNNING), seen.best(MATTERS)
    if running and (running.named or running.headed) and listed and _is_paid_beside(running, listed):
        return Subject(Kind.SEVERAL, listed, running)
    if not others:
        return None
    mixed = any(stand_apart(other, listed) for other in others) or _is_mixed(others, line, _is_named_in_name(seen))
    return Subject(Kind.SEVERAL, seen.best(*_OURS), others[0]) if mixed else None


def _is_paid_beside(running: Candidate, listed: Candidate) -> bool:
    """Whether the running of the office is paid for beside a matter, in its own part of the name or by many words."""
    by_many = running.named and running.words_in_content > 1
    return stand_apart(running, listed) or (by_many and not listed.headed)


def _is_mixed(others: list[Candidate], line: Line, is_clear: bool) -> bool:
    """Whether other domains are paid for too; where the name is clear, only words like 一并 tell."""
    other, several = others[0], sum(bool(one.words_in_content) for one in others) > 1
    if cue("jointly", line):
        return other.named or several or other.in_name > 0
    if is_clear or not other.named:
        return False
    return several or (other.words_in_content > 1 and other.score >= _MIXED)


def stand_apart(one: Candidate, other: Candidate | None) -> bool:
    """Whether two topics stand in different parts of the name: 注册补助与打假.

    A purpose done about others (训练营) covers all that stands before it.
    """
    if other is None or not one.segments or not other.segments or one.segments & other.segments:
        return False
    _, last = sorted((one, other), key=lambda candidate: max(candidate.segments))
    return not (last.headed and last.topic.about)


def _is_named_in_name(seen: Recognition) -> bool:
    """Whether the name itself names a matter: then the content tells of its industries and goods."""
    listed = seen.best(MATTERS)
    return listed is not None and listed.named and bool(listed.segments)


def _score(candidate: Candidate | None) -> float:
    return candidate.score if candidate else 0.0


def in_name(candidate: Candidate | None) -> float:
    """What a topic weighs in the name, 0 where there is none."""
    return candidate.in_name if candidate else 0.0
