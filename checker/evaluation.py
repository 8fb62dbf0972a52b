"""Labelled lines → Evaluation: how often the judgement agrees with people, and where it does not."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from checker.declaration import read
from checker.errors import UnreadableWorkbook
from checker.files import SCHEMAS
from checker.judgement import judge_all
from checker.plan import Plan
from checker.reasons import UPPER
from checker.rulebook import load
from checker.terms import Judgement, Level, Line, Verdict
from checker.text import normalise

_LEVELS = {level.value for level in Level}
_SHOWN = 60


@dataclass(frozen=True)
class Labelled:
    """One line and what people said of it; acceptable holds every verdict a careful officer could defend."""

    id: str
    line: Line
    verdict: Verdict
    section: str
    level: str
    matter: str
    acceptable: frozenset[Verdict]
    above: bool
    kind: str


@dataclass(frozen=True)
class Evaluation:
    """Labelled lines beside our judgements, and the figures drawn from them (shares are 0 to 1)."""

    labelled: tuple[Labelled, ...]
    judgements: tuple[Judgement, ...]

    @property
    def pairs(self) -> list[tuple[Labelled, Judgement]]:
        return list(zip(self.labelled, self.judgements, strict=True))

    @property
    def strict(self) -> float:
        return _share([_agrees(label, judgement) for label, judgement in self.pairs])

    @property
    def lenient(self) -> float:
        return _share([_is_defensible(label, judgement) for label, judgement in self.pairs])

    @property
    def naive(self) -> float:
        """What a rule would get that knows no plan: right where the charged level is the bureau's own, else wrong."""
        own = [(label, label.line.bureau_level is label.line.charged_level) for label in self.labelled]
        return _share([label.verdict is (Verdict.RIGHT if same else Verdict.WRONG) for label, same in own])

    @property
    def section(self) -> float:
        return _share([(judgement.section or "") == label.section for label, judgement in self.pairs])

    @property
    def level(self) -> float:
        """Over the lines whose label names a level of ours and that we decided."""
        return _share(
            [
                judgement.responsible_level == label.level
                for label, judgement in self.pairs
                if label.level in _LEVELS and judgement.responsible_level
            ]
        )

    @property
    def matter_alone(self) -> float:
        """Over the lines where the matter or the words decide, against the bureau's own level."""
        return _share(
            [
                _agrees(label, judgement)
                for label, judgement in self.pairs
                if label.level in _LEVELS and label.level != label.line.bureau_level
            ]
        )

    @property
    def confusion(self) -> Counter[tuple[Verdict, Verdict]]:
        """(label, ours) → lines; a matter of the levels above left undecided for that reason counts as agreed."""
        return Counter(
            (label.verdict, label.verdict if _agrees(label, judgement) else judgement.verdict)
            for label, judgement in self.pairs
        )

    def recall(self, verdict: Verdict) -> float:
        confusion = self.confusion
        return _ratio(confusion[verdict, verdict], sum(n for (label, _), n in confusion.items() if label is verdict))

    def precision(self, verdict: Verdict) -> float:
        confusion = self.confusion
        return _ratio(confusion[verdict, verdict], sum(n for (_, ours), n in confusion.items() if ours is verdict))

    @property
    def unsupported(self) -> list[tuple[Labelled, Judgement]]:
        """Accusations no label supports."""
        return [
            (label, judgement)
            for label, judgement in self.pairs
            if judgement.verdict is Verdict.WRONG and Verdict.WRONG not in label.acceptable
        ]

    @property
    def misses(self) -> list[tuple[Labelled, Judgement]]:
        return [(label, judgement) for label, judgement in self.pairs if not _agrees(label, judgement)]

    def to_data(self) -> dict[str, Any]:
        return {
            "lines": len(self.labelled),
            "strict": round(self.strict, 4),
            "lenient": round(self.lenient, 4),
            "naive": round(self.naive, 4),
            "section": round(self.section, 4),
            "level": round(self.level, 4),
            "matter_alone": round(self.matter_alone, 4),
            "unsupported_wrong": len(self.unsupported),
            "verdicts": {
                verdict: {"recall": round(self.recall(verdict), 4), "precision": round(self.precision(verdict), 4)}
                for verdict in Verdict
            },
            "confusion": {label: {ours: self.confusion[label, ours] for ours in Verdict} for label in Verdict},
            "misses": [_miss(label, judgement) for label, judgement in self.misses],
        }

    def to_text(self) -> str:
        lines = [
            f"明细 {len(self.labelled)} 行",
            f"结论一致 {self.strict:.1%}（可辩护的也算：{self.lenient:.1%}）",
            f"对照：只比承担级次与单位级次是否相同，结论一致 {self.naive:.1%}",
            f"章节一致 {self.section:.1%}，应承担级次一致 {self.level:.1%}",
            f"不能只看单位级次的行，结论一致 {self.matter_alone:.1%}",
            f"判为级次不符而标注不支持的 {len(self.unsupported)} 行",
            "",
            "结论        查全率  查准率  标注＼判断：" + "  ".join(verdict.label for verdict in Verdict),
            *(self._row(verdict) for verdict in Verdict),
            "",
            f"不一致 {len(self.misses)} 行" + (f"，列出前 {_SHOWN} 行" if len(self.misses) > _SHOWN else ""),
            *(_told(label, judgement) for label, judgement in self.misses[:_SHOWN]),
        ]
        return "\n".join(lines) + "\n"

    def _row(self, verdict: Verdict) -> str:
        counts = "  ".join(f"{self.confusion[verdict, ours]:>8}" for ours in Verdict)
        label = verdict.label + "　" * (5 - len(verdict.label))
        return f"{label}  {self.recall(verdict):>6.1%}  {self.precision(verdict):>6.1%}            {counts}"


