"""A click → one batch run over the configured inbox, by the usual command, in a process of its own."""

import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from checker.web.lawbook import Lawbook
from checker.web.settings import Settings

_COMMAND = "from checker.cli import main; main()"
_TAIL = 8000  # bytes of what it said that are shown
_PATIENCE = 20.0  # seconds it is given to finish the files in hand when the server stops


@dataclass(frozen=True)
class State:
    """How the run that was last started stands; code is how it ended, None while it is on."""

    started_at: float
    code: int | None
    said: str


class Runner:
    """Starts `checker batch`; only the inbox and outbox of checker.toml, never a place that somebody types."""

    def __init__(self, settings: Settings, law: Lawbook, places: Mapping[str, str]) -> None:
        self._settings, self._law, self._places = settings, law, places
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether it is known where to run."""
        return bool(self._settings.config.batch.inbox and self._settings.config.batch.outbox)

    @property
    def _log(self) -> Path:
        return self._settings.home / "batch.log"

    def start(self) -> bool:
        """Start a run; False where one is on already, or nobody said where."""
        with self._lock:
            if not self.is_ready or (self._process and self._process.poll() is None):
                return False
            with self._log.open("wb") as log:
                self._process = subprocess.Popen(  # noqa: S603 our own command, its places from the configuration
                    self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
                )
            self._started_at = time.time()
            return True

    def _command(self) -> list[str]:
        batch = self._settings.config.batch
        given = dict(self._places)
        if self._law.path.is_file():
            given["--register"] = str(self._law.path)
        if self._settings.config_file:
            given["--config"] = self._settings.config_file
        options = [word for option in given.items() for word in option]
        return [sys.executable, "-c", _COMMAND, "batch", *options, "--cron", "", "--", batch.inbox, batch.outbox]

    def state(self) -> State | None:
        """None where this server started none."""
        with self._lock:
            if self._process is None:
                return None
            said = b""
            with suppress(OSError):
                said = self._log.read_bytes()[-_TAIL:]
            return State(self._started_at, self._process.poll(), said.decode("utf-8", "replace"))

    def close(self) -> None:
        """Ask a run that is on to finish what it has in hand."""
        with self._lock:
            if self._process and self._process.poll() is None:
                self._process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(_PATIENCE)
