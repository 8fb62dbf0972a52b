"""Outcomes ↔ the JSON that other programs read (one object a run, one entry a file)."""

import json
import re
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from checker.errors import UnreadableWorkbook
from checker.report.outcome import Outcome
from checker.terms import Cell, Clause, Finding, JudgedLine, Judgement, Level, Report, Severity, TablePlace, Verdict

Data = dict[str, Any]
_ADDRESS = re.compile(r"(?:(.+)!)?\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})(?::|$)")
_EMPTY = Report(sha256="", rulebook="")


def render(outcomes: Iterable[Outcome]) -> str:
    """The JSON text of a run, a row for each file: indented, it would take ten times as long to write."""
    entries = (json.dumps(to_data(outcome), ensure_ascii=False) for outcome in outcomes)
    return '{"files": [\n' + ",\n".join(entries) + "\n]}\n"


def to_data(outcome: Outcome) -> Data:
    """One entry of `files`."""
    report = outcome.report or _EMPTY
    return {
        "file": outcome.file,
        "sha256": outcome.sha256,
        "status": "checked" if outcome.report else "unreadable",
        "error": dict(zip(("code", "message"), outcome.error, strict=True)) if outcome.error else None,
        "template": dict(zip(("id", "version"), report.template, strict=True)) if report.template else None,
        "rulebook": report.rulebook,
        "counts": report.counts,
        "lines": [_line(line) for line in report.lines],
        "findings": [_finding(finding) for finding in report.findings],
        "year": report.year,
        "tables": [vars(table) for table in report.tables],
        "skipped": report.skipped,
    }


def _line(line: JudgedLine) -> Data:
    judgement = line.judgement
    return {
        "sheet": line.sheet,
        "row": line.row,
        "bureau": line.bureau,
        "bureau_level": line.bureau_level,
        "name": line.name,
        "amount_fen": line.amount_fen,
        "charged_level": line.charged_level,
        "responsible_level": judgement.responsible_level,
        "verdict": judgement.verdict,
        "matter": judgement.matter,
        "section": judgement.section,
        "clause": judgement.clause.quote if judgement.clause else None,
        "because": judgement.because,
        "evidence": [{"cell": _address(cell, line.sheet), "words": words} for cell, words in line.evidence],
        "reason": judgement.reason,
        "basis": _basis(judgement.clause),
        "division": line.division,
        "content": line.content,
        "cell": line.cell.address if line.cell else None,
        "holders": judgement.levels,
        "caveat": judgement.caveat,
        "digest": line.digest,
    }


def _finding(finding: Finding) -> Data:
    sheet = finding.cell.sheet if finding.cell else finding.sheet
    return {
        "code": finding.code,
        "severity": finding.severity,
        "sheet": sheet,
        "cell": finding.cell.address if finding.cell else None,
        "cells": [_address(cell, sheet) for cell in finding.cells],
        "message": finding.message,
        "value": finding.value,
        "accepted": finding.accepted,
        "fix": finding.fix,
        "basis": _basis(finding.basis),
    }


def _basis(clause: Clause | None) -> Data | None:
    if clause is None:
        return None
    return {"plan": clause.plan, "document": clause.document, "clause": clause.number, "quote": clause.quote}


def _address(cell: Cell, sheet: str) -> str:
    """K12, or 其他表!K12 where the cell stands on another sheet."""
    return cell.address if cell.sheet == sheet else str(cell)


def from_json(text: str | bytes, file: str = "", sha256: str = "") -> Report:
    """The report on one file, from what `check --format json` printed or another program wrote.

    Of a finding only sheet, cell, code, severity and message are needed. Of several files the one with this hash is
    taken, then the one with this name.
    raises: UnreadableWorkbook, also where no entry is this file's.
    """
    try:
        return _report(_entry(json.loads(text), file, sha256))
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        raise UnreadableWorkbook(
            "bad-report", f"结果文件不是可用的 JSON：{cause}。请使用 checker check --format json 输出的文件。"
        ) from cause


def _entry(data: Any, file: str, sha256: str) -> Data:
    if isinstance(data, list):
        return {"findings": data}
    if "files" not in data:
        return dict(data)
    entries: list[Data] = data["files"]
    for fits in (
        [entry for entry in entries if sha256 and entry.get("sha256") == sha256],
        [entry for entry in entries if file and PurePath(entry.get("file", "")).name == PurePath(file).name],
        entries,
    ):
        if len(fits) == 1:
            return fits[0]
    raise UnreadableWorkbook(
        "no-such-report", f"结果文件里有 {len(entries)} 个文件的结果，没有一个是 {file} 的。请先核查该文件。"
    )


def _report(data: Data) -> Report:
    template = data.get("template")
    return Report(
        sha256=data.get("sha256", ""),
        rulebook=data.get("rulebook", ""),
        template=(template["id"], template["version"]) if template else None,
        year=data.get("year"),
        lines=tuple(_judged_line(line) for line in data.get("lines", ())),
        findings=tuple(_read_finding(finding) for finding in data.get("findings", ())),
        tables=tuple(TablePlace(**table) for table in data.get("tables", ())),
        skipped=data.get("skipped", {}),
    )


def _read_finding(data: Data) -> Finding:
    sheet, cell = data.get("sheet") or "", data.get("cell")
    addresses = data.get("cells") or ([cell] if cell else [])
    return Finding(
        message=data["message"],
        cells=tuple(_cell(address, sheet) for address in addresses),
        value=data.get("value") or "",
        accepted=data.get("accepted") or "",
        fix=data.get("fix") or "",
        basis=_clause(data),
        code=data["code"],
        severity=Severity(data["severity"]),
        sheet=sheet,
    )


def _judged_line(data: Data) -> JudgedLine:
    sheet = data["sheet"]
    return JudgedLine(
        sheet=sheet,
        row=data["row"],
        bureau=data["bureau"],
        bureau_level=_level(data["bureau_level"]),
        name=data["name"],
        amount_fen=data["amount_fen"],
        charged_level=_level(data["charged_level"]),
        judgement=Judgement(
            verdict=Verdict(data["verdict"]),
            because=data["because"],
            matter=data["matter"],
            section=data["section"],
            responsible_level=_level(data["responsible_level"]),
            clause=_clause(data),
            reason=data.get("reason", ""),
            levels=tuple(Level(label) for label in data.get("holders", ())),
            caveat=data.get("caveat", ""),
        ),
        evidence=tuple((_cell(item["cell"], sheet), item["words"]) for item in data["evidence"]),
        division=data.get("division", ""),
        content=data.get("content", ""),
        cell=_cell(data["cell"], sheet) if data.get("cell") else None,
        digest=data.get("digest", ""),
    )


def _clause(data: Data) -> Clause | None:
    basis = data.get("basis")
    return Clause(basis["plan"], basis["document"], basis["clause"], basis["quote"]) if basis else None


def _level(label: str | None) -> Level | None:
    return Level(label) if label else None


def _cell(address: str, sheet: str) -> Cell:
    """K12 on this sheet, or 其他表!K12; of a range its first cell."""
    match = _ADDRESS.match(address)
    if not match:
        raise ValueError(f"“{address}”不是单元格地址")
    other, letters, row = match.groups()
    return Cell(other.strip("'") if other else sheet, int(row), _column(letters.upper()))


def _column(letters: str) -> int:
    """A → 1, AA → 27."""
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column
