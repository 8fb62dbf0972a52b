"""What a reader looks for → the submissions that fit, a page at a time, and the runs there were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, false, func, or_, select

from checker.ledger.book import Ledger
from checker.ledger.records import Job, read_jobs, select_jobs
from checker.ledger.states import State
from checker.ledger.tables import findings, inboxes, jobs, results, runs, submissions, versions

WAITING, FAULTY, PASSED, UNREADABLE = "waiting", "faulty", "passed", "unreadable"
OPEN = "open"  # not yet returned, whether it has a result or not


@dataclass(frozen=True)
class Wanted:
    """What is looked for; what is blank or None does not matter. under is a folder of an inbox: whose it is.

    state is WAITING, FAULTY, PASSED, UNREADABLE or OPEN; verdict and code are what one line or finding at least has.
    """

    text: str = ""
    bureau: str = ""
    division: str = ""
    year: int | None = None
    state: str = ""
    verdict: str = ""
    code: str = ""
    inbox: str = ""
    under: str | None = None


@dataclass(frozen=True)
class RunLine:
    """One run as it is listed; ended_at is None while it is on, files are those it brought to a result."""

    id: int
    inbox: str
    rulebook: str
    checker: str
    started_by: str
    started_at: datetime
    ended_at: datetime | None
    problem: str
    files: int
    is_alive: bool


@dataclass(frozen=True)
class Choices:
    """What can be chosen among: the values that occur."""

    bureaus: tuple[str, ...]
    divisions: tuple[str, ...]
    years: tuple[int, ...]
    codes: tuple[str, ...]


def listed(ledger: Ledger, wanted: Wanted, limit: int, start: int = 0) -> tuple[Job, ...]:
    """Of every submission that fits the newest edition, under the newest law; the last handed in first."""
    query = _fitting(wanted).order_by(submissions.c.id.desc()).limit(limit).offset(start)
    return ledger.read(lambda connection: read_jobs(connection, query))


def count(ledger: Ledger, wanted: Wanted) -> int:
    """How many listed() would give without a limit."""
    query = select(func.count()).select_from(_fitting(wanted).subquery())
    return ledger.read(lambda connection: int(connection.execute(query).scalar_one()))


def find(ledger: Ledger, job: int) -> Job | None:
    query = select_jobs().where(jobs.c.id == job)
    return ledger.read(lambda connection: next(iter(read_jobs(connection, query)), None))


def newest_of(ledger: Ledger, submission: int) -> Job | None:
    """The job on a submission under the newest law it was checked by."""
    query = select_jobs().where(jobs.c.submission_id == submission).order_by(jobs.c.id.desc()).limit(1)
    return ledger.read(lambda connection: next(iter(read_jobs(connection, query)), None))


def editions(ledger: Ledger, job: Job) -> tuple[Job, ...]:
    """What a job's file replaces and what replaces it, itself included, each under the newest law, oldest first."""
    same = (submissions.c.inbox_id == job.submission.inbox_id, submissions.c.origin == job.submission.origin)
    newest = select(func.max(jobs.c.id)).join(submissions).where(*same).group_by(jobs.c.submission_id)
    query = select_jobs().where(jobs.c.id.in_(newest)).order_by(submissions.c.id)
    return ledger.read(lambda connection: read_jobs(connection, query))


def ordinals(ledger: Ledger, several: Sequence[Job]) -> dict[int, int]:
    """Submission → which edition it is, from 1, under whatever name the others came in."""
    one, other = submissions.alias("one"), submissions.alias("other")
    same = and_(other.c.inbox_id == one.c.inbox_id, other.c.origin == one.c.origin, other.c.id <= one.c.id)
    query = select(one.c.id, func.count()).join(other, same).group_by(one.c.id)
    query = query.where(one.c.id.in_({job.submission.id for job in several}))
    return ledger.read(lambda connection: {int(key): int(many) for key, many in connection.execute(query)})


