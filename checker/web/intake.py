"""A workbook handed in → its place in the ledger and the store, checked, marked and ready to be fetched again.

The pages are one more inbox of the ledger that a batch works with; nothing is kept anywhere else.
"""

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from typing import Any

from checker import faults, ledger
from checker.batch.handling import write_down
from checker.batch.work import Answer, Law, mark, work
from checker.changes import Changes, compare, stands_for
from checker.errors import CheckerError, Lost, UnreadableWorkbook
from checker.ledger import Job, Ledger, Run, State
from checker.ledger.listing import OPEN, UNREADABLE, Wanted, find, listed
from checker.ledger.runs import end_what_was_killed
from checker.ledger.work import redo
from checker.report import Outcome
from checker.standing import changes_since, find_its_place, has_lost, is_lost, kept_report, report_of
from checker.store import LOST, Store
from checker.terms import Report
from checker.web.folders import is_same_hand
from checker.web.gently import is_heavy
from checker.web.lawbook import Lawbook
from checker.web.workers import Workers, answer_of, internal

WEB = "web:"  # the inbox of what came in through the pages
_LEASE = 120.0
_ALL, _RECENT = 100_000, 200
_ROOM = 16  # files in hand at once at least, so that a few heavy ones do not keep the others out


class Intake:
    """Takes workbooks in and sees each of them through; whatever a crash leaves undone the next start does."""

    def __init__(self, book: Ledger, store: Store, law: Lawbook, workers: Workers, who: str) -> None:
        """who is this server and no other, now and after a restart."""
        self._who = who
        self._book, self._store, self._law, self._workers = book, store, law, workers
        self._lock = threading.RLock()
        self._run: Run | None = None
        self._packed: Law = b""
        self._in_hand = 0
        self._waiting: dict[int, list[Future[None]]] = {}
        self._stumbled = self._is_over = False

    def hand_in(self, name: str, content: bytes, sender: str, answer: Answer | None = None) -> Job:
        """Take a workbook in for good; answer is what a check just said of it, used where the law is still the same.

        The same bytes under the same name as last time are the same submission.
        """
        run = self._running()
        digest = self._store.keep(content)
        job = ledger.receive(self._book, run, name, digest, sender)
        if job.state is State.RETURNED and has_lost(self._store, job):
            job = self._anew(job)
        if job.state is State.RECEIVED and answer and _is_under(answer, run):
            self._mind(run, job, partial(self._record, run, job, content, answer))
        elif job.state is not State.RETURNED:
            self._pump()
        return find(self._book, job.id) or job

    def check_again(self) -> int:
        """Have everything that stands checked under the law in force, also what had lost its original; how many."""
        run = self._running()
        standing = listed(self._book, Wanted(inbox=WEB), _ALL)
        stale = [job for job in standing if job.version != run.version or is_lost(job)]
        for job in stale:
            if job.version == run.version:
                redo(self._book, job)
            ledger.receive(self._book, run, job.submission.name, job.submission.sha256)
        self._pump()
        return len(stale)

    def resume(self) -> None:
        """Take up what an earlier process was handed and did not finish, at once if it was this server's."""
        end_what_was_killed(self._book, WEB, self._who)
        restored = [job for job in self._lost() if self._store.is_whole(job.submission.sha256)]
        for job in restored:
            redo(self._book, job)
        if restored or listed(self._book, Wanted(inbox=WEB, state=OPEN), 1):
            self._take_over(self._running())
            self._pump()

    def _lost(self) -> list[Job]:
        """What could not be checked because its original was not there."""
        unreadable = listed(self._book, Wanted(inbox=WEB, state=UNREADABLE), _ALL)
        return [job for job in unreadable if is_lost(job)]

    def _anew(self, job: Job) -> Job:
        redo(self._book, job)
        return find(self._book, job.id) or job

    def when_returned(self, job: Job) -> "Future[None]":
        """Done as soon as a file in hand is through; asking the ledger again and again would keep everybody waiting."""
        waiting: Future[None] = Future()
        with self._lock:
            self._waiting.setdefault(job.submission.id, []).append(waiting)
        return waiting

    def tend(self) -> None:
        """Say that we are alive, and try again what failed for a while."""
        self._law.refresh()
        if self._stumbled:
            self.close()
            self._stumbled = False
            self._tried(self.resume)
        elif self._run:
            ledger.keep_alive(self._book, self._running())
            self._pump()

    def rest(self) -> None:
        """End our run where nothing is in hand or waits any more: nobody is to think that it still goes on."""
        with self._lock:
            if self._run and not self._in_hand and not listed(self._book, Wanted(inbox=WEB, state=OPEN), 1):
                self.close()

    def stop(self) -> None:
        """Give nothing out any more; what is in hand may end."""
        self._is_over = True

    def close(self) -> None:
        """End our run, so that what it did not finish is free at once."""
        with self._lock:
            run, self._run = self._run, None
        if run:
            with suppress(CheckerError):  # then the lease ends it
                ledger.end(self._book, run)

    def _running(self) -> Run:
        """Our run under the law in force; another law begins another, and what still waits is checked by that."""
        self._law.refresh()
        with self._lock:
            version, before = self._law.version, self._run
            if before and before.version != version:
                self.close()
            if not self._run:
                self._run = ledger.start(self._book, WEB, version, _LEASE, self._who)
                self._packed = self._law.packed
                if before:
                    self._take_over(self._run)
            return self._run

    def _take_over(self, run: Run) -> None:
        for job in listed(self._book, Wanted(inbox=WEB, state=OPEN), _ALL):
            ledger.receive(self._book, run, job.submission.name, job.submission.sha256)

    def _pump(self) -> None:
        """Have as much in work as the processes can take."""
        with self._lock:
            if not self._is_over:
                self._tried(self._hand_out)

    def _hand_out(self) -> None:
        run, most = self._running(), max(_ROOM, self._workers.size * 2)
        while (room := most - self._in_hand) > 0 and (jobs := ledger.claim(self._book, run, room)):
            for job in jobs:
                self._mind(run, job, partial(self._begin, run, job))

    def _tried(self, step: Callable[[], object]) -> None:
        """Go a step; where ledger or store are gone it is tried again when we tend."""
        try:
            step()
        except CheckerError:
            self._stumbled = True
        except Exception as error:  # noqa: BLE001 one file must not keep the others
            faults.keep(error)

    def _mind(self, run: Run, job: Job, step: Callable[[], object]) -> None:
        """Go a step with a job; what is wrong with its file ends this job and no other."""

        def minded() -> None:
            try:
                step()
            except Lost:
                self._give_up(run, job, LOST)
            except UnreadableWorkbook as error:
                self._give_up(run, job, (error.code, error.message))
            except CheckerError:
                raise
            except Exception as error:  # noqa: BLE001 whoever handed it in must be told, whatever it was
                if self._is_over:  # the processes are gone: begun anew at the next start
                    return
                self._give_up(run, job, ("internal", internal(faults.keep(error))))

        self._tried(minded)

    def _give_up(self, run: Run, job: Job, error: tuple[str, str]) -> None:
        """End a job that leads nowhere; a result that is there already stands, without a marked copy."""
        found = find(self._book, job.id) or job
        if found.result is None:
            found = ledger.record(
                self._book, run, found, Outcome(job.submission.name, job.submission.sha256, error=error)
            )
        self._return(run, found, b"")

    def changes(self, job: Job, report: Report) -> Changes | None:
        """What was mended since the last file that was handed in for the same bureau."""
        return changes_since(self._book, self._store, job, report, lambda one: is_same_hand(one, job))

    def since_last(self, name: str, digest: str, report: Report, *, alone: bool = False) -> Changes | None:
        """What a file that is not handed in yet has mended since the last one handed in by the same hand.

        That is one under its name, else one of the same bureau, year and table that it stands for, as find_its_place
        will say of it. alone: there are no accounts, and one hand hands in for whatever bureau.
        """
        under = None if alone else name.partition("/")[0]
        here = listed(self._book, Wanted(inbox=WEB, under=under), _RECENT)
        mine = [job for job in here if not (alone and job.submission.sender)]
        earlier = [job for job in mine if job.result and job.result.report and job.submission.sha256 != digest]
        same_name = [job for job in earlier if job.submission.name == name]
        reports = (kept_report(self._store, job) for job in same_name or earlier if same_name or _is_of(job, report))
        before = next((one for one in reports if one and (same_name or stands_for(report, one))), None)
        return compare(before, report) if before else None

    def _begin(self, run: Run, job: Job) -> None:
        content = self._store.read(job.submission.sha256)
        if job.result:
            self._finish(run, job, content, b"")
            return
        name = job.submission.name.rpartition("/")[2]

        def checked(ended: "Future[Answer]") -> None:
            answer = answer_of(ended, name, content)
            if answer:
                self._record(run, job, content, answer)

        self._hand(run, job, checked, content, work, name, content, self._packed)

    def _hand(
        self, run: Run, job: Job, then: "Callable[[Future[Any]], None]", content: bytes,
        function: Callable[..., Any], *arguments: Any,
    ) -> None:  # fmt: skip
        """Give work out, heavy files to those who can take long, and go on when it is done, on whichever thread."""

        def done(ended: "Future[Any]") -> None:
            with self._lock:
                self._in_hand -= 1
            self._mind(run, job, lambda: then(ended))
            self._pump()

        with self._lock:
            self._in_hand += 1
        hand = self._workers.hand_patiently if is_heavy(content) else self._workers.hand
        hand(function, *arguments).add_done_callback(done)

    def _record(self, run: Run, job: Job, content: bytes, answer: Answer) -> None:
        job = write_down(self._book, self._store, run, job, answer)
        self._finish(run, job, content, answer.marked)

    def _finish(self, run: Run, job: Job, content: bytes, marked: bytes) -> None:
        """Marked with what changed since the last time, where there was one."""
        report = report_of(self._store, job)
        if report:
            find_its_place(self._book, self._store, job, lambda one: is_same_hand(one, job))
        changes = self.changes(job, report) if report else None
        if report and (changes or not marked):
            remarks = changes.remarks if changes else ()
            self._hand(run, job, lambda ended: self._marked(run, job, ended), content, mark, content, report, remarks)
        else:
            self._return(run, job, marked)

    def _marked(self, run: Run, job: Job, ended: "Future[bytes]") -> None:
        try:
            marked = ended.result()
        except (CancelledError, BrokenProcessPool):
            return
        except UnreadableWorkbook:  # too large to be marked in time: the result stands without a copy
            marked = b""
        self._return(run, job, marked)

    def _return(self, run: Run, job: Job, marked: bytes) -> None:
        ledger.returned(self._book, run, job, self._store.keep(marked) if marked else "")
        with self._lock:
            waiting = self._waiting.pop(job.submission.id, ())
        for one in waiting:
            if one.set_running_or_notify_cancel():
                one.set_result(None)


def _is_of(job: Job, report: Report) -> bool:
    """Whether a file is of the bureau, year and table that a report is of, as the ledger learns them."""
    named = {line.bureau for line in report.lines if line.bureau}
    bureau = named.pop() if len(named) == 1 else ""
    known = job.submission.bureau, job.submission.year, job.submission.template
    return bool(bureau) and known == (bureau, report.year, report.template[0] if report.template else "")


def _is_under(answer: Answer, run: Run) -> bool:
    return bool(answer.outcome.report and answer.outcome.report.rulebook == run.version.rulebook)
