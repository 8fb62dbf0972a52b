"""台账: what was handed in, checked, returned and mailed, by which run and under which law; nothing is done twice."""

from checker.ledger import accounts, audit
from checker.ledger.book import Ledger
from checker.ledger.comments import comment, comments_on
from checker.ledger.mails import (
    due_mails,
    job_of,
    mail_doubtful,
    mail_put_off,
    mail_refused,
    mail_sent,
    mails_in,
    owe_summary,
)
from checker.ledger.opening import open_ledger
from checker.ledger.records import Comment, Job, Mail, Result, Run, Submission, Version
from checker.ledger.runs import end, held_elsewhere, keep_alive, replaced, standing, start
from checker.ledger.states import MailState, State
from checker.ledger.submissions import follow, history, named, receive
from checker.ledger.work import claim, record, returned

__all__ = [
    "Comment",
    "Job",
    "Ledger",
    "Mail",
    "MailState",
    "Result",
    "Run",
    "State",
    "Submission",
    "Version",
    "accounts",
    "audit",
    "claim",
    "comment",
    "comments_on",
    "due_mails",
    "end",
    "follow",
    "held_elsewhere",
    "history",
    "job_of",
    "keep_alive",
    "mail_doubtful",
    "mail_put_off",
    "mail_refused",
    "mail_sent",
    "mails_in",
    "named",
    "open_ledger",
    "owe_summary",
    "receive",
    "record",
    "replaced",
    "returned",
    "standing",
    "start",
]
