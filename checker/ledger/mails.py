"""Which mails are owed, being sent, and sent: nothing is mailed twice, and what is in doubt is left to a person."""

from datetime import datetime
from secrets import token_hex

from sqlalchemy import Connection, select, update

from checker.ledger.book import Ledger, insert_once
from checker.ledger.records import Job, Mail, Run, read_jobs, read_mail, select_jobs
from checker.ledger.runs import dead_runs, extend
from checker.ledger.states import MailState
from checker.ledger.tables import jobs, mails


def owe_summary(ledger: Ledger, run: Run, recipient: str) -> None:
    """Owe one mail about the whole run; owed twice is owed once."""
    ledger.write(lambda connection: owe(connection, ledger, run, f"run:{run.id}", recipient))


def owe(
    connection: Connection, ledger: Ledger, run: Run, about: str, recipient: str, job_id: int | None = None
) -> None:
    """Owe a mail within a transaction."""
    insert_once(
        connection,
        mails,
        inbox_id=run.inbox_id,
        about=about,
        job_id=job_id,
        recipient=recipient,
        message_id=f"<{token_hex(16)}@budget-level-checker>",
        state=MailState.DUE,
        due_at=ledger.clock(),
    )


def due_mails(ledger: Ledger, run: Run, limit: int = 20) -> tuple[Mail, ...]:
    """Take in hand mails of this inbox that are due; each must then be sent, put off, refused or doubted.

    What a dead run was sending becomes doubtful: nobody knows whether the server took it.
    """
    token = token_hex(16)

    def work(connection: Connection) -> tuple[Mail, ...]:
        extend(connection, ledger, run)
        _doubt_the_abandoned(connection, ledger, run)
        due = (mails.c.inbox_id == run.inbox_id, mails.c.state == MailState.DUE, mails.c.due_at <= ledger.clock())
        query = select(mails.c.id).where(*due).order_by(mails.c.id).limit(limit).with_for_update(skip_locked=True)
        in_hand = {"state": MailState.SENDING, "run_id": run.id, "token": token, "attempts": mails.c.attempts + 1}
        keys = connection.execute(query).scalars().all()
        connection.execute(update(mails).where(mails.c.id.in_(keys)).values(in_hand))
        rows = connection.execute(select(mails).where(mails.c.token == token).order_by(mails.c.id))
        return tuple(map(read_mail, rows))

    return ledger.write(work, durable=True)


def _doubt_the_abandoned(connection: Connection, ledger: Ledger, run: Run) -> None:
    abandoned = (mails.c.state == MailState.SENDING, mails.c.run_id.in_(dead_runs(ledger)))
    problem = "发送途中程序中断，不知是否送达。请向收件人核实；不会自动重发。"
    connection.execute(
        update(mails)
        .where(*abandoned, mails.c.inbox_id == run.inbox_id)
        .values(state=MailState.DOUBTFUL, problem=problem)
    )


def mail_sent(ledger: Ledger, mail: Mail) -> None:
    """The server has taken the mail."""
    _close(ledger, mail, MailState.SENT, "", sent_at=ledger.clock())


def mail_put_off(ledger: Ledger, mail: Mail, problem: str, until: datetime) -> None:
    """The server surely did not take the mail; it is due again at that moment."""
    _close(ledger, mail, MailState.DUE, problem, due_at=until)


def mail_refused(ledger: Ledger, mail: Mail, problem: str) -> None:
    """The server refused the mail for good, or it was tried often enough."""
    _close(ledger, mail, MailState.REFUSED, problem)


def mail_doubtful(ledger: Ledger, mail: Mail, problem: str) -> None:
    """The connection broke after the text was sent: never sent again by itself, shown to a person."""
    _close(ledger, mail, MailState.DOUBTFUL, problem)


def _close(ledger: Ledger, mail: Mail, state: MailState, problem: str, **moments: datetime) -> None:
    def work(connection: Connection) -> None:
        sending = (mails.c.id == mail.id, mails.c.state == MailState.SENDING, mails.c.attempts == mail.attempts)
        connection.execute(update(mails).where(*sending).values(state=state, problem=problem, **moments))

    ledger.write(work, durable=True)


def mails_in(ledger: Ledger, run: Run, *states: MailState) -> tuple[Mail, ...]:
    """The mails of the run's inbox in these states, for the summary and for a person to look after."""
    query = select(mails).where(mails.c.inbox_id == run.inbox_id, mails.c.state.in_(states)).order_by(mails.c.id)
    return ledger.read(lambda connection: tuple(map(read_mail, connection.execute(query))))


def job_of(ledger: Ledger, mail: Mail) -> Job | None:
    """The job a mail is about; None for a mail about a run."""
    query = select_jobs().where(jobs.c.id == mail.job_id)
    return ledger.read(lambda connection: next(iter(read_jobs(connection, query)), None))
