"""Several runs at once, runs that are killed, and a database that goes away: on SQLite and on PostgreSQL."""

import multiprocessing
import sqlite3
import threading
import time
from collections import Counter
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from sqlalchemy import event, func, select

from checker import ledger
from checker.errors import Unavailable
from checker.ledger import Ledger, Run, Version
from checker.ledger.tables import jobs, mails, results
from checker.report import Outcome
from checker.terms import Cell, Finding, Report
from tests import postgres

LAW = Version("shijiazhuang-ip-2024@1", "0.1.0")
SPAWN = multiprocessing.get_context("spawn")
REPORT = Report(
    "", LAW.rulebook, ("projects", "1.0"), 2027, findings=(Finding("金额未填", (Cell("填报表", 9, 3),), code="LN01"),)
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "ledger.db")
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return server.new_database()


def begin(book: Ledger, lease: float = 60) -> Run:
    return ledger.start(book, "/inbox", LAW, lease)


def receive(book: Ledger, run: Run, count: int) -> None:
    for number in range(count):
        ledger.receive(book, run, f"{number:03d}.xlsx", f"{number:064d}")


def run_to_the_end(
    url: str, said: str, stall_after: int = 0, lease: float = 60, together: Barrier | None = None
) -> None:
    """What a run does, saying each name that it claimed; it stalls, still holding work, after so many jobs."""
    book = ledger.open_ledger(url)
    run, done = begin(book, lease), 0
    if together:
        together.wait(60)
    with Path(said).open("a", buffering=1, encoding="utf-8") as file:
        while claimed := ledger.claim(book, run, 5):
            for job in claimed:
                file.write(f"{job.submission.name}\n")
                if stall_after and done >= stall_after:
                    file.write("stalled\n")
                    time.sleep(600)
                ledger.record(book, run, job, Outcome(job.submission.name, report=REPORT), "r" * 64)
                ledger.returned(book, run, job, mail_to=["ysc@sjz.gov.cn"])
                done += 1
    ledger.end(book, run)


def launch(url: str, said: Path, *arguments: object) -> BaseProcess:
    process = SPAWN.Process(target=run_to_the_end, args=(url, str(said), *arguments), daemon=True)
    process.start()
    return process


def count(book: Ledger, table: object) -> int:
    return book.read(lambda connection: connection.execute(select(func.count()).select_from(table)).scalar_one())


def states(book: Ledger) -> dict[str, int]:
    query = select(jobs.c.state, func.count()).group_by(jobs.c.state)
    return dict(book.read(lambda connection: [tuple(row) for row in connection.execute(query)]))


def test_two_runs_at_once_never_do_the_same_work_twice(url, tmp_path):
    book = ledger.open_ledger(url)
    receive(book, begin(book), 200)

    said = [tmp_path / "one", tmp_path / "two"]
    together = SPAWN.Barrier(2)
    for process in [launch(url, file, 0, 60, together) for file in said]:
        process.join(120)

    shares = [file.read_text().split() for file in said]
    assert sorted(shares[0] + shares[1]) == [f"{number:03d}.xlsx" for number in range(200)]
    assert all(shares)
    assert states(book) == {"returned": 200}
    assert count(book, results) == count(book, mails) == 200


def test_what_a_killed_run_left_is_finished_by_the_next_and_nothing_is_done_twice(url, tmp_path):
    book = ledger.open_ledger(url)
    receive(book, begin(book), 30)
    killed = launch(url, tmp_path / "killed", 12, 1.0)
    while not (tmp_path / "killed").exists() or "stalled" not in (tmp_path / "killed").read_text():
        time.sleep(0.05)
    killed.kill()
    killed.join()
    left = states(book)
    time.sleep(1.1)

    run_to_the_end(url, str(tmp_path / "heir"))

    done_by = Counter((tmp_path / "heir").read_text().split())
    assert left == {"returned": 12, "checking": 3, "received": 15}
    assert sorted(done_by.elements()) == [f"{number:03d}.xlsx" for number in range(12, 30)]
    assert states(book) == {"returned": 30}
    assert count(book, results) == count(book, mails) == 30


def test_runs_killed_again_and_again_leave_one_result_and_one_mail_a_file(url, tmp_path):
    book = ledger.open_ledger(url)
    receive(book, begin(book), 40)
    for wait in (0.9, 1.0, 1.1, 1.2):
        killed = launch(url, tmp_path / "killed", 0, 0.3)
        killed.join(wait)
        killed.kill()
        killed.join()
    time.sleep(0.4)

    run_to_the_end(url, str(tmp_path / "last"))

    assert states(book) == {"returned": 40}
    assert count(book, results) == count(book, mails) == 40


def test_two_runs_may_open_a_new_ledger_at_the_same_moment(url, tmp_path):
    processes = [launch(url, tmp_path / f"{number}") for number in range(3)]
    for process in processes:
        process.join(60)

    assert [process.exitcode for process in processes] == [0, 0, 0]


def test_a_database_that_comes_back_is_waited_for(postgres_server):
    book = ledger.open_ledger(postgres_server.new_database())
    run = begin(book)
    postgres_server.stop()
    back = threading.Timer(1.0, postgres_server.start)
    back.start()

    receive(book, run, 1)
    back.join()

    assert [job.submission.name for job in ledger.claim(book, run)] == ["000.xlsx"]


def test_a_database_that_stays_away_is_said_to_be_away(postgres_server):
    book = ledger.open_ledger(postgres_server.new_database(), patience=0.3)
    postgres_server.stop()
    try:
        with pytest.raises(Unavailable, match="已完成的部分不会重做"):
            begin(book)
    finally:
        postgres_server.start()


def test_a_run_that_waits_in_vain_for_another_writer_is_told_so_in_chinese(tmp_path, monkeypatch):
    monkeypatch.setattr("checker.ledger.opening._BUSY_SECONDS", 0.1)
    book = ledger.open_ledger(tmp_path / "ledger.db", patience=0.3)
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Unavailable, match="另一个核查任务正在写台账.*PostgreSQL"):
        begin(book)

    other.execute("ROLLBACK")
    assert begin(book).id == 1


def test_a_full_disk_is_named_and_leaves_the_ledger_as_it_was(tmp_path):
    book = ledger.open_ledger(tmp_path / "ledger.db", patience=0.3)
    run = begin(book)
    event.listen(book.engine, "begin", lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 1"))

    with pytest.raises(Unavailable, match="磁盘空间不足"):
        receive(book, run, 1000)

    again = ledger.open_ledger(tmp_path / "ledger.db")
    received = len(ledger.claim(again, begin(again), 1000))
    assert 0 < received < 1000
    assert count(again, jobs) == received


@pytest.mark.parametrize("address", ["mysql://root@db/ledger", "oracle://x", "postgresql://"])
def test_an_address_that_leads_nowhere_is_answered_in_chinese(address):
    with pytest.raises(Unavailable, match="台账"):
        ledger.open_ledger(address, patience=0.1)


def test_a_file_that_is_no_ledger_is_refused(tmp_path):
    (tmp_path / "ledger.db").write_bytes(b"PK\x03\x04 not a database" * 100)

    with pytest.raises(Unavailable, match="不能使用"):
        ledger.open_ledger(tmp_path / "ledger.db", patience=0.1)


def test_a_password_is_never_shown():
    with pytest.raises(Unavailable) as told:
        ledger.open_ledger("postgresql://kaohe:geheim@127.0.0.1:1/ledger", patience=0.1)

    assert "geheim" not in str(told.value)
