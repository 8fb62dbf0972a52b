"""The command line: arguments → a run of the library, its report on the screen, and 0, 1 or 2."""

import gc
import sys
from collections.abc import Sequence

import click

from checker import __version__, faults
from checker.cli import chinese
from checker.cli.batch import batch
from checker.cli.check import check
from checker.cli.evaluate import evaluate
from checker.cli.explain import explain
from checker.cli.mark import mark
from checker.cli.plans import plans
from checker.cli.register import register
from checker.cli.serve import serve
from checker.cli.template import template
from checker.cli.users import users
from checker.errors import CheckerError

_HELP = """逐行核对预算明细由哪一级承担，并交还标注好的同一份工作簿。

\b
先取标准表：  checker template projects -o 申报表.xlsx
填好后核查：  checker check 申报表.xlsx
看不懂代码：  checker explain LV01

退出码：0 未发现错误；1 发现错误；2 无法核查。"""


@click.group(name="checker", help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", message="checker %(version)s", help="显示版本号。")
def cli() -> None:
    """The group that holds the commands; each imports what it needs only when it runs."""


for command in (check, template, mark, explain, plans, evaluate, register, batch, serve, users):
    cli.add_command(command)
chinese.translate(cli)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit; whatever goes wrong is said in Chinese, never as a traceback (R-01)."""
    chinese.speak()
    gc.set_threshold(200_000, 50, 100)  # the lines of a long table live to the end: looking them over again is in vain
    try:
        cli.main(arguments, prog_name="checker")
    except CheckerError as error:
        click.echo(f"错误：{error}", err=True)
    except Exception as error:  # noqa: BLE001 the last line of defence: recorded in full, then said in plain words
        click.echo(f"错误：{faults.record(error)}", err=True)
    sys.exit(2)
