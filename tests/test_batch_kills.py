"""A batch that is killed, starved of disk, or cut off from its database: nothing is lost, halved or done twice."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from checker import ledger
from checker.errors import Unavailable
from checker.folder import open_folder
from checker.ledger import Ledger
from checker.ledger.tables import jobs, mails, results, runs, submissions
from checker.store import Store
from tests import postgres
from tests.batches import count, outside, put, run, settings, submission

BOOK = "people.csv"
_BEGIN, _LONGEST = 1.0, 6.0  # seconds after which a run is killed: among imports, receiving, checking or returning


def launch(home: Path, url: str) -> subprocess.Popen:
    return subprocess.Popen(
        [Path(sys.executable).with_name("checker"), "batch", "in", "out", "--ledger", url, "--store", "store",
         "--workers", "2"],
        cwd=home,
        env=os.environ | {"CHECKER_BATCH_LEASE_SECONDS": "1", "CHECKER_BATCH_SETTLE_SECONDS": "0",
                          "CHECKER_MAIL_ADDRESS_BOOK": BOOK},
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def kill_at_random_until_done(home: Path, url: str, kills: int, chance: random.Random, longest: float) -> int:
    """Start a run and kill it, over and over; the last one is left to end. How many were killed in the middle."""
    killed = 0
    while killed < kills:
        process = launch(home, url)
        try:
            process.communicate(timeout=chance.uniform(_BEGIN, longest))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            killed += 1
        else:
            break  # everything was done before its time had come
    last = launch(home, url)
    _, told = last.communicate(timeout=600)
    assert last.returncode == 1, told
    return killed


def assert_each_was_done_once(home: Path, url: str, files: int) -> None:
    book = ledger.open_ledger(url)
    assert (count(book, submissions), count(book, jobs), count(book, results)) == (files, files, files)
    returned = book.read(lambda connection: connection.execute(select(jobs.c.state, jobs.c.returned_to)).all())
    assert Counter(state for state, _ in returned) == {"returned": files}
    assert sorted(place for _, place in returned) == outside(home / "out")
    assert_nothing_is_half_written(home)
    assert nobody_is_told_twice(book)


def assert_nothing_is_half_written(home: Path) -> None:
    """Of what anybody looks at; a file that a kill left unfinished has a name nobody looks at."""
    for name in open_folder(home / "out").names():
        openpyxl.load_workbook(home / "out" / name, read_only=True).close()
    store = Store(open_folder(home / "store"))
    for name in store.folder.names():
        store.read(Path(name).name)


def nobody_is_told_twice(book: Ledger) -> bool:
    owed = book.read(lambda connection: connection.execute(select(mails.c.about, mails.c.recipient)).all())
    return len(owed) == len(set(owed))


def inbox_of(home: Path, files: int) -> None:
    put(home / "in", {f"{number % 7}/{number:03}.xlsx": submission(f"第{number}局") for number in range(files)})
    (home / BOOK).write_text("", "utf-8")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "ledger.db")
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return server.new_database()


def test_a_batch_killed_again_and_again_ends_with_one_result_a_file(tmp_path, url):
    inbox_of(tmp_path, 20)

    kill_at_random_until_done(tmp_path, url, 4, random.Random(7), 5.0)

    assert_each_was_done_once(tmp_path, url, 20)


@pytest.mark.slow
def test_a_hundred_kills_over_two_hundred_workbooks_leave_one_result_a_file(tmp_path):
    """Every kill is followed by a new file, so that there is work left for the next run to be killed in."""
    inbox_of(tmp_path, 200)
    url, chance, killed = str(tmp_path / "ledger.db"), random.Random(5), 0
    while killed < 100:
        process = launch(tmp_path, url)
        try:
            process.communicate(timeout=chance.uniform(_BEGIN, _LONGEST))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            killed += 1
        else:  # done too soon: the same files under another law are all work again
            shutil.move(tmp_path / "ledger.db", tmp_path / f"ledger-{killed}.db")
    last = launch(tmp_path, url)
    last.communicate(timeout=600)

    assert_each_was_done_once(tmp_path, url, 200)


def test_no_process_outlives_a_killed_run(tmp_path):
    import psutil

    inbox_of(tmp_path, 20)
    process = launch(tmp_path, str(tmp_path / "ledger.db"))
    parent, children = psutil.Process(process.pid), []
    while len(children) < 3:  # two workers and what keeps track of them
        time.sleep(0.05)
        children = parent.children(recursive=True)

    process.kill()
    process.communicate()

    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []


def test_a_stop_signal_ends_a_run_in_good_order(tmp_path):
    inbox_of(tmp_path, 40)
    url = str(tmp_path / "ledger.db")
    process = launch(tmp_path, url)
    told = [process.stderr.readline()]

    process.send_signal(signal.SIGTERM)
    told += process.communicate(timeout=60)[1].splitlines()

    book = ledger.open_ledger(url)
    done = count(book, results)
    ended = book.read(lambda connection: connection.execute(select(runs.c.ended_at)).scalars().all())
    assert process.returncode == 1
    assert 0 < done < 40
    assert (len(outside(tmp_path / "out")), None in ended) == (done, False)


def test_a_full_disk_ends_the_run_in_plain_words_and_the_next_one_does_the_rest(tmp_path):
    """The disk is one of two megabytes; it is root's to make one."""
    disk = tmp_path / "out"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", disk], check=False, capture_output=True
    ).returncode:
        pytest.skip("only root may mount a small disk")
    inbox_of(tmp_path, 20)
    try:
        with pytest.raises(Unavailable, match="磁盘空间不足"):
            run(settings(tmp_path, store=str(tmp_path / "store"), ledger=str(tmp_path / "ledger.db")))
        half_way = outside(disk)
        subprocess.run(["mount", "-o", "remount,size=20m", disk], check=True)

        run(settings(tmp_path, store=str(tmp_path / "store"), ledger=str(tmp_path / "ledger.db")))

        assert 0 < len(half_way) < 20
        assert not [name for name in half_way if not name.endswith(".checked.xlsx")]
        assert_each_was_done_once(tmp_path, str(tmp_path / "ledger.db"), 20)
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_database_that_is_gone_for_a_while_costs_only_time(tmp_path, postgres_server):
    inbox_of(tmp_path, 30)
    url = postgres_server.new_database()
    process = launch(tmp_path, url)
    process.stderr.readline()  # the first file is done

    postgres_server.stop()
    time.sleep(2)
    postgres_server.start()
    process.communicate(timeout=120)

    assert process.returncode == 1
    assert_each_was_done_once(tmp_path, url, 30)
