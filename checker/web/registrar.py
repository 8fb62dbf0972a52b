"""A draft → what it would change of everything handed in, and, once switched on, an entry in the register's file."""

import queue
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from checker import faults, register, rulebook
from checker.batch.work import Law, pack
from checker.checks import CHECKS
from checker.errors import CheckerError, Lost, Unavailable, UnreadableWorkbook
from checker.folder import open_folder
from checker.ledger import Job, Ledger
from checker.ledger.listing import Wanted, listed
from checker.plan_file import read_plan
from checker.rulebook import PLANS, Rulebook
from checker.store import Store
from checker.template.register import new
from checker.web.drafts import DROPPED, ON, OPEN, PLAN, Draft, Drafts, Effect
from checker.web.effect import effect
from checker.web.entry import enter, in_the_form
from checker.web.lawbook import Lawbook
from checker.web.settings import Settings
from checker.web.workers import Workers

CAP = 300  # so many of the newest files are examined; two checks each
_LISTED = 1000  # changes kept of one draft
_ALL = 100_000
HISTORY = "登记簿历史"


class Registrar:
    """Holds drafts against what was handed in, one file at a time, so that whoever waits for a check hardly notices."""

    def __init__(self, settings: Settings, book: Ledger, store: Store, law: Lawbook, workers: Workers) -> None:
        self._settings, self._book, self._store, self._law, self._workers = settings, book, store, law, workers
        self.drafts = Drafts(settings.home / "drafts")
        self.drafts.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._waiting: queue.SimpleQueue[Draft | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._thread: threading.Thread | None = None

    def draft(self, table: str, values: Mapping[str, str], by: str) -> Draft:
        """Keep what is to be entered and find out what it would change. raises: UnreadableWorkbook (bad-register)"""
        self._law.refresh()
        self._with_entry(table, values)
        return self._begin(self.drafts.make(table, values, by))

    def draft_plan(self, name: str, files: Mapping[str, bytes], by: str) -> Draft:
        """Keep a plan file with its sources (path → bytes) and find out what it would change. raises: BadDeclaration"""
        draft = self.drafts.make(PLAN, {"file": name}, by, files)
        try:
            self.plans(draft)
        except BaseException:  # nobody can look at it or decide on it
            self.drafts.discard(draft)
            raise
        return self._begin(draft)

    def plans(self, draft: Draft) -> Rulebook:
        """The plans in force with the draft's own beside them, or in the place of the one with its id."""
        folder = self.drafts.home(draft) / "plans"
        own = {read_plan(path).id for path in folder.glob("*.yaml")}
        kept = [path for path in self._plan_files() if read_plan(path).id not in own]
        return rulebook.load(*kept, folder)

    def resume(self) -> None:
        """Go on with what an earlier process did not finish."""
        for draft in self.drafts.all():
            if draft.state == OPEN and not self.drafts.effect(draft).is_over:
                self._begin(draft)

    def drop(self, draft: Draft) -> None:
        if draft.state == OPEN:
            self.drafts.turn(draft, DROPPED)

    def switch_on(self, draft: Draft, by: str) -> None:
        """Enter it in the register as that stands now, once its effect is known; done twice it is entered once.

        raises: CheckerError
        """
        with self._lock:
            found = self.drafts.find(draft.id)
            if found is None or found.state != OPEN or found.table == PLAN or not self.drafts.effect(found).is_known:
                return
            self._law.refresh()
            if self._law.problem:
                raise Unavailable(f"登记簿现在不能用，没有登记。{self._law.problem}")
            now = datetime.now(ZoneInfo(self._settings.config.batch.timezone))
            content, _ = self._with_entry(found.table, found.values | {"remark": _remark(found, by, now)})
            self._keep_old(now)
            open_folder(self._law.path.absolute().parent).write(self._law.path.name, content)
            self.drafts.turn(found, ON)
        self._law.refresh()

    def history(self) -> list[Path]:
        """The register as it was before each entry, the last first."""
        folder = self._law.path.absolute().parent / HISTORY
        return sorted(folder.glob("*.xlsx"), reverse=True) if folder.is_dir() else []

    def tend(self) -> None:
        self.drafts.sweep()

    def stop(self) -> None:
        self._is_over.set()
        self._waiting.put(None)

    def _with_entry(self, table: str, values: Mapping[str, str]) -> tuple[bytes, register.Register]:
        content = enter(self._law.content or new(self._law.rulebook), table, values)
        try:
            return content, register.load(content, self._law.rulebook, CHECKS)
        except UnreadableWorkbook as error:
            raise UnreadableWorkbook(error.code, in_the_form(error.message, content, table)) from error

    def _keep_old(self, now: datetime) -> None:
        if self._law.content is not None:
            name = f"{self._law.path.stem}-{now:%Y%m%d-%H%M%S-%f}.xlsx"
            open_folder(self._law.path.absolute().parent / HISTORY).write(name, self._law.content)

    def _plan_files(self) -> Iterator[Path]:
        for folder in map(Path, self._settings.config.batch.plans or (PLANS,)):
            yield from [folder] if folder.is_file() else sorted(folder.glob("*.yaml"))

    def _begin(self, draft: Draft) -> Draft:
        self._waiting.put(draft)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="registrar", daemon=True)
            self._thread.start()
        return draft

    def _work(self) -> None:
        while (draft := self._waiting.get()) and not self._is_over.is_set():
            found = self.drafts.find(draft.id)
            if found and found.state == OPEN:
                problem = self._problem_of(found)
                with suppress(OSError):  # a full disk must not end this thread
                    if problem:
                        self.drafts.tell(found, Effect(problem=problem, is_over=True))

    def _problem_of(self, draft: Draft) -> str:
        """What stood in the way of finding out; "" where nothing did."""
        try:
            self._examine(draft)
        except (CheckerError, OSError) as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 nobody waits for this thread
            return f"程序内部出错，编号 {faults.keep(error)}。"
        return ""

    def _examine(self, draft: Draft) -> None:
        then = self._law_with(draft)
        jobs = [job for job in listed(self._book, Wanted(), _ALL) if job.result]
        told = Effect(total=min(len(jobs), CAP), left_out=max(0, len(jobs) - CAP))
        for job in jobs[:CAP]:
            self.drafts.tell(draft, told)
            found = self._effect_on(job, then)
            if found is None:
                return  # the server stops: begun anew at the next start
            told = replace(told, done=told.done + 1, changes=(*told.changes, *found)[:_LISTED])
        self.drafts.tell(draft, replace(told, is_over=True))

    def _law_with(self, draft: Draft) -> Law:
        if draft.table != PLAN:
            return pack(self._law.rulebook, self._with_entry(draft.table, draft.values)[1])
        rules = self.plans(draft)
        return pack(rules, register.load(self._law.content, rules, CHECKS) if self._law.content else None)

    def _effect_on(self, job: Job, then: Law) -> list[dict[str, Any]] | None:
        if self._is_over.is_set():
            return None
        try:
            content = self._store.read(job.submission.sha256)
        except Lost:  # what one file would have become must not keep an entry out of the register
            return []
        try:
            found = self._workers.hand_patiently(effect, content, self._law.packed, then).result()
        except (CancelledError, BrokenProcessPool, RuntimeError):
            return None
        except UnreadableWorkbook:  # too large for a process: it has no result under any law
            return []
        return [one | {"file": job.submission.name, "submission": job.submission.id} for one in found]


def _remark(draft: Draft, by: str, now: datetime) -> str:
    """What was remarked, cut to what is left beside who entered it and when."""
    note = f"{now:%Y-%m-%d} {by or '本机'}在网页登记"
    said, longest = draft.values.get("remark", ""), register.definitions()[draft.table].column("remark").max_length
    room = (longest or len(said) + len(note) + 1) - len(note) - 1
    return "；".join(filter(None, (said if len(said) <= room else f"{said[: room - 1]}…", note)))
