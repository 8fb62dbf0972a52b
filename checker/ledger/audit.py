"""Who did what, when, from where and with what success: written once, never changed, forgotten after its time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, select

from checker.ledger.book import Ledger, insert_once
from checker.ledger.people import audit

_LONGEST = 500


@dataclass(frozen=True)
class Entry:
    """One deed; what is its code, about what it was done to, status the answer it got (0 outside of the pages)."""

    id: int
    at: datetime
    who: str
    address: str
    what: str
    about: str
    status: int


def note(ledger: Ledger, who: str, what: str, about: str = "", address: str = "", status: int = 0) -> None:
    """Write down a deed."""
    cut = {"who": who[:_LONGEST], "what": what[:_LONGEST], "about": about[:_LONGEST], "address": address[:_LONGEST]}
    ledger.write(lambda connection: insert_once(connection, audit, at=ledger.clock(), status=status, **cut))


def entries(
    ledger: Ledger, who: str = "", what: str = "", before: int | None = None, limit: int = 100
) -> tuple[Entry, ...]:
    """The newest entries, of one person or one kind of deed where asked for, and older than the one given."""
    query: Select[Any] = select(audit).order_by(audit.c.id.desc()).limit(limit)
    if who:
        query = query.where(audit.c.who == who)
    if what:
        query = query.where(audit.c.what == what)
    if before is not None:
        query = query.where(audit.c.id < before)
    return ledger.read(lambda connection: tuple(Entry(**row._mapping) for row in connection.execute(query)))


def forget(ledger: Ledger, keep: timedelta) -> int:
    """Remove what is older than it has to be kept; how many entries that were."""
    old = delete(audit).where(audit.c.at < ledger.clock() - keep)
    return ledger.write(lambda connection: connection.execute(old).rowcount)
