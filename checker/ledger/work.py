"""Jobs are claimed by one run at a time, brought to one result, and returned once."""

from collections.abc import Collection, Iterable
from secrets import token_hex
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Update, delete, or_, select, update
from sqlalchemy.orm import aliased

from checker.ledger.book import Ledger, insert_once
from checker.ledger.mails import owe
from checker.ledger.records import Job, Run, read_jobs, select_jobs
from checker.ledger.runs import dead_runs, extend, open_jobs
from checker.ledger.states import State, before
from checker.ledger.tables import findings, jobs, results, submissions
from checker.report import Outcome
from checker.terms import Report


def claim(ledger: Ledger, run: Run, limit: int = 20) -> tuple[Job, ...]:
    """Take work in hand: jobs nobody holds, or whose run is dead, in the order received; none when there is none.

    A job that comes with a result is only to be returned: it was checked before the other run died, or the same
    file was checked under another name. Of several jobs on one file only the first is handed out until it is done.
    """
    token = token_hex(16)  # by which the jobs are found again where the answer of a first attempt got lost

    def work(connection: Connection) -> tuple[Job, ...]:
        extend(connection, ledger, run)
        _take(connection, ledger, run, token, limit)
        return read_jobs(connection, select_jobs().where(jobs.c.token == token).order_by(jobs.c.id))

    return ledger.write(work)


def _take(connection: Connection, ledger: Ledger, run: Run, token: str, limit: int) -> None:
    keys = connection.execute(_claimable(ledger, run, limit)).scalars().all()
    if keys:
        in_hand = {"run_id": run.id, "token": token, "attempts": jobs.c.attempts + 1}
        connection.execute(update(jobs).where(jobs.c.id.in_(keys)).values(in_hand))
        _settle(connection, run, jobs.c.id.in_(keys))
        connection.execute(_step(State.CHECKING, jobs.c.id.in_(keys)))


def _claimable(ledger: Ledger, run: Run, limit: int) -> "Select[tuple[int]]":
    """The ids to take, locked; what another run is locking at this moment is passed over."""
    first = aliased(jobs)
    nobody_has_it = or_(jobs.c.run_id.is_(None), jobs.c.run_id.in_(dead_runs(ledger)))
    file_not_in_work = or_(jobs.c.first_id.is_(None), first.c.state.not_in((State.RECEIVED, State.CHECKING)))
    query = open_jobs(run).outerjoin(first, first.c.id == jobs.c.first_id).where(nobody_has_it, file_not_in_work)
    return query.order_by(jobs.c.id).limit(limit).with_for_update(of=jobs, skip_locked=True)


def _settle(connection: Connection, run: Run, which: ColumnElement[bool]) -> None:
    """Move jobs whose file has a result to the state of that result."""
    same = (results.c.sha256 == jobs.c.sha256, results.c.version_id == run.version_id)
    found = select(results.c.state).where(*same).scalar_subquery()
    may = jobs.c.state.in_(before(State.CHECKED) & before(State.UNREADABLE))
    connection.execute(update(jobs).where(which, may, found.is_not(None)).values(state=found))


def _step(state: State, *where: ColumnElement[bool]) -> Update:
    """Move jobs to a state, from where the table of steps allows it and from nowhere else."""
    return update(jobs).where(*where, jobs.c.state.in_(before(state))).values(state=state)


def record(
    ledger: Ledger,
    run: Run,
    job: Job,
    outcome: Outcome,
    report: str = "",
    bureau: str = "",
    division: str = "",
    seconds: float = 0.0,
) -> Job:
    """Write down what became of a claimed job; the first result of a file under a version stands.

    report is the hash of the JSON in the store. An outcome without a report is unreadable. Without bureau, the one
    that all lines name is taken.
    """
    values = _result(ledger, run, outcome) | {"sha256": job.submission.sha256, "report": report, "seconds": seconds}

    def work(connection: Connection) -> Job:
        key = insert_once(connection, results, **values)
        if key and outcome.report:
            _keep_findings(connection, key, outcome.report)
        _settle(connection, run, jobs.c.id == job.id)
        _learn(connection, job, outcome.report, bureau, division)
        return read_jobs(connection, select_jobs().where(jobs.c.id == job.id))[0]

    return ledger.write(work)


def _result(ledger: Ledger, run: Run, outcome: Outcome) -> dict[str, Any]:
    code, message = outcome.error or ("", "")
    return {
        "version_id": run.version_id,
        "run_id": run.id,
        "state": State.CHECKED if outcome.report else State.UNREADABLE,
        "error_code": code,
        "error": message,
        "counts": outcome.report.counts if outcome.report else {},
        "recorded_at": ledger.clock(),
    }


def _keep_findings(connection: Connection, key: int, report: Report) -> None:
    rows = [
        {
            "result_id": key,
            "position": position,
            "code": finding.code,
            "severity": finding.severity,
            "sheet": finding.cell.sheet if finding.cell else finding.sheet,
            "cell": finding.cell.address if finding.cell else "",
            "message": finding.message,
        }
        for position, finding in enumerate(report.findings)
    ]
    if rows:
        connection.execute(findings.insert(), rows)


def _learn(connection: Connection, job: Job, report: Report | None, bureau: str, division: str) -> None:
    """What the file says of itself, for every submission of it."""
    facts: dict[str, Any] = {"bureau": bureau or _bureau(report), "division": division}
    if report:
        facts |= {"year": report.year, "template": report.template[0] if report.template else ""}
    known = {name: value for name, value in facts.items() if value}
    if known:
        connection.execute(update(submissions).where(submissions.c.sha256 == job.submission.sha256).values(known))


def _bureau(report: Report | None) -> str:
    """The one bureau that all lines name; of a consolidated workbook there is none."""
    named = {line.bureau for line in report.lines if line.bureau} if report else set()
    return named.pop() if len(named) == 1 else ""


def returned(ledger: Ledger, run: Run, job: Job, marked: str = "", to: str = "", mail_to: Iterable[str] = ()) -> bool:
    """Write down that the marked copy (its hash) was put in its place, and owe the mails, in one step.

    False where another run was quicker; then no mail is owed twice.
    """
    recipients: Collection[str] = tuple(mail_to)

    def work(connection: Connection) -> bool:
        values = {"marked": marked, "returned_to": to, "returned_at": ledger.clock(), "run_id": run.id}
        first = connection.execute(_step(State.RETURNED, jobs.c.id == job.id).values(values)).rowcount == 1
        for recipient in recipients if first else ():
            owe(connection, ledger, run, f"job:{job.id}", recipient, job.id)
        return first

    return ledger.write(work)


def redo(ledger: Ledger, job: Job) -> None:
    """Forget the result of a file of which something got lost in the store: it is checked again, in every inbox.

    Nobody is mailed about it a second time.
    """

    def work(connection: Connection) -> None:
        digest, version = connection.execute(select(jobs.c.sha256, jobs.c.version_id).where(jobs.c.id == job.id)).one()
        gone = (results.c.sha256 == digest, results.c.version_id == version)
        connection.execute(delete(findings).where(findings.c.result_id.in_(select(results.c.id).where(*gone))))
        connection.execute(delete(results).where(*gone))
        free = {"run_id": None, "token": "", "marked": "", "returned_at": None}
        of_it = (jobs.c.sha256 == digest, jobs.c.version_id == version)
        connection.execute(_step(State.RECEIVED, *of_it).values(free))

    ledger.write(work)
