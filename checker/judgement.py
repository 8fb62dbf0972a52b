"""A line and the plans in force → one verdict, with the clause and the words that led to it."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from operator import attrgetter
from typing import TYPE_CHECKING

from checker.case import TEXT, Case, decide
from checker.facts import establish, told_by_bureau
from checker.note import in_cell
from checker.plan import Plan
from checker.reasons import SEVERAL
from checker.recognition import bureau_says, recognise
from checker.subject import subject
from checker.terms import Judgement, Line, Verdict
from checker.vocabulary import Vocabulary
from checker.vocabulary_file import vocabulary_of

if TYPE_CHECKING:
    from checker.register import Determinations


_OF_FUNDS = ("own_funds", "transfer", "other_funds")
_FUNDS = attrgetter(*_OF_FUNDS)
_AS_IT_STANDS = attrgetter(*(one.name for one in fields(Line) if one.name not in {*TEXT, *_OF_FUNDS, "bureau"}))


def judge(line: Line, plans: Sequence[Plan], determinations: "Determinations | None" = None) -> Judgement:
    """One verdict on one line; the plan it belongs to, if any of them, decides."""
    return judge_all([line], plans, determinations)[0]


def judge_all(
    lines: Iterable[Line], plans: Sequence[Plan], determinations: "Determinations | None" = None
) -> list[Judgement]:
    """A verdict on each line, in their order; lines that differ in nothing that bears on it are judged once.

    Lines of one text come one after another, so that its words are looked for once, and nothing of them is kept.
    """
    text, lines, vocabularies = attrgetter(*TEXT), list(lines), [(plan, vocabulary_of(plan)) for plan in plans]
    of_text: dict[tuple[str, ...], list[int]] = {}
    for place, line in enumerate(lines):
        of_text.setdefault(text(line), []).append(place)
    bureaus = _Bureaus(vocabularies)
    judged: dict[int, Judgement] = {}
    for places in of_text.values():
        known: dict[tuple[object, ...], Judgement] = {}
        for place in places:
            bearing = _bearing(lines[place], bureaus)
            if bearing not in known:
                known[bearing] = _judge(lines[place], vocabularies, determinations)
            judged[place] = known[bearing]
    return [judged[place] for place in range(len(lines))]


def _bearing(line: Line, bureaus: "_Bureaus") -> tuple[object, ...]:
    """All of a line beside its text that can bear on the verdict.

    Of its funds only whether there are any; of the bureau's name only what it says of the domain and of its own level.
    """
    funds = [None if amount is None else amount != 0 for amount in _FUNDS(line)]
    return *_AS_IT_STANDS(line), *funds, bureaus[line.bureau, line.division]


class _Bureaus(dict[tuple[str, str], tuple[object, ...]]):
    """What each bureau's name says under each plan, by name and division; found out once."""

    def __init__(self, vocabularies: Sequence[tuple[Plan, Vocabulary]]) -> None:
        super().__init__()
        self._vocabularies = vocabularies

    def __missing__(self, key: tuple[str, str]) -> tuple[object, ...]:
        known = self._vocabularies
        says = ((bureau_says(key[0], vocabulary), told_by_bureau(*key, plan)) for plan, vocabulary in known)
        self[key] = tuple(says)
        return self[key]


def _judge(
    line: Line, vocabularies: Sequence[tuple[Plan, Vocabulary]], determinations: "Determinations | None"
) -> Judgement:
    judgements = [_judge_by(line, plan, vocabulary, determinations) for plan, vocabulary in vocabularies]
    inside = [one for one in judgements if one.verdict is not Verdict.OUTSIDE]
    decided = [one for one in inside if one.verdict is not Verdict.UNDECIDED]
    if len(decided) > 1:
        named = tuple(one.matter or "" for one in decided)
        return Judgement(
            Verdict.UNDECIDED, f"同时涉及几个方案的事项（{'、'.join(named)}），请拆分", reason=SEVERAL, parts=named
        )
    return (decided or inside or judgements)[0]


def _judge_by(
    line: Line, plan: Plan, vocabulary: Vocabulary, determinations: "Determinations | None" = None
) -> Judgement:
    seen = recognise(line, vocabulary)
    case = Case(line, plan, establish(line, plan), seen, subject(line, seen), determinations)
    return _as_typed(decide(case), case)


def _as_typed(judgement: Judgement, case: Case) -> Judgement:
    """The judgement with every word of evidence as it stands in its cell, and what is known of levels."""
    because, typed = judgement.because, []
    for one in judgement.evidence:
        told = in_cell(one, case.line)
        because = because.replace(f"“{one.words}”", f"“{told.words}”") if told != one else because
        typed.append(told)
    shift = case.facts.cost_shift
    return replace(
        judgement,
        because=because,
        evidence=tuple(typed),
        cost_shift=in_cell(shift, case.line) if shift else None,
        scope_doubt=case.facts.scope_doubt,
        doubt=case.facts.doubt,
        affiliation=case.facts.affiliation,
    )
