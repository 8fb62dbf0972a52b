"""Recognition → Subject: what a line is about, or why that cannot be said."""

from dataclasses import replace

from checker.belonging import Kind, Subject, in_name, mixed_with_another, not_of_domain, stand_apart
from checker.cues import cue
from checker.denial import denied, without_denied
from checker.recognition import Candidate, Recognition
from checker.terms import Line
from checker.vocabulary import MATTERS, OTHER_DOMAINS, UNLISTED, UPPER, fold

# How heavy words must be; found on labelled lines, the same for every domain.
_ENOUGH = 2.5  # below it nothing is recognised: one stray word in the content
_BESIDE = 0.3  # what a second topic must weigh, measured by the first
_ABOUT = 0.6  # as much is said of training, publicity … about a matter as this share of what is said of the matter
_PASSING = 0.28  # below this share of the first topic what the content says of the levels above is said in passing
_HINTED = 12.0  # below it what the name says hints at no matter at all
_LIKE_ENOUGH = 0.4  # as like labelled lines of a kind as most of that kind are
_MUCH_LIKE = 0.6  # the same, where the name itself names a matter that is seldom anything else
_IN_NAME = 8.0  # a topic stands in the name by itself

_OPEN_KINDS = {UNLISTED: Kind.UNLISTED, UPPER: Kind.UPPER}


def subject(line: Line, seen: Recognition) -> Subject:
    """Say what a line is about; where two things are paid for in one line, say which."""
    by_words = not_of_domain(line, seen) or mixed_with_another(line, seen) or _of_domain(line, seen)
    told = _first_listed(_doubted(_asked(by_words, line, seen), line, seen), seen)
    if told.kind is not Kind.MATTER or not told.main:
        return told
    for one in (told.main, *(one for one in seen.candidates if one.topic.undone and one.named)):
        if denied := _denied(line, one):
            return replace(told, kind=Kind.DENIED, main=one, denied=denied)
    return told


def _first_listed(told: Subject, seen: Recognition) -> Subject:
    """Of matters that a line lists one after another, the first; with an unlisted one among them, several."""
    unlisted = next((one for one in seen.listed if one.topic.kind in (UNLISTED, OTHER_DOMAINS)), None)
    if told.kind is Kind.MATTER and told.main and unlisted:
        return Subject(Kind.SEVERAL, told.main, unlisted)
    return replace(told, main=seen.listed[0]) if told.kind is Kind.MATTER and told.main in seen.listed else told


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
    if line.content.strip() and in_name(likely) < _HINTED and not cue("vague", line):
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
    says_more = line.content.strip() and not line.matter and not cue("unsaid", line)
    if by_words.kind is Kind.VAGUE and likeness >= _LIKE_ENOUGH and says_more:
        named = next((one for one in seen.candidates if one.topic.kind == MATTERS and one.topic.name == likely), None)
        return Subject(Kind.MATTER, named) if named and (named.in_name or named.words_in_content) else by_words
    return by_words


def _is_sure(main: Candidate | None, seen: Recognition) -> bool:
    """Whether the name names a matter that is seldom anything else, and nothing that is not listed."""
    return bool(main and main.topic.sure and main.named and main.in_name) and not in_name(seen.best(UNLISTED))


def _of_domain(line: Line, seen: Recognition) -> Subject:
    listed, unlisted, upper = seen.best(MATTERS), seen.best(UNLISTED), seen.best(UPPER)
    first = seen.best(MATTERS, UNLISTED, UPPER)
    if first is None or first.score < _ENOUGH or _says_too_little(first, line):
        return Subject(Kind.VAGUE, first)
    if upper and (first is upper or _is_left_to_above(upper, first, listed)):
        return Subject(Kind.UPPER, upper)
    if first is unlisted:
        return _unlisted_first(unlisted, listed)
    if unlisted and listed and _is_purpose_of(unlisted, listed):
        return Subject(Kind.UNLISTED, unlisted)
    if unlisted and listed and _stands_beside(unlisted, listed):
        return Subject(Kind.SEVERAL, listed, unlisted)
    return Subject(Kind.MATTER, listed)


def _is_left_to_above(upper: Candidate, first: Candidate, listed: Candidate | None) -> bool:
    """Whether a matter of a level above is named for more than what training, publicity … is about."""
    about = listed is not None and listed.headed and listed.topic.about
    return upper.named and not about and (upper.in_name > 0 or upper.score >= _PASSING * first.score)


def _says_too_little(first: Candidate, line: Line) -> bool:
    """Whether only the title of a document, or words that stand around many topics, speak for the first."""
    if all(item.field == "basis" for item in first.evidence):
        return True
    if first.headed or (first.named and not cue("unsaid", line)):
        return False
    return bool(cue("vague", line) or cue("unsaid", line)) or not (first.marked or first.words_in_content)


def _unlisted_first(unlisted: Candidate, listed: Candidate | None) -> Subject:
    if listed is None:
        return Subject(Kind.UNLISTED, unlisted)
    if stand_apart(unlisted, listed):
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
    if stand_apart(second, first):
        return True
    if first.headed or second.taken or second.topic.name in first.topic.keeps:
        return False
    return second.named and second.score >= _BESIDE * first.score


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
        and not candidate.taken
        and _is_another(candidate, main)
    )


def _is_another(candidate: Candidate, main: Candidate) -> bool:
    """Whether words name a topic beside the main one, or as many speak of training, publicity … about that one."""
    about = candidate.topic.about and not main.topic.about and candidate.score >= _ABOUT * main.score
    return about or (candidate.named and candidate.score >= _BESIDE * main.score)
