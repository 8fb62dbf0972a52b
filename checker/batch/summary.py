"""The end of a run → one summary on the budget office's desk, listing also the mails a person must look after."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from checker.batch.handling import Done, Office
from checker.batch.work import law_of
from checker.changes import Changes
from checker.config import Batch
from checker.desk import render
from checker.desk.letters import Letter
from checker.ledger import Run
from checker.ledger.work import redo
from checker.report import Outcome
from checker.standing import Standing, standings
from checker.store import LOST

_LOST = "这份文件的核查结果在存档中丢失或已损坏，没有计入汇总。下次运行时重新核查。"


@dataclass(frozen=True)
class _Refused:
    """A file that never came into the ledger, because nobody could open it; the summary names it all the same."""

    outcome: Outcome
    changes: Changes | None = None
    replaces: tuple[str, ...] = ()


def summary(
    office: Office, run: Run, batch: Batch, finished: tuple[Done, ...], fresh: set[str], letters: Iterable[Letter]
) -> bytes:
    """The workbook on how every submission stands; fresh names what is new since the last summary."""
    return render(
        _all(office, run, finished),
        law_of(office.law)[0],
        fresh=fresh,
        on=datetime.now(ZoneInfo(batch.timezone)).date(),
        letters=letters,
    )


def _all(office: Office, run: Run, finished: tuple[Done, ...]) -> Iterator[Standing | _Refused]:
    known: set[str] = set()
    for standing in standings(office.ledger, office.store, run):
        known.add(standing.outcome.file)
        yield _made_again(office, standing) if standing.outcome.error == LOST else standing
    yield from (_Refused(Outcome(done.name, error=done.error)) for done in finished if done.name not in known)


def _made_again(office: Office, standing: Standing) -> Standing:
    """One whose report the store lost; the next run makes it again."""
    redo(office.ledger, standing.job)
    return replace(standing, outcome=replace(standing.outcome, error=(LOST[0], _LOST)))
