"""A claimed job → checked, written down and put back, whatever its file is like."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any

from checker import faults, ledger
from checker.batch import outbox, work
from checker.batch.crew import Crew
from checker.batch.work import Answer, Law
from checker.changes import Changes
from checker.errors import CheckerError, Lost, Occupied, UnreadableWorkbook
from checker.folder import Folder
from checker.ledger import Job, Ledger, Run, State, Version
from checker.ledger.returning import reserve
from checker.ledger.work import redo
from checker.report import Outcome
from checker.standing import changes_since, find_its_place, original_of, report_of
from checker.store import LOST, Store

_ATTEMPTS = 3  # at a file whose result is lost again as soon as it is made


@dataclass(frozen=True)
class Office:
    """All a run works with: what is open, what holds, and who is asked."""

    inbox: Folder
    outbox: Folder
    store: Store
    ledger: Ledger
    law: Law
    version: Version
    settle: float = 2.0
    lease: float = 60.0
    recipients: Callable[[str, str], tuple[str, ...]] = lambda _bureau, _division: ()


@dataclass(frozen=True)
class Done:
    """What became of one file in this run; place is where the marked copy lies in the outbox."""

    name: str
    counts: dict[str, int] = field(default_factory=dict)
    error: tuple[str, str] | None = None
    place: str = ""
    changes: Changes | None = None


def handle(office: Office, run: Run, crew: Crew, job: Job, receiving: "Future[Any]", stopping: Event) -> Done | None:
    """A claimed job brought to its end; None where the run is stopped before it begins."""
    if stopping.is_set():
        return None
    if job.state is State.UNREADABLE and job.result:
        return _return(office, run, job, Answer(Outcome(job.submission.name, error=job.result.error)), None)
    try:
        content = _original(office, job, receiving)
    except Lost:
        return Done(job.submission.name, error=LOST)
    answer = _answer(office, crew, job, content)
    try:
        return _brought_home(office, run, crew, job, content, answer)
    except Lost:
        return _again(office, job)
    except Occupied as error:  # of this bureau alone; checked it is, and put back by the next run
        return Done(job.submission.name, error=("cannot-write", str(error)))
    except CheckerError:
        raise
    except Exception as error:  # noqa: BLE001 a fault of ours over one file: recorded, said, and the others go on
        return Done(job.submission.name, error=("internal", faults.record(error)))


def _original(office: Office, job: Job, receiving: "Future[Any]") -> bytes:
    """The bytes of a file; one that got lost in the store may still lie in the inbox, and is kept again from there."""
    try:
        return office.store.read(job.submission.sha256)
    except Lost:
        wait([receiving])
        return office.store.read(job.submission.sha256)


def _again(office: Office, job: Job) -> Done | None:
    """A result that got lost is made again by this run, or said to be lost where that leads nowhere."""
    if job.attempts > _ATTEMPTS:
        return Done(job.submission.name, error=LOST)
    redo(office.ledger, job)
    return None


def _answer(office: Office, crew: Crew, job: Job, content: bytes) -> Answer:
    try:
        answer: Answer = crew.hand(work.work_briefly, job.submission.name, content, office.law).result()
    except UnreadableWorkbook as error:
        answer = Answer(Outcome(job.submission.name, job.submission.sha256, error=(error.code, error.message)))
    return answer


def _brought_home(office: Office, run: Run, crew: Crew, job: Job, content: bytes, answer: Answer) -> Done:
    """Written down and put back, with what was mended since the last time where that can be told in time."""
    if job.result is None:
        job = write_down(office.ledger, office.store, run, job, answer)
    if answer.report:
        find_its_place(office.ledger, office.store, job)
    changes = changes_since(office.ledger, office.store, job, None) if answer.report else None
    if changes and (report := report_of(office.store, job)):
        with suppress(UnreadableWorkbook):  # too large to be marked once more
            answer = replace(answer, marked=crew.hand(work.mark, content, report, changes.remarks).result())
    return _return(office, run, job, answer, changes)


def write_down(book: Ledger, store: Store, run: Run, job: Job, answer: Answer) -> Job:
    """What a check said of a job, kept in the store and in the ledger."""
    report = store.keep(answer.report) if answer.report else ""
    divisions = {line.division for line in answer.outcome.report.lines} if answer.outcome.report else set()
    division = divisions.pop() if len(divisions) == 1 else ""
    return ledger.record(book, run, job, answer.outcome, report, division=division, seconds=answer.seconds)


def _return(office: Office, run: Run, job: Job, answer: Answer, changes: Changes | None) -> Done:
    """The marked copy put in its place, and that written down together with the mails it gives rise to."""
    submission, marked, place = job.submission, "", ""
    if answer.marked:
        report = answer.outcome.report
        bureaus = len({line.bureau for line in report.lines if line.bureau}) if report else 0
        copied = original_of(office.ledger, job) is not None
        places = outbox.places(submission.name, submission.bureau, bureaus, copied=copied)
        place = _put_back(office, run, job, list(places), answer)
        marked = office.store.keep(answer.marked)
    ledger.returned(office.ledger, run, job, marked, place, recipients_of(office, job))
    counts = answer.outcome.report.counts if answer.outcome.report else {}
    return Done(submission.name, counts, answer.outcome.error, place, changes)


def _put_back(office: Office, run: Run, job: Job, places: list[str], answer: Answer) -> str:
    """Where the copy was put: beside its place where somebody has the copy there open."""
    place = reserve(office.ledger, run, job, places)
    try:
        office.outbox.write(place, answer.marked)
    except Occupied:
        places = [other for other in places if other != place]
        if not places:
            raise
        return _put_back(office, run, job, places, answer)
    return place


def recipients_of(office: Office, job: Job) -> tuple[str, ...]:
    """Who is told; of a file nobody could read, the bureau that handed in under its name before."""
    submission = job.submission
    if not submission.bureau and job.result and not job.result.report:
        named = [one.submission for one in ledger.history(office.ledger, job) if one.submission.bureau]
        submission = named[-1] if named else submission
    return office.recipients(submission.bureau, submission.division)
