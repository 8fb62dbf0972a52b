"""A workbook handed in → its submission and the job to check it; what was handed in before it."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from checker.ledger.book import Ledger, insert_once
from checker.ledger.records import Job, Run, Submission, read_jobs, read_submission, select_jobs
from checker.ledger.states import State
from checker.ledger.tables import jobs, submissions

_LONGEST_NAME = 300
_FACTS = (submissions.c.bureau, submissions.c.division, submissions.c.year, submissions.c.template)


def receive(ledger: Ledger, run: Run, name: str, sha256: str, sender: str = "") -> Job:
    """Take in one workbook and make sure that there is a job for it under the run's version.

    name is its path inside the inbox (a part of an archive: its path, a slash, its name in there). The same bytes
    under the same name as last time are the same submission; other bytes, also older ones again, are a new one.
    """
    name = _short(name)
    found = ledger.read(lambda connection: _known(connection, run, name, sha256))
    return found or ledger.write(lambda connection: _take_in(connection, ledger, run, name, sha256, sender))


def receive_all(ledger: Ledger, run: Run, files: Sequence[tuple[str, str]]) -> list[Job]:
    """Take in several workbooks (name, sha256) at the cost of one."""
    named = [(_short(name), sha256) for name, sha256 in files]
    found = ledger.read(lambda connection: [_known(connection, run, *one) for one in named])
    if None not in found:
        return [job for job in found if job]
    return ledger.write(lambda connection: [_take_in(connection, ledger, run, *one, "") for one in named])


def _short(name: str) -> str:
    """PostgreSQL indexes some 2,700 bytes; only an archive made to annoy holds longer names."""
    if len(name) <= _LONGEST_NAME:
        return name
    return name[:_LONGEST_NAME] + "…" + blake2b(name.encode("utf-8", "backslashreplace"), digest_size=8).hexdigest()


def _known(connection: Connection, run: Run, name: str, sha256: str) -> Job | None:
    newest = _newest(connection, run.inbox_id, name)
    if newest is None or newest.sha256 != sha256:
        return None
    mine = (jobs.c.submission_id == newest.id, jobs.c.version_id == run.version_id)
    return next(iter(read_jobs(connection, select_jobs().where(*mine))), None)


def _take_in(connection: Connection, ledger: Ledger, run: Run, name: str, sha256: str, sender: str) -> Job:
    newest = _newest(connection, run.inbox_id, name)
    while newest is None or newest.sha256 != sha256:
        insert_once(
            connection,
            submissions,
            inbox_id=run.inbox_id,
            name=name,
            origin=newest.origin if newest else name,
            number=newest.number + 1 if newest else 1,
            sha256=sha256,
            sender=sender,
            received_at=ledger.clock(),
            **_facts_of(connection, sha256),
        )
        newest = _newest(connection, run.inbox_id, name)
    same_file = {"inbox_id": run.inbox_id, "version_id": run.version_id, "sha256": sha256}
    first = select(func.min(jobs.c.id)).filter_by(**same_file).scalar_subquery()
    insert_once(connection, jobs, submission_id=newest.id, state=State.RECEIVED, first_id=first, **same_file)
    job = _known(connection, run, name, sha256)
    if job is None:
        raise AssertionError("a job was inserted and is not there")
    return job


def _newest(connection: Connection, inbox_id: int, name: str) -> Submission | None:
    query = select(submissions).where(submissions.c.inbox_id == inbox_id, submissions.c.name == name)
    row = connection.execute(query.order_by(submissions.c.number.desc()).limit(1)).first()
    return read_submission(row) if row else None


def _facts_of(connection: Connection, sha256: str) -> dict[str, Any]:
    """Bureau, division, year and template, where the same file was checked before."""
    known = (submissions.c.sha256 == sha256, submissions.c.template != "")
    row = connection.execute(select(*_FACTS).where(*known).limit(1)).first()
    return dict(row._mapping) if row else {}


def history(ledger: Ledger, job: Job) -> tuple[Job, ...]:
    """Everything handed in under this name, or by this bureau for this year and template, oldest first."""

    def work(connection: Connection) -> tuple[Job, ...]:
        query = select_jobs().where(_linked(_fresh(connection, job))).order_by(submissions.c.id, jobs.c.id)
        return read_jobs(connection, query)

    return ledger.read(work)


def follow(ledger: Ledger, job: Job, earlier: Job) -> None:
    """Write down that a file replaces an earlier one of the same inbox: from now on the two count as one."""
    mine = (submissions.c.inbox_id == job.submission.inbox_id, submissions.c.name == job.submission.name)
    followed = select(submissions.c.origin).where(submissions.c.id == earlier.submission.id).scalar_subquery()
    ledger.write(lambda connection: connection.execute(update(submissions).where(*mine).values(origin=followed)))


def named(ledger: Ledger, job: Job, start: str) -> tuple[Job, ...]:
    """What came into the inbox of a job under a name that begins so, oldest first."""
    here = (submissions.c.inbox_id == job.submission.inbox_id, submissions.c.name.startswith(start, autoescape=True))
    query = select_jobs().where(*here).order_by(submissions.c.id, jobs.c.id)
    return ledger.read(lambda connection: read_jobs(connection, query))


def _fresh(connection: Connection, job: Job) -> Submission:
    return read_submission(connection.execute(select(submissions).where(submissions.c.id == job.submission.id)).one())


def _same_name(submission: Submission) -> ColumnElement[bool]:
    return and_(submissions.c.inbox_id == submission.inbox_id, submissions.c.name == submission.name)


def _linked(submission: Submission) -> ColumnElement[bool]:
    """Under the same name, or the same facts where the bureau is known."""
    if not submission.bureau:
        return _same_name(submission)
    same_facts = and_(*(column == getattr(submission, column.name) for column in _FACTS))
    return or_(_same_name(submission), same_facts)
