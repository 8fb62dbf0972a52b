"""Who does the work: processes with limits, and a cluster that loses a worker in the middle."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker import rulebook
from checker.batch.crew import processes
from checker.batch.office import crew_of, open_office
from checker.batch.run import begun, go
from checker.batch.work import Answer, pack, work
from checker.config import Batch, Config
from checker.errors import Unavailable, UnreadableWorkbook
from checker.report import Outcome
from checker.standing import standings
from checker.terms import Report
from tests.batches import Watcher, outside, put, run, settings, submission


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(mark: str) -> str:
    if not Path(mark).exists():
        Path(mark).touch()
        die()
    return "alive"


def hoard(megabytes: int) -> Answer:
    try:
        return Answer(Outcome("a.xlsx"), report=b"x" * (megabytes << 20))
    except MemoryError:
        from checker.batch.work import OUT_OF_MEMORY

        return Answer(Outcome("a.xlsx", error=OUT_OF_MEMORY))


def test_a_file_that_takes_too_long_is_ended_and_the_next_one_is_worked_on():
    with processes(1, seconds=1, megabytes=4096) as crew:
        slow, quick = crew.hand(sleep, 60), crew.hand(os.getpid)

        with pytest.raises(UnreadableWorkbook, match="超过 1 秒"):
            slow.result(30)
        assert quick.result(30) != os.getpid()


def test_a_file_that_ends_its_process_twice_is_refused_and_one_that_does_so_once_is_not(tmp_path):
    with processes(1, seconds=60, megabytes=4096) as crew:
        with pytest.raises(UnreadableWorkbook, match="两次意外终止"):
            crew.hand(die).result(60)

        assert crew.hand(die_once, str(tmp_path / "died")).result(60) == "alive"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
def test_a_file_that_takes_too_much_memory_is_refused_and_its_process_replaced():
    with processes(1, seconds=60, megabytes=300) as crew:
        before = crew.hand(os.getpid).result(60)
        hungry = crew.hand(hoard, 600).result(60)
        after = crew.hand(os.getpid).result(60)

    assert hungry.outcome.error[0] == "too-large"
    assert before != after


def test_a_bad_workbook_is_an_answer_and_so_is_a_fault_of_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    law = pack(rulebook.load(), None)

    assert work("a.xlsx", b"nothing", law).outcome.error[0] == "not-a-workbook"
    assert work("a.xlsx", submission(), pack(None, None)).outcome.error[0] == "internal"


def test_another_version_of_the_program_is_not_asked():
    import pickle

    with pytest.raises(Unavailable, match="同一版本"):
        work("a.xlsx", submission(), pickle.dumps(("0.0.0", b"")))


def test_a_machine_that_reads_lines_with_other_words_is_not_asked(tmp_path):
    home = Path(rulebook.__file__).parent
    (tmp_path / "checker").symlink_to(home)
    words = Path(shutil.copytree(home.parent / "schemas", tmp_path / "schemas")) / "domains" / "common.yaml"
    words.write_text(f"{words.read_text('utf-8')}\n# another word\n", "utf-8")
    packing = "import sys; from checker.batch.work import pack; from checker.rulebook import load; "
    packing += "sys.stdout.buffer.write(pack(load(), None))"
    there = {"cwd": tmp_path, "env": {"PYTHONPATH": str(tmp_path)}}

    law = subprocess.run([sys.executable, "-c", packing], **there, capture_output=True, check=True).stdout

    with pytest.raises(Unavailable, match="与主机的不一样"):
        work("a.xlsx", submission(), law)


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """A dask scheduler and two workers, each a process of its own."""
    address = f"tcp://127.0.0.1:{_free_port()}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    host, port = address.removeprefix("tcp://").split(":")
    begin = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    started = [subprocess.Popen([*begin, "--host", host, "--port", port, "--no-dashboard"], **quiet)]
    begin = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
    started += [subprocess.Popen([*begin, "--no-dashboard"], **quiet) for _ in range(2)]
    yield address, started[1:]
    for process in started:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def reports(config: Config) -> dict[str, Report]:
    office = open_office(config)
    with begun(office) as one:
        return {
            standing.outcome.file: standing.outcome.report for standing in standings(office.ledger, office.store, one)
        }


def test_a_cluster_that_loses_a_worker_in_the_middle_reports_what_one_process_reports(tmp_path, scheduler):
    address, workers = scheduler
    (tmp_path / "alone").mkdir()
    files = {f"{number:02}.xlsx": submission(f"第{number}局") for number in range(24)}
    put(tmp_path / "in", files)
    put(tmp_path / "alone" / "in", files)
    config = settings(tmp_path, cluster=address)
    office = open_office(config)

    class Kills(Watcher):
        def done(self, done) -> None:
            super().done(done)
            if len(self.seen) == 5:
                workers[0].kill()

    with crew_of(config.batch) as crew, begun(office) as one:
        finished = go(office, one, crew, Kills(), threading.Event())
    run(settings(tmp_path / "alone"))

    assert (crew.size, len(finished)) == (2, 24)
    assert reports(config) == reports(settings(tmp_path / "alone"))
    assert {name: (tmp_path / "out" / name).read_bytes() for name in outside(tmp_path / "out")} == {
        name: (tmp_path / "alone" / "out" / name).read_bytes() for name in outside(tmp_path / "alone" / "out")
    }


def test_two_processes_report_what_one_process_reports(tmp_path):
    (tmp_path / "alone").mkdir()
    for home in (tmp_path, tmp_path / "alone"):
        put(home / "in", {f"{number:02}.xlsx": submission(f"第{number}局") for number in range(8)})
    config = settings(tmp_path, workers=2)
    office = open_office(config)

    with crew_of(config.batch) as crew, begun(office) as one:
        go(office, one, crew, Watcher(), threading.Event())
    run(settings(tmp_path / "alone"))

    assert reports(config) == reports(settings(tmp_path / "alone"))


def test_a_cluster_nobody_answers_at_is_said_plainly(monkeypatch):
    monkeypatch.setattr("checker.batch.cluster._PATIENCE", 1)

    with (
        pytest.raises(Unavailable, match="连不上 dask 集群"),
        crew_of(Batch(cluster=f"tcp://127.0.0.1:{_free_port()}")),
    ):
        pass
