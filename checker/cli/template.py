"""checker template: the name of a standard table → its blank workbook on disk."""

from pathlib import Path

import click

from checker.cli import outputs
from checker.cli.years import budget_year


@click.command(help="写出空白的标准表：projects（部门申报表，默认）或 projects-consolidated（汇总表）。")
@click.argument("table", default="projects", metavar="[projects|projects-consolidated]")
@click.option("-o", "--output", metavar="文件", type=click.Path(path_type=Path), help="写到哪里（文件或文件夹）。")
@click.option("--place", metavar="区划", help="行政区划代码或名称：预先填好，并只列本地的选项。")
@click.option(
    "--year", metavar="年度", type=int, callback=budget_year, help="预算年度：预先填好，并用该年度的科目代码。"
)
def template(table: str, output: Path | None, place: str | None, year: int | None) -> None:
    """The same definition and the same choices give the same bytes."""
    from checker import template as templates
    from checker.definition import definitions

    known = definitions()
    if table not in known:
        raise click.UsageError(f"没有标准表 {table}。可选：{'、'.join(known)}。")
    _refuse_unknown_place(place)
    name = f"{known[table].title}.xlsx" if output is None else f"{table}.xlsx"
    target = output / name if output and output.is_dir() else output or Path(name)
    content = templates.template(known[table], place=place, year=year)
    if target.is_file() and target.read_bytes() != content:
        raise click.UsageError(f"{target} 已存在，可能已经填写，不予覆盖。请用 -o 另选文件名。")
    try:
        outputs.write(target, content)
    except OSError as error:
        raise click.UsageError(f"写不进 {target}（{outputs.reason(error)}）。请用 -o 另选位置。") from error
    click.echo(f"已写出《{known[table].title}》：{click.format_filename(target)}")


def _refuse_unknown_place(place: str | None) -> None:
    from checker.places import find

    if place and find(place) is None:
        raise click.UsageError(f"没有行政区划 {place}。请写行政区划代码或全称，例如 130123 或 正定县。")
