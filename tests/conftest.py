"""What several tests need: LibreOffice as a function, and the same examples of every property on every run."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

hypothesis.settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis.settings.load_profile("steady")

NO_OFFICE = "LibreOffice is absent: sudo apt-get install --no-install-recommends libreoffice-calc"


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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was not run is said where nobody overlooks it."""
    skipped = terminalreporter.stats.get("skipped", [])
    if any(NO_OFFICE in str(report.longrepr) for report in skipped):
        terminalreporter.section("NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(skipped)} tests were skipped. {NO_OFFICE}")
