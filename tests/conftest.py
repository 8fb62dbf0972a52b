"""What several tests need: LibreOffice, PostgreSQL, and the same examples of every property on every run."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from tests import postgres

hypothesis.settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis.settings.load_profile("steady")

NO_OFFICE = "LibreOffice is absent: sudo apt-get install --no-install-recommends libreoffice-calc"
NO_BROWSER = "Chromium is absent: sudo apt-get install --no-install-recommends chromium"
NO_CLAMD = "ClamAV is absent: sudo apt-get install --no-install-recommends clamav-daemon"
NO_POSTGRES = "PostgreSQL is absent: sudo apt-get install --no-install-recommends postgresql"


@pytest.fixture(scope="session")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], Path]:
    """A file and a format (pdf, xlsx, ods, "xls:MS Excel 97") → the path of what LibreOffice made of it."""
    if not shutil.which("soffice"):
        pytest.skip(NO_OFFICE)
    profile = tmp_path_factory.mktemp("office")

    def run(file: Path, form: str) -> Path:
        folder = tmp_path_factory.mktemp("converted")
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", form,
             "--outdir", str(folder), str(file)],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
        return next(folder.iterdir())

    return run


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A real PostgreSQL server, started for these tests and stopped after them."""
    programs = postgres.binaries()
    if not programs:
        pytest.skip(NO_POSTGRES)
    with postgres.serve(programs) as server:
        yield server


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was not run is said where nobody overlooks it."""
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for absent in (NO_OFFICE, NO_POSTGRES, NO_BROWSER, NO_CLAMD):
        count = sum(absent in reason for reason in reasons)
        if count:
            terminalreporter.section("NOT RUN", sep="!", red=True, bold=True)
            terminalreporter.line(f"{count} tests were skipped. {absent}")
