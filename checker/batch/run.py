"""One run over an inbox: receive what is new, have it checked, return it marked, and say what came of it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Protocol

from checker import faults, ledger
from checker.batch import outbox, work
from checker.batch.crew import Crew
from checker.batch.inbox import Found, found
from checker.batch.work import Answer, Law
from checker.changes import Changes
from checker.errors import CheckerError, Lost, Occupied, Unavailable, UnreadableWorkbook
from checker.folder import Folder
from checker.ledger import Job, Ledger, Run, State, Version
from checker.ledger.returning import reserve
from checker.ledger.submissions import receive_all
from checker.ledger.work import redo
from checker.report import Outcome
from checker.standing import changes_since, find_its_place, is_lost, original_of, report_of
from checker.store import LOST, Store

_TAKEN_IN = 16  # files of the inbox in memory at once, and waiting together for the disk
_ATTEMPTS = 3  # at a file whose result is lost again as soon as it is made
_LOOK_AGAIN = 1.0  # seconds, while another run has the rest of the work


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


class Screen(Protocol):
    """Whoever watches a run; called from several threads."""

    def expect(self, count: int) -> None: ...
    def done(self, done: Done) -> None: ...
    def say(self, sentence: str) -> None: ...


@contextmanager
def begun(office: Office, stopping: threading.Event | None = None) -> Iterator[Run]:
    """A run in the ledger that says it is alive until it ends; whatever it did not finish is free at once.

    One that was stopped has not come to a good end: what it brought is still news to the office.
    """
    run = ledger.start(office.ledger, office.inbox.url, office.version, office.lease)
    over, problem = threading.Event(), ""
    beat = threading.Thread(target=_beat, args=(office, run, over), daemon=True)
    beat.start()
    try:
        yield run
        problem = "stopped" if stopping and stopping.is_set() else ""
    except BaseException as error:
        problem = str(error) or type(error).__name__
        raise
    finally:
        over.set()
        beat.join()
        with suppress(Unavailable):  # then the lease ends it
            ledger.end(office.ledger, run, problem)


def _beat(office: Office, run: Run, over: threading.Event) -> None:
    while not over.wait(office.lease / 4):
        with suppress(Unavailable):
            ledger.keep_alive(office.ledger, run)


def go(office: Office, run: Run, crew: Crew, screen: Screen, stopping: threading.Event) -> tuple[Done, ...]:
    """Do all there is to do in the inbox; stopping ends it after the files in hand.

    raises: Unavailable where ledger, store or outbox fail for good; what was finished by then stays finished.
    """
    office.outbox.sweep()
    room = crew.size * 3 + 1
    with ThreadPoolExecutor(room + 1, "clerk") as clerks:
        receiving = clerks.submit(_receive, office, run, screen, stopping)
        hands: set[Future[Done | None]] = set()
        finished: list[Done] = []
        try:
            while True:
                few = len(hands) <= crew.size * 2  # several claims at once cost no more than one
                jobs = ledger.claim(office.ledger, run, room - len(hands)) if few and not stopping.is_set() else ()
                hands |= {clerks.submit(_one, office, run, crew, job, receiving, stopping) for job in jobs}
                if (
                    not hands
                    and receiving.done()
                    and (stopping.is_set() or not _wait_for_others(office, run, stopping))
                ):
                    break
                finished += _gather(hands, receiving, screen)
        except BaseException:
            stopping.set()
            raise
        return (*receiving.result(), *finished)


def _gather(hands: "set[Future[Done | None]]", receiving: "Future[Any]", screen: Screen) -> Iterator[Done]:
    """Wait until something is finished, or something new may have come in."""
    awaited: set[Future[Any]] = {*hands} if receiving.done() else {*hands, receiving}
    ready, _ = wait(awaited, timeout=None if receiving.done() else 0.05, return_when=FIRST_COMPLETED)
    for future in ready & hands:
        hands.remove(future)
        done = future.result()
        if done:
            screen.done(done)
            yield done


def _wait_for_others(office: Office, run: Run, stopping: threading.Event) -> bool:
    """Whether other runs have unfinished work of this inbox; they are given time, for one may have been killed."""
    count, seconds = ledger.held_elsewhere(office.ledger, run)
    if count:
        stopping.wait(min(max(seconds, 0.05), _LOOK_AGAIN))
    return count > 0


def _receive(office: Office, run: Run, screen: Screen, stopping: threading.Event) -> list[Done]:
    """Keep every file of the inbox in the store and enter it in the ledger; what cannot be taken is said."""
    arriving = found(office.inbox, office.settle)
    refused: list[Done] = []
    while some := list(islice(arriving, _TAKEN_IN)):
        if stopping.is_set():
            break
        taken = [one for one in some if not one.later and not one.error]
        digests = office.store.keep_all(one.content for one in taken)
        files = [(one.name, digest) for one, digest in zip(taken, digests, strict=True)]
        jobs = receive_all(office.ledger, run, files)
        for job in jobs:
            if is_lost(job):
                redo(office.ledger, job)
        screen.expect(sum(job.state is not State.RETURNED for job in jobs))
        refused += _not_taken(some, screen)
    return refused


def _not_taken(some: list[Found], screen: Screen) -> Iterator[Done]:
    for one in some:
        if one.later:
            screen.say(f"{one.name}：{one.later}。")
        elif one.error:
            done = Done(one.name, error=one.error)
            screen.expect(1)
            screen.done(done)
            yield done


def _one(
    office: Office, run: Run, crew: Crew, job: Job, receiving: "Future[Any]", stopping: threading.Event
) -> Done | None:
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


def exit_code(finished: tuple[Done, ...]) -> int:
    """As of `check`: 0 nothing of severity error, 1 errors found, 2 a file could not be checked."""
    if any(done.error for done in finished):
        return 2
    return int(any(done.counts.get("error") for done in finished))
