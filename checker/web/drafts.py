"""What somebody means to enter in the register, or a plan to come → kept with its effect until it is decided."""

import json
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

PLAN = "plan"
OPEN, ON, DROPPED = "open", "on", "dropped"
_ID = re.compile(r"[A-Za-z0-9_-]{16}")
_FACTS, _EFFECT = "draft.json", "effect.json"
_HALF_MADE = 86_400  # seconds after which nobody is at it any more


@dataclass(frozen=True)
class Draft:
    """table is a table of the register, or PLAN; values are what was filled in, field by field."""

    id: str
    table: str
    values: dict[str, str]
    by: str
    at: float
    state: str = OPEN


@dataclass(frozen=True)
class Effect:
    """What a draft would change: of `total` files `done` are examined; left_out are beyond the cap.

    Each change is what effect.effect says, with file and submission; problem says why it could not be found out.
    """

    total: int = 0
    done: int = 0
    left_out: int = 0
    changes: tuple[dict[str, Any], ...] = ()
    problem: str = ""
    is_over: bool = False

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in self.changes if one["kind"] == kind]

    @property
    def is_known(self) -> bool:
        return self.is_over and not self.problem

    @property
    def files(self) -> int:
        return len({one["submission"] for one in self.changes})

    @property
    def bureaus(self) -> int:
        """How many are named where something changes; 0 where a file that nobody can read is among it."""
        named = {one.get("bureau", "") for one in self.changes}
        return 0 if "" in named else len(named)


@dataclass(frozen=True)
class Drafts:
    """A folder each; what is in it is replaced in one step, so that a restart finds it whole."""

    folder: Path
    known: dict[str, Effect] = field(default_factory=dict)

    def make(self, table: str, values: Mapping[str, str], by: str, files: Mapping[str, bytes] | None = None) -> Draft:
        """Keep a draft, with the files that belong to it."""
        draft = Draft(secrets.token_urlsafe(12), table, dict(values), by, time.time())
        aside = self.folder / f".{draft.id}"
        try:
            for name, content in {**(files or {}), _FACTS: json.dumps(asdict(draft)).encode()}.items():
                (aside / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                (aside / name).write_bytes(content)
            aside.rename(self.folder / draft.id)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        return draft

    def sweep(self) -> None:
        """Remove what a crash left half made a day ago."""
        for aside in self.folder.glob(".*") if self.folder.is_dir() else ():
            with suppress(OSError):
                if aside.stat().st_mtime < time.time() - _HALF_MADE:
                    shutil.rmtree(aside, ignore_errors=True)

    def home(self, draft: Draft) -> Path:
        return self.folder / draft.id

    def find(self, id_: str) -> Draft | None:
        if not _ID.fullmatch(id_):
            return None
        try:
            found = Draft(**json.loads((self.folder / id_ / _FACTS).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return found if found.id == id_ and isinstance(found.at, float) else None

    def all(self) -> Iterator[Draft]:
        """Every draft, the newest first."""
        names = [entry.name for entry in self.folder.iterdir()] if self.folder.is_dir() else []
        yield from sorted(filter(None, map(self.find, names)), key=lambda draft: -draft.at)

    def turn(self, draft: Draft, state: str) -> Draft:
        """Write down what was decided."""
        turned = replace(draft, state=state)
        self._write(draft, _FACTS, asdict(turned))
        return turned

    def discard(self, draft: Draft) -> None:
        """Keep nothing of it."""
        shutil.rmtree(self.folder / draft.id, ignore_errors=True)

    def effect(self, draft: Draft) -> Effect:
        if draft.id not in self.known:
            try:
                read = json.loads((self.folder / draft.id / _EFFECT).read_text("utf-8"))
                self.known[draft.id] = Effect(**read | {"changes": tuple(read["changes"])})
            except (OSError, ValueError, TypeError, LookupError):
                return Effect()
        return self.known[draft.id]

    def tell(self, draft: Draft, effect: Effect) -> None:
        """How far the examination is; kept for good once it is over."""
        self.known[draft.id] = effect
        if effect.is_over:
            self._write(draft, _EFFECT, asdict(effect))

    def _write(self, draft: Draft, name: str, content: Any) -> None:
        aside = self.folder / draft.id / f".{name}.{secrets.token_hex(4)}"
        aside.write_text(json.dumps(content), "utf-8")
        aside.replace(self.folder / draft.id / name)
