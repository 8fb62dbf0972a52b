"""`checker serve` in a process of its own, as a user starts it."""

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen


@dataclass
class Served:
    """A server that answers; kill ends it as a power cut would."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def start(home: Path, port: int = 0, **environment: str) -> Served:
    """Started, and ready when this returns; the port of one that was killed may be given again."""
    port = port or _free_port()
    command = [Path(sys.executable).with_name("checker"), "serve", "--port", str(port), "--home", str(home)]
    log = home.with_suffix(".log")
    with log.open("a") as file:
        process = subprocess.Popen(command, env=os.environ | environment, stderr=file)
    served = Served(home, port, process)
    for _ in range(900):
        with suppress(URLError, ConnectionError), urlopen(f"{served.address}/healthz"):
            return served
        assert process.poll() is None, f"the server ended: {log.read_text('utf-8')[-2000:]}"
        time.sleep(0.1)
    raise AssertionError("the server does not answer")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