def evaluate(path: Path) -> Evaluation:
    """Judge every line of a CSV of labelled lines by the plans at hand; raises UnreadableWorkbook."""
    labelled = read_labelled(path)
    return Evaluation(labelled, tuple(judge_all([one.line for one in labelled], _plans(labelled))))


def read_labelled(path: Path) -> tuple[Labelled, ...]:
    """The lines of a CSV of labelled lines; raises UnreadableWorkbook."""
    return tuple(_labelled(row) for row in _rows(path))


def _plans(labelled: Sequence[Labelled]) -> tuple[Plan, ...]:
    """The plans in force latest for any of the places; labelled lines bear no year."""
    book = load()
    divisions = {one.line.division for one in labelled}
    latest = max((plan.valid_from for plan in book.plans), default=0)
    return tuple({plan.id: plan for place in sorted(divisions) for plan in book.in_force(place, latest)}.values())


@cache
def _form() -> dict[str, Any]:
    return read(SCHEMAS / "evaluation.yaml")


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableWorkbook("not-labelled-lines", f"“{path.name}”不是 UTF-8 编码的 CSV 文件。") from error
    missing = [column for column in _form()["columns"].values() if rows and column not in rows[0]]
    needed = [column for column in missing if column not in ("id", "second_verdict", "acceptable_verdicts")]
    if not rows or needed:
        told = f"缺少列：{'、'.join(needed)}" if rows else "没有数据行"
        raise UnreadableWorkbook("not-labelled-lines", f"“{path.name}”{told}，请对照样例 tests/lines 下的文件整理。")
    return rows


def _labelled(row: dict[str, str]) -> Labelled:
    columns, verdicts = _form()["columns"], _form()["verdicts"]
    cell = {field: (row.get(column) or "").strip() for field, column in columns.items()}
    verdict = Verdict(verdicts[cell["verdict"]])
    others = {Verdict(verdicts[word]) for word in cell["acceptable"].split(";") if word in verdicts}
    line = Line(
        name=cell["name"],
        content=cell["content"],
        bureau=cell["bureau"],
        division=cell["division"],
        scope=normalise(cell["scope"]),
        bureau_level=Level(cell["bureau_level"]) if cell["bureau_level"] in _LEVELS else None,
        charged_level=Level(cell["charged_level"]) if cell["charged_level"] in _LEVELS else None,
    )
    section = "" if cell["section"] == _form()["no_section"] else cell["section"]
    above = cell["level"].startswith(_form()["above"])
    kind = _form()["kinds"].get(cell["matter"], cell["matter"])
    acceptable = frozenset({verdict, *others})
    return Labelled(cell["id"], line, verdict, section, cell["level"], cell["matter"], acceptable, above, kind)


def _agrees(label: Labelled, judgement: Judgement) -> bool:
    return judgement.verdict is label.verdict or (label.above and judgement.reason == UPPER)


def _is_defensible(label: Labelled, judgement: Judgement) -> bool:
    return _agrees(label, judgement) or judgement.verdict in label.acceptable


def _share(answers: list[bool]) -> float:
    return _ratio(sum(answers), len(answers))


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _miss(label: Labelled, judgement: Judgement) -> dict[str, Any]:
    return {
        "id": label.id,
        "name": label.line.name,
        "label": label.verdict,
        "matter": label.matter,
        "ours": judgement.verdict,
        "because": judgement.because,
        "defensible": _is_defensible(label, judgement),
    }


def _told(label: Labelled, judgement: Judgement) -> str:
    mark = "可辩护" if _is_defensible(label, judgement) else "不一致"
    return (
        f"  {label.id}  {mark}  {label.line.name}：标注{label.verdict.label}（{label.matter}），"
        f"判为{judgement.verdict.label}：{judgement.because}"
    )
