"""Recognition → Subject: what a line is about, or why that cannot be said."""

from dataclasses import dataclass, replace
from enum import StrEnum

from checker.cues import cue, is_declared
from checker.denial import denied, without_denied
from checker.recognition import Candidate, Recognition
from checker.terms import Line
from checker.vocabulary import MATTERS, OTHER_DOMAINS, RUNNING, UNLISTED, UPPER, fold

# How heavy words must be; found on labelled lines, the same for every domain.
_ENOUGH = 2.5  # below it nothing is recognised: one stray word in the content
_MIXED = 10.0  # another domain is named more than in passing
_BESIDE = 0.3  # what a second topic must weigh, measured by the first
_LIKELY = 8.5  # usual words of one matter stand in the name
_HINTED = 12.0  # below it what the name says hints at no matter at all
_LIKE_ENOUGH = 0.4  # as like labelled lines of a kind as most of that kind are
_MUCH_LIKE = 0.6  # the same, where the name itself names a matter that is seldom anything else
_IN_NAME = 8.0  # a topic stands in the name by itself


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


_OPEN_KINDS = {UNLISTED: Kind.UNLISTED, UPPER: Kind.UPPER}


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


def subject(line: Line, seen: Recognition) -> Subject:
    """Say what a line is about; where two things are paid for in one line, say which."""
    by_words = _not_of_domain(line, seen) or _mixed_with_another(line, seen) or _of_domain(line, seen)
    told = _first_listed(_doubted(_asked(by_words, line, seen), line, seen), seen)
    denied = _denied(line, told.main) if told.kind is Kind.MATTER and told.main else ""
    return replace(told, kind=Kind.DENIED, denied=denied) if denied else told


def _first_listed(told: Subject, seen: Recognition) -> Subject:
    """Of matters that a line lists one after another, the first; with an unlisted one among them, several."""
    if told.kind is not Kind.MATTER or told.main not in seen.listed:
        return told
    unlisted = next((one for one in seen.listed if one.topic.kind in (UNLISTED, OTHER_DOMAINS)), None)
    if unlisted and told.main:
        return Subject(Kind.SEVERAL, told.main, unlisted)
    return replace(told, main=seen.listed[0])


def _denied(line: Line, main: Candidate) -> str:
    """What the name calls the line and its content says it is not, or the other way round: 行政裁决, 不办理行政裁决."""
    texts = {"name": fold(line.name), "content": fold(line.content)}
    for told, other in (("content", "name"), ("name", "content")):
        left = without_denied(texts[other]).replace("的", "")
        named = [one.words.replace("的", "") for one in main.evidence if one.field == other]
        for part in denied(texts[told]):
            core = part.replace("的", "")
            if core in left and any(words in core or words.endswith(core) for words in named):
                return part
    return ""


def _asked(by_words: Subject, line: Line, seen: Recognition) -> Subject:
    """A competent bureau's line that says too little is asked about, rather than taken to be of another domain."""
    likely = seen.best(MATTERS)
    if by_words.kind is not Kind.NOTHING or not seen.competent:
        return by_words
    if line.content.strip() and _in_name(likely) < _HINTED:
        return by_words
    return Subject(Kind.VAGUE, likely)


def _doubted(by_words: Subject, line: Line, seen: Recognition) -> Subject:
    """Where labelled lines like this one were left to a person, a matter found by words is left to one too.

    And where the words named no matter clearly, the one such lines were given to stands, if words point to it at all.
    """
    if not seen.like:
        return by_words
    likely, likeness = max(seen.like.items(), key=lambda item: item[1])
    enough = _MUCH_LIKE if likely == UNLISTED and _is_sure(by_words.main, seen) else _LIKE_ENOUGH
    if by_words.kind is Kind.MATTER and likely in _OPEN_KINDS and likeness >= enough:
        return replace(by_words, kind=_OPEN_KINDS[likely], main=seen.best(likely) or by_words.main, doubted=True)
    if by_words.kind is Kind.VAGUE and likeness >= _LIKE_ENOUGH and line.content.strip() and not line.matter:
        named = next((one for one in seen.candidates if one.topic.kind == MATTERS and one.topic.name == likely), None)
        return Subject(Kind.MATTER, named) if named and (named.in_name or named.words_in_content) else by_words
    return by_words


def _is_sure(main: Candidate | None, seen: Recognition) -> bool:
    """Whether the name names a matter that is seldom anything else, and nothing that is not listed."""
    return bool(main and main.topic.sure and main.named and main.in_name) and not _in_name(seen.best(UNLISTED))


def _not_of_domain(line: Line, seen: Recognition) -> Subject | None:
    running, other, domain = seen.best(RUNNING), seen.best(OTHER_DOMAINS), seen.best(MATTERS, UNLISTED, UPPER)
    if running and running.named and 0 < running.in_name >= _in_name(domain):
        return Subject(Kind.RUNNING, running)
    if _is_declared_running(line, running, domain):
        return Subject(Kind.RUNNING, running)
    if not _speaks(seen) or (not seen.own and other and other.named and other.score > _score(domain)):
        return Subject(Kind.OTHER_DOMAIN if other else Kind.NOTHING, other)
    return None if seen.speaks_in_name else _only_mentioned(line, seen, other, domain)


