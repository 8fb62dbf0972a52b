"""The ledger and the store → how every submission of an inbox stands: its report, and what changed since the last."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from checker.changes import Changes, compare, stands_for
from checker.errors import Lost, UnreadableWorkbook
from checker.ledger import Job, Ledger, Run, follow, history, named, replaced, standing
from checker.report import Outcome
from checker.report.json import from_json
from checker.store import LOST, Store
from checker.terms import Report

_NUMBER = re.compile(r"（[0-9]+）$")  # by which copies of one name are told apart in the outbox
_LOOKED_AT = 8  # earlier files of a bureau that are read to find the one a new file stands for


@dataclass(frozen=True)
class Standing:
    """The newest edition of a submission, under the law of the run; without changes it is the bureau's first.

    replaces are the other names under which earlier editions came in.
    """

    job: Job
    outcome: Outcome
    changes: Changes | None = None
    replaces: tuple[str, ...] = ()


def standings(ledger: Ledger, store: Store, run: Run) -> Iterator[Standing]:
    """Every submission as it stands, by name; one report at a time is held in memory."""
    before = replaced(ledger, run)
    for job in standing_jobs(ledger, run):
        yield replace(_stands(ledger, store, job), replaces=before.get(job.submission.origin, ()))


def standing_jobs(ledger: Ledger, run: Run) -> tuple[Job, ...]:
    """The newest edition of every submission that has a result."""
    return tuple(job for job in standing(ledger, run) if job.result)


def find_its_place(ledger: Ledger, store: Store, job: Job, may_see: Callable[[Job], bool] = lambda _: True) -> None:
    """Find out whether a file that came under a new name replaces an earlier one, and write that down; asked again,
    the answer is the same. What it replaces no summary, comparison or list counts any more."""
    if job.submission.number == 1 and job.submission.origin == job.submission.name:
        earlier = original_of(ledger, job) or _answered(ledger, store, job, may_see)
        if earlier and earlier.submission.inbox_id == job.submission.inbox_id:
            follow(ledger, job, earlier)


def original_of(ledger: Ledger, job: Job) -> Job | None:
    """What a file that is named as a marked copy was made of: 县/预算.xls for 县/预算.checked.xlsx."""
    for stem in _stems(job.submission.name):
        alike = [one for one in named(ledger, job, f"{stem}.") if _stem(one.submission.name) == stem]
        if alike:
            return alike[-1]
    return None


def _stem(name: str) -> str:
    return str(PurePosixPath(name).with_suffix(""))


def _stems(name: str) -> Iterator[str]:
    """县/预算（2） and 县/预算 for 县/预算（2）.checked (1).xlsx."""
    path = PurePosixPath(name)
    stem, marked, _ = path.name.partition(".checked")
    if stem and marked:
        yield from dict.fromkeys(str(path.with_name(one)) for one in (stem, _NUMBER.sub("", stem)) if one)


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
    """What the check said; None of a file nobody could read.

    raises: Lost, also where another program wrote it and this one cannot read it.
    """
    if not job.result or not job.result.report:
        return None
    try:
        return from_json(store.read(job.result.report))
    except UnreadableWorkbook as cause:
        raise Lost(f"存档中的核查结果 {job.result.report} 读不出来：{cause}") from cause


def kept_report(store: Store, job: Job) -> Report | None:
    """The same of an earlier file, without which one can do: None also where the store lost it."""
    try:
        return report_of(store, job)
    except Lost:
        return None


def is_lost(job: Job) -> bool:
    """Whether a file has no result because its original was not in the store."""
    return bool(job.result and job.result.error and job.result.error[0] == LOST[0])


def has_lost(store: Store, job: Job) -> bool:
    """Whether the store has not, or no longer, what a result needs."""
    kept = filter(None, (job.result.report, job.marked)) if job.result else ()
    return is_lost(job) or not all(map(store.is_whole, kept))


def changes_since(
    ledger: Ledger, store: Store, job: Job, report: Report | None, may_see: Callable[[Job], bool] = lambda _: True
) -> Changes | None:
    """What the bureau mended since it handed in before; None where it did not.

    report is that of the job, fetched where it is needed and not given. may_see says which earlier files the one who
    asks may learn of: any workbook can name any bureau.
    """
    earlier = _answered(ledger, store, job, may_see)
    before = kept_report(store, earlier) if earlier else None
    after = (report or report_of(store, job)) if before else None
    return compare(before, after) if before and after else None


def _answered(ledger: Ledger, store: Store, job: Job, may_see: Callable[[Job], bool]) -> Job | None:
    """The last other file whose result was there when this one came in: under its name, else one it stands for.

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
    if same_name:
        return same_name[-1]
    after = report_of(store, job) if answered else None
    return next((one for one in reversed(answered[-_LOOKED_AT:]) if after and _is_for(store, after, one)), None)


def _is_for(store: Store, after: Report, earlier: Job) -> bool:
    before = kept_report(store, earlier)
    return before is not None and stands_for(after, before)
