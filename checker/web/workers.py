"""Uploads → answers, each found in a process of its own that may use only so much time and memory."""

import re
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import replace
from hashlib import sha256
from typing import Any

from checker import faults
from checker.batch.crew import processes
from checker.batch.work import Answer, pack
from checker.errors import CheckerError, UnreadableWorkbook
from checker.register import Register
from checker.report import Outcome
from checker.rulebook import Rulebook
from checker.web.gently import check_gently
from checker.web.settings import Settings

Done = Callable[[Answer], None]
_NUMBER = re.compile(r"编号 ([0-9A-F]{8})")


class Workers:
    """The processes that check; one that is ended, by its limits or otherwise, costs its own file only."""

    def __init__(self, settings: Settings, rulebook: Rulebook, register: Register | None) -> None:
        self._law = pack(rulebook, register)
        self._open = ExitStack()
        self._crew = self._open.enter_context(
            processes(settings.workers, settings.seconds_a_file, settings.megabytes_a_file)
        )

    def warm(self) -> None:
        """Start every process, so that the first upload does not wait for it."""
        for _ in range(self._crew.size):
            self._crew.hand(str)

    def learn(self, rulebook: Rulebook, register: Register | None) -> None:
        """From the next file on, check by this law."""
        self._law = pack(rulebook, register)

    @property
    def size(self) -> int:
        return self._crew.size

    def hand(self, function: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        """Have a function of a module run in one of the processes when its turn comes."""
        return self._crew.hand(function, *arguments)

    def check(self, name: str, content: bytes, done: Done) -> "Future[Answer]":
        """Check and mark a file when its turn comes; done is called with what became of it.

        Where the server stops first it is not called: the file is checked at the next start.
        """
        job: Future[Answer] = self._crew.hand(check_gently, name, content, self._law)
        job.add_done_callback(lambda ended: _tell(ended, name, content, done))
        return job

    def close(self) -> None:
        self._open.close()


def _tell(ended: "Future[Answer]", name: str, content: bytes, done: Done) -> None:
    answer = answer_of(ended, name, content)
    if answer:
        done(answer)


def answer_of(ended: "Future[Answer]", name: str, content: bytes) -> Answer | None:
    """What became of a file, whatever happened to its process; None where the server stops."""
    try:
        answer = ended.result()
    except (CancelledError, BrokenProcessPool):
        return None
    except UnreadableWorkbook as error:
        answer = _failed(name, content, error.code, error.message)
    except CheckerError as error:
        answer = _failed(name, content, "internal", str(error))
    except Exception as error:  # noqa: BLE001 whoever waits must be told, whatever it was
        answer = _failed(name, content, "internal", f"编号 {faults.keep(error)}")
    return _without_path(answer)


def _failed(name: str, content: bytes, code: str, message: str) -> Answer:
    return Answer(Outcome(name, sha256(content).hexdigest(), error=(code, message)))


def _without_path(answer: Answer) -> Answer:
    """A fault of ours is told by its number, without saying where on this machine it was recorded."""
    code, message = answer.outcome.error or ("", "")
    number = _NUMBER.search(message)
    if code != "internal" or not number:
        return answer
    told = f"程序内部出错，编号 {number[1]}。这不是您的文件填写有误，文件已原样保留。请把编号告知维护人员，或稍后重试。"
    return replace(answer, outcome=replace(answer.outcome, error=(code, told)))


def refused(name: str, content: bytes) -> Outcome | None:
    """What is said of an upload that needs no checking to be refused."""
    if not name.startswith("~$"):
        return None
    why = f"这是 Excel 打开文件时产生的临时文件，不是预算表。请上传 {name[2:]}，并先在 Excel 里关闭它。"
    return Outcome(name, sha256(content).hexdigest(), error=("lock-file", why))
