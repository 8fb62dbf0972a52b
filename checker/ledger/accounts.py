"""Who may come in: accounts with their sessions and tokens, all secrets as hashes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select, update

from checker.ledger.book import Ledger, insert_once
from checker.ledger.people import attempts, sessions, tokens, users


@dataclass(frozen=True)
class User:
    """An account; role is bureau, reviewer or admin, renew says that the password must be changed first."""

    id: int
    name: str
    role: str
    bureau: str
    password: str
    renew: bool
    added_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True)
class Token:
    """What a program shows instead of a password."""

    id: int
    label: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Limit:
    """How many wrong passwords within so many seconds: for one name from one address, and for either alone."""

    seconds: float = 900.0
    pair: int = 5
    alone: int = 20


def add_user(
    ledger: Ledger, name: str, role: str, bureau: str = "", password: str = "", *, renew: bool = False
) -> bool:
    """Add an account; False where there is one of this name."""
    values = {"name": name, "role": role, "bureau": bureau, "password": password, "renew": renew}

    def work(connection: Connection) -> bool:
        return insert_once(connection, users, **values, added_at=ledger.clock()) is not None

    return ledger.write(work, durable=True)


def users_of(ledger: Ledger) -> tuple[User, ...]:
    query = select(users).order_by(users.c.role, users.c.name)
    return ledger.read(lambda connection: tuple(User(**row._mapping) for row in connection.execute(query)))


def has_users(ledger: Ledger) -> bool:
    return ledger.read(lambda connection: connection.execute(select(users.c.id).limit(1)).first() is not None)


def user_named(ledger: Ledger, name: str) -> User | None:
    row = ledger.read(lambda connection: connection.execute(select(users).where(users.c.name == name)).first())
    return User(**row._mapping) if row else None


def remove_user(ledger: Ledger, name: str) -> bool:
    """Remove an account with everything it could come in by; False where there is none."""

    def work(connection: Connection) -> bool:
        _end(connection, name, (sessions, tokens))
        return connection.execute(delete(users).where(users.c.name == name)).rowcount == 1

    return ledger.write(work, durable=True)


def set_password(
    ledger: Ledger,
    name: str,
    password: str,
    *,
    renew: bool = False,
    instead_of: str | None = None,
    tokens_too: bool = False,
) -> bool:
    """Set the hash of a password and end every session that was begun with the old one.

    False where there is no such account, or its hash is another than instead_of by now.
    """

    def work(connection: Connection) -> bool:
        still = () if instead_of is None else (users.c.password == instead_of,)
        changed = update(users).where(users.c.name == name, *still).values(password=password, renew=renew)
        if connection.execute(changed).rowcount != 1:
            return False
        _end(connection, name, (sessions, tokens) if tokens_too else (sessions,))
        return True

    return ledger.write(work, durable=True)


def _end(connection: Connection, name: str, which: Iterable[Table]) -> None:
    mine = select(users.c.id).where(users.c.name == name).scalar_subquery()
    for table in which:
        connection.execute(delete(table).where(table.c.user_id == mine))


def begin_session(ledger: Ledger, user: User, digest: str, seconds: float) -> bool:
    """Let a browser in for so long; False where the password was set anew since the account was looked at."""
    now = ledger.clock()
    values = {"user_id": user.id, "digest": digest, "begun_at": now, "until": now + timedelta(seconds=seconds)}

    def work(connection: Connection) -> bool:
        same = (users.c.id == user.id, users.c.password == user.password)
        if connection.execute(update(users).where(*same).values(seen_at=now)).rowcount != 1:
            return False
        insert_once(connection, sessions, **values)
        return True

    return ledger.write(work)


def session(ledger: Ledger, digest: str) -> tuple[User, datetime] | None:
    """Whose session it is, and until when; also of one that is over and not yet forgotten."""
    query = select(users, sessions.c.until).join(sessions).where(sessions.c.digest == digest)
    return _with_moment(ledger, query, "until")


def end_session(ledger: Ledger, digest: str) -> None:
    ledger.write(lambda connection: connection.execute(delete(sessions).where(sessions.c.digest == digest)))


def lock_out(ledger: Ledger, name: str) -> None:
    """End every session of an account and revoke its tokens; its password still opens it."""
    ledger.write(lambda connection: _end(connection, name, (sessions, tokens)), durable=True)


def open_sessions(ledger: Ledger) -> dict[str, int]:
    """Name → how many browsers are logged in at this moment."""
    return _counted(ledger, sessions, sessions.c.until > ledger.clock())


def valid_tokens(ledger: Ledger) -> dict[str, int]:
    """Name → how many tokens open the interface for programs."""
    return _counted(ledger, tokens)


def _counted(ledger: Ledger, table: Table, *where: ColumnElement[bool]) -> dict[str, int]:
    query = select(users.c.name, func.count()).join(table).where(*where).group_by(users.c.name)
    return ledger.read(lambda connection: {row[0]: row[1] for row in connection.execute(query)})


def add_token(ledger: Ledger, user: User, digest: str, label: str) -> None:
    values = {"user_id": user.id, "digest": digest, "label": label, "made_at": ledger.clock()}
    ledger.write(lambda connection: insert_once(connection, tokens, **values), durable=True)


def tokens_of(ledger: Ledger, name: str) -> tuple[Token, ...]:
    columns = [tokens.c[field] for field in Token.__dataclass_fields__]
    query = select(*columns).join(users).where(users.c.name == name).order_by(tokens.c.id)
    return ledger.read(lambda connection: tuple(Token(**row._mapping) for row in connection.execute(query)))


def token_holder(ledger: Ledger, digest: str) -> User | None:
    """Whose token it is; that it was used is written down once a minute at most."""
    found = _with_moment(
        ledger, select(users, tokens.c.used_at).join(tokens).where(tokens.c.digest == digest), "used_at"
    )
    if found is None:
        return None
    user, used = found
    now = ledger.clock()
    if used is None or now - used > timedelta(minutes=1):
        mark = update(tokens).where(tokens.c.digest == digest).values(used_at=now)
        ledger.write(lambda connection: connection.execute(mark))
    return user


def revoke_token(ledger: Ledger, name: str, number: int) -> bool:
    """Revoke a token of this account; False where it has none of this number."""
    mine = select(users.c.id).where(users.c.name == name).scalar_subquery()
    gone = delete(tokens).where(tokens.c.id == number, tokens.c.user_id == mine)
    return ledger.write(lambda connection: connection.execute(gone).rowcount == 1, durable=True)


def _with_moment(ledger: Ledger, query: Any, column: str) -> tuple[User, Any] | None:
    row = ledger.read(lambda connection: connection.execute(query).first())
    if row is None:
        return None
    values = dict(row._mapping)
    moment = values.pop(column)
    return User(**values), moment


def may_try(ledger: Ledger, name: str, address: str, limit: Limit) -> bool:
    """Whether a password may be looked at; if so it counts as wrong until forgive() says otherwise.

    Counting first leaves no gap in which many passwords are tried at once.
    """

    def work(connection: Connection) -> bool:
        since = attempts.c.at > ledger.clock() - timedelta(seconds=limit.seconds)
        same_name, same_address = attempts.c.name == name, attempts.c.address == address

        def tried(*which: Any) -> int:
            return int(connection.execute(select(func.count()).select_from(attempts).where(since, *which)).scalar_one())

        few = tried(same_name, same_address) < limit.pair
        if not few or max(tried(same_name), tried(same_address)) >= limit.alone:
            return False
        insert_once(connection, attempts, name=name, address=address, at=ledger.clock())
        return True

    return ledger.write(work)


def forgive(ledger: Ledger, name: str, address: str) -> None:
    """The password was right: what this person mistyped here before does not count."""
    mine = delete(attempts).where(attempts.c.name == name, attempts.c.address == address)
    ledger.write(lambda connection: connection.execute(mine))


def forget_sessions(ledger: Ledger, grace: timedelta) -> None:
    """Remove sessions that have been over for so long, and passwords tried a day ago."""
    now = ledger.clock()

    def work(connection: Connection) -> None:
        connection.execute(delete(sessions).where(sessions.c.until < now - grace))
        connection.execute(delete(attempts).where(attempts.c.at < now - timedelta(days=1)))

    ledger.write(work)
