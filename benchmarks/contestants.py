"""One contestant, one workbook, one process → seconds by stage and peak memory, as one line of JSON.

python -m benchmarks.contestants NAME WORKBOOK OUTPUT
"""

import gc
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_TITLES = 20  # rows in which the header is looked for


class Stages:
    """Seconds spent, by stage: of the clock, and of the processor, which other work hardly lengthens."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = {}
        self.processor: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        wall, processor = time.perf_counter(), time.process_time()
        yield
        self.wall[name] = self.wall.get(name, 0) + time.perf_counter() - wall
        self.processor[name] = self.processor.get(name, 0) + time.process_time() - processor


def checker(source: Path, target: Path, stages: Stages) -> None:
    """Ours: read, validate, judge, check, mark. The stages inside check() are told apart by wrapping them."""
    gc.set_threshold(200_000, 50, 100)  # as the command line does
    with stages.stage("import"):
        import pandera.pandas  # noqa: F401 - imported by the schema; here so that its time stands by itself

        import checker.annotation
        import checker.pipeline
        from checker import rulebook
        from checker.reader import assembly
    with stages.stage("rulebook"):
        plans = rulebook.load()
    for module, name, stage in (
        (checker.pipeline, "read", "read"),
        (assembly, "failures", "validate"),
        (checker.pipeline, "_judgements", "judge"),
        (checker.pipeline.checks, "run", "check"),
    ):
        setattr(module, name, _timed(getattr(module, name), stage, stages))
    with stages.stage("whole check"):
        content = source.read_bytes()
        report = checker.pipeline.check(content, plans)
    with stages.stage("mark"):
        target.write_bytes(checker.annotation.annotate(content, report))


def _timed(function: Callable[..., Any], stage: str, stages: Stages) -> Callable[..., Any]:
    def timed(*arguments: Any, **named: Any) -> Any:
        with stages.stage(stage):
            return function(*arguments, **named)

    return timed


def usual(source: Path, target: Path, stages: Stages) -> None:  # noqa: C901 one piece, as a user would write it
    """What a user would write: pandas.read_excel, the same pandera schema, openpyxl marking; nothing is judged.

    Given every advantage: the file is opened once for reading and marking, the place of the header is found, and
    only failing cells are tinted and commented, besides the six result columns and a list of failures.
    """
    with stages.stage("import"):
        import openpyxl
        import pandas as pd
        import pandera.errors
        from openpyxl.comments import Comment
        from openpyxl.styles import PatternFill

        from checker.definition import definitions
        from checker.schema import schema
    definition = definitions()["projects-consolidated"]
    with stages.stage("read"):
        book = openpyxl.load_workbook(source)
        header = next(cell.row for cell in book[definition.sheet]["A"][:_TITLES] if cell.value == "序号")
        with pd.ExcelFile(book, engine="openpyxl") as file:  # pandas reads the workbook that is open already
            frame = pd.read_excel(file, definition.sheet, header=header - 1, dtype=object)
    with stages.stage("validate"):
        frame = frame.rename(columns={column.title: column.field for column in definition.columns})
        for column in definition.columns:
            if column.dtype == "amount":
                fen = pd.to_numeric(frame[column.field], errors="coerce") * 1_000_000
                frame[column.field] = fen.round().astype("Int64")
            elif column.dtype == "integer":
                frame[column.field] = pd.to_numeric(frame[column.field], errors="coerce").astype("Int64")
        try:
            schema(definition).validate(frame, lazy=True)
            failures = []
        except pandera.errors.SchemaErrors as errors:
            cases = errors.failure_cases
            failures = list(zip(cases["index"], cases["column"], cases["check"], strict=True))
    with stages.stage("mark"):
        sheet, red = book[definition.sheet], PatternFill("solid", fgColor="FFC7CE")
        places = {column.field: place for place, column in enumerate(definition.columns, 1)}
        told: dict[int, list[str]] = {}
        for index, name, kind in failures:
            cell = sheet.cell(int(index) + header + 1, places[name])
            cell.fill, cell.comment = red, Comment(f"{name}: {kind}", "checker")
            told.setdefault(int(index), []).append(f"{name}: {kind}")
        last = len(places) + 1
        for offset, title in enumerate(("结论", "应承担级次", "代码", "说明", "依据", "建议")):
            sheet.cell(header, last + offset, title)
        for index in range(len(frame)):
            found = told.get(index, ())
            values = ("有误" if found else "无误", "市级", "LN01" if found else "", "；".join(found), "方案", "改正")
            for offset, value in enumerate(values):
                sheet.cell(index + header + 1, last + offset, value)
        summary = book.create_sheet("核查结果", 0)
        for index, name, kind in failures:
            summary.append([int(index) + header + 1, name, kind])
        book.save(target)


def frictionless(source: Path, _target: Path, stages: Stages) -> None:
    """The same table validated by frictionless against the same constraints; nothing is judged or marked."""
    with stages.stage("import"):
        from frictionless import Dialect, Resource, Schema, system
        from frictionless.formats import ExcelControl

        from checker.definition import definitions
        from checker.workbook import open_workbook  # noqa: F401 - the same imports as ours
    definition = definitions()["projects-consolidated"]
    with stages.stage("validate"):
        from openpyxl import load_workbook

        book = load_workbook(source, read_only=True)
        rows = book[definition.sheet].iter_rows(max_row=_TITLES, max_col=1, values_only=True)
        header = next(number for number, (first,) in enumerate(rows, 1) if first == "序号")
        kinds = {"amount": "number", "integer": "integer"}
        fields = [
            {"name": column.title, "type": kinds.get(column.dtype, "string"), "constraints": _constraints(column)}
            for column in definition.columns
        ]
        schema = Schema.from_descriptor({"fields": fields})
        dialect = Dialect(header_rows=[header], controls=[ExcelControl(sheet=definition.sheet)])
        with system.use_context(trusted=True):
            report = Resource(str(source), dialect=dialect, schema=schema).validate(limit_errors=10**9)
        print(f"{len(report.flatten(['type']))} errors", file=sys.stderr)


def _constraints(column: Any) -> dict[str, Any]:
    stated = {
        "required": column.required or None,
        "enum": list(column.values) if column.values and column.dtype == "list" else None,
        "pattern": column.pattern or None,
        "maxLength": column.max_length or None,
        "minimum": column.minimum,
        "maximum": column.maximum,
    }
    return {name: value for name, value in stated.items() if value is not None}


def limit(source: Path, target: Path, stages: Stages) -> None:
    """What no marker of the touched part can go below: inflate it, parse it, deflate it; nothing is changed."""
    with stages.stage("import"):
        from xml.parsers import expat
        from zipfile import ZipFile

        from isal import isal_zlib
    with stages.stage("inflate"), ZipFile(source) as package:
        info = package.getinfo("xl/worksheets/sheet1.xml")
        with source.open("rb") as file:
            file.seek(info.header_offset)
            head = file.read(30)
            file.seek(
                info.header_offset + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
            )
            packed = file.read(info.compress_size)
        machine, step = isal_zlib.decompressobj(-15), 1 << 15
        pieces = [machine.decompress(packed[at : at + step]) for at in range(0, len(packed), step)]
    with stages.stage("parse"):
        parser = expat.ParserCreate()
        for piece in pieces:
            parser.Parse(piece)
    with stages.stage("deflate"):
        machine = isal_zlib.compressobj(1, isal_zlib.DEFLATED, -15)
        with target.open("wb") as file:
            for piece in pieces:
                file.write(machine.compress(piece))
            file.write(machine.flush())


def calamine(source: Path, _target: Path, stages: Stages) -> None:
    """calamine's own read of the sheet, and nothing else."""
    with stages.stage("import"):
        import python_calamine
    with stages.stage("read"), source.open("rb") as file:
        python_calamine.load_workbook(file).get_sheet_by_index(0).to_python()


def peak_megabytes() -> float:
    """The most memory this process has held; getrusage would tell its parent's where that was more."""
    [line] = [line for line in Path("/proc/self/status").read_text("utf-8").splitlines() if line.startswith("VmHWM")]
    return round(int(line.split()[1]) / 1024, 1)


CONTESTANTS = {one.__name__: one for one in (checker, usual, frictionless, limit, calamine)}


def main(name: str, source: str, target: str) -> None:
    stages = Stages()
    with stages.stage("whole"):
        CONTESTANTS[name](Path(source), Path(target), stages)
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures = {
        "wall": stages.wall,
        "processor": stages.processor | {"process": used.ru_utime + used.ru_stime},
        "peak_mb": peak_megabytes(),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
