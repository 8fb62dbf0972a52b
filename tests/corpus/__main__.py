"""A folder of workbooks → how many came back unharmed: python -m tests.corpus FOLDER [--libreoffice N]."""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path

from checker import check
from checker.annotation import annotate
from checker.errors import UnreadableWorkbook
from checker.rulebook import Rulebook, load
from checker.terms import Finding, Report
from tests.corpus.book import Book
from tests.corpus.sameness import DEMANDS, Pair
from tests.corpus.wanted import report

_SUFFIXES = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
_FAULTS_SHOWN = 5


@dataclass
class Outcome:
    """What became of one workbook: refused with a reason, or marked, with the faults found; what check said of it."""

    name: str
    refused: str = ""
    checked: str = ""
    faults: list[str] = field(default_factory=list)


def examine(path: Path) -> Outcome:
    """Check a workbook, mark it every way, and compare it with its copy."""
    outcome, content = Outcome(path.name), path.read_bytes()
    _check(outcome, content)
    try:
        book: Book | None = Book(content)
        made, marked = report(book) if book else (None, {})
    except Exception:  # noqa: BLE001 whatever is wrong with a file, the marker must find and refuse it by itself
        book, made, marked = None, Report("", "", findings=(Finding("没有位置", code="ST01"),)), {}
    try:
        copy = annotate(content, made)
    except UnreadableWorkbook as error:
        outcome.refused = f"{error.code}: {error}"
    except Exception as error:  # noqa: BLE001
        outcome.faults.append(f"annotate crashed: {type(error).__name__}: {error}")
    else:
        _compare(outcome, Pair(content, copy, book, Book(copy), made, marked) if book else None)
    return outcome


def _compare(outcome: Outcome, pair: Pair | None) -> None:
    if pair is None:
        outcome.faults.append("marked although nobody else can read it")
        return
    for demand in DEMANDS:
        try:
            outcome.faults += [f"{demand.__name__}: {fault}" for fault in islice(demand(pair), _FAULTS_SHOWN)]
        except Exception as error:  # noqa: BLE001
            outcome.faults.append(f"{demand.__name__} crashed: {type(error).__name__}: {error}")


def _check(outcome: Outcome, content: bytes) -> None:
    """Whatever it is, check must report on it or say why it cannot."""
    try:
        check(content, _rulebook())
        outcome.checked = "report"
    except UnreadableWorkbook as error:
        outcome.checked = error.code
    except Exception as error:  # noqa: BLE001
        outcome.faults.append(f"check crashed: {type(error).__name__}: {error}")


@cache
def _rulebook() -> Rulebook:
    return load()


def _converts(content: bytes, name: str) -> bool:
    """Whether LibreOffice makes a PDF of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"book{Path(name).suffix}"
        path.write_bytes(content)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(path)]
        subprocess.run(command, capture_output=True, timeout=300, check=False)
        return path.with_suffix(".pdf").exists()


def _not_converted(folder: Path, names: list[str], wanted: int) -> Iterator[str]:
    """Workbooks whose marked copy LibreOffice does not open although it opens the original."""
    for name in names[:: max(len(names) // wanted, 1)][:wanted]:
        content = (folder / name).read_bytes()
        if _converts(content, name) and not _converts(annotate(content, report(Book(content))[0]), name):
            yield name


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--libreoffice", type=int, default=0, metavar="N", help="also convert N of them")
    chosen = parser.parse_args()
    paths = sorted(path for path in chosen.folder.iterdir() if path.suffix.lower() in _SUFFIXES)
    with ProcessPoolExecutor() as pool:
        outcomes = list(pool.map(examine, paths))
    faulty = _told(outcomes)
    completed = [outcome.name for outcome in outcomes if not outcome.refused]
    if chosen.libreoffice and shutil.which("soffice"):
        broken = list(_not_converted(chosen.folder, completed, chosen.libreoffice))
        print(f"LibreOffice: {min(chosen.libreoffice, len(completed))} converted, {len(broken)} broken {broken or ''}")
        faulty |= set(broken)
    refused = len(outcomes) - len(completed)
    print(f"{len(outcomes)} workbooks: {len(completed)} completed, {refused} refused, {len(faulty)} with faults")
    return 1 if faulty else 0


def _told(outcomes: list[Outcome]) -> set[str]:
    """Print refusals, faults and what check said; returns the names of those with faults."""
    for outcome in outcomes:
        for text in (outcome.refused and f"refused: {outcome.refused}", *outcome.faults):
            if text:
                print(f"{outcome.name}: {text}")
    said = Counter(outcome.checked for outcome in outcomes)
    print("check said:", ", ".join(f"{code} {count}" for code, count in said.most_common()))
    return {outcome.name for outcome in outcomes if outcome.faults}


if __name__ == "__main__":
    sys.exit(main())
