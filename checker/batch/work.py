"""The bytes of one submission → its report and its marked copy: the one function that every worker runs."""

import os
import pickle
import time
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from checker import __version__
from checker.batch.archive import noted
from checker.errors import Unavailable, UnreadableWorkbook
from checker.report import Outcome
from checker.rulebook import judged_with
from checker.terms import JudgedLine, Judgement, Verdict

if TYPE_CHECKING:
    from checker.register import Register
    from checker.rulebook import Rulebook
    from checker.terms import Report

Law = bytes  # a rulebook and a register, pickled: sent with every file, unpacked once in every worker


@dataclass(frozen=True)
class Answer:
    """What became of one file; report is its JSON, marked the marked workbook, both empty where there is none."""

    outcome: Outcome
    report: bytes = b""
    marked: bytes = b""
    seconds: float = 0.0
    worker: str = ""


def pack(rulebook: "Rulebook", register: "Register | None") -> Law:
    """The law as bytes, the version of the program that understands them, and what lines are read with by domain."""
    read_with = {plan.domain: judged_with(plan.domain) for plan in rulebook.plans} if rulebook else {}
    return pickle.dumps((__version__, pickle.dumps((read_with, rulebook, register))))


@lru_cache(maxsize=2)
def law_of(packed: Law) -> "tuple[Rulebook, Register | None]":
    """The same bytes are the same objects, so that what hangs on a rulebook is compiled once.

    raises: Unavailable where this worker runs another version of the program, or has other words or places.
    """
    version, law = pickle.loads(packed)  # noqa: S301 packed by the run that gave us the work
    if version != __version__:
        raise Unavailable(f"工作机上的程序是 {__version__} 版，主机是 {version} 版。请装成同一版本后再运行。")
    read_with, rulebook, register = pickle.loads(law)  # noqa: S301
    if any(judged_with(domain) != known for domain, known in read_with.items()):
        raise Unavailable(
            "认出事项的词、区划或单位名录（schemas）在工作机上与主机的不一样，或在启动以后改过。"
            "请装成同一份，重新启动后再运行。"
        )
    return rulebook, register


def work(name: str, content: bytes, law: Law) -> Answer:
    """Check one file and mark it; a file that cannot be checked is an answer too."""
    started = time.perf_counter()
    outcome = Outcome(name, sha256(content).hexdigest())
    if why := noted(content):
        return Answer(replace(outcome, error=why))
    try:
        answer = _checked(outcome, content, law)
    except Unavailable:
        raise
    except UnreadableWorkbook as error:
        answer = Answer(replace(outcome, error=(error.code, error.message)))
    except MemoryError:
        answer = Answer(replace(outcome, error=OUT_OF_MEMORY))
    except Exception as error:  # noqa: BLE001 a fault of ours in one file: recorded, said, and the others go on
        answer = Answer(replace(outcome, error=("internal", _recorded(error))))
    return replace(answer, seconds=time.perf_counter() - started, worker=str(os.getpid()))


def work_briefly(name: str, content: bytes, law: Law) -> Answer:
    """The same, and of the report's lines only what the ledger asks: the rest is in the JSON, and travels once."""
    answer = work(name, content, law)
    report = answer.outcome.report
    if report is None:
        return answer
    verdicts = {verdict: Judgement(verdict, "") for verdict in Verdict}
    lines = tuple(
        JudgedLine(
            line.sheet, line.row, line.bureau, None, "", None, None, verdicts[line.judgement.verdict],
            division=line.division,
        )
        for line in report.lines
    )  # fmt: skip
    return replace(answer, outcome=replace(answer.outcome, report=replace(report, lines=lines)))


def _checked(outcome: Outcome, content: bytes, law: Law) -> Answer:
    from checker.pipeline import check
    from checker.report.json import render

    report = check(content, *law_of(law))
    outcome = replace(outcome, report=report)
    return Answer(outcome, render([outcome]).encode("utf-8", "replace"), mark(content, report))


def mark(content: bytes, report: "Report", remarks: tuple[str, ...] = ()) -> bytes:
    """The workbook marked; one that is no Office Open XML is rebuilt first."""
    from checker.annotation import annotate
    from checker.report.rebuilt import needs_rebuilding, rebuild

    return annotate(rebuild(content) if needs_rebuilding(content) else content, report, remarks)


def _recorded(error: BaseException) -> str:
    from checker import faults

    return faults.record(error)


OUT_OF_MEMORY = (
    "too-large",
    "核查这个文件所需的内存超出上限，已停止。请删除无关的工作表、空行空列和图片，或拆分后重新报送。",
)
