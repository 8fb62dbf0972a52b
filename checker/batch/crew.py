"""Work → processes of this machine or a dask cluster; a file that takes too long or too much costs only itself."""

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checker.batch.work import OUT_OF_MEMORY, Answer
from checker.errors import UnreadableWorkbook

_SPAWN = multiprocessing.get_context("spawn")  # a fork copies locks that other threads hold
_MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Crew:
    """Who does the work: hand gives out one piece, size is how many can be done at once."""

    size: int
    hand: Callable[..., "Future[Any]"]


@contextmanager
def processes(workers: int, seconds: float, megabytes: int) -> Iterator[Crew]:
    """So many processes (0: one a core), each ended and replaced when a file exceeds the limits."""
    workers = workers or os.cpu_count() or 1
    desks = threading.local()
    opened: list[_Desk] = []

    def run(function: Callable[..., Any], *arguments: Any) -> Any:
        if not hasattr(desks, "mine"):
            desks.mine = _Desk(seconds, megabytes)
            opened.append(desks.mine)
        return desks.mine.run(function, *arguments)

    threads = ThreadPoolExecutor(workers, "desk")
    try:
        yield Crew(workers, lambda function, *arguments: threads.submit(run, function, *arguments))
    finally:
        for desk in opened:
            desk.close()
        threads.shutdown(wait=True, cancel_futures=True)


class _Desk:
    """One process at a time, so that the file that ends it is known."""

    def __init__(self, seconds: float, megabytes: int) -> None:
        self._seconds, self._megabytes = seconds, megabytes
        self._process: ProcessPoolExecutor | None = None
        self._number = 0
        self._closed = False

    def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function returns; a process that died is given a second chance, for it may not be the file's fault.

        raises: UnreadableWorkbook where the file is too much for any process.
        """
        try:
            return self._try(function, *arguments)
        except BrokenProcessPool:
            if self._closed:
                raise
        try:
            return self._try(function, *arguments)
        except BrokenProcessPool as cause:
            raise UnreadableWorkbook(
                "worker-died",
                "核查这个文件时进程两次意外终止，多半是内存不足。请删除无关的工作表、空行空列和图片，或拆分后重新报送；"
                "仍不行请把文件交给维护人员。",
            ) from cause

    def _try(self, function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            answer = self._ready().submit(function, *arguments).result(self._seconds)
        except TimeoutError as cause:
            self._end()
            raise UnreadableWorkbook("too-slow", too_slow(self._seconds)) from cause
        except BrokenProcessPool:
            self._end()
            raise
        if isinstance(answer, Answer) and answer.outcome.error == OUT_OF_MEMORY:
            self._end()  # what is left of its memory is in pieces
        return answer

    def _ready(self) -> ProcessPoolExecutor:
        if self._process is None:
            self._process = ProcessPoolExecutor(1, _SPAWN, begin, (self._megabytes,))
            self._number = self._process.submit(os.getpid).result()
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process and self._number:
            with suppress(OSError):
                os.kill(self._number, getattr(signal, "SIGKILL", signal.SIGTERM))
        if process:
            process.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """End the process; it is never in the middle of anything that must be finished."""
        self._closed = True
        self._end()


def too_slow(seconds: float) -> str:
    return (
        f"核查这个文件超过 {seconds:.0f} 秒，已停止。请删除无关的工作表和空行空列，或拆分后重新报送；"
        "文件本来就很大的，请维护人员调大 seconds_a_file。"
    )


def begin(megabytes: int) -> None:
    """What a process does first: end with its parent, leave signals to it, keep to its memory, load what it needs."""
    parent = multiprocessing.parent_process()
    if parent:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import checker.annotation
    import checker.pipeline  # noqa: F401 a second of imports, paid before the first file

    gc.freeze()  # what is there now stays; looking it over again and again is in vain
    gc.set_threshold(50_000, 20, 50)

    with suppress(ImportError, OSError, ValueError):  # Windows has no such limit
        import resource

        most = _own_bytes() + megabytes * _MEGABYTE
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _own_bytes() -> int:
    """What the process takes before any file, where the system says so."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmData:"))
