"""Settings → everything the pages need, opened once: law, register, trials, workers, accounts, ledger and store."""

import platform
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from starlette.requests import Request

from checker import faults, rulebook
from checker.batch.office import home_of
from checker.changes import Changes
from checker.errors import BadConfig, CheckerError
from checker.ledger import Ledger, open_ledger
from checker.report.outcome import Outcome
from checker.rulebook import Rulebook
from checker.store import LOST, Store, open_store
from checker.terms import Report
from checker.web.accounts import Accounts
from checker.web.folders import folder, place
from checker.web.gate import Person
from checker.web.gently import Checked
from checker.web.intake import Intake
from checker.web.lawbook import Lawbook
from checker.web.peers import networks
from checker.web.registrar import Registrar
from checker.web.result import Shown, read_outcome, shown
from checker.web.runner import Runner
from checker.web.scanner import Infected, Scanner, infected, scanner_at
from checker.web.settings import Settings
from checker.web.trials import Trial, Trials
from checker.web.workers import Task, Workers, refused

_PATIENCE = 5.0  # seconds a page waits for a ledger that is gone, before it says so
_NO_ACCOUNTS = (
    "除本机单人使用外，须先设账号：请先运行 checker users add 账号名 --role admin，"
    "再启动。（现在还没有账号，而启动选项允许其他电脑访问。）"
)
_LONG = 6 << 20  # bytes of a report; some ten thousand lines
_REGISTER = "认定豁免登记簿.xlsx"


@dataclass(frozen=True, eq=False)
class Office:
    """What is open while the server runs."""

    settings: Settings
    law: Lawbook
    trials: Trials
    workers: Workers
    ledger: Ledger
    store: Store
    intake: Intake
    accounts: Accounts
    scanner: Scanner | None
    registrar: Registrar
    runner: Runner
    under_way: dict[str, "UnderWay"] = field(default_factory=dict)

    @property
    def rulebook(self) -> Rulebook:
        return self.law.rulebook

    def take(self, name: str | None, content: bytes, owner: str = "", bureau: str = "") -> Trial:
        """Keep an upload and have it checked; the answer comes later. Of one with a virus only what was found is kept.

        raises: Unavailable where a scanner is set and cannot be asked.
        """
        found = self.scanner.scan(content) if self.scanner else ""
        if found:
            trial = self.trials.take(name, b"", owner, bureau)
            self.trials.answer(trial, infected(trial.name, content, found), b"")
            return trial
        trial = self.trials.take(name, content, owner, bureau, scanned=self.scanner is not None)
        self.begin(trial, content)
        return trial

    def examine(self, name: str, content: bytes) -> None:
        """Look for viruses where a scanner is set; raises Infected, or Unavailable where it cannot be asked."""
        found = self.scanner.scan(content) if self.scanner else ""
        if found:
            raise Infected(name, found)

    def begin(self, trial: Trial, content: bytes) -> None:
        outcome = refused(trial.name, content)
        if outcome:
            self.trials.answer(trial, outcome, b"")
            return
        self.under_way[trial.id] = under_way = UnderWay()
        under_way.task = self.workers.check(trial.name, content, lambda answer: self._keep(trial, answer))

    def _keep(self, trial: Trial, answer: Checked) -> None:
        self.trials.answer(trial, answer.outcome, answer.marked, answer.report, answer.gist)
        with suppress(InvalidStateError):  # the server stops, and nobody waits any more
            self.under_way.pop(trial.id).ended.set_result(None)

    def ended(self, trial: Trial) -> "Future[None] | None":
        """Done when the check is; None where it is done already."""
        under_way = self.under_way.get(trial.id)
        return under_way.ended if under_way else None

    def step(self, trial: Trial) -> str:
        """How far a check is: queued, checking or done."""
        under_way = self.under_way.get(trial.id)
        if under_way is None:
            return "done" if self.trials.is_done(trial) else "queued"
        return "checking" if under_way.task and under_way.task.is_running else "queued"

    def resume(self) -> None:
        """Check what an earlier process took in and did not finish."""
        self.intake.resume()
        self.registrar.resume()
        self.trials.load()
        for trial in reversed(tuple(self.trials.all())):
            if not self.trials.is_done(trial):
                self._resume(trial)

    def _resume(self, trial: Trial) -> None:
        try:
            content = self.trials.upload(trial)
        except OSError:
            with suppress(OSError):
                self.trials.answer(trial, Outcome(trial.name, trial.sha256, error=LOST), b"")
        else:
            self.begin(trial, content)

    def tend(self) -> None:
        """What has to be done from time to time; what one part cannot do now keeps none of the others."""
        for part in (self.trials.sweep, self.intake.tend, self.accounts.tend, self.registrar.tend):
            try:
                part()
            except CheckerError:  # a ledger that is gone is asked again next time
                continue
            except Exception as error:  # noqa: BLE001 nobody waits for this thread, and without it nothing is tended
                faults.keep(error)

    def outcome(self, trial: Trial) -> Outcome | None:
        """What became of an upload; None while it is being checked."""
        report = self.trials.report(trial)
        return None if report is None else read_outcome(trial.name, report)

    def view(self, trial: Trial, choice: str, number: int) -> tuple[Outcome, Shown] | None:
        """One page of a result; None where there is no report. A long report is read elsewhere, lest others wait."""
        path = self.trials.report_path(trial)
        if path.stat().st_size > _LONG:
            return self.workers.view(path, trial.name, choice, number)
        outcome = self.outcome(trial)
        return (outcome, shown(outcome.report, choice, number)) if outcome and outcome.report else None

    def changes(self, person: Person, trial: Trial, report: Report) -> Changes | None:
        """What a check shows as mended since the last file that was handed in; None once it is handed in itself."""
        if trial.job is not None or not report.lines:
            return None
        name = place(folder(person, report), trial.name)
        return self.intake.since_last(name, trial.sha256, report, alone=person.is_alone)

    def close(self) -> None:
        for under_way in tuple(self.under_way.values()):
            under_way.ended.cancel()
        self.intake.stop()
        self.registrar.stop()
        self.workers.close()
        self.runner.close()
        self.intake.close()
        self.ledger.engine.dispose()


