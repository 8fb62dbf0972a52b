"""Uploads → answers, each found in a process of its own that may use only so much time and memory."""

import re
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from checker import faults
from checker.batch.crew import Crew, processes
from checker.batch.work import Answer, pack
from checker.errors import CheckerError, UnreadableWorkbook
from checker.register import Register
from checker.report import Outcome
from checker.rulebook import Rulebook
from checker.web.gently import Checked, check_gently, view
from checker.web.result import Shown
from checker.web.settings import Settings

Done = Callable[[Checked], None]
_NUMBER = re.compile(r"编号 ([0-9A-F]{8})")


@dataclass(eq=False)
class Task:
    """A file's place among the workers; it changes when the file turns out to be a heavy one."""

    job: "Future[Any] | None" = None

    @property
    def is_running(self) -> bool:
        return self.job is not None and self.job.running()


class Workers:
    """The processes that check; one that is ended, by its limits or otherwise, costs its own file only.

    Heavy files have a process of their own, and long reports another, so that what is usual never waits for them.
    """

    def __init__(self, settings: Settings, rulebook: Rulebook, register: Register | None) -> None:
        self._law = pack(rulebook, register)
        self._open = ExitStack()
        limits = settings.seconds_a_file, settings.megabytes_a_file
        self._crew, self._patient, self._reading = (
            self._open.enter_context(processes(size, *limits)) for size in (settings.workers, 1, 1)
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

    def hand_patiently(self, function: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        """The same for what is long or can wait: nobody who waits for a page waits for it."""
        return self._patient.hand(function, *arguments)

    def check(self, name: str, content: bytes, done: Done) -> Task:
        """Check and mark a file when its turn comes; done is called with what became of it.

        Where the server stops first it is not called: the file is checked at the next start.
        """
        task = Task()

        def ended(job: "Future[Checked | None]") -> None:
            if not job.cancelled() and not job.exception() and job.result() is None:
                begin(self._patient, is_patient=True)
            else:
                _tell(job, name, content, done)

        def begin(crew: Crew, *, is_patient: bool) -> None:
            check = partial(check_gently, is_patient=is_patient)
            task.job = crew.hand(check, name, content, self._law)
            task.job.add_done_callback(ended)

        begin(self._crew, is_patient=False)
        return task

    def view(self, path: Path, name: str, choice: str, number: int) -> tuple[Outcome, Shown]:
        """One page of a long report."""
        shown: tuple[Outcome, Shown] = self._reading.hand(view, path, name, choice, number).result()
        return shown

    def close(self) -> None:
        self._open.close()


def _tell(ended: "Future[Any]", name: str, content: bytes, done: Done) -> None:
    answer = answer_of(ended, name, content)
    if answer:
        done(answer if isinstance(answer, Checked) else Checked(answer.outcome))


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
    return replace(answer, outcome=replace(answer.outcome, error=(code, internal(number[1]))))


def internal(number: str) -> str:
    """What is said of a fault of ours."""
    return f"程序内部出错，编号 {number}。这不是您的文件填写有误，文件已原样保留。请把编号告知维护人员，或稍后重试。"


def refused(name: str, content: bytes) -> Outcome | None:
    """What is said of an upload that needs no checking to be refused."""
    if not name.startswith("~$"):
        return None
    why = f"这是 Excel 打开文件时产生的临时文件，不是预算表。请上传 {name[2:]}，并先在 Excel 里关闭它。"
    return Outcome(name, sha256(content).hexdigest(), error=("lock-file", why))
