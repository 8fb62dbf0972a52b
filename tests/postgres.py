"""A PostgreSQL server of our own: a data folder, a socket in it, and nothing on the network."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

_USER = "postgres"  # the unprivileged user of the Debian package; the server refuses to run as root
_SETTINGS = "-c listen_addresses='' -c fsync=off"  # a killed server loses nothing by that; a power cut would


def binaries() -> Path | None:
    """Where initdb and pg_ctl are, the newest first; None where PostgreSQL is not installed."""
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    found = max(installed, key=lambda path: float(path.parent.parent.name), default=None)
    on_path = shutil.which("initdb")
    return found.parent if found else Path(on_path).parent if on_path else None


@dataclass(frozen=True)
class Server:
    home: Path
    programs: Path

    def url(self, database: str) -> str:
        return f"postgresql://{_owner()}@/{database}?host={self.home}"

    def new_database(self) -> str:
        """The URL of a fresh database."""
        name = f"ledger_{uuid4().hex[:12]}"
        self.run("createdb", "-h", str(self.home), "-U", _owner(), name)
        return self.url(name)

    def start(self) -> None:
        self.run("pg_ctl", "start", "-w", "-D", f"{self.home}/data", "-l", f"{self.home}/log",
                 "-o", f"{_SETTINGS} -k {self.home}")  # fmt: skip

    def stop(self) -> None:
        """Stop as a crash would: connections break, nothing is asked."""
        self.run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", f"{self.home}/data")

    def run(self, program: str, *arguments: str) -> None:
        as_owner = ["runuser", "-u", _USER, "--"] if os.geteuid() == 0 else []
        subprocess.run(
            [*as_owner, str(self.programs / program), *arguments],
            check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60,
        )  # fmt: skip


def _owner() -> str:
    return _USER if os.geteuid() == 0 else Path("~").expanduser().owner()


@contextmanager
def serve(programs: Path) -> Iterator[Server]:
    """A server for as long as the tests run; its folder is short, as the name of a socket must be."""
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    if os.geteuid() == 0:
        shutil.chown(home, _USER)
    server = Server(home, programs)
    try:
        server.run("initdb", "-A", "trust", "-E", "UTF8", "--locale=C", "-N", "-U", _owner(), "-D", f"{home}/data")
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)
