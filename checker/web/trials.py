"""Uploads being checked → a folder each, gone after an hour; whoever restarts finds them again."""

import json
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path, PureWindowsPath

from checker.report import Outcome
from checker.report.json import render
from checker.report.safe import plain
from checker.store import LOST

_ID = re.compile(r"[A-Za-z0-9_-]{16}")
_LONGEST_NAME = 120
_UPLOAD, _FACTS, _REPORT, _MARKED = "upload", "facts.json", "report.json", "marked"


@dataclass(frozen=True)
class Trial:
    """试核: one upload and whose it is; job is its place in the ledger once it was handed in.

    scanned says that a scanner looked for viruses and found none.
    """

    id: str
    name: str
    owner: str
    bureau: str
    at: float
    size: int
    sha256: str
    job: int | None = None
    scanned: bool = False

    @property
    def marked_name(self) -> str:
        """申报表.xlsx → 申报表.checked.xlsx; .xlsm stays .xlsm, any other format comes back as .xlsx."""
        stem, dot, extension = self.name.rpartition(".")
        kept = extension if extension.lower() in {"xlsx", "xlsm"} else "xlsx"
        return f"{stem if dot else self.name}.checked.{kept}"


@dataclass(frozen=True)
class Gist:
    """What a list says of a finished check: error is why there is no report, marked whether there is a marked copy."""

    error: str | None
    counts: dict[str, int]
    lines: int
    marked: bool

    @property
    def passed(self) -> bool:
        return self.error is None and not self.counts["error"]


def file_name(given: str | None) -> str:
    """The name an upload says it has, as text to show: no folders, nothing invisible, not too long."""
    name = plain(PureWindowsPath(given or "").name).strip() or "未命名.xlsx"
    if len(name) <= _LONGEST_NAME:
        return name
    extension = Path(name).suffix[:8]
    return name[: _LONGEST_NAME - len(extension) - 1] + "…" + extension


@dataclass(frozen=True)
class Trials:
    """The folder of all trials; clock tells seconds since 1970.

    What was read once is remembered: one server keeps a folder, and a list must not open thousands of files.
    """

    folder: Path
    keep_seconds: float
    clock: Callable[[], float] = time.time
    _known: dict[str, Trial] = field(default_factory=dict)
    _ended: dict[str, Gist] = field(default_factory=dict)

    def load(self) -> None:
        """Remember what an earlier server took in, the oldest first."""
        names = [entry.name for entry in self.folder.iterdir()] if self.folder.is_dir() else []
        for trial in sorted(filter(None, map(self._read_facts, names)), key=lambda trial: trial.at):
            self._known[trial.id] = trial

    def take(self, name: str | None, content: bytes, owner: str, bureau: str, *, scanned: bool = False) -> Trial:
        """Keep an upload; it is there for good before its id is told to anybody."""
        trial = Trial(
            id=secrets.token_urlsafe(12),
            name=file_name(name),
            owner=owner,
            bureau=bureau,
            at=self.clock(),
            size=len(content),
            sha256=sha256(content).hexdigest(),
            scanned=scanned,
        )
        aside = self.folder / f".{trial.id}"
        aside.mkdir(parents=True, mode=0o700)
        (aside / _UPLOAD).write_bytes(content)
        (aside / _FACTS).write_text(json.dumps(asdict(trial)), "utf-8")
        aside.rename(self.folder / trial.id)
        self._known[trial.id] = trial
        return trial

    def find(self, id_: str) -> Trial | None:
        """The trial with this id, if there is one and its hour is not over."""
        trial = self._known.get(id_) or self._read_facts(id_)
        return None if trial is None or self._is_over(trial) else trial

    def all(self) -> Iterator[Trial]:
        """Every trial that is still kept, the newest first."""
        yield from (trial for trial in reversed(tuple(self._known.values())) if not self._is_over(trial))

    def upload(self, trial: Trial) -> bytes:
        return (self.folder / trial.id / _UPLOAD).read_bytes()

    def report(self, trial: Trial) -> bytes | None:
        """The JSON that the command line prints for the same file; None while it is not checked."""
        return self._read(trial, _REPORT)

    def marked(self, trial: Trial) -> bytes | None:
        return self._read(trial, _MARKED)

    def is_done(self, trial: Trial) -> bool:
        return trial.id in self._ended or (self.folder / trial.id / _REPORT).exists()

    def gist(self, trial: Trial) -> Gist | None:
        """What became of it, in short; None while it is not checked."""
        report = None if trial.id in self._ended else self.report(trial)
        if report:
            self._ended[trial.id] = gist_of(report, is_marked=(self.folder / trial.id / _MARKED).exists())
        return self._ended.get(trial.id)

    def report_path(self, trial: Trial) -> Path:
        return self.folder / trial.id / _REPORT

    def answer(
        self, trial: Trial, outcome: Outcome, marked: bytes, report: bytes = b"", gist: Gist | None = None
    ) -> None:
        """Keep what became of it; the report, written anew unless given, comes last and says that all is there."""
        report = report or render([outcome]).encode("utf-8", "replace")
        gist = gist or gist_of(report, is_marked=bool(marked))
        with suppress(FileNotFoundError):  # its hour ended, or its owner dropped it meanwhile
            if marked:
                self._write(trial, _MARKED, marked)
            self._write(trial, _REPORT, report)
            self._ended[trial.id] = gist

    def handed_in(self, trial: Trial, job: int) -> None:
        """Remember under which job the ledger has it."""
        self._known[trial.id] = handed = replace(trial, job=job)
        self._write(trial, _FACTS, json.dumps(asdict(handed)).encode())

    def drop(self, trial: Trial) -> None:
        self._forget(trial.id)
        shutil.rmtree(self.folder / trial.id, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what is older than it may be, also what a crash left half made."""
        oldest = self.clock() - self.keep_seconds
        for trial in tuple(self._known.values()):
            if self._is_over(trial):
                self.drop(trial)
        for entry in self.folder.iterdir() if self.folder.is_dir() else ():
            with suppress(OSError):
                if entry.stat().st_mtime < oldest and self.find(entry.name) is None:
                    shutil.rmtree(entry, ignore_errors=True)

    def _forget(self, id_: str) -> None:
        self._known.pop(id_, None)
        self._ended.pop(id_, None)

    def _read_facts(self, id_: str) -> Trial | None:
        if not _ID.fullmatch(id_):
            return None
        try:
            found = Trial(**json.loads((self.folder / id_ / _FACTS).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return found if found.id == id_ and isinstance(found.at, float) else None

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


def gist_of(report: bytes, *, is_marked: bool) -> Gist:
    """A report in short; one that a damaged disk gives back is told as lost."""
    try:
        entry = json.loads(report)["files"][0]
        error = entry["error"]["message"] if entry["error"] else None
        return Gist(error, entry["counts"], len(entry["lines"]), is_marked)
    except (ValueError, LookupError, TypeError):
        return Gist(LOST[1], {}, 0, marked=False)
