"""Uploads being checked → a folder each, gone after an hour; whoever restarts finds them again."""

import json
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path, PureWindowsPath

from checker.report import Outcome
from checker.report.json import render
from checker.report.safe import plain

_ID = re.compile(r"[A-Za-z0-9_-]{16}")
_LONGEST_NAME = 120
_UPLOAD, _FACTS, _REPORT, _MARKED = "upload", "facts.json", "report.json", "marked"


@dataclass(frozen=True)
class Trial:
    """试核: one upload and whose it is; job is its place in the ledger once it was handed in."""

    id: str
    name: str
    owner: str
    bureau: str
    at: float
    size: int
    sha256: str
    job: int | None = None

    @property
    def marked_name(self) -> str:
        """申报表.xlsx → 申报表.checked.xlsx; .xlsm stays .xlsm, any other format comes back as .xlsx."""
        stem, dot, extension = self.name.rpartition(".")
        kept = extension if extension.lower() in {"xlsx", "xlsm"} else "xlsx"
        return f"{stem if dot else self.name}.checked.{kept}"


def file_name(given: str | None) -> str:
    """The name an upload says it has, as text to show: no folders, nothing invisible, not too long."""
    name = plain(PureWindowsPath(given or "").name).strip() or "未命名.xlsx"
    if len(name) <= _LONGEST_NAME:
        return name
    extension = Path(name).suffix[:8]
    return name[: _LONGEST_NAME - len(extension) - 1] + "…" + extension


@dataclass(frozen=True)
class Trials:
    """The folder of all trials; clock tells seconds since 1970."""

    folder: Path
    keep_seconds: float
    clock: Callable[[], float] = time.time

    def take(self, name: str | None, content: bytes, owner: str, bureau: str) -> Trial:
        """Keep an upload; it is there for good before its id is told to anybody."""
        trial = Trial(
            id=secrets.token_urlsafe(12),
            name=file_name(name),
            owner=owner,
            bureau=bureau,
            at=self.clock(),
            size=len(content),
            sha256=sha256(content).hexdigest(),
        )
        aside = self.folder / f".{trial.id}"
        aside.mkdir(parents=True, mode=0o700)
        (aside / _UPLOAD).write_bytes(content)
        (aside / _FACTS).write_text(json.dumps(asdict(trial)), "utf-8")
        aside.rename(self.folder / trial.id)
        return trial

    def find(self, id_: str) -> Trial | None:
        """The trial with this id, if there is one and its hour is not over."""
        if not _ID.fullmatch(id_):
            return None
        try:
            trial = Trial(**json.loads((self.folder / id_ / _FACTS).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return None if self._is_over(trial) else trial

    def all(self) -> Iterator[Trial]:
        """Every trial that is still kept, the newest first."""
        names = [entry.name for entry in self.folder.iterdir()] if self.folder.is_dir() else []
        found = filter(None, map(self.find, names))
        yield from sorted(found, key=lambda trial: -trial.at)

    def upload(self, trial: Trial) -> bytes:
        return (self.folder / trial.id / _UPLOAD).read_bytes()

    def report(self, trial: Trial) -> bytes | None:
        """The JSON that the command line prints for the same file; None while it is not checked."""
        return self._read(trial, _REPORT)

    def marked(self, trial: Trial) -> bytes | None:
        return self._read(trial, _MARKED)

    def is_done(self, trial: Trial) -> bool:
        return (self.folder / trial.id / _REPORT).exists()

    def answer(self, trial: Trial, outcome: Outcome, marked: bytes) -> None:
        """Keep what became of it; the report comes last, since it says that all is there."""
        with suppress(FileNotFoundError):  # its hour ended, or its owner dropped it meanwhile
            if marked:
                self._write(trial, _MARKED, marked)
            self._write(trial, _REPORT, render([outcome]).encode("utf-8", "replace"))

    def handed_in(self, trial: Trial, job: int) -> None:
        """Remember under which job the ledger has it."""
        self._write(trial, _FACTS, json.dumps(asdict(replace(trial, job=job))).encode())

    def drop(self, trial: Trial) -> None:
        shutil.rmtree(self.folder / trial.id, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what is older than it may be, also what a crash left half made."""
        oldest = self.clock() - self.keep_seconds
        for entry in self.folder.iterdir() if self.folder.is_dir() else ():
            with suppress(OSError):
                if entry.stat().st_mtime < oldest and self.find(entry.name) is None:
                    shutil.rmtree(entry, ignore_errors=True)

    def _is_over(self, trial: Trial) -> bool:
        return trial.at + self.keep_seconds < self.clock()

    def _read(self, trial: Trial, name: str) -> bytes | None:
        try:
            return (self.folder / trial.id / name).read_bytes()
        except FileNotFoundError:
            return None

    def _write(self, trial: Trial, name: str, content: bytes) -> None:
        aside = self.folder / trial.id / f".{name}.{secrets.token_hex(4)}"
        aside.write_bytes(content)
        aside.replace(self.folder / trial.id / name)
