"""Settings → everything the pages need, opened once: law, register, trials, workers, accounts, ledger and store."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from checker import rulebook
from checker.batch.office import home_of
from checker.batch.work import Answer
from checker.ledger import Ledger, open_ledger
from checker.report.json import from_json
from checker.report.outcome import Outcome
from checker.rulebook import Rulebook
from checker.store import Store, open_store
from checker.web.lawbook import Lawbook
from checker.web.settings import Settings
from checker.web.trials import Trial, Trials
from checker.web.workers import Workers, refused

_PATIENCE = 5.0  # seconds a page waits for a ledger that is gone, before it says so
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

    @property
    def rulebook(self) -> Rulebook:
        return self.law.rulebook

    def take(self, name: str | None, content: bytes, owner: str = "", bureau: str = "") -> Trial:
        """Keep an upload and have it checked; the answer comes later."""
        trial = self.trials.take(name, content, owner, bureau)
        self.begin(trial, content)
        return trial

    def begin(self, trial: Trial, content: bytes) -> None:
        outcome = refused(trial.name, content)
        if outcome:
            self.trials.answer(trial, outcome, b"")
        else:
            self.workers.check(trial.name, content, lambda answer: self._keep(trial, answer))

    def _keep(self, trial: Trial, answer: Answer) -> None:
        self.trials.answer(trial, answer.outcome, answer.marked)

    def resume(self) -> None:
        """Check what an earlier process took in and did not finish."""
        for trial in self.trials.all():
            if not self.trials.is_done(trial):
                self.begin(trial, self.trials.upload(trial))

    def outcome(self, trial: Trial) -> Outcome | None:
        """What became of an upload; None while it is being checked."""
        report = self.trials.report(trial)
        return None if report is None else read_outcome(trial.name, report)

    def close(self) -> None:
        self.workers.close()
        self.ledger.engine.dispose()


@lru_cache(maxsize=32)
def read_outcome(name: str, report: bytes) -> Outcome:
    """The outcome a report was written from, as far as its JSON tells; pages of one file are turned many times."""
    entry = json.loads(report)["files"][0]
    if entry["error"]:
        return Outcome(name, entry["sha256"], error=(entry["error"]["code"], entry["error"]["message"]))
    return Outcome(name, entry["sha256"], from_json(json.dumps(entry)))


def open_office(settings: Settings) -> Office:
    """Open everything; raises Unavailable, UnreadableWorkbook or BadDeclaration with what to do."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    batch, home = settings.config.batch, _home(settings)
    law = Lawbook(rulebook.load(*map(Path, batch.plans)), Path(settings.register or batch.register or home / _REGISTER))
    law.refresh()
    trials = Trials(settings.home / "checks", settings.keep_seconds)
    trials.folder.mkdir(exist_ok=True, mode=0o700)
    workers = Workers(settings, law.rulebook, law.register)
    law.learners.append(workers.learn)
    return Office(
        settings=settings,
        law=law,
        trials=trials,
        workers=workers,
        ledger=open_ledger(settings.ledger or batch.ledger or home / "ledger.db", patience=_PATIENCE),
        store=open_store(settings.store or batch.store or home / "store", **batch.storage),
    )


def _home(settings: Settings) -> Path:
    """Where ledger, store and register lie if nothing is said: where the batch has them, else with our own things."""
    batch = settings.config.batch
    return home_of(batch) if batch.ledger or batch.outbox else settings.home
