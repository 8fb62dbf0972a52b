"""checker check: files → their report on the screen, and a marked copy of each."""

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import click

from checker import faults
from checker.cli import inputs, outputs
from checker.cli.years import budget_year
from checker.errors import UnreadableWorkbook

if TYPE_CHECKING:
    from checker.register import Register
    from checker.report import Outcome
    from checker.rulebook import Rulebook
    from checker.terms import Report


@click.command(help="核查预算表，并把标注好的副本放在原文件旁边（或 -o 指定的文件夹）。", no_args_is_help=True)
@click.argument("files", nargs=-1, required=True, metavar="文件...", type=click.Path(path_type=Path))
@click.option("-o", "--output", "folder", metavar="文件夹", type=click.Path(path_type=Path), help="标注副本放在哪里。")
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", help="结果的格式。")
@click.option(
    "--year", metavar="年度", type=int, callback=budget_year, help="按这一预算年度核查（不写则按表中的预算年度）。"
)
@click.option("--plan", metavar="方案", help="只按这一划分方案判断：方案名（见 checker plans）或方案文件。")
@click.option("--register", "register_file", metavar="文件", type=click.Path(path_type=Path), help="认定和豁免登记簿。")
@click.option("--summary", metavar="文件", type=click.Path(path_type=Path), help="另写一份汇总工作簿（.xlsx）。")
@click.option("--no-mark", is_flag=True, help="不写标注副本。")
@click.option("--lines", is_flag=True, help="逐行列出结论和理由。")
@click.option("--all", "everything", is_flag=True, help="列出全部疑点，不折叠。")
def check(
    files: tuple[Path, ...],
    folder: Path | None,
    form: str,
    year: int | None,
    plan: str | None,
    register_file: Path | None,
    summary: Path | None,
    no_mark: bool,
    lines: bool,
    everything: bool,
) -> None:
    """Everything that can be refused is refused before the first file is read; then no file stops another."""
    distinct = outputs.distinct(files)
    marked = {} if no_mark else outputs.targets(distinct, folder)
    if folder and marked:
        outputs.ready(folder)
    if summary:
        _refuse_summary_over(summary, [*distinct, *filter(None, [register_file])], marked.values())
    rulebook, plan = inputs.law(plan)
    register = inputs.register_of(register_file, rulebook)
    outcomes = [_outcome(file, marked.get(file), rulebook, register, year, plan) for file in _progress(distinct)]
    if summary:
        _summarise(outcomes, summary)
    _show(outcomes, form, everything, lines)


def _refuse_summary_over(summary: Path, inputs_: Iterable[Path], marked: Iterable[Path]) -> None:
    if outputs.is_one_of(summary, inputs_):
        raise click.UsageError(f"汇总不能写到本次要读的文件 {summary} 上。请另选文件名。")
    if outputs.is_one_of(summary, marked):
        raise click.UsageError(f"汇总不能写到 {summary} 上，那里要放标注副本。请另选文件名。")
    outputs.keep_foreign(summary, "汇总")


def _outcome(
    file: Path,
    target: Path | None,
    rulebook: "Rulebook",
    register: "Register | None",
    year: int | None,
    plan: str | None,
) -> "Outcome":
    """One file checked and marked; what stops it is its own outcome, never the end of the run."""
    from checker.pipeline import check as check_content
    from checker.report import Outcome

    outcome = Outcome(click.format_filename(file))
    try:
        content = inputs.content_of(file)
        outcome = replace(outcome, sha256=sha256(content).hexdigest())
        report = check_content(content, rulebook, register, year=year, plan=plan)
        outcome = replace(outcome, report=report)
        return _mark(outcome, report, content, target) if target else outcome
    except UnreadableWorkbook as error:
        return replace(outcome, error=(error.code, error.message))
    except Exception as error:  # noqa: BLE001 a fault of ours in one file: recorded, said, and the others go on
        return replace(outcome, error=("internal", faults.record(error)))


def _mark(outcome: "Outcome", report: "Report", content: bytes, target: Path) -> "Outcome":
    from checker import annotate
    from checker.report.rebuilt import NOTE, needs_rebuilding, rebuild

    rebuilt = needs_rebuilding(content)
    try:
        if why := "" if rebuilt else outputs.edited_since(target, content):
            return replace(outcome, error=("cannot-write", f"{why}后再核查一次。"))
        outputs.write(target, annotate(rebuild(content) if rebuilt else content, report))
    except OSError as error:
        why = f"标注结果写不进 {target}（{outputs.reason(error)}）。请先关闭已打开的旧副本，或用 -o 另选文件夹。"
        return replace(outcome, error=("cannot-write", why))
    return replace(outcome, marked=f"{click.format_filename(target)}{f'（{NOTE}）' if rebuilt else ''}")


def _progress(files: list[Path]) -> Iterator[Path]:
    """The files one by one; on a terminal a line says which, and is gone when the report comes."""
    from checker.report.safe import plain

    shown = sys.stderr.isatty()
    for number, file in enumerate(files, start=1):
        if shown:
            click.echo(
                f"\r\x1b[K核查中 {number}/{len(files)}：{plain(click.format_filename(file))}", nl=False, err=True
            )
        yield file
    if shown:
        click.echo("\r\x1b[K", nl=False, err=True)


def _summarise(outcomes: Iterable["Outcome"], summary: Path) -> None:
    from checker.report.summary import render

    try:
        outputs.write(summary, render(outcomes))
    except OSError as error:
        raise click.UsageError(f"汇总写不进 {summary}（{outputs.reason(error)}）。") from error


def _show(outcomes: list["Outcome"], form: str, everything: bool, lines: bool) -> None:
    from checker.report import json, sarif, text
    from checker.report.outcome import exit_code

    if form == "text":
        click.echo(text.render(outcomes, colour=_in_colour(), everything=everything, lines=lines), nl=False)
    else:
        rendered = json.render(outcomes) if form == "json" else sarif.render(outcomes)
        sys.stdout.buffer.write(rendered.encode("utf-8", "replace"))
    sys.exit(exit_code(outcomes))


def _in_colour() -> bool:
    """On a terminal only, and not where the user asked for none."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
