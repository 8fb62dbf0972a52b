"""Marking alone, one contestant, one process: a workbook, a pickled report → seconds and peak memory, as JSON.

python -m benchmarks.marking {ours|openpyxl} WORKBOOK REPORT OUTPUT
"""

import json
import pickle
import sys
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.contestants import peak_megabytes
from checker.terms import Report

ONE_IN = 50  # lines, whose findings are kept: a workbook as a careful bureau hands it in


def light(report: Report) -> Report:
    """The report with the verdict on every line and the findings of one line in fifty."""
    return replace(report, findings=tuple(one for one in report.findings if one.cell and one.cell.row % ONE_IN == 0))


def ours(source: Path, report: Report, target: Path) -> None:
    from checker.annotation import annotate

    target.write_bytes(annotate(source.read_bytes(), report))


def openpyxl(source: Path, report: Report, target: Path) -> None:
    """Load, edit, save: the same tints and comments, the same six result columns, a sheet listing the findings."""
    from openpyxl import load_workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    book, red = load_workbook(source), PatternFill("solid", fgColor="FFC7CE")
    for finding in report.findings:
        for place in finding.cells:
            cell = book[place.sheet].cell(place.row, place.column)
            cell.fill, cell.comment = red, Comment(f"{finding.code} {finding.message}\n{finding.fix}", "checker")
    [table] = report.tables
    for line in report.lines:
        judgement, clause = line.judgement, line.judgement.clause
        texts = (
            judgement.verdict.label,
            judgement.responsible_level,
            "",
            judgement.because,
            clause and clause.quote,
            "",
        )
        for offset, text in enumerate(texts, 1):
            book[line.sheet].cell(line.row, table.last_column + offset, text)
    summary = book.create_sheet("核查结果", 0)
    for finding in report.findings:
        summary.append([str(finding.cell), finding.code, finding.message, finding.fix])
    book.save(target)


def main(name: str, source: str, report: str, target: str) -> None:
    known: Report = pickle.loads(Path(report).read_bytes())
    start = time.process_time()
    {"ours": ours, "openpyxl": openpyxl}[name](Path(source), known, Path(target))
    print(json.dumps({"processor": time.process_time() - start, "peak_mb": peak_megabytes()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
