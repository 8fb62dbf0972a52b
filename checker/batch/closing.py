"""What a run brought → mails to the bureaus, the summary on the desk, and a mail with it to the office."""

import threading
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from checker import ledger
from checker.batch.handling import Done, Office, recipients_of
from checker.batch.run import Screen
from checker.batch.summary import summary
from checker.config import Config
from checker.desk.letters import Letter
from checker.errors import Occupied
from checker.ledger import Job, MailState, Run
from checker.ledger.runs import last_good_end
from checker.mail import Delivered, Post, deliver, writer
from checker.standing import standing_jobs

_NO_ADDRESS = ("没有邮箱", "通讯录里没有这个单位，没有发邮件。请把标注文件另行送达，并在通讯录里补上。")
_NOBODY_KNOWN = ("没有邮箱", "文件无法核查，认不出是哪个单位的，没有发邮件。请按文件位置找到报送单位，把原因告知对方。")

_MOST = 9  # summaries that somebody may have open at once


def finish(
    office: Office, run: Run, config: Config, finished: tuple[Done, ...], screen: Screen, stopping: threading.Event
) -> None:
    """Mail what is owed, then lay down the summary; nothing new since the last one, no new one."""
    jobs, name = standing_jobs(office.ledger, run), config.batch.summary
    delivered = _mailed(office, run, config, name, _counts(jobs, finished), stopping)
    fresh = _since_the_last(office, run, jobs) | {done.name for done in finished}
    if name and (fresh or delivered.refused or delivered.doubtful):
        letters = tuple(_letters(office, run, config, jobs))
        name = _lay_down(office, name, summary(office, run, config.batch, finished, fresh, letters))
        screen.say(f"汇总写在 {_place(config.batch.outbox, name)}。")
        for recipient in config.mail.summary_to if config.mail.host else ():
            ledger.owe_summary(office.ledger, run, recipient)
        delivered += _mailed(office, run, config, name, _counts(jobs, finished), stopping)
    if delivered != Delivered():
        screen.say(delivered.sentence)


def _lay_down(office: Office, name: str, content: bytes, number: int = 2) -> str:
    """Where the summary was written: 汇总（2）.xlsx where somebody has 汇总.xlsx open."""
    try:
        office.outbox.write(name, content)
    except Occupied:
        path = PurePosixPath(name)
        stem = path.stem.removesuffix(f"（{number - 1}）")
        if number > _MOST:
            raise
        return _lay_down(office, str(path.with_name(f"{stem}（{number}）{path.suffix}")), content, number + 1)
    return name


def _place(outbox: str, name: str) -> str:
    """Where a file of the outbox is, as whoever named the outbox would look for it."""
    return f"{outbox.rstrip('/')}/{name}" if "://" in outbox else str(Path(outbox) / name)


def _since_the_last(office: Office, run: Run, jobs: tuple[Job, ...]) -> set[str]:
    """What is new to the office: also what a run brought that was killed before it could say so."""
    last = last_good_end(office.ledger, run)
    return {one.submission.name for one in jobs if last is None or (one.returned_at and one.returned_at > last)}


def _counts(jobs: tuple[Job, ...], finished: tuple[Done, ...]) -> list[dict[str, int] | None]:
    """What each report counts, None where nobody could read the file, or even open it."""
    known = {job.submission.name for job in jobs}
    unopened = [None for done in finished if done.name not in known]
    return [*(job.result.counts if job.result and job.result.report else None for job in jobs), *unopened]


def _mailed(
    office: Office,
    run: Run,
    config: Config,
    name: str,
    counts: list[dict[str, int] | None],
    stopping: threading.Event,
) -> Delivered:
    """Send what is due in this inbox, also what earlier runs put off; the summary as it lies in the outbox."""
    if not config.mail.host:
        return Delivered()
    content = office.outbox.read(name) if name and office.outbox.holds(name) else b""
    write = writer(office.ledger, office.store, config.mail, counts, content, name)
    return deliver(office.ledger, run, Post(config.mail), write, stopping=stopping.is_set)


def _letters(office: Office, run: Run, config: Config, jobs: tuple[Job, ...]) -> Iterator[Letter]:
    """What a person must look after: mails that were refused or may not have arrived, bureaus without an address."""
    names = {job.id: job.submission.name for job in jobs}
    for mail in ledger.mails_in(office.ledger, run, MailState.REFUSED, MailState.DOUBTFUL):
        if mail.job_id is None or mail.job_id in names:
            about = names[mail.job_id] if mail.job_id else config.batch.summary
            yield Letter(about, mail.recipient, mail.state.label, mail.problem)
    if config.mail.host and config.mail.address_book:
        for job in jobs:
            if not recipients_of(office, job):
                bureau = job.submission.bureau
                yield Letter(job.submission.name, bureau, *(_NO_ADDRESS if bureau or job.marked else _NOBODY_KNOWN))
