"""The ledger's tables; what is written here and what the migrations build are held together by a test."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from checker.ledger.states import MailState, State


class Moment(TypeDecorator[datetime]):
    """A moment, aware of its zone outside and UTC inside; SQLite keeps no zone of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text from outside: what no database takes (a byte of a file name that is not UTF-8, NUL) is spelt out.

    Two names that differ stay different.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        if value is None:
            return None
        return value.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key() -> "Column[int]":
    return Column("id", Integer, primary_key=True)


def words(name: str) -> "Column[str]":
    return Column(name, Words, nullable=False, server_default="")


def _hash(name: str) -> "Column[str]":
    return Column(name, String(64), nullable=False, server_default="")


def _to(table: str, name: str = "", **options: Any) -> "Column[int]":
    return Column(name or f"{table[:-1]}_id", ForeignKey(f"{table}.id"), **options)


def _one_of(column: str, values: Iterable[State | MailState]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


versions = Table(  # what a result depends on besides the file
    "versions",
    METADATA,
    key(),
    Column("rulebook", Words, nullable=False),
    Column("checker", Words, nullable=False),
    UniqueConstraint("rulebook", "checker"),
)

inboxes = Table("inboxes", METADATA, key(), Column("url", Words, nullable=False, unique=True))

runs = Table(  # alive_until: after this moment its work may be taken over
    "runs",
    METADATA,
    key(),
    _to("versions", nullable=False),
    _to("inboxes", "inbox_id", nullable=False),
    words("started_by"),
    Column("started_at", Moment, nullable=False),
    Column("alive_until", Moment, nullable=False, index=True),
    Column("ended_at", Moment),
    words("problem"),
)

# number counts the different files handed in under one name, from 1; origin is the name under which the first edition
# of the same submission came in: of all with one origin only the newest counts.
submissions = Table(
    "submissions",
    METADATA,
    key(),
    _to("inboxes", "inbox_id", nullable=False),
    words("name"),
    words("origin"),
    Column("number", Integer, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    words("sender"),
    Column("received_at", Moment, nullable=False),
    words("bureau"),
    words("division"),
    Column("year", Integer),
    words("template"),
    UniqueConstraint("inbox_id", "name", "number"),
    Index(None, "bureau", "division", "year", "template"),
    Index(None, "inbox_id", "origin"),
)

results = Table(  # exactly one for a file and a version; report is the hash of the JSON in the store
    "results",
    METADATA,
    key(),
    Column("sha256", String(64), nullable=False),
    _to("versions", nullable=False),
    _to("runs", nullable=False, index=True),
    Column("state", String(16), nullable=False),
    _hash("report"),
    words("error_code"),
    words("error"),
    Column("counts", JSON, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("sha256", "version_id"),
    _one_of("state", (State.CHECKED, State.UNREADABLE)),
)

findings = Table(
    "findings",
    METADATA,
    Column("result_id", ForeignKey("results.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("code", String(16), nullable=False, index=True),
    Column("severity", String(16), nullable=False),
    words("sheet"),
    words("cell"),
    words("message"),
)

# One submission (whose inbox and hash it repeats) under one version; run and token say who has it in hand, first_id
# which job came first on the same file.
jobs = Table(
    "jobs",
    METADATA,
    key(),
    _to("inboxes", "inbox_id", nullable=False),
    _to("submissions", nullable=False),
    Column("sha256", String(64), nullable=False),
    _to("versions", nullable=False),
    Column("state", String(16), nullable=False),
    _to("jobs", "first_id"),
    _to("runs", index=True),
    Column("token", String(32), nullable=False, server_default="", index=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    _hash("marked"),
    Column("returned_at", Moment),
    words("returned_to"),
    UniqueConstraint("submission_id", "version_id"),
    Index(None, "inbox_id", "version_id", "state"),
    Index(None, "sha256", "version_id"),
    _one_of("state", State),
)

mails = Table(  # about names what it is about (job:17, run:3): at most one mail to one person about one thing
    "mails",
    METADATA,
    key(),
    _to("inboxes", "inbox_id", nullable=False),
    Column("about", String(32), nullable=False),
    _to("jobs"),
    words("recipient"),
    Column("message_id", String(64), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    _to("runs", index=True),
    Column("token", String(32), nullable=False, server_default="", index=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", Moment, nullable=False),
    Column("sent_at", Moment),
    words("problem"),
    UniqueConstraint("about", "recipient"),
    _one_of("state", MailState),
)

comments = Table(  # digest is that of author and words: the same remark sent twice is one
    "comments",
    METADATA,
    key(),
    _to("submissions", nullable=False),
    words("author"),
    words("words"),
    _hash("digest"),
    Column("written_at", Moment, nullable=False),
    UniqueConstraint("submission_id", "digest"),
)
