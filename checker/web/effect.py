"""One workbook under the law in force and under another → what would be said of it differently."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from checker.batch.work import Law, law_of
from checker.errors import UnreadableWorkbook
from checker.terms import Finding, JudgedLine, Report

Data = dict[str, Any]
_NOTHING = "没有"


def effect(content: bytes, now: Law, then: Law) -> list[Data]:
    """Lines and findings that change, as data; run in a process of the workers."""
    before, after = _checked(content, now), _checked(content, then)
    if isinstance(before, str) or isinstance(after, str):
        return [] if isinstance(before, str) and isinstance(after, str) else [_readable(before, after)]
    return [*_lines(before, after), *_findings(before, after)]


def _checked(content: bytes, law: Law) -> Report | str:
    from checker.pipeline import check

    try:
        return check(content, *law_of(law))
    except UnreadableWorkbook as error:
        return error.message


def _readable(before: Report | str, after: Report | str) -> Data:
    """A file that can be checked under one of the two only."""
    told = ["无法核查" if isinstance(one, str) else "可以核查" for one in (before, after)]
    because = next(one for one in (after, before) if isinstance(one, str))
    return {"kind": "file", "before": told[0], "after": told[1], "because": because}


def _lines(before: Report, after: Report) -> Iterator[Data]:
    known = {(line.sheet, line.row): line for line in before.lines}
    for line in after.lines:
        old = known.get((line.sheet, line.row))
        if old and _said(old) != _said(line):
            yield {
                "kind": "line",
                "bureau": line.bureau,
                "name": line.name,
                "where": f"{line.sheet}第{line.row}行",
                "amount_fen": line.amount_fen,
                "before": _said(old),
                "after": _said(line),
                "because": line.judgement.because,
            }


def _said(line: JudgedLine) -> str:
    """级次不符（应由市级承担）"""
    holder = line.judgement.responsible_level
    return f"{line.judgement.verdict.label}{f'（应由{holder}承担）' if holder else ''}"


def _findings(before: Report, after: Report) -> Iterator[Data]:
    """A finding that weighs more or less than it did, is new, or is gone."""
    known = {_key(one): one for one in (*before.findings, *after.findings)}
    lines = {(line.sheet, line.row): line for line in after.lines}
    old, new = Counter(map(_key, before.findings)), Counter(map(_key, after.findings))
    gone, come = old - new, new - old
    for key in come:
        twin = next((one for one in gone if one[:2] == key[:2]), None)
        if twin:
            del gone[twin]
        yield _finding(known[key], lines, known[twin].severity.label if twin else _NOTHING, known[key].severity.label)
    for key in gone:
        yield _finding(known[key], lines, known[key].severity.label, _NOTHING)


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.code, str(finding.cell or finding.sheet), finding.severity


def _finding(finding: Finding, lines: dict[tuple[str, int], JudgedLine], before: str, after: str) -> Data:
    line = lines.get((finding.cell.sheet, finding.cell.row)) if finding.cell else None
    return {
        "kind": "finding",
        "code": finding.code,
        "bureau": line.bureau if line else "",
        "name": line.name if line else "",
        "where": str(finding.cell or finding.sheet),
        "before": before,
        "after": after,
        "because": finding.message,
    }
