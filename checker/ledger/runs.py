"""A run begins, says that it is alive, and ends; what a killed run held, others take over."""

from datetime import timedelta

from sqlalchemy import Connection, ScalarSelect, Select, Table, func, or_, select, update

from checker.ledger.book import Ledger, insert_once
from checker.ledger.records import Job, Run, Version, read_jobs, select_jobs
from checker.ledger.states import UNFINISHED, State
from checker.ledger.tables import inboxes, jobs, runs, submissions, versions


def start(ledger: Ledger, inbox: str, version: Version, lease: float = 120.0, started_by: str = "") -> Run:
    """Begin a run over one inbox (its absolute path or URL).

    A run that says nothing (keep_alive, claim) for `lease` seconds counts as dead. Machines that share a ledger must
    agree on the time to within a fraction of it.
    """

    def work(connection: Connection) -> Run:
        now, inbox_id, version_id = (
            ledger.clock(),
            _key(connection, inboxes, url=inbox),
            _key(connection, versions, **vars(version)),
        )
        key = connection.execute(
            runs.insert().values(
                inbox_id=inbox_id,
                version_id=version_id,
                started_by=started_by,
                started_at=now,
                alive_until=now + timedelta(seconds=lease),
            )
        ).inserted_primary_key
        return Run(int(key[0]), inbox, inbox_id, version, version_id, lease, started_by, now)  # type: ignore[index]

    return ledger.write(work)


def _key(connection: Connection, table: Table, **values: str) -> int:
    """The id of the row with these values, written where there is none."""
    same = (table.c[name] == value for name, value in values.items())
    return insert_once(connection, table, **values) or int(
        connection.execute(select(table.c.id).where(*same)).scalar_one()
    )


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
        now = ledger.clock()
        mine = (jobs.c.run_id == run.id, jobs.c.state != State.RETURNED)
        connection.execute(update(jobs).where(*mine, jobs.c.state == State.CHECKING).values(state=State.RECEIVED))
        connection.execute(update(jobs).where(*mine).values(run_id=None, token=""))
        connection.execute(
            update(runs).where(runs.c.id == run.id).values(ended_at=now, alive_until=now, problem=problem)
        )

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


def reports_of(ledger: Ledger, run: Run) -> tuple[Job, ...]:
    """What this run brought to a result, in the order received: each with its submission and its result."""
    mine = (jobs.c.run_id == run.id, jobs.c.state.in_((State.CHECKED, State.UNREADABLE, State.RETURNED)))
    return ledger.read(lambda connection: read_jobs(connection, select_jobs().where(*mine).order_by(jobs.c.id)))


def standing(ledger: Ledger, run: Run) -> tuple[Job, ...]:
    """The newest file of every name in the run's inbox, under the run's version: what a summary is made of."""
    mine = (jobs.c.inbox_id == run.inbox_id, jobs.c.version_id == run.version_id)
    query = select_jobs().where(*mine).order_by(submissions.c.name, submissions.c.number)
    found = ledger.read(lambda connection: read_jobs(connection, query))
    return tuple({job.submission.name: job for job in found}.values())
