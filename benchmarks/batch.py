"""What a batch costs: workbooks a second, where the time goes, and whether memory stays flat.

python -m benchmarks.batch [speed] [stages] [memory]      all three unless named; rewrites docs/benchmarks-batch.md
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from benchmarks import lines, workbooks
from benchmarks.batch_page import PAGE, page
from checker.batch.crew import Crew, processes
from checker.batch.handling import Done, Office
from checker.batch.office import crew_of, open_office
from checker.batch.run import begun, go
from checker.batch.summary import summary
from checker.config import Batch, Config
from checker.ledger import Run

SIZES = {"200 x 200 lines": (200, 200), "60 x 5,000 lines": (60, 5_000)}
TARGETS = {"200 x 200 lines": 60, "60 x 5,000 lines": 5}
MANY = 2_000
_HOME = Path(tempfile.gettempdir()) / "checker-bench-batch"
RESULTS = Path(__file__).parent / "results" / "batch.json"
Row = dict[str, Any]


class Silent:
    """Counts, and says nothing."""

    def __init__(self, told: Callable[[int], None] = lambda _: None) -> None:
        self.count, self._told = 0, told

    def expect(self, count: int) -> None: ...
    def say(self, sentence: str) -> None: ...

    def done(self, done: Done) -> None:
        assert not done.error, done
        self.count += 1
        self._told(self.count)


def inbox(count: int, length: int) -> Path:
    """So many workbooks with texts of their own."""
    folder = _HOME / f"{count}x{length}"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(len(list(folder.iterdir())), count):
        workbooks.write(folder / f"{number:04}.xlsx", lines.lines(length, seed=number), length)
    return folder


def run(
    folder: Path, crew: AbstractContextManager[Crew], screen: Silent, after: Callable[[Office, Run], None] | None = None
) -> tuple[float, float]:
    """Seconds of the clock and of all processors for one run into a fresh ledger, store and outbox.

    The crew is ready before the clock starts: a run of an evening starts it once.
    """
    with tempfile.TemporaryDirectory(dir=_HOME) as home, crew as ready:
        _warm(ready)
        office = open_office(Config(Batch(inbox=str(folder), outbox=f"{home}/out", settle_seconds=0)))
        begin, used = time.perf_counter(), _processor()
        with begun(office) as one:
            go(office, one, ready, screen, threading.Event())
            seconds = time.perf_counter() - begin, _processor() - used
            if after:
                after(office, one)
        return seconds


def _warm(crew: Crew) -> None:
    for future in [crew.hand(time.sleep, 0.5) for _ in range(crew.size)]:
        future.result()


def _processor() -> float:
    """Seconds of processor so far, of this process and its children."""
    return sum(sum(one.cpu_times()[:2]) for one in _family())


def _family() -> list[psutil.Process]:
    return [psutil.Process(), *psutil.Process().children(recursive=True)]


def speed() -> list[Row]:
    """Workbooks a second, by the clock and by the processor: what the machine would do with nothing else on it."""
    rows = []
    for name, (count, length) in SIZES.items():
        folder = inbox(count, length)
        for crew_name, cores, crew in crews():
            before = os.getloadavg()[0]
            wall, used = run(folder, crew, Silent())
            rows.append({
                "size": name, "crew": crew_name, "target": TARGETS[name], "a_second": count / wall,
                "processor_seconds": used / count, "a_second_by_processor": cores * count / used,
                "cores_busy": used / wall, "load_before": before,
            })  # fmt: skip
            print(rows[-1], flush=True)
    return rows


def crews() -> Iterator[tuple[str, int, AbstractContextManager[Crew]]]:
    yield "1 worker", 1, processes(1, 600, 8192)
    yield "2 workers", 2, processes(2, 600, 8192)
    with scheduler() as address:
        yield "cluster of 2", 2, crew_of(Batch(cluster=address))


@contextmanager
def scheduler() -> Iterator[str]:
    """A dask scheduler and two workers on this machine."""
    address = "tcp://127.0.0.1:18786"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": _HOME}
    begin = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "18786"]
    started = [subprocess.Popen([*begin, "--no-dashboard"], **quiet)]
    begin = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
    started += [subprocess.Popen([*begin, "--no-dashboard"], **quiet) for _ in range(2)]
    time.sleep(8)
    try:
        yield address
    finally:
        for process in started:
            process.kill()
            process.wait()


def stages() -> list[Row]:
    """Everything in one process, each stage timed by wrapping it, in seconds of its own thread."""
    import checker.pipeline
    from checker import ledger
    from checker.batch import handling, work
    from checker.reader import assembly
    from checker.report import json as report_json
    from checker.store import Store

    timed: Counter[str] = Counter()
    for owner, name, stage in (
        (checker.pipeline, "read", "read and validate"),
        (assembly, "failures", "— of it pandera"),
        (checker.pipeline, "_judgements", "judge"),
        (checker.pipeline.checks, "run", "checks"),
        (work, "mark", "mark"),
        (report_json, "render", "report as JSON"),
        (Store, "keep", "store"),
        *((ledger, name, "ledger") for name in ("receive", "claim", "record", "returned", "held_elsewhere")),
        *((handling, name, "ledger") for name in ("reserve", "changes_since")),
    ):
        setattr(owner, name, _timed(getattr(owner, name), stage, timed))
    rows = []
    for name, (count, length) in SIZES.items():
        timed.clear()
        _, used = run(inbox(count, length), here(), Silent())
        rest = used - sum(seconds for stage, seconds in timed.items() if "of it" not in stage)
        found = {**timed, "rest": rest}
        rows += [
            {"size": name, "stage": stage, "share": seconds / used, "milliseconds": seconds / count * 1000}
            for stage, seconds in found.items()
        ]
        print(*rows[-len(found) :], sep="\n", flush=True)
    return rows


def _timed(function: Callable[..., Any], stage: str, timed: Counter[str]) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        begin = time.thread_time()
        try:
            return function(*arguments, **named)
        finally:
            timed[stage] += time.thread_time() - begin

    return call


@contextmanager
def here() -> Iterator[Crew]:
    with ThreadPoolExecutor(1) as thread:
        yield Crew(1, thread.submit)


def memory() -> Row:
    """Megabytes held by the run and its workers after every tenth of many workbooks, and by the summary on them."""
    held: list[Row] = []
    ending: Row = {}

    def look(count: int) -> None:
        if count % (MANY // 10) == 0:
            held.append({"workbooks": count, "megabytes": [round(one.memory_info().rss / 1e6) for one in _family()]})
            print(held[-1], flush=True)

    def sum_up(office: Office, one: Run) -> None:
        begin = time.process_time()
        content = summary(office, one, Batch(), (), set(), ())
        ending.update(
            seconds=time.process_time() - begin, megabytes=len(content) / 1e6, held=_family()[0].memory_info().rss / 1e6
        )

    wall, _ = run(inbox(MANY, 200), processes(2, 600, 8192), Silent(look), sum_up)
    return {"a_second": MANY / wall, "held": held, "summary": ending}


def main(parts: list[str]) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    known: Row = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    for part in parts or ["speed", "stages", "memory"]:
        load = os.getloadavg()[0]
        measured = {"speed": speed, "stages": stages, "memory": memory}[part]()
        known[part] = {"load_before": load, "on": datetime.now().astimezone().date().isoformat(), "measured": measured}
        known["machine"] = {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}
        RESULTS.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", "utf-8")
        PAGE.write_text(page(known), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