@dataclass(eq=False)
class UnderWay:
    """A check that is not done: task is its place among the workers, ended is set when its result is kept."""

    task: Task | None = None
    ended: "Future[None]" = field(default_factory=Future)


def office_of(request: Request) -> Office:
    office: Office = request.app.state.office
    return office


def accounts_of(request: Request) -> Accounts:
    return office_of(request).accounts


def open_office(settings: Settings) -> Office:
    """Open everything; raises Unavailable, UnreadableWorkbook or BadDeclaration with what to do."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    book = open_book(settings)
    settings = _settled(settings, book)
    batch = settings.config.batch
    law = Lawbook(rulebook.load(*map(Path, batch.plans)), _register(settings))
    law.refresh()
    trials = Trials(settings.home / "checks", settings.keep_seconds)
    trials.folder.mkdir(exist_ok=True, mode=0o700)
    workers = Workers(settings, law.rulebook, law.register)
    law.learners.append(workers.learn)
    store = open_store(_store(settings), **batch.storage)
    intake = Intake(book, store, law, workers, f"{platform.node()}:{settings.home.absolute()}")
    registrar = Registrar(settings, book, store, law, workers)
    return Office(
        settings,
        law,
        trials,
        workers,
        book,
        store,
        intake,
        Accounts(book, settings),
        scanner_at(settings.clamd),
        registrar,
        Runner(settings, law, {"--ledger": str(_ledger(settings)), "--store": str(_store(settings))}),
    )


def open_book(settings: Settings) -> Ledger:
    """The ledger, with the accounts in it."""
    return open_ledger(_ledger(settings), patience=_PATIENCE)


def _ledger(settings: Settings) -> str | Path:
    return settings.ledger or settings.config.batch.ledger or _home(settings) / "ledger.db"


def _store(settings: Settings) -> str | Path:
    return settings.store or settings.config.batch.store or _home(settings) / "store"


def _settled(settings: Settings, book: Ledger) -> Settings:
    """With accounts where there are some; raises BadConfig where others reach us and there are none."""
    exist = Accounts(book, settings).exist()
    if settings.needs_accounts and not exist:
        raise BadConfig(_NO_ACCOUNTS)
    networks(settings.proxies)
    secure = settings.secure or (exist and not settings.plain_http)
    return replace(settings, accounts=exist, secure=secure)


def _register(settings: Settings) -> Path:
    """Where the register is, or will be once something is entered; raises BadConfig for a named one that is absent."""
    named = settings.register or settings.config.batch.register
    if named and not Path(named).expanduser().is_file():
        raise BadConfig(f"登记簿 {named} 不存在。请核对路径，或用 checker register new -o 建立空白的登记簿。")
    return Path(named).expanduser() if named else _home(settings) / _REGISTER


def _home(settings: Settings) -> Path:
    """Where ledger, store and register lie if nothing is said: where the batch has them, else with our own things."""
    batch = settings.config.batch
    return home_of(batch) if batch.ledger or batch.outbox else settings.home
