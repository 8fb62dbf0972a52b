"""checker batch: an inbox → every new workbook checked, marked and put into the outbox, once or by the clock."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from checker.batch.handling import Done
    from checker.config import Config


@click.command(help="核查收件文件夹里新到的预算表，标注好放进发件文件夹；核查过的不再重做。")
@click.argument("inbox", required=False, metavar="[收件处]")
@click.argument("outbox", required=False, metavar="[发件处]")
@click.option("--ledger", metavar="台账", help="SQLite 文件路径，或 postgresql:// 地址（不写则在发件文件夹旁）。")
@click.option("--store", metavar="存档处", help="报送原件和结果的存档文件夹或 s3:// 地址（不写则在台账旁）。")
@click.option("--workers", metavar="个数", type=click.IntRange(1), help="用几个进程（不写则每个核一个）。")
@click.option("--cluster", metavar="地址", help="交给 dask 集群做，例如 tcp://10.0.0.5:8786。")
@click.option("--cron", metavar="表达式", help='按时运行，例如 "30 18 * * 1-5"（周一至周五 18:30）。')
@click.option("--register", metavar="文件", help="认定和豁免登记簿。")
@click.option("--config", "file", metavar="文件", type=click.Path(path_type=Path), help="配置文件 checker.toml。")
def batch(inbox: str | None, outbox: str | None, file: Path | None, cron: str | None, **flags: Any) -> None:
    """Settings are refused before anything is opened; then one run, or one at every moment."""
    from checker import config

    settings = config.load(file, os.environ, {"inbox": inbox, "outbox": outbox, "cron": cron, **flags})
    if not settings.batch.inbox or not settings.batch.outbox:
        raise click.UsageError("请写明收件处和发件处：checker batch 收件 发件，或写在 checker.toml 的 [batch] 里。")
    _ensure_installed()
    stopping = _until_stopped()
    sys.exit(_by_the_clock(settings, stopping) if settings.batch.cron else _once(settings, stopping))


def _ensure_installed() -> None:
    try:
        import alembic  # noqa: F401
        import apscheduler  # noqa: F401
        import fsspec  # noqa: F401
        import sqlalchemy  # noqa: F401 what a run cannot do without
    except ImportError as error:
        raise click.UsageError(
            f'还没有安装批量核查部分（缺少 {error.name}）：pip install "budget-level-checker[batch]"。'
        ) from error


def _until_stopped() -> threading.Event:
    """Set by the first stop signal; a second one ends the program as usual."""
    stopping = threading.Event()

    def stop(number: int, _: object) -> None:
        stopping.set()
        signal.signal(number, signal.SIG_DFL)
        click.echo("收到停止信号，核查完手上的文件就结束。", err=True)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return stopping


def _once(settings: "Config", stopping: threading.Event) -> int:
    from checker.batch.closing import finish
    from checker.batch.office import crew_of, open_office
    from checker.batch.run import begun, exit_code, go

    office = open_office(settings)
    with _screen() as screen, begun(office, stopping) as run, crew_of(settings.batch) as crew:
        finished = go(office, run, crew, screen, stopping)
        if not stopping.is_set():
            finish(office, run, settings, finished, screen, stopping)
    click.echo(_told(finished, stopping.is_set()))
    return exit_code(finished)


def _by_the_clock(settings: "Config", stopping: threading.Event) -> int:
    """Runs until stopped; what stops one run is said and the next is tried at its moment."""
    from checker import faults
    from checker.batch.office import open_office
    from checker.batch.schedule import keep_running, trigger, was_missed
    from checker.errors import CheckerError
    from checker.ledger.runs import last_start

    moments = trigger(settings.batch.cron, settings.batch.timezone)
    office = open_office(settings)
    missed = was_missed(moments, last_start(office.ledger, office.inbox.url))
    logging.getLogger("apscheduler").setLevel(logging.ERROR)

    def run() -> None:
        try:
            _once(settings, stopping)
        except CheckerError as error:
            click.echo(f"错误：{error}", err=True)
        except Exception as error:  # noqa: BLE001 one evening's fault must not cancel the next evening
            click.echo(f"错误：{faults.record(error)}", err=True)

    click.echo(f"按 {settings.batch.cron}（{settings.batch.timezone}）运行；按 Ctrl-C 停止。", err=True)
    keep_running(moments, run, stopping, at_once=missed)
    return 0


class _Lines:
    """A line for every file, as a log wants it."""

    def expect(self, count: int) -> None:
        """A log has no use for it."""

    def done(self, done: "Done") -> None:
        click.echo(_line(done), err=True)

    def say(self, sentence: str) -> None:
        click.echo(sentence, err=True)


class _Bar:
    """A progress bar, and only what needs attention above it."""

    def __init__(self, bar: Any) -> None:
        self._bar, self._lock = bar, threading.Lock()
        self._bar.length = 0

    def expect(self, count: int) -> None:
        with self._lock:
            self._bar.length += count
            self._bar.update(0)

    def done(self, done: "Done") -> None:
        if done.error:
            self.say(_line(done))
        with self._lock:
            self._bar.update(1)

    def say(self, sentence: str) -> None:
        with self._lock:
            click.echo(f"\r\x1b[K{sentence}", err=True)


@contextmanager
def _screen() -> Iterator[Any]:
    if not sys.stderr.isatty():
        yield _Lines()
        return
    with click.progressbar(length=1, label="核查", file=sys.stderr, show_pos=True) as bar:
        yield _Bar(bar)


def _line(done: "Done") -> str:
    from checker.report.safe import plain

    if done.error:
        return plain(f"{done.name}：无法核查。{done.error[1]}")
    counts = done.counts
    told = f"错误 {counts['error']} 警告 {counts['warning']} 待认定 {counts['undecided']}"
    changes = f"；{done.changes.sentence.rstrip('。')}" if done.changes else ""
    return plain(f"{done.name}：{told}{changes} → {done.place}")


def _told(finished: "tuple[Done, ...]", stopped: bool) -> str:
    bad = sum(done.error is not None for done in finished)
    faulty = sum(bool(done.counts.get("error")) for done in finished)
    ending = "已按停止信号结束，其余留待下次。" if stopped else ""
    if not finished:
        return ending or "没有新的报送。"
    return f"本次核查 {len(finished)} 个文件：{faulty} 个有错误，{bad} 个无法核查。{ending}"
