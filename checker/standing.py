"""The ledger and the store → how every submission of an inbox stands: its report, and what changed since the last."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from checker.changes import Changes, compare
from checker.errors import Lost
from checker.ledger import Job, Ledger, Run, history, standing
from checker.report import Outcome
from checker.report.json import from_json
from checker.store import LOST, Store
from checker.terms import Report

_NUMBER = re.compile(r"（[0-9]+）$")  # by which copies of one name are told apart in the outbox


@dataclass(frozen=True)
class Standing:
    """The newest file of one name, under the law of the run; without changes it is the bureau's first."""

    job: Job
    outcome: Outcome
    changes: Changes | None = None


def standings(ledger: Ledger, store: Store, run: Run) -> Iterator[Standing]:
    """Every submission as it stands, by name; one report at a time is held in memory."""
    for job in standing_jobs(ledger, run):
        yield _stands(ledger, store, job)


def standing_jobs(ledger: Ledger, run: Run) -> tuple[Job, ...]:
    """The newest checked file of every name; a marked copy, corrected and handed in, stands for what it was made of."""
    checked = [job for job in standing(ledger, run) if job.result]
    names = {str(PurePosixPath(job.submission.name).with_suffix("")): job.submission.name for job in checked}
    by_age = sorted(checked, key=lambda job: job.submission.id)
    newest = {_original(job.submission.name, names): job for job in by_age}
    return tuple(sorted(newest.values(), key=lambda job: job.submission.name))


def _original(name: str, names: dict[str, str]) -> str:
    """县/预算.xls for 县/预算.checked.xlsx and 县/预算（2）.checked (1).xlsx; names are those there are, by stem."""
    path = PurePosixPath(name)
    stem, marked, _ = path.name.partition(".checked")
    if not (stem and marked):
        return name
    marked_of = [str(path.with_name(one)) for one in (stem, _NUMBER.sub("", stem)) if one]
    return next((names[one] for one in marked_of if one in names), marked_of[-1])


def _stands(ledger: Ledger, store: Store, job: Job) -> Standing:
    outcome = outcome_of(store, job)
    report = outcome.report
    return Standing(job, outcome, changes_since(ledger, store, job, report) if report else None)


def outcome_of(store: Store, job: Job) -> Outcome:
    """What became of a file; one whose report the store lost is listed like one that nobody could read."""
    name, digest, told = job.submission.name, job.submission.sha256, job.result.error if job.result else None
    try:
        return Outcome(name, digest, report_of(store, job), told, job.returned_to)
    except Lost:
        return Outcome(name, digest, error=LOST, marked=job.returned_to)


def report_of(store: Store, job: Job) -> Report | None:
    """What the check said; None of a file nobody could read."""
    return from_json(store.read(job.result.report)) if job.result and job.result.report else None


def changes_since(
    ledger: Ledger, store: Store, job: Job, report: Report | None, may_see: Callable[[Job], bool] = lambda _: True
) -> Changes | None:
    """What the bureau mended since it handed in before; None where it did not.

    report is that of the job, fetched where it is needed and not given. may_see says which earlier files the one who
    asks may learn of: any workbook can name any bureau.
    """
    earlier = _answered(ledger, job, may_see)
    before = report_of(store, earlier) if earlier else None
    after = (report or report_of(store, job)) if before else None
    return compare(before, after) if before and after else None


def _answered(ledger: Ledger, job: Job, may_see: Callable[[Job], bool]) -> Job | None:
    """The last other file of the bureau whose result was there when this one came in: under its name, else any.

    Two files that come in together are no correction of one another, whichever is checked first.
    """
    answered = [
        one
        for one in history(ledger, job)
        if one.result
        and one.result.report
        and one.submission.sha256 != job.submission.sha256
        and one.result.recorded_at <= job.submission.received_at
        and may_see(one)
    ]
    same_name = [one for one in answered if one.submission.name == job.submission.name]
    return next(reversed(same_name or answered), None)
