"""Rows of the ledger → plain frozen data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, select

from checker.ledger.states import MailState, State
from checker.ledger.tables import jobs, results, submissions, versions


@dataclass(frozen=True)
class Version:
    """What a result depends on besides the file: the law (with register and options) and the program."""

    rulebook: str
    checker: str


@dataclass(frozen=True)
class Run:
    """One go at the work of an inbox; after alive_until others may take its work over unless it called keep_alive."""

    id: int
    inbox: str
    inbox_id: int
    version: Version
    version_id: int
    lease: float
    started_by: str
    started_at: datetime


@dataclass(frozen=True)
class Submission:
    """报送: one workbook as handed in; bureau, division, year and template are known once it was checked.

    origin is the name under which its first edition came in; of all that share it only the newest counts.
    """

    id: int
    inbox_id: int
    name: str
    number: int
    sha256: str
    sender: str
    received_at: datetime
    bureau: str
    division: str
    year: int | None
    template: str
    origin: str


@dataclass(frozen=True)
class Result:
    """What a check said of one file under one version; report is the hash of its JSON in the store.

    error is (code, Chinese message) of a file nobody could read; counts are those of Report.counts.
    """

    id: int
    sha256: str
    state: State
    report: str
    error: tuple[str, str] | None
    counts: dict[str, int]
    seconds: float
    recorded_at: datetime


@dataclass(frozen=True)
class Job:
    """The work on one submission under one version, and how far it has come.

    marked is the hash of the marked copy in the store, returned_to where it was put; attempts counts the claims.
    """

    id: int
    submission: Submission
    version: Version
    state: State
    attempts: int
    result: Result | None
    marked: str
    returned_at: datetime | None
    returned_to: str


@dataclass(frozen=True)
class Mail:
    """One mail to one person about one job, or about a whole run (then job is None); about is job:17 or run:3.

    message_id never changes, so that a mail server recognises a second copy.
    """

    id: int
    about: str
    job_id: int | None
    recipient: str
    message_id: str
    state: MailState
    attempts: int
    due_at: datetime
    sent_at: datetime | None
    problem: str


@dataclass(frozen=True)
class Comment:
    """What a reviewer told the bureau about one submission."""

    id: int
    submission_id: int
    author: str
    words: str
    written_at: datetime


_PARTS = (jobs, submissions, versions, results)


def select_jobs() -> Select[Any]:
    """Jobs with all that belongs to them; add where() and order_by()."""
    answer = and_(results.c.sha256 == jobs.c.sha256, results.c.version_id == jobs.c.version_id)
    columns = [column.label(f"{table.name}_{column.name}") for table in _PARTS for column in table.columns]
    joined = jobs.join(submissions).join(versions, versions.c.id == jobs.c.version_id).outerjoin(results, answer)
    return select(*columns).select_from(joined)


def read_jobs(connection: Connection, query: Select[Any]) -> tuple[Job, ...]:
    return tuple(_job(row) for row in connection.execute(query))


def read_submission(row: Row[Any]) -> Submission:
    return Submission(**row._mapping)


def read_mail(row: Row[Any]) -> Mail:
    values = {name: row._mapping[name] for name in Mail.__dataclass_fields__}
    return Mail(**values | {"state": MailState(values["state"])})


def _job(row: Row[Any]) -> Job:
    jobs_, submission, version, result = (_part(row, table.name) for table in _PARTS)
    return Job(
        id=jobs_["id"],
        submission=Submission(**submission),
        version=Version(version["rulebook"], version["checker"]),
        state=State(jobs_["state"]),
        attempts=jobs_["attempts"],
        result=_result(result) if result["id"] else None,
        marked=jobs_["marked"],
        returned_at=jobs_["returned_at"],
        returned_to=jobs_["returned_to"],
    )


def _result(values: dict[str, Any]) -> Result:
    error = (values["error_code"], values["error"]) if values["error_code"] else None
    plain = {name: values[name] for name in Result.__dataclass_fields__}
    return Result(**plain | {"state": State(values["state"]), "error": error})


def _part(row: Row[Any], table: str) -> dict[str, Any]:
    """The columns of one table in a joined row."""
    start = f"{table}_"
    return {name.removeprefix(start): value for name, value in row._mapping.items() if name.startswith(start)}
