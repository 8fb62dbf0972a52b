"""Inboxes with small submissions in them, and runs over them in this process."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from sqlalchemy import func, select

from checker.batch.crew import Crew
from checker.batch.handling import Done, Office
from checker.batch.office import open_office
from checker.batch.run import begun, go
from checker.config import Batch, Config
from checker.definition import definitions
from checker.ledger import Ledger
from checker.template import fill

RIGHT = {"name": "本县知识产权宣传培训", "content": "面向本县企业开展培训", "charged_level": "县级", "amount": 8}
WRONG = {"name": "作品登记审核", "content": "国内作者作品登记的审核", "charged_level": "县级", "amount": 12.5}
SUMMARY = "汇总.xlsx"
_BASIS = {"basis": "《正定县知识产权工作要点》（正政办〔2024〕12号）"}
_HEADER = {"bureau_level": "县级", "division": "正定县", "year": 2025, "unit": "万元"}


@cache
def submission(bureau: str = "正定县市场监督管理局", *names: str, wrong: bool = True, content: str = "") -> bytes:
    """A small workbook of one bureau: a right line for each name, and one that is charged to the wrong level."""
    lines = [RIGHT | {"name": name, "content": content or RIGHT["content"]} for name in names or (RIGHT["name"],)]
    return fill(
        definitions()["projects"],
        _HEADER | {"bureau": bureau},
        [_BASIS | line for line in (*lines, *([WRONG] if wrong else []))],
    )


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@dataclass
class Watcher:
    """What a run says while it works."""

    expected: int = 0
    seen: list[Done] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)

    def expect(self, count: int) -> None:
        self.expected += count

    def done(self, done: Done) -> None:
        self.seen.append(done)

    def say(self, sentence: str) -> None:
        self.sentences.append(sentence)


@contextmanager
def here() -> Iterator[Crew]:
    """A crew of one, in this process: no limits, and no time lost with starting others."""
    with ThreadPoolExecutor(1) as thread:
        yield Crew(1, thread.submit)


def settings(home: Path, **batch: object) -> Config:
    return Config(
        Batch(inbox=str(home / "in"), outbox=str(home / "out"), settle_seconds=0.0, lease_seconds=2.0, **batch)
    )


def run(config: Config, watcher: Watcher | None = None, office: Office | None = None) -> dict[str, Done]:
    """One run to its end: what became of each file, by name."""
    opened = office or open_office(config)
    with begun(opened) as one, here() as crew:
        finished = go(opened, one, crew, watcher or Watcher(), threading.Event())
    opened.ledger.engine.dispose()
    return {done.name: done for done in finished}


def with_version(office: Office, rulebook: str) -> Office:
    return replace(office, version=replace(office.version, rulebook=rulebook))


def count(book: Ledger, table: object) -> int:
    return book.read(lambda connection: connection.execute(select(func.count()).select_from(table)).scalar_one())


def outside(folder: Path) -> list[str]:
    """Every file in a folder, by its path in there."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


_SETTINGS = {"CHECKER_BATCH_LEASE_SECONDS": "1", "CHECKER_BATCH_SETTLE_SECONDS": "0"}


def launch(home: Path, url: str, **environ: str) -> subprocess.Popen:
    """The command in a process of its own, so that it can be killed."""
    return subprocess.Popen(
        [Path(sys.executable).with_name("checker"), "batch", "in", "out", "--ledger", url, "--store", "store",
         "--workers", "2"],
        cwd=home, env=os.environ | _SETTINGS | environ,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
