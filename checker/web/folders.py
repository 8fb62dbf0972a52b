"""Who hands something in → the folder and the name under which it stands in the inbox of the pages."""

import re

from checker.ledger import Job
from checker.terms import Report
from checker.web.gate import Person

_HERE = "本机"  # what stands for the bureau where there are no accounts
_UNNAMED = "未命名"
_MARKED = re.compile(r"\.checked(?: ?\(\d+\))?(?=\.\w+$)")  # also 预算.checked (1).xlsx, as browsers save it


def place(folder: str, name: str) -> str:
    """The name of a file in our inbox: in a folder of its bureau, so that two bureaus never share one.

    A marked copy, corrected and handed in, comes under the name of what it was made of.
    """
    return f"{tame(folder)}/{tame(_MARKED.sub('', name))}"


def tame(text: str) -> str:
    """One part of a name, whatever it says."""
    return text.replace("/", "_").strip() or _UNNAMED


def folder_of(job: Job) -> str:
    return job.submission.name.partition("/")[0]


def is_same_hand(one: Job, other: Job) -> bool:
    """Whether two files were handed in for the same bureau, whatever the workbooks say: any can name another's.

    Without accounts there is one hand, and a file's folder says nothing.
    """
    without_accounts = not one.submission.sender and not other.submission.sender
    same_inbox = one.submission.inbox_id == other.submission.inbox_id
    return same_inbox and (without_accounts or folder_of(one) == folder_of(other))


def folder(person: Person, report: Report | None = None) -> str:
    """Whose a file is that somebody hands in: their bureau's, else of the one bureau it names, else their own."""
    named = {line.bureau for line in report.lines if line.bureau} if report and person.may_review else set()
    return person.bureau or (named.pop() if len(named) == 1 else own_folder(person.name))


def own_folder(name: str) -> str:
    """Where the files of somebody stand who hands in for no bureau."""
    return f"账号 {name}" if name else _HERE
