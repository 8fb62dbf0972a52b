"""The tables of who may come in, and of who did what."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table

from checker.ledger.tables import METADATA, Moment, Words, key, words

ROLES = ("bureau", "reviewer", "admin")


def _user() -> "Column[int]":
    return Column("user_id", ForeignKey("users.id"), nullable=False, index=True)


def _digest() -> "Column[str]":
    return Column("digest", String(64), nullable=False, unique=True)


users = Table(  # password is an argon2 hash; renew: it was given to its owner and must be changed first
    "users",
    METADATA,
    key(),
    Column("name", Words, nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    words("bureau"),
    words("password"),
    Column("renew", Boolean, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("seen_at", Moment),
    CheckConstraint("role IN ('bureau', 'reviewer', 'admin')", name="role"),
)

sessions = Table(  # digest is the hash of what the browser keeps: whoever reads the ledger cannot pose as anybody
    "sessions",
    METADATA,
    key(),
    _user(),
    _digest(),
    Column("begun_at", Moment, nullable=False),
    Column("until", Moment, nullable=False, index=True),
)

tokens = Table(
    "tokens",
    METADATA,
    key(),
    _user(),
    _digest(),
    words("label"),
    Column("made_at", Moment, nullable=False),
    Column("used_at", Moment),
)

attempts = Table(  # passwords tried that were not right, or are being looked at now
    "attempts",
    METADATA,
    key(),
    words("name"),
    words("address"),
    Column("at", Moment, nullable=False, index=True),
    Index(None, "name", "at"),
    Index(None, "address", "at"),
)

audit = Table(  # who is a name and not an account: it stays readable when the account is gone
    "audit",
    METADATA,
    key(),
    Column("at", Moment, nullable=False, index=True),
    words("who"),
    words("address"),
    words("what"),
    words("about"),
    Column("status", Integer, nullable=False, server_default="0"),
    Index(None, "who", "at"),
)