def inbox_of(ledger: Ledger, job: Job) -> str:
    """Where a job's file came in."""
    query = select(inboxes.c.url).where(inboxes.c.id == job.submission.inbox_id)
    return ledger.read(lambda connection: str(connection.execute(query).scalar_one()))


def choices(ledger: Ledger) -> Choices:
    """What the filters of a list may offer."""

    def work(connection: Connection) -> Choices:
        bureaus, divisions, years, codes = (
            tuple(value for value in connection.execute(select(column).distinct().order_by(column)).scalars() if value)
            for column in (submissions.c.bureau, submissions.c.division, submissions.c.year, findings.c.code)
        )
        return Choices(bureaus, divisions, years, codes)

    return ledger.read(work)


def run_lines(ledger: Ledger, limit: int, start: int = 0) -> tuple[RunLine, ...]:
    """The runs, the latest first."""
    files = select(func.count()).select_from(results).where(results.c.run_id == runs.c.id).scalar_subquery()
    query = (
        select(
            runs.c.id, inboxes.c.url.label("inbox"), versions.c.rulebook, versions.c.checker, runs.c.started_by,
            runs.c.started_at, runs.c.ended_at, runs.c.problem, files.label("files"), runs.c.alive_until,
        )
        .join(inboxes, inboxes.c.id == runs.c.inbox_id)
        .join(versions, versions.c.id == runs.c.version_id)
        .order_by(runs.c.id.desc())
        .limit(limit)
        .offset(start)
    )  # fmt: skip
    now = ledger.clock()
    rows = ledger.read(lambda connection: [dict(row._mapping) for row in connection.execute(query)])
    return tuple(RunLine(**row, is_alive=row["ended_at"] is None and until >= now) for row, until in _apart(rows))


def _apart(rows: list[dict[str, Any]]) -> list[tuple[dict[str, Any], datetime]]:
    return [(row, row.pop("alive_until")) for row in rows]


def _fitting(wanted: Wanted) -> "Select[Any]":
    newest_file = select(func.max(submissions.c.id)).group_by(submissions.c.inbox_id, submissions.c.origin)
    newest = select(func.max(jobs.c.id)).where(jobs.c.submission_id.in_(newest_file)).group_by(jobs.c.submission_id)
    return select_jobs().where(jobs.c.id.in_(newest), *_conditions(wanted))


def _conditions(wanted: Wanted) -> "list[ColumnElement[bool]]":
    said: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (submissions.c.bureau, wanted.bureau),
            (submissions.c.division, wanted.division),
            (submissions.c.year, wanted.year),
        )
        if value
    ]
    if wanted.text:
        looked_at = (submissions.c.name, submissions.c.bureau, submissions.c.sender)
        said.append(or_(*(column.icontains(wanted.text, autoescape=True) for column in looked_at)))
    if wanted.inbox:
        here = select(inboxes.c.id).where(inboxes.c.url == wanted.inbox).scalar_subquery()
        said.append(submissions.c.inbox_id == here)
    if wanted.under is not None:
        start = f"{wanted.under}/"  # compared as it is: to LIKE, upper and lower case are the same in SQLite
        said.append(func.substr(submissions.c.name, 1, len(start)) == start)
    if wanted.verdict:
        said.append(results.c.counts[wanted.verdict].as_integer() > 0)
    if wanted.code:
        said.append(exists().where(findings.c.result_id == results.c.id, findings.c.code == wanted.code))
    return [*said, *([_in_state(wanted.state)] if wanted.state else [])]


def _in_state(state: str) -> "ColumnElement[bool]":
    errors = results.c.counts["error"].as_integer()
    meanings: dict[str, ColumnElement[bool]] = {
        OPEN: jobs.c.state != State.RETURNED,
        WAITING: results.c.id.is_(None),
        UNREADABLE: results.c.state == State.UNREADABLE,
        FAULTY: errors > 0,
        PASSED: and_(results.c.state == State.CHECKED, errors == 0),
    }
    return meanings.get(state, false())
