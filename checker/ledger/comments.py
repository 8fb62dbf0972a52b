"""A reviewer's words about a submission ↔ the ledger."""

from collections.abc import Iterable
from hashlib import sha256

from sqlalchemy import select

from checker.ledger.book import Ledger, insert_once
from checker.ledger.records import Comment
from checker.ledger.tables import comments


def comment(ledger: Ledger, submission: int, author: str, words: str) -> None:
    """Write down what somebody says of a submission; said twice in the same words it stands there once."""
    values = {"submission_id": submission, "author": author, "words": words, "written_at": ledger.clock()}
    digest = sha256(f"{author}\0{words}".encode("utf-8", "backslashreplace")).hexdigest()
    ledger.write(lambda connection: insert_once(connection, comments, digest=digest, **values))


def comments_on(ledger: Ledger, submissions: Iterable[int]) -> tuple[Comment, ...]:
    """What was said of these submissions, oldest first."""
    columns = [comments.c[name] for name in Comment.__dataclass_fields__]
    query = select(*columns).where(comments.c.submission_id.in_(list(submissions))).order_by(comments.c.id)
    return ledger.read(lambda connection: tuple(Comment(**row._mapping) for row in connection.execute(query)))
