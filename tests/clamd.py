"""A virus scanner for tests: ClamAV's own where it is installed, and one that speaks as it does where it is not."""

import shutil
import socketserver
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VIRUS = b"this-is-the-virus-of-a-test"
MOST = 2 << 20
_CONFIG = "DatabaseDirectory {0}\nLocalSocket {0}/clamd.ctl\nForeground yes\nStreamMaxLength 2M\nSelfCheck 0\n"


def program() -> str | None:
    return shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")


@contextmanager
def real() -> Iterator[str]:
    """ClamAV with one signature, ours; where it listens."""
    with tempfile.TemporaryDirectory(prefix="clamd-") as folder:
        home = Path(folder)
        (home / "test.ndb").write_text(f"Checker.Test:0:*:{VIRUS.hex()}\n")
        (home / "clamd.conf").write_text(_CONFIG.format(home))
        asked = [str(program()), "-c", str(home / "clamd.conf")]
        with subprocess.Popen(asked, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            try:
                _wait_for(home / "clamd.ctl")
                yield str(home / "clamd.ctl")
            finally:
                running.terminate()


def _wait_for(path: Path) -> None:
    for _ in range(300):
        if path.exists():
            return
        time.sleep(0.1)
    raise AssertionError(f"{path} never came")


class _Faithful(socketserver.StreamRequestHandler):
    """zINSTREAM and nothing else, with the words and the limit of clamd 1.4."""

    def handle(self) -> None:
        if self.rfile.read(len(b"zINSTREAM\0")) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > MOST:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.wfile.write(b"stream: Checker.Test.UNOFFICIAL FOUND\0" if VIRUS in content else b"stream: OK\0")


@contextmanager
def faithful() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Faithful) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
