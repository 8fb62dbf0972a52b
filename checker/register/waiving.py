"""Findings and the waivers of an office → the same findings, those excused turned into remarks that say so."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from checker.register.entries import Period, Register, Waiver, in_marks, is_valid, period_of
from checker.terms import Finding, JudgedLine, Severity
from checker.text import normalise

_Place = tuple[str, str, str]  # finding code, bureau, line


def waive(
    findings: Iterable[Finding],
    lines: Iterable[JudgedLine],
    register: Register,
    year: int | None,
    on: date | None = None,
) -> tuple[Finding, ...]:
    """Every finding, in its order: one that is excused stays, as a remark with reason, document and last day.

    A waiver names a code, a bureau and a line by its name or its row (第12行), compared normalised and in full; the
    line of a finding is that of its first cell. A waiver without a line is for findings of no line, in the workbook of
    that bureau alone. One that has ended changes nothing but the message.
    """
    known = {(one.sheet, one.row): one for one in lines}
    waivers: dict[_Place, list[Waiver]] = {}
    for waiver in register.waivers:
        waivers.setdefault((waiver.code, normalise(waiver.bureau), normalise(waiver.line)), []).append(waiver)
    bureaus = {normalise(line.bureau) for line in known.values()}
    period = period_of(year, on)
    return tuple(_waived(one, waivers, _places(one, known, bureaus), period) for one in findings)


def _places(finding: Finding, lines: Mapping[tuple[str, int], JudgedLine], bureaus: set[str]) -> list[_Place]:
    """What a waiver of this finding may say."""
    line = lines.get((finding.cell.sheet, finding.cell.row)) if finding.cell else None
    if line is None:
        return [(finding.code, bureau, "") for bureau in bureaus] if len(bureaus) == 1 else []
    names = [normalise(line.name), f"第{line.row}行"]
    return [(finding.code, normalise(line.bureau), name) for name in names if name]


def _waived(
    finding: Finding, waivers: Mapping[_Place, list[Waiver]], places: list[_Place], period: Period | None
) -> Finding:
    fitting = [waiver for place in places for waiver in waivers.get(place, ())]
    if not fitting:
        return finding
    waiver = max(fitting, key=lambda one: one.until)
    if period is None:
        return _saying(finding, f"登记有豁免，有效期至{waiver.until}；没有写明预算年度，不知是否适用")
    if not is_valid(waiver.until, period):
        return _saying(finding, f"豁免（{in_marks(waiver.document)}）有效期至{waiver.until}，已过期，不再适用")
    told = f"已豁免：{waiver.reason}；依据{in_marks(waiver.document)}，{waiver.approved_by}批准，有效期至{waiver.until}"
    return _saying(replace(finding, severity=Severity.INFO), told)


def _saying(finding: Finding, told: str) -> Finding:
    return replace(finding, message=f"{finding.message}（{told}。）")
