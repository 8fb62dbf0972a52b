"""A mail that the ledger owes → its letter, from what lies in the store."""

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from checker.config import Mail as Settings
from checker.ledger import Ledger, Mail, job_of
from checker.mail.letter import Counts, Letter, returned, summary, unreadable
from checker.report import Outcome
from checker.standing import changes_since, report_of
from checker.store import Store


def writer(
    ledger: Ledger,
    store: Store,
    settings: Settings,
    counts: Sequence[Counts | None] = (),
    content: bytes = b"",
    name: str = "",
) -> Callable[[Mail], Letter]:
    """What deliver() asks for each mail; counts, content and name are those of the run's summary workbook."""

    def write(mail: Mail) -> Letter:
        if mail.job_id is not None:
            return _about_a_job(ledger, store, settings, mail)
        return summary(counts, content, name, linked(settings.link, name))

    return write


def _about_a_job(ledger: Ledger, store: Store, settings: Settings, mail: Mail) -> Letter:
    job = job_of(ledger, mail)
    if job is None:
        raise AssertionError("a mail about a job that the ledger does not know")
    submission, report = job.submission, report_of(store, job)
    outcome = Outcome(submission.name, submission.sha256, report, job.result.error if job.result else None)
    if report is None:
        return unreadable(outcome, submission.bureau)
    changes = changes_since(ledger, store, job, report)
    place = PurePosixPath(job.returned_to)
    marked = store.read(job.marked) if job.marked else b""
    return returned(outcome, submission.bureau, marked, place.name, changes, linked(settings.link, job.returned_to))


def linked(start: str, place: str) -> str:
    """Where the file is fetched: a share of Windows is written with its own slashes."""
    if not start:
        return ""
    return start.rstrip("/\\") + "\\" + place.replace("/", "\\") if "\\" in start else f"{start.rstrip('/')}/{place}"
