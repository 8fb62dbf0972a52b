"""One file → its answer, found by a process that lets the pages go first and gives way to smaller files."""

import io
import os
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from checker.batch.work import Answer, Law, work
from checker.report.outcome import Outcome
from checker.web.result import Shown, read_outcome, shown
from checker.web.trials import Gist, gist_of

_KINDNESS = 10  # how far a worker stands back: a reader waits for a page, nobody for the last hundredth of a check
_BEHIND_ALL = 19  # how far the one does that works on heavy files
_PACKED, _UNPACKED = 4 << 20, 12 << 20  # larger is heavy: some fifteen thousand lines, or none and much padding


@dataclass(frozen=True)
class Checked(Answer):
    """An answer as bytes only: what is large in it is not built up again by the process that serves the pages."""

    gist: Gist | None = None


def check_gently(name: str, content: bytes, law: Law, *, is_patient: bool) -> Checked | None:
    """What became of a file; None for a heavy one, unless there is a process that may take long over it."""
    _stand_back(_BEHIND_ALL if is_patient else _KINDNESS)
    if not is_patient and is_heavy(content):
        return None
    answer = work(name, content, law)
    outcome = replace(answer.outcome, report=None)
    gist = gist_of(answer.report, is_marked=bool(answer.marked)) if answer.report else None
    return Checked(outcome, answer.report, answer.marked, answer.seconds, answer.worker, gist)


def view(path: Path, name: str, choice: str, number: int) -> tuple[Outcome, Shown]:
    """One page of a report that is too long to be read where the pages are served."""
    outcome = read_outcome(name, path.read_bytes())
    assert outcome.report  # noqa: S101 only reports are long
    page = shown(outcome.report, choice, number)
    short = replace(outcome.report, lines=(), findings=())
    return replace(outcome, report=short), replace(page, report=short)


def is_heavy(content: bytes) -> bool:
    """Whether a file may keep a process busy for longer than others should wait."""
    if len(content) > _PACKED:
        return True
    try:
        with ZipFile(io.BytesIO(content)) as package:
            return sum(part.file_size for part in package.infolist()) > _UNPACKED
    except (BadZipFile, ValueError, NotImplementedError):
        return False


@cache
def _stand_back(by: int) -> None:
    """Once in the life of a process."""
    if hasattr(os, "nice"):
        os.nice(by)
