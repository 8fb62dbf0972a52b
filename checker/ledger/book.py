"""The open ledger: one transaction at a time, repeated for a while when the database is gone."""

import random
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, OperationalError

from checker.errors import Unavailable

Answer = TypeVar("Answer")
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_HOPELESS = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_READONLY}


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Ledger:
    """A database with our tables in it; clock tells the moment, patience the seconds to wait for the database."""

    engine: Engine
    clock: Callable[[], datetime] = now
    patience: float = 60.0
    name: str = ""

    def read(self, work: Callable[[Connection], Answer]) -> Answer:
        """Look something up; other runs may write meanwhile."""
        return self._persist(lambda: self._once(work))

    def write(self, work: Callable[[Connection], Answer], *, durable: bool = False) -> Answer:
        """Change something in one transaction. It may run twice where the answer got lost, so work must bear that.

        In SQLite a power cut may undo the last changes, never a part of one; durable ones survive it, and cost a
        write to the disk each. What is undone is done again by the next run.
        """
        return self._persist(lambda: self._once(work, writing=True, durable=durable))

    def _once(self, work: Callable[[Connection], Answer], **options: bool) -> Answer:
        with self.engine.connect() as connection:
            connection.execution_options(**options)
            with connection.begin():
                return work(connection)

    def _persist(self, attempt: Callable[[], Answer]) -> Answer:
        deadline, pause = time.monotonic() + self.patience, _FIRST_PAUSE
        while True:
            try:
                return attempt()
            except DBAPIError as cause:
                if not _may_pass(cause) or time.monotonic() + pause > deadline:
                    raise self._plainly(cause) from cause
            time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 so that two runs do not knock in step
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _plainly(self, cause: DBAPIError) -> Exception:
        """The sentence for a database that stays away; a mistake in our own SQL stays what it is."""
        code = _sqlite_code(cause)
        if code == sqlite3.SQLITE_FULL:
            return Unavailable(f"磁盘空间不足，台账 {self.name} 没有写入。请腾出空间后再运行，已完成的部分不会重做。")
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return Unavailable(
                f"另一个核查任务正在写台账 {self.name}，等候 {self.patience:.0f} 秒仍未轮到。"
                "SQLite 台账同一时刻只容一个任务写入：请等它结束再运行，或改用 PostgreSQL 台账。"
            )
        if code in _HOPELESS:
            return Unavailable(f"台账 {self.name} 不能使用：{cause.orig}。请检查文件及其权限，必要时从备份恢复。")
        if _may_pass(cause):
            return Unavailable(
                f"连接台账数据库 {self.name} 失败，已重试 {self.patience:.0f} 秒：{_first_line(cause)}。"
                "请检查数据库和网络后再运行，已完成的部分不会重做。"
            )
        return cause


def insert_once(connection: Connection, table: Table, **values: Any) -> int | None:
    """Insert a row unless its unique key is taken; the new id, or None where somebody was there before."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    key = connection.execute(insert(table).values(values).on_conflict_do_nothing().returning(table.c.id)).scalar()
    return None if key is None else int(key)


def _may_pass(cause: DBAPIError) -> bool:
    """Whether waiting may help: connection lost or refused, server starting, locked, deadlock."""
    if cause.connection_invalidated:
        return True
    return isinstance(cause, OperationalError) and _sqlite_code(cause) not in _HOPELESS | {sqlite3.SQLITE_ERROR}


def _sqlite_code(cause: DBAPIError) -> int | None:
    """The primary result code of SQLite, None of another database."""
    code = getattr(cause.orig, "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF


def _first_line(cause: DBAPIError) -> str:
    return str(cause.orig).strip().partition("\n")[0]
