"""Words of an officer's note: what a line is taken for, by which words, and what the clause says."""

from checker.holding import Holding
from checker.messages import title
from checker.plan import Matter, Plan
from checker.recognition import Candidate
from checker.terms import Evidence, Line
from checker.vocabulary import as_typed

_SHOWN = 3  # how many words a note quotes
_LONGEST = 12  # a longer word is told in place of one that it contains, up to this length
_ELSEWHERE = ("content", "basis")  # columns that are told with their words; those of the name go without saying


def taken_for(matter: Matter, words: tuple[Evidence, ...], declared: Evidence | None) -> str:
    """Which matter the line is, by its words or by what the bureau declared."""
    if declared:
        return f"按填报的{title('matter')}，是“{matter.name}”"
    return f"按{quoted(words)}，是“{matter.name}”"


def ruling(plan: Plan, matter: Matter, holding: Holding) -> str:
    """What the clause gives to whom, in its own words."""
    clause = holding.clause
    quote = f"{matter.number}“{clause.quote}”" if clause else matter.number
    if len(holding.levels) > 1:
        return quote
    return f"{quote}由{plan.called(holding.levels[0])}承担"


def by_words(main: Candidate) -> str:
    """按“…”、“…”: what the reading of a line stands on."""
    return f"按{quoted(words_of(main))}"


def quoted(words: tuple[Evidence, ...]) -> str:
    """Words in quotation marks, none twice; those that do not stand in the name with their column before them."""
    of_column: dict[str, dict[str, None]] = {}
    for evidence in words[:_SHOWN]:
        column = f"{title(evidence.field)}中的" if evidence.field in _ELSEWHERE else ""
        of_column.setdefault(column, {}).setdefault(f"“{evidence.words}”")
    told = (f"{column}{'、'.join(quotes)}" for column, quotes in sorted(of_column.items()))
    return "和".join(told) or "明细的文字"


def words_of(candidate: Candidate | None) -> tuple[Evidence, ...]:
    """The heaviest words of a candidate, each as long as it stands, none of them part of another."""
    known = candidate.evidence if candidate else ()
    known = tuple(one for one in known if one.field != "basis") or known
    known = tuple(sorted(known, key=lambda one: "、" in one.words))  # words on both sides of a divider come last
    told: list[Evidence] = []
    for one in known:
        longest = max((other for other in known if _holds(other, one)), key=lambda other: len(other.words), default=one)
        across = told and "、" in longest.words
        if not across and not any(longest.words in other.words or other.words in longest.words for other in told):
            told.append(longest)
    return tuple(told[:_SHOWN])


def _holds(longer: Evidence, one: Evidence) -> bool:
    is_one_word = len(longer.words) <= _LONGEST and "、" not in longer.words
    return longer.field == one.field and one.words in longer.words and is_one_word


def in_cell(words: Evidence, line: Line) -> Evidence:
    """Words of a folded text as they stand in their cell: traditional, full width, with their brackets."""
    return Evidence(words.field, as_typed(words.words, getattr(line, words.field)))
