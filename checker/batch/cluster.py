"""A dask scheduler's address → a crew: the same function, run by the workers of other machines."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from checker.batch.crew import Crew, too_slow
from checker.errors import Unavailable, UnreadableWorkbook

if TYPE_CHECKING:
    from distributed import Client

_IN_HAND = 2  # pieces for each thread of the cluster: one is worked on while the next travels
_PATIENCE = 30


@contextmanager
def cluster(address: str, seconds: float) -> Iterator[Crew]:
    """Every worker thread of the cluster at this moment; raises Unavailable where there is no scheduler or no worker.

    A worker that is lost gives its pieces to the others; one that a file keeps busy for too long is restarted.
    """
    try:
        from distributed import Client
    except ImportError as cause:
        raise Unavailable('使用 dask 集群须先安装：pip install "budget-level-checker[cluster]"。') from cause
    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)
        client.wait_for_workers(1, timeout=_PATIENCE)
    except (OSError, ValueError, TimeoutError) as cause:
        raise Unavailable(
            f"连不上 dask 集群 {address}，或集群里没有工作进程。请先启动 dask scheduler 和 dask worker。"
        ) from cause
    size = sum(client.nthreads().values())
    threads = ThreadPoolExecutor(size * _IN_HAND, "cluster")
    try:
        yield Crew(size, lambda function, *arguments: threads.submit(_run, client, seconds, function, *arguments))
    finally:
        threads.shutdown(wait=True, cancel_futures=True)
        client.close()


def _run(client: "Client", seconds: float, function: Callable[..., Any], *arguments: Any) -> Any:
    from distributed import KilledWorker

    future = client.submit(function, *arguments, pure=False)
    try:
        return future.result(seconds * _IN_HAND)
    except TimeoutError as cause:
        _restart(client, future.key)
        raise UnreadableWorkbook("too-slow", too_slow(seconds)) from cause
    except KilledWorker as cause:
        raise UnreadableWorkbook(
            "worker-died",
            "核查这个文件时集群的工作进程多次终止，多半是内存不足。请删除无关的工作表和图片，或拆分后重新报送。",
        ) from cause
    finally:
        future.cancel()


def _restart(client: "Client", key: Any) -> None:
    """End the workers that are at this piece; what else they had goes to others."""
    busy = [worker for worker, keys in client.processing().items() if key in keys]
    with suppress(Exception):
        client.restart_workers(busy, raise_for_error=False)