def _only_mentioned(line: Line, seen: Recognition, other: Candidate | None, domain: Candidate | None) -> Subject | None:
    """What a line is that speaks of the domain in its content alone."""
    if not seen.competent and not (domain and domain.named):
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


def _mixed_with_another(line: Line, seen: Recognition) -> Subject | None:
    others = [candidate for candidate in seen.candidates if candidate.topic.kind == OTHER_DOMAINS]
    running, listed = seen.best(RUNNING), seen.best(MATTERS)
    if running and running.named and running.words_in_content > 1 and listed and not listed.headed:
        return Subject(Kind.SEVERAL, listed, running)
    if not others:
        return None
    mixed = any(_stand_apart(other, listed) for other in others) or _is_mixed(others, line, _is_named_in_name(seen))
    return Subject(Kind.SEVERAL, seen.best(MATTERS, UNLISTED, UPPER), others[0]) if mixed else None


def _is_mixed(others: list[Candidate], line: Line, is_clear: bool) -> bool:
    """Whether other domains are paid for too; where the name is clear, only words like 一并 tell."""
    other, several = others[0], sum(bool(one.words_in_content) for one in others) > 1
    if cue("jointly", line):
        return other.named or several or other.in_name > 0
    if is_clear or not other.named:
        return False
    return several or (other.words_in_content > 1 and other.score >= _MIXED)


def _of_domain(line: Line, seen: Recognition) -> Subject:
    listed, unlisted, upper = seen.best(MATTERS), seen.best(UNLISTED), seen.best(UPPER)
    first = seen.best(MATTERS, UNLISTED, UPPER)
    if first is None or first.score < _ENOUGH or _says_too_little(first, line):
        return Subject(Kind.VAGUE, first)
    if upper and (first is upper or (upper.named and not (listed and listed.headed and listed.topic.about))):
        return Subject(Kind.UPPER, upper)
    if first is unlisted:
        return _unlisted_first(unlisted, listed)
    if unlisted and listed and _is_purpose_of(unlisted, listed):
        return Subject(Kind.UNLISTED, unlisted)
    if unlisted and listed and _stands_beside(unlisted, listed):
        return Subject(Kind.SEVERAL, listed, unlisted)
    return Subject(Kind.MATTER, listed)


def _says_too_little(first: Candidate, line: Line) -> bool:
    """Whether only the title of a document, or words that stand around many topics, speak for the first."""
    if all(item.field == "basis" for item in first.evidence):
        return True
    if first.named or first.headed:
        return False
    return bool(cue("vague", line)) or not (first.marked or first.words_in_content)


def _unlisted_first(unlisted: Candidate, listed: Candidate | None) -> Subject:
    if listed is None:
        return Subject(Kind.UNLISTED, unlisted)
    if _stand_apart(unlisted, listed):
        return Subject(Kind.SEVERAL, listed, unlisted)
    if listed.in_name and listed.named and unlisted.topic.name in listed.topic.keeps:
        return Subject(Kind.MATTER, listed)
    if listed.in_name > _IN_NAME and not unlisted.headed:
        return Subject(Kind.SEVERAL, listed, unlisted)
    return Subject(Kind.UNLISTED, unlisted)


def _is_purpose_of(unlisted: Candidate, listed: Candidate) -> bool:
    """Whether what is named is only what an unlisted purpose is about: 侵权案件侦办 is the work of the police."""
    if listed.headed or unlisted.topic.name in listed.topic.keeps:
        return False
    return unlisted.headed and unlisted.named and listed.taken


def _stands_beside(second: Candidate, first: Candidate) -> bool:
    """Whether a second topic is paid for in its own right, not as the way or the object of the first."""
    if _stand_apart(second, first):
        return True
    if first.headed or second.taken or second.topic.name in first.topic.keeps:
        return False
    return second.named and second.score >= _BESIDE * first.score


def _stand_apart(one: Candidate, other: Candidate | None) -> bool:
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


def beside(main: Candidate, seen: Recognition) -> tuple[Candidate, ...]:
    """The other matters a line names in their own right."""
    if main in seen.listed:
        return tuple(one for one in seen.listed if one is not main)
    return tuple(
        candidate
        for candidate in seen.candidates
        if candidate.topic.kind == MATTERS
        and candidate is not main
        and candidate.topic.name not in main.topic.keeps
        and candidate.named
        and not candidate.taken
        and candidate.score >= _BESIDE * main.score
    )


def _score(candidate: Candidate | None) -> float:
    return candidate.score if candidate else 0.0


def _in_name(candidate: Candidate | None) -> float:
    return candidate.in_name if candidate else 0.0
