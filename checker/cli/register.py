"""checker register: the workbook in which an office keeps its determinations and waivers."""

from pathlib import Path

import click

from checker.cli import outputs


@click.group(help="认定和豁免登记簿。", no_args_is_help=True)
def register() -> None:
    """Read by every command that takes --register."""


@register.command(help="写出一份空白登记簿。")
@click.option(
    "-o",
    "--output",
    metavar="文件",
    default="认定豁免登记簿.xlsx",
    type=click.Path(path_type=Path),
    help="写到哪里（默认当前文件夹的 认定豁免登记簿.xlsx）。",
)
def new(output: Path) -> None:
    """A blank register, never over one that is kept already."""
    from checker.template import register as blank

    if output.exists():
        raise click.UsageError(f"{output} 已存在，不予覆盖。请用 -o 另选文件名。")
    try:
        outputs.write(output, blank.new())
    except OSError as error:
        raise click.UsageError(f"写不进 {output}（{outputs.reason(error)}）。请用 -o 另选位置。") from error
    click.echo(f"已写出空白登记簿：{click.format_filename(output)}")
