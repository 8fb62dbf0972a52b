"""A run begins, says that it is alive, and ends; what a killed run held, others take over."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, ScalarSelect, Select, Table, func, insert, or_, select, update

from checker.ledger.book import Ledger, insert_once
from checker.ledger.records import Job, Run, Version, read_jobs, select_jobs
from checker.ledger.states import UNFINISHED, State
from checker.ledger.tables import inboxes, jobs, runs, submissions, versions

_KILLED = "进程被中断"


def start(ledger: Ledger, inbox: str, version: Version, lease: float = 120.0, started_by: str = "") -> Run:
    """Begin a run over one inbox (its absolute path or URL).

    A run that says nothing (keep_alive, claim) for `lease` seconds counts as dead. Machines that share a ledger must
    agree on the time to within a fraction of it.
    """

    def work(connection: Connection) -> Run:
        now, alive = ledger.clock(), ledger.clock() + timedelta(seconds=lease)
        keys = {
            "inbox_id": _key(connection, inboxes, url=inbox),
            "version_id": _key(connection, versions, **vars(version)),
        }
        begun = insert(runs).values(**keys, started_by=started_by, started_at=now, alive_until=alive)
        number = connection.execute(begun.returning(runs.c.id)).scalar_one()
        return Run(number, inbox=inbox, version=version, lease=lease, started_by=started_by, started_at=now, **keys)

    return ledger.write(work)


def _key(connection: Connection, table: Table, **values: str) -> int:
    """The id of the row with these values, written where there is none."""
    key = insert_once(connection, table, **values)
    return key or int(connection.execute(select(table.c.id).filter_by(**values)).scalar_one())


def keep_alive(ledger: Ledger, run: Run) -> None:
    """Say that the run is alive; call it at least every third of the lease."""
    ledger.write(lambda connection: extend(connection, ledger, run))


def extend(connection: Connection, ledger: Ledger, run: Run) -> None:
    """keep_alive within a transaction."""
    alive = ledger.clock() + timedelta(seconds=run.lease)
    connection.execute(update(runs).where(runs.c.id == run.id).values(alive_until=alive))


def end(ledger: Ledger, run: Run, problem: str = "") -> None:
    """End a run; what it had in hand and did not finish is free for the next one at once."""

    def work(connection: Connection) -> None:
        unfinished = (jobs.c.run_id == run.id, jobs.c.state == State.CHECKING)
        connection.execute(update(jobs).where(*unfinished).values(state=State.RECEIVED))
        over = {"ended_at": ledger.clock(), "alive_until": ledger.clock(), "problem": problem}
        connection.execute(update(runs).where(runs.c.id == run.id).values(over))

    ledger.write(work)


def end_what_was_killed(ledger: Ledger, inbox: str, started_by: str) -> None:
    """End the runs of a starter that is known to be gone, so that nobody waits for their leases."""
    query = (
        select(runs.c.id)
        .join(inboxes)
        .where(inboxes.c.url == inbox, runs.c.started_by == started_by, runs.c.ended_at.is_(None))
    )

    def work(connection: Connection) -> None:
        gone = connection.execute(query).scalars().all()
        unfinished = (jobs.c.run_id.in_(gone), jobs.c.state == State.CHECKING)
        connection.execute(update(jobs).where(*unfinished).values(state=State.RECEIVED))
        over = {"ended_at": ledger.clock(), "alive_until": ledger.clock(), "problem": _KILLED}
        connection.execute(update(runs).where(runs.c.id.in_(gone)).values(over))

    ledger.write(work)


def held_elsewhere(ledger: Ledger, run: Run) -> tuple[int, float]:
    """How many unfinished jobs of this inbox and version other runs hold, and the seconds until the first may lapse.

    No job, when claim() came back empty, means that the work is done.
    """

    def work(connection: Connection) -> tuple[int, float]:
        open_here = open_jobs(run).where(jobs.c.run_id != run.id).join(runs, runs.c.id == jobs.c.run_id)
        query = open_here.with_only_columns(func.count(), func.min(runs.c.alive_until))
        count, until = connection.execute(query).one()
        return count, max((until - ledger.clock()).total_seconds(), 0.0) if until else 0.0

    return ledger.read(work)


def open_jobs(run: Run) -> "Select[tuple[int]]":
    """The ids of what is not yet returned in the run's inbox under its version."""
    mine = (jobs.c.inbox_id == run.inbox_id, jobs.c.version_id == run.version_id, jobs.c.state.in_(UNFINISHED))
    return select(jobs.c.id).where(*mine)


def dead_runs(ledger: Ledger) -> "ScalarSelect[int]":
    """The ids of runs that have ended or fallen silent."""
    over = or_(runs.c.alive_until < ledger.clock(), runs.c.ended_at.is_not(None))
    return select(runs.c.id).where(over).scalar_subquery()


def standing(ledger: Ledger, run: Run) -> tuple[Job, ...]:
    """The newest edition of every submission in the run's inbox, under the run's version: what a summary is made of."""
    found = _editions(ledger, run)
    newest = {job.submission.origin: job for job in found}
    return tuple(sorted(newest.values(), key=lambda job: job.submission.name))


def replaced(ledger: Ledger, run: Run) -> dict[str, tuple[str, ...]]:
    """Origin → the other names under which earlier editions of the newest file came in."""
    names: dict[str, dict[str, None]] = {}
    for job in _editions(ledger, run):
        known = names.setdefault(job.submission.origin, {})
        known.pop(job.submission.name, None)
        known[job.submission.name] = None
    return {origin: tuple(known)[:-1] for origin, known in names.items() if len(known) > 1}


def _editions(ledger: Ledger, run: Run) -> tuple[Job, ...]:
    mine = (jobs.c.inbox_id == run.inbox_id, jobs.c.version_id == run.version_id)
    query = select_jobs().where(*mine).order_by(submissions.c.id)
    return ledger.read(lambda connection: read_jobs(connection, query))


def last_good_end(ledger: Ledger, run: Run) -> datetime | None:
    """When a run over this inbox under this version last came to its end without a problem; None if none did."""
    mine = (runs.c.inbox_id == run.inbox_id, runs.c.version_id == run.version_id, runs.c.problem == "")
    query = select(func.max(runs.c.ended_at)).where(*mine)
    return ledger.read(lambda connection: connection.execute(query).scalar())


def last_start(ledger: Ledger, inbox: str) -> datetime | None:
    """When the latest run over this inbox began, finished or not; None before the first."""
    query = select(func.max(runs.c.started_at)).join(inboxes).where(inboxes.c.url == inbox)
    return ledger.read(lambda connection: connection.execute(query).scalar())
