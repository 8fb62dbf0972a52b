"""A marked copy gets a place of its own in the outbox: two files never take the same one, whichever run is quicker."""

from collections.abc import Iterable

from sqlalchemy import Connection, select, text, update

from checker.ledger.book import Ledger
from checker.ledger.records import Job, Run
from checker.ledger.tables import jobs, submissions

_LOCK = 0x6C65646765720002  # the advisory lock under which places are given out: "ledger", 2


def reserve(ledger: Ledger, run: Run, job: Job, places: Iterable[str]) -> str:
    """The first of the places that no file of another name in this inbox was ever given; kept for this name.

    raises: LookupError where every place is taken.
    """
    places = tuple(places)

    def work(connection: Connection) -> str:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        taken = _taken(connection, run, job, places)
        place = next((place for place in places if place not in taken), None)
        if place is None:
            raise LookupError(f"no place left for {job.submission.name}: {places}")
        connection.execute(update(jobs).where(jobs.c.id == job.id).values(returned_to=place))
        return place

    return ledger.write(work)


def _taken(connection: Connection, run: Run, job: Job, places: tuple[str, ...]) -> set[str]:
    other = (jobs.c.inbox_id == run.inbox_id, submissions.c.name != job.submission.name)
    query = select(jobs.c.returned_to).join(submissions).where(*other, jobs.c.returned_to.in_(places))
    return set(connection.execute(query).scalars())
