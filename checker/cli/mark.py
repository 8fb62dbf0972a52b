"""checker mark: any workbook and the findings of a report → the workbook with these findings marked."""

from hashlib import sha256
from pathlib import Path

import click

from checker.cli import inputs, outputs


@click.command(help="把一份 JSON 结果中的疑点标注到工作簿上（任何 .xlsx、.xlsm 都可以）。", no_args_is_help=True)
@click.argument("file", metavar="文件", type=click.Path(path_type=Path))
@click.argument("report_file", metavar="结果.json", type=click.Path(path_type=Path))
@click.option("-o", "--output", metavar="文件", type=click.Path(path_type=Path), help="写到哪里（文件或文件夹）。")
def mark(file: Path, report_file: Path, output: Path | None) -> None:
    """Of each finding only sheet, cell, code, severity and message are needed."""
    from checker import annotate
    from checker.report.json import from_json

    content = inputs.content_of(file)
    report = from_json(inputs.content_of(report_file), file.name, sha256(content).hexdigest())
    target = _target(file, report_file, output)
    if why := outputs.edited_since(target, content):
        raise click.UsageError(f"{why}后再标注一次。")
    try:
        outputs.write(target, annotate(content, report))
    except OSError as error:
        raise click.UsageError(f"标注结果写不进 {target}（{outputs.reason(error)}）。请用 -o 另选位置。") from error
    click.echo(f"已标注 {len(report.findings)} 处疑点：{click.format_filename(target)}")


def _target(file: Path, report_file: Path, output: Path | None) -> Path:
    target = output / outputs.marked_name(file) if output and output.is_dir() else output
    target = target or file.with_name(outputs.marked_name(file))
    if outputs.is_one_of(target, (file, report_file)):
        raise click.UsageError(f"标注结果不能覆盖原文件 {target}。请用 -o 另选位置。")
    outputs.keep_foreign(target, "标注副本")
    return target
