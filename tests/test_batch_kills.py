"""A batch that is killed, starved of disk, or cut off from its database: nothing is lost, halved or done twice."""

import random
import signal
import subprocess
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from checker import ledger
from checker.errors import Unavailable
from checker.folder import open_folder
from checker.ledger.tables import jobs, results, runs, submissions
from checker.store import Store
from tests import postgres
from tests.batches import SUMMARY, count, launch, outside, put, run, settings, submission


def kill_in_the_middle(process: subprocess.Popen, chance: random.Random) -> bool:
    """Killed somewhere among imports and receiving, or just after a file or two; False where it ended before.

    What it says tells how far it has come, so that fast and slow machines are hit alike.
    """
    if chance.random() < 0.4:
        with suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0, 2))
    else:
        for _ in range(chance.randint(1, 2)):
            process.stderr.readline()
        time.sleep(chance.uniform(0, 0.05))
    ended = process.poll() is not None
    process.kill()
    process.communicate()
    return not ended


def let_end(process: subprocess.Popen) -> None:
    """It found errors, or had nothing left to do."""
    _, told = process.communicate(timeout=600)
    assert process.returncode == int("→" in told), told


def assert_each_was_done_once(home: Path, url: str, files: int) -> None:
    book = ledger.open_ledger(url)
    assert (count(book, submissions), count(book, jobs), count(book, results)) == (files, files, files)
    returned = book.read(lambda connection: connection.execute(select(jobs.c.state, jobs.c.returned_to)).all())
    assert Counter(state for state, _ in returned) == {"returned": files}
    assert sorted(place for _, place in returned) == [
        name for name in open_folder(home / "out").names() if name != SUMMARY
    ]
    assert_nothing_is_half_written(home)


def assert_nothing_is_half_written(home: Path) -> None:
    """Of what anybody looks at; a file that a kill left unfinished has a name nobody looks at."""
    for name in open_folder(home / "out").names():
        openpyxl.load_workbook(home / "out" / name, read_only=True).close()
    store = Store(open_folder(home / "store"))
    for name in store.folder.names():
        store.read(Path(name).name)


def inbox_of(home: Path, files: int, first: int = 0) -> None:
    numbers = range(first, first + files)
    put(home / "in", {f"{number % 7}/{number:03}.xlsx": submission(f"第{number}局") for number in numbers})


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "ledger.db")
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return server.new_database()


def test_a_batch_killed_again_and_again_ends_with_one_result_a_file(tmp_path, url):
    inbox_of(tmp_path, 50)
    chance = random.Random(7)

    killed = [kill_in_the_middle(launch(tmp_path, url), chance) for _ in range(3)]
    half_way = count(ledger.open_ledger(url), results)
    let_end(launch(tmp_path, url))

    assert (killed, 0 < half_way < 50) == ([True] * 3, True)
    assert_each_was_done_once(tmp_path, url, 50)


@pytest.mark.slow
def test_a_hundred_kills_over_two_hundred_workbooks_leave_one_result_a_file(tmp_path):
    """Where a run comes to its end, twenty more workbooks come in: there is always work to be killed in."""
    inbox_of(tmp_path, 200)
    url, chance, files, killed = str(tmp_path / "ledger.db"), random.Random(5), 200, 0
    while killed < 100:
        if kill_in_the_middle(launch(tmp_path, url), chance):
            killed += 1
        else:
            inbox_of(tmp_path, 20, files)
            files += 20
    let_end(launch(tmp_path, url))

    assert_each_was_done_once(tmp_path, url, files)


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


def test_a_moment_missed_while_the_machine_was_off_is_made_good_at_once_and_a_stop_signal_ends_the_waiting(tmp_path):
    inbox_of(tmp_path, 3)
    url = str(tmp_path / "ledger.db")
    let_end(launch(tmp_path, url))
    book, yesterday = ledger.open_ledger(url), datetime.now(UTC) - timedelta(days=1)
    book.write(lambda connection: connection.execute(runs.update().values(started_at=yesterday)))
    inbox_of(tmp_path, 2, 3)

    process = launch(tmp_path, url, CHECKER_BATCH_CRON="0 3 * * *")
    told = [process.stderr.readline() for _ in range(3)]
    process.send_signal(signal.SIGTERM)
    _, rest = process.communicate(timeout=60)

    assert (process.returncode, len([line for line in told if "→" in line])) == (0, 2)
    assert "0 3 * * *（Asia/Shanghai）" in told[0]
    assert "收到停止信号" in rest
    assert count(book, results) == 5
