"""A URL or a path → the open ledger, its tables brought up to date."""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from checker.errors import Unavailable
from checker.ledger.book import Ledger, now

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x6C65646765720001  # the advisory lock under which one process at a time migrates: "ledger", 1
_BUSY_SECONDS = 5.0


def open_ledger(url: str | Path, clock: Callable[[], datetime] = now, patience: float = 60.0) -> Ledger:
    """Open the ledger at postgresql://…, sqlite:///… or a plain file path, creating or migrating its tables.

    clock tells the moment (UTC now); patience is how many seconds every operation waits for a database that is gone.
    raises: Unavailable
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        _make_home(address)
    name = address.database if address.get_backend_name() == "sqlite" else address.render_as_string()
    ledger = Ledger(_engine(address), clock, patience, name or "")
    if not ledger.read(_is_current):
        ledger.write(_migrate)
    return ledger


def _address(url: str | Path) -> URL:
    written = str(url)
    try:
        address = make_url(written if "://" in written else f"sqlite:///{Path(written).expanduser().absolute()}")
    except ArgumentError as cause:
        raise Unavailable(f"台账地址 {written} 写法不对。请写文件路径，或 postgresql://用户@主机/库名。") from cause
    if address.drivername in {"postgres", "postgresql"}:
        return address.set(drivername="postgresql+psycopg")
    return address


def _make_home(address: URL) -> None:
    try:
        Path(address.database or "").parent.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise Unavailable(f"无法建立台账文件夹：{cause}。请检查路径和权限。") from cause


def _engine(address: URL) -> Engine:
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address, connect_args={"timeout": _BUSY_SECONDS})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        return create_engine(address, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    except ImportError as cause:
        raise Unavailable('使用 PostgreSQL 台账须先安装驱动：pip install "budget-level-checker[postgres]"。') from cause
    except NoSuchModuleError as cause:
        raise Unavailable(f"台账不支持 {address.drivername}。请用 SQLite 文件路径或 postgresql:// 地址。") from cause


def _set_up_sqlite(connection: sqlite3.Connection, _: object) -> None:
    """Write-ahead logging, so that readers never wait for the writer."""
    connection.isolation_level = None  # transactions are begun below, not guessed by the driver
    for pragma in ("journal_mode = WAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the one lock at once: taken later, it could fail in the middle."""
    options = connection.get_execution_options()
    connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if options.get('durable') else 'NORMAL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writing") else "BEGIN")


def _scripts() -> tuple[Config, ScriptDirectory]:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config, ScriptDirectory.from_config(config)


def _is_current(connection: Connection) -> bool:
    """Whether the tables are those of this program; raises Unavailable where a newer one made them."""
    _, scripts = _scripts()
    revision = MigrationContext.configure(connection).get_current_revision()
    try:
        scripts.get_revisions(revision or ())
    except CommandError as cause:
        raise Unavailable(
            f"台账由更新版本的程序建立（{revision}），本程序不能使用。请升级程序，或换用另一个台账。"
        ) from cause
    return revision == scripts.get_current_head()


def _migrate(connection: Connection) -> None:
    """Bring the tables up to date inside the transaction; of two processes at once the second finds it done."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    config, _ = _scripts()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
