"""checker template: the name of a standard table → its blank workbook, or an old table → the same lines in today's."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from checker.cli import inputs, outputs
from checker.cli.years import budget_year

if TYPE_CHECKING:
    from checker.reader import Table


@click.command(help="写出空白的标准表：projects（部门申报表，默认）或 projects-consolidated（汇总表）。")
@click.argument("table", default="projects", metavar="[projects|projects-consolidated]")
@click.option("-o", "--output", metavar="文件", type=click.Path(path_type=Path), help="写到哪里（文件或文件夹）。")
@click.option("--place", metavar="区划", help="行政区划代码或名称：预先填好，并只列本地的选项。")
@click.option(
    "--year", metavar="年度", type=int, callback=budget_year, help="预算年度：预先填好，并用该年度的科目代码。"
)
@click.option(
    "--from",
    "old",
    metavar="旧表",
    type=click.Path(path_type=Path),
    help="不写空白表：把旧版模板（或列名、列序不同的表）里填好的内容搬进现行标准表。",
)
def template(table: str, output: Path | None, place: str | None, year: int | None, old: Path | None) -> None:
    """The same definition and the same choices give the same bytes."""
    from checker import template as templates
    from checker.definition import definitions

    known = definitions()
    if table not in known:
        raise click.UsageError(f"没有标准表 {table}。可选：{'、'.join(known)}。")
    if old:
        _carry(old, output, narrowed=bool(place or year))
        return
    _refuse_unknown_place(place)
    target = _target(table, known[table].title, output)
    _write(target, templates.template(known[table], place=place, year=year))
    click.echo(f"已写出《{known[table].title}》：{click.format_filename(target)}")


def _carry(old: Path, output: Path | None, *, narrowed: bool) -> None:
    """The one table of an old workbook in today's template; what has no place in it is named."""
    from checker.definition import definitions
    from checker.reader import read
    from checker.template.carry import carry_over

    if narrowed:
        raise click.UsageError("--from 照旧表填写区划和年度，不能同时写 --place 或 --year。")
    tables = read(inputs.content_of(old), expired=True).tables
    if len(tables) > 1:
        sheets = "、".join(f"“{one.sheet}”" for one in tables)
        raise click.UsageError(f"{old} 里有几张标准表（{sheets}）。请每张另存为一个文件，再分别搬。")
    [table] = tables
    today = definitions()[table.definition.id]
    target = _target(today.id, today.title, output)
    _write(target, carry_over(table))
    click.echo(f"已把 {len(table.lines)} 行搬进《{today.title}》：{click.format_filename(target)}")
    _tell_what_stayed(table)


def _tell_what_stayed(table: "Table") -> None:
    if table.unknown:
        click.echo(
            f"没有搬的列（标准表没有）：{'、'.join(dict.fromkeys(title for title, _ in table.unknown))}", err=True
        )
    if table.totals:
        click.echo("合计行没有搬，标准表自己计算。", err=True)


def _target(table: str, title: str, output: Path | None) -> Path:
    name = f"{title}.xlsx" if output is None else f"{table}.xlsx"
    return output / name if output and output.is_dir() else output or Path(name)


def _write(target: Path, content: bytes) -> None:
    """Never over a workbook that somebody may have filled in."""
    if target.is_file() and target.read_bytes() != content:
        raise click.UsageError(f"{target} 已存在，可能已经填写，不予覆盖。请用 -o 另选文件名。")
    try:
        outputs.write(target, content)
    except OSError as error:
        raise click.UsageError(f"写不进 {target}（{outputs.reason(error)}）。请用 -o 另选位置。") from error


def _refuse_unknown_place(place: str | None) -> None:
    from checker.places import find

    if place and find(place) is None:
        raise click.UsageError(f"没有行政区划 {place}。请写行政区划代码或全称，例如 130123 或 正定县。")
