"""The plans and the register's file → the law that the server checks by at this moment."""

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from checker import __version__, faults, register
from checker.batch.work import Law, pack
from checker.checks import CHECKS
from checker.errors import CheckerError
from checker.ledger import Version
from checker.register import Register
from checker.rulebook import Rulebook

_Stamp = tuple[int, int] | None
Learn = Callable[[Rulebook, Register | None], None]


class Lawbook:
    """Plans that stay while the server runs, and the register, read anew whenever its file changed.

    A register that cannot be used changes nothing: the one before stands, and problem says what is wrong with it.
    """

    def __init__(self, rulebook: Rulebook, path: Path) -> None:
        self.rulebook, self.path = rulebook, path
        self.register: Register | None = None
        self.content: bytes | None = None
        self.problem = ""
        self.learners: list[Learn] = []
        self._seen: _Stamp = None
        self._lock = threading.Lock()
        self.packed: Law = pack(rulebook, None)

    @property
    def version(self) -> Version:
        """As the ledger knows it, the same as that of a batch under the same law."""
        decided = self.register.version if self.register else ""
        return Version(" + ".join(filter(None, (self.rulebook.version, decided))), __version__)

    def refresh(self) -> None:
        """Read the register if its file is another than last time."""
        with self._lock:
            stamp = _stamp(self.path)
            if stamp != self._seen:
                self._seen = stamp
                self._read(stamp)

    def _read(self, stamp: _Stamp) -> None:
        if stamp is None and self.content is not None:  # also for the moment in which Excel saves
            self.problem = f"登记簿 {self.path.name} 不见了。请放回原处；要清空登记，请保留文件、删去其中的行。"
            return
        try:
            content = self.path.read_bytes() if stamp else None
            decided = None if content is None else register.load(content, self.rulebook, CHECKS)
        except (OSError, CheckerError) as error:
            self.problem = str(error)
            return
        except Exception as error:  # noqa: BLE001 a fault of ours over one register must not stop the server
            self.problem = f"登记簿 {self.path.name} 读不出来：程序内部出错，编号 {faults.keep(error)}。"
            return
        self.content, self.register, self.problem = content, decided, ""
        self.packed = pack(self.rulebook, decided)
        for learn in self.learners:
            learn(self.rulebook, decided)


def _stamp(path: Path) -> _Stamp:
    with suppress(OSError):
        seen = path.stat()
        return seen.st_mtime_ns, seen.st_size
    return None
