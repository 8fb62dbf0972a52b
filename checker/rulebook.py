"""Folders of plan files → Rulebook: every plan, and those in force at a place in a budget year."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from checker.errors import BadDeclaration
from checker.files import SCHEMAS
from checker.places import find, is_within
from checker.plan import By, Exclusion, Matter, Plan, Share, UpperPlan
from checker.plan_file import read_plan
from checker.terms import Clause, Level

__all__ = ["PLANS", "By", "Matter", "Plan", "Rulebook", "Share", "judged_with", "load"]

PLANS = SCHEMAS / "plans"
_JUDGED_WITH = (
    "codes/bureaus.yaml", "codes/divisions.yaml", "domains/common.yaml", "domains/{domain}.yaml", "messages.yaml",
    "domains/{domain}.npz", "tables/*.yaml",
)  # fmt: skip


@dataclass(frozen=True)
class Rulebook:
    """规则: the law as loaded; version is printed on everything that rests on it.

    Of each plan it names the id and a hash of all that judges by it: the plan, its source, the plans it points at,
    and the words, weights and places that lines are read with.
    """

    plans: tuple[Plan, ...]
    version: str

    def plan(self, id_: str) -> Plan | None:
        return next((plan for plan in self.plans if plan.id == id_), None)

    def matter(self, text: str) -> tuple[Plan, Matter] | None:
        """The first matter with this id, name or title (id 名称), and its plan."""
        found = ((plan, plan.matter(text)) for plan in self.plans)
        return next(((plan, matter) for plan, matter in found if matter), None)

    def in_force(self, division: str, year: int) -> tuple[Plan, ...]:
        """The plans that bind a division (code or name) in a budget year, the most local first.

        A replaced plan does not come back when its successor ends; an inherited one speaks through its heir.
        """
        begun = [plan for plan in self.plans if plan.valid_from <= year and _binds(plan, division)]
        replaced = {id_ for plan in begun for id_ in plan.replaces}
        valid = [plan for plan in begun if plan.is_valid(year) and plan.id not in replaced]
        inherited = {id_ for plan in valid for id_ in plan.inherits}
        remaining = [plan for plan in valid if plan.id not in inherited]
        return tuple(sorted(remaining, key=lambda plan: (-_depth(plan.place), plan.id)))

    def only(self, ids: Iterable[str]) -> "Rulebook":
        """The rulebook of these plans alone, raising BadDeclaration for an id that is not loaded."""
        wanted = tuple(ids)
        if unknown := [id_ for id_ in wanted if self.plan(id_) is None]:
            known = "、".join(plan.id for plan in self.plans)
            raise BadDeclaration(f"-: {'、'.join(unknown)}: 没有这个划分方案；已收录：{known}")
        versions = [part for part in self.version.split(" + ") if part.partition("@")[0] in wanted]
        return Rulebook(tuple(plan for plan in self.plans if plan.id in wanted), " + ".join(versions))


def _binds(plan: Plan, division: str) -> bool:
    place = find(division)
    return place is not None and is_within(place, plan.place)


def _depth(place: str) -> int:
    """How many places lie around this one."""
    division, depth = find(place), 0
    while division and division.parent:
        division, depth = find(division.parent), depth + 1
    return depth


def load(*folders: Path) -> Rulebook:
    """Every plan of the folders (a file stands for itself), the shipped ones by default; raises BadDeclaration."""
    paths = [path for folder in folders or (PLANS,) for path in _files(Path(folder))]
    plans = {path: read_plan(path) for path in paths}
    if twice := [id_ for id_, times in Counter(plan.id for plan in plans.values()).items() if times > 1]:
        raise BadDeclaration(f"{_path_of(twice[0], plans)}: {twice[0]}: 划分方案编号重复")
    loaded = {plan.id: plan for plan in plans.values()}
    for path, plan in plans.items():
        _refuse_unless(plan.id not in _ancestors(plan, loaded), path, "inherits", "所沿用的方案又沿用了本方案")
    resolved = tuple(_with_upper_plans(plan, loaded) for plan in loaded.values())
    for path, plan in zip(paths, resolved, strict=True):
        _check_references(path, plan)
    contents = {plan.id: _content(path, plan) for path, plan in plans.items()}
    known = {plan.id: plan for plan in resolved}
    return Rulebook(resolved, " + ".join(sorted(f"{plan.id}@{_hash(plan, known, contents)}" for plan in resolved)))


def _files(folder: Path) -> list[Path]:
    if folder.is_file():
        return [folder]
    found = sorted(folder.glob("*.yaml"))
    if not found:
        raise BadDeclaration(f"{folder}: -: 没有划分方案文件（*.yaml）")
    return found


def _path_of(id_: str, plans: dict[Path, Plan]) -> str:
    return "、".join(path.name for path, plan in plans.items() if plan.id == id_)


def _hash(plan: Plan, plans: dict[str, Plan], contents: dict[str, bytes]) -> str:
    """Short content hash: whatever changes a judgement changes it; where files lie and how their lines end does not."""
    inherited = [_hash(plans[id_], plans, contents) for id_ in sorted(plan.inherits) if id_ in plans]
    absent = sorted(upper.id for upper in plan.not_loaded)
    parts = (contents[plan.id], judged_with(plan.domain), " ".join([*inherited, *absent]).encode())
    return hashlib.sha256(b"".join(parts)).hexdigest()[:8]


def _content(path: Path, plan: Plan) -> bytes:
    return _digest(path) + plan.document.sha256.encode()


@cache  # like the words themselves, which a process reads but once
def judged_with(domain: str) -> bytes:
    """A hash of the words, weights, places and texts that lines of a domain are judged with on this machine."""
    files = (path for name in _JUDGED_WITH for path in sorted(SCHEMAS.glob(name.format(domain=domain))))
    return b"".join(map(_digest, files))


def _digest(path: Path) -> bytes:
    content = path.read_bytes() if path.is_file() else b""
    return hashlib.sha256(content if path.suffix == ".npz" else content.replace(b"\r\n", b"\n")).digest()


def _ancestors(plan: Plan, loaded: dict[str, Plan]) -> set[str]:
    """Every plan it inherits from, near or far."""
    found: set[str] = set()
    left = [*plan.inherits]
    while left:
        if (id_ := left.pop()) not in found:
            found.add(id_)
            left += loaded[id_].inherits if id_ in loaded else ()
    return found


def _with_upper_plans(plan: Plan, loaded: dict[str, Plan]) -> Plan:
    """The plan with what it takes over from plans it inherits, and with the plans it points at but nobody loaded."""
    not_loaded = {upper.id: upper for upper in plan.upper_plans if upper.id not in loaded}
    matters = tuple(replace(one, exclusions=_resolve(one.exclusions, not_loaded)) for one in plan.matters)
    for id_, levels in plan.inherits.items():
        if id_ in loaded:
            matters = _inherit(matters, _with_upper_plans(loaded[id_], loaded), levels)
    return replace(plan, matters=matters, not_loaded=tuple(not_loaded.values()))


def _resolve(exclusions: tuple[Exclusion, ...], not_loaded: dict[str, UpperPlan]) -> tuple[Exclusion, ...]:
    return tuple(
        replace(one, not_loaded=tuple(not_loaded[id_] for id_ in one.listed_in if id_ in not_loaded))
        for one in exclusions
    )


def _inherit(own: tuple[Matter, ...], upper: Plan, levels: tuple[Level, ...]) -> tuple[Matter, ...]:
    """Own matters completed by the clauses their upper matter (under:) has for the levels taken over,
    then the upper matters nobody completed."""
    completed = {matter.under for matter in own if matter.under}
    above = {matter.id: _clauses_at(matter, levels) for matter in upper.matters}
    merged = tuple(replace(one, clauses=above.get(one.under, {}) | dict(one.clauses)) for one in own)
    rest = tuple(
        replace(matter, clauses=above[matter.id], inherited_from=upper.id)
        for matter in upper.matters
        if matter.id not in completed and (above[matter.id] or matter.wording)
    )
    return merged + rest


def _clauses_at(matter: Matter, levels: tuple[Level, ...]) -> dict[Level, Clause]:
    return {level: clause for level, clause in matter.clauses.items() if level in levels}


def _check_references(path: Path, plan: Plan) -> None:
    """Every plan, matter or place that is pointed at is declared somewhere."""
    known = {plan.id, *(upper.id for upper in plan.upper_plans)}
    for id_ in plan.inherits:
        _refuse_unless(id_ in known, path, "inherits", f"upper_plans 中没有 {id_}")
    for matter in plan.matters:
        for exclusion in matter.exclusions if not matter.inherited_from else ():
            for id_ in exclusion.listed_in:
                _refuse_unless(id_ in known, path, matter.id, f"upper_plans 中没有 {id_}")
    ids = Counter(matter.id for matter in plan.matters)
    for id_, times in ids.items():
        _refuse_unless(times == 1, path, id_, "与所沿用方案的事项编号重复")
    for override in plan.overrides:
        for id_ in override.matters:
            _refuse_unless(id_ in ids, path, "overrides", f"没有事项 {id_}")


def _refuse_unless(holds: bool, path: Path, id_: str, what: str) -> None:
    if not holds:
        raise BadDeclaration(f"{path.name}: {id_}: {what}")
